//! Rows of the table of proofs that need more than a fault of the sandbox: a journal that fails, a task that is lost,
//! a token source that dries up, a gateway that is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bootpay_core::protocol::{Admission, Proposal};
use bootpay_core::{
    Bootpay, CancelOutcome, CancelRequest, Change, Changed, Credentials, Dialect, Evidence, Exchange, Intent, IntentId,
    IntentQuery, IntentState, Journal, JournalChoice, JournalError, Limits, MemoryJournal, MoneyIsBack, OwnerId,
    Secret, Transport, UnixMillis, UnknownCause, WireRequest,
};
use bootpay_sandbox::{Fault, FaultBody, NewReceipt, Operation, Sandbox};
use bootpay_tests::{Merchant, Setup};

/// A journal that fails on request, at one kind of change.
#[derive(Debug, Default)]
struct Failing {
    journal: MemoryJournal,
    at_admission: AtomicBool,
    at_sending: AtomicBool,
    at_the_end: AtomicBool,
}

fn broken() -> JournalError {
    JournalError::Write("no space left on device".into())
}

#[async_trait::async_trait]
impl Journal for Failing {
    async fn admit(&self, proposal: Proposal) -> Result<Admission, JournalError> {
        if self.at_admission.load(Ordering::SeqCst) {
            return Err(broken());
        }
        self.journal.admit(proposal).await
    }

    async fn change(
        &self,
        id: &IntentId,
        by: &OwnerId,
        change: Change,
        now: UnixMillis,
    ) -> Result<Changed, JournalError> {
        let fails = match change {
            Change::Sending { .. } => &self.at_sending,
            _ => &self.at_the_end,
        };
        if fails.load(Ordering::SeqCst) {
            return Err(broken());
        }
        self.journal.change(id, by, change, now).await
    }

    async fn find(&self, query: IntentQuery) -> Result<Vec<Intent>, JournalError> {
        self.journal.find(query).await
    }

    fn place(&self) -> String {
        "a journal that fails".into()
    }
}

async fn with_failing_journal() -> (Sandbox, String, Bootpay, Arc<Failing>) {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let receipt_id = sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    let journal = Arc::new(Failing::default());
    let builder = Setup::v1().builder(&sandbox.base_url()).expect("a setup");
    let bootpay = builder.journal(JournalChoice::Custom(Arc::clone(&journal) as _)).build().expect("a client");
    (sandbox, receipt_id, bootpay, journal)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_fails_before_the_send_is_an_error_and_nothing_leaves() {
    for at_sending in [false, true] {
        let (sandbox, receipt_id, bootpay, journal) = with_failing_journal().await;
        let fails = if at_sending { &journal.at_sending } else { &journal.at_admission };
        fails.store(true, Ordering::SeqCst);
        let error = bootpay.cancel(receipt_id.as_str()).await.expect_err("no record, no send");
        assert_eq!(error.kind(), "journal");
        assert_eq!(sandbox.count(Operation::Cancel), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_fails_after_a_proven_answer_leaves_the_outcome_unrecorded() {
    let (sandbox, receipt_id, bootpay, journal) = with_failing_journal().await;
    journal.at_the_end.store(true, Ordering::SeqCst);
    let seen = bootpay.cancel(receipt_id.as_str()).await.expect("it was answered");
    assert!(matches!(seen, CancelOutcome::Cancelled(_)) && !seen.is_recorded(), "{seen:?}");
    assert_eq!(sandbox.movements(&receipt_id).len(), 1);

    // The record still says "may be on its way", and the ledger settles it once the journal works again.
    journal.at_the_end.store(false, Ordering::SeqCst);
    let id = seen.intent().cancel_id.as_str().to_owned();
    assert_eq!(bootpay.intent(&id).await.expect("an intent").state, IntentState::Sending);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_cannot_be_recorded_is_still_a_refusal() {
    let (sandbox, _, bootpay, journal) = with_failing_journal().await;
    journal.at_the_end.store(true, Ordering::SeqCst);
    let error = bootpay.cancel("000000000000000000000000").await.expect_err("no such receipt");
    assert_eq!(error.kind(), "refused.not_found");
    assert!(sandbox.ledger().is_empty());
}

/// A way to Bootpay whose task is lost once the request has left, or just before.
#[derive(Debug)]
struct Lost {
    way: Bootpay,
    after_the_send: bool,
}

#[async_trait::async_trait]
impl Transport for Lost {
    async fn exchange(&self, request: WireRequest, _: Option<Secret>, _: Limits) -> Exchange {
        if request.path.contains("cancel") && self.after_the_send {
            // What the lost task had sent is carried out all the same.
            let receipt_id = String::from_utf8_lossy(request.body.as_deref().map_or(&[], Vec::as_slice)).into_owned();
            let id = receipt_id.split('"').nth(3).unwrap_or_default().to_owned();
            let _ = self.way.cancel(id).await;
        }
        panic!("canary-panic-text")
    }
}

async fn with_lost_tasks(after_the_send: bool) -> (Merchant, String, Bootpay) {
    let merchant = Merchant::new(Setup { basic: true, dialect: Dialect::V2, ..Setup::v1() }).await.expect("a sandbox");
    let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000));
    let bootpay = merchant
        .setup
        .builder(&merchant.sandbox.base_url())
        .expect("a setup")
        .transport(Arc::new(Lost { way: merchant.bootpay.clone(), after_the_send }))
        .build()
        .expect("a client");
    (merchant, receipt_id, bootpay)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_after_the_send_is_unknown_and_not_an_error() {
    let (merchant, receipt_id, bootpay) = with_lost_tasks(true).await;
    let seen = bootpay.cancel(receipt_id.as_str()).await.expect("nobody knows");
    let CancelOutcome::Unknown(unknown) = seen else { panic!("{seen:?}") };
    assert_eq!(unknown.cause, UnknownCause::Interrupted);
    assert_eq!(merchant.moved(&receipt_id), [10_000]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_before_the_send_is_an_error_without_the_panics_text() {
    let (merchant, receipt_id, bootpay) = with_lost_tasks(false).await;
    // A partial is looked up first: the panic comes before anything is recorded as sending.
    let error = bootpay.cancel(CancelRequest::partial(&receipt_id, 3_000)).await.expect_err("lost before the send");
    assert_eq!(error.kind(), "internal");
    assert!(!format!("{error} {error:?}").contains("canary"));
    assert!(merchant.sandbox.ledger().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runtime_that_shuts_down_between_send_and_answer_leaves_an_intent_that_recovers() {
    let merchant = Merchant::new(Setup { patience: Duration::from_secs(20), ..Setup::v1() }).await.expect("a sandbox");
    let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000));
    merchant.sandbox.fault(Fault::on(Operation::Cancel).after_money().no_answer());
    let worker = merchant.another(&merchant.setup).expect("another client");
    let id = receipt_id.clone();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let under_way = runtime.spawn(async move { worker.cancel(id).await });
    while merchant.moved(&receipt_id).is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    runtime.shutdown_background();
    assert!(under_way.await.is_err(), "its caller is gone as well");

    // The owner's process lives, so nobody takes the intent over before its lease has run out.
    assert_eq!(merchant.bootpay.recover().await.expect("the journal").in_flight.len(), 1);
    merchant.clock.advance(Duration::from_secs(120));
    let recovery = merchant.bootpay.recover().await.expect("the journal");
    let [CancelOutcome::Cancelled(cancelled)] = recovery.settled.as_slice() else { panic!("{recovery:?}") };
    assert_eq!(cancelled.evidence, Evidence::Inferred);
    assert_eq!(merchant.moved(&receipt_id), [10_000]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_bootpay_lost_is_unknown_whatever_the_status() {
    for status in [400, 500, 502] {
        for after_money in [false, true] {
            let merchant = Merchant::new(Setup { dialect: Dialect::V2, ..Setup::v1() }).await.expect("a sandbox");
            let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
            let body = FaultBody::refusal("RC_CANCEL_CRITICAL_ERROR", "PG사와 통신 중 오류");
            let fault = Fault::on(Operation::Cancel).status(status, body);
            merchant.sandbox.fault(if after_money { fault.after_money() } else { fault.before_money() });
            let seen = merchant.bootpay.cancel(CancelRequest::partial(&receipt_id, 3_000)).await;
            let Ok(CancelOutcome::Unknown(unknown)) = seen else { panic!("{status}: {seen:?}") };
            assert_eq!(unknown.cause, UnknownCause::GatewayLost);
            assert_eq!(merchant.moved(&receipt_id).len(), usize::from(after_money));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_honouring_server_turns_a_lost_answer_into_a_cancel_that_moved_once() {
    for setup in Setup::all() {
        for rule in [bootpay_sandbox::CancelIdRule::Replay, bootpay_sandbox::CancelIdRule::Refuse] {
            for after_money in [false, true] {
                let merchant =
                    Merchant::new(Setup { honours_cancel_id: true, ..setup.clone() }).await.expect("a sandbox");
                merchant.sandbox.set_cancel_id_rule(rule);
                let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
                let fault = Fault::on(Operation::Cancel).reset();
                merchant.sandbox.fault(if after_money { fault.after_money() } else { fault.before_money() });
                let request = CancelRequest::partial(&receipt_id, 3_000).cancel_id("refund-1");
                let seen = merchant.bootpay.cancel(request).await.expect("an outcome");
                let context = format!("{:?}, {rule:?}, after money: {after_money}: {seen:?}", setup.dialect);
                assert_eq!(merchant.moved(&receipt_id), [3_000], "{context}");
                // A refused repetition says that the id was seen, which is not success.
                let refused = after_money && rule == bootpay_sandbox::CancelIdRule::Refuse;
                assert_eq!(matches!(seen, CancelOutcome::Unknown(_)), refused, "{context}");
                let ids: Vec<_> = merchant
                    .sandbox
                    .requests()
                    .into_iter()
                    .filter(|request| request.operation == Operation::Cancel)
                    .filter_map(|request| request.body?["cancel_id"].as_str().map(str::to_owned))
                    .collect();
                assert!(ids.len() == 2 && ids.iter().all(|id| id == "refund-1"), "one intent, one id: {ids:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_leaves_three_times_at_most_however_often_it_is_reconciled() {
    let merchant = Merchant::new(Setup { honours_cancel_id: true, ..Setup::v1() }).await.expect("a sandbox");
    let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    merchant.sandbox.fault(Fault::on(Operation::Cancel).always().before_money().reset());
    let request = || CancelRequest::partial(&receipt_id, 3_000).cancel_id("refund-1");
    for _ in 0..3 {
        assert!(matches!(merchant.bootpay.cancel(request()).await, Ok(CancelOutcome::Unknown(_))));
        assert!(matches!(merchant.bootpay.reconcile("refund-1").await, Ok(CancelOutcome::Unknown(_))));
    }
    assert_eq!(merchant.sandbox.count(Operation::Cancel), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_settles_what_no_evidence_does() {
    let merchant = Merchant::new(Setup::v1()).await.expect("a sandbox");
    let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    merchant.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    let request = || CancelRequest::partial(&receipt_id, 3_000).cancel_id("refund-1");
    assert!(matches!(merchant.bootpay.cancel(request()).await, Ok(CancelOutcome::Unknown(_))));
    for actor in ["", "  ", &"a".repeat(101)] {
        let error = merchant.bootpay.resolve("refund-1", bootpay_core::Decision::Cancelled, actor).await;
        assert_eq!(error.expect_err("who decides?").field(), Some("actor"));
    }
    let decided =
        merchant.bootpay.resolve("refund-1", bootpay_core::Decision::Cancelled, "kim").await.expect("a decision");
    assert_eq!((decided.state, decided.evidence), (IntentState::Cancelled, Some(Evidence::Declared)));
    let seen = merchant.bootpay.cancel(request()).await.expect("the same refund");
    let CancelOutcome::Cancelled(cancelled) = seen else { panic!("{seen:?}") };
    assert_eq!((cancelled.evidence, cancelled.money_is_back), (Evidence::Declared, MoneyIsBack::Unconfirmed));
    assert_eq!(merchant.sandbox.count(Operation::Cancel), 1);
}

#[test]
fn outside_a_runtime_a_cancel_is_an_error_and_no_panic() {
    let keys = Credentials::key_pair("app", "key").expect("well-formed");
    let bootpay =
        Bootpay::builder(keys).base_url("http://127.0.0.1:9").journal(JournalChoice::Memory).build().expect("a client");
    let mut cancel = Box::pin(bootpay.cancel("612df0250d681b001de61de6"));
    let waker = std::task::Waker::noop();
    match std::future::Future::poll(cancel.as_mut(), &mut std::task::Context::from_waker(waker)) {
        std::task::Poll::Ready(Err(error)) => assert_eq!(error.kind(), "internal"),
        other => panic!("{other:?}"),
    }
}

/// A way to Bootpay that notes until when a body may be handed out, and sends nothing.
#[derive(Debug)]
struct Noting {
    clock: Arc<bootpay_tests::TestClock>,
    windows: std::sync::Mutex<Vec<Option<Duration>>>,
}

#[async_trait::async_trait]
impl Transport for Noting {
    async fn exchange(&self, _: WireRequest, _: Option<Secret>, limits: Limits) -> Exchange {
        let now = bootpay_core::Clock::elapsed(&*self.clock);
        let window = limits.send_by.map(|send_by| send_by.saturating_sub(now));
        self.windows.lock().expect("no panic").push(window);
        Exchange::NotSent(bootpay_core::Unreachable {
            cause: bootpay_core::UnreachableCause::Deadline,
            detail: "too late".into(),
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fence_before_the_send_is_counted_from_before_the_record() {
    let clock = Arc::new(bootpay_tests::TestClock::default());
    let noting = Arc::new(Noting { clock: Arc::clone(&clock), windows: Default::default() });
    let bootpay = Setup { basic: true, dialect: Dialect::V2, patience: Duration::from_secs(60), ..Setup::v1() }
        .builder("http://127.0.0.1:9")
        .expect("a setup")
        .clock(clock as _)
        .transport(Arc::clone(&noting) as _)
        .build()
        .expect("a client");
    let error = bootpay.cancel("612df0250d681b001de61de6").await.expect_err("nothing is sent");
    assert_eq!(error.kind(), "not_sent.deadline");
    let windows = noting.windows.lock().expect("no panic").clone();
    assert_eq!(windows.len(), 3, "the first try and two repetitions");
    for window in windows {
        // Five seconds to connect, and five more: a body that is asked for later is sealed.
        assert!(window.is_some_and(|window| window <= Duration::from_secs(10)), "{window:?}");
    }
}
