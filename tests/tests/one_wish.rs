//! One wish is one refund: by whichever handle, through whichever credentials, with however many clicks.

use std::sync::Arc;
use std::time::Duration;

use bootpay_core::{
    Bootpay, CancelOutcome, CancelRequest, Credentials, Decision, JournalChoice, MemoryJournal, RefundAccount,
};
use bootpay_sandbox::{CancelIdRule, Fault, NewReceipt, Operation, PgRefusal, Sandbox};
use bootpay_tests::{Merchant, Setup};

async fn merchant(setup: Setup) -> (Merchant, String) {
    let merchant = Merchant::new(setup).await.expect("a sandbox and a journal");
    let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    (merchant, receipt_id)
}

fn cancelled(outcome: &Result<CancelOutcome, bootpay_core::BootpayError>) -> bool {
    matches!(outcome, Ok(CancelOutcome::Cancelled(_)))
}

/// The handle that the library hands out is the refund's id: asking with it again is the same refund.
#[tokio::test(flavor = "multi_thread")]
async fn the_handle_given_back_as_cancel_id_is_the_same_refund() {
    let (m, r) = merchant(Setup::v1()).await;
    m.sandbox.set_cancel_id_rule(CancelIdRule::Ignore);
    let Ok(CancelOutcome::Cancelled(first)) = m.bootpay.cancel(CancelRequest::partial(&r, 3_000)).await else {
        panic!()
    };
    let handle = first.intent.cancel_id.as_str().to_owned();
    let again = m.bootpay.cancel(CancelRequest::partial(&r, 3_000).cancel_id(&handle)).await;
    assert_eq!(m.moved(&r), [3_000], "one cancel_id, two movements: {again:?}");
}

/// One merchant id on one receipt is one refund, whatever the credentials (law 8, law 4).
#[tokio::test(flavor = "multi_thread")]
async fn one_id_on_one_receipt_moves_once_whatever_the_credentials() {
    let [v1, _, basic] = Setup::all();
    let (m, r) = merchant(v1).await;
    m.sandbox.set_cancel_id_rule(CancelIdRule::Ignore);
    let other = m.another(&basic).expect("a client");
    let request = || CancelRequest::partial(&r, 3_000).cancel_id("refund-1");
    assert!(cancelled(&m.bootpay.cancel(request()).await));
    let again = other.cancel(request()).await;
    assert_eq!(m.moved(&r), [3_000], "{again:?}");
}

/// Law 1: an error names the earlier intent that may have moved money.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_superseding_full_cancel_names_the_open_partial() {
    let (m, r) = merchant(Setup::v1()).await;
    m.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    let seen = m.bootpay.cancel(CancelRequest::partial(&r, 3_000).cancel_id("part-1")).await;
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))));
    m.sandbox.refuse_from_now_on(&r, Some(PgRefusal::Settlement)).expect("a receipt");
    let error = m.bootpay.cancel(r.as_str()).await.expect_err("settlement");
    assert!(format!("{error} {error:?}").contains("part-1"), "{error:?}");
}

/// Law 8: the same intent attaches; a refusal is shared, not asked for a hundred times.
#[tokio::test(flavor = "multi_thread")]
async fn ten_clicks_at_once_on_a_refusing_receipt_are_one_request() {
    let (m, _) = merchant(Setup::v1()).await;
    let r = m.sandbox.add(NewReceipt::paid(10_000).refuse_with(PgRefusal::Settlement));
    m.sandbox.fault(Fault::on(Operation::Cancel).always().latency(Duration::from_millis(50)));
    let clicks: Vec<_> = (0..10)
        .map(|_| {
            let (b, r) = (m.bootpay.clone(), r.clone());
            tokio::spawn(async move { b.cancel(r).await })
        })
        .collect();
    for click in clicks {
        assert!(click.await.expect("no panic").is_err());
    }
    assert_eq!(m.sandbox.count(Operation::Cancel), 1);
}

/// A merchant's id that is refused as seen, after a person's "not cancelled": the earlier generation may have moved.
#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_after_a_persons_not_cancelled_is_not_a_plain_refusal() {
    let (m, r) = merchant(Setup::v1()).await;
    m.sandbox.set_lookup_lag(Duration::from_secs(86_400));
    m.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    let request = || CancelRequest::partial(&r, 3_000).cancel_id("a");
    assert!(matches!(m.bootpay.cancel(request()).await, Ok(CancelOutcome::Unknown(_))));
    m.clock.advance(Duration::from_secs(20 * 60));
    m.bootpay.resolve("a", Decision::NotCancelled, "kim").await.expect("a decision");
    let seen = m.bootpay.cancel(request()).await;
    assert!(
        matches!(seen, Ok(CancelOutcome::Unknown(_))),
        "Bootpay has seen this id, so generation 1 arrived: {seen:?}"
    );
}

/// A rotated private key does not make the same refund "another one".
#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_private_key_does_not_make_the_same_request_a_conflict() {
    let journal = Arc::new(MemoryJournal::new());
    let sandbox = Sandbox::builder().key_pair(Sandbox::APPLICATION_ID, "old-key").start().await.expect("a sandbox");
    let r = sandbox.add(NewReceipt::paid(10_000).virtual_account().cms_contract(true));
    let client = |key: &str| {
        Bootpay::builder(Credentials::key_pair(Sandbox::APPLICATION_ID, key).expect("keys"))
            .base_url(sandbox.base_url())
            .journal(JournalChoice::Custom(Arc::clone(&journal) as _))
            .build()
            .expect("a client")
    };
    let request = || {
        CancelRequest::full(&r)
            .cancel_id("a")
            .refund_account(RefundAccount::new("국민은행", "66569112432134", "홍길동").expect("an account"))
    };
    assert!(client("old-key").cancel(request()).await.is_ok());
    let seen = client("new-key").cancel(request()).await;
    assert!(seen.is_ok(), "{seen:?}");
}

/// A waiter is told of a refused generation although a later generation of the very wish has moved the money.
#[tokio::test(flavor = "multi_thread")]
async fn a_waiter_is_not_told_refused_when_its_wish_was_cancelled_meanwhile() {
    let m = Merchant::new(Setup::v1().patient()).await.expect("sandbox");
    let r = m.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    m.sandbox.fault(Fault::on(Operation::Cancel).before_money().reset());
    let seen = m.bootpay.cancel(CancelRequest::partial(&r, 3_000).cancel_id("part")).await;
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))), "{seen:?}");
    // A: reconcile of the partial holds the receipt's lock while its lookup is slow.
    m.sandbox.fault(Fault::on(Operation::Lookup).times(1).latency(Duration::from_secs(4)));
    let a = m.bootpay.clone();
    let before = m.sandbox.count(Operation::Lookup);
    let reconciling = tokio::spawn(async move { a.reconcile("part").await });
    while m.sandbox.count(Operation::Lookup) == before {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (a, r2) = (m.bootpay.clone(), r.clone());
    let waiter = tokio::spawn(async move { a.cancel(r2).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    // B: another process, same wish: refused at first, then the cause is removed and it is cancelled.
    let b = m.another(&m.setup).expect("client");
    m.sandbox.refuse_from_now_on(&r, Some(PgRefusal::Settlement)).expect("receipt");
    let first = b.cancel(r.as_str()).await;
    assert!(first.is_err(), "{first:?}");
    m.sandbox.refuse_from_now_on(&r, None).expect("receipt");
    let second = b.cancel(r.as_str()).await;
    assert!(matches!(second, Ok(CancelOutcome::Cancelled(_))), "{second:?}");
    let _ = reconciling.await.expect("no panic");
    let seen = waiter.await.expect("no panic");
    assert_eq!(m.moved(&r), [10_000]);
    assert!(matches!(seen, Ok(CancelOutcome::Cancelled(_))), "the wish is cancelled; the waiter saw {seen:?}");
}

/// A waiter's right expectation is not refused because another caller's was wrong.
#[tokio::test(flavor = "multi_thread")]
async fn a_waiter_does_not_share_anothers_wrong_expectation() {
    let m = Merchant::new(Setup::v1().patient()).await.expect("sandbox");
    let r = m.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    m.sandbox.fault(Fault::on(Operation::Lookup).times(1).latency(Duration::from_secs(2)));
    let (a, r1) = (m.bootpay.clone(), r.clone());
    let wrong = tokio::spawn(async move { a.cancel(CancelRequest::full(r1).expected_remaining(5_000)).await });
    while m.sandbox.count(Operation::Lookup) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let right = m.bootpay.cancel(CancelRequest::full(&r).expected_remaining(10_000)).await;
    assert!(wrong.await.expect("no panic").is_err());
    assert!(matches!(right, Ok(CancelOutcome::Cancelled(_))), "{right:?}");
}

/// A waiter's shared refusal names what is open on the receipt, as the first's does (law 1).
#[tokio::test(flavor = "multi_thread")]
async fn a_shared_refusal_names_the_open_partial() {
    let m = Merchant::new(Setup::v1().patient()).await.expect("sandbox");
    let r = m.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    m.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    let _ = m.bootpay.cancel(CancelRequest::partial(&r, 3_000).cancel_id("part-1")).await;
    m.sandbox.refuse_from_now_on(&r, Some(PgRefusal::Settlement)).expect("receipt");
    m.sandbox.fault(Fault::on(Operation::Cancel).always().latency(Duration::from_secs(1)));
    let (a, r1) = (m.bootpay.clone(), r.clone());
    let first = tokio::spawn(async move { a.cancel(r1).await });
    while m.sandbox.count(Operation::Cancel) < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let second = m.bootpay.cancel(r.as_str()).await.expect_err("settlement");
    let first = first.await.expect("no panic").expect_err("settlement");
    assert!(format!("{first:?}").contains("part-1"), "{first:?}");
    assert!(format!("{second:?}").contains("part-1"), "{second:?}");
}

/// The handle of an Unknown works with the client that handed it out.
#[tokio::test(flavor = "multi_thread")]
async fn the_handle_of_an_unknown_works_through_the_client_that_returned_it() {
    let [v1, _, basic] = Setup::all();
    let m = Merchant::new(v1).await.expect("sandbox");
    let r = m.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    let other = m.another(&basic).expect("client");
    m.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    let request = || CancelRequest::partial(&r, 3_000).cancel_id("refund-1");
    assert!(matches!(m.bootpay.cancel(request()).await, Ok(CancelOutcome::Unknown(_))));
    let Ok(CancelOutcome::Unknown(unknown)) = other.cancel(request()).await else { panic!() };
    let settled = other.reconcile(unknown.intent.cancel_id.as_str()).await;
    assert!(settled.is_ok(), "{settled:?}");
}

/// The handle of a full cancel, given back as the merchant's id after a person's "not cancelled".
#[tokio::test(flavor = "multi_thread")]
async fn a_derived_id_given_back_after_not_cancelled_is_ours() {
    let m = Merchant::new(Setup::v1()).await.expect("sandbox");
    let r = m.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    m.sandbox.set_lookup_lag(Duration::from_secs(86_400));
    m.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    let Ok(CancelOutcome::Unknown(u)) = m.bootpay.cancel(CancelRequest::partial(&r, 3_000)).await else { panic!() };
    let id = u.intent.cancel_id.as_str().to_owned();
    m.clock.advance(Duration::from_secs(20 * 60));
    m.bootpay.resolve(&id, Decision::NotCancelled, "kim").await.expect("decided");
    let seen = m.bootpay.cancel(CancelRequest::partial(&r, 3_000).cancel_id(&id)).await;
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))), "Bootpay has seen this id: {seen:?}");
}
