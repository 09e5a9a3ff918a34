//! What people read.

#![allow(missing_docs, clippy::unwrap_used)]

mod world;

use bootpay_sandbox::{Fault, NewReceipt, Operation, PgRefusal};
use world::{Run, World};

fn in_locale(world: &World, arguments: &[&str], locale: &[(&str, &str)]) -> Run {
    Run::of(world.command(arguments).envs(locale.iter().copied()).output().unwrap())
}

#[test]
fn a_korean_locale_gets_korean_and_others_english() {
    let world = World::new();
    let receipt = world.paid(1_234_000);
    let english = world.run(&["receipt", &receipt]);
    assert!(english.out.contains("1,234,000 won") && english.out.contains("+09:00"), "{}", english.out);
    let korean = in_locale(&world, &["receipt", &receipt], &[("LANG", "ko_KR.UTF-8")]);
    assert!(korean.out.contains("1,234,000원") && korean.out.contains("남은 금액"), "{}", korean.out);
    // POSIX's order, and the flag above all.
    let english = in_locale(&world, &["receipt", &receipt], &[("LANG", "ko_KR.UTF-8"), ("LC_ALL", "C")]);
    assert!(english.out.contains("won"));
    let korean = in_locale(&world, &["receipt", &receipt], &[("LANG", "C"), ("LC_MESSAGES", "ko_KR.UTF-8")]);
    assert!(korean.out.contains('원'));
    let english = in_locale(&world, &["receipt", &receipt, "--lang", "en"], &[("LC_ALL", "ko_KR.UTF-8")]);
    assert!(english.out.contains("won"));
    let korean = world.run(&["--lang=ko", "receipt", &receipt]);
    assert!(korean.out.contains('원'));
}

#[test]
fn every_outcome_is_told_in_both_languages() {
    let world = World::new();
    let console = world.sandbox.add(NewReceipt::paid(10_000).cancelled_in_pg_console());
    let refused = world.sandbox.add(NewReceipt::paid(10_000).refuse_with(PgRefusal::KcpIp));
    for (language, cancelled, already, error, unknown) in [
        ("en", "Cancelled", "Already cancelled", "error: refused", "may or may not have moved"),
        ("ko", "취소되었습니다", "이미 취소된 건", "오류: 거절되었습니다", "결과를 알 수 없습니다"),
    ] {
        let receipt = world.paid(10_000);
        let run = world.run(&["--lang", language, "cancel", &receipt]);
        assert!(run.status == 0 && run.out.contains(cancelled), "{run:?}");
        let run = world.run(&["--lang", language, "cancel", &console]);
        assert!(run.status == 4 && run.out.contains(already), "{run:?}");
        let run = world.run(&["--lang", language, "cancel", &refused]);
        assert!(run.status == 1 && run.err.contains(error) && run.out.is_empty(), "{run:?}");
        assert!(run.err.contains("8012") && run.err.contains("223.130.82.4"), "the page's remedy: {run:?}");
        let lost = world.paid(10_000);
        world.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
        let run = world.run(&["--lang", language, "cancel", &lost, "--price", "3000", "--cancel-id", language]);
        assert!(run.status == 3 && run.out.contains(unknown), "{run:?}");
        assert!(run.out.contains(&format!("bootpay reconcile {language}")), "{run:?}");
    }
}

#[test]
fn settings_that_were_typed_are_repeated_in_the_command_that_comes_next() {
    let world = World::new();
    let receipt = world.paid(10_000);
    world.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    let journal = world.directory.path().join("my journal.sqlite3");
    let journal = journal.to_str().unwrap();
    let run =
        world.run(&["cancel", &receipt, "--price", "3000", "--cancel-id", "a b", "--api", "v1", "--journal", journal]);
    assert!(run.out.contains(&format!("bootpay reconcile --api v1 --journal '{journal}' 'a b'")), "{}", run.out);
}

#[test]
fn nothing_is_coloured_where_nobody_looks() {
    let world = World::new();
    let receipt = world.paid(10_000);
    for arguments in
        [&["receipt", receipt.as_str()][..], &["cancel", &receipt, "--price", "0"], &["--help"], &["nonsense"]]
    {
        assert!(!world.run(arguments).everything().contains('\u{1b}'), "{arguments:?}");
    }
}

#[test]
fn columns_are_aligned_by_the_cells_that_hangul_takes() {
    let world = World::new();
    let run = world.run(&["--lang", "ko", "banks"]);
    assert_eq!(run.status, 0);
    assert!(run.out.lines().any(|line| line.starts_with("004") && line.contains("국민은행")), "{}", run.out);
    let cells = |text: &str| text.chars().map(|char| if char.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let starts: Vec<usize> =
        run.out.lines().skip(1).filter_map(|line| line.rfind("  ").map(|at| cells(&line[..at + 2]))).collect();
    assert!(starts.len() > 10 && starts.iter().all(|start| start == &starts[0]), "{starts:?}");
}

#[test]
fn the_help_needs_no_manual_page() {
    let world = World::new();
    for language in ["en", "ko"] {
        let help = world.run(&["--lang", language, "--help"]);
        assert_eq!((help.status, help.err.as_str()), (0, ""));
        for word in [
            "BOOTPAY_APPLICATION_ID",
            "BOOTPAY_PRIVATE_KEY",
            "BOOTPAY_CLIENT_KEY",
            "BOOTPAY_SECRET_KEY",
            "BOOTPAY_BASE_URL",
            "BOOTPAY_API",
            "BOOTPAY_JOURNAL",
            "BOOTPAY_PROXY",
            "BOOTPAY_REFUND_ACCOUNT",
            "NO_COLOR",
            "bootpay reconcile --all",
            "money_moved",
        ] {
            assert!(help.out.contains(word), "{word} in {language}");
        }
        for status in 0..=4 {
            assert!(help.out.contains(&format!("\n  {status}  ")), "{status} in {language}");
        }
        for command in
            ["cancel", "receipt", "token", "banks", "intents", "reconcile", "resolve", "sandbox", "completions"]
        {
            assert_eq!(world.run(&["--lang", language, command, "--help"]).status, 0, "{command}");
        }
    }
    assert!(world.run(&["--lang", "ko", "--help"]).out.contains("환경 변수"));
}

#[test]
fn completions_are_made_for_each_shell() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish"] {
        let run = world.run(&["completions", shell]);
        assert!(run.status == 0 && run.out.contains("reconcile") && run.out.contains("refund-bank"), "{shell}");
    }
}
