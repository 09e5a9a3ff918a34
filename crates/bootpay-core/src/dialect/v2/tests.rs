use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::cancel::{CancelRequest, RefundAccount};
use crate::dialect::{CancelAnswer, LookupAnswer, Recognised, ServerRefusal, TokenAnswer};
use crate::error::RefusalKind;
use crate::korean_time::KoreanTime;

const RECEIPT: &str = "612df0250d681b001de61de6";

const CANCELLED: &str = r#"{"receipt_id":"612df0250d681b001de61de6","order_id":"1042","price":10000,"tax_free":0,
    "cancelled_price":3000,"cancelled_tax_free":1000,"order_name":"양말","pg":"나이스페이먼츠","method":"가상계좌",
    "method_symbol":"vbank","purchased_at":"2022-05-26T17:31:40+09:00","requested_at":"2022-05-26T17:30:00+09:00",
    "cancelled_at":"2022-05-26T18:00:00+09:00","status":"20","status_locale":"결제취소완료","sandbox":true,
    "receipt_url":"https://x","vbank_data":{"bank_account":"1"}}"#;

fn answer(status: u16, body: &str) -> WireAnswer {
    WireAnswer { status, retry_after: None, body: body.into() }
}

fn accepted(body: &str) -> Cancellation {
    match Dialect::V2.decode_cancel(&answer(200, body)) {
        CancelAnswer::Accepted(cancellation) => *cancellation,
        other => panic!("{other:?}"),
    }
}

fn refused(status: u16, body: &str) -> ServerRefusal {
    match Dialect::V2.decode_cancel(&answer(status, body)) {
        CancelAnswer::Refused(refusal) => *refusal,
        other => panic!("{body}: {other:?}"),
    }
}

fn sent(cancel: CancelRequest) -> Value {
    let request = cancel_request(&cancel.validate().unwrap(), &CancelId::new("order-1042/refund-1").unwrap());
    assert_eq!((request.method, request.path.as_str()), (Method::Post, "/v2/cancel"));
    serde_json::from_slice(&request.body.unwrap()).unwrap()
}

#[test]
fn a_full_cancel_has_no_amount_at_all() {
    assert_eq!(sent(RECEIPT.into()), json!({"receipt_id": RECEIPT, "cancel_id": "order-1042/refund-1"}));
}

#[test]
fn a_partial_cancel_has_every_member_under_its_own_name() {
    let part = CancelRequest::partial(RECEIPT, 1_000)
        .tax_free(0)
        .canceller("test")
        .reason("test")
        .refund_account(RefundAccount::new("국민은행", "675601010124", "홍길동").unwrap());
    let expected = json!({
        "receipt_id": RECEIPT,
        "cancel_id": "order-1042/refund-1",
        "cancel_price": 1000,
        "cancel_tax_free": 0,
        "cancel_username": "test",
        "cancel_message": "test",
        "refund": {"bank_account": "675601010124", "bank_username": "홍길동", "bank_code": "004"},
    });
    assert_eq!(sent(part), expected);
}

#[test]
fn the_token_and_the_lookup_are_under_v2() {
    let token = token_request("id", &Secret::new("key"));
    assert_eq!((token.method, token.path.as_str()), (Method::Post, "/v2/request/token"));
    let body: Value = serde_json::from_slice(&token.body.unwrap()).unwrap();
    assert_eq!(body, json!({"application_id": "id", "private_key": "key"}));
    let lookup = lookup_request(&ReceiptId::new(RECEIPT).unwrap());
    let path = "/v2/receipt/612df0250d681b001de61de6?lookup_user_data=false";
    assert_eq!((lookup.method, lookup.path.as_str()), (Method::Get, path));
}

#[test]
fn a_cancels_answer_is_the_receipt_and_what_remains_is_the_difference() {
    let read = accepted(CANCELLED);
    assert_eq!(read.receipt_id.as_ref().map(ReceiptId::as_str), Some(RECEIPT));
    assert_eq!((read.price, read.cancelled_price), (Some(Won::new(10_000)), Some(Won::new(3_000))));
    assert_eq!((read.remain_price, read.cancelled_tax_free), (Some(Won::new(7_000)), Some(Won::new(1_000))));
    assert_eq!((read.request_cancel_price, read.remain_tax_free), (None, None));
    assert_eq!((read.status, read.order_id.as_deref()), (Some(ReceiptStatus::CANCELLED), Some("1042")));
    assert_eq!(read.revoked_at, KoreanTime::parse("2022-05-26 18:00:00"));
    assert!(read.extra.0.contains_key("vbank_data"));
}

#[test]
fn more_cancelled_than_paid_leaves_no_remainder_to_believe_in() {
    let read = accepted(r#"{"price":1000,"cancelled_price":2000}"#);
    assert_eq!((read.remain_price, read.cancelled_price), (None, Some(Won::new(2_000))));
    assert_eq!(accepted(r#"{"receipt_id":"a","price":1000}"#).remain_price, None);
}

#[test]
fn a_receipt_is_read_member_by_member() {
    let LookupAnswer::Accepted(receipt) = Dialect::V2.decode_lookup(&answer(200, CANCELLED)) else { panic!() };
    assert_eq!(receipt.totals.remaining, Some(Won::new(7_000)));
    assert_eq!((receipt.method.as_deref(), receipt.method_name.as_deref()), (Some("vbank"), Some("가상계좌")));
    assert!(receipt.is_virtual_account());
    assert_eq!(receipt.order_name.as_deref(), Some("양말"));
    assert_eq!(receipt.cancelled_at, KoreanTime::parse("2022-05-26T18:00:00+09:00"));
    let kept: Vec<_> = receipt.extra.0.keys().map(String::as_str).collect();
    assert_eq!(kept, ["sandbox", "status_locale", "vbank_data"]);
    let LookupAnswer::Accepted(older) =
        Dialect::V2.decode_lookup(&answer(200, r#"{"receipt_id":"a","method":"card"}"#))
    else {
        panic!()
    };
    assert_eq!((older.method.as_deref(), older.method_name), (Some("card"), None));
}

#[test]
fn what_is_no_receipt_is_foreign() {
    for (status, body) in [
        (200, "{}"),
        (200, r#"{"status":200}"#),
        (200, r#"{"status":200,"code":0,"message":"","data":{"receipt_id":"a"}}"#),
        (200, r#"{"receipt_id":"a","error_code":"RC_NOT_FOUND"}"#),
        (200, r#"{"receipt_id":"a b"}"#),
        (200, r#"{"receipt_id":"a","price":"만원"}"#),
        (200, r#"{"receipt_id":"a","status":"paid"}"#),
        (201, r#"{"receipt_id":"a"}"#),
        (204, ""),
        (302, r#"{"error_code":"RC_NOT_FOUND"}"#),
        (500, r#"{"message":"Internal server error"}"#),
        (500, r#"{"error_code":null,"message":"x"}"#),
        (500, r#"{"error_code":"","message":"x"}"#),
        (500, r#"{"error_code":["A"],"message":"x"}"#),
        (429, r#"{"title":"Error 1015","status":429,"error_code":1015,"cloudflare_error":true}"#),
        (503, "<!doctype html>"),
    ] {
        assert!(
            matches!(Dialect::V2.decode_cancel(&answer(status, body)), CancelAnswer::Foreign(_)),
            "{status} {body}"
        );
    }
}

#[test]
fn an_error_code_may_be_a_symbol_or_a_number() {
    let symbol = refused(400, r#"{"error_code":"RC_ALREADY_CANCELLED","message":"이미 취소된 거래입니다."}"#);
    assert_eq!((symbol.kind, symbol.recognised), (RefusalKind::AlreadyCancelled, Recognised::ByCode));
    assert_eq!(symbol.message, "이미 취소된 거래입니다.");
    let number = refused(404, r#"{"error_code":-4040,"message":"없음"}"#);
    assert_eq!((number.code.as_deref(), number.kind), (Some("-4040"), RefusalKind::NotFound));
}

#[test]
fn the_gateways_code_may_be_a_number_too() {
    for code in ["8012", "\"8012\""] {
        let body = format!(r#"{{"error_code":"RC_CANCEL_SERVER_ERROR","message":"x","pg_error_code":{code}}}"#);
        let refusal = refused(500, &body);
        assert_eq!((refusal.pg_code.as_deref(), refusal.pg_code_is_final), (Some("8012"), true));
        assert_eq!((refusal.kind, refusal.recognised), (RefusalKind::KcpIp, Recognised::ByCode));
    }
}

#[test]
fn a_lost_gateway_is_told_from_a_refusal() {
    let lost = refused(500, r#"{"error_code":"RC_CANCEL_CRITICAL_ERROR","message":"x","pg_error_code":"8012"}"#);
    assert_eq!((lost.recognised, lost.pg_code_is_final), (Recognised::AsGatewayLost, false));
}

#[test]
fn a_token_says_how_long_it_lives() {
    for seconds in ["1800", "\"1800\""] {
        let body = format!(r#"{{"access_token":"abc","expire_in":{seconds}}}"#);
        let TokenAnswer::Accepted(Granted { token, lifetime }) = Dialect::V2.decode_token(&answer(200, &body)) else {
            panic!()
        };
        assert_eq!((token.expose(), lifetime), ("abc", Duration::from_secs(1_800)));
    }
    for body in [
        r#"{"access_token":"abc"}"#,
        r#"{"access_token":"abc","expire_in":0}"#,
        r#"{"access_token":"abc","expire_in":-5}"#,
        r#"{"access_token":"abc","expire_in":1800000}"#,
        r#"{"access_token":7,"expire_in":1800}"#,
    ] {
        assert!(matches!(Dialect::V2.decode_token(&answer(200, body)), TokenAnswer::Foreign(_)), "{body}");
    }
    let wrong = r#"{"error_code":"APP_SK_NOT_MATCHED","message":"x"}"#;
    let TokenAnswer::Refused(refusal) = Dialect::V2.decode_token(&answer(401, wrong)) else { panic!() };
    assert_eq!(refusal.kind, RefusalKind::Unauthorized);
}

/// Any JSON, so shaped that the members that a decoder looks for occur.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(json!("2022-05-26T18:00:00+09:00")),
    ];
    let name = prop_oneof![
        Just("receipt_id"),
        Just("price"),
        Just("cancelled_price"),
        Just("cancelled_at"),
        Just("status"),
        Just("code"),
        Just("data"),
        Just("error_code"),
        Just("message"),
        Just("access_token"),
        Just("expire_in"),
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn a_partials_amount_is_always_there_and_no_word_of_v1(price in 1_000..=Won::MAX.get()) {
        let account = RefundAccount::new("004", "1", "c").unwrap();
        let part = CancelRequest::partial(RECEIPT, price).tax_free(price).canceller("a").reason("b").refund_account(account);
        let body = sent(part);
        prop_assert_eq!(&body["cancel_price"], &json!(price));
        let text = body.to_string();
        for name in ["\"price\"", "\"tax_free\"", "\"name\"", "\"reason\"", "\"account\"", "accountholder", "bankcode"] {
            prop_assert!(!text.contains(name), "{}", name);
        }
    }

    #[test]
    fn a_full_cancel_never_has_an_amount(remaining in 1..=Won::MAX.get()) {
        let body = sent(CancelRequest::full(RECEIPT).expected_remaining(remaining).reason("b"));
        prop_assert!(body.get("cancel_price").is_none() && body.get("cancel_tax_free").is_none());
    }

    #[test]
    fn no_json_makes_a_decoder_panic(status in prop_oneof![Just(200_u16), any::<u16>()], value in any_json()) {
        let answer = WireAnswer { status, retry_after: None, body: value.to_string().into_bytes() };
        for dialect in [Dialect::V1, Dialect::V2] {
            let _ = (dialect.decode_token(&answer), dialect.decode_cancel(&answer), dialect.decode_lookup(&answer));
        }
    }

    #[test]
    fn half_an_answer_is_no_answer(cut in 0..CANCELLED.len() - 1, bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let half = WireAnswer { status: 200, retry_after: None, body: CANCELLED.as_bytes()[..cut].to_vec() };
        prop_assert!(matches!(Dialect::V2.decode_cancel(&half), CancelAnswer::Foreign(_)));
        let noise = WireAnswer { status: 200, retry_after: None, body: bytes };
        let _ = (Dialect::V2.decode_token(&noise), Dialect::V2.decode_cancel(&noise), Dialect::V2.decode_lookup(&noise));
    }
}
