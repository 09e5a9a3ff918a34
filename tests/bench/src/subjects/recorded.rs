//! reqwest and rusqlite, as one would use both by hand: three commits around each request, by a thread that commits what
//! has queued up.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use tokio::runtime::Runtime;

use super::bare::{BareReqwest, Site};
use super::share_out;
use crate::peer::Addresses;
use crate::recording::{Handle, Step, Wish};
use crate::rounds::{Case, Subject};

/// The baseline of whole cancels on a disk.
#[derive(Debug)]
pub struct Recorded {
    runtime: Arc<Runtime>,
    site: Arc<Site>,
    journal: Handle,
}

impl Recorded {
    /// On a file that a journal has made.
    ///
    /// # Errors
    /// Where there is no token, or the file cannot be opened.
    pub fn new(runtime: &Arc<Runtime>, addresses: &Addresses, transport: &str, path: &Path) -> Result<Self> {
        let site = BareReqwest::new(runtime, addresses, transport)?.site();
        Ok(Self { runtime: Arc::clone(runtime), site, journal: Handle::start(path)? })
    }
}

impl Subject for Recorded {
    fn name(&self) -> &str {
        "reqwest and rusqlite by hand"
    }

    fn is_baseline(&self) -> bool {
        true
    }

    fn cancel(&mut self, receipts: Vec<String>, case: &Case) -> Result<()> {
        let (site, journal, won) = (Arc::clone(&self.site), self.journal.clone(), case.won);
        share_out(&self.runtime, receipts, case, move |receipt| {
            let (site, journal) = (Arc::clone(&site), journal.clone());
            async move {
                let wish = Arc::new(Wish::of(receipt)?);
                journal.record(Step::Admitted, &wish).await?;
                journal.record(Step::Sending, &wish).await?;
                site.cancel(&wish.receipt_id, None, won).await?;
                journal.record(Step::Settled, &wish).await
            }
        })
    }
}
