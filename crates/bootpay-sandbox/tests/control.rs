//! The control API: what tests in other languages hold.

#![allow(clippy::unwrap_used)]

mod caller;

use bootpay_sandbox::{NewReceipt, Operation, Sandbox};
use caller::{Caller, keys, v1_account};
use reqwest::Method;
use serde_json::{Value, json};

async fn open() -> (Sandbox, Caller) {
    let sandbox = Sandbox::start().await.unwrap();
    let caller = Caller::of(&sandbox).await;
    (sandbox, caller)
}

async fn get(caller: &Caller, path: &str) -> Value {
    let (status, answer) = caller.get(&format!("/_sandbox/{path}"), None).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn send(caller: &Caller, method: Method, path: &str, body: Value) -> Value {
    let (status, answer) = caller.control(method, path, body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn new_receipt(caller: &Caller, receipt: Value) -> String {
    let answer = send(caller, Method::POST, "receipts", receipt).await;
    answer["receipt_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_whole_test_can_be_run_over_http_alone() {
    let (_sandbox, caller) = open().await;
    let id = new_receipt(&caller, json!({ "price": 10_000, "tax_free": 500, "pg": "inicis" })).await;
    assert_eq!(id.len(), 24);
    let lost = json!({ "on": "cancel", "when": "after_money", "delivery": "reset" });
    send(&caller, Method::POST, "faults", lost).await;
    let body = json!({ "receipt_id": id, "price": 3_000, "cancel_id": "one" });
    assert!(caller.try_v1_cancel(&body).await.is_err());

    let ledger = get(&caller, &format!("ledger?receipt_id={id}")).await;
    assert_eq!(ledger.as_array().unwrap().len(), 1);
    assert_eq!(ledger[0]["amount"], 3_000);
    assert_eq!(ledger[0]["cancel_id"], "one");
    assert_eq!(ledger[0]["by"], "api");
    let receipt = get(&caller, &format!("receipts/{id}")).await;
    assert_eq!(receipt["remain_price"], 7_000);
    let requests = get(&caller, "requests").await;
    assert_eq!(requests.as_array().unwrap().len(), 1);
    assert_eq!(requests[0]["operation"], "cancel");
    assert_eq!(requests[0]["authorization"], "bare");
    send(&caller, Method::DELETE, "requests", json!({})).await;
    assert_eq!(get(&caller, "requests").await, json!([]));
}

#[tokio::test]
async fn receipts_of_every_kind_can_be_made() {
    let (_sandbox, caller) = open().await;
    let cancel = async |receipt: Value, refund: Value| {
        let id = new_receipt(&caller, receipt).await;
        let body = json!({ "receipt_id": id, "refund": refund });
        caller.v1_cancel(&body).await
    };
    let kcp = json!({ "price": 9_000, "refuse_with": "kcp_ip" });
    assert_eq!(cancel(kcp, Value::Null).await.1["data"]["ResultCode"], "8012");
    let other = json!({
        "price": 9_000,
        "refuse_with": { "other": { "code": "3041", "message": "금액오류" } },
    });
    assert_eq!(cancel(other, Value::Null).await.1["message"], "금액오류");
    let console = json!({ "price": 9_000, "cancelled_in_pg_console": true });
    assert_eq!(cancel(console, Value::Null).await.1["message"], "기취소된 건입니다");
    let transfer = json!({ "price": 9_000, "method": "vbank" });
    assert_eq!(cancel(transfer.clone(), Value::Null).await.0, 400);
    assert_eq!(cancel(transfer, v1_account()).await.0, 200);
    let no_contract = json!({ "price": 9_000, "virtual_account": true, "cms_contract": false });
    assert_eq!(cancel(no_contract, v1_account()).await.0, 400);
}

#[tokio::test]
async fn unknown_members_are_refused_by_name() {
    let (_sandbox, caller) = open().await;
    for (method, path) in [
        (Method::POST, "receipts"),
        (Method::POST, "faults"),
        (Method::PATCH, "settings"),
        (Method::POST, "clock"),
        (Method::POST, "console"),
    ] {
        let misspelt = json!({ "price": 1_000, "gaurd": true });
        let (status, answer) = caller.control(method, path, misspelt).await;
        assert_eq!(status, 400);
        let why = answer["error"].as_str().unwrap();
        assert!(why.contains("unknown field"), "{path}: {why}");
    }
    let (status, answer) = caller.control(Method::POST, "receipts", json!({ "price": 1_000, "gaurd": true })).await;
    assert_eq!(status, 400);
    assert!(answer["error"].as_str().unwrap().contains("gaurd"));
    let (status, _) = caller.get("/_sandbox/ledger?receipt=x", None).await;
    assert_eq!(status, 400);
    let (status, _) = caller.get("/_sandbox/nowhere", None).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn settings_are_read_changed_and_left_alone() {
    let (_sandbox, caller) = open().await;
    let change = json!({
        "cancel_id_rule": "refuse_and_burn",
        "guard": true,
        "lookup_lag_ms": 1500,
        "random_refusals": 7,
        "strict_minimum": true,
    });
    let after = send(&caller, Method::PATCH, "settings", change).await;
    assert_eq!(after["cancel_id_rule"], "refuse_and_burn");
    assert_eq!(after["guard"], true);
    assert_eq!(after["lookup_lag_ms"], 1500);
    assert_eq!(after["random_refusals"], 7);
    assert_eq!(after["strict_minimum"], true);
    let change = json!({ "random_refusals": null });
    let after = send(&caller, Method::PATCH, "settings", change).await;
    assert_eq!(after["random_refusals"], Value::Null);
    assert_eq!(after["guard"], true);
    assert_eq!(get(&caller, "settings").await, after);
}

#[tokio::test]
async fn time_tokens_sweeps_and_consoles_can_be_moved() {
    let (sandbox, caller) = open().await;
    let before = get(&caller, "health").await["now_unix_ms"].as_u64().unwrap();
    let clock = send(&caller, Method::POST, "clock", json!({ "advance_ms": 1_000_000 })).await;
    assert!(clock["now_unix_ms"].as_u64().unwrap() >= before + 1_000_000);

    let id = sandbox.add(NewReceipt::paid(10_000).test_mode());
    send(&caller, Method::POST, "expire-tokens", json!({})).await;
    assert_eq!(caller.v1_lookup(&id).await.0, 401);

    for at in ["bootpay", "pg"] {
        let cancel = json!({ "receipt_id": id, "amount": 2_000, "at": at });
        send(&caller, Method::POST, "console", cancel).await;
    }
    let swept = send(&caller, Method::POST, "sweep", json!({})).await;
    assert_eq!(swept["swept"], 1);
    let ledger = get(&caller, "ledger").await;
    let by: Vec<_> = ledger.as_array().unwrap().iter().map(|m| &m["by"]).collect();
    assert_eq!(by, ["console", "pg_console", "pg_sweep"]);
    assert_eq!(ledger[2]["amount"], 6_000);
}

#[tokio::test]
async fn a_pgs_refusal_can_be_lifted() {
    let (_sandbox, caller) = open().await;
    let id = new_receipt(&caller, json!({ "price": 9_000, "refuse_with": "limit" })).await;
    let body = json!({ "receipt_id": id });
    assert_eq!(caller.v1_cancel(&body).await.0, 500);
    let lifted = json!({ "refuse_with": null });
    send(&caller, Method::PATCH, &format!("receipts/{id}"), lifted).await;
    assert_eq!(caller.v1_cancel(&body).await.0, 200);
}

#[tokio::test]
async fn a_reset_begins_anew() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(10_000));
    sandbox.set_guard(true);
    caller.v1_cancel(&json!({ "receipt_id": id })).await;
    send(&caller, Method::POST, "faults", json!({ "says": "truncated_json" })).await;
    send(&caller, Method::POST, "reset", json!({})).await;
    assert!(sandbox.ledger().is_empty());
    assert!(sandbox.receipt(&id).is_none());
    assert!(sandbox.waiting_faults().is_empty());
    assert_eq!(get(&caller, "settings").await["guard"], false);
    assert_eq!(caller.post("/request/token", &keys(), None).await.0, 200);
    assert_eq!(sandbox.count(Operation::Token), 1);
    assert_eq!(sandbox.add(NewReceipt::paid(10_000)), id, "the same seed, the same ids");
}
