//! What stands between the machine and the world, where the order of two questions or of two records decides about money.
//! Each of these was found, or is guarded, by a seed of the simulation; here it is by itself.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bootpay_core::protocol::{Admission, Proposal};
use bootpay_core::{
    Bootpay, BootpayError, CancelAmount, CancelOutcome, CancelRequest, Cancellation, Change, Changed, Clock,
    Credentials, Decision, Dialect, Evidence, Exchange, Intent, IntentId, IntentKey, IntentQuery, IntentState, Journal,
    JournalChoice, JournalError, Limits, MemoryJournal, MoneyIsBack, OwnerId, Secret, Settlement, Transport,
    UnixMillis, Unreachable, UnreachableCause, WireAnswer, WireRequest,
};
use serde_json::json;

const RECEIPT: &str = "5df6e8034f74b4002177e0bb";

type Meanwhile = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Answers in the order in which they were written down, each after what happens meanwhile.
#[derive(Default)]
struct Scripted(Mutex<VecDeque<(Option<Meanwhile>, Exchange)>>);

impl Scripted {
    fn then(self, exchange: Exchange) -> Self {
        self.0.lock().unwrap().push_back((None, exchange));
        self
    }

    fn after(self, meanwhile: impl Future<Output = ()> + Send + 'static, exchange: Exchange) -> Self {
        self.0.lock().unwrap().push_back((Some(Box::pin(meanwhile)), exchange));
        self
    }
}

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scripted")
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn exchange(&self, _: WireRequest, _: Option<Secret>, _: Limits) -> Exchange {
        let (meanwhile, exchange) = self.0.lock().unwrap().pop_front().expect("no further request is made");
        if let Some(meanwhile) = meanwhile {
            meanwhile.await;
        }
        exchange
    }
}

/// A clock on which no time passes but what a test sets.
#[derive(Debug, Default)]
struct Still(AtomicI64);

impl Clock for Still {
    fn wall(&self) -> UnixMillis {
        UnixMillis(1_700_000_000_000 + self.0.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::ready(()))
    }
}

/// v2's answer: the receipt, of which so much is cancelled.
fn receipt_with(cancelled: u64) -> Exchange {
    let body = json!({
        "receipt_id": RECEIPT, "price": 10_000, "cancelled_price": cancelled,
        "status": if cancelled == 10_000 { 20 } else { 1 },
    });
    Exchange::Answered(WireAnswer { status: 200, retry_after: None, body: body.to_string().into_bytes() })
}

fn because(cause: UnreachableCause) -> Unreachable {
    Unreachable { cause, detail: "as the test says".to_owned() }
}

fn no_answer() -> Exchange {
    Exchange::NoAnswer(because(UnreachableCause::TimedOut))
}

fn not_sent() -> Exchange {
    Exchange::NotSent(because(UnreachableCause::Connect))
}

fn client(name: &str, journal: Arc<dyn Journal>, clock: &Arc<Still>, transport: Scripted) -> Bootpay {
    Bootpay::builder(Credentials::basic(name, "secret-key").expect("a pair"))
        .base_url("http://127.0.0.1:9")
        .dialect(Dialect::V2)
        .nobody_else_cancels()
        .clock(Arc::clone(clock) as _)
        .transport(Arc::new(transport))
        .journal(JournalChoice::Custom(journal))
        .build()
        .expect("a client")
}

/// Another process empties the receipt while the open partial's is being looked up.
async fn somebody_cancels_everything(journal: Arc<MemoryJournal>) {
    let open = journal.find(IntentQuery::default()).await.unwrap().pop().expect("the partial's intent");
    let (owner, now) = (OwnerId("elsewhere".into()), open.updated_at);
    let proposal = Proposal {
        environment: open.environment.clone(),
        scope: open.scope.clone(),
        receipt_id: open.receipt_id.clone(),
        key: IntentKey::Receipt,
        amount: CancelAmount::Full { expected_remaining: None },
        to_account: false,
        account_mark: None,
        bulk: None,
        owner: owner.clone(),
        now,
        lease_until: now.plus(Duration::from_secs(200)),
    };
    let Ok(Admission::Admitted(full)) = journal.admit(proposal).await else { panic!("a full cancel may supersede") };
    let sending = Change::Sending {
        totals_before: None,
        deadline: now.plus(Duration::from_secs(70)),
        lease_until: now.plus(Duration::from_secs(100)),
        body_mark: None,
    };
    let figures = json!({ "receipt_id": RECEIPT, "remain_price": 0, "cancelled_price": 10_000 });
    let settled = Change::Settled(Box::new(Settlement {
        already: false,
        evidence: Evidence::Answered,
        money_is_back: MoneyIsBack::Yes,
        cancellation: serde_json::from_value::<Cancellation>(figures).unwrap(),
        mismatches: Vec::new(),
        http_status: Some(200),
        message: None,
    }));
    for change in [sending, settled] {
        assert!(matches!(journal.change(&full.id, &owner, change, now).await, Ok(Changed::Done(_))));
    }
}

#[tokio::test]
async fn what_was_admitted_while_the_ledger_answered_is_not_taken_for_ours() {
    let journal = Arc::new(MemoryJournal::new());
    let transport = Scripted::default()
        .then(receipt_with(0))
        .then(no_answer())
        .then(receipt_with(0))
        .after(somebody_cancels_everything(Arc::clone(&journal)), receipt_with(10_000));
    let bootpay = client("client-key", journal, &Arc::default(), transport);

    let first = bootpay.cancel(CancelRequest::partial(RECEIPT, 10_000).cancel_id("refund-1")).await;
    assert!(matches!(first, Ok(CancelOutcome::Unknown(_))), "{first:?}");
    let again = bootpay.reconcile("refund-1").await;
    assert!(matches!(again, Ok(CancelOutcome::Unknown(_))), "the growth is the full cancel's: {again:?}");
}

/// What a journal does wrong from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Trouble {
    #[default]
    None,
    /// Loses the task that waits for the record "sending", once it is written.
    LosesWhoeverSends,
    /// Loses the task that takes an intent over, once it is written.
    LosesWhoeverTakesOver,
    /// Takes nothing over.
    TakesNothingOver,
    /// Takes over, and admits nothing after that.
    FallsSilentAfterTakingOver,
    /// Lists nothing.
    ListsNothing,
}

#[derive(Debug, Default)]
struct Troubled {
    journal: MemoryJournal,
    trouble: Mutex<Trouble>,
}

impl Troubled {
    fn now(&self, trouble: Trouble) {
        *self.trouble.lock().unwrap() = trouble;
    }

    fn trouble(&self) -> Trouble {
        *self.trouble.lock().unwrap()
    }
}

#[async_trait]
impl Journal for Troubled {
    async fn admit(&self, proposal: Proposal) -> Result<Admission, JournalError> {
        let left = self.journal.find(IntentQuery { open: true, ..IntentQuery::default() }).await?;
        let taken_over = left.iter().any(|intent| intent.state == IntentState::Unknown);
        match self.trouble() {
            Trouble::FallsSilentAfterTakingOver if taken_over => Err(JournalError::Read("silent".to_owned())),
            _ => self.journal.admit(proposal).await,
        }
    }

    async fn change(
        &self,
        id: &IntentId,
        by: &OwnerId,
        change: Change,
        now: UnixMillis,
    ) -> Result<Changed, JournalError> {
        let (sends, takes_over) =
            (matches!(change, Change::Sending { .. }), matches!(change, Change::TakenOver { .. }));
        if takes_over && self.trouble() == Trouble::TakesNothingOver {
            return Err(JournalError::Write("no".to_owned()));
        }
        let changed = self.journal.change(id, by, change, now).await;
        match self.trouble() {
            Trouble::LosesWhoeverSends if sends => std::panic::resume_unwind(Box::new("lost")),
            Trouble::LosesWhoeverTakesOver if takes_over => std::panic::resume_unwind(Box::new("lost")),
            _ => changed,
        }
    }

    async fn find(&self, query: IntentQuery) -> Result<Vec<Intent>, JournalError> {
        match self.trouble() {
            Trouble::ListsNothing => Err(JournalError::Read("silent".to_owned())),
            _ => self.journal.find(query).await,
        }
    }

    fn place(&self) -> String {
        self.journal.place()
    }
}

/// Whoever recovers the intent may repeat it under the declaration, so "it moved no money" would not stay true.
#[tokio::test]
async fn a_task_that_is_lost_while_sending_is_recorded_leaves_an_unknown_and_no_error() {
    let journal = Arc::new(Troubled::default());
    journal.now(Trouble::LosesWhoeverSends);
    let bootpay = client("client-key", journal, &Arc::default(), Scripted::default());
    let seen = bootpay.cancel(CancelRequest::full(RECEIPT)).await;
    assert!(matches!(&seen, Ok(CancelOutcome::Unknown(_))), "{seen:?}");
    let open = bootpay.intents(IntentQuery { open: true, ..IntentQuery::default() }).await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].state, IntentState::Sending);
}

/// One receipt, one `cancel_id`, two pairs of credentials: the generation that is open is the one to reconcile.
#[tokio::test]
async fn a_handle_finds_the_open_generation_whichever_credentials_sent_it() {
    let journal = Arc::new(MemoryJournal::new());
    let refund = || CancelRequest::partial(RECEIPT, 3_000).cancel_id("refund-1");
    let never = Scripted::default().then(receipt_with(0)).then(not_sent()).then(not_sent()).then(not_sent());
    let first = client("client-key", Arc::clone(&journal) as _, &Arc::default(), never.then(receipt_with(0)));
    let lost = Scripted::default().then(receipt_with(0)).then(no_answer()).then(receipt_with(0));
    let second = client("another-key", journal, &Arc::default(), lost);

    assert!(matches!(first.cancel(refund()).await, Err(BootpayError::NotSent(_))));
    assert!(matches!(second.cancel(refund()).await, Ok(CancelOutcome::Unknown(_))));
    let seen = first.reconcile("refund-1").await;
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))), "it may have moved money: {seen:?}");
}

#[tokio::test]
async fn a_handle_finds_the_newest_generation_although_the_clock_was_set_back() {
    let clock = Arc::new(Still::default());
    let refund = || CancelRequest::partial(RECEIPT, 3_000).cancel_id("refund-1");
    let transport = Scripted::default().then(receipt_with(0)).then(not_sent()).then(not_sent()).then(not_sent());
    let transport = transport.then(receipt_with(0)).then(receipt_with(3_000));
    let bootpay = client("client-key", Arc::new(MemoryJournal::new()), &clock, transport);

    assert!(matches!(bootpay.cancel(refund()).await, Err(BootpayError::NotSent(_))));
    clock.0.store(-3_600_000, Ordering::SeqCst);
    assert!(matches!(bootpay.cancel(refund()).await, Ok(CancelOutcome::Cancelled(_))));
    let seen = bootpay.reconcile("refund-1").await;
    assert!(matches!(seen, Ok(CancelOutcome::Cancelled(_))), "{seen:?}");
}

/// What the ledger has proved is told, and not the journal's failure afterwards.
#[tokio::test]
async fn what_is_settled_is_told_although_the_journal_falls_silent_then() {
    for cancelled in [0, 10_000] {
        let journal = Arc::new(Troubled::default());
        let falls_silent = Arc::clone(&journal);
        let transport = Scripted::default()
            .then(no_answer())
            .then(receipt_with(0))
            .after(async move { falls_silent.now(Trouble::ListsNothing) }, receipt_with(cancelled));
        let bootpay = client("client-key", journal, &Arc::default(), transport);
        let first = bootpay.cancel(CancelRequest::full(RECEIPT).cancel_id("refund-1")).await;
        assert!(matches!(first, Ok(CancelOutcome::Unknown(_))), "{first:?}");
        match (cancelled, bootpay.reconcile("refund-1").await) {
            (0, Ok(CancelOutcome::Unknown(_))) | (10_000, Ok(CancelOutcome::Cancelled(_))) => {}
            (_, other) => panic!("{cancelled} won are cancelled: {other:?}"),
        }
    }
}

/// A second click is about the same refund, which may have moved money however this call ends.
#[tokio::test]
async fn a_click_on_an_unknown_is_unknown_although_its_task_is_lost_or_the_journal_falls_silent() {
    for silent in [false, true] {
        let journal = Arc::new(Troubled::default());
        let transport = Scripted::default().then(no_answer()).then(receipt_with(0));
        let bootpay = client("client-key", Arc::clone(&journal) as _, &Arc::default(), transport);
        let first = bootpay.cancel(CancelRequest::full(RECEIPT)).await;
        assert!(matches!(first, Ok(CancelOutcome::Unknown(_))), "{first:?}");
        journal.now(if silent { Trouble::ListsNothing } else { Trouble::None });
        // Where the journal speaks, there is a lookup, which panics: nothing more was written down for it.
        let again = bootpay.cancel(CancelRequest::full(RECEIPT)).await;
        assert!(matches!(again, Ok(CancelOutcome::Unknown(_))), "silent: {silent}: {again:?}");
    }
}

/// A second click finds what a lost task left behind "sending", and cannot take it over, or cannot go on from there.
#[tokio::test]
async fn a_click_on_what_was_left_sending_is_unknown_although_its_task_is_lost_or_the_journal_fails() {
    let troubles = [Trouble::TakesNothingOver, Trouble::FallsSilentAfterTakingOver, Trouble::LosesWhoeverTakesOver];
    let requests = [CancelRequest::full(RECEIPT), CancelRequest::partial(RECEIPT, 3_000).cancel_id("refund-1")];
    for (trouble, request) in troubles.iter().flat_map(|trouble| requests.iter().map(move |request| (trouble, request)))
    {
        let journal = Arc::new(Troubled::default());
        journal.now(Trouble::LosesWhoeverSends);
        let transport = Scripted::default().then(receipt_with(0)).then(receipt_with(0));
        let bootpay = client("client-key", Arc::clone(&journal) as _, &Arc::default(), transport);
        let first = bootpay.cancel(request.clone()).await;
        assert!(matches!(first, Ok(CancelOutcome::Unknown(_))), "{first:?}");

        journal.now(*trouble);
        let again = bootpay.cancel(request.clone()).await;
        let Ok(CancelOutcome::Unknown(unknown)) = again else { panic!("{trouble:?}: {again:?}") };
        let first = first.expect("unknown");
        assert_eq!(unknown.intent.cancel_id, first.intent().cancel_id);
    }
}

/// A person decides too early, and the call waits until it is late enough: the decision is no younger for that.
#[tokio::test]
async fn a_decision_that_waited_for_the_receipt_is_as_old_as_its_call() {
    let clock = Arc::new(Still::default());
    let later = Arc::clone(&clock);
    let an_hour_passes = async move {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        later.0.store(3_600_000, Ordering::SeqCst);
    };
    let transport = Scripted::default()
        .then(no_answer())
        .then(receipt_with(0))
        .after(an_hour_passes, receipt_with(0))
        .then(receipt_with(0))
        .then(receipt_with(0));
    let bootpay = client("client-key", Arc::new(MemoryJournal::new()), &clock, transport);
    let first = bootpay.cancel(CancelRequest::full(RECEIPT).cancel_id("refund-1")).await;
    assert!(matches!(first, Ok(CancelOutcome::Unknown(_))), "{first:?}");

    let too_early = async {
        for _ in 0..5 {
            tokio::task::yield_now().await;
        }
        bootpay.resolve("refund-1", Decision::NotCancelled, "kim").await
    };
    let (looked_up, decided) = tokio::join!(bootpay.reconcile("refund-1"), too_early);
    assert!(matches!(looked_up, Ok(CancelOutcome::Unknown(_))), "{looked_up:?}");
    assert_eq!(decided.expect_err("it was decided an hour ago").kind(), "conflict.too_early_to_decide");
    let again = bootpay.resolve("refund-1", Decision::NotCancelled, "kim").await;
    assert_eq!(again.expect("decided now").state, IntentState::NotCancelled);
}
