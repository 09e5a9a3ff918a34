//! One row: a cancel that passed every check, in as little memory as it takes.

use std::sync::Arc;

use crate::cancel::{CancelAmount, CancelId, ReceiptId, RefundAccount, ValidCancel};
use crate::intent::IntentKey;
use crate::money::Won;

/// A row of a bulk. Its key comes from its own cells alone, never from its place in the file.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) line: u64,
    pub(crate) receipt_id: ReceiptId,
    pub(crate) amount: CancelAmount,
    pub(crate) cancel_id: Option<CancelId>,
    /// Files repeat these from row to row.
    pub(crate) canceller: Option<Arc<str>>,
    pub(crate) reason: Option<Arc<str>>,
    pub(crate) account: Option<Arc<RefundAccount>>,
}

impl Row {
    /// The row as a request, with the remainder that a full cancel has been found to have.
    pub(crate) fn cancel(&self, remaining: Option<Won>) -> ValidCancel {
        let amount = match self.amount {
            CancelAmount::Full { expected_remaining } => {
                CancelAmount::Full { expected_remaining: expected_remaining.or(remaining) }
            }
            partial @ CancelAmount::Partial { .. } => partial,
        };
        ValidCancel {
            receipt_id: self.receipt_id.clone(),
            amount,
            cancel_id: self.cancel_id.clone(),
            canceller: self.canceller.as_deref().map(str::to_owned),
            reason: self.reason.as_deref().map(str::to_owned),
            refund_account: self.account.as_deref().cloned(),
        }
    }

    /// What makes it the same wish as an intent's. A partial row has a `cancel_id`: the file is refused without.
    pub(crate) fn is_key(&self, key: &IntentKey) -> bool {
        match (&self.cancel_id, key) {
            (Some(id), IntentKey::Merchant(key)) => id == key,
            (None, IntentKey::Receipt) => self.amount.is_full(),
            _ => false,
        }
    }

    /// The amount that is known from the file alone, in won.
    pub(crate) fn stated(&self) -> Option<Won> {
        match self.amount {
            CancelAmount::Full { expected_remaining } => expected_remaining,
            CancelAmount::Partial { price, .. } => Some(price.won()),
        }
    }
}
