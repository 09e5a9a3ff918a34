//! The memory of `cancel_id`s: which were used, on which receipt, and what came of it.

use std::collections::HashMap;

use crate::cancel::{CancelIdScope, CancelRules, Cancelled};
use crate::clock::millis;

#[derive(Debug)]
struct Used {
    receipt_id: String,
    at_ms: u64,
    /// `None` when a refused attempt used the id up.
    done: Option<Cancelled>,
}

/// Every `cancel_id` that has been used.
#[derive(Debug, Default)]
pub(crate) struct CancelIds {
    used: HashMap<String, Vec<Used>>,
}

/// What is remembered of an id.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Memory<'a> {
    Unused,
    Done(&'a Cancelled),
    Burned,
}

impl CancelIds {
    pub(crate) fn recall(&self, cancel_id: &str, receipt_id: &str, rules: &CancelRules, now_ms: u64) -> Memory<'_> {
        let remembered = |used: &&Used| {
            let in_scope = match rules.cancel_id_scope {
                CancelIdScope::Receipt => used.receipt_id == receipt_id,
                CancelIdScope::Project => true,
            };
            let fresh = rules.cancel_id_memory.is_none_or(|memory| now_ms < used.at_ms.saturating_add(millis(memory)));
            in_scope && fresh
        };
        let known = self.used.get(cancel_id).map_or(&[][..], Vec::as_slice);
        match known.iter().find(remembered) {
            None => Memory::Unused,
            Some(Used { done: Some(done), .. }) => Memory::Done(done),
            Some(Used { done: None, .. }) => Memory::Burned,
        }
    }

    pub(crate) fn use_up(&mut self, cancel_id: &str, receipt_id: &str, done: Option<Cancelled>, now_ms: u64) {
        let used = Used { receipt_id: receipt_id.to_owned(), at_ms: now_ms, done };
        self.used.entry(cancel_id.to_owned()).or_default().push(used);
    }
}
