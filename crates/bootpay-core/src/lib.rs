//! Bootpay access tokens and payment cancels.
//!
//! > A refund is never issued twice, never lost, and never reported as what it isn't.
//!
//! ```no_run
//! # async fn page() -> Result<(), bootpay_core::BootpayError> {
//! # let private_key = "";
//! use bootpay_core::Bootpay;
//!
//! let bootpay = Bootpay::new("5b8f6a4d396fa665fdc2b5ea", private_key)?;
//! let outcome = bootpay.cancel("612df0250d681b001de61de6").await?;
//! # let _ = outcome;
//! # Ok(())
//! # }
//! ```
//!
//! # An error means that this call moved no money
//!
//! Every call that could move money ends in one of two ways. It fails with a [`BootpayError`]: this call refunded
//! nothing. Or it returns a [`CancelOutcome`]: `Cancelled`, `AlreadyCancelled`, or `Unknown`, which is a value and not
//! an error, so that no catch-all turns it into "failed, try again". Anything else that can come out of a call (a
//! caller's own time-out, a lost task, a panic) proves nothing; the intent in the journal does.
//!
//! This rests on four assumptions:
//!
//! - (a) a 401, a 429 and a well-formed refusal are given *before* any work and answer the very request that was sent;
//! - (b) no proxy between us and Bootpay repeats requests, or else Bootpay honours `cancel_id` as law 5 declares it
//!   ([`Declarations::honours_cancel_id_for`]);
//! - (c) the journal's disk keeps what it has synced, through a database's failover too;
//! - (d) all who cancel the same receipts through this library share one durable journal.
//!
//! # Where to look
//!
//! [`Bootpay`] is what a caller holds, [`CancelRequest`] what it asks for, [`CancelOutcome`] what it gets. [`protocol`]
//! holds every rule about money, as pure code.

mod bank;
#[cfg(feature = "bulk")]
pub mod bulk;
mod cancel;
mod client;
mod clock;
mod config;
mod credentials;
mod dialect;
mod driver;
mod engine;
mod error;
mod hex;
mod hint;
mod intent;
mod journal;
mod korean_time;
mod money;
mod owner;
pub mod protocol;
mod receipt;
mod receipt_locks;
mod retry;
mod secret;
mod sync;
#[cfg(test)]
mod testing;
mod token;
mod transport;

pub use bank::{Bank, BankSource};
pub use cancel::{
    AlreadyCancelled, CancelAmount, CancelId, CancelOutcome, CancelRequest, Cancellation, Cancelled, Evidence,
    Mismatch, MoneyIsBack, ReceiptId, RefundAccount, Unknown, UnknownCause,
};
pub use client::{Bootpay, Preview, Recovery};
pub use clock::{Chance, Clock, SystemChance, SystemClock};
pub use config::{Builder, Declarations, Environment, JournalChoice, Timeouts};
pub use credentials::{Credentials, SuppliedToken, TokenSource, TokenSourceError};
pub use dialect::{Answer, CancelAnswer, Dialect, Foreign, Method, Recognised, ServerRefusal, WireAnswer, WireRequest};
pub use error::{
    BootpayError, Conflict, ConflictKind, InvalidInput, JournalError, Problem, Refusal, RefusalKind, Unreachable,
    UnreachableCause,
};
pub use hint::Language;
pub use intent::{
    Attempt, BulkId, Change, Changed, Closing, Cursor, Decision, Intent, IntentId, IntentKey, IntentQuery, IntentRef,
    IntentState, OwnerId, Progress, RefusalNote, Settlement, UnixMillis,
};
#[cfg(feature = "postgres")]
pub use journal::PostgresJournal;
#[cfg(feature = "sqlite")]
pub use journal::SqliteJournal;
pub use journal::{Journal, MemoryJournal};
pub use korean_time::KoreanTime;
pub use money::{PartialAmount, Won};
pub use receipt::{Extra, Receipt, ReceiptStatus, Totals};
pub use secret::Secret;
pub use transport::{Exchange, Limits, ProxyChoice, Transport};
