//! Telling the host's own language how a bulk goes.
//!
//! A listener is called on a thread of its own, never inside the run: one that blocks or fails holds nothing up. And none is
//! called once the library is shut down: a thread that enters an interpreter which goes away would abort the process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use crate::bulk::report::BulkProgress;
use crate::process::PerProcess;
use crate::runtime::block_on;

/// Hears how a run goes: a few times per second, one call at a time, on a thread of its own. It may block, stop the run, or
/// ask the client something; where it is slow, it misses figures, not rows. The last call's phase is `Finished`. One that
/// fails is told nothing more, and the run goes on.
#[uniffi::export(foreign)]
pub trait BulkListener: Send + Sync {
    /// How it goes now.
    fn progress(&self, progress: BulkProgress) -> Result<(), BulkListenerError>;
}

/// Hears how far a look-up is, as a `BulkListener` hears of a run.
#[uniffi::export(foreign)]
pub trait BulkLookupListener: Send + Sync {
    /// How many receipts were looked up, and of how many.
    fn looked_up(&self, receipts: u64, of: u64) -> Result<(), BulkListenerError>;
}

/// A listener that failed.
#[derive(Clone, Debug, thiserror::Error, uniffi::Error)]
pub enum BulkListenerError {
    /// It wants to be told nothing more. Nothing of why crosses.
    #[error("the listener failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for BulkListenerError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// A foreign listener as the core wants it.
pub(crate) struct Foreign {
    listener: Held<dyn BulkListener>,
    failed: AtomicBool,
}

impl Foreign {
    pub(crate) fn shared(listener: Arc<dyn BulkListener>) -> Arc<dyn bootpay_core::bulk::BulkListener> {
        Arc::new(Self { listener: Held(Some(listener)), failed: AtomicBool::new(false) })
    }
}

impl bootpay_core::bulk::BulkListener for Foreign {
    fn progress(&self, progress: bootpay_core::bulk::BulkProgress) {
        if !self.failed.load(Ordering::SeqCst) && !self.listener.told(|listener| listener.progress(progress.into())) {
            self.failed.store(true, Ordering::SeqCst);
        }
    }
}

/// How long a look-up waits for its listener to hear the end.
const LAST_WORD: Duration = Duration::from_secs(1);

/// What ends once a listener has heard the last, or a moment later: one that blocks holds nothing up for long.
pub(crate) struct LastWord(Option<oneshot::Receiver<()>>);

impl LastWord {
    pub(crate) async fn heard(self) {
        if let Some(heard) = self.0 {
            let _ = tokio::time::timeout(LAST_WORD, heard).await;
        }
    }
}

/// The way to a listener of a look-up, which is called on a thread of its own. Once the way is dropped, the last is told.
pub(crate) fn lookups(listener: Option<Arc<dyn BulkLookupListener>>) -> (impl Fn(u64, u64) + Send + 'static, LastWord) {
    let (tell, mut news) = watch::channel((0, 0));
    let mut last_word = LastWord(None);
    if let Some(listener) = listener {
        let (end, heard) = oneshot::channel();
        let listener = Held(Some(listener));
        let hear = move || {
            // Dropped when the thread ends, however it ends.
            let _end: oneshot::Sender<()> = end;
            while block_on(news.changed()).is_ok() {
                let (receipts, of) = *news.borrow_and_update();
                if !listener.told(|listener| listener.looked_up(receipts, of)) {
                    return;
                }
            }
        };
        // Without a thread nobody is told; the look-up does not wait for that.
        let thread = std::thread::Builder::new().name("bootpay-bulk".to_owned()).spawn(hear);
        last_word.0 = thread.is_ok().then_some(heard);
    }
    let way = move |receipts, of| {
        tell.send_replace((receipts, of));
    };
    (way, last_word)
}

/// A listener until it is let go of. That calls its language too: where nobody may any more, it is left.
struct Held<T: ?Sized>(Option<Arc<T>>);

impl<T: ?Sized> Held<T> {
    /// Calls it, and says whether it may be called again.
    fn told(&self, call: impl FnOnce(&T) -> Result<(), BulkListenerError>) -> bool {
        let (Some(_inside), Some(listener)) = (Inside::enter(), &self.0) else { return false };
        let heard = call(listener).is_ok();
        if !heard {
            tracing::warn!(target: "bootpay::bulk", "the progress listener failed and is told nothing more; the bulk goes on");
        }
        heard
    }
}

impl<T: ?Sized> Drop for Held<T> {
    fn drop(&mut self) {
        let inside = Inside::enter();
        let listener = self.0.take();
        if inside.is_none() {
            std::mem::forget(listener);
        }
    }
}

static DOOR: PerProcess<Door> = PerProcess::new();

/// What listeners are called through, until it is closed for good.
#[derive(Default)]
struct Door {
    /// How many are inside, and whether nobody may enter any more.
    state: Mutex<(usize, bool)>,
    left: Condvar,
}

/// Calls no listener of this process any more, and waits up to `patience` for those that are being called.
pub(crate) fn hush(patience: Duration) {
    let door = DOOR.get();
    let mut state = door.state.lock().unwrap_or_else(PoisonError::into_inner);
    state.1 = true;
    drop(door.left.wait_timeout_while(state, patience, |(inside, _)| *inside > 0));
}

/// A listener that is being called.
struct Inside;

impl Inside {
    fn enter() -> Option<Self> {
        let mut state = DOOR.get().state.lock().unwrap_or_else(PoisonError::into_inner);
        let (inside, closed) = &mut *state;
        if *closed {
            return None;
        }
        *inside += 1;
        Some(Self)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let door = DOOR.get();
        door.state.lock().unwrap_or_else(PoisonError::into_inner).0 -= 1;
        door.left.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    struct Told(mpsc::Sender<(u64, u64)>, bool);

    impl BulkLookupListener for Told {
        fn looked_up(&self, receipts: u64, of: u64) -> Result<(), BulkListenerError> {
            let _ = self.0.send((receipts, of));
            if self.1 { Err(BulkListenerError::Failed) } else { Ok(()) }
        }
    }

    #[test]
    fn the_last_figure_is_told_and_one_that_failed_is_told_nothing_more() {
        for fails in [false, true] {
            let (sender, heard) = mpsc::channel();
            let (tell, last_word) = lookups(Some(Arc::new(Told(sender, fails))));
            tell(1, 3);
            assert_eq!(heard.recv().unwrap(), (1, 3));
            tell(2, 3);
            tell(3, 3);
            drop(tell);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            runtime.block_on(last_word.heard());
            let last = heard.try_iter().last();
            assert_eq!(last, (!fails).then_some((3, 3)));
        }
    }
}
