//! Words for a refusal, found in a message. A few are the page's; most are our judgement of how one would be put.
//!
//! Korean is written with spaces or without, so words are looked for in a *tight* copy that has none. Where a word is
//! part of others ("기취소" of "정기취소", "상계" of "정상계좌", "IP" of "receipt"), it is looked for with its neighbours.

use crate::error::RefusalKind::{self, *};

/// The kind that a message's words name; `None` where they name none.
pub(super) fn kind_of(said: &str, http_status: u16) -> Option<RefusalKind> {
    let said = Said::new(said);
    let kinds: [(bool, RefusalKind); 14] = [
        (said.repeats_a_cancel_id(), DuplicateCancelId),
        (said.names_the_ten_second_guard(), TenSecondGuard),
        (said.says_already_cancelled(), AlreadyCancelled),
        (said.has_word("ip", "아이피") && said.any(&["kcp", "결제서버"]), KcpIp),
        (said.any(&["특약"]) || said.all_of("cms", &["계약", "가입", "신청", "미등록"]), CmsContract),
        (said.any(&["환불계좌", "환불은행", "예금주"]), RefundAccount),
        (said.speaks_of_settlement(), Settlement),
        (said.speaks_of_a_limit(), MerchantLimit),
        (said.asks_for_more_than_remains(), MoreThanRemains),
        (said.asks_for_too_little(), AmountTooSmall),
        (said.any(PARTIAL_UNSUPPORTED), PartialUnsupported),
        (said.any(PHONE) && said.any(&["당월", "익월", "전월", "해당월", "월이지"]), PhoneMonth),
        (said.any(NOT_PAID), NotPaid),
        (said.any(&["중복취소", "취소중복", "취소요청중복", "중복된취소"]), DuplicateCancelId),
    ];
    let found = kinds.into_iter().find_map(|(found, kind)| found.then_some(kind));
    // A request is wrong only where the status blames the request too.
    found.or_else(|| ((400..500).contains(&http_status) && said.any(PARAMETER)).then_some(Validation))
}

const PARTIAL_UNSUPPORTED: &[&str] = &[
    "부분취소불가",
    "부분취소가불가",
    "부분취소는불가",
    "부분취소미지원",
    "부분취소지원하지",
    "부분취소를지원하지",
    "부분취소가지원되지",
    "부분취소지원불가",
    "부분취소할수없",
    "부분취소를할수없",
    "부분취소가안되",
    "부분취소가가능하지",
];

const PHONE: &[&str] = &["휴대폰", "휴대전화", "핸드폰", "소액결제"];

const NOT_PAID: &[&str] = &[
    "미결제",
    "결제되지않은",
    "결제가완료되지",
    "결제완료되지",
    "결제대기",
    "결제완료상태가아",
    "미입금",
    "입금되지",
    "입금전",
];

const PARAMETER: &[&str] = &[
    "파라미터",
    "파라메터",
    "parameter",
    "필수값",
    "필수항목",
    "필수입력",
    "형식이올바르지",
    "형식이잘못",
    "형식오류",
];

struct Said {
    spaced: String,
    tight: String,
}

impl Said {
    fn new(said: &str) -> Self {
        let spaced = said.to_lowercase();
        let tight = spaced.split_whitespace().collect();
        Self { spaced, tight }
    }

    fn any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.tight.contains(word))
    }

    fn all_of(&self, word: &str, with_one_of: &[&str]) -> bool {
        self.tight.contains(word) && self.any(with_one_of)
    }

    /// Whether a short Latin word stands by itself, or its Korean spelling anywhere.
    fn has_word(&self, latin: &str, korean: &str) -> bool {
        let alone = |(at, word): (usize, &str)| {
            let (before, after) =
                (self.spaced[..at].chars().next_back(), self.spaced[at + word.len()..].chars().next());
            !before.into_iter().chain(after).any(|char| char.is_ascii_alphanumeric())
        };
        self.spaced.match_indices(latin).any(alone) || self.tight.contains(korean)
    }

    fn repeats_a_cancel_id(&self) -> bool {
        self.any(&["cancel_id", "cancelid", "취소id", "취소아이디"])
            && self.any(&["중복", "이미", "사용된", "사용한", "존재하는", "duplicate", "already"])
    }

    /// "10초" as such, and not the end of "110초".
    fn names_the_ten_second_guard(&self) -> bool {
        let ten_seconds = self.numbers_before("초").any(|number| number == "10");
        (ten_seconds && self.any(&["취소", "중복"]))
            || (self.any(&["잠시후"]) && self.any(&["부분취소"]) && self.any(&["중복"]))
    }

    /// "기취소", "이미 취소", "취소 완료". Not "정기취소" (a subscription's cancel), not "부분취소 완료", and not a
    /// cancel that was only asked for so far.
    fn says_already_cancelled(&self) -> bool {
        let hangul = |char: char| ('가'..='힣').contains(&char);
        let begun = |rest: &str| ["요청", "신청", "접수", "진행", "중"].iter().any(|word| rest.starts_with(word));
        let by_prefix = ["기취소", "기 취소", "기환불", "기 환불"].iter().any(|word| {
            self.spaced.match_indices(word).any(|(at, _)| {
                !self.spaced[..at].chars().next_back().is_some_and(hangul)
                    && !begun(self.spaced[at + word.len()..].trim_start())
            })
        });
        let by_adverb = ["이미취소", "이미전체취소", "이미전액취소", "이미환불"]
            .iter()
            .any(|word| self.tight.match_indices(word).any(|(at, _)| !begun(&self.tight[at + word.len()..])));
        let by_state = ["취소완료거래", "취소완료된"]
            .iter()
            .any(|word| self.tight.match_indices(word).any(|(at, _)| !self.tight[..at].ends_with("부분")));
        let english = ["alreadycancel", "alreadybeencancel", "alreadyrefunded"];
        by_prefix || by_adverb || by_state || self.any(&english)
    }

    fn speaks_of_settlement(&self) -> bool {
        // Not "상계" alone, which hides in "비정상계좌".
        self.any(&["상계취소", "상계처리", "상계불가", "상계조건", "상계가능"])
            || self.all_of("정산", &["부족", "예정", "잔액", "미달", "보다"])
    }

    fn speaks_of_a_limit(&self) -> bool {
        let whose = ["취소한도", "취소가능한도", "취소요청한도", "취소금액한도", "취소요청금액의한도"];
        self.any(&whose) || (self.any(&["가맹점", "상점"]) && self.any(&["한도"]) && self.any(&["취소"]))
    }

    fn asks_for_more_than_remains(&self) -> bool {
        let remains =
            ["취소가능금액", "취소가능한금액", "취소가능잔액", "남은금액", "남은결제금액", "잔여금액", "잔여결제금액"];
        let paid = ["결제금액", "승인금액", "거래금액", "입금액"];
        let more = ["초과", "보다", "부족", "많습", "넘"];
        let asked = self.any(&["취소금액", "취소요청금액", "취소할금액"]);
        (self.any(&remains) || (asked && self.any(&paid))) && self.any(&more)
    }

    /// "1,000원 미만" and its like; not the end of "51,000원".
    fn asks_for_too_little(&self) -> bool {
        let least = self.numbers_before("원").any(|number| number == "1000" || number == "1,000");
        (least && self.any(&["미만", "이상", "이하", "최소", "보다더큰", "보다큰", "보다커야"]))
            || self.any(&["최소취소금액", "최소금액보다"])
    }

    fn numbers_before<'a>(&'a self, unit: &'a str) -> impl Iterator<Item = &'a str> {
        self.tight.match_indices(unit).map(|(at, _)| {
            let before = &self.tight[..at];
            let rest = before.trim_end_matches(|char: char| char.is_ascii_digit() || char == ',');
            &before[rest.len()..]
        })
    }
}
