//! Why a run ended before its rows did.

use std::time::Duration;

use crate::error::{BootpayError, Refusal, RefusalKind};
use crate::hint::Language;
use crate::money::Won;

/// Why a run began no more rows. What was on its way has ended all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BulkStopReason {
    /// It was asked to, by [`BulkStop::stop`](super::BulkStop::stop).
    Asked,
    /// Too many of the last answers are unknown.
    TooManyUnknown {
        /// How many.
        unknown: u32,
        /// Of how many.
        of: u32,
    },
    /// The next row could have led past the cap.
    Cap {
        /// The cap, in won.
        cap: Won,
        /// What has moved, may have moved, or was on its way, in won.
        counted: Won,
        /// The next row's amount, in won; `None` where nobody can tell it.
        next: Option<Won>,
    },
    /// A refusal that concerns the whole merchant, so that the next rows would end the same way.
    Merchant(Box<Refusal>),
    /// Nothing gets there any more: so many rows in a row were not sent, or were turned away as too many.
    Unreachable {
        /// How many.
        failures: u32,
        /// The last of their errors.
        last: Box<BootpayError>,
    },
    /// The journal failed, or the library broke one of its own rules.
    Failed(Box<BootpayError>),
}

/// Refusals that the next row would meet too: keys, the settlement that is due, the merchant's limit, KCP's address list. They
/// are the page's own list of why cancels fail ("결제취소가 안 될 경우").
pub(super) fn concerns_the_merchant(kind: RefusalKind) -> bool {
    matches!(
        kind,
        RefusalKind::Unauthorized | RefusalKind::Settlement | RefusalKind::MerchantLimit | RefusalKind::KcpIp
    )
}

/// So many rows in a row that did not get there end a run,
pub(super) const MOST_FAILURES: u32 = 20;
/// where for so long none did.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// So many rows in a row whose token is not accepted are wrong keys, or an address that is not registered.
pub(super) const MOST_UNAUTHORIZED: u32 = 5;
/// How long a row waits that was turned away without being told how long.
pub(super) const USUAL_WAIT: Duration = Duration::from_secs(1);

impl BulkStopReason {
    /// A stable name for programs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::TooManyUnknown { .. } => "too_many_unknown",
            Self::Cap { .. } => "cap",
            Self::Merchant(_) => "merchant",
            Self::Unreachable { .. } => "unreachable",
            Self::Failed(_) => "failed",
        }
    }

    /// What happened, in the reader's language.
    pub fn words(&self, language: Language) -> String {
        let korean = language == Language::Korean;
        match self {
            Self::Asked if korean => "중지 요청을 받아 멈췄습니다".to_owned(),
            Self::Asked => "it was asked to stop".to_owned(),
            Self::TooManyUnknown { unknown, of } if korean => {
                format!(
                    "최근 응답 {of}건 가운데 {unknown}건의 결과를 알 수 없습니다. 부트페이, PG사, 네트워크 상태를 확인해 주세요"
                )
            }
            Self::TooManyUnknown { unknown, of } => {
                format!(
                    "{unknown} of the last {of} answers are unknown: look into Bootpay, the gateway and the network"
                )
            }
            Self::Cap { cap, counted, next } => {
                let next = next.map_or_else(|| "?".to_owned(), |won| won.to_string());
                if korean {
                    format!(
                        "한도 {cap}원: 이미 {counted}원이 움직였거나 움직였을 수 있어, 다음 {next}원을 보내지 않았습니다"
                    )
                } else {
                    format!("the cap is {cap} won: {counted} won moved or may have, and the next row is {next} won")
                }
            }
            Self::Merchant(refusal) if korean => {
                format!("가맹점 전체에 해당하는 거절입니다: {}", refusal.message)
            }
            Self::Merchant(refusal) => format!("a refusal that concerns the whole merchant: {}", refusal.message),
            Self::Unreachable { failures, last } if korean => {
                format!("연속 {failures}건이 부트페이에 전달되지 않았습니다: {last}")
            }
            Self::Unreachable { failures, last } => format!("{failures} rows in a row did not get there: {last}"),
            Self::Failed(error) => error.to_string(),
        }
    }

    /// What to do about it, in the reader's language, where there is more to say than "run it again".
    pub fn hint(&self, language: Language) -> Option<String> {
        match self {
            Self::Asked | Self::TooManyUnknown { .. } | Self::Cap { .. } => None,
            Self::Merchant(refusal) => refusal.hint(language),
            Self::Unreachable { last, .. } => last.hint(language),
            Self::Failed(error) => error.hint(language),
        }
    }
}
