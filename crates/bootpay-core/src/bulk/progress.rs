//! Telling how a run goes, and stopping it.
//!
//! A listener is called from a thread of its own and never from inside the run: it may block, stop the run, or ask the client
//! something, and the run neither waits for it nor deadlocks with it. Where it is slow, it misses figures, not rows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::sum::BulkSum;

/// How a run goes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BulkProgress {
    /// What the run does now.
    pub phase: BulkPhase,
    /// How the rows stand.
    pub sum: BulkSum,
    /// Rows of this process that are on their way.
    pub in_flight: u32,
    /// Rows answered per second, over the last ten seconds.
    pub per_second: f64,
    /// The rate at which rows may be begun.
    pub allowed_per_second: f64,
    /// How long this run has taken.
    pub elapsed: Duration,
    /// How long the remaining rows take at the present rate, as far as that can be told.
    pub left: Option<Duration>,
    /// Whether nothing new is begun any more.
    pub stopping: bool,
}

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BulkPhase {
    /// Reads in the journal what earlier runs did.
    Listing,
    /// Cancels.
    Cancelling,
    /// Waits for rows that others hold, or for the time between two partial cancels of a receipt.
    Waiting,
    /// Looks unknown rows up.
    Reconciling,
    /// Sums up.
    Summing,
    /// Is over.
    Finished,
}

impl BulkPhase {
    /// A stable name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Listing => "listing",
            Self::Cancelling => "cancelling",
            Self::Waiting => "waiting",
            Self::Reconciling => "reconciling",
            Self::Summing => "summing",
            Self::Finished => "finished",
        }
    }
}

/// Hears how a run goes.
pub trait BulkListener: Send + Sync {
    /// Called a few times per second, one call at a time, on a thread of its own. The last call's phase is
    /// [`BulkPhase::Finished`]. A panic ends the telling, and nothing else.
    fn progress(&self, progress: BulkProgress);
}

/// Stops a run: what is on its way ends, and nothing new is begun. Clones stop the same run.
#[derive(Clone, Debug, Default)]
pub struct BulkStop {
    inner: Arc<Stop>,
}

#[derive(Debug, Default)]
struct Stop {
    asked: AtomicBool,
    heard: Notify,
}

impl BulkStop {
    /// One that has not been used.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the run. May be called at any time, from any thread, more than once, from a listener too.
    pub fn stop(&self) {
        self.inner.asked.store(true, Ordering::SeqCst);
        self.inner.heard.notify_waiters();
    }

    /// Whether it was called.
    pub fn is_stopped(&self) -> bool {
        self.inner.asked.load(Ordering::SeqCst)
    }

    /// Waits for the call.
    pub(super) async fn stopped(&self) {
        let heard = self.inner.heard.notified();
        let mut heard = std::pin::pin!(heard);
        // Enlisted before the flag is read, so that no call falls between.
        heard.as_mut().enable();
        if !self.is_stopped() {
            heard.await;
        }
    }
}

/// How long a run waits for its listener to hear the end.
const LAST_WORD: Duration = Duration::from_secs(2);

/// The way from a run to its listener.
pub(super) struct Teller {
    slot: Arc<Slot>,
    told: Option<tokio::sync::oneshot::Receiver<()>>,
}

#[derive(Default)]
struct Slot {
    next: Mutex<Next>,
    new: Condvar,
}

#[derive(Default)]
struct Next {
    progress: Option<BulkProgress>,
    over: bool,
}

impl Teller {
    pub(super) fn new(listener: Option<Arc<dyn BulkListener>>) -> Self {
        let slot = Arc::new(Slot::default());
        let Some(listener) = listener else { return Self { slot, told: None } };
        let (end, told) = tokio::sync::oneshot::channel();
        let theirs = Arc::clone(&slot);
        let thread = std::thread::Builder::new().name("bootpay-bulk".to_owned()).spawn(move || {
            // A listener's own panic must not end the process, whatever the host's language makes of it.
            let _ = catch_unwind(AssertUnwindSafe(|| theirs.tell(listener.as_ref())));
            let _ = end.send(());
        });
        // Without a thread nobody is told; the money does not wait for that.
        Self { slot, told: thread.is_ok().then_some(told) }
    }

    /// Replaces what has not been told yet.
    pub(super) fn tell(&self, progress: BulkProgress) {
        let mut next = self.slot.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.progress = Some(progress);
        drop(next);
        self.slot.new.notify_one();
    }

    /// Tells the last, and waits a moment until it has been heard.
    pub(super) async fn end(mut self, progress: BulkProgress) {
        self.tell(progress);
        let told = self.told.take();
        drop(self);
        if let Some(told) = told {
            let _ = tokio::time::timeout(LAST_WORD, told).await;
        }
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.slot.next.lock().unwrap_or_else(PoisonError::into_inner).over = true;
        self.slot.new.notify_one();
    }
}

impl Slot {
    fn tell(&self, listener: &dyn BulkListener) {
        loop {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let progress = loop {
                match next.progress.take() {
                    Some(progress) => break progress,
                    None if next.over => return,
                    None => next = self.new.wait(next).unwrap_or_else(PoisonError::into_inner),
                }
            };
            drop(next);
            listener.progress(progress);
        }
    }
}
