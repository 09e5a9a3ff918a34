//! Canaries: what must never show shows nowhere, with every log on.

#![allow(missing_docs, clippy::unwrap_used)]

mod world;

use bootpay_sandbox::{Fault, FaultBody, NewReceipt, Operation, Sandbox};
use serde_json::json;
use world::{Run, World};

const PRIVATE_KEY: &str = "canary-private-key-7f3a";
const ACCOUNT: &str = "99887766554433";
const HOLDER: &str = "카나리아";

fn world() -> World {
    World::with(Sandbox::builder().key_pair("merchant-1", PRIVATE_KEY).start_blocking().unwrap())
}

fn run(world: &World, arguments: &[&str]) -> Run {
    let mut command = world.command(arguments);
    command.env("BOOTPAY_APPLICATION_ID", "merchant-1").env("BOOTPAY_PRIVATE_KEY", PRIVATE_KEY);
    Run::of(command.output().unwrap())
}

#[test]
fn a_token_is_printed_only_where_that_is_asked_for() {
    let world = world();
    let shown = run(&world, &["token", "--show", "--json"]);
    let token = shown.object()["token"].as_str().unwrap().to_owned();
    assert!(token.len() > 20);
    // The sandbox hands the same token out again, so what must not show is known.
    assert_eq!(run(&world, &["token", "--show"]).out.trim(), token);
    let receipt = world.paid(10_000);
    for arguments in [
        &["token"][..],
        &["token", "--json"],
        &["cancel", &receipt],
        &["receipt", &receipt],
        &["intents"],
        &["reconcile", "--all"],
    ] {
        let quiet = run(&world, &[arguments, &["--log", "trace"]].concat());
        assert!(quiet.status == 0 && !quiet.everything().contains(&token), "{quiet:?}");
    }
}

#[test]
fn keys_and_accounts_show_nowhere() {
    let world = world();
    let account = ["--refund-bank", "004", "--refund-account", ACCOUNT, "--refund-holder", HOLDER];
    let new = || world.sandbox.add(NewReceipt::paid(10_000).virtual_account());
    let (paid, lost, refused, echoed, dry) = (new(), new(), new(), new(), new());
    world.sandbox.fault(Fault::on(Operation::Cancel).for_receipt(lost.as_str()).after_money().reset());
    world.sandbox.fault(Fault::on(Operation::Lookup).for_receipt(lost.as_str()).times(20).html());
    world.sandbox.refuse_from_now_on(&refused, Some(bootpay_sandbox::PgRefusal::Limit)).unwrap();
    let echo = FaultBody::refusal(-1, format!("계좌 {ACCOUNT} {HOLDER} {PRIVATE_KEY} 오류"));
    world.sandbox.fault(Fault::on(Operation::Cancel).for_receipt(echoed.as_str()).status(400, echo));

    let cancel = |receipt: &str, more: &[&str]| {
        let arguments = [&["cancel", receipt, "--log", "trace"], &account[..], more].concat();
        [run(&world, &arguments), run(&world, &[&arguments[..], &["--json"]].concat())]
    };
    let mut runs = Vec::new();
    for (receipt, status) in [(&paid, 0), (&lost, 3), (&refused, 1), (&echoed, 1)] {
        let both = cancel(receipt, &[]);
        assert_eq!(both[0].status, status, "{both:?}");
        runs.extend(both);
    }
    runs.extend(cancel(&dry, &["--dry-run"]));
    runs.extend(cancel(&dry, &["--price", "0"]));
    runs.extend(cancel(&dry, &["--price", "x"]));
    runs.extend(cancel(&dry, &["--no-such-flag"]));
    runs.extend(cancel(&dry, &[ACCOUNT]));
    runs.push(run(
        &world,
        &["cancel", &dry, "--refund-bank", "004", "--refund-account", "99887766554433x", "--refund-holder", HOLDER],
    ));
    for command in [&["receipt", &dry][..], &["intents"], &["reconcile", "--all"], &["token"]] {
        runs.push(run(&world, command));
        runs.push(run(&world, &[command, &["--json", "--log", "trace"]].concat()));
    }
    for run in &runs {
        for secret in [PRIVATE_KEY, ACCOUNT, HOLDER] {
            assert!(!run.everything().contains(secret), "{secret} in {run:?}");
        }
    }
    assert!(runs.iter().any(|run| run.err.contains("bootpay")), "the log was on");
    let journal = std::fs::read(world.journal()).unwrap();
    for secret in [PRIVATE_KEY, ACCOUNT, HOLDER] {
        assert!(!journal.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

#[test]
fn no_flag_takes_a_secret() {
    let world = world();
    for arguments in [
        &["--private-key", "canary-typed"][..],
        &["--private-key=canary-typed"],
        &["--secret-key", "canary-typed"],
        &["--token=canary-typed"],
    ] {
        let refused = run(&world, &[&["cancel", "a"], arguments].concat());
        assert!(refused.status == 2 && !refused.everything().contains("canary-typed"), "{refused:?}");
        let refused = run(&world, &[&["--json"], arguments, &["cancel", "a"]].concat());
        assert_eq!(refused.object()["error"]["kind"], "usage");
    }
    let hinted = run(&world, &["cancel", "a", "--private-key", "canary-typed"]);
    assert!(hinted.err.contains("BOOTPAY_PRIVATE_KEY") && hinted.err.contains("ps"), "{hinted:?}");
}

#[test]
fn a_proxys_password_comes_from_the_environment_alone_and_is_not_shown() {
    let world = world();
    let receipt = world.paid(10_000);
    let refused = run(&world, &["cancel", &receipt, "--json", "--proxy", "http://me:canary-pass@127.0.0.1:1"]);
    assert_eq!((refused.status, &refused.object()["error"]["field"]), (2, &json!("proxy")));
    assert!(!refused.everything().contains("canary-pass"));

    let mut command = world.command(&["cancel", &receipt, "--json", "--log", "trace"]);
    command.env("BOOTPAY_APPLICATION_ID", "merchant-1").env("BOOTPAY_PRIVATE_KEY", PRIVATE_KEY);
    let run = Run::of(command.env("BOOTPAY_PROXY", "http://me:canary-pass@127.0.0.1:1").output().unwrap());
    assert!(!run.everything().contains("canary-pass"), "{run:?}");
    let mut command = world.command(&["cancel", &receipt, "--json"]);
    let run = Run::of(command.env("BOOTPAY_PROXY", "canary pass").output().unwrap());
    assert_eq!((run.status, &run.object()["error"]["field"]), (2, &json!("proxy")));
    assert!(!run.everything().contains("canary pass"));
}
