//! `--json`: exactly one object on standard output, whatever happens.

#![allow(missing_docs, clippy::unwrap_used)]

mod world;

use serde_json::json;
use world::{Run, World};

#[test]
fn wrong_usage_is_one_object_too() {
    let world = World::new();
    for arguments in [
        &["--json"][..],
        &["--json", "frobnicate"],
        &["cancel", "--json"],
        &["cancel", "a", "--json", "--no-such-flag"],
        &["cancel", "a", "b", "--json"],
        &["cancel", "a", "--price", "x", "--json"],
        &["cancel", "a", "--json", "--api", "v3"],
        &["cancel", "a", "--json", "--private-key", "canary"],
        &["resolve", "a", "--json"],
        &["reconcile", "--json"],
        &["completions", "--json", "tcsh"],
        &["--json", "--lang", "fr", "banks"],
        &["--json", "--log", "loud", "banks"],
        &["sandbox", "--json", "--port", "99999"],
    ] {
        let run = world.run(arguments);
        let object = run.object();
        assert_eq!(run.status, 2, "{arguments:?}");
        let error = &object["error"];
        assert_eq!((&error["kind"], &error["money_moved"]), (&json!("usage"), &json!(false)), "{arguments:?}");
        assert!(error["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{arguments:?}");
        assert!(!run.everything().contains("canary"));
    }
    assert!(world.sandbox.requests().is_empty());
}

#[test]
fn every_command_prints_one_object() {
    let world = World::new();
    let receipt = world.paid(10_000);
    for (arguments, member) in [
        (&["cancel", &receipt, "--dry-run"][..], "dry_run"),
        (&["cancel", &receipt], "outcome"),
        (&["receipt", &receipt], "receipt_id"),
        (&["token"], "authorized"),
        (&["banks"], "banks"),
        (&["intents"], "intents"),
        (&["reconcile", "--all"], "settled"),
        (&["completions", "bash"], "script"),
    ] {
        let (status, object) = world.json(arguments);
        assert_eq!(status, 0, "{arguments:?}");
        assert!(object.get(member).is_some(), "{arguments:?} {object}");
        let after: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        assert!(world.run(&after).object().get(member).is_some(), "{arguments:?} with --json behind");
    }
}

#[test]
fn a_receipt_is_told_with_its_totals() {
    let world = World::new();
    let receipt = world.paid(10_000);
    assert_eq!(world.run(&["cancel", &receipt, "--price", "3000"]).status, 0);
    let (_, object) = world.json(&["receipt", &receipt]);
    assert_eq!(
        (&object["price"], &object["remaining"], &object["cancelled"]),
        (&json!(10_000), &json!(7_000), &json!(3_000))
    );
    assert_eq!((&object["status"], &object["empty"]), (&json!(1), &json!(false)));
    let (status, object) = world.json(&["receipt", "../token"]);
    assert_eq!((status, &object["error"]["field"]), (2, &json!("receipt_id")));
}

#[test]
fn missing_and_empty_settings_are_named() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let with = |name: &str, value: Option<&str>| {
        let mut command = world.command(&["--json", "cancel", &receipt]);
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
        let run = Run::of(command.output().unwrap());
        (run.status, run.object()["error"]["field"].clone())
    };
    assert_eq!(with("BOOTPAY_PRIVATE_KEY", None), (2, json!("private_key")));
    assert_eq!(with("BOOTPAY_APPLICATION_ID", None), (2, json!("application_id")));
    // An empty address must not become production, nor an empty journal the usual one.
    assert_eq!(with("BOOTPAY_BASE_URL", Some("")), (2, json!("base_url")));
    assert_eq!(with("BOOTPAY_JOURNAL", Some("")), (2, json!("journal")));
    assert_eq!(with("BOOTPAY_API", Some("v3")), (2, json!("api")));
    assert_eq!(with("BOOTPAY_BASE_URL", Some("http://api.bootpay.co.kr")), (2, json!("base_url")));
    assert!(world.sandbox.requests().is_empty());
}

#[test]
fn a_journal_that_cannot_be_opened_is_an_error_and_nothing_is_sent() {
    let world = World::new();
    let receipt = world.paid(10_000);
    std::fs::write(world.journal(), "this is not a journal, and long enough to be looked at by anybody who cares")
        .unwrap();
    let (status, object) = world.json(&["cancel", &receipt]);
    assert_eq!(
        (status, &object["error"]["kind"], &object["error"]["money_moved"]),
        (1, &json!("journal"), &json!(false))
    );
    assert!(world.sandbox.requests().is_empty());
    let (status, object) = world.json(&["reconcile", "--all"]);
    assert_eq!((status, &object["error"]["kind"]), (1, &json!("journal")));
}
