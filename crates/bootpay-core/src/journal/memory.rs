//! A journal in memory: for tests, and for programs whose refunds may be forgotten.
//!
//! It keeps every rule for as long as the process lives, and **forgets everything when the process ends**: a cancel
//! whose answer was lost is then lost too, and the same refund can be asked for again as if it were new. So it is
//! chosen by name and never fallen back to.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::cancel::{CancelId, ReceiptId};
use crate::error::JournalError;
use crate::intent::{Change, Changed, Cursor, Intent, IntentId, IntentQuery, OwnerId, UnixMillis};
use crate::journal::Journal;
use crate::protocol::{Admission, Proposal, admission, lifecycle};

/// A journal that **forgets everything when the process ends**.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    records: Mutex<Records>,
}

/// Intents in the order of their admission, and where to find them. Intents are never removed, so positions last.
#[derive(Debug, Default)]
struct Records {
    intents: Vec<Intent>,
    by_id: HashMap<IntentId, usize>,
    by_receipt: HashMap<ReceiptId, Vec<usize>>,
    by_cancel_id: HashMap<CancelId, Vec<usize>>,
}

impl MemoryJournal {
    /// An empty journal.
    pub fn new() -> Self {
        Self::default()
    }

    /// A panic elsewhere leaves the records whole: each change is made in one assignment, after all that can fail.
    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn admit(&self, proposal: Proposal) -> Result<Admission, JournalError> {
        self.records().admit(&proposal)
    }

    async fn change(
        &self,
        id: &IntentId,
        by: &OwnerId,
        change: Change,
        now: UnixMillis,
    ) -> Result<Changed, JournalError> {
        self.records().change(id, by, &change, now)
    }

    async fn find(&self, query: IntentQuery) -> Result<Vec<Intent>, JournalError> {
        Ok(self.records().find(&query))
    }

    fn place(&self) -> String {
        "memory (forgets when the process ends)".to_owned()
    }
}

impl Records {
    fn admit(&mut self, proposal: &Proposal) -> Result<Admission, JournalError> {
        let of_receipt =
            self.at(self.by_receipt.get(&proposal.receipt_id), |one| one.environment == proposal.environment);
        let with_id = proposal.merchant_id().and_then(|id| self.by_cancel_id.get(id));
        let with_id = self.at(with_id, |one| one.environment == proposal.environment && one.scope == proposal.scope);
        let admission = admission::decide(proposal, &of_receipt, &with_id)
            .map_err(|error| JournalError::Write(error.to_string()))?;
        if let Admission::Admitted(intent) = &admission {
            self.insert(intent.as_ref().clone())?;
        }
        Ok(admission)
    }

    fn insert(&mut self, intent: Intent) -> Result<(), JournalError> {
        if self.by_id.contains_key(&intent.id) {
            return Err(JournalError::Write(format!("intent {} is already in it", intent.id)));
        }
        let position = self.intents.len();
        self.by_id.insert(intent.id.clone(), position);
        self.by_receipt.entry(intent.receipt_id.clone()).or_default().push(position);
        self.by_cancel_id.entry(intent.cancel_id.clone()).or_default().push(position);
        self.intents.push(intent);
        Ok(())
    }

    fn change(
        &mut self,
        id: &IntentId,
        by: &OwnerId,
        change: &Change,
        now: UnixMillis,
    ) -> Result<Changed, JournalError> {
        let position = self.by_id.get(id).copied();
        let intent = position
            .and_then(|position| self.intents.get_mut(position))
            .ok_or_else(|| JournalError::NoSuchIntent(id.to_string()))?;
        Ok(match lifecycle::apply(intent, by, change, now) {
            Ok(next) => {
                *intent = next.clone();
                Changed::Done(Box::new(next))
            }
            Err(as_it_is) => Changed::Lost(as_it_is),
        })
    }

    fn find(&self, query: &IntentQuery) -> Vec<Intent> {
        let most = query.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let found = self.candidates(query).filter(|(_, intent)| matches(query, intent));
        let from = match &query.after {
            None => {
                let newest = found.rev().take(most);
                let mut found: Vec<Intent> = newest.map(|(_, intent)| intent.clone()).collect();
                found.reverse();
                return found;
            }
            Some(Cursor::Start) => 0,
            Some(Cursor::After(id)) => self.by_id.get(id).map_or(self.intents.len(), |position| position + 1),
        };
        found.filter(|(position, _)| *position >= from).take(most).map(|(_, intent)| intent.clone()).collect()
    }

    /// What a query can be about at most, with its positions, oldest first.
    fn candidates(&self, query: &IntentQuery) -> Box<dyn DoubleEndedIterator<Item = (usize, &Intent)> + '_> {
        let indexed = match query {
            IntentQuery { id: Some(id), .. } => self.by_id.get(id).map(std::slice::from_ref),
            IntentQuery { receipt_id: Some(id), .. } => self.by_receipt.get(id).map(Vec::as_slice),
            IntentQuery { cancel_id: Some(id), .. } => self.by_cancel_id.get(id).map(Vec::as_slice),
            _ => return Box::new(self.intents.iter().enumerate()),
        };
        let at = |position: &usize| self.intents.get(*position).map(|intent| (*position, intent));
        Box::new(indexed.unwrap_or_default().iter().filter_map(at))
    }

    fn at(&self, positions: Option<&Vec<usize>>, wanted: impl Fn(&Intent) -> bool) -> Vec<Intent> {
        let found = positions.into_iter().flatten().filter_map(|position| self.intents.get(*position));
        found.filter(|one| wanted(one)).cloned().collect()
    }
}

fn matches(query: &IntentQuery, intent: &Intent) -> bool {
    let IntentQuery { id, environment, cancel_id, receipt_id, bulk, open, limit: _, after: _ } = query;
    id.as_ref().is_none_or(|id| *id == intent.id)
        && environment.as_ref().is_none_or(|environment| *environment == intent.environment)
        && cancel_id.as_ref().is_none_or(|cancel_id| *cancel_id == intent.cancel_id)
        && receipt_id.as_ref().is_none_or(|receipt_id| *receipt_id == intent.receipt_id)
        && bulk.as_ref().is_none_or(|bulk| Some(bulk) == intent.bulk.as_ref())
        && (!open || intent.state.is_open() || intent.held)
}
