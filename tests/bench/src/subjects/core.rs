//! The core, with one journal or another.

use std::sync::Arc;

use anyhow::{Result, bail};
use bootpay_core::{Bootpay, CancelOutcome, CancelRequest, Credentials, JournalChoice};
use tokio::runtime::Runtime;

use super::{share_out, way};
use crate::peer::Addresses;
use crate::rounds::{Case, Subject};

/// The core.
#[derive(Debug)]
pub struct Core {
    name: String,
    runtime: Arc<Runtime>,
    bootpay: Bootpay,
    slowness: usize,
}

/// A client of the peer.
///
/// # Errors
/// Where it cannot be set up.
pub fn client(addresses: &Addresses, transport: &str, journal: JournalChoice) -> Result<Bootpay> {
    let (base, pem) = way(addresses, transport)?;
    let credentials = Credentials::key_pair(&addresses.application_id, addresses.private_key.as_str())?;
    let builder = Bootpay::builder(credentials).base_url(base).journal(journal);
    Ok(match pem {
        Some(pem) => builder.ca_bundle(pem).build()?,
        None => builder.build()?,
    })
}

impl Core {
    /// With a journal.
    ///
    /// # Errors
    /// Where it cannot be set up.
    pub fn new(
        name: &str,
        runtime: &Arc<Runtime>,
        addresses: &Addresses,
        transport: &str,
        journal: JournalChoice,
    ) -> Result<Self> {
        let bootpay = client(addresses, transport, journal)?;
        Ok(Self { name: name.to_owned(), runtime: Arc::clone(runtime), bootpay, slowness: 1 })
    }

    /// In a timed block it gets only one of so many cancels.
    #[must_use]
    pub fn slower(self, slowness: usize) -> Self {
        Self { slowness, ..self }
    }
}

impl Subject for Core {
    fn name(&self) -> &str {
        &self.name
    }

    fn slowness(&self) -> usize {
        self.slowness
    }

    fn cancel(&mut self, receipts: Vec<String>, case: &Case) -> Result<()> {
        let bootpay = self.bootpay.clone();
        let (full, won) = (case.won == case.paid, case.won);
        share_out(&self.runtime, receipts, case, move |receipt| {
            let bootpay = bootpay.clone();
            async move {
                let request = match full {
                    true => CancelRequest::full(receipt),
                    false => {
                        let cancel_id = format!("by-core-{receipt}---");
                        CancelRequest::partial(receipt, won).cancel_id(cancel_id)
                    }
                };
                match bootpay.cancel(request).await? {
                    CancelOutcome::Cancelled(cancelled) if cancelled.mismatches.is_empty() => Ok(()),
                    other => bail!("not cancelled: {other:?}"),
                }
            }
        })
    }
}
