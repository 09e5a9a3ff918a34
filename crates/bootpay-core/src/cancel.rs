//! A cancel, in the words of the field.
//!
//! A merchant gives money back by *cancelling* a payment, named by its *receipt id*. A **full cancel** gives back all
//! that remains; a **partial cancel** gives back a stated amount. The two are different things here, because on the
//! wire they differ by one missing number: a partial cancel whose amount gets lost refunds everything.
//!
//! Every cancel carries a `cancel_id`, the idempotency key of one *intent* to refund. A merchant may choose it, and
//! should for partial cancels: it is what makes "the same refund again" different from "another refund of the same
//! amount". See [`CancelRequest::cancel_id`].
//!
//! A payment into a virtual account cannot be reversed, so its cancel is a transfer to a [`RefundAccount`]. The account
//! is **not verified** by anybody: a wrong bank or number loses the money, and *accepted* is not *paid out*.

mod id;
mod outcome;
mod refund_account;
mod request;

pub use id::{CancelId, ReceiptId};
pub use outcome::{
    AlreadyCancelled, CancelOutcome, Cancellation, Cancelled, Evidence, Mismatch, MoneyIsBack, Unknown, UnknownCause,
};
pub use refund_account::RefundAccount;
pub use request::CancelRequest;
pub(crate) use request::ValidCancel;

use serde::{Deserialize, Serialize};

use crate::money::{PartialAmount, Won};

/// How much to give back. There is no optional amount in which "none" means "everything".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelAmount {
    /// All that remains on the receipt.
    Full {
        /// What the caller expects to remain, in won. Where the ledger says otherwise, nothing is sent.
        expected_remaining: Option<Won>,
    },
    /// A part of it.
    Partial {
        /// The amount in won.
        price: PartialAmount,
        /// How much of `price` is tax-free, in won.
        tax_free: Option<Won>,
    },
}

impl CancelAmount {
    /// Whether all that remains is to be given back.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full { .. })
    }

    /// The amount of a partial cancel, in won.
    pub fn price(&self) -> Option<Won> {
        match self {
            Self::Full { .. } => None,
            Self::Partial { price, .. } => Some(price.won()),
        }
    }

    /// What a full cancel expects to remain, in won.
    #[cfg(feature = "bulk")]
    pub(crate) fn expected(&self) -> Option<Won> {
        match self {
            Self::Full { expected_remaining } => *expected_remaining,
            Self::Partial { .. } => None,
        }
    }

    /// The tax-free part of a partial cancel, in won.
    pub fn tax_free(&self) -> Option<Won> {
        match self {
            Self::Full { .. } => None,
            Self::Partial { tax_free, .. } => *tax_free,
        }
    }
}
