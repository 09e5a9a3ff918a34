//! What a lookup may not be taken for: growth that is not this intent's, ids that took effect elsewhere, declarations
//! that are over.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bootpay_core::protocol::{Admission, Proposal};
use bootpay_core::{
    CancelOutcome, CancelRequest, Change, Changed, Clock, Decision, Intent, IntentId, IntentQuery, Journal,
    JournalChoice, JournalError, MemoryJournal, OwnerId, SystemClock, UnixMillis,
};
use bootpay_sandbox::{CancelIdRule, CancelIdScope, Fault, NewReceipt, Operation, Sandbox};
use bootpay_tests::{Merchant, Setup, TestClock};

async fn merchant(setup: Setup) -> (Merchant, String) {
    let merchant = Merchant::new(setup).await.expect("a sandbox and a journal");
    let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    (merchant, receipt_id)
}

fn cancelled(outcome: &Result<CancelOutcome, bootpay_core::BootpayError>) -> bool {
    matches!(outcome, Ok(CancelOutcome::Cancelled(_)))
}

/// Sole canceller; an inferred partial, then a ledger that lags: its growth settles the next one.
#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_lags_behind_an_inferred_partial_does_not_settle_the_next() {
    let (m, r) = merchant(Setup { sole_canceller: true, ..Setup::v1() }.patient()).await;
    m.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    assert!(cancelled(&m.bootpay.cancel(CancelRequest::partial(&r, 3_000).cancel_id("a")).await));
    m.sandbox.set_lookup_lag(Duration::from_secs(3600));
    m.sandbox.fault(Fault::on(Operation::Cancel).before_money().reset().latency(Duration::from_secs(2)));
    let (bootpay, request) = (m.bootpay.clone(), CancelRequest::partial(&r, 3_000).cancel_id("b"));
    let task = tokio::spawn(async move { bootpay.cancel(request).await });
    while m.sandbox.count(Operation::Cancel) < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    m.sandbox.set_lookup_lag(Duration::ZERO);
    let seen = task.await.expect("no panic");
    assert_eq!(m.moved(&r), [3_000]);
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))), "Cancelled, and b never moved: {seen:?}");
}

/// The same after a person declared the first one.
#[tokio::test(flavor = "multi_thread")]
async fn nor_behind_one_that_a_person_declared() {
    let (m, r) = merchant(Setup { sole_canceller: true, ..Setup::v1() }.patient()).await;
    m.sandbox.set_lookup_lag(Duration::from_secs(3600));
    m.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    let first = m.bootpay.cancel(CancelRequest::partial(&r, 3_000).cancel_id("a")).await;
    assert!(matches!(first, Ok(CancelOutcome::Unknown(_))), "{first:?}");
    m.bootpay.resolve("a", Decision::Cancelled, "kim").await.expect("a decision");
    m.sandbox.fault(Fault::on(Operation::Cancel).before_money().reset().latency(Duration::from_secs(2)));
    let (bootpay, request) = (m.bootpay.clone(), CancelRequest::partial(&r, 3_000).cancel_id("b"));
    let task = tokio::spawn(async move { bootpay.cancel(request).await });
    while m.sandbox.count(Operation::Cancel) < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    m.sandbox.set_lookup_lag(Duration::ZERO);
    let seen = task.await.expect("no panic");
    assert_eq!(m.moved(&r), [3_000]);
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))), "Cancelled, and b never moved: {seen:?}");
}

/// A full cancel of our own supersedes an open partial of all that remains: its movement is not the partial's.
#[tokio::test(flavor = "multi_thread")]
async fn the_superseding_full_cancels_movement_does_not_settle_the_open_partial() {
    let (m, r) = merchant(Setup { sole_canceller: true, ..Setup::v1() }).await;
    m.sandbox.fault(Fault::on(Operation::Cancel).before_money().reset());
    let part = m.bootpay.cancel(CancelRequest::partial(&r, 10_000).cancel_id("part")).await;
    assert!(matches!(part, Ok(CancelOutcome::Unknown(_))), "{part:?}");
    assert!(cancelled(&m.bootpay.cancel(r.as_str()).await));
    assert_eq!(m.moved(&r), [10_000]);
    let seen = m.bootpay.reconcile("part").await;
    assert!(!cancelled(&seen), "one movement, two intents Cancelled: {seen:?}");
}

/// "Not cancelled" is refused where the evidence already proves the opposite.
#[tokio::test(flavor = "multi_thread")]
async fn not_cancelled_is_refused_where_growth_proves_the_partial() {
    let (m, r) = merchant(Setup { sole_canceller: true, ..Setup::v1() }).await;
    m.sandbox.set_lookup_lag(Duration::from_secs(600));
    m.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    let seen = m.bootpay.cancel(CancelRequest::partial(&r, 3_000).cancel_id("a")).await;
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))), "{seen:?}");
    m.sandbox.set_lookup_lag(Duration::ZERO);
    m.clock.advance(Duration::from_secs(20 * 60));
    let decided = m.bootpay.resolve("a", Decision::NotCancelled, "kim").await;
    assert!(
        decided.is_err(),
        "the lookup made for the decision proves the movement: {:?}",
        decided.map(|i| i.totals_after)
    );
}

/// A merchant's own id that somebody used on another receipt is no proof that this refund took effect.
#[tokio::test(flavor = "multi_thread")]
async fn an_id_used_elsewhere_by_another_system_is_not_success() {
    let sandbox = Sandbox::builder().cancel_id_scope(CancelIdScope::Project).start().await.expect("a sandbox");
    let journal = Arc::new(bootpay_core::MemoryJournal::new());
    let clock = Arc::new(bootpay_tests::TestClock::default());
    let client = |journal: Arc<bootpay_core::MemoryJournal>| {
        Setup { honours_cancel_id: true, ..Setup::v1() }
            .builder(&sandbox.base_url())
            .expect("valid")
            .clock(Arc::clone(&clock) as _)
            .journal(JournalChoice::Custom(journal))
            .build()
            .expect("a client")
    };
    // Another system of the merchant's, without this journal (as an old script is), used "order-1" on another receipt.
    let other_receipt = sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    let old = client(Arc::new(bootpay_core::MemoryJournal::new()));
    assert!(cancelled(&old.cancel(CancelRequest::partial(&other_receipt, 2_000).cancel_id("order-1")).await));

    let r = sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    let bootpay = client(journal);
    sandbox.fault(Fault::on(Operation::Cancel).before_money().times(3).reset());
    let seen = bootpay.cancel(CancelRequest::partial(&r, 3_000).cancel_id("order-1")).await;
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))), "{seen:?}");
    clock.advance(Duration::from_secs(20 * 60));
    let seen = bootpay.reconcile("order-1").await;
    assert!(sandbox.movements(&r).is_empty());
    assert!(!cancelled(&seen), "nothing ever moved on this receipt: {seen:?}");
}

/// A wall clock that can be set back.
#[derive(Debug, Default)]
struct Wall {
    system: SystemClock,
    shift_ms: AtomicI64,
}

impl Clock for Wall {
    fn wall(&self) -> UnixMillis {
        UnixMillis(self.system.wall().0 + self.shift_ms.load(Ordering::SeqCst))
    }
    fn elapsed(&self) -> Duration {
        self.system.elapsed()
    }
    fn sleep(&self, duration: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        self.system.sleep(duration)
    }
}

/// A wall clock that ran ahead and is set right does not prolong the retention.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_back_does_not_prolong_the_retention() {
    let sandbox = Sandbox::builder().cancel_id_memory(Duration::from_secs(3600)).start().await.expect("a sandbox");
    let receipt_id = sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    let clock = Arc::new(Wall::default());
    clock.shift_ms.store(86_400_000, Ordering::SeqCst); // a day ahead
    let bootpay = Setup::v1()
        .builder(&sandbox.base_url())
        .expect("valid")
        .clock(Arc::clone(&clock) as _)
        .server_honours_cancel_id(Duration::from_secs(3600))
        .build()
        .expect("a client");
    sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    // Its repetitions never arrive.
    sandbox.fault(Fault::on(Operation::Cancel).before_money().reset());
    sandbox.fault(Fault::on(Operation::Cancel).before_money().reset());
    let seen = bootpay.cancel(CancelRequest::partial(&receipt_id, 3_000).cancel_id("a")).await;
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))), "{seen:?}");
    assert_eq!(sandbox.movements(&receipt_id).len(), 1);
    let sent = sandbox.count(Operation::Cancel);
    clock.shift_ms.store(7_200_000, Ordering::SeqCst);
    sandbox.advance(Duration::from_secs(7_200));
    let seen = bootpay.reconcile("a").await;
    assert_eq!(sandbox.count(Operation::Cancel), sent, "two hours later, one hour was declared: {seen:?}");
    assert_eq!(sandbox.movements(&receipt_id).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declaration_under_which_nothing_could_be_repeated_is_refused() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let builder = Setup::v1().builder(&sandbox.base_url()).expect("valid");
    for too_short in [Duration::from_millis(700), Duration::from_secs(15 * 60)] {
        let error = builder.clone().server_honours_cancel_id(too_short).build().expect_err("too short");
        assert_eq!(error.field(), Some("server_honours_cancel_id_for"));
    }
}

/// A clock on which every pause before a repetition takes an hour: the declaration runs out meanwhile.
#[derive(Debug, Default)]
struct Slow {
    system: SystemClock,
    shift_ms: AtomicI64,
}

impl Clock for Slow {
    fn wall(&self) -> UnixMillis {
        UnixMillis(self.system.wall().0 + self.shift_ms.load(Ordering::SeqCst))
    }
    fn elapsed(&self) -> Duration {
        self.system.elapsed()
    }
    fn sleep(&self, duration: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        // Time-outs are longer than that.
        if !duration.is_zero() && duration <= Duration::from_millis(500) {
            self.shift_ms.fetch_add(3_600_000, Ordering::SeqCst);
        }
        self.system.sleep(duration)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_repeated_after_the_retention_inside_one_call() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let receipt_id = sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    let bootpay = Setup::v1()
        .builder(&sandbox.base_url())
        .expect("valid")
        .clock(Arc::new(Slow::default()))
        .server_honours_cancel_id(Duration::from_secs(1_800))
        .build()
        .expect("a client");
    sandbox.fault(Fault::on(Operation::Cancel).before_money().reset());
    let seen = bootpay.cancel(CancelRequest::partial(&receipt_id, 3_000).cancel_id("a")).await;
    assert_eq!(sandbox.count(Operation::Cancel), 1, "{seen:?}");
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lookup_that_answers_for_another_receipt_settles_nothing() {
    let (m, r) = merchant(Setup::v1()).await;
    m.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    m.sandbox.fault(Fault::on(Operation::Lookup).always().other_receipt());
    let seen = m.bootpay.cancel(r.as_str()).await;
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))), "{seen:?}");
    assert_eq!(m.bootpay.receipt(&r).await.expect_err("another receipt").kind(), "lookup.bad_answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_to_an_account_is_never_repeated_without_the_account() {
    let m = Merchant::new(Setup { honours_cancel_id: true, ..Setup::v1() }).await.expect("a sandbox");
    let r = m.sandbox.add(NewReceipt::paid(10_000).virtual_account().cms_contract(true));
    m.sandbox.fault(Fault::on(Operation::Cancel).before_money().reset());
    let account = bootpay_core::RefundAccount::new("004", "66569112432134", "홍길동").expect("an account");
    let other = m.another(&Setup::v1()).expect("a client that declares nothing");
    let seen = other.cancel(CancelRequest::full(&r).cancel_id("a").refund_account(account)).await;
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))), "{seen:?}");
    m.sandbox.clear_faults();
    let seen = m.bootpay.reconcile("a").await;
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))), "{seen:?}");
    assert_eq!(m.sandbox.count(Operation::Cancel), 1);
}

/// Stalls while the claim is written: the retention must hold to the moment of the send.
#[derive(Debug)]
struct SlowClaim {
    inner: MemoryJournal,
    clock: Arc<TestClock>,
    by: Duration,
}
#[async_trait::async_trait]
impl Journal for SlowClaim {
    async fn admit(&self, p: Proposal) -> Result<Admission, JournalError> {
        self.inner.admit(p).await
    }
    async fn change(&self, id: &IntentId, by: &OwnerId, c: Change, now: UnixMillis) -> Result<Changed, JournalError> {
        if matches!(c, Change::Claimed { .. }) {
            self.clock.advance(self.by);
        }
        self.inner.change(id, by, c, now).await
    }
    async fn find(&self, q: IntentQuery) -> Result<Vec<Intent>, JournalError> {
        self.inner.find(q).await
    }
    fn place(&self) -> String {
        "slow".into()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_stalls_past_the_retention_sends_nothing() {
    let sandbox = bootpay_sandbox::Sandbox::start().await.expect("sandbox");
    let r = sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    let clock = Arc::new(TestClock::default());
    let journal = SlowClaim { inner: MemoryJournal::new(), clock: Arc::clone(&clock), by: Duration::from_secs(80) };
    let b = Setup::v1()
        .builder(&sandbox.base_url())
        .expect("ok")
        .clock(Arc::clone(&clock) as _)
        .server_honours_cancel_id(Duration::from_secs(3600))
        .journal(JournalChoice::Custom(Arc::new(journal)))
        .build()
        .expect("client");
    sandbox.set_lookup_lag(Duration::from_secs(86_400));
    sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    let _ = b.cancel(CancelRequest::partial(&r, 3_000).cancel_id("a")).await;
    let before = sandbox.count(Operation::Cancel);
    sandbox.set_cancel_id_rule(CancelIdRule::Ignore); // forgotten by now
    // A minute before the last moment at which a late request would still be remembered.
    clock.advance(Duration::from_secs(3600 - 15 * 60 - 22 - 60));
    let again = b.cancel(CancelRequest::partial(&r, 3_000).cancel_id("a")).await;
    let moved: Vec<u64> = sandbox.movements(&r).iter().map(|m| m.amount).collect();
    assert_eq!(
        (sandbox.count(Operation::Cancel) - before, moved),
        (0, vec![3_000]),
        "sent after the retention: {again:?}"
    );
}
