//! A cancel that is not sent: what would be, and what the ledger says.

use serde_json::{Map, Value};

use crate::cancel::{CancelId, ValidCancel};
use crate::driver::objected;
use crate::engine::Engine;
use crate::error::{BootpayError, Conflict, Refusal};
use crate::intent::{Intent, IntentKey, IntentQuery};
use crate::protocol::machine::objection;
use crate::protocol::{Admission, admission, identity};
use crate::receipt::Receipt;

/// What a cancel would send. Its account number and holder are masked.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Preview {
    /// The address that the cancel would go to.
    pub url: String,
    /// The members that it would send.
    pub members: Map<String, Value>,
    /// What the ledger says now.
    pub receipt: Receipt,
    /// Why the ledger stands against it, where it does: the cancel would end with this error.
    pub objection: Option<Refusal>,
    /// Which earlier intent would refuse it before anything is sent, where one would.
    pub conflict: Option<Conflict>,
    /// Earlier intents of this receipt that are still open.
    pub open: Vec<Intent>,
}

impl Engine {
    pub(crate) async fn preview(&self, cancel: ValidCancel) -> Result<Preview, BootpayError> {
        let receipt = self.look_up(&cancel.receipt_id).await?;
        let intents = self.of_receipt(&cancel.receipt_id).await?;
        let conflict = self.foreseen_conflict(&cancel, &intents).await?;
        let cancel_id = match &cancel.cancel_id {
            Some(id) => id.clone(),
            None => self.next_derived_id(&cancel, &intents)?,
        };
        let request = self.settings.dialect.cancel_request(&cancel, &cancel_id);
        let mut members = request
            .body
            .as_ref()
            .and_then(|body| serde_json::from_slice::<Map<String, Value>>(body).ok())
            .unwrap_or_default();
        if let Some(Value::Object(refund)) = members.get_mut("refund") {
            let bank = cancel.refund_account.as_ref().map(|account| account.bank().code().to_owned());
            // By value and not by name: no name of a dialect is known here.
            for value in refund.values_mut().filter(|value| value.as_str() != bank.as_deref()) {
                *value = Value::String("[redacted]".into());
            }
        }
        Ok(Preview {
            url: format!("{}{}", self.environment, request.path),
            members,
            objection: objection(&cancel.amount, &receipt.totals).map(objected),
            receipt,
            conflict,
            open: intents.into_iter().filter(|intent| intent.state.is_open() || intent.held).collect(),
        })
    }

    /// What admission would say now. Nothing is admitted.
    async fn foreseen_conflict(
        &self,
        cancel: &ValidCancel,
        of_receipt: &[Intent],
    ) -> Result<Option<Conflict>, BootpayError> {
        let proposal = self.proposal(cancel, &self.key_of(cancel)?);
        let with_id = match &cancel.cancel_id {
            Some(id) => {
                let environment = Some(self.environment.clone());
                let query = IntentQuery { environment, cancel_id: Some(id.clone()), ..IntentQuery::default() };
                let found = self.settings.journal.find(query).await?;
                found.into_iter().filter(|one| one.scope == self.scope).collect()
            }
            None => Vec::new(),
        };
        Ok(match admission::decide(&proposal, of_receipt, &with_id)? {
            Admission::Refused(conflict) => Some(*conflict),
            _ => None,
        })
    }

    /// The id that the next generation would have; a keyless partial's is random, so it is only shown what it is like.
    fn next_derived_id(&self, cancel: &ValidCancel, intents: &[Intent]) -> Result<CancelId, BootpayError> {
        if !cancel.amount.is_full() {
            return Ok(CancelId::new("bp-(derived when the cancel is sent)")?);
        }
        let latest = intents
            .iter()
            .filter(|intent| intent.scope == self.scope && intent.key == IntentKey::Receipt)
            .max_by_key(|intent| intent.generation);
        let generation = match latest {
            Some(intent) if intent.state.moved_nothing() => intent.generation.saturating_add(1),
            Some(intent) => intent.generation,
            None => 1,
        };
        identity::cancel_id(&self.scope, &cancel.receipt_id, &IntentKey::Receipt, generation)
    }
}
