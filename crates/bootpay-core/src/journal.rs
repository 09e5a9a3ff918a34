//! The journal: the durable record of intents. No byte of a cancel leaves before its intent is in it.
//!
//! A journal stores; it decides nothing. What may be admitted and what may follow what are pure functions of
//! [`protocol`](crate::protocol), which every journal calls inside one exclusive transaction.

mod memory;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod record;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(test)]
mod tests;

use std::fmt;

use async_trait::async_trait;

pub use memory::MemoryJournal;
#[cfg(feature = "postgres")]
pub use postgres::PostgresJournal;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteJournal;

use crate::error::JournalError;
use crate::intent::{Change, Changed, Intent, IntentId, IntentQuery, OwnerId, UnixMillis};
use crate::protocol::{Admission, Proposal};

/// Where intents are kept. All who cancel the same receipts through this library share one durable journal.
#[async_trait]
pub trait Journal: Send + Sync + fmt::Debug {
    /// Decides about a proposal by [`admission::decide`](crate::protocol::admission::decide) and, where it is admitted,
    /// inserts the intent: all in one exclusive transaction, synced before it returns.
    async fn admit(&self, proposal: Proposal) -> Result<Admission, JournalError>;

    /// Changes an intent by [`lifecycle::apply`](crate::protocol::lifecycle::apply), in one exclusive transaction,
    /// synced before it returns.
    async fn change(
        &self,
        id: &IntentId,
        by: &OwnerId,
        change: Change,
        now: UnixMillis,
    ) -> Result<Changed, JournalError>;

    /// Lists intents, oldest first.
    async fn find(&self, query: IntentQuery) -> Result<Vec<Intent>, JournalError>;

    /// Where it is, for people: a path, a host, or that it forgets.
    fn place(&self) -> String;

    /// Lets go of files, connections and threads, and waits until that is done: what a process does right before it
    /// forks. Afterwards this handle, and those that share its connections, answer with an error. A journal that holds
    /// nothing of the kind has nothing to do.
    fn close(&self) {}
}
