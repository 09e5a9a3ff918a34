//! What a caller holds.

use std::sync::Arc;

use bootpay_core::{Credentials, JournalChoice};
use tokio::sync::OnceCell;

use crate::config::Config;
use crate::error::BootpayError;
use crate::intent::{Decision, Intent, IntentQuery};
use crate::outcome::{CancelOutcome, Recovery};
use crate::process::PerProcess;
use crate::receipt::{Preview, Receipt};
use crate::request::CancelRequest;
use crate::runtime::{Call, carry_out, read};
use crate::secret::Secret;
use crate::stop::StopSignal;
use crate::token_source::{Foreign, TokenSource};

/// A client of one merchant at one Bootpay. Every call comes in two forms: asynchronous, and blocking.
///
/// A cancel whose caller goes away (a cancelled task, a closed event loop) is neither aborted nor lost: it is carried
/// out to its end, and the journal has the intent. A read is aborted.
#[derive(Debug, uniffi::Object)]
#[uniffi::export(Debug)]
pub struct Bootpay {
    pub(crate) setup: Arc<Setup>,
}

/// What a client is made from, again in every process: a child that was forked shares nothing with its parent but this.
pub(crate) struct Setup {
    credentials: Credentials,
    config: Config,
    /// Where the journal is, for people.
    place: String,
    clients: PerProcess<OnceCell<bootpay_core::Bootpay>>,
}

#[uniffi::export]
impl Bootpay {
    /// A client with an application id and its private key, from Bootpay's console. Nothing is sent; the journal is
    /// opened, so that a place that cannot be one is told at once, and let go until the first call.
    #[uniffi::constructor]
    pub fn with_key_pair(
        application_id: String,
        private_key: String,
        config: Config,
    ) -> Result<Arc<Self>, BootpayError> {
        Self::new(Credentials::key_pair(application_id, private_key), config)
    }

    /// A client with a client key and its secret key, for the v2 dialect.
    #[uniffi::constructor]
    pub fn with_basic_pair(client_key: String, secret_key: String, config: Config) -> Result<Arc<Self>, BootpayError> {
        Self::new(Credentials::basic(client_key, secret_key), config)
    }

    /// A client whose tokens come from somewhere else. `scope` names the merchant that they belong to: always the same
    /// for the same merchant, different for every other.
    #[uniffi::constructor]
    pub fn with_token_source(
        source: Arc<dyn TokenSource>,
        scope: String,
        config: Config,
    ) -> Result<Arc<Self>, BootpayError> {
        Self::new(Credentials::token_source(Arc::new(Foreign { source, scope })), config)
    }

    /// Cancels a payment, in full or in part.
    #[uniffi::method(default(stop = None))]
    pub async fn cancel(
        &self,
        request: CancelRequest,
        stop: Option<Arc<StopSignal>>,
    ) -> Result<CancelOutcome, BootpayError> {
        self.start_cancel(request)?.until(stop).await
    }

    /// Cancels a payment, in full or in part, and waits on this thread.
    pub fn cancel_blocking(&self, request: CancelRequest) -> Result<CancelOutcome, BootpayError> {
        self.start_cancel(request)?.wait()
    }

    /// Looks a receipt up.
    #[uniffi::method(default(stop = None))]
    pub async fn receipt(&self, receipt_id: String, stop: Option<Arc<StopSignal>>) -> Result<Receipt, BootpayError> {
        self.start_receipt(receipt_id)?.until(stop).await
    }

    /// Looks a receipt up, and waits on this thread.
    pub fn receipt_blocking(&self, receipt_id: String) -> Result<Receipt, BootpayError> {
        self.start_receipt(receipt_id)?.wait()
    }

    /// Says what a cancel would send and what the ledger says, and sends no cancel.
    #[uniffi::method(default(stop = None))]
    pub async fn preview(
        &self,
        request: CancelRequest,
        stop: Option<Arc<StopSignal>>,
    ) -> Result<Preview, BootpayError> {
        self.start_preview(request)?.until(stop).await
    }

    /// Says what a cancel would send and what the ledger says, and waits on this thread.
    pub fn preview_blocking(&self, request: CancelRequest) -> Result<Preview, BootpayError> {
        self.start_preview(request)?.wait()
    }

    /// An access token: the cached one, or a fresh one.
    #[uniffi::method(default(stop = None))]
    pub async fn token(&self, stop: Option<Arc<StopSignal>>) -> Result<Arc<Secret>, BootpayError> {
        self.start_token()?.until(stop).await
    }

    /// An access token: the cached one, or a fresh one. Waits on this thread.
    pub fn token_blocking(&self) -> Result<Arc<Secret>, BootpayError> {
        self.start_token()?.wait()
    }

    /// Gets ready for a cancel: a token where none is at hand, and with it a connection.
    #[uniffi::method(default(stop = None))]
    pub async fn warm_up(&self, stop: Option<Arc<StopSignal>>) -> Result<(), BootpayError> {
        self.start_warm_up()?.until(stop).await
    }

    /// Gets ready for a cancel: a token where none is at hand, and with it a connection. Waits on this thread.
    pub fn warm_up_blocking(&self) -> Result<(), BootpayError> {
        self.start_warm_up()?.wait()
    }

    /// Settles an intent whose outcome is unknown, as far as the evidence goes.
    #[uniffi::method(default(stop = None))]
    pub async fn reconcile(
        &self,
        cancel_id: String,
        stop: Option<Arc<StopSignal>>,
    ) -> Result<CancelOutcome, BootpayError> {
        self.start_reconcile(cancel_id)?.until(stop).await
    }

    /// Settles an intent whose outcome is unknown, as far as the evidence goes, and waits on this thread.
    pub fn reconcile_blocking(&self, cancel_id: String) -> Result<CancelOutcome, BootpayError> {
        self.start_reconcile(cancel_id)?.wait()
    }

    /// Takes up everything that an earlier run left open: to be called once at the start of a service.
    #[uniffi::method(default(stop = None))]
    pub async fn recover(&self, stop: Option<Arc<StopSignal>>) -> Result<Recovery, BootpayError> {
        self.start_recover()?.until(stop).await
    }

    /// Takes up everything that an earlier run left open, and waits on this thread.
    pub fn recover_blocking(&self) -> Result<Recovery, BootpayError> {
        self.start_recover()?.wait()
    }

    /// Records what a person decides about an intent that stays unknown, or about a receipt that is held.
    #[uniffi::method(default(stop = None))]
    pub async fn resolve(
        &self,
        cancel_id: String,
        decision: Decision,
        actor: String,
        stop: Option<Arc<StopSignal>>,
    ) -> Result<Intent, BootpayError> {
        self.start_resolve(cancel_id, decision, actor)?.until(stop).await
    }

    /// Records what a person decides, and waits on this thread.
    pub fn resolve_blocking(
        &self,
        cancel_id: String,
        decision: Decision,
        actor: String,
    ) -> Result<Intent, BootpayError> {
        self.start_resolve(cancel_id, decision, actor)?.wait()
    }

    /// Lists intents of this environment, oldest first.
    #[uniffi::method(default(stop = None))]
    pub async fn intents(
        &self,
        query: IntentQuery,
        stop: Option<Arc<StopSignal>>,
    ) -> Result<Vec<Intent>, BootpayError> {
        self.start_intents(query)?.until(stop).await
    }

    /// Lists intents of this environment, oldest first, and waits on this thread.
    pub fn intents_blocking(&self, query: IntentQuery) -> Result<Vec<Intent>, BootpayError> {
        self.start_intents(query)?.wait()
    }

    /// The newest intent with a `cancel_id`.
    #[uniffi::method(default(stop = None))]
    pub async fn intent(&self, cancel_id: String, stop: Option<Arc<StopSignal>>) -> Result<Intent, BootpayError> {
        self.start_intent(cancel_id)?.until(stop).await
    }

    /// The newest intent with a `cancel_id`. Waits on this thread.
    pub fn intent_blocking(&self, cancel_id: String) -> Result<Intent, BootpayError> {
        self.start_intent(cancel_id)?.wait()
    }

    /// Where the journal is.
    #[uniffi::method(default(stop = None))]
    pub async fn journal_place(&self, stop: Option<Arc<StopSignal>>) -> Result<String, BootpayError> {
        self.start_journal_place()?.until(stop).await
    }

    /// Where the journal is. Waits on this thread.
    pub fn journal_place_blocking(&self) -> Result<String, BootpayError> {
        self.start_journal_place()?.wait()
    }
}

impl Bootpay {
    fn new(
        credentials: Result<Credentials, bootpay_core::InvalidInput>,
        config: Config,
    ) -> Result<Arc<Self>, BootpayError> {
        let credentials = credentials.map_err(bootpay_core::BootpayError::from)?;
        // Everything is checked now; what is opened for good is opened by each process that uses it.
        config.builder(credentials.clone()).journal(JournalChoice::Memory).build()?;
        let place = config.check_journal()?;
        Ok(Arc::new(Self { setup: Arc::new(Setup { credentials, config, place, clients: PerProcess::new() }) }))
    }

    pub(crate) fn start_cancel(&self, request: CancelRequest) -> Result<Call<CancelOutcome>, BootpayError> {
        let request = request.into_core()?;
        request.check().map_err(bootpay_core::BootpayError::from)?;
        let setup = Arc::clone(&self.setup);
        carry_out(async move { Ok(setup.client().await?.cancel(request).await?.into()) })
    }

    pub(crate) fn start_receipt(&self, receipt_id: String) -> Result<Call<Receipt>, BootpayError> {
        let setup = Arc::clone(&self.setup);
        read(async move { Ok(setup.client().await?.receipt(receipt_id).await?.into()) })
    }

    pub(crate) fn start_preview(&self, request: CancelRequest) -> Result<Call<Preview>, BootpayError> {
        let request = request.into_core()?;
        let setup = Arc::clone(&self.setup);
        read(async move { Ok(setup.client().await?.preview(request).await?.into()) })
    }

    pub(crate) fn start_token(&self) -> Result<Call<Arc<Secret>>, BootpayError> {
        let setup = Arc::clone(&self.setup);
        read(async move { Ok(Arc::new(Secret(setup.client().await?.token().await?))) })
    }

    pub(crate) fn start_warm_up(&self) -> Result<Call<()>, BootpayError> {
        let setup = Arc::clone(&self.setup);
        read(async move { Ok(setup.client().await?.warm_up().await?) })
    }

    pub(crate) fn start_reconcile(&self, cancel_id: String) -> Result<Call<CancelOutcome>, BootpayError> {
        let setup = Arc::clone(&self.setup);
        carry_out(async move { Ok(setup.client().await?.reconcile(cancel_id).await?.into()) })
    }

    pub(crate) fn start_recover(&self) -> Result<Call<Recovery>, BootpayError> {
        let setup = Arc::clone(&self.setup);
        carry_out(async move { Ok(setup.client().await?.recover().await?.into()) })
    }

    pub(crate) fn start_resolve(
        &self,
        cancel_id: String,
        decision: Decision,
        actor: String,
    ) -> Result<Call<Intent>, BootpayError> {
        let setup = Arc::clone(&self.setup);
        carry_out(async move { Ok(setup.client().await?.resolve(cancel_id, decision.into(), actor).await?.into()) })
    }

    pub(crate) fn start_intents(&self, query: IntentQuery) -> Result<Call<Vec<Intent>>, BootpayError> {
        let query = query.into_core()?;
        let setup = Arc::clone(&self.setup);
        read(async move {
            let intents = setup.client().await?.intents(query).await?;
            Ok(intents.into_iter().map(Intent::from).collect())
        })
    }

    pub(crate) fn start_intent(&self, cancel_id: String) -> Result<Call<Intent>, BootpayError> {
        let setup = Arc::clone(&self.setup);
        read(async move { Ok(setup.client().await?.intent(cancel_id).await?.into()) })
    }

    pub(crate) fn start_journal_place(&self) -> Result<Call<String>, BootpayError> {
        let setup = Arc::clone(&self.setup);
        read(async move { Ok(setup.client().await?.journal_place()) })
    }
}

impl Setup {
    /// This process's own client, built by the first call of each process.
    pub(crate) async fn client(&self) -> Result<&bootpay_core::Bootpay, BootpayError> {
        let journal = || self.config.journal(&self.place);
        let build = || async { Ok(self.config.builder(self.credentials.clone()).journal(journal()).build()?) };
        self.clients.get().get_or_try_init(build).await
    }

    /// One that opens nothing: for what needs no journal.
    #[cfg(feature = "bulk")]
    pub(crate) fn without_journal(&self) -> Result<bootpay_core::Bootpay, BootpayError> {
        Ok(self.config.builder(self.credentials.clone()).journal(JournalChoice::Memory).build()?)
    }
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.credentials.public_part())
    }
}
