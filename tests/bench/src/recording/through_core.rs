//! The core's own journals, called as its driver calls them.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use bootpay_core::protocol::{Admission, Proposal};
use bootpay_core::{
    CancelAmount, Change, Changed, Evidence, IntentKey, Journal, MoneyIsBack, OwnerId, ReceiptId, Settlement,
};
use tokio::runtime::Runtime;

use super::wish::{BODY_MARK, DEADLINE, ENVIRONMENT, LEASE_UNTIL, NOW, OWNER, SCOPE};
use super::{Recorder, Wish, Witness, share_out};

/// One of the core's journals.
#[derive(Debug)]
pub struct ThroughCore {
    name: String,
    runtime: Arc<Runtime>,
    journal: Arc<dyn Journal>,
    witness: Witness,
    baseline: bool,
}

impl ThroughCore {
    /// By a journal that is open.
    pub fn new(name: impl Into<String>, runtime: &Arc<Runtime>, journal: Arc<dyn Journal>, witness: Witness) -> Self {
        Self { name: name.into(), runtime: Arc::clone(runtime), journal, witness, baseline: false }
    }

    /// The others are compared with this one.
    #[must_use]
    pub fn as_baseline(self) -> Self {
        Self { baseline: true, ..self }
    }
}

impl Recorder for ThroughCore {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_baseline(&self) -> bool {
        self.baseline
    }

    fn record(&mut self, wishes: Vec<Wish>, callers: usize) -> Result<()> {
        let journal = Arc::clone(&self.journal);
        share_out(&self.runtime, wishes, callers, move |wish| {
            let journal = Arc::clone(&journal);
            async move { record(journal.as_ref(), &wish).await }
        })
    }

    fn witness(&mut self) -> &mut Witness {
        &mut self.witness
    }
}

async fn record(journal: &dyn Journal, wish: &Wish) -> Result<()> {
    let owner = OwnerId(OWNER.to_owned());
    let proposal = Proposal {
        environment: ENVIRONMENT.to_owned(),
        scope: SCOPE.to_owned(),
        receipt_id: ReceiptId::new(wish.receipt_id.clone())?,
        key: IntentKey::Receipt,
        amount: CancelAmount::Full { expected_remaining: None },
        to_account: false,
        account_mark: None,
        bulk: None,
        owner: owner.clone(),
        now: NOW,
        lease_until: LEASE_UNTIL,
    };
    let intent = match journal.admit(proposal).await? {
        Admission::Admitted(intent) => intent,
        other => bail!("not admitted: {other:?}"),
    };
    let sending = Change::Sending {
        totals_before: None,
        deadline: DEADLINE,
        lease_until: LEASE_UNTIL,
        body_mark: Some(BODY_MARK.to_owned()),
    };
    let settled = Change::Settled(Box::new(Settlement {
        already: false,
        evidence: Evidence::Answered,
        money_is_back: MoneyIsBack::Yes,
        cancellation: serde_json::from_str(&wish.figures()).context("the figures")?,
        mismatches: Vec::new(),
        http_status: Some(200),
        message: None,
    }));
    for change in [sending, settled] {
        match journal.change(&intent.id, &owner, change, NOW).await? {
            Changed::Done(_) => {}
            Changed::Lost(intent) => bail!("not changed: {intent:?}"),
        }
    }
    Ok(())
}
