//! A plain HTTP caller, which knows the wire and nothing of the sandbox's insides.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use bootpay_sandbox::Sandbox;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

/// A refund account, as v1 names its members.
pub fn v1_account() -> Value {
    json!({ "account": "675601010124", "accountholder": "홍길동", "bankcode": "004" })
}

/// A refund account, as v2 names its members.
pub fn v2_account() -> Value {
    json!({ "bank_account": "675601010124", "bank_username": "홍길동", "bank_code": "004" })
}

pub struct Caller {
    pub http: Client,
    pub base_url: String,
    pub v1_token: String,
    pub v2_token: String,
}

impl Caller {
    /// Fetches a token of each dialect.
    pub async fn of(sandbox: &Sandbox) -> Self {
        let mut caller = Self::without_tokens(sandbox);
        let keys = keys();
        let (_, v1) = caller.post("/request/token", &keys, None).await;
        let (_, v2) = caller.post("/v2/request/token", &keys, None).await;
        caller.v1_token = v1["data"]["token"].as_str().unwrap().to_owned();
        caller.v2_token = v2["access_token"].as_str().unwrap().to_owned();
        sandbox.clear_requests();
        caller
    }

    pub fn without_tokens(sandbox: &Sandbox) -> Self {
        // The HTTP library wants a TLS provider even for plain HTTP.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { http, base_url: sandbox.base_url(), v1_token: String::new(), v2_token: String::new() }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base_url))
    }

    pub async fn post(&self, path: &str, body: &Value, auth: Option<&str>) -> (u16, Value) {
        let mut request = self.request(Method::POST, path).json(body);
        if let Some(auth) = auth {
            request = request.header("authorization", auth);
        }
        read(request).await.expect("an answer")
    }

    pub async fn get(&self, path: &str, auth: Option<&str>) -> (u16, Value) {
        let mut request = self.request(Method::GET, path);
        if let Some(auth) = auth {
            request = request.header("authorization", auth);
        }
        read(request).await.expect("an answer")
    }

    /// A v1 cancel that may come to nothing.
    pub async fn try_v1_cancel(&self, body: &Value) -> reqwest::Result<(u16, Value)> {
        let request = self.request(Method::POST, "/cancel.json").header("authorization", &self.v1_token).json(body);
        read(request).await
    }

    pub async fn v1_cancel(&self, body: &Value) -> (u16, Value) {
        self.post("/cancel.json", body, Some(&self.v1_token)).await
    }

    pub async fn v2_cancel(&self, body: &Value) -> (u16, Value) {
        let bearer = format!("Bearer {}", self.v2_token);
        self.post("/v2/cancel", body, Some(&bearer)).await
    }

    pub async fn v1_lookup(&self, id: &str) -> (u16, Value) {
        self.get(&format!("/receipt/{id}"), Some(&self.v1_token)).await
    }

    pub async fn v2_lookup(&self, id: &str) -> (u16, Value) {
        let bearer = format!("Bearer {}", self.v2_token);
        self.get(&format!("/v2/receipt/{id}"), Some(&bearer)).await
    }

    pub async fn control(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.request(method, &format!("/_sandbox/{path}")).json(&body);
        read(request).await.expect("an answer")
    }
}

/// The status and the JSON body; a body that is no JSON is `null`.
pub async fn read(request: RequestBuilder) -> reqwest::Result<(u16, Value)> {
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    let bytes = answer.bytes().await?;
    Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
}

pub fn keys() -> Value {
    json!({
        "application_id": Sandbox::APPLICATION_ID,
        "private_key": Sandbox::PRIVATE_KEY,
    })
}
