//! Which intents to list.

use crate::cancel::{CancelId, ReceiptId};
use crate::intent::IntentId;

/// Which intents to list; every condition that is given must hold. Newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntentQuery {
    /// Only this intent.
    pub id: Option<IntentId>,
    /// Only of this environment.
    pub environment: Option<String>,
    /// Only with this `cancel_id`.
    pub cancel_id: Option<CancelId>,
    /// Only of this receipt.
    pub receipt_id: Option<ReceiptId>,
    /// Only those that are reserved, sending, unknown, or held for a person.
    pub open: bool,
    /// At most this many, the newest of them.
    pub limit: Option<u32>,
}
