//! How fast the sandbox starts and answers: `make bench-sandbox`.
//!
//! Client and server share the machine's cores, so the figures are a floor. The ledger is the witness that the work
//! that was timed was done.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails loudly and prints")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use bootpay_sandbox::{NewReceipt, Sandbox};
use serde_json::{Value, json};

const CONNECTIONS: usize = 8;
const EACH: usize = 5_000;

fn main() {
    let begun = Instant::now();
    let sandbox = Sandbox::builder().start_blocking().unwrap();
    TcpStream::connect(sandbox.address()).unwrap();
    println!("started and connected in {:?}", begun.elapsed());

    let token = token(&sandbox);
    let receipts: Vec<String> = (0..CONNECTIONS * EACH).map(|_| sandbox.add(NewReceipt::paid(10_000))).collect();
    for (what, cancel) in [("lookups", false), ("cancels", true)] {
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for share in receipts.chunks(EACH) {
                let (token, sandbox) = (&token, &sandbox);
                scope.spawn(move || ask_all(sandbox, share, token, cancel));
            }
        });
        let per_second = receipts.len() as f64 / begun.elapsed().as_secs_f64();
        println!("{per_second:.0} {what} per second over {CONNECTIONS} connections");
    }
    assert_eq!(sandbox.ledger().len(), receipts.len(), "what was timed did not happen");
}

fn ask_all(sandbox: &Sandbox, receipts: &[String], token: &str, cancel: bool) {
    let mut stream = TcpStream::connect(sandbox.address()).unwrap();
    stream.set_nodelay(true).unwrap();
    for id in receipts {
        let answer = ask(&mut stream, &request(id, token, cancel));
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with('}'), "one answer, one write: {answer}");
    }
}

fn ask(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = [0; 4096];
    let read = stream.read(&mut answer).unwrap();
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

fn token(sandbox: &Sandbox) -> String {
    let keys = json!({ "application_id": Sandbox::APPLICATION_ID, "private_key": Sandbox::PRIVATE_KEY });
    let mut stream = TcpStream::connect(sandbox.address()).unwrap();
    let answer = ask(&mut stream, &post("/request/token", "", &keys));
    let body: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    body["data"]["token"].as_str().unwrap().to_owned()
}

fn request(id: &str, token: &str, cancel: bool) -> String {
    match cancel {
        false => format!("GET /receipt/{id} HTTP/1.1\r\nhost: localhost\r\nauthorization: {token}\r\n\r\n"),
        true => post("/cancel", token, &json!({ "receipt_id": id, "cancel_id": id })),
    }
}

fn post(path: &str, token: &str, body: &Value) -> String {
    let body = body.to_string();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
