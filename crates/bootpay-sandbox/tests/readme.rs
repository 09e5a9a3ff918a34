//! What the README tells users to type works.

#![allow(clippy::unwrap_used, clippy::panic)]

mod caller;

use bootpay_sandbox::Sandbox;
use caller::Caller;
use reqwest::Method;
use serde_json::{Value, json};

const README: &str = include_str!("../README.md");

#[tokio::test]
async fn every_control_call_typed_with_curl_is_taken() {
    let sandbox = Sandbox::start().await.unwrap();
    let caller = Caller::without_tokens(&sandbox);
    let mut calls = 0;
    for line in README.lines().filter(|line| line.contains("$S/_sandbox/")) {
        let Some((_, typed)) = line.split_once(" -d '") else {
            continue;
        };
        let path = line.split("$S/_sandbox/").nth(1).unwrap();
        let path = path.split(' ').next().unwrap();
        let body: Value = serde_json::from_str(typed.split('\'').next().unwrap()).unwrap();
        let (status, answer) = caller.control(Method::POST, path, body).await;
        assert_eq!(status, 200, "{line}: {answer}");
        calls += 1;
    }
    assert_eq!(calls, 3);
}

#[tokio::test]
async fn every_form_of_a_fault_in_the_table_is_taken() {
    let sandbox = Sandbox::start().await.unwrap();
    let caller = Caller::without_tokens(&sandbox);
    for member in ["says", "delivery"] {
        let row = README.lines().find(|line| line.starts_with(&format!("| `{member}` |"))).unwrap();
        let forms = row.split('`').skip(3).step_by(2);
        for form in forms {
            let form = form.replace("bytes}", "9}").replace('…', "\"html\"");
            let form: Value = serde_json::from_str(&form).unwrap();
            let (status, answer) = caller.control(Method::POST, "faults", json!({ member: form })).await;
            assert_eq!(status, 200, "{form}: {answer}");
        }
    }
    let envelope = README.split("`{\"envelope\": ").nth(1).unwrap();
    let envelope = envelope.split('`').next().unwrap();
    let body: Value = serde_json::from_str(&format!("{{\"envelope\": {envelope}")).unwrap();
    let fault = json!({ "says": { "status": { "code": 500, "body": body } } });
    assert_eq!(caller.control(Method::POST, "faults", fault).await.0, 200);
    assert_eq!(sandbox.waiting_faults().len(), 18);
}

#[test]
fn the_keys_in_the_readme_are_the_default_ones() {
    for key in [Sandbox::APPLICATION_ID, Sandbox::PRIVATE_KEY, Sandbox::CLIENT_KEY, Sandbox::SECRET_KEY] {
        assert!(README.contains(&format!("`{key}`")));
    }
}
