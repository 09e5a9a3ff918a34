//! What a caller holds.

pub(crate) mod cancelling;
mod preview;
mod settling;

use std::sync::{Arc, PoisonError};

pub use preview::Preview;
use tracing::Instrument;

use cancelling::Caller;

use crate::cancel::{CancelId, CancelOutcome, CancelRequest, ReceiptId, Unknown, UnknownCause, ValidCancel};
use crate::config::Builder;
use crate::credentials::Credentials;
use crate::driver::InFlight;
use crate::engine::Engine;
use crate::error::BootpayError;
use crate::intent::{Decision, Intent, IntentQuery, IntentRef};
use crate::receipt::Receipt;
use crate::secret::Secret;

/// A client of one merchant at one Bootpay. Cheap to clone: clones share the token, the connections and the journal.
///
/// It needs a tokio runtime with its time and I/O drivers on.
///
/// ```no_run
/// # async fn page() -> Result<(), bootpay_core::BootpayError> {
/// use bootpay_core::{Bootpay, CancelOutcome};
///
/// let bootpay = Bootpay::new("5b8f6a4d396fa665fdc2b5ea", std::env::var("BOOTPAY_PRIVATE_KEY").unwrap_or_default())?;
/// match bootpay.cancel("612df0250d681b001de61de6").await? {
///     CancelOutcome::Cancelled(cancelled) => println!("cancelled: {:?}", cancelled.cancellation.cancelled_price),
///     CancelOutcome::AlreadyCancelled(_) => println!("it had been cancelled before"),
///     CancelOutcome::Unknown(unknown) => println!("unknown, reconcile {} later", unknown.intent.cancel_id),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Bootpay {
    engine: Arc<Engine>,
}

/// What [`Bootpay::recover`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "what is still unknown waits for evidence or for a person"]
pub struct Recovery {
    /// Settled now, by evidence.
    pub settled: Vec<CancelOutcome>,
    /// Closed now: these moved no money, and may be asked for again.
    pub moved_nothing: Vec<IntentRef>,
    /// Still unknown, each with its evidence: try again later, or let a person decide with [`Bootpay::resolve`].
    pub unknown: Vec<Unknown>,
    /// Answered with figures that do not add up: a person looks, and then decides.
    pub held: Vec<IntentRef>,
    /// Being carried out by somebody who is alive.
    pub in_flight: Vec<IntentRef>,
    /// Not recovered, and why: Bootpay or the journal could not be reached.
    pub failed: Vec<(IntentRef, BootpayError)>,
    /// Open intents of other credentials in the same journal: theirs to recover.
    pub of_other_merchants: usize,
}

impl Bootpay {
    /// A client with the page's key pair, at production, with a journal in the user's data directory.
    ///
    /// # Errors
    /// [`BootpayError::InvalidInput`] for the keys, [`BootpayError::Journal`] where the journal cannot be opened.
    pub fn new(application_id: impl Into<String>, private_key: impl Into<Secret>) -> Result<Self, BootpayError> {
        Self::builder(Credentials::key_pair(application_id, private_key)?).build()
    }

    /// Sets a client up in detail.
    pub fn builder(credentials: Credentials) -> Builder {
        Builder::new(credentials)
    }

    /// Cancels a payment. A receipt id by itself asks for a full cancel; see [`CancelRequest`] for the rest.
    ///
    /// The cancel is carried out in a task of its own: dropping this future (a time-out, an aborted request) neither
    /// aborts it nor loses it. The journal has the intent; asking again with the same receipt (full) or `cancel_id`
    /// (partial) attaches to it.
    ///
    /// # Errors
    /// Every [`BootpayError`] means that this call moved no money. A refund whose end is not known is not an error but
    /// [`CancelOutcome::Unknown`].
    pub async fn cancel(&self, request: impl Into<CancelRequest>) -> Result<CancelOutcome, BootpayError> {
        self.cancel_for(request.into().validate()?, Caller::default()).await
    }

    /// The same for somebody in particular.
    pub(crate) async fn cancel_for(&self, cancel: ValidCancel, caller: Caller) -> Result<CancelOutcome, BootpayError> {
        let engine = Arc::clone(&self.engine);
        let in_flight = InFlight::default();
        let watched = Arc::clone(&in_flight);
        let span = tracing::info_span!(target: "bootpay::cancel", "cancel", receipt_id = %cancel.receipt_id);
        outlive(async move { engine.cancel(cancel, caller, in_flight).await }, span, &watched).await
    }

    /// Looks a receipt up.
    ///
    /// # Errors
    /// [`BootpayError::Refused`] (no such receipt, unauthorised), [`BootpayError::Lookup`] where no readable answer came.
    pub async fn receipt(&self, receipt_id: impl Into<String>) -> Result<Receipt, BootpayError> {
        let receipt_id = ReceiptId::new(receipt_id)?;
        self.engine.look_up(&receipt_id).await
    }

    /// Says what a cancel would send and what the ledger says, and sends no cancel.
    ///
    /// # Errors
    /// As [`Bootpay::receipt`], and [`BootpayError::InvalidInput`] for the request.
    pub async fn preview(&self, request: impl Into<CancelRequest>) -> Result<Preview, BootpayError> {
        self.engine.preview(request.into().validate()?).await
    }

    /// An access token: the cached one, or a fresh one.
    ///
    /// # Errors
    /// [`BootpayError::Refused`] for wrong keys, [`BootpayError::Token`] where none is to be had;
    /// [`BootpayError::InvalidInput`] with a Basic pair, which needs none.
    pub async fn token(&self) -> Result<Secret, BootpayError> {
        match &self.engine.tokens {
            Some(tokens) => tokens.get().await,
            None => Err(crate::error::InvalidInput::new("credentials", crate::error::Problem::Inconsistent)
                .expected("a key pair: a client key and a secret key are sent as they are, without a token")
                .into()),
        }
    }

    /// Settles an intent whose outcome is unknown, as far as the evidence goes: it is looked up, and repeated only
    /// under the declaration that the server honours `cancel_id`.
    ///
    /// # Errors
    /// A [`BootpayError`] means that the intent moved no money, or that it could not be reconciled now
    /// ([`BootpayError::Conflict`] with `busy`, [`BootpayError::Journal`]): its state in the journal tells.
    pub async fn reconcile(&self, cancel_id: impl Into<String>) -> Result<CancelOutcome, BootpayError> {
        self.reconcile_for(CancelId::new(cancel_id)?, None).await
    }

    /// The same where the request itself is still there.
    pub(crate) async fn reconcile_for(
        &self,
        cancel_id: CancelId,
        asked: Option<ValidCancel>,
    ) -> Result<CancelOutcome, BootpayError> {
        let engine = Arc::clone(&self.engine);
        let in_flight = InFlight::default();
        let watched = Arc::clone(&in_flight);
        let span = tracing::info_span!(target: "bootpay::cancel", "reconcile", %cancel_id);
        outlive(async move { engine.reconcile(&cancel_id, asked.as_ref(), in_flight).await }, span, &watched).await
    }

    /// Takes up everything that an earlier run left open: call it once at the start of a service.
    ///
    /// # Errors
    /// [`BootpayError::Journal`] where the journal cannot be read. What fails for one intent is told with it.
    pub async fn recover(&self) -> Result<Recovery, BootpayError> {
        let engine = Arc::clone(&self.engine);
        let span = tracing::info_span!(target: "bootpay::cancel", "recover");
        match spawn(async move { engine.recover().await }.instrument(span))?.await {
            Ok(recovery) => recovery,
            Err(_) => Err(BootpayError::Internal("the recovery's task was lost; start it again".into())),
        }
    }

    /// Records what a person decides about an intent that stays unknown, or about a receipt that is held.
    ///
    /// *Not cancelled* is refused until 15 minutes after the send's deadline, and where the lookup that is made for it
    /// proves the opposite. An [`AlreadyCancelled`](CancelOutcome::AlreadyCancelled) can be decided so at any time: that
    /// intent moved nothing, and the next call asks Bootpay anew.
    ///
    /// # Errors
    /// [`BootpayError::Conflict`] where it is too early, the intent is not open, or the ledger proves the opposite.
    pub async fn resolve(
        &self,
        cancel_id: impl Into<String>,
        decision: Decision,
        actor: impl AsRef<str> + Send,
    ) -> Result<Intent, BootpayError> {
        self.engine.resolve(&CancelId::new(cancel_id)?, decision, actor.as_ref()).await
    }

    /// Lists intents of this environment, oldest first.
    ///
    /// # Errors
    /// [`BootpayError::Journal`].
    pub async fn intents(&self, query: IntentQuery) -> Result<Vec<Intent>, BootpayError> {
        let query = IntentQuery { environment: Some(self.engine.environment.clone()), ..query };
        Ok(self.engine.settings.journal.find(query).await?)
    }

    /// The newest intent with a `cancel_id`.
    ///
    /// # Errors
    /// [`BootpayError::InvalidInput`] where there is none, [`BootpayError::Journal`].
    pub async fn intent(&self, cancel_id: impl Into<String>) -> Result<Intent, BootpayError> {
        self.engine.intent(&CancelId::new(cancel_id)?).await
    }

    /// A file of cancels at this merchant. Nothing is read from anywhere, and nothing sent: see [`Bulk`](crate::bulk::Bulk).
    #[cfg(feature = "bulk")]
    pub fn bulk(&self, file: crate::bulk::BulkFile) -> crate::bulk::Bulk {
        crate::bulk::Bulk::new(self.clone(), Arc::clone(&self.engine), file)
    }

    /// Where the journal is.
    pub fn journal_place(&self) -> String {
        self.engine.settings.journal.place()
    }
}

impl Builder {
    /// Checks everything and opens the journal. Nothing is sent.
    ///
    /// # Errors
    /// [`BootpayError::InvalidInput`], naming the setting, or [`BootpayError::Journal`].
    pub fn build(self) -> Result<Bootpay, BootpayError> {
        Ok(Bootpay { engine: Arc::new(Engine::new(self.check()?)?) })
    }
}

fn spawn<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<tokio::task::JoinHandle<T>, BootpayError> {
    let runtime = tokio::runtime::Handle::try_current()
        .map_err(|_| BootpayError::Internal("a Bootpay client needs a tokio runtime".into()))?;
    Ok(runtime.spawn(work))
}

/// Runs a cancel in a task that outlives its caller. A task that is lost (a panic, a runtime that shuts down) after
/// its request may have left is an unknown outcome, and not an error.
async fn outlive(
    work: impl Future<Output = Result<CancelOutcome, BootpayError>> + Send + 'static,
    span: tracing::Span,
    in_flight: &InFlight,
) -> Result<CancelOutcome, BootpayError> {
    // In a box: a task is moved several times on its way to the runtime, and this one is kilobytes long.
    match spawn(Box::pin(work).instrument(span))?.await {
        Ok(result) => result,
        Err(_) => match in_flight.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(intent) => Ok(cancelling::tell_unknown(&intent, UnknownCause::Interrupted, None, true)),
            None => Err(BootpayError::Internal("the cancel's task was lost before anything was sent".into())),
        },
    }
}
