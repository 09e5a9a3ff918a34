use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::cancel::{CancelRequest, RefundAccount};
use crate::dialect::{CancelAnswer, LookupAnswer, Recognised, ServerRefusal, TokenAnswer};
use crate::error::RefusalKind;
use crate::korean_time::KoreanTime;
use crate::money::Won;

const PAGE_RECEIPT: &str = "612df0250d681b001de61de6";

/// The page's answer, word for word.
const PAGE_ANSWER: &str = r#"{
  "status": 200,
  "code": 0,
  "message": "",
  "data": {
    "receipt_id": "5df6e8034f74b4002177e0bb",
    "request_cancel_price": 3000,
    "remain_price": 0,
    "remain_tax_free": 0,
    "cancelled_price": 3000,
    "cancelled_tax_free": 1500,
    "revoked_at": "2019-12-16 11:12:28",
    "tid": "48586080"
  }
}"#;

const PAGE_REFUSAL: &str = r#"{"status":500,"code":-15006,"message":"금액오류(1000원 미만 신용카드 승인 불가)",
    "data":{"ResultCode":"3041","ResultMsg":"금액 오류(1000원 미만 신용카드 승인 불가)"}}"#;

const PAGE_TOKEN: &str = r#"{"status":200,"code":0,"message":"","data":{
    "token":"d6941c650061e3eaddd3f4718ab63e0983c1f6a0a0a01370c1b1ffa90ddd0b51",
    "server_time":1527569986,"expired_at":1527571765}}"#;

fn answer(status: u16, body: &str) -> WireAnswer {
    WireAnswer { status, retry_after: None, body: body.into() }
}

fn accepted(body: &str) -> Cancellation {
    match Dialect::V1.decode_cancel(&answer(200, body)) {
        CancelAnswer::Accepted(cancellation) => *cancellation,
        other => panic!("{other:?}"),
    }
}

fn foreign(status: u16, body: &str) -> &'static str {
    match Dialect::V1.decode_cancel(&answer(status, body)) {
        CancelAnswer::Foreign(foreign) => foreign.what,
        other => panic!("{body}: {other:?}"),
    }
}

fn refused(status: u16, body: &str) -> ServerRefusal {
    match Dialect::V1.decode_cancel(&answer(status, body)) {
        CancelAnswer::Refused(refusal) => *refusal,
        other => panic!("{body}: {other:?}"),
    }
}

fn sent(cancel: CancelRequest) -> Value {
    let request = cancel_request(&cancel.validate().unwrap(), &CancelId::new("order-1042/refund-1").unwrap());
    assert_eq!((request.method, request.path.as_str()), (Method::Post, "/cancel.json"));
    serde_json::from_slice(&request.body.unwrap()).unwrap()
}

#[test]
fn a_full_cancel_has_no_amount_at_all() {
    let full = CancelRequest::full(PAGE_RECEIPT).expected_remaining(3_000);
    assert_eq!(sent(full), json!({"receipt_id": PAGE_RECEIPT, "cancel_id": "order-1042/refund-1"}));
}

#[test]
fn a_partial_cancel_has_every_member_of_the_page() {
    let part = CancelRequest::partial(PAGE_RECEIPT, 3_000)
        .tax_free(1_500)
        .canceller("API 관리자")
        .reason("API에 의한 요청")
        .refund_account(RefundAccount::new("국민은행", "66569112432134", "홍길동").unwrap());
    let expected = json!({
        "receipt_id": PAGE_RECEIPT,
        "cancel_id": "order-1042/refund-1",
        "price": 3000,
        "tax_free": 1500,
        "name": "API 관리자",
        "reason": "API에 의한 요청",
        "refund": {"account": "66569112432134", "accountholder": "홍길동", "bankcode": "004"},
    });
    assert_eq!(sent(part), expected);
}

#[test]
fn an_account_is_sent_word_for_word() {
    let account = RefundAccount::new("004", "665-6911-2432134", "홍길동").unwrap();
    let body = sent(CancelRequest::full(PAGE_RECEIPT).refund_account(account));
    assert_eq!(body["refund"]["account"], "665-6911-2432134");
}

#[test]
fn the_token_and_the_lookup_are_asked_for_as_the_page_does() {
    let token = token_request("5b8f6a4d396fa665fdc2b5ea", &Secret::new("rm6EYECr6aroQVG2ntW0A6LpWnkTgP4uQ3H18sDDUYw="));
    assert_eq!((token.method, token.path.as_str()), (Method::Post, "/request/token.json"));
    let expected = json!({
        "application_id": "5b8f6a4d396fa665fdc2b5ea",
        "private_key": "rm6EYECr6aroQVG2ntW0A6LpWnkTgP4uQ3H18sDDUYw=",
    });
    assert_eq!(serde_json::from_slice::<Value>(&token.body.unwrap()).unwrap(), expected);
    let lookup = lookup_request(&ReceiptId::new(PAGE_RECEIPT).unwrap());
    assert_eq!((lookup.method, lookup.path.as_str()), (Method::Get, "/receipt/612df0250d681b001de61de6.json"));
    assert!(lookup.body.is_none());
}

#[test]
fn the_pages_answer_is_read_member_by_member() {
    let read = accepted(PAGE_ANSWER);
    assert_eq!(read.receipt_id.as_ref().map(ReceiptId::as_str), Some("5df6e8034f74b4002177e0bb"));
    assert_eq!(read.request_cancel_price, Some(Won::new(3_000)));
    assert_eq!((read.remain_price, read.remain_tax_free), (Some(Won::ZERO), Some(Won::ZERO)));
    assert_eq!((read.cancelled_price, read.cancelled_tax_free), (Some(Won::new(3_000)), Some(Won::new(1_500))));
    assert_eq!(read.revoked_at, KoreanTime::parse("2019-12-16T02:12:28Z"));
    assert_eq!(read.tid.as_deref(), Some("48586080"));
    assert!(read.extra.0.is_empty());
}

#[test]
fn a_live_answers_further_members_are_read_and_the_unknown_ones_kept() {
    let live = r#"{"status":200,"code":0,"message":"","data":{"receipt_id":"5df6e8034f74b4002177e0bb","order_id":"1042",
        "cancel_id":"1c3e0a2e-7d2b-4d4e-9a53-6f1f5a6f0a3b-1527569986","tid":48586080,"status":"20","새것":[1]}}"#;
    let read = accepted(live);
    assert_eq!(read.order_id.as_deref(), Some("1042"));
    assert_eq!(read.cancel_id.as_deref(), Some("1c3e0a2e-7d2b-4d4e-9a53-6f1f5a6f0a3b-1527569986"));
    assert_eq!((read.tid.as_deref(), read.status), (Some("48586080"), Some(ReceiptStatus::CANCELLED)));
    assert_eq!(Value::Object(read.extra.0), json!({"새것": [1]}));
}

#[test]
fn every_member_of_a_success_may_be_absent() {
    assert_eq!(accepted(r#"{"status":200,"code":0,"data":{}}"#), Cancellation::default());
}

#[test]
fn a_refund_is_not_unknown_because_of_a_date() {
    let read = accepted(r#"{"status":200,"code":0,"data":{"remain_price":"0","revoked_at":"오늘"}}"#);
    assert_eq!((read.revoked_at, read.remain_price), (None, Some(Won::ZERO)));
    assert_eq!(read.extra.0["revoked_at"], "오늘");
}

#[test]
fn an_answer_with_no_amount_where_one_should_be_is_foreign() {
    for value in ["\"abc\"", "-3000", "0.5", "{}", "[]", "true"] {
        foreign(200, &format!(r#"{{"status":200,"code":0,"data":{{"cancelled_price":{value}}}}}"#));
    }
    foreign(200, r#"{"status":200,"code":0,"data":{"receipt_id":"../x"}}"#);
    foreign(200, r#"{"status":200,"code":0,"data":{"receipt_id":""}}"#);
}

#[test]
fn an_envelope_that_contradicts_itself_is_foreign() {
    for (status, body) in [
        (200, r#"{"status":500,"code":-1,"message":"x"}"#),
        (500, r#"{"status":200,"code":0,"data":{}}"#),
        (500, r#"{"status":400,"code":-1}"#),
        (200, r#"{"status":200,"code":-1,"data":{}}"#),
        (200, r#"{"status":200,"data":{}}"#),
        (200, r#"{"status":200,"code":null,"data":{}}"#),
        (200, r#"{"status":200,"code":"ok","data":{}}"#),
        (200, r#"{"status":200,"code":0}"#),
        (200, r#"{"status":200,"code":0,"data":[]}"#),
        (500, r#"{"status":500,"code":0}"#),
        (500, r#"{"status":500,"code":7}"#),
        (500, r#"{"status":500,"error":"Internal Server Error","path":"/cancel.json"}"#),
        (500, r#"{"status":500,"code":-1,"message":{"a":1}}"#),
        (201, r#"{"status":201,"code":0,"data":{}}"#),
        (302, r#"{"status":302,"code":-1}"#),
        (502, "<html>Bad Gateway</html>"),
        (200, "<html>점검중</html>"),
        (200, ""),
        (200, r#"{"status":200,"code":0,"da"#),
    ] {
        assert!(!foreign(status, body).is_empty());
    }
}

#[test]
fn the_pages_refusal_carries_the_gateways_final_word() {
    let refusal = refused(500, PAGE_REFUSAL);
    assert_eq!((refusal.http_status, refusal.code.as_deref()), (500, Some("-15006")));
    assert_eq!(refusal.message, "금액오류(1000원 미만 신용카드 승인 불가)");
    assert_eq!(refusal.pg_code.as_deref(), Some("3041"));
    assert_eq!(refusal.pg_message.as_deref(), Some("금액 오류(1000원 미만 신용카드 승인 불가)"));
    assert!(refusal.pg_code_is_final);
    assert_eq!((refusal.kind, refusal.recognised), (RefusalKind::AmountTooSmall, Recognised::ByText));
}

#[test]
fn other_spellings_of_the_gateways_code_are_found() {
    for name in ["ResultCode", "resultCode", "result_code", "res_cd"] {
        let refusal = refused(400, &format!(r#"{{"status":"400","code":"-1","data":{{"{name}":8012}}}}"#));
        assert_eq!((refusal.pg_code.as_deref(), refusal.kind), (Some("8012"), RefusalKind::KcpIp), "{name}");
        assert_eq!(refusal.message, "");
    }
}

#[test]
fn how_long_to_wait_is_kept_in_every_case() {
    let wait = Some(Duration::from_secs(7));
    let answered =
        |status, body: &str| Dialect::V1.decode_cancel(&WireAnswer { retry_after: wait, ..answer(status, body) });
    let CancelAnswer::Refused(refusal) = answered(429, r#"{"status":429,"code":-1,"message":"x"}"#) else { panic!() };
    assert_eq!((refusal.retry_after, refusal.kind), (wait, RefusalKind::RateLimited));
    let CancelAnswer::Foreign(foreign) = answered(503, "<html>") else { panic!() };
    assert_eq!((foreign.retry_after, foreign.http_status), (wait, 503));
}

#[test]
fn the_pages_token_lives_1779_seconds() {
    let TokenAnswer::Accepted(Granted { token, lifetime }) = Dialect::V1.decode_token(&answer(200, PAGE_TOKEN)) else {
        panic!()
    };
    assert_eq!(token.expose(), "d6941c650061e3eaddd3f4718ab63e0983c1f6a0a0a01370c1b1ffa90ddd0b51");
    assert_eq!(lifetime, Duration::from_secs(1_779));
}

#[test]
fn a_token_that_cannot_be_right_is_foreign() {
    for data in [
        r#"{"server_time":1,"expired_at":2}"#,
        r#"{"token":"","server_time":1,"expired_at":2}"#,
        r#"{"token":"a b","server_time":1,"expired_at":2}"#,
        r#"{"token":"a\nb","server_time":1,"expired_at":2}"#,
        r#"{"token":"토큰","server_time":1,"expired_at":2}"#,
        r#"{"token":"a","server_time":2,"expired_at":2}"#,
        r#"{"token":"a","server_time":3,"expired_at":2}"#,
        r#"{"token":"a","server_time":0,"expired_at":86401}"#,
        r#"{"token":"a","server_time":-9223372036854775808,"expired_at":9223372036854775807}"#,
        r#"{"token":"a","expired_at":1527571765}"#,
    ] {
        let decoded = Dialect::V1.decode_token(&answer(200, &format!(r#"{{"status":200,"code":0,"data":{data}}}"#)));
        assert!(matches!(decoded, TokenAnswer::Foreign(_)), "{data}");
    }
}

#[test]
fn a_refused_token_is_unauthorized() {
    let body = r#"{"status":401,"code":-2003,"message":"권한이 없습니다."}"#;
    let TokenAnswer::Refused(refusal) = Dialect::V1.decode_token(&answer(401, body)) else { panic!() };
    assert_eq!((refusal.kind, refusal.recognised), (RefusalKind::Unauthorized, Recognised::ByCode));
}

#[test]
fn a_receipt_is_read_member_by_member() {
    let body = r#"{"status":200,"code":0,"message":"","data":{"receipt_id":"612df0250d681b001de61de6","order_id":"1042",
        "name":"양말","price":10000,"tax_free":0,"remain_price":7000,"remain_tax_free":0,"cancelled_price":3000,
        "cancelled_tax_free":0,"receipt_url":"https://x","unit":"krw","pg":"kcp","method":"vbank","pg_name":"KCP",
        "method_name":"가상계좌","payment_data":{"account":"1"},"requested_at":"2019-12-16 11:00:00",
        "purchased_at":"2019-12-16 11:01:00","revoked_at":null,"status":1,"status_en":"complete","status_ko":"결제완료"}}"#;
    let LookupAnswer::Accepted(receipt) = Dialect::V1.decode_lookup(&answer(200, body)) else { panic!() };
    assert_eq!((receipt.order_id.as_deref(), receipt.order_name.as_deref()), (Some("1042"), Some("양말")));
    let totals = Totals {
        price: Some(Won::new(10_000)),
        remaining: Some(Won::new(7_000)),
        cancelled: Some(Won::new(3_000)),
        status: Some(ReceiptStatus::PAID),
    };
    assert_eq!(receipt.totals, totals);
    assert_eq!((receipt.pg.as_deref(), receipt.pg_name.as_deref()), (Some("kcp"), Some("KCP")));
    assert!(receipt.is_virtual_account());
    assert_eq!(receipt.purchased_at, KoreanTime::parse("2019-12-16 11:01:00"));
    assert_eq!(receipt.cancelled_at, None);
    let kept: Vec<_> = receipt.extra.0.keys().map(String::as_str).collect();
    assert_eq!(kept, ["payment_data", "status_en", "status_ko", "unit"]);
}

#[test]
fn a_receipt_without_its_id_is_foreign() {
    let decoded = Dialect::V1.decode_lookup(&answer(200, r#"{"status":200,"code":0,"data":{"price":1000}}"#));
    assert!(matches!(decoded, LookupAnswer::Foreign(_)));
}

proptest! {
    #[test]
    fn a_partials_amount_is_always_there_and_no_word_of_v2(price in 1_000..=Won::MAX.get(), tax_free in any::<bool>()) {
        let mut part = CancelRequest::partial(PAGE_RECEIPT, price).canceller("a").reason("b")
            .refund_account(RefundAccount::new("004", "1", "c").unwrap());
        if tax_free {
            part = part.tax_free(price);
        }
        let body = sent(part);
        prop_assert_eq!(&body["price"], &json!(price));
        prop_assert_eq!(body.get("tax_free").is_some(), tax_free);
        let text = body.to_string();
        for name in ["cancel_price", "cancel_tax_free", "cancel_username", "cancel_message", "bank_"] {
            prop_assert!(!text.contains(name), "{}", name);
        }
    }

    #[test]
    fn a_full_cancel_never_has_an_amount(remaining in 1..=Won::MAX.get()) {
        let body = sent(CancelRequest::full(PAGE_RECEIPT).expected_remaining(remaining).reason("b"));
        prop_assert!(body.get("price").is_none() && body.get("tax_free").is_none());
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(status in any::<u16>(), body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let answer = WireAnswer { status, retry_after: None, body };
        let _ = (Dialect::V1.decode_token(&answer), Dialect::V1.decode_cancel(&answer), Dialect::V1.decode_lookup(&answer));
    }

    #[test]
    fn no_damage_to_a_sample_makes_it_panic_or_another_amount(
        which in 0..3_usize, status in prop_oneof![Just(200_u16), Just(500), Just(401)],
        at in 0..600_usize, byte in any::<u8>(), cut in 0..600_usize,
    ) {
        let mut body = [PAGE_ANSWER, PAGE_REFUSAL, PAGE_TOKEN][which].as_bytes().to_vec();
        let at = at % body.len();
        body[at] = byte;
        let whole = WireAnswer { status, retry_after: None, body: body.clone() };
        let _ = (Dialect::V1.decode_token(&whole), Dialect::V1.decode_cancel(&whole), Dialect::V1.decode_lookup(&whole));
        body.truncate(cut % body.len());
        let cut = WireAnswer { status, retry_after: None, body };
        prop_assert!(matches!(Dialect::V1.decode_cancel(&cut), CancelAnswer::Foreign(_)), "half an answer is no answer");
    }
}
