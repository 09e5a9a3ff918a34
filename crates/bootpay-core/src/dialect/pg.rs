//! The payment gateway's own word inside a refusal.
//!
//! Bootpay passes on what the gateway behind it said. The sample on the page about PG error data, a sibling of the
//! cancel page, has NicePay's `ResultCode` and `ResultMsg` in v1's `data`; v2 has `pg_error_code` (`protocol.md` §4).
//! It matters because a v1 answer with status 500 is two things: an unknown server error, or a definite refusal by the
//! gateway.

use super::json::Members;

/// The gateway's result code and message, where the answer carries them.
#[derive(Debug, Default)]
pub(super) struct GatewayWord {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
}

/// NicePay's spelling is that sample's; the others are how Inicis, KCP and their relatives spell the same thing.
const V1_CODES: [&str; 6] = ["ResultCode", "resultCode", "result_code", "res_cd", "resCd", "pg_error_code"];
const V1_MESSAGES: [&str; 6] = ["ResultMsg", "resultMsg", "result_msg", "res_msg", "resMsg", "pg_error_message"];

impl GatewayWord {
    /// From the `data` of a v1 refusal.
    pub(super) fn in_v1(data: &mut Members<'_>) -> Self {
        Self::read(data, &V1_CODES, &V1_MESSAGES)
    }

    /// From a v2 refusal.
    pub(super) fn in_v2(refusal: &mut Members<'_>) -> Self {
        Self::read(refusal, &["pg_error_code"], &["pg_error_message"])
    }

    fn read(from: &mut Members<'_>, codes: &[&str], messages: &[&str]) -> Self {
        let mut first = |names: &[&str]| names.iter().find_map(|name| from.take_text(name));
        let code = first(codes).map(|code| code.trim().to_owned()).filter(|code| !code.is_empty());
        Self { code, message: first(messages) }
    }
}

/// Whether a gateway's code is its last word: a refusal, and neither a success (the gateway cancelled, Bootpay stumbled
/// afterwards) nor a "being processed", a time-out or a broken line (nobody knows yet).
///
/// The lists are a judgement, made from the gateways' public code tables, since no Bootpay source says which codes it
/// passes on. It leans one way: a final code that is taken for an open one costs a lookup, an open one that is taken
/// for final could lose track of money.
pub(super) fn is_final(code: &str, said: &str) -> bool {
    let code = code.trim().to_ascii_lowercase();
    let succeeded = code.bytes().all(|byte| byte == b'0') || SUCCESSES.contains(&code.as_str());
    let open = OPEN_CODES.contains(&code.as_str()) || OPEN_WORDS_IN_CODES.iter().any(|word| code.contains(word));
    !succeeded && !open && !is_open_question(said)
}

/// Whether a message says that the end is not known yet. Spaces do not count in Korean, and case not in English.
pub(super) fn is_open_question(said: &str) -> bool {
    let tight: String = said.to_lowercase().split_whitespace().collect();
    OPEN_WORDS.iter().any(|word| tight.contains(word))
}

/// NicePay: cancel 2001, refund 2211, card 3001, transfer 4000, virtual account 4100, phone A000, cash receipt 7001, and
/// 2021 and 2022, which are states of a cancel and not refusals. Zeros alone, of any number, are everybody's success.
const SUCCESSES: [&str; 15] = [
    "2001",
    "2211",
    "3001",
    "4000",
    "4100",
    "a000",
    "7001",
    "2021",
    "2022",
    "200",
    "success",
    "succeeded",
    "ok",
    "done",
    "approved",
];

/// NicePay: 9999 temporary error, A111 and A226 and A401 broken lines, A299 delayed.
const OPEN_CODES: [&str; 5] = ["9999", "a111", "a226", "a299", "a401"];

const OPEN_WORDS_IN_CODES: [&str; 8] =
    ["timeout", "timed_out", "time_out", "pending", "progress", "processing", "delay", "unknown"];

const OPEN_WORDS: [&str; 18] = [
    "처리중",
    "진행중",
    "타임아웃",
    "timeout",
    "timedout",
    "응답시간",
    "무응답",
    "응답없",
    "응답이없",
    "통신오류",
    "통신장애",
    "통신에러",
    "전문통신",
    "네트워크",
    "지연처리",
    "처리지연",
    "일시적인오류",
    "결과확인",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_sample_is_a_final_word() {
        assert!(is_final("3041", "금액 오류(1000원 미만 신용카드 승인 불가)"));
        assert!(is_final("8012", "등록되지 않은 IP"));
        assert!(is_final("9003", ""));
    }

    #[test]
    fn a_success_or_nothing_is_no_refusal() {
        for code in ["", " ", "0", "00", "0000", "00000", "2001", "2211", "A000", "a000", "SUCCESS", "ok"] {
            assert!(!is_final(code, ""), "{code:?}");
        }
    }

    #[test]
    fn an_end_that_nobody_knows_yet_is_not_final() {
        for code in ["TIMEOUT", "READ_TIMEOUT", "PENDING", "IN_PROGRESS", "9999", "A299"] {
            assert!(!is_final(code, ""), "{code}");
        }
        for said in
            ["DB 처리중 오류가 발생하였습니다", "다날 휴대폰 통신 오류입니다", "Read Timed Out", "취소 진행 중입니다"]
        {
            assert!(!is_final("3095", said), "{said}");
        }
    }
}
