//! Every fault, seen on the socket, with the ledger's word on whether the money moved.

#![allow(clippy::unwrap_used)]

mod caller;

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use bootpay_sandbox::{Fault, FaultBody, NewReceipt, Operation, Sandbox};
use caller::{Caller, keys};
use serde_json::{Value, json};

struct Scene {
    sandbox: Sandbox,
    caller: Caller,
    id: String,
}

/// How a raw connection ended, and what came over it.
#[derive(Debug)]
struct Ending {
    bytes: Vec<u8>,
    kind: Result<(), ErrorKind>,
}

impl Ending {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

const CLOSED: Result<(), ErrorKind> = Ok(());
const RESET: Result<(), ErrorKind> = Err(ErrorKind::ConnectionReset);

impl Scene {
    async fn with(fault: Fault) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let caller = Caller::of(&sandbox).await;
        let id = sandbox.add(NewReceipt::paid(10_000));
        sandbox.fault(fault);
        Self { sandbox, caller, id }
    }

    fn body(&self) -> Value {
        json!({ "receipt_id": self.id, "cancel_id": "one" })
    }

    async fn v1_cancel(&self) -> (u16, Value) {
        self.caller.v1_cancel(&self.body()).await
    }

    fn moved(&self) -> bool {
        !self.sandbox.movements(&self.id).is_empty()
    }

    fn cancel_bytes(&self) -> Vec<u8> {
        let body = self.body().to_string();
        format!(
            "POST /cancel.json HTTP/1.1\r\nhost: localhost\r\nauthorization: {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.caller.v1_token,
            body.len()
        )
        .into_bytes()
    }

    /// Sends a v1 cancel over a bare socket and reads until the server ends the connection.
    fn raw_cancel(&self) -> Ending {
        let mut stream = TcpStream::connect(self.sandbox.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream.write_all(&self.cancel_bytes()).unwrap();
        let mut bytes = Vec::new();
        let kind = stream.read_to_end(&mut bytes).map(|_| ()).map_err(|error| error.kind());
        Ending { bytes, kind }
    }
}

fn on_cancel() -> Fault {
    Fault::on(Operation::Cancel)
}

/// Both sides of the money, with whether it has moved.
fn both_sides(fault: fn(Fault) -> Fault) -> [(Fault, bool); 2] {
    [(fault(on_cancel().before_money()), false), (fault(on_cancel().after_money()), true)]
}

fn content_length(text: &str) -> usize {
    text.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap()
}

fn body_of(text: &str) -> &str {
    text.split_once("\r\n\r\n").unwrap().1
}

#[tokio::test]
async fn latency_delays_the_answer_and_the_cancel_happens() {
    for (fault, _) in both_sides(|fault| fault.latency(Duration::from_millis(150))) {
        let scene = Scene::with(fault).await;
        let begun = Instant::now();
        assert_eq!(scene.v1_cancel().await.0, 200);
        assert!(begun.elapsed() >= Duration::from_millis(150));
        assert!(scene.moved());
    }
}

#[tokio::test]
async fn a_caller_who_gives_up_does_not_stop_a_late_cancel() {
    let scene = Scene::with(on_cancel().before_money().latency(Duration::from_millis(300))).await;
    let mut stream = TcpStream::connect(scene.sandbox.address()).unwrap();
    stream.write_all(&scene.cancel_bytes()).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(stream);
    assert!(!scene.moved());
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(scene.moved());
}

#[tokio::test]
async fn no_answer_leaves_the_connection_open_and_silent() {
    for (fault, moved) in both_sides(Fault::no_answer) {
        let scene = Scene::with(fault).await;
        let mut stream = TcpStream::connect(scene.sandbox.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        stream.write_all(&scene.cancel_bytes()).unwrap();
        let silence = stream.read(&mut [0; 1]).unwrap_err().kind();
        assert!(matches!(silence, ErrorKind::WouldBlock | ErrorKind::TimedOut));
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn a_dropped_connection_closes_with_no_answer() {
    for (fault, moved) in both_sides(Fault::drop_connection) {
        let scene = Scene::with(fault).await;
        let ending = scene.raw_cancel();
        assert_eq!((ending.kind, ending.bytes.len()), (CLOSED, 0));
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn a_reset_connection_resets_with_no_answer() {
    for (fault, moved) in both_sides(Fault::reset) {
        let scene = Scene::with(fault).await;
        let ending = scene.raw_cancel();
        assert_eq!((ending.kind, ending.bytes.len()), (RESET, 0));
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn an_answer_is_cut_after_so_many_bytes() {
    for (fault, moved) in both_sides(|fault| fault.cut_answer(12)) {
        let scene = Scene::with(fault).await;
        let ending = scene.raw_cancel();
        assert_eq!((ending.kind, ending.text().as_str()), (CLOSED, "HTTP/1.1 200"));
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn a_body_is_cut_after_so_many_bytes_with_its_full_length_announced() {
    for (fault, moved) in both_sides(|fault| fault.cut_body(10)) {
        let scene = Scene::with(fault).await;
        let ending = scene.raw_cancel();
        assert_eq!(ending.kind, CLOSED);
        let text = ending.text();
        assert_eq!(body_of(&text).len(), 10);
        assert!(content_length(&text) > 100);
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn a_cut_behind_the_answers_end_closes_after_it_but_before_the_money_never_lets_it_through() {
    for (fault, moved) in both_sides(|fault| fault.cut_answer(1_000_000)) {
        let scene = Scene::with(fault).await;
        let ending = scene.raw_cancel();
        assert_eq!(ending.kind, CLOSED);
        let text = ending.text();
        let missing = content_length(&text) - body_of(&text).len();
        assert_eq!(missing, usize::from(!moved));
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn an_answer_is_reset_after_so_many_bytes() {
    for (fault, moved) in both_sides(|fault| fault.reset_answer(15)) {
        let scene = Scene::with(fault).await;
        let ending = scene.raw_cancel();
        assert_eq!((ending.kind, ending.bytes.len()), (RESET, 15));
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn a_whole_answer_can_be_followed_by_a_reset() {
    let scene = Scene::with(on_cancel().after_money().reset_answer(1_000_000)).await;
    let ending = scene.raw_cancel();
    assert_eq!(ending.kind, RESET);
    let text = ending.text();
    assert_eq!(content_length(&text), body_of(&text).len());
    assert!(scene.moved());
}

#[tokio::test]
async fn a_request_is_cut_in_its_head_or_in_its_body_and_never_acted_on() {
    for bytes in [0, 20, 200, 1_000_000] {
        let scene = Scene::with(on_cancel().cut_request(bytes)).await;
        let ending = scene.raw_cancel();
        assert!(matches!(ending.kind, Ok(()) | Err(ErrorKind::ConnectionReset)));
        assert!(ending.bytes.is_empty());
        assert!(!scene.moved());
        let seen = scene.sandbox.requests();
        assert_eq!((seen.len(), seen[0].complete), (1, false));
        assert_eq!(seen[0].operation, Operation::Cancel);
        // It has been used up.
        assert_eq!(scene.v1_cancel().await.0, 200);
    }
}

#[tokio::test]
async fn a_cut_request_waits_for_its_operation_and_its_receipt() {
    let scene = Scene::with(on_cancel().for_receipt("another").cut_request(20)).await;
    assert_eq!(scene.caller.v1_lookup(&scene.id).await.0, 200);
    assert_eq!(scene.v1_cancel().await.0, 200);
    assert_eq!(scene.sandbox.waiting_faults().len(), 1);
}

#[tokio::test]
async fn any_status_comes_with_any_body() {
    let refusal =
        FaultBody::Envelope {
            code: json!(-15006), message: "금액오류".to_owned(), pg_code: Some("3041".to_owned())
        };
    let scene = Scene::with(on_cancel().times(2).status(500, refusal)).await;
    let (status, v1) = scene.v1_cancel().await;
    assert_eq!(status, 500);
    assert_eq!(
        v1,
        json!({
            "status": 500,
            "code": -15006,
            "message": "금액오류",
            "data": { "ResultCode": "3041", "ResultMsg": "금액오류" },
        })
    );
    let (_, v2) = scene.caller.v2_cancel(&scene.body()).await;
    assert_eq!(v2, json!({ "error_code": -15006, "message": "금액오류", "pg_error_code": "3041" }));
    assert!(!scene.moved());

    for (body, text) in [
        (FaultBody::Empty, ""),
        (FaultBody::Json(json!([1])), "[1]"),
        (FaultBody::Raw("{nonsense".to_owned()), "{nonsense"),
    ] {
        let fault = on_cancel().after_money().status(429, body).cut_answer(1_000_000);
        let scene = Scene::with(fault).await;
        let answer = scene.raw_cancel().text();
        assert!(answer.starts_with("HTTP/1.1 429"));
        assert_eq!(body_of(&answer), text);
        assert!(scene.moved());
    }
}

#[tokio::test]
async fn a_gateways_html_comes_instead_of_json() {
    for (fault, moved) in both_sides(Fault::html) {
        let scene = Scene::with(fault).await;
        let request = scene
            .caller
            .request(reqwest::Method::POST, "/cancel.json")
            .header("authorization", &scene.caller.v1_token)
            .json(&scene.body());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 502);
        let kind = answer.headers()["content-type"].to_str().unwrap();
        assert!(kind.starts_with("text/html"));
        assert!(answer.text().await.unwrap().contains("<html>"));
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn json_is_truncated_inside_a_complete_http_message() {
    for (fault, moved) in both_sides(Fault::truncated_json) {
        let scene = Scene::with(fault).await;
        let (status, answer) = scene.v1_cancel().await;
        assert_eq!((status, answer), (200, Value::Null));
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn json_has_the_wrong_types() {
    for (fault, moved) in both_sides(Fault::mistyped_json) {
        let scene = Scene::with(fault).await;
        let (status, answer) = scene.v1_cancel().await;
        assert_eq!(status, 200);
        assert!(answer["data"]["cancelled_price"].is_array());
        assert!(answer["data"]["receipt_id"].is_object());
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn a_huge_body_is_as_long_as_told_and_before_the_money_no_success() {
    for (fault, moved) in both_sides(|fault| fault.huge_body(3_000_000)) {
        let scene = Scene::with(fault).await;
        let request = scene
            .caller
            .request(reqwest::Method::POST, "/cancel.json")
            .header("authorization", &scene.caller.v1_token)
            .json(&scene.body());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), if moved { 200 } else { 503 });
        let bytes = answer.bytes().await.unwrap();
        assert_eq!(bytes.len(), 3_000_000);
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(answer["data"]["cancelled_price"] == 10_000, moved);
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn a_body_drips_slowly() {
    for (fault, moved) in both_sides(|fault| fault.slow_drip(20, Duration::from_millis(10))) {
        let scene = Scene::with(fault).await;
        let begun = Instant::now();
        let (status, answer) = scene.v1_cancel().await;
        assert_eq!(status, if moved { 200 } else { 503 });
        assert_eq!(answer["status"], status);
        assert!(begun.elapsed() >= Duration::from_millis(40));
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn a_redirect_points_elsewhere() {
    for (fault, moved) in both_sides(|fault| fault.redirect("http://127.0.0.1:1/elsewhere")) {
        let scene = Scene::with(fault).await;
        let request = scene
            .caller
            .request(reqwest::Method::POST, "/cancel.json")
            .header("authorization", &scene.caller.v1_token)
            .json(&scene.body());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 307);
        assert_eq!(answer.headers()["location"], "http://127.0.0.1:1/elsewhere");
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn an_expired_token_is_a_401_and_the_next_token_is_a_new_one() {
    for (fault, moved) in both_sides(Fault::expired_token) {
        let scene = Scene::with(fault).await;
        assert_eq!(scene.v1_cancel().await.0, 401);
        assert_eq!(scene.moved(), moved);
        assert_eq!(scene.v1_cancel().await.0, 401, "the token stays dead");
        let (_, fresh) = scene.caller.post("/request/token", &keys(), None).await;
        assert_ne!(fresh["data"]["token"], scene.caller.v1_token.as_str());
    }
    let scene = Scene::with(on_cancel().expired_token()).await;
    let (status, answer) = scene.caller.v2_cancel(&scene.body()).await;
    assert_eq!((status, &answer["error_code"]), (401, &json!("TOKEN_KEY_INVALID")));
}

#[tokio::test]
async fn a_success_names_another_receipt() {
    for (fault, moved) in both_sides(Fault::other_receipt) {
        let scene = Scene::with(fault).await;
        let (status, answer) = scene.v1_cancel().await;
        assert_eq!(status, 200);
        assert!(answer["data"]["receipt_id"].is_string());
        assert_ne!(answer["data"]["receipt_id"], scene.id.as_str());
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn a_success_has_totals_that_do_not_add_up() {
    for (fault, moved) in both_sides(Fault::other_figures) {
        let scene = Scene::with(fault).await;
        let (status, answer) = scene.v1_cancel().await;
        assert_eq!(status, 200);
        let data = &answer["data"];
        let sum = data["cancelled_price"].as_u64().unwrap() + data["remain_price"].as_u64().unwrap();
        assert_ne!(sum, 10_000);
        assert_eq!(scene.moved(), moved);
    }
}

#[tokio::test]
async fn an_answer_shows_a_failed_or_unfinished_cancel() {
    for status in [-20, -30] {
        let scene = Scene::with(on_cancel().receipt_status(status)).await;
        let (_, answer) = scene.v1_cancel().await;
        assert_eq!(answer["data"]["status"], status);
        assert_eq!(answer["status"], 200, "the envelope's status is another thing");
        scene.sandbox.fault(Fault::on(Operation::Lookup).receipt_status(status));
        let (_, lookup) = scene.caller.v2_lookup(&scene.id).await;
        assert_eq!(lookup["status"], status);
    }
}

#[tokio::test]
async fn an_answer_tells_when_to_come_again() {
    let too_many = FaultBody::refusal(-90429, "천천히");
    for (fault, status) in [(on_cancel().retry_after(7), 503), (on_cancel().status(429, too_many).retry_after(7), 429)]
    {
        let scene = Scene::with(fault).await;
        let request = scene
            .caller
            .request(reqwest::Method::POST, "/cancel.json")
            .header("authorization", &scene.caller.v1_token)
            .json(&scene.body());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["retry-after"], "7");
        assert!(!scene.moved());
    }
}

#[tokio::test]
async fn latency_combines_with_what_follows() {
    let fault = on_cancel().after_money().latency(Duration::from_millis(150)).reset();
    let scene = Scene::with(fault).await;
    let begun = Instant::now();
    assert_eq!(scene.raw_cancel().kind, RESET);
    assert!(begun.elapsed() >= Duration::from_millis(150));
    assert!(scene.moved());
}

#[tokio::test]
async fn the_rehearsed_answer_before_the_money_is_the_one_that_would_have_come() {
    let spoilt = async |fault: Fault| Scene::with(fault).await.raw_cancel().text();
    let before = spoilt(on_cancel().before_money().cut_body(60)).await;
    let after = spoilt(on_cancel().after_money().cut_body(60)).await;
    assert_eq!(body_of(&before), body_of(&after));
    assert_eq!(content_length(&before), content_length(&after));
}

#[tokio::test]
async fn faults_meet_tokens_and_lookups_too() {
    let scene = Scene::with(Fault::on(Operation::Token).html()).await;
    scene.sandbox.fault(Fault::on(Operation::Lookup).times(2).truncated_json());
    let (status, _) = scene.caller.post("/request/token", &keys(), None).await;
    assert_eq!(status, 502);
    for _ in 0..2 {
        assert_eq!(scene.caller.v1_lookup(&scene.id).await.1, Value::Null);
    }
    assert_eq!(scene.caller.v1_lookup(&scene.id).await.1["status"], 200);
}

#[tokio::test]
async fn cleared_faults_spoil_nothing() {
    let scene = Scene::with(on_cancel().always().reset()).await;
    assert!(scene.caller.try_v1_cancel(&scene.body()).await.is_err());
    assert!(scene.caller.try_v1_cancel(&scene.body()).await.is_err());
    scene.sandbox.clear_faults();
    assert_eq!(scene.v1_cancel().await.0, 200);
}
