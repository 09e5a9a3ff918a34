//! On a terminal: the question before a full cancel, and colours. `script` of util-linux plays the terminal; where it is
//! not installed, nothing is tested here.

#![allow(missing_docs, clippy::unwrap_used)]
#![cfg(target_os = "linux")]

mod world;

use std::io::Write as _;
use std::process::{Command, Stdio};

use bootpay_sandbox::{Operation, Sandbox};
use world::{Run, World};

/// Types `answer` into the command at a terminal. `None` where there is no `script`.
fn at_a_terminal(world: &World, arguments: &str, answer: &str, more: &[(&str, &str)]) -> Option<Run> {
    let command = format!("{} {arguments}", env!("CARGO_BIN_EXE_bootpay"));
    let mut script = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH")?)
        .env("TERM", "xterm")
        .env("BOOTPAY_BASE_URL", world.sandbox.base_url())
        .env("BOOTPAY_APPLICATION_ID", Sandbox::APPLICATION_ID)
        .env("BOOTPAY_PRIVATE_KEY", Sandbox::PRIVATE_KEY)
        .env("BOOTPAY_JOURNAL", world.journal())
        .envs(more.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = script.stdin.take().unwrap();
    input.write_all(answer.as_bytes()).unwrap();
    let run = Run::of(script.wait_with_output().unwrap());
    drop(input);
    Some(run)
}

#[test]
fn a_full_cancel_is_asked_about_and_only_a_yes_sends_it() {
    let world = World::new();
    let receipt = world.paid(10_000);
    for answer in ["n\n", "\n", "maybe\n"] {
        let Some(run) = at_a_terminal(&world, &format!("cancel {receipt}"), answer, &[]) else { return };
        assert_eq!(run.status, 1, "{run:?}");
        assert!(run.out.contains("[y/N]") && run.out.contains("10,000 won"), "{run:?}");
    }
    assert_eq!(world.sandbox.count(Operation::Cancel), 0);
    let run = at_a_terminal(&world, &format!("--lang ko cancel {receipt}"), "예\n", &[]).unwrap();
    assert!(run.status == 0 && run.out.contains("모두 취소할까요?"), "{run:?}");
    assert_eq!(world.moved(&receipt), [10_000]);
}

#[test]
fn a_partial_cancel_and_a_yes_in_advance_are_not_asked_about() {
    let world = World::new();
    let receipt = world.paid(10_000);
    for arguments in [format!("cancel {receipt} --price 3000"), format!("cancel {receipt} --yes")] {
        let Some(run) = at_a_terminal(&world, &arguments, "", &[]) else { return };
        assert!(run.status == 0 && !run.out.contains("[y/N]"), "{run:?}");
    }
    assert_eq!(world.moved(&receipt), [3_000, 7_000]);
}

#[test]
fn colours_are_shown_on_a_terminal_unless_no_color_is_set() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let arguments = format!("cancel {receipt} --yes");
    let Some(run) = at_a_terminal(&world, &arguments, "", &[]) else { return };
    assert!(run.out.contains("\u{1b}[1;32m"), "{run:?}");
    let run = at_a_terminal(&world, &arguments, "", &[("NO_COLOR", "1")]).unwrap();
    assert!(run.status == 0 && !run.out.contains('\u{1b}'), "{run:?}");
}
