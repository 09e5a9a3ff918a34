//! Cancels over real HTTP, in both dialects. Figures and texts are the page's.

#![allow(clippy::unwrap_used)]

mod caller;

use std::time::Duration;

use bootpay_sandbox::{CancelIdRule, CancelIdScope, MovedBy, NewReceipt, PgRefusal, Sandbox};
use caller::{Caller, v1_account, v2_account};
use serde_json::{Value, json};

async fn open() -> (Sandbox, Caller) {
    let sandbox = Sandbox::start().await.unwrap();
    let caller = Caller::of(&sandbox).await;
    (sandbox, caller)
}

#[tokio::test]
async fn the_pages_sample_cancel_gets_the_pages_sample_figures() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(3_000).tax_free(1_500).id("5df6e8034f74b4002177e0bb"));
    let (status, answer) = caller.v1_cancel(&json!({ "receipt_id": id })).await;
    assert_eq!(status, 200);
    assert_eq!(answer["status"], 200);
    assert_eq!(answer["code"], 0);
    assert_eq!(answer["message"], "");
    let data = &answer["data"];
    assert_eq!(data["receipt_id"], "5df6e8034f74b4002177e0bb");
    assert_eq!(data["request_cancel_price"], 3000);
    assert_eq!(data["remain_price"], 0);
    assert_eq!(data["remain_tax_free"], 0);
    assert_eq!(data["cancelled_price"], 3000);
    assert_eq!(data["cancelled_tax_free"], 1500);
    // "2019-12-16 11:12:28": 19 characters, no offset.
    assert_eq!(data["revoked_at"].as_str().map(str::len), Some(19));
    assert!(data["tid"].is_string());

    let movements = sandbox.movements(&id);
    assert_eq!(movements.len(), 1);
    assert_eq!((movements[0].amount, movements[0].tax_free), (3_000, 1_500));
    assert_eq!(movements[0].by, MovedBy::Api);
    assert_eq!(movements[0].cancel_id, None);
    assert!(!movements[0].to_account);
}

#[tokio::test]
async fn partial_cancels_add_up_to_the_price_and_the_status_turns_20_at_the_end() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(10_000).tax_free(4_000));
    for (price, cancelled, remain) in [(3_000, 3_000, 7_000), (2_000, 5_000, 5_000)] {
        let body = json!({ "receipt_id": id, "price": price });
        let (_, answer) = caller.v1_cancel(&body).await;
        assert_eq!(answer["data"]["request_cancel_price"], price);
        assert_eq!(answer["data"]["cancelled_price"], cancelled);
        assert_eq!(answer["data"]["remain_price"], remain);
        let (_, lookup) = caller.v1_lookup(&id).await;
        assert_eq!(lookup["data"]["status"], 1);
    }
    let (_, answer) = caller.v1_cancel(&json!({ "receipt_id": id })).await;
    assert_eq!(answer["data"]["request_cancel_price"], 5_000);
    assert_eq!(answer["data"]["cancelled_tax_free"], 4_000);
    let (_, lookup) = caller.v1_lookup(&id).await;
    assert_eq!(lookup["data"]["status"], 20);
    assert_eq!(lookup["data"]["remain_price"], 0);
    let moved: u64 = sandbox.movements(&id).iter().map(|m| m.amount).sum();
    assert_eq!(moved, 10_000);
}

#[tokio::test]
async fn an_amount_may_come_as_a_string() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(10_000));
    let body = json!({ "receipt_id": id, "price": "3000" });
    assert_eq!(caller.v1_cancel(&body).await.0, 200);
    let body = json!({ "receipt_id": id, "cancel_price": "3000" });
    assert_eq!(caller.v2_cancel(&body).await.0, 200);
    assert_eq!(sandbox.receipt(&id).unwrap().cancelled_price, 6_000);
}

#[tokio::test]
async fn a_null_amount_is_a_full_cancel() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(10_000));
    let body = json!({ "receipt_id": id, "price": null });
    assert_eq!(caller.v1_cancel(&body).await.0, 200);
    assert_eq!(sandbox.receipt(&id).unwrap().remain_price, 0);
}

#[tokio::test]
async fn a_v1_amount_sent_to_v2_cancels_everything_and_the_other_way_round() {
    let (sandbox, caller) = open().await;
    let one = sandbox.add(NewReceipt::paid(10_000));
    let body = json!({ "receipt_id": one, "price": 1_000 });
    assert_eq!(caller.v2_cancel(&body).await.0, 200);
    assert_eq!(sandbox.movements(&one)[0].amount, 10_000);

    let two = sandbox.add(NewReceipt::paid(10_000));
    let body = json!({ "receipt_id": two, "cancel_price": 1_000 });
    assert_eq!(caller.v1_cancel(&body).await.0, 200);
    assert_eq!(sandbox.movements(&two)[0].amount, 10_000);
}

#[tokio::test]
async fn a_v2_cancel_answers_with_the_whole_receipt_and_no_remain_price() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(10_000).tax_free(4_000));
    let body = json!({
        "receipt_id": id,
        "cancel_price": 5_000,
        "cancel_tax_free": 2_000,
        "cancel_id": "one",
    });
    let (status, answer) = caller.v2_cancel(&body).await;
    assert_eq!(status, 200);
    assert_eq!(answer["receipt_id"], id);
    assert_eq!(answer["price"], 10_000);
    assert_eq!(answer["cancelled_price"], 5_000);
    assert_eq!(answer["cancelled_tax_free"], 2_000);
    assert_eq!(answer["status"], 1);
    assert!(answer.get("remain_price").is_none());
    assert!(answer.get("data").is_none());
    let cancelled_at = answer["cancelled_at"].as_str().unwrap();
    assert!(cancelled_at.ends_with("+09:00") && cancelled_at.contains('T'));
    assert_eq!(sandbox.movements(&id)[0].cancel_id.as_deref(), Some("one"));
}

async fn refused(receipt: NewReceipt, v1: Value, v2: Value) -> ((u16, Value), (u16, Value)) {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(receipt);
    let with_id = |mut body: Value| {
        body["receipt_id"] = json!(id);
        body
    };
    let before = sandbox.ledger();
    let v1 = caller.v1_cancel(&with_id(v1)).await;
    let v2 = caller.v2_cancel(&with_id(v2)).await;
    assert_eq!(sandbox.ledger(), before, "a refusal moves no money");
    assert_eq!(v1.1["status"], v1.0, "the envelope repeats the status");
    assert!(v1.1["code"].as_i64().unwrap() < 0);
    assert!(v2.1["error_code"].is_string());
    (v1, v2)
}

#[tokio::test]
async fn a_cancelled_receipt_is_already_cancelled_in_the_pages_words() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(10_000));
    let everything = json!({ "receipt_id": id });
    caller.v1_cancel(&everything).await;
    let (_, v1) = caller.v1_cancel(&everything).await;
    assert_eq!(v1["message"], "기취소된 건입니다");
    let (_, v2) = caller.v2_cancel(&everything).await;
    assert_eq!(v2["error_code"], "RC_ALREADY_CANCELLED");
    assert_eq!(sandbox.movements(&id).len(), 1);
}

#[tokio::test]
async fn a_receipt_cancelled_in_the_pgs_console_looks_paid_and_is_already_cancelled() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(10_000).cancelled_in_pg_console());
    let (_, lookup) = caller.v1_lookup(&id).await;
    assert_eq!(lookup["data"]["status"], 1);
    assert_eq!(lookup["data"]["remain_price"], 10_000);
    let (status, v1) = caller.v1_cancel(&json!({ "receipt_id": id })).await;
    assert_eq!(status, 500);
    assert_eq!(v1["message"], "기취소된 건입니다");
    assert!(v1["data"]["ResultCode"].is_string());
    let (_, v2) = caller.v2_cancel(&json!({ "receipt_id": id })).await;
    assert_eq!(v2["error_code"], "RC_ALREADY_CANCELLED");
    let movements = sandbox.movements(&id);
    assert_eq!(movements.len(), 1);
    assert_eq!(movements[0].by, MovedBy::PgConsole);
}

#[tokio::test]
async fn a_swept_test_payment_looks_paid_and_is_already_cancelled() {
    let (sandbox, caller) = open().await;
    let test = sandbox.add(NewReceipt::paid(10_000).test_mode());
    let live = sandbox.add(NewReceipt::paid(10_000));
    assert_eq!(sandbox.sweep(), 1);
    assert_eq!(sandbox.sweep(), 0);
    let (_, lookup) = caller.v1_lookup(&test).await;
    assert_eq!(lookup["data"]["status"], 1);
    let (_, answer) = caller.v1_cancel(&json!({ "receipt_id": test })).await;
    assert_eq!(answer["message"], "기취소된 건입니다");
    assert_eq!(sandbox.movements(&test)[0].by, MovedBy::PgSweep);
    assert!(sandbox.movements(&live).is_empty());
}

#[tokio::test]
async fn what_remains_at_the_pg_can_still_be_cancelled_after_its_console_took_a_part() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(10_000));
    sandbox.cancel_at_pg(&id, 6_000).unwrap();
    let too_much = json!({ "receipt_id": id, "price": 5_000 });
    assert_eq!(caller.v1_cancel(&too_much).await.1["message"], "기취소된 건입니다");
    let fits = json!({ "receipt_id": id, "price": 4_000 });
    assert_eq!(caller.v1_cancel(&fits).await.0, 200);
    assert_eq!(sandbox.receipt(&id).unwrap().cancelled_at_pg, 10_000);
}

#[tokio::test]
async fn bootpays_own_console_shows_in_the_lookup() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(10_000));
    sandbox.cancel_in_console(&id, 4_000).unwrap();
    let (_, lookup) = caller.v2_lookup(&id).await;
    assert_eq!(lookup["cancelled_price"], 4_000);
    assert_eq!(sandbox.movements(&id)[0].by, MovedBy::Console);
    assert!(sandbox.cancel_in_console(&id, 6_001).is_err());
}

#[tokio::test]
async fn the_pg_refuses_with_a_500_a_negative_code_and_its_own_result() {
    let settlement = NewReceipt::paid(10_000).refuse_with(PgRefusal::Settlement);
    let (v1, v2) = refused(settlement, json!({}), json!({})).await;
    assert_eq!(v1.0, 500);
    assert!(v1.1["data"]["ResultCode"].is_string());
    assert!(v1.1["data"]["ResultMsg"].is_string());
    assert_eq!(v2.1["error_code"], "RC_CANCEL_SERVER_ERROR");
    assert!(v2.1["pg_error_code"].is_string());

    let kcp = NewReceipt::paid(10_000).refuse_with(PgRefusal::KcpIp);
    let (v1, v2) = refused(kcp, json!({}), json!({})).await;
    assert_eq!(v1.1["data"]["ResultCode"], "8012");
    assert_eq!(v2.1["pg_error_code"], "8012");

    let words = PgRefusal::Other { code: "3041".to_owned(), message: "금액오류".to_owned() };
    let other = NewReceipt::paid(10_000).refuse_with(words);
    let (v1, _) = refused(other, json!({}), json!({})).await;
    assert_eq!(v1.1["data"], json!({ "ResultCode": "3041", "ResultMsg": "금액오류" }));
}

#[tokio::test]
async fn amounts_that_cannot_be_are_refused() {
    let refused_amount = async |receipt: NewReceipt, amount: Value| {
        refused(receipt, json!({ "price": amount }), json!({ "cancel_price": amount })).await
    };
    for amount in [json!(999), json!(10_001), json!(-1), json!("많이")] {
        let (v1, v2) = refused_amount(NewReceipt::paid(10_000), amount).await;
        assert_eq!((v1.0, v2.0), (400, 400));
    }
    let elsewhere = NewReceipt::paid(10_000).pg("tosspay");
    let (v1, _) = refused_amount(elsewhere, json!(2_000)).await;
    assert_eq!(v1.0, 500);
}

#[tokio::test]
async fn a_virtual_account_needs_a_refund_account_and_a_cms_contract() {
    refused(NewReceipt::paid(10_000).virtual_account(), json!({}), json!({})).await;
    refused(
        NewReceipt::paid(10_000).virtual_account().cms_contract(false),
        json!({ "refund": v1_account() }),
        json!({ "refund": v2_account() }),
    )
    .await;
    // The other dialect's names are unknown members.
    refused(
        NewReceipt::paid(10_000).virtual_account(),
        json!({ "refund": v2_account() }),
        json!({ "refund": v1_account() }),
    )
    .await;

    let (sandbox, caller) = open().await;
    let one = sandbox.add(NewReceipt::paid(10_000).method("vbank"));
    let body = json!({ "receipt_id": one, "refund": v1_account() });
    assert_eq!(caller.v1_cancel(&body).await.0, 200);
    let two = sandbox.add(NewReceipt::paid(10_000).virtual_account());
    let body = json!({ "receipt_id": two, "refund": v2_account() });
    assert_eq!(caller.v2_cancel(&body).await.0, 200);
    assert!(sandbox.ledger().iter().all(|movement| movement.to_account));
    let written_down = format!("{:?} {:?}", sandbox.ledger(), sandbox.requests());
    assert!(!written_down.contains("675601010124"));
    assert!(!written_down.contains("홍길동"));
}

#[tokio::test]
async fn a_phone_payment_can_be_cancelled_only_within_its_month() {
    let (sandbox, caller) = open().await;
    let now = sandbox.add(NewReceipt::paid(10_000).method("phone"));
    let later = sandbox.add(NewReceipt::paid(10_000).method("phone"));
    assert_eq!(caller.v1_cancel(&json!({ "receipt_id": now })).await.0, 200);
    sandbox.advance(Duration::from_secs(32 * 24 * 3600));
    let caller = Caller::of(&sandbox).await;
    let (status, _) = caller.v1_cancel(&json!({ "receipt_id": later })).await;
    assert_eq!(status, 500);
    assert!(sandbox.movements(&later).is_empty());
}

#[tokio::test]
async fn nobody_has_that_receipt() {
    let (_sandbox, caller) = open().await;
    let body = json!({ "receipt_id": "5df6e8034f74b4002177e0bb" });
    assert_eq!(caller.v1_cancel(&body).await.0, 404);
    let (status, answer) = caller.v2_cancel(&body).await;
    assert_eq!(status, 404);
    assert_eq!(answer["error_code"], "RC_NOT_FOUND");
    assert_eq!(caller.v1_lookup("5df6e8034f74b4002177e0bb").await.0, 404);
}

#[tokio::test]
async fn receipts_that_are_not_paid_or_in_progress_are_not_cancelled() {
    for status in [0, 2, 3, -1, -2, -30] {
        refused(NewReceipt::paid(10_000).status(status), json!({}), json!({})).await;
    }
}

async fn twice(sandbox: &Sandbox, first: Value, second: Value) -> [(u16, Value); 2] {
    let caller = Caller::of(sandbox).await;
    [caller.v1_cancel(&first).await, caller.v1_cancel(&second).await]
}

#[tokio::test]
async fn a_repeated_cancel_id_is_refused_and_moves_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = sandbox.add(NewReceipt::paid(10_000));
    let body = json!({ "receipt_id": id, "price": 2_000, "cancel_id": "one" });
    let [first, second] = twice(&sandbox, body.clone(), body).await;
    assert_eq!(first.0, 200);
    assert_eq!(second.0, 400);
    assert_eq!(sandbox.movements(&id).len(), 1);
}

#[tokio::test]
async fn a_repeated_cancel_id_is_replayed_when_so_chosen() {
    let sandbox = Sandbox::builder().cancel_ids(CancelIdRule::Replay).start().await.unwrap();
    let id = sandbox.add(NewReceipt::paid(10_000));
    let body = json!({ "receipt_id": id, "price": 2_000, "cancel_id": "one" });
    let [first, second] = twice(&sandbox, body.clone(), body).await;
    assert_eq!(first, second);
    assert_eq!(sandbox.movements(&id).len(), 1);
}

#[tokio::test]
async fn a_repeated_cancel_id_cancels_again_where_it_means_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_cancel_id_rule(CancelIdRule::Ignore);
    let id = sandbox.add(NewReceipt::paid(10_000));
    let body = json!({ "receipt_id": id, "price": 2_000, "cancel_id": "one" });
    twice(&sandbox, body.clone(), body).await;
    assert_eq!(sandbox.movements(&id).len(), 2);
}

#[tokio::test]
async fn a_refused_attempt_uses_its_cancel_id_up_only_where_so_chosen() {
    for (rule, works_afterwards) in [(CancelIdRule::Refuse, true), (CancelIdRule::RefuseAndBurn, false)] {
        let sandbox = Sandbox::builder().cancel_ids(rule).start().await.unwrap();
        let id = sandbox.add(NewReceipt::paid(10_000));
        let [first, second] = twice(
            &sandbox,
            json!({ "receipt_id": id, "price": 99_000, "cancel_id": "one" }),
            json!({ "receipt_id": id, "price": 2_000, "cancel_id": "one" }),
        )
        .await;
        assert_eq!(first.0, 400);
        assert_eq!(second.0 == 200, works_afterwards);
        assert_eq!(sandbox.movements(&id).len(), usize::from(works_afterwards));
    }
}

#[tokio::test]
async fn a_cancel_id_reaches_its_receipt_or_the_project() {
    for (scope, moved) in [(CancelIdScope::Receipt, 2), (CancelIdScope::Project, 1)] {
        let sandbox = Sandbox::builder().cancel_id_scope(scope).start().await.unwrap();
        let one = sandbox.add(NewReceipt::paid(10_000));
        let two = sandbox.add(NewReceipt::paid(10_000));
        let body = |id: &str| json!({ "receipt_id": id, "cancel_id": "one" });
        twice(&sandbox, body(&one), body(&two)).await;
        assert_eq!(sandbox.ledger().len(), moved);
    }
}

#[tokio::test]
async fn a_cancel_id_may_be_forgotten_after_a_time() {
    let sandbox = Sandbox::builder().cancel_id_memory(Duration::from_secs(60)).start().await.unwrap();
    let caller = Caller::of(&sandbox).await;
    let id = sandbox.add(NewReceipt::paid(10_000));
    let body = json!({ "receipt_id": id, "price": 2_000, "cancel_id": "one" });
    assert_eq!(caller.v1_cancel(&body).await.0, 200);
    assert_eq!(caller.v1_cancel(&body).await.0, 400);
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(caller.v1_cancel(&body).await.0, 200);
}

#[tokio::test]
async fn the_guard_refuses_a_second_partial_cancel_within_ten_seconds() {
    let sandbox = Sandbox::builder().guard(true).start().await.unwrap();
    let caller = Caller::of(&sandbox).await;
    let id = sandbox.add(NewReceipt::paid(10_000));
    let other = sandbox.add(NewReceipt::paid(10_000));
    let body = |id: &str| json!({ "receipt_id": id, "price": 2_000 });
    assert_eq!(caller.v1_cancel(&body(&id)).await.0, 200);
    assert_eq!(caller.v1_cancel(&body(&id)).await.0, 400);
    assert_eq!(caller.v1_cancel(&body(&other)).await.0, 200);
    sandbox.advance(Duration::from_secs(10));
    assert_eq!(caller.v1_cancel(&body(&id)).await.0, 200);
    sandbox.set_guard(false);
    assert_eq!(caller.v1_cancel(&body(&id)).await.0, 200);
}

#[tokio::test]
async fn lookups_may_lag_behind_the_ledger() {
    let (sandbox, caller) = open().await;
    sandbox.set_lookup_lag(Duration::from_secs(30));
    let id = sandbox.add(NewReceipt::paid(10_000));
    caller.v1_cancel(&json!({ "receipt_id": id })).await;
    assert_eq!(caller.v1_lookup(&id).await.1["data"]["cancelled_price"], 0);
    sandbox.advance(Duration::from_secs(30));
    let (_, lookup) = caller.v1_lookup(&id).await;
    assert_eq!(lookup["data"]["cancelled_price"], 10_000);
}

#[tokio::test]
async fn random_refusals_keep_their_status_and_nothing_else() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(10_000).refuse_with(PgRefusal::Limit));
    let body = json!({ "receipt_id": id });
    let plain = caller.v1_cancel(&body).await;
    sandbox.randomise_refusals(Some(7));
    let one = caller.v1_cancel(&body).await;
    let two = caller.v1_cancel(&body).await;
    assert_eq!((one.0, two.0), (plain.0, plain.0));
    assert_ne!(one.1["message"], plain.1["message"]);
    assert_ne!(one.1, two.1);
    assert!(one.1["code"].as_i64().unwrap() < 0);
    assert!(one.1["data"]["ResultCode"].is_string());
    let (_, v2) = caller.v2_cancel(&body).await;
    assert_ne!(v2["error_code"], "RC_CANCEL_SERVER_ERROR");
    sandbox.randomise_refusals(None);
    assert_eq!(caller.v1_cancel(&body).await, plain);
}
