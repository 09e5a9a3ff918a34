//! Every way in which the sandbox says no.
//!
//! Bootpay publishes message texts for a few refusals and hardly any codes. Where the page or a recorded answer has a
//! text or a symbol, it is used here. **Every other code is the sandbox's own invention**, and looks like it on
//! purpose: v1 codes from -90000 downwards, v2 symbols that begin with `SANDBOX_`. Nobody should build on them.

use serde::{Deserialize, Serialize};

/// Why the payment gateway (the PG, the company behind Bootpay that holds the money) refuses a cancel.
///
/// For [`NewReceipt::refuse_with`](crate::NewReceipt::refuse_with).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PgRefusal {
    /// The PG has already cancelled this payment: "기취소된 건입니다".
    AlreadyCancelled,
    /// The amount due to the merchant is smaller than the cancel.
    Settlement,
    /// The PG caps this merchant's cancels, and the cap is reached.
    Limit,
    /// Bootpay's outbound IP is not registered in KCP's console (KCP's code 8012).
    KcpIp,
    /// This PG or payment cannot be cancelled in part. A full cancel of the same receipt goes through.
    PartialUnsupported,
    /// A phone payment, outside its calendar month.
    PhoneMonth,
    /// The PG limits how often it is asked (code 9003).
    RateLimit,
    /// Anything else, in the PG's own words.
    Other {
        /// The PG's result code, such as `"3041"`.
        code: String,
        /// The PG's result message.
        message: String,
    },
}

/// Why a call was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    NoSuchPath,
    BodyTooLarge,
    Unavailable,
    Malformed(&'static str),
    ApplicationUnknown,
    PrivateKeyWrong,
    ClientKeyUnknown,
    SecretKeyWrong,
    TokenInvalid,
    NoSuchReceipt,
    NotPaid,
    InProgress,
    AlreadyCancelled,
    BelowMinimum,
    MoreThanRemains,
    TaxFreeDoesNotFit,
    CancelIdUsed,
    TooSoon,
    RefundAccountMissing,
    NoCmsContract,
    ByPg(PgRefusal),
}

/// A refusal as the wire shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Face {
    pub(crate) status: u16,
    pub(crate) v1_code: i64,
    pub(crate) v2_symbol: String,
    pub(crate) message: String,
    /// The PG's own result code and message, when it was the PG that refused.
    pub(crate) pg: Option<(String, String)>,
}

impl Refusal {
    pub(crate) fn face(&self) -> Face {
        let (status, v1_code, v2_symbol, message) = match self {
            Self::NoSuchPath => (404, -90000, "SANDBOX_NO_SUCH_PATH", "존재하지 않는 주소입니다"),
            Self::BodyTooLarge => (413, -90001, "SANDBOX_BODY_TOO_LARGE", "요청 본문이 너무 큽니다"),
            Self::Unavailable => (503, -90003, "SANDBOX_UNAVAILABLE", "일시적으로 이용할 수 없습니다"),
            Self::Malformed(why) => (400, -90002, "SANDBOX_MALFORMED", *why),
            Self::ApplicationUnknown => {
                (401, -90101, "APP_KEY_NOT_FOUND", "application_id 또는 private_key가 올바르지 않습니다")
            }
            // v1 does not say which of the two keys is wrong; v2 does.
            Self::PrivateKeyWrong => {
                (401, -90101, "APP_SK_NOT_MATCHED", "application_id 또는 private_key가 올바르지 않습니다")
            }
            Self::ClientKeyUnknown => (401, -90101, "APP_CLIENT_KEY_NOT_FOUND", "client_key가 올바르지 않습니다"),
            Self::SecretKeyWrong => (401, -90101, "APP_SK_NOT_MATCHED", "secret_key가 올바르지 않습니다"),
            Self::TokenInvalid => (401, -90102, "TOKEN_KEY_INVALID", "토큰이 없거나 만료되었습니다"),
            Self::NoSuchReceipt => (404, -90201, "RC_NOT_FOUND", "영수증 정보를 찾지 못했습니다"),
            Self::NotPaid => (400, -90202, "RC_CANCEL_SERVER_ERROR", "결제완료 상태가 아니어서 취소할 수 없습니다"),
            Self::InProgress => (400, -90203, "RC_CANCEL_SERVER_ERROR", "PG사에서 취소가 진행 중입니다"),
            Self::AlreadyCancelled => (400, -90204, "RC_ALREADY_CANCELLED", ALREADY_CANCELLED),
            Self::BelowMinimum => {
                (400, -90301, "RC_CANCEL_SERVER_ERROR", "부분취소 금액은 1,000원보다 더 큰 값이어야 합니다")
            }
            Self::MoreThanRemains => {
                (400, -90302, "RC_CANCEL_SERVER_ERROR", "취소 요청금액이 취소 가능한 금액보다 큽니다")
            }
            Self::TaxFreeDoesNotFit => (400, -90303, "RC_CANCEL_SERVER_ERROR", "면세 취소금액이 올바르지 않습니다"),
            Self::CancelIdUsed => (400, -90304, "SANDBOX_CANCEL_ID_USED", "이미 사용된 cancel_id입니다"),
            Self::TooSoon => (
                400,
                -90305,
                "SANDBOX_PARTIAL_GUARD",
                "동일한 receipt_id의 부분취소는 10초간 중복으로 요청할 수 없습니다",
            ),
            Self::RefundAccountMissing => {
                (400, -90306, "RC_CANCEL_SERVER_ERROR", "가상계좌 환불은 환불계좌 정보가 필요합니다")
            }
            Self::NoCmsContract => {
                (400, -90307, "RC_CANCEL_SERVER_ERROR", "CMS 특약이 되어있어야만 환불요청이 가능합니다")
            }
            Self::ByPg(refusal) => return refusal.face(),
        };
        Face { status, v1_code, v2_symbol: v2_symbol.to_owned(), message: message.to_owned(), pg: None }
    }
}

/// The page's own words.
const ALREADY_CANCELLED: &str = "기취소된 건입니다";

impl PgRefusal {
    fn face(&self) -> Face {
        let (v1_code, v2_symbol, pg_code, message) = match self {
            Self::AlreadyCancelled => (-90501, "RC_ALREADY_CANCELLED", "SBX01", ALREADY_CANCELLED),
            Self::Settlement => (-90502, PG_REFUSED, "SBX02", "정산예정 금액이 취소금액보다 작아 취소할 수 없습니다"),
            Self::Limit => (-90503, PG_REFUSED, "SBX03", "가맹점 취소한도를 초과하였습니다"),
            Self::KcpIp => (-90504, PG_REFUSED, "8012", "등록되지 않은 IP에서의 취소요청입니다"),
            Self::PartialUnsupported => (-90505, PG_REFUSED, "SBX05", "부분취소를 지원하지 않는 결제입니다"),
            Self::PhoneMonth => (-90506, PG_REFUSED, "SBX06", "휴대폰 결제는 당월에만 취소가 가능합니다"),
            Self::RateLimit => (-90507, PG_REFUSED, "9003", "요청이 너무 많습니다. 잠시 후 다시 시도해주세요"),
            Self::Other { code, message } => (-90599, PG_REFUSED, code.as_str(), message.as_str()),
        };
        Face {
            status: 500,
            v1_code,
            v2_symbol: v2_symbol.to_owned(),
            message: message.to_owned(),
            pg: Some((pg_code.to_owned(), message.to_owned())),
        }
    }
}

const PG_REFUSED: &str = "RC_CANCEL_SERVER_ERROR";

/// Pseudo-random codes and texts, for tests that must not lean on either.
///
/// The HTTP status stays, and so does the presence of the PG's result code.
#[derive(Debug)]
pub(crate) struct Noise {
    seed: u64,
    state: u64,
}

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn disguise(&mut self, face: &mut Face) {
        face.v1_code = -1 - i64::from(self.below(99_999));
        face.v2_symbol = format!("RC_{}", self.word(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ_", 12));
        face.message = self.word(b"abcdefghijklmnopqrstuvwxyz ", 24);
        if face.pg.is_some() {
            let code = self.below(9_999).to_string();
            face.pg = Some((code, self.word(b"abcdefghijklmnopqrstuvwxyz ", 16)));
        }
    }

    // SplitMix64: small, seeded, and good enough to be unpredictable to the code under test.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u32) -> u32 {
        u32::try_from(self.next() % u64::from(limit.max(1))).unwrap_or(0)
    }

    fn word(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| {
                let index = usize::try_from(self.next() % alphabet.len() as u64).unwrap_or(0);
                char::from(alphabet.get(index).copied().unwrap_or(b'x'))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_of_the_page_are_used_word_for_word() {
        assert_eq!(Refusal::AlreadyCancelled.face().message, "기취소된 건입니다");
        let swept = Refusal::ByPg(PgRefusal::AlreadyCancelled).face();
        assert_eq!(swept.message, "기취소된 건입니다");
    }

    #[test]
    fn a_missing_kcp_ip_has_kcps_own_code() {
        let face = Refusal::ByPg(PgRefusal::KcpIp).face();
        assert_eq!(face.status, 500);
        assert_eq!(face.pg.map(|(code, _)| code), Some("8012".to_owned()));
    }

    #[test]
    fn the_readme_lists_every_code_with_its_status_and_symbol() {
        let readme = include_str!("../README.md");
        let other = PgRefusal::Other { code: String::new(), message: String::new() };
        let all = [
            Refusal::NoSuchPath,
            Refusal::BodyTooLarge,
            Refusal::Unavailable,
            Refusal::Malformed(""),
            Refusal::ApplicationUnknown,
            Refusal::PrivateKeyWrong,
            Refusal::ClientKeyUnknown,
            Refusal::SecretKeyWrong,
            Refusal::TokenInvalid,
            Refusal::NoSuchReceipt,
            Refusal::NotPaid,
            Refusal::InProgress,
            Refusal::AlreadyCancelled,
            Refusal::BelowMinimum,
            Refusal::MoreThanRemains,
            Refusal::TaxFreeDoesNotFit,
            Refusal::CancelIdUsed,
            Refusal::TooSoon,
            Refusal::RefundAccountMissing,
            Refusal::NoCmsContract,
            Refusal::ByPg(PgRefusal::AlreadyCancelled),
            Refusal::ByPg(PgRefusal::Settlement),
            Refusal::ByPg(PgRefusal::Limit),
            Refusal::ByPg(PgRefusal::KcpIp),
            Refusal::ByPg(PgRefusal::PartialUnsupported),
            Refusal::ByPg(PgRefusal::PhoneMonth),
            Refusal::ByPg(PgRefusal::RateLimit),
            Refusal::ByPg(other),
        ];
        for refusal in all {
            let face = refusal.face();
            let begins = format!("| {} | {} |", face.status, face.v1_code);
            let row = readme.lines().find(|line| line.starts_with(&begins));
            let row = row.unwrap_or_else(|| panic!("no row for {refusal:?}"));
            assert!(row.contains(&format!("`{}`", face.v2_symbol)), "{row}");
            if let Some((code, _)) = face.pg.filter(|(code, _)| !code.is_empty()) {
                assert!(row.contains(&format!("`{code}`")), "{row}");
            }
        }
    }

    #[test]
    fn noise_keeps_the_status_and_repeats_itself_from_the_same_seed() {
        let plain = Refusal::ByPg(PgRefusal::Limit).face();
        let (mut one, mut two) = (plain.clone(), plain.clone());
        Noise::new(7).disguise(&mut one);
        Noise::new(7).disguise(&mut two);
        assert_eq!(one, two);
        assert_eq!(one.status, plain.status);
        assert_ne!(one.message, plain.message);
        assert!(one.v1_code < 0);
        assert!(one.pg.is_some());
    }
}
