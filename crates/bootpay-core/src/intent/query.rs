//! Which intents to list.

use crate::cancel::{CancelId, ReceiptId};
use crate::intent::{BulkId, IntentId};

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
    /// Only those that this bulk began.
    pub bulk: Option<BulkId>,
    /// Only those that are reserved, sending, unknown, or held for a person.
    pub open: bool,
    /// At most this many: the newest of them, or, with `after`, the oldest.
    pub limit: Option<u32>,
    /// Reads in pages: only those admitted after this one, and of them the *oldest* `limit`. The last of a page is the
    /// cursor of the next; a page with fewer than `limit` is the end, for now.
    pub after: Option<Cursor>,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// At the oldest intent.
    Start,
    /// Behind this one. Where the journal does not have it, nothing follows it.
    After(IntentId),
}
