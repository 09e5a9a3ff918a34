//! Calls that are waited for in slices, in languages that look at a signal only between two instructions of their own.
//!
//! Python is one: while it waits in here, Ctrl-C waits too. So its blocking client waits a little, lets the interpreter
//! look, and waits again. The first slice ends with the call, so slices cost no time.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

#[cfg(feature = "bulk")]
use crate::bulk::{BulkLookup, BulkReport, BulkSum};
use crate::client::Bootpay;
use crate::ends::{Ends, Teller};
use crate::error::BootpayError;
use crate::intent::{Decision, Intent, IntentQuery};
use crate::outcome::{CancelOutcome, Recovery};
use crate::receipt::{Preview, Receipt};
use crate::request::CancelRequest;
use crate::runtime::{Call, block_on_for};
use crate::secret::Secret;

/// A call that was started. Letting it go is going away: a read is aborted; a cancel is carried out to its end, and the
/// journal has the intent; a bulk is stopped.
#[derive(uniffi::Object)]
pub struct Started(Mutex<Stage>);

enum Stage {
    UnderWay(Pin<Box<dyn Future<Output = Result<Ended, BootpayError>> + Send>>),
    Over(Result<Ended, BootpayError>),
    /// Told, or left.
    Gone,
}

/// What came of a call.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum Ended {
    /// Of `cancel` and `reconcile`.
    Outcome {
        /// How it ended.
        outcome: Box<CancelOutcome>,
    },
    /// Of `receipt`.
    LookedUp {
        /// What the ledger says.
        receipt: Box<Receipt>,
    },
    /// Of `preview`.
    Previewed {
        /// What a cancel would send.
        preview: Box<Preview>,
    },
    /// Of `token`.
    Token {
        /// An access token.
        token: Arc<Secret>,
    },
    /// Of `warm_up`.
    WarmedUp,
    /// Of `recover`.
    Recovered {
        /// What it found.
        recovery: Box<Recovery>,
    },
    /// Of `intent` and `resolve`.
    Found {
        /// The intent.
        intent: Box<Intent>,
    },
    /// Of `intents`.
    Listed {
        /// The intents, oldest first.
        intents: Vec<Intent>,
    },
    /// Of `journal_place`.
    Place {
        /// Where the journal is.
        place: String,
    },
    /// Of a bulk's `status`.
    #[cfg(feature = "bulk")]
    Stood {
        /// How its rows stand.
        sum: BulkSum,
    },
    /// Of a bulk's `look_up`.
    #[cfg(feature = "bulk")]
    Weighed {
        /// What the ledger says.
        lookup: Box<BulkLookup>,
    },
    /// Of a bulk's `run`.
    #[cfg(feature = "bulk")]
    Ran {
        /// How it ended.
        report: Box<BulkReport>,
    },
    /// Of a bulk's `export`.
    #[cfg(feature = "bulk")]
    Exported {
        /// The table.
        table: Vec<u8>,
    },
    /// Of a bulk's `export_to`.
    #[cfg(feature = "bulk")]
    Written {
        /// How many bytes.
        bytes: u64,
    },
}

#[uniffi::export]
impl Started {
    /// Waits up to `patience` on this thread. Nothing means that the call is still under way. What came of it is given
    /// once.
    pub fn wait(&self, patience: Duration) -> Result<Option<Ended>, BootpayError> {
        let mut stage = self.stage();
        match std::mem::replace(&mut *stage, Stage::Gone) {
            Stage::UnderWay(mut call) => match block_on_for(call.as_mut(), patience) {
                Some(ended) => ended.map(Some),
                None => {
                    *stage = Stage::UnderWay(call);
                    Ok(None)
                }
            },
            Stage::Over(ended) => ended.map(Some),
            Stage::Gone => Err(BootpayError::stopped()),
        }
    }

    /// Has its end told to an event loop, once: by `number`, to `ends`. To be asked anew after a `wait` that gave nothing.
    pub fn tell(&self, ends: Arc<Ends>, number: u64) {
        let mut stage = self.stage();
        if let Stage::UnderWay(call) = &mut *stage {
            let teller = Waker::from(Arc::new(Teller { ends: Arc::clone(&ends), number }));
            match call.as_mut().poll(&mut Context::from_waker(&teller)) {
                Poll::Pending => return,
                Poll::Ready(ended) => *stage = Stage::Over(ended),
            }
        }
        drop(stage);
        ends.add(number);
    }

    /// Goes away before the call's end.
    pub fn leave(&self) {
        *self.stage() = Stage::Gone;
    }
}

#[uniffi::export]
impl Bootpay {
    /// Starts `cancel`.
    pub fn begin_cancel(&self, request: CancelRequest) -> Result<Arc<Started>, BootpayError> {
        Ok(Started::new(self.start_cancel(request)?, |outcome| Ended::Outcome { outcome: outcome.into() }))
    }

    /// Starts `receipt`.
    pub fn begin_receipt(&self, receipt_id: String) -> Result<Arc<Started>, BootpayError> {
        Ok(Started::new(self.start_receipt(receipt_id)?, |receipt| Ended::LookedUp { receipt: receipt.into() }))
    }

    /// Starts `preview`.
    pub fn begin_preview(&self, request: CancelRequest) -> Result<Arc<Started>, BootpayError> {
        Ok(Started::new(self.start_preview(request)?, |preview| Ended::Previewed { preview: preview.into() }))
    }

    /// Starts `token`.
    pub fn begin_token(&self) -> Result<Arc<Started>, BootpayError> {
        Ok(Started::new(self.start_token()?, |token| Ended::Token { token }))
    }

    /// Starts `warm_up`.
    pub fn begin_warm_up(&self) -> Result<Arc<Started>, BootpayError> {
        Ok(Started::new(self.start_warm_up()?, |()| Ended::WarmedUp))
    }

    /// Starts `reconcile`.
    pub fn begin_reconcile(&self, cancel_id: String) -> Result<Arc<Started>, BootpayError> {
        Ok(Started::new(self.start_reconcile(cancel_id)?, |outcome| Ended::Outcome { outcome: outcome.into() }))
    }

    /// Starts `recover`.
    pub fn begin_recover(&self) -> Result<Arc<Started>, BootpayError> {
        Ok(Started::new(self.start_recover()?, |recovery| Ended::Recovered { recovery: recovery.into() }))
    }

    /// Starts `resolve`.
    pub fn begin_resolve(
        &self,
        cancel_id: String,
        decision: Decision,
        actor: String,
    ) -> Result<Arc<Started>, BootpayError> {
        let call = self.start_resolve(cancel_id, decision, actor)?;
        Ok(Started::new(call, |intent| Ended::Found { intent: intent.into() }))
    }

    /// Starts `intents`.
    pub fn begin_intents(&self, query: IntentQuery) -> Result<Arc<Started>, BootpayError> {
        Ok(Started::new(self.start_intents(query)?, |intents| Ended::Listed { intents }))
    }

    /// Starts `intent`.
    pub fn begin_intent(&self, cancel_id: String) -> Result<Arc<Started>, BootpayError> {
        Ok(Started::new(self.start_intent(cancel_id)?, |intent| Ended::Found { intent: intent.into() }))
    }

    /// Starts `journal_place`.
    pub fn begin_journal_place(&self) -> Result<Arc<Started>, BootpayError> {
        Ok(Started::new(self.start_journal_place()?, |place| Ended::Place { place }))
    }
}

impl Started {
    pub(crate) fn new<T: Send + 'static>(call: Call<T>, ended: fn(T) -> Ended) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Stage::UnderWay(Box::pin(async move { call.await.map(ended) })))))
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Started")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Instant;

    use super::*;
    use crate::runtime::{carry_out, read};

    const SLICE: Duration = Duration::from_millis(5);

    async fn slow(done: &'static AtomicBool) -> Result<String, BootpayError> {
        tokio::time::sleep(Duration::from_millis(100)).await;
        done.store(true, Ordering::SeqCst);
        Ok("there".to_owned())
    }

    fn place(place: String) -> Ended {
        Ended::Place { place }
    }

    #[test]
    fn a_slice_that_is_too_short_gives_nothing_and_the_last_one_gives_the_end_once() {
        static DONE: AtomicBool = AtomicBool::new(false);
        let started = Started::new(carry_out(slow(&DONE)).unwrap(), place);
        assert!(started.wait(SLICE).unwrap().is_none());
        let ended = started.wait(Duration::from_secs(5)).unwrap();
        assert!(matches!(ended, Some(Ended::Place { place }) if place == "there"));
        assert!(matches!(started.wait(SLICE), Err(BootpayError::Lost { .. })));
    }

    #[test]
    fn a_loop_is_told_once_and_then_finds_the_end() {
        static DONE: AtomicBool = AtomicBool::new(false);
        let ends = Ends::new().unwrap();
        let started = Started::new(carry_out(slow(&DONE)).unwrap(), place);
        started.tell(Arc::clone(&ends), 7);
        assert!(ends.take().is_empty());
        let mut told = Vec::new();
        let give_up_at = Instant::now() + Duration::from_secs(30);
        while told.is_empty() && Instant::now() < give_up_at {
            std::thread::sleep(SLICE);
            told = ends.take();
        }
        assert_eq!(told, [7]);
        assert!(matches!(started.wait(Duration::ZERO).unwrap(), Some(Ended::Place { place }) if place == "there"));
        assert!(ends.take().is_empty());
    }

    #[test]
    fn what_has_ended_before_it_is_asked_for_is_told_at_once() {
        static DONE: AtomicBool = AtomicBool::new(false);
        let ends = Ends::new().unwrap();
        let started = Started::new(carry_out(slow(&DONE)).unwrap(), place);
        let give_up_at = Instant::now() + Duration::from_secs(30);
        while !DONE.load(Ordering::SeqCst) && Instant::now() < give_up_at {
            std::thread::sleep(SLICE);
        }
        std::thread::sleep(SLICE);
        started.tell(Arc::clone(&ends), 8);
        while ends.take() != [8] {
            assert!(Instant::now() < give_up_at);
            std::thread::sleep(SLICE);
        }
        assert!(matches!(started.wait(Duration::ZERO).unwrap(), Some(Ended::Place { place }) if place == "there"));
    }

    #[test]
    fn who_leaves_aborts_a_read_and_leaves_a_cancel_alone() {
        static CANCEL: AtomicBool = AtomicBool::new(false);
        static READ: AtomicBool = AtomicBool::new(false);
        let cancel = Started::new(carry_out(slow(&CANCEL)).unwrap(), place);
        let lookup = Started::new(read(slow(&READ)).unwrap(), place);
        for started in [cancel, lookup] {
            assert!(started.wait(SLICE).unwrap().is_none());
            started.leave();
            assert!(matches!(started.wait(SLICE), Err(BootpayError::Lost { .. })));
        }
        std::thread::sleep(Duration::from_millis(500));
        assert!(CANCEL.load(Ordering::SeqCst));
        assert!(!READ.load(Ordering::SeqCst));
    }
}
