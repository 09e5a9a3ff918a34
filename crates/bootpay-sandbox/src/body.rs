//! Reading what callers send, as leniently as Bootpay does: amounts come as numbers or numeric strings, ids as strings
//! or numbers, and members of the other dialect are unknown members, which are ignored.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::cancel::{Asked, CancelOrder};
use crate::refusal::Refusal;

/// How one dialect names the members of a cancel.
pub(crate) struct CancelNames {
    pub(crate) amount: &'static str,
    pub(crate) tax_free: &'static str,
    pub(crate) refund_account: [&'static str; 3],
}

pub(crate) fn object(says_json: bool, body: &Bytes) -> Result<Map<String, Value>, Refusal> {
    if !says_json {
        return Err(Refusal::Malformed("Content-Type은 application/json이어야 합니다"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(Refusal::Malformed("요청 본문이 JSON 객체가 아닙니다")),
    }
}

pub(crate) fn cancel_order(members: &Map<String, Value>, names: &CancelNames) -> Result<CancelOrder, Refusal> {
    let receipt_id = text(members, "receipt_id")?.ok_or(Refusal::Malformed("receipt_id 값이 필요합니다"))?;
    let tax_free = won(members, names.tax_free)?;
    // The page's Go sample sends 0 for "everything": a zero is no amount, and no amount is a full cancel.
    let amount = match won(members, names.amount)?.filter(|amount| *amount > 0) {
        None => Asked::Everything,
        Some(amount) => Asked::Part { amount, tax_free },
    };
    let has_refund_account = match members.get("refund") {
        Some(Value::Object(refund)) => {
            names.refund_account.iter().all(|name| matches!(text(refund, name), Ok(Some(_))))
        }
        _ => false,
    };
    Ok(CancelOrder { receipt_id, cancel_id: text(members, "cancel_id")?, amount, has_refund_account })
}

/// A string, or a number as a string (the page's PHP sample sends `time()` as a `cancel_id`); empty counts as absent.
pub(crate) fn text(members: &Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(Refusal::Malformed("문자열이어야 하는 값이 있습니다")),
    }
}

/// An amount in won: `3000`, `3000.0` (as the page's Java sample has it) or `"3000"`.
fn won(members: &Map<String, Value>, name: &str) -> Result<Option<u64>, Refusal> {
    const NOT_AN_AMOUNT: Refusal = Refusal::Malformed("금액은 0 이상의 정수여야 합니다");
    let digits = match members.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(_) => return Err(NOT_AN_AMOUNT),
    };
    if digits.is_empty() {
        return Ok(None);
    }
    let whole = match digits.split_once('.') {
        Some((whole, cents)) if cents.bytes().all(|digit| digit == b'0') => whole,
        Some(_) => return Err(NOT_AN_AMOUNT),
        None => digits.as_str(),
    };
    if !whole.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(NOT_AN_AMOUNT);
    }
    whole.parse().map(Some).map_err(|_| NOT_AN_AMOUNT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn price(value: Value) -> Result<Option<u64>, Refusal> {
        let Value::Object(members) = json!({ "price": value }) else {
            return Ok(None);
        };
        won(&members, "price")
    }

    #[test]
    fn an_amount_may_be_a_number_or_a_numeric_string() {
        assert_eq!(price(json!(3000)), Ok(Some(3_000)));
        assert_eq!(price(json!(1000.0)), Ok(Some(1_000)));
        assert_eq!(price(json!("3000")), Ok(Some(3_000)));
    }

    #[test]
    fn null_and_empty_mean_that_no_amount_was_given() {
        assert_eq!(price(json!(null)), Ok(None));
        assert_eq!(price(json!("")), Ok(None));
    }

    #[test]
    fn what_is_no_whole_amount_is_refused() {
        for nonsense in [json!("취소금액"), json!(-1000), json!("1,000"), json!(1000.5), json!(true), json!([1000])]
        {
            assert!(price(nonsense).is_err());
        }
    }
}
