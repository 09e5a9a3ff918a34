//! Tokens and authorization over real HTTP.

#![allow(clippy::unwrap_used)]

mod caller;

use std::time::Duration;

use bootpay_sandbox::{AuthorizationScheme, Dialect, NewReceipt, Operation, Sandbox};
use caller::{Caller, keys};
use serde_json::json;

const MINUTE: Duration = Duration::from_secs(60);

async fn open() -> (Sandbox, Caller) {
    let sandbox = Sandbox::start().await.unwrap();
    let caller = Caller::of(&sandbox).await;
    (sandbox, caller)
}

#[tokio::test]
async fn a_v1_token_comes_with_the_servers_time_and_an_expiry_half_an_hour_later() {
    let sandbox = Sandbox::start().await.unwrap();
    let caller = Caller::without_tokens(&sandbox);
    let (status, answer) = caller.post("/request/token.json", &keys(), None).await;
    assert_eq!((status, &answer["status"]), (200, &json!(200)));
    let data = &answer["data"];
    assert_eq!(data["token"].as_str().map(str::len), Some(64));
    let left = data["expired_at"].as_u64().unwrap() - data["server_time"].as_u64().unwrap();
    assert!((1_799..=1_800).contains(&left));
}

#[tokio::test]
async fn a_v2_token_comes_with_the_seconds_it_has_left() {
    let sandbox = Sandbox::start().await.unwrap();
    let caller = Caller::without_tokens(&sandbox);
    let (status, answer) = caller.post("/v2/request/token", &keys(), None).await;
    assert_eq!(status, 200);
    assert!(answer["access_token"].is_string());
    assert_eq!(answer["expire_in"], 1_800);
    assert!(answer.get("data").is_none());
}

#[tokio::test]
async fn the_same_token_comes_back_for_25_minutes_and_then_a_new_one_beside_it() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(10_000));
    sandbox.advance(24 * MINUTE);
    let (_, again) = caller.post("/request/token", &keys(), None).await;
    assert_eq!(again["data"]["token"], caller.v1_token.as_str());
    sandbox.advance(2 * MINUTE);
    let (_, new) = caller.post("/request/token", &keys(), None).await;
    assert_ne!(new["data"]["token"], caller.v1_token.as_str());
    // Minute 26: the old one works its last minutes.
    assert_eq!(caller.v1_lookup(&id).await.0, 200);
    sandbox.advance(4 * MINUTE);
    assert_eq!(caller.v1_lookup(&id).await.0, 401);
    let new = new["data"]["token"].as_str();
    assert_eq!(caller.get(&format!("/receipt/{id}"), new).await.0, 200);
}

#[tokio::test]
async fn wrong_keys_are_a_401_which_v2_tells_apart_and_v1_does_not() {
    let (_sandbox, caller) = open().await;
    let stranger = json!({ "application_id": "x", "private_key": Sandbox::PRIVATE_KEY });
    let wrong_key = json!({ "application_id": Sandbox::APPLICATION_ID, "private_key": "x" });
    let (status, v1_stranger) = caller.post("/request/token", &stranger, None).await;
    assert_eq!(status, 401);
    let (_, v1_wrong_key) = caller.post("/request/token", &wrong_key, None).await;
    assert_eq!(v1_stranger, v1_wrong_key);
    let (status, answer) = caller.post("/v2/request/token", &stranger, None).await;
    assert_eq!((status, &answer["error_code"]), (401, &json!("APP_KEY_NOT_FOUND")));
    let (_, answer) = caller.post("/v2/request/token", &wrong_key, None).await;
    assert_eq!(answer["error_code"], "APP_SK_NOT_MATCHED");
}

#[tokio::test]
async fn each_dialect_takes_its_own_form_of_authorization_only() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(10_000));
    let v1 = format!("/receipt/{id}");
    let v2 = format!("/v2/receipt/{id}?lookup_user_data=false");
    let bearer = |token: &str| format!("Bearer {token}");
    let status = async |path: &str, auth: &str| caller.get(path, Some(auth)).await.0;

    assert_eq!(status(&v1, &caller.v1_token).await, 200);
    assert_eq!(status(&v1, &bearer(&caller.v1_token)).await, 401);
    assert_eq!(status(&v1, &caller.v2_token).await, 401);
    assert_eq!(status(&v2, &bearer(&caller.v2_token)).await, 200);
    assert_eq!(status(&v2, &caller.v2_token).await, 401);
    assert_eq!(status(&v2, &bearer(&caller.v1_token)).await, 401);
    let (code, answer) = caller.get(&v2, None).await;
    assert_eq!((code, &answer["error_code"]), (401, &json!("TOKEN_KEY_INVALID")));
}

#[tokio::test]
async fn v2_takes_a_basic_pair_with_no_token_at_all() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(10_000));
    let lookup = async |client: &str, secret: &str| {
        let request =
            caller.request(reqwest::Method::GET, &format!("/v2/receipt/{id}")).basic_auth(client, Some(secret));
        caller::read(request).await.unwrap()
    };
    let right = lookup(Sandbox::CLIENT_KEY, Sandbox::SECRET_KEY).await;
    assert_eq!(right.0, 200);
    let (status, answer) = lookup("stranger", Sandbox::SECRET_KEY).await;
    assert_eq!((status, &answer["error_code"]), (401, &json!("APP_CLIENT_KEY_NOT_FOUND")));
    assert_eq!(lookup(Sandbox::CLIENT_KEY, "wrong").await.0, 401);
    let seen = &sandbox.requests()[0];
    assert_eq!(seen.authorization, AuthorizationScheme::Basic);
}

#[tokio::test]
async fn all_tokens_can_be_made_to_expire_at_once() {
    let (sandbox, caller) = open().await;
    let id = sandbox.add(NewReceipt::paid(10_000));
    sandbox.expire_tokens();
    assert_eq!(caller.v1_lookup(&id).await.0, 401);
    assert_eq!(caller.v2_lookup(&id).await.0, 401);
    let fresh = Caller::of(&sandbox).await;
    assert_ne!(fresh.v1_token, caller.v1_token);
    assert_eq!(fresh.v1_lookup(&id).await.0, 200);
}

#[tokio::test]
async fn a_token_of_one_sandbox_is_a_stranger_at_another() {
    let (_one, caller) = open().await;
    let two = Sandbox::start().await.unwrap();
    let id = two.add(NewReceipt::paid(10_000));
    let elsewhere = Caller::without_tokens(&two);
    let path = format!("/receipt/{id}");
    assert_eq!(elsewhere.get(&path, Some(&caller.v1_token)).await.0, 401);
}

#[tokio::test]
async fn the_builder_sets_other_keys() {
    let sandbox = Sandbox::builder().key_pair("app", "private").basic_pair("client", "secret").start().await.unwrap();
    let caller = Caller::without_tokens(&sandbox);
    let mine = json!({ "application_id": "app", "private_key": "private" });
    assert_eq!(caller.post("/request/token", &mine, None).await.0, 200);
    assert_eq!(caller.post("/request/token", &keys(), None).await.0, 401);
}

#[tokio::test]
async fn the_log_shows_the_wire_without_any_secret() {
    let sandbox = Sandbox::start().await.unwrap();
    let caller = Caller::of(&sandbox).await;
    let id = sandbox.add(NewReceipt::paid(10_000));
    caller.post("/request/token", &keys(), None).await;
    let body = json!({ "receipt_id": id, "price": 2_000, "cancel_id": "one" });
    caller.v1_cancel(&body).await;
    caller.v2_lookup(&id).await;
    let seen = sandbox.requests();
    let kinds: Vec<_> = seen.iter().map(|r| (r.dialect, r.operation)).collect();
    assert_eq!(
        kinds,
        [(Dialect::V1, Operation::Token), (Dialect::V1, Operation::Cancel), (Dialect::V2, Operation::Lookup),]
    );
    assert_eq!(seen[0].authorization, AuthorizationScheme::None);
    assert_eq!(seen[0].body, None);
    assert_eq!(seen[1].authorization, AuthorizationScheme::Bare);
    assert_eq!(seen[1].body, Some(body));
    assert_eq!(seen[1].receipt_id.as_ref(), Some(&id));
    assert_eq!(seen[2].authorization, AuthorizationScheme::Bearer);
    assert!(seen.iter().all(|request| request.complete));
    assert_eq!(seen[1].connection, seen[2].connection, "kept alive");
    let written_down = format!("{seen:?}");
    for secret in [Sandbox::PRIVATE_KEY, caller.v1_token.as_str(), caller.v2_token.as_str()] {
        assert!(!written_down.contains(secret));
    }
    assert_eq!(sandbox.count(Operation::Token), 1);
    sandbox.clear_requests();
    assert_eq!(sandbox.count(Operation::Token), 0);
    assert!(sandbox.requests().is_empty());
}
