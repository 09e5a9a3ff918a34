//! Starting and stopping.

#![allow(clippy::unwrap_used)]

mod caller;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};

use bootpay_sandbox::{NewReceipt, Sandbox};
use caller::Caller;
use serde_json::json;

#[tokio::test]
async fn it_starts_on_a_free_port_of_the_loopback() {
    let one = Sandbox::start().await.unwrap();
    let two = Sandbox::start().await.unwrap();
    assert_ne!(one.base_url(), two.base_url());
    assert!(one.base_url().starts_with("http://127.0.0.1:"));
}

#[tokio::test]
async fn it_refuses_to_listen_anywhere_but_on_the_loopback() {
    let everywhere = Sandbox::builder().address(Ipv4Addr::UNSPECIFIED.into()).start().await;
    assert!(everywhere.is_err());
}

#[tokio::test]
async fn a_taken_port_is_an_error() {
    let one = Sandbox::start().await.unwrap();
    let port = one.address().port();
    assert!(Sandbox::builder().port(port).start().await.is_err());
}

#[tokio::test]
async fn stopping_closes_the_port_and_the_connections_and_the_ledger_can_still_be_asked() {
    let sandbox = Sandbox::start().await.unwrap();
    let caller = Caller::of(&sandbox).await;
    let id = sandbox.add(NewReceipt::paid(10_000));
    caller.v1_cancel(&json!({ "receipt_id": id })).await;
    let mut idle = TcpStream::connect(sandbox.address()).unwrap();
    idle.write_all(b"GET ").unwrap();
    sandbox.stop().await;
    assert!(matches!(idle.read(&mut [0; 1]), Ok(0) | Err(_)));
    assert!(TcpStream::connect(sandbox.address()).is_err());
    assert_eq!(sandbox.movements(&id).len(), 1);

    sandbox.resume().await.unwrap();
    // A client of its own: the first one's pool may still hold a connection that died with the outage.
    let later = Caller::without_tokens(&sandbox);
    let path = format!("/receipt/{id}");
    let (_, lookup) = later.get(&path, Some(&caller.v1_token)).await;
    assert_eq!(lookup["data"]["status"], 20);
}

#[tokio::test]
async fn dropping_it_closes_the_port() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = sandbox.address();
    drop(sandbox);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn it_serves_callers_that_block_and_have_no_runtime() {
    let sandbox = Sandbox::builder().start_blocking().unwrap();
    let mut stream = TcpStream::connect(sandbox.address()).unwrap();
    stream.write_all(b"GET /_sandbox/health HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.0 200"));
}

#[tokio::test]
async fn a_crowd_that_cancels_one_receipt_gets_back_no_more_than_was_paid() {
    let sandbox = Sandbox::start().await.unwrap();
    let caller = std::sync::Arc::new(Caller::of(&sandbox).await);
    let id = sandbox.add(NewReceipt::paid(10_000));
    let crowd: Vec<_> = (0..40)
        .map(|_| {
            let (caller, id) = (caller.clone(), id.clone());
            tokio::spawn(async move {
                let body = json!({ "receipt_id": id, "price": 1_500 });
                caller.v1_cancel(&body).await.0
            })
        })
        .collect();
    let mut done = 0;
    for one in crowd {
        done += usize::from(one.await.unwrap() == 200);
    }
    assert_eq!(done, 6);
    assert_eq!(sandbox.movements(&id).len(), 6);
    assert_eq!(sandbox.receipt(&id).unwrap().remain_price, 1_000);
}
