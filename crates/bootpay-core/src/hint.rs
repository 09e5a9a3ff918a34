//! Hints: what the merchant does now.
//!
//! An error says what happened; a hint says what to do about it, in the reader's language. The reasons and the remedies
//! are the page's last sections ("결제취소가 안 될 경우", "PG사 전산에 부트페이 IP 등록하기"). One rule stands above being
//! helpful: **no hint may lead to a second refund.** So none says "try again under another `cancel_id`" before the
//! earlier cancel is settled, and "nothing was sent" is said only where that is proven.

mod conflicts;
mod inputs;
mod refusals;

use crate::error::{ConflictKind, Problem, RefusalKind};
use crate::intent::IntentRef;

/// The language of hints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Korean.
    #[default]
    Korean,
    /// English.
    English,
}

impl Language {
    /// The language of a locale's name, such as `ko_KR.UTF-8` or `en-US`: Korean for `ko`, else English.
    pub fn from_locale(locale: &str) -> Self {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if language.trim().eq_ignore_ascii_case("ko") { Self::Korean } else { Self::English }
    }

    /// Whichever of the two is in this language.
    fn pick<T>(self, korean: T, english: T) -> T {
        match self {
            Self::Korean => korean,
            Self::English => english,
        }
    }
}

/// For input that cannot be right, in Korean. (English says it in the error's own text, which is English.)
pub(crate) fn input(field: &str, problem: Problem) -> &'static str {
    inputs::korean(field, problem)
}

/// For a request that provably never reached Bootpay.
pub(crate) fn not_sent(language: Language) -> &'static str {
    language.pick(
        "부트페이로 전송된 취소 요청이 없어 환불은 일어나지 않았습니다. 네트워크와 키 설정을 확인하신 뒤 같은 호출을 그대로 다시 \
         하시면 됩니다.",
        "No cancel was sent to Bootpay, so nothing was refunded. Check the network and the keys, then make the very same \
         call again.",
    )
}

/// For a journal that failed before anything was sent.
pub(crate) fn journal(language: Language) -> &'static str {
    language.pick(
        "취소 기록(저널)을 열거나 쓸 수 없어 아무것도 전송하지 않았습니다. 디스크 용량, 파일 권한, 데이터베이스 연결을 확인하신 뒤 \
         같은 호출을 다시 해 주세요. 이 기록이 이중 환불을 막으므로 지우지 마세요.",
        "The journal could not be read or written, so nothing was sent. Check disk space, permissions and the \
         database's connection, then make the same call again. Do not delete the journal: it is what prevents a second \
         refund.",
    )
}

/// For a cancel that an earlier intent stands in the way of.
pub(crate) fn conflict(kind: ConflictKind, intent: &IntentRef, language: Language) -> String {
    conflicts::hint(kind, intent, language)
}

/// For a refusal by Bootpay or the payment gateway.
pub(crate) fn refusal(kind: RefusalKind, language: Language) -> Option<&'static str> {
    let (korean, english) = refusals::hints(kind);
    Some(language.pick(korean, english))
}

#[cfg(test)]
mod tests;
