//! What the callers were told and what the journal holds, against what the money did.

use std::collections::{HashMap, HashSet};

use bootpay_core::{CancelAmount, Evidence, Intent, IntentId, IntentKey, IntentState};
use bootpay_sandbox::Movement;

/// What was asked for, and what was said.
#[derive(Clone, Debug)]
pub struct Call {
    /// The receipt.
    pub receipt_id: String,
    /// The caller's own id, where it gave one.
    pub cancel_id: Option<String>,
    /// Whether all that remained was asked for.
    pub full: bool,
    /// Nobody else asked for this one.
    pub solo: bool,
    /// The outcome's name or the error's kind; nothing where the process died first.
    pub told: Option<String>,
}

/// A run from its end.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Every movement of money, as the sandbox's ledger has it.
    pub movements: Vec<Movement>,
    /// What was paid and what remains of each receipt, in won.
    pub receipts: HashMap<String, (u64, u64)>,
    /// Every intent of the journal, after recovery.
    pub intents: Vec<Intent>,
    /// Those that the journal lists as open.
    pub open: HashSet<IntentId>,
    /// Every call.
    pub calls: Vec<Call>,
}

impl History {
    /// Every promise that it breaks, in words.
    pub fn broken(&self) -> Vec<String> {
        let mut broken = Vec::new();
        self.check_movements(&mut broken);
        self.check_intents(&mut broken);
        self.check_calls(&mut broken);
        broken
    }

    /// Each movement belongs to one intent, which knows of it or is listed as unknown; and no receipt is emptied twice.
    fn check_movements(&self, broken: &mut Vec<String>) {
        let intents: HashMap<(&str, &str), &Intent> =
            self.intents.iter().map(|one| ((one.receipt_id.as_str(), one.cancel_id.as_str()), one)).collect();
        let (mut seen, mut emptied) = (HashSet::new(), HashSet::new());
        let mut sums: HashMap<&str, u64> = HashMap::new();
        for movement in &self.movements {
            *sums.entry(&movement.receipt_id).or_default() += movement.amount;
            let name = (movement.receipt_id.as_str(), movement.cancel_id.as_deref().unwrap_or_default());
            if !seen.insert(name) {
                broken.push(format!("moved twice: {movement:?}"));
            }
            let Some(intent) = intents.get(&name) else {
                broken.push(format!("no record of {movement:?}"));
                continue;
            };
            if intent.key == IntentKey::Receipt && !emptied.insert(&movement.receipt_id) {
                broken.push(format!("emptied twice: {movement:?}"));
            }
            match intent.state {
                IntentState::Cancelled => {}
                IntentState::Unknown if self.open.contains(&intent.id) => {}
                IntentState::Unknown => broken.push(format!("unknown, and not listed: {intent:?}")),
                _ => broken.push(format!("it moved, and its intent says that it did not: {intent:?}")),
            }
        }
        for (receipt_id, (paid, remains)) in &self.receipts {
            let sum = sums.get(receipt_id.as_str()).copied().unwrap_or_default();
            if sum + remains != *paid {
                broken.push(format!("{sum} won of {receipt_id} moved, {remains} of {paid} remain"));
            }
        }
    }

    /// Nothing is left behind, and what an intent calls cancelled is.
    fn check_intents(&self, broken: &mut Vec<String>) {
        for intent in &self.intents {
            let mut movements = self.movements_of(intent.receipt_id.as_str(), Some(intent.cancel_id.as_str()));
            let is_true = match (intent.state, intent.evidence, intent.amount) {
                (state, ..) if state.is_in_flight() => false,
                (IntentState::Cancelled, Some(Evidence::Answered), CancelAmount::Partial { price, .. }) => {
                    movements.any(|one| one.amount == price.won().get())
                }
                (IntentState::Cancelled, Some(Evidence::Answered), _) => movements.next().is_some(),
                (IntentState::Cancelled | IntentState::AlreadyCancelled, ..) => {
                    self.is_empty(intent.receipt_id.as_str())
                }
                _ => true,
            };
            if !is_true {
                broken.push(format!("not so: {intent:?}"));
            }
        }
    }

    /// Nobody was told what is not so.
    fn check_calls(&self, broken: &mut Vec<String>) {
        for call in &self.calls {
            let is_true = match call.told.as_deref() {
                None | Some("unknown") => true,
                Some("cancelled" | "already") if call.full => self.is_empty(&call.receipt_id),
                Some("cancelled") => {
                    call.cancel_id.is_some()
                        && self.movements_of(&call.receipt_id, call.cancel_id.as_deref()).next().is_some()
                }
                // An error: what others asked for as well may have moved by their request.
                Some(_) => !call.solo || self.movements_of(&call.receipt_id, None).next().is_none(),
            };
            if !is_true {
                broken.push(format!("told what is not so: {call:?}"));
            }
        }
    }

    fn movements_of<'a>(
        &'a self,
        receipt_id: &'a str,
        cancel_id: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Movement> + 'a {
        self.movements.iter().filter(move |one| {
            one.receipt_id == receipt_id && (cancel_id.is_none() || one.cancel_id.as_deref() == cancel_id)
        })
    }

    fn is_empty(&self, receipt_id: &str) -> bool {
        self.receipts.get(receipt_id).is_some_and(|(_, remains)| *remains == 0)
    }
}
