//! A process that is killed between its request and the answer: what `recover` makes of it in a new process.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bootpay_core::{CancelOutcome, Decision, Evidence, IntentState};
use bootpay_sandbox::{CancelIdRule, Fault, NewReceipt, Operation, Sandbox};
use bootpay_tests::{Merchant, Setup};

fn cancel_once(sandbox: &Sandbox, journal: &Path, receipt_id: &str, price: Option<u64>) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cancel-once"));
    command.arg(sandbox.base_url()).arg(journal).arg(receipt_id).env_remove("SOLE_CANCELLER");
    if let Some(price) = price {
        command.arg(price.to_string());
    }
    command.stdout(Stdio::null()).spawn().expect("a process")
}

/// Starts a process that cancels, and kills it once Bootpay has its request and before the answer.
async fn kill_between_send_and_answer(setup: Setup, price: Option<u64>, after_money: bool) -> (Merchant, String) {
    let merchant = Merchant::new(setup).await.expect("a sandbox");
    let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    let fault = Fault::on(Operation::Cancel).no_answer();
    merchant.sandbox.fault(if after_money { fault.after_money() } else { fault.before_money() });
    let mut child =
        cancel_once(&merchant.sandbox, &merchant.journal.path().join("journal.sqlite3"), &receipt_id, price);
    let until = Instant::now() + Duration::from_secs(20);
    while merchant.sandbox.count(Operation::Cancel) == 0
        || (after_money && merchant.sandbox.movements(&receipt_id).is_empty())
    {
        assert!(Instant::now() < until, "the child never sent its request");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // SIGKILL: no destructor runs, nothing is flushed.
    child.kill().expect("kill -9");
    child.wait().expect("its end");
    (merchant, receipt_id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_cancel_is_settled_once_the_ledger_shows_it() {
    let (merchant, receipt_id) = kill_between_send_and_answer(Setup::v1(), None, true).await;
    let recovery = merchant.bootpay.recover().await.expect("the journal");
    let [CancelOutcome::Cancelled(cancelled)] = recovery.settled.as_slice() else { panic!("{recovery:?}") };
    assert_eq!(cancelled.evidence, Evidence::Inferred);
    assert_eq!(merchant.moved(&receipt_id), [10_000]);
    assert!(merchant.bootpay.recover().await.expect("the journal").settled.is_empty(), "nothing is left to recover");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_cancel_that_never_took_effect_stays_unknown_and_is_not_sent_again() {
    let (merchant, receipt_id) = kill_between_send_and_answer(Setup::v1(), None, false).await;
    let recovery = merchant.bootpay.recover().await.expect("the journal");
    assert_eq!(recovery.unknown.len(), 1, "{recovery:?}");
    assert_eq!(merchant.sandbox.count(Operation::Cancel), 1);

    // A person decides, but not before a late request could still arrive; then the refund begins anew.
    let id = recovery.unknown[0].intent.cancel_id.as_str().to_owned();
    let error = merchant.bootpay.resolve(&id, Decision::NotCancelled, "kim").await.expect_err("too early");
    assert_eq!(error.kind(), "conflict.too_early_to_decide");
    merchant.clock.advance(Duration::from_secs(20 * 60));
    let intent = merchant.bootpay.resolve(&id, Decision::NotCancelled, "kim").await.expect("a decision");
    assert_eq!((intent.state, intent.decided_by.as_deref()), (IntentState::NotCancelled, Some("kim")));
    assert!(intent.totals_after.is_some(), "a lookup is attached");
    let again = merchant.bootpay.cancel(receipt_id.as_str()).await;
    assert!(matches!(again, Ok(CancelOutcome::Cancelled(_))), "{again:?}");
    assert_eq!(merchant.moved(&receipt_id), [10_000]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_cancel_is_listed_with_its_evidence() {
    for after_money in [true, false] {
        let (merchant, receipt_id) = kill_between_send_and_answer(Setup::v1(), Some(3_000), after_money).await;
        let recovery = merchant.bootpay.recover().await.expect("the journal");
        let [unknown] = recovery.unknown.as_slice() else { panic!("{recovery:?}") };
        assert_eq!(unknown.intent.cancel_id.as_str(), "killed");
        let cancelled =
            |totals: Option<bootpay_core::Totals>| totals.and_then(|totals| totals.cancelled).map(|won| won.get());
        assert_eq!(cancelled(unknown.before), Some(0));
        assert_eq!(cancelled(unknown.after), Some(if after_money { 3_000 } else { 0 }));
        assert_eq!(merchant.moved(&receipt_id).len(), usize::from(after_money));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sole_cancellers_partial_is_settled_by_its_growth() {
    let setup = Setup { sole_canceller: true, ..Setup::v1() };
    let (merchant, receipt_id) = kill_between_send_and_answer(setup.clone(), Some(3_000), true).await;
    let recovery = merchant.bootpay.recover().await.expect("the journal");
    let [CancelOutcome::Cancelled(cancelled)] = recovery.settled.as_slice() else { panic!("{recovery:?}") };
    assert_eq!(cancelled.evidence, Evidence::Inferred);
    assert_eq!(merchant.moved(&receipt_id), [3_000]);

    // Not having grown proves nothing.
    let (merchant, _) = kill_between_send_and_answer(setup, Some(3_000), false).await;
    assert_eq!(merchant.bootpay.recover().await.expect("the journal").unknown.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_server_honours_ids_a_partial_is_repeated_and_settled_and_moves_once() {
    for rule in [CancelIdRule::Refuse, CancelIdRule::Replay] {
        for after_money in [true, false] {
            let setup = Setup { honours_cancel_id: true, ..Setup::v1() };
            let (merchant, receipt_id) = kill_between_send_and_answer(setup, Some(3_000), after_money).await;
            merchant.sandbox.set_cancel_id_rule(rule);
            // Nothing that was sent can be under way any more.
            merchant.clock.advance(Duration::from_secs(20 * 60));
            merchant.sandbox.advance(Duration::from_secs(20 * 60));
            let recovery = merchant.bootpay.recover().await.expect("the journal");
            let [CancelOutcome::Cancelled(_)] = recovery.settled.as_slice() else {
                panic!("{rule:?}, after money: {after_money}: {recovery:?}")
            };
            assert_eq!(merchant.moved(&receipt_id), [3_000], "{rule:?}, after money: {after_money}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_declared_retention_nothing_is_repeated() {
    let setup = Setup { honours_cancel_id: true, ..Setup::v1() };
    let (merchant, receipt_id) = kill_between_send_and_answer(setup, Some(3_000), false).await;
    merchant.clock.advance(Duration::from_secs(25 * 60 * 60));
    assert_eq!(merchant.bootpay.recover().await.expect("the journal").unknown.len(), 1);
    assert_eq!(merchant.sandbox.count(Operation::Cancel), 1);
    assert!(merchant.moved(&receipt_id).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_living_owners_intent_is_left_alone() {
    let merchant = Merchant::new(Setup::v1()).await.expect("a sandbox");
    let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    merchant.sandbox.fault(Fault::on(Operation::Cancel).latency(Duration::from_millis(1_500)));
    let mut child = cancel_once(&merchant.sandbox, &merchant.journal.path().join("journal.sqlite3"), &receipt_id, None);
    let until = Instant::now() + Duration::from_secs(20);
    while merchant.sandbox.count(Operation::Cancel) == 0 {
        assert!(Instant::now() < until, "the child never sent its request");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let recovery = merchant.bootpay.recover().await.expect("the journal");
    assert_eq!(recovery.in_flight.len(), 1, "{recovery:?}");
    // Another click waits for it, and tells its outcome.
    let seen = merchant.bootpay.cancel(receipt_id.as_str()).await;
    assert!(matches!(seen, Ok(CancelOutcome::Cancelled(ref cancelled)) if cancelled.repeated), "{seen:?}");
    assert!(child.wait().expect("its end").success());
    assert_eq!(merchant.moved(&receipt_id), [10_000]);
}

/// A dead owner is known by its process, not by a lease that a clock set back has made an hour longer.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_set_back_makes_nobody_wait_for_a_dead_owner() {
    let (merchant, receipt_id) = kill_between_send_and_answer(Setup::v1(), Some(3_000), true).await;
    merchant.clock.set_wall(-60 * 60 * 1_000);
    let recovery = merchant.bootpay.recover().await.expect("the journal");
    assert_eq!((recovery.unknown.len(), recovery.in_flight.len()), (1, 0), "{recovery:?}");
    assert_eq!(merchant.moved(&receipt_id), [3_000]);
}
