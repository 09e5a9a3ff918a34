//! `bootpay sandbox`.

#![allow(missing_docs, clippy::unwrap_used)]
#![cfg(unix)]

mod world;

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use world::{Run, World, signal, until};

/// Starts it and reads what it prints first.
fn start(arguments: &[&str]) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bootpay"));
    let mut child = command
        .arg("sandbox")
        .args(arguments)
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    (child, out)
}

#[test]
fn it_says_in_one_object_how_to_use_it_and_ends_with_ctrl_c() {
    let (child, mut out) = start(&["--json"]);
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let object: Value = serde_json::from_str(&line).unwrap();
    let base_url = object["base_url"].as_str().unwrap().to_owned();
    assert!(base_url.starts_with("http://127.0.0.1:"));

    let world = World::new();
    let receipt = object["receipts"][0]["receipt_id"].as_str().unwrap();
    let mut cancel = world.command(&["--json", "cancel", receipt]);
    for (name, value) in object["environment"].as_object().unwrap() {
        cancel.env(name, value.as_str().unwrap());
    }
    let run = Run::of(cancel.output().unwrap());
    assert_eq!((run.status, &run.object()["outcome"]), (0, &json!("cancelled")));

    signal(&child, "INT");
    let run = Run::of(child.wait_with_output().unwrap());
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    until("the port is closed", || TcpStream::connect(base_url.trim_start_matches("http://")).is_err());
}

#[test]
fn it_prints_lines_to_copy_for_people() {
    let (child, mut out) = start(&[]);
    let mut text = String::new();
    while !text.contains("Ctrl-C") {
        assert!(out.read_line(&mut text).unwrap() > 0, "{text}");
    }
    for line in [
        "export BOOTPAY_BASE_URL=http://127.0.0.1:",
        "export BOOTPAY_APPLICATION_ID=",
        "export BOOTPAY_PRIVATE_KEY=",
        "curl -s http://127.0.0.1:",
    ] {
        assert!(text.lines().any(|printed| printed.starts_with(line)), "{line} in {text}");
    }
    signal(&child, "TERM");
    assert_eq!(Run::of(child.wait_with_output().unwrap()).status, 0);
}

#[test]
fn a_taken_port_is_an_error() {
    let world = World::new();
    let port = world.sandbox.address().port().to_string();
    let (status, object) = world.json(&["sandbox", "--port", &port]);
    assert_eq!((status, &object["error"]["kind"]), (1, &json!("system")));
}
