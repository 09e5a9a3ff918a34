//! Every fault of the sandbox, on either side of the money, in both dialects, full and partial: what the caller saw,
//! beside what the ledger says.

use std::time::Duration;

use bootpay_core::{CancelOutcome, CancelRequest};
use bootpay_sandbox::{Fault, FaultBody, NewReceipt, Operation};
use bootpay_tests::{Merchant, Setup};

/// A fault by name.
struct Case {
    name: &'static str,
    fault: Fault,
}

fn on_cancel() -> Fault {
    Fault::on(Operation::Cancel)
}

fn case(name: &'static str, fault: Fault) -> Case {
    Case { name, fault }
}

/// Faults that can strike before or after the money has moved.
fn either_side() -> Vec<Case> {
    vec![
        case("no answer", on_cancel().no_answer()),
        case("connection closed without an answer", on_cancel().drop_connection()),
        case("connection reset without an answer", on_cancel().reset()),
        case("answer cut in its head", on_cancel().cut_answer(20)),
        case("answer cut in its body", on_cancel().cut_body(30)),
        case("answer reset", on_cancel().reset_answer(40)),
        case("401 that is not Bootpay's", on_cancel().status(401, FaultBody::Html)),
        case("403 page", on_cancel().status(403, FaultBody::Html)),
        case("404 page", on_cancel().status(404, FaultBody::Html)),
        case("409 without a body", on_cancel().status(409, FaultBody::Empty)),
        case("429 page", on_cancel().status(429, FaultBody::Html)),
        case(
            "500 in Bootpay's form, without the gateway's word",
            on_cancel().status(500, FaultBody::refusal(-1, "오류")),
        ),
        case("502 page", on_cancel().status(502, FaultBody::Html)),
        case("503 without a body", on_cancel().status(503, FaultBody::Empty)),
        case("504 with other JSON", on_cancel().status(504, FaultBody::Json(serde_json::json!({"error": "timeout"})))),
        case("200 with HTML", on_cancel().html()),
        case("200 without a body", on_cancel().status(200, FaultBody::Empty)),
        case("200 with an array", on_cancel().status(200, FaultBody::Json(serde_json::json!([])))),
        case("truncated JSON", on_cancel().truncated_json()),
        case("mistyped JSON", on_cancel().mistyped_json()),
        case("2 MiB of an answer", on_cancel().huge_body(2 * 1024 * 1024)),
        case("slow drip", on_cancel().slow_drip(1, Duration::from_millis(50))),
        case("redirect", on_cancel().redirect("http://127.0.0.1:9/cancel.json")),
        case("another receipt's answer", on_cancel().other_receipt()),
        case("cancel in progress at the PG", on_cancel().receipt_status(-30)),
        case("cancel failed at the PG", on_cancel().receipt_status(-20)),
        case("latency beyond the patience", on_cancel().latency(Duration::from_secs(5))),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Amount {
    Full,
    Partial,
}

/// Runs one case and tells what the caller saw and what moved.
async fn strike(setup: Setup, amount: Amount, fault: Fault) -> (Merchant, String, Result<CancelOutcome, String>) {
    let merchant = Merchant::new(setup).await.expect("a sandbox and a journal");
    let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    merchant.sandbox.fault(fault);
    let request = match amount {
        Amount::Full => CancelRequest::full(&receipt_id),
        Amount::Partial => CancelRequest::partial(&receipt_id, 3_000).cancel_id("refund-1"),
    };
    let seen = merchant.bootpay.cancel(request).await.map_err(|error| format!("{} {error}", error.kind()));
    (merchant, receipt_id, seen)
}

/// The invariants that hold whatever happens.
fn check(context: &str, amount: Amount, seen: &Result<CancelOutcome, String>, moved: &[u64]) {
    assert!(moved.len() <= 1, "{context}: the money moved {} times: {moved:?}", moved.len());
    let whole = if amount == Amount::Full { 10_000 } else { 3_000 };
    assert!(moved.iter().all(|won| *won == whole), "{context}: {moved:?} moved, and {whole} was asked for");
    match seen {
        Err(error) => assert!(moved.is_empty(), "{context}: an error, and the money moved: {error}"),
        Ok(CancelOutcome::Cancelled(_)) => assert_eq!(moved.len(), 1, "{context}: cancelled, and nothing moved"),
        Ok(CancelOutcome::AlreadyCancelled(already)) => panic!("{context}: nobody else cancelled, and yet {already:?}"),
        Ok(CancelOutcome::Unknown(unknown)) => assert!(unknown.recorded, "{context}: an unknown that is not journaled"),
    }
}

/// Every case of a list, each in a task of its own.
async fn strike_all(setup: &Setup, after_money: bool, settled_when: impl Fn(Amount, &CancelOutcome) -> bool) {
    for amount in [Amount::Full, Amount::Partial] {
        let strikes = either_side().into_iter().map(|Case { name, fault }| {
            let fault = if after_money { fault.after_money() } else { fault.before_money() };
            let setup = setup.clone();
            tokio::spawn(async move { (name, strike(setup, amount, fault).await) })
        });
        for strike in strikes.collect::<Vec<_>>() {
            let (name, (merchant, receipt_id, seen)) = strike.await.expect("no panic");
            let context = format!("{name}, {amount:?}, {:?}, after money: {after_money}", setup.dialect);
            let moved = merchant.moved(&receipt_id);
            assert_eq!(moved.len(), usize::from(after_money), "{context}: the fault itself misfired");
            check(&context, amount, &seen, &moved);
            let outcome = seen.unwrap_or_else(|error| panic!("{context}: nothing here is proven: {error}"));
            assert!(settled_when(amount, &outcome), "{context}: {outcome:?}");
        }
    }
}

fn is_unknown(outcome: &CancelOutcome) -> bool {
    matches!(outcome, CancelOutcome::Unknown(_))
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_money_every_fault_ends_as_unknown_and_never_as_cancelled() {
    for setup in Setup::all() {
        strike_all(&setup, false, |_, outcome| is_unknown(outcome)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_money_a_full_cancel_is_settled_by_the_ledger_and_a_partial_stays_unknown() {
    for setup in Setup::all() {
        strike_all(&setup, true, |amount, outcome| match amount {
            Amount::Full => matches!(outcome, CancelOutcome::Cancelled(_)),
            Amount::Partial => is_unknown(outcome),
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sole_canceller_has_its_partials_settled_by_the_ledger_too() {
    for setup in Setup::all() {
        let setup = Setup { sole_canceller: true, ..setup };
        strike_all(&setup, true, |_, outcome| matches!(outcome, CancelOutcome::Cancelled(_))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_cut_on_its_way_moves_nothing_and_is_never_called_cancelled() {
    for setup in Setup::all() {
        for amount in [Amount::Full, Amount::Partial] {
            for bytes in [0, 1, 40, 120] {
                let fault = on_cancel().cut_request(bytes);
                let (merchant, receipt_id, seen) = strike(setup.clone(), amount, fault).await;
                let moved = merchant.moved(&receipt_id);
                assert!(moved.is_empty());
                check(&format!("cut after {bytes}"), amount, &seen, &moved);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_that_do_not_add_up_are_cancelled_with_the_mismatch_and_hold_the_receipt() {
    for setup in Setup::all() {
        let (merchant, receipt_id, seen) = strike(setup, Amount::Partial, on_cancel().other_figures()).await;
        let Ok(CancelOutcome::Cancelled(cancelled)) = seen else { panic!("{seen:?}") };
        assert!(!cancelled.mismatches.is_empty());
        assert_eq!(merchant.moved(&receipt_id), [3_000]);

        let next = CancelRequest::partial(&receipt_id, 2_000).cancel_id("refund-2");
        let error = merchant.bootpay.cancel(next.clone()).await.expect_err("the receipt is held");
        assert_eq!(error.kind(), "conflict.held");
        merchant.bootpay.resolve("refund-1", bootpay_core::Decision::Cancelled, "kim").await.expect("a decision");
        assert!(matches!(merchant.bootpay.cancel(next).await, Ok(CancelOutcome::Cancelled(_))));
        assert_eq!(merchant.moved(&receipt_id), [3_000, 2_000]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_refreshed_once_and_nobody_notices() {
    for setup in [Setup::v1(), Setup { dialect: bootpay_core::Dialect::V2, ..Setup::v1() }] {
        let (merchant, receipt_id, seen) = strike(setup, Amount::Full, on_cancel().expired_token()).await;
        assert!(matches!(seen, Ok(CancelOutcome::Cancelled(_))), "{seen:?}");
        assert_eq!(merchant.moved(&receipt_id), [10_000]);
        assert_eq!(merchant.sandbox.count(Operation::Token), 2);
        assert_eq!(merchant.sandbox.count(Operation::Cancel), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn latency_within_the_patience_changes_nothing() {
    for setup in Setup::all() {
        for amount in [Amount::Full, Amount::Partial] {
            let fault = on_cancel().latency(Duration::from_millis(150));
            let (merchant, receipt_id, seen) = strike(setup.clone(), amount, fault).await;
            assert!(matches!(seen, Ok(CancelOutcome::Cancelled(_))), "{seen:?}");
            assert_eq!(merchant.moved(&receipt_id).len(), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bootpay_that_is_not_there_is_an_error_and_the_same_call_works_later() {
    for setup in Setup::all() {
        let merchant = Merchant::new(setup).await.expect("a sandbox");
        let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
        // Warm, so that a token is there and only the cancel meets the closed door.
        let _ = merchant.bootpay.receipt(&receipt_id).await.expect("a lookup");
        merchant.sandbox.stop().await;
        let error = merchant.bootpay.cancel(receipt_id.as_str()).await.expect_err("nobody listens");
        assert_eq!(error.kind(), "not_sent.connect");
        merchant.sandbox.resume().await.expect("the same port");
        assert!(merchant.moved(&receipt_id).is_empty());
        assert!(matches!(merchant.bootpay.cancel(receipt_id.as_str()).await, Ok(CancelOutcome::Cancelled(_))));
        assert_eq!(merchant.moved(&receipt_id), [10_000]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lookups_and_tokens_that_fail_for_a_while_are_tried_again() {
    for setup in Setup::all() {
        let merchant = Merchant::new(setup).await.expect("a sandbox");
        let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
        merchant.sandbox.fault(Fault::on(Operation::Token).html());
        merchant.sandbox.fault(Fault::on(Operation::Lookup).times(2).reset());
        let request = CancelRequest::partial(&receipt_id, 3_000);
        let seen = merchant.bootpay.cancel(request).await;
        assert!(matches!(seen, Ok(CancelOutcome::Cancelled(_))), "{seen:?}");
        assert_eq!(merchant.moved(&receipt_id), [3_000]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_lookup_a_partial_is_not_sent() {
    for setup in Setup::all() {
        let merchant = Merchant::new(setup).await.expect("a sandbox");
        let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
        merchant.sandbox.fault(Fault::on(Operation::Lookup).always().html());
        let error = merchant.bootpay.cancel(CancelRequest::partial(&receipt_id, 3_000)).await.expect_err("no totals");
        assert_eq!(error.kind(), "lookup.bad_answer");
        assert_eq!(merchant.sandbox.count(Operation::Cancel), 0);
    }
}
