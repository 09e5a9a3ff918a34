//! Stalls, and journals that fail or panic at any of their calls, before or after they did what they were asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bootpay_core::protocol::{Admission, Proposal};
use bootpay_core::{
    BootpayError, CancelOutcome, CancelRequest, Change, Changed, Decision, Intent, IntentId, IntentQuery, IntentState,
    Journal, JournalChoice, JournalError, MemoryJournal, OwnerId, UnixMillis,
};
use bootpay_sandbox::{Fault, NewReceipt, Operation};
use bootpay_tests::{Merchant, Setup};

/// A call that sent, stalled, and found its intent decided meanwhile does not end in an error "nothing was sent".
#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_call_that_moved_money_does_not_end_in_an_error() {
    for amount in [None, Some(3_000)] {
        let m = Merchant::new(Setup::v1().patient()).await.expect("a sandbox");
        let r = m.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
        m.sandbox.set_lookup_lag(Duration::from_secs(86_400));
        m.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset().latency(Duration::from_secs(1)));
        let request = match amount {
            None => CancelRequest::full(&r).cancel_id("a"),
            Some(won) => CancelRequest::partial(&r, won).cancel_id("a"),
        };
        let (b, q) = (m.bootpay.clone(), request.clone());
        let stalled = tokio::spawn(async move { b.cancel(q).await });
        while m.sandbox.count(Operation::Cancel) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // The lookup after the lost answer hangs for the first process: that is where it stalls.
        m.sandbox.fault(Fault::on(Operation::Lookup).times(1).latency(Duration::from_secs(5)));
        let before = m.sandbox.count(Operation::Lookup);
        while m.sandbox.count(Operation::Lookup) == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        m.clock.advance(Duration::from_secs(20 * 60));
        let other = m.another(&m.setup).expect("a client");
        let decided = other.resolve("a", Decision::NotCancelled, "kim").await;
        let seen = stalled.await.expect("no panic");
        assert!(decided.is_ok(), "set-up: {decided:?}");
        let moved = m.moved(&r);
        assert_eq!(moved.len(), 1);
        assert!(seen.is_ok(), "{amount:?}: an error, and this very call moved {moved:?}: {}", seen.unwrap_err());
    }
}

/// A journal that fails at its nth call, before or after it did what it was asked.
#[derive(Debug)]
struct Failing {
    inner: MemoryJournal,
    nth: usize,
    after: bool,
    panics: bool,
    calls: AtomicUsize,
}

impl Failing {
    fn strikes(&self) -> bool {
        self.calls.fetch_add(1, Ordering::SeqCst) + 1 == self.nth
    }
    fn fail<T>(&self) -> Result<T, JournalError> {
        assert!(!self.panics, "a journal that panics");
        Err(JournalError::Write("disk".into()))
    }
}

#[async_trait::async_trait]
impl Journal for Failing {
    async fn admit(&self, p: Proposal) -> Result<Admission, JournalError> {
        match (self.strikes(), self.after) {
            (false, _) => self.inner.admit(p).await,
            (true, false) => self.fail(),
            (true, true) => {
                let _ = self.inner.admit(p).await;
                self.fail()
            }
        }
    }
    async fn change(&self, id: &IntentId, by: &OwnerId, c: Change, now: UnixMillis) -> Result<Changed, JournalError> {
        match (self.strikes(), self.after) {
            (false, _) => self.inner.change(id, by, c, now).await,
            (true, false) => self.fail(),
            (true, true) => {
                let _ = self.inner.change(id, by, c, now).await;
                self.fail()
            }
        }
    }
    async fn find(&self, q: IntentQuery) -> Result<Vec<Intent>, JournalError> {
        self.inner.find(q).await
    }
    fn place(&self) -> String {
        "failing".into()
    }
}

/// Whatever journal call fails (before or after its effect, by error or by panic), whatever the fault: no error
/// hides a movement, nothing moves twice, and a movement that nobody answered for is open in the journal.
#[tokio::test(flavor = "multi_thread")]
async fn a_failing_journal_hides_no_movement() {
    let faults: Vec<(&str, Option<Fault>)> = vec![
        ("none", None),
        ("lost", Some(Fault::on(Operation::Cancel).after_money().reset())),
        ("before", Some(Fault::on(Operation::Cancel).before_money().reset())),
        ("401", Some(Fault::on(Operation::Cancel).before_money().expired_token())),
        ("lost twice", Some(Fault::on(Operation::Cancel).after_money().reset().times(2))),
    ];
    let mut tasks = vec![];
    for honours in [false, true] {
        for (name, fault) in &faults {
            for amount in [None, Some(3_000)] {
                for nth in 1..=7 {
                    for (after, panics) in [(false, false), (true, false), (true, true), (false, true)] {
                        let (name, fault) = (name.to_string(), fault.clone());
                        tasks.push(tokio::spawn(async move {
                            let sandbox = bootpay_sandbox::Sandbox::start().await.expect("a sandbox");
                            let r = sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
                            if let Some(fault) = fault { sandbox.fault(fault) }
                            let journal = Arc::new(Failing { inner: MemoryJournal::new(), nth, after, panics, calls: AtomicUsize::new(0) });
                            let b = Setup { honours_cancel_id: honours, ..Setup::v1() }
                                .builder(&sandbox.base_url()).expect("valid")
                                .journal(JournalChoice::Custom(Arc::clone(&journal) as _)).build().expect("a client");
                            let request = match amount { None => CancelRequest::full(&r), Some(w) => CancelRequest::partial(&r, w).cancel_id("a") };
                            for round in 0..2 {
                                let before = sandbox.movements(&r).len();
                                let seen = tokio::time::timeout(Duration::from_secs(20), async {
                                    if round == 0 { b.cancel(request.clone()).await } else {
                                        let id = journal.inner.find(IntentQuery::default()).await.expect("memory").pop().map(|i| i.cancel_id.as_str().to_owned());
                                        match id { Some(id) => b.reconcile(id).await, None => Err(BootpayError::Internal("none".into())) }
                                    }
                                }).await.expect("no hang");
                                let moved = sandbox.movements(&r).len();
                                let c = format!("{name} {amount:?} nth {nth} after {after} panics {panics} honours {honours} round {round}: {seen:?}");
                                assert!(moved <= 1, "twice: {c}");
                                if seen.is_err() { assert_eq!(moved, before, "error hides: {c}") }
                                if matches!(seen, Ok(CancelOutcome::Cancelled(_))) { assert_eq!(moved, 1, "cancelled without: {c}") }
                                let known = journal.inner.find(IntentQuery::default()).await.expect("memory").iter()
                                    .any(|i| i.state.is_open() || i.state == IntentState::Cancelled);
                                if moved == 1 { assert!(known, "lost: {c}") }
                            }
                        }));
                    }
                }
            }
        }
    }
    let mut bad = vec![];
    for t in tasks {
        if let Err(e) = t.await {
            bad.push(format!("{e}"))
        }
    }
    assert!(bad.is_empty(), "{} bad", bad.len());
}

/// A click that meets an unknown intent and a journal that fails names that intent (law 1).
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_fails_on_the_claim_does_not_hide_the_unknown() {
    let sandbox = bootpay_sandbox::Sandbox::start().await.expect("a sandbox");
    let r = sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    sandbox.fault(Fault::on(Operation::Cancel).after_money().times(1).reset());
    sandbox.fault(Fault::on(Operation::Cancel).before_money().times(2).reset());
    // admit, 3 sendings, unknown = 5; then admit 6, unknown 7, claim 8
    let journal = Arc::new(Failing {
        inner: MemoryJournal::new(),
        nth: 8,
        after: false,
        panics: false,
        calls: AtomicUsize::new(0),
    });
    let b = Setup { honours_cancel_id: true, ..Setup::v1() }
        .builder(&sandbox.base_url())
        .expect("valid")
        .journal(JournalChoice::Custom(Arc::clone(&journal) as _))
        .build()
        .expect("a client");
    let request = || CancelRequest::partial(&r, 3_000).cancel_id("part-1");
    assert!(matches!(b.cancel(request()).await, Ok(CancelOutcome::Unknown(_))));
    let seen = b.cancel(request()).await;
    match seen {
        Ok(_) => {}
        Err(error) => assert!(
            format!("{error:?}").contains("part-1"),
            "the money moved before, and the error does not say so: {error:?}"
        ),
    }
}
