//! A bulk as a program runs it: what its listener may do, what dropping it loses, and that the sum holds at every moment.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bootpay_core::bulk::{
    Bulk, BulkFile, BulkListener, BulkOptions, BulkPhase, BulkProgress, BulkStop, BulkStopReason, BulkSum, RowState,
};
use bootpay_core::{BootpayError, BulkId, IntentQuery};
use bootpay_sandbox::{Fault, NewReceipt, Operation};
use bootpay_tests::{Merchant, Setup};

async fn merchant() -> Merchant {
    Merchant::new(Setup { patience: Duration::from_secs(20), ..Setup::v1() }).await.expect("a sandbox")
}

fn full(merchant: &Merchant, rows: usize) -> Bulk {
    let mut table = "receipt_id,amount\n".to_owned();
    for _ in 0..rows {
        let receipt = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
        table += &format!("{receipt},full\n");
    }
    merchant.bootpay.bulk(BulkFile::read(table.as_bytes()).expect("a file"))
}

fn quickly(bulk: &Bulk) -> BulkOptions {
    let mut options = BulkOptions::new(bulk.id().clone());
    options.per_second = 200.0;
    options.most_per_second = 200.0;
    options.tell_every = Duration::from_millis(20);
    options
}

fn holds(sum: &BulkSum) {
    let parts = RowState::ALL.map(|state| sum.part(state));
    assert_eq!(sum.planned.rows, parts.iter().map(|part| part.rows).sum::<u64>(), "{sum:?}");
    assert_eq!(sum.planned.won.get(), parts.iter().map(|part| part.won.get()).sum::<u64>(), "{sum:?}");
    assert_eq!(sum.planned.unpriced, parts.iter().map(|part| part.unpriced).sum::<u64>(), "{sum:?}");
}

/// Keeps what it hears.
#[derive(Default)]
struct Heard(Mutex<Vec<BulkProgress>>);

impl BulkListener for Heard {
    fn progress(&self, progress: BulkProgress) {
        self.0.lock().expect("a lock").push(progress);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sum_holds_whenever_it_is_told_and_the_last_word_is_the_report() {
    let merchant = merchant().await;
    let bulk = full(&merchant, 60);
    let heard = Arc::new(Heard::default());
    let report = bulk.run(quickly(&bulk), Some(Arc::clone(&heard) as _), BulkStop::new()).await.expect("a run");
    assert_eq!((report.stopped, report.sum.cancelled.rows), (None, 60));
    let heard = heard.0.lock().expect("a lock").clone();
    heard.iter().for_each(|progress| holds(&progress.sum));
    let last = heard.last().expect("a last word");
    assert_eq!((last.phase, last.sum), (BulkPhase::Finished, report.sum));
    assert!(heard.windows(2).all(|two| two[0].sum.cancelled.won <= two[1].sum.cancelled.won), "money moves one way");
    assert_eq!(bulk.status().await.expect("the journal"), report.sum);
}

/// Stops its own run, and asks the client and the bulk from inside, blocking its thread meanwhile.
struct Meddler {
    bulk: OnceLock<Bulk>,
    merchant: bootpay_core::Bootpay,
    runtime: tokio::runtime::Handle,
    stop: BulkStop,
    heard: AtomicUsize,
}

impl BulkListener for Meddler {
    fn progress(&self, progress: BulkProgress) {
        self.heard.fetch_add(1, Ordering::SeqCst);
        let bulk = self.bulk.get().expect("a bulk");
        let sum = self.runtime.block_on(bulk.status()).expect("the journal");
        holds(&sum);
        let open = self.runtime.block_on(self.merchant.intents(IntentQuery { open: true, ..IntentQuery::default() }));
        assert!(open.is_ok());
        if progress.sum.cancelled.rows >= 5 {
            self.stop.stop();
        }
    }
}

#[tokio::test]
async fn a_listener_may_stop_its_run_and_ask_the_client_from_inside_on_a_single_thread_too() {
    let merchant = merchant().await;
    let bulk = full(&merchant, 200);
    let stop = BulkStop::new();
    let meddler = Arc::new(Meddler {
        bulk: OnceLock::from(bulk.clone()),
        merchant: merchant.bootpay.clone(),
        runtime: tokio::runtime::Handle::current(),
        stop: stop.clone(),
        heard: AtomicUsize::new(0),
    });
    let mut options = quickly(&bulk);
    options.per_second = 50.0;
    let run = bulk.run(options, Some(Arc::clone(&meddler) as _), stop);
    let report = tokio::time::timeout(Duration::from_secs(60), run).await.expect("no deadlock").expect("a run");
    assert_eq!(report.stopped, Some(BulkStopReason::Asked));
    holds(&report.sum);
    assert!(report.sum.cancelled.rows >= 5 && report.sum.remaining.rows > 0, "{report:?}");
    assert_eq!(report.sum.unknown.rows, 0, "what was on its way has ended");
    assert!(meddler.heard.load(Ordering::SeqCst) > 1);
}

struct Panics;

impl BulkListener for Panics {
    fn progress(&self, _: BulkProgress) {
        panic!("a listener of somebody's");
    }
}

struct Sleeps;

impl BulkListener for Sleeps {
    fn progress(&self, _: BulkProgress) {
        std::thread::sleep(Duration::from_secs(60));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_panics_or_never_returns_ends_nothing() {
    let merchant = merchant().await;
    for listener in [Arc::new(Panics) as Arc<dyn BulkListener>, Arc::new(Sleeps)] {
        let bulk = full(&merchant, 20);
        let run = bulk.run(quickly(&bulk), Some(listener), BulkStop::new());
        let report = tokio::time::timeout(Duration::from_secs(50), run).await.expect("an end").expect("a run");
        assert_eq!((report.stopped, report.sum.cancelled.rows), (None, 20));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_dropped_loses_nothing_and_the_next_repeats_nothing() {
    let merchant = merchant().await;
    let bulk = full(&merchant, 80);
    merchant.sandbox.fault(Fault::on(Operation::Cancel).latency(Duration::from_millis(200)).times(20));
    let mut options = quickly(&bulk);
    options.per_second = 100.0;
    let dropped = tokio::time::timeout(Duration::from_millis(300), bulk.run(options, None, BulkStop::new())).await;
    assert!(dropped.is_err(), "it was not over");
    let report = bulk.run(quickly(&bulk), None, BulkStop::new()).await.expect("a run");
    assert_eq!((report.stopped, report.sum.cancelled.rows, report.sum.unknown.rows), (None, 80, 0));
    assert_eq!(merchant.sandbox.ledger().len(), 80);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_plan_is_refused_before_anything_is_sent() {
    let merchant = merchant().await;
    let bulk = full(&merchant, 1);
    let other = BulkId::new("0".repeat(32)).expect("an id");
    let error = bulk.run(BulkOptions::new(other), None, BulkStop::new()).await.expect_err("another plan");
    assert!(matches!(error, BootpayError::InvalidInput(ref input) if input.field() == "plan"), "{error}");
    let mut wrong = quickly(&bulk);
    wrong.most_per_second = f64::NAN;
    let error = bulk.run(wrong, None, BulkStop::new()).await.expect_err("no rate");
    assert!(matches!(error, BootpayError::InvalidInput(_)), "{error}");
    assert_eq!(merchant.sandbox.count(Operation::Cancel), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_before_the_start_begins_nothing() {
    let merchant = merchant().await;
    let bulk = full(&merchant, 5);
    let stop = BulkStop::new();
    stop.stop();
    let report = bulk.run(quickly(&bulk), None, stop).await.expect("a run");
    assert_eq!((report.stopped, report.sum.remaining.rows), (Some(BulkStopReason::Asked), 5));
    assert_eq!(merchant.sandbox.count(Operation::Cancel), 0);
}

/// What stands in the journal decides, and not which process began it: here the other process is alive and slow.
#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_holds_is_left_to_them_and_seen_to_at_the_end() {
    let merchant = merchant().await;
    let bulk = full(&merchant, 5);
    let other = merchant.another(&Setup { patience: Duration::from_secs(20), ..Setup::v1() }).expect("a client");
    let held = merchant.bootpay.bulk(bulk.file().clone());
    assert_eq!(held.id(), bulk.id());
    // The first request to arrive is answered late; it is the other client's.
    merchant.sandbox.fault(Fault::on(Operation::Cancel).latency(Duration::from_millis(2_500)));
    let slow = other.bulk(bulk.file().clone());
    let mut one = quickly(&bulk);
    one.most_in_flight = 1;
    let theirs = tokio::spawn(async move { slow.run(one, None, BulkStop::new()).await });
    while merchant.sandbox.count(Operation::Cancel) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let ours = bulk.run(quickly(&bulk), None, BulkStop::new()).await.expect("a run");
    let theirs = theirs.await.expect("a task").expect("a run");
    for report in [ours, theirs] {
        assert_eq!((report.stopped, report.sum.cancelled.rows), (None, 5));
    }
    assert_eq!((merchant.sandbox.ledger().len(), merchant.sandbox.count(Operation::Cancel)), (5, 5));
}
