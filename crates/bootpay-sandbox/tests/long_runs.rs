//! What keeps a sandbox small and cheap through a long run.

#![allow(clippy::unwrap_used)]

use bootpay_sandbox::{NewReceipt, Operation, Sandbox};
use serde_json::{Value, json};

async fn token(sandbox: &Sandbox) -> String {
    let keys = json!({ "application_id": Sandbox::APPLICATION_ID, "private_key": Sandbox::PRIVATE_KEY });
    let url = format!("{}/request/token", sandbox.base_url());
    let answer: Value = client().post(url).json(&keys).send().await.unwrap().json().await.unwrap();
    answer["data"]["token"].as_str().unwrap().to_owned()
}

async fn cancel(sandbox: &Sandbox, token: &str, receipt_id: &str, cancel_id: &str) -> u16 {
    let body = json!({ "receipt_id": receipt_id, "cancel_id": cancel_id });
    let request = client().post(format!("{}/cancel.json", sandbox.base_url())).header("authorization", token);
    request.json(&body).send().await.unwrap().status().as_u16()
}

/// Each with a connection of its own.
fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

#[tokio::test]
async fn forgetting_receipts_leaves_tokens_alone_and_makes_no_receipt_id_twice() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = token(&sandbox).await;
    let before = sandbox.add(NewReceipt::paid(10_000));
    assert_eq!(cancel(&sandbox, &token, &before, "one").await, 200);

    sandbox.forget_receipts();

    assert_eq!((sandbox.ledger().len(), sandbox.requests().len(), sandbox.count(Operation::Cancel)), (0, 0, 0));
    assert!(sandbox.receipt(&before).is_none());
    let after = sandbox.add(NewReceipt::paid(10_000));
    assert_ne!(after, before);
    // The same token, and an id that has been forgotten.
    assert_eq!(cancel(&sandbox, &token, &after, "one").await, 200);
    assert_eq!(sandbox.ledger().len(), 1);
}

#[tokio::test]
async fn requests_that_are_not_kept_are_counted_and_meet_their_faults() {
    let sandbox = Sandbox::builder().remembered_requests(0).start().await.unwrap();
    let token = token(&sandbox).await;
    let (one, other) = (sandbox.add(NewReceipt::paid(10_000)), sandbox.add(NewReceipt::paid(10_000)));
    let fault = bootpay_sandbox::Fault::on(Operation::Cancel).for_receipt(&other).html();
    sandbox.fault(fault);

    assert_eq!(cancel(&sandbox, &token, &one, "one").await, 200);
    assert_eq!(cancel(&sandbox, &token, &other, "other").await, 502);

    assert_eq!((sandbox.count(Operation::Cancel), sandbox.count(Operation::Token)), (2, 1));
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn connections_are_counted() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!(sandbox.connections(), 0);
    let token = token(&sandbox).await;
    let receipt_id = sandbox.add(NewReceipt::paid(10_000));
    cancel(&sandbox, &token, &receipt_id, "one").await;
    assert_eq!(sandbox.connections(), 2);
}
