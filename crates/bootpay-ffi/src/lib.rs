//! The UniFFI face of [`bootpay_core`]: its types made exportable, and nothing decided.
//!
//! Python, Kotlin and Swift packages are generated from this crate, and each adds a thin layer of its own idiom. What
//! is money's business lives in the core; what is here is how a call gets there and back:
//!
//! - **A call outlives its caller.** Everything runs on a runtime of the library's own. A cancel whose caller goes
//!   away (a cancelled task, a closed loop) is carried out to its end; a read is aborted.
//! - **A process that forks** gets a runtime, connections and a journal of its own in the child; see
//!   [`before_fork`].
//! - **A process that ends** calls [`shutdown`], so that no thread of the library is left in a dying interpreter.
//! - **Secrets** cross as opaque objects, never as a record's field: records print everything.
//!
//! # Features
//! All are on by default, and the packages for servers have them all. A library for phones has none (`make size` tells what each
//! costs), and its packages are generated from itself: what it lacks is missing when an app is compiled.
//!
//! - `bulk`: cancels by the file.
//! - `postgres`: the journal on PostgreSQL. Without it a `postgresql:` URL is refused when a client is made.
//! - `slices`: calls that are waited for in slices; Python's package needs them.
//!
//! A [`BootpayError`] means that this call moved no money, with one exception that says so itself:
//! [`BootpayError::Lost`], which the packages raise as something that is *not* a `BootpayError`.

mod bank;
#[cfg(feature = "bulk")]
mod bulk;
mod client;
mod config;
#[cfg(feature = "slices")]
mod ends;
mod error;
mod intent;
mod journal;
mod logs;
mod numbers;
mod outcome;
mod plain;
mod process;
mod receipt;
mod request;
mod runtime;
mod secret;
#[cfg(feature = "slices")]
mod started;
mod stop;
mod token_source;

pub use bank::{Bank, BankSource, banks, find_bank};
#[cfg(feature = "bulk")]
pub use bulk::{
    Bulk, BulkEncoding, BulkFile, BulkFileError, BulkFinding, BulkListener, BulkListenerError, BulkLookup,
    BulkLookupListener, BulkOptions, BulkPart, BulkPhase, BulkPlan, BulkProblem, BulkProgress, BulkReport, BulkStop,
    BulkStopped, BulkSum,
};
pub use client::Bootpay;
pub use config::{Config, Dialect, Environment, JournalPlace, Proxy};
#[cfg(feature = "slices")]
pub use ends::Ends;
pub use error::{BootpayError, ConflictNote, Facts, Language, Refusal};
pub use intent::{Attempt, Decision, Intent, IntentQuery, IntentRef, IntentState, Progress, RefusalNote};
pub use journal::{after_fork, before_fork};
pub use logs::{LogBatch, LogLevel, LogRecord, log_from, take_logs};
pub use outcome::{
    AlreadyCancelled, CancelOutcome, Cancellation, Cancelled, Evidence, Failure, Mismatch, MoneyIsBack, Recovery,
    Unknown, UnknownCause,
};
pub use receipt::{Preview, Receipt, Totals};
pub use request::{CancelAmount, CancelRequest, RefundAccount};
pub use runtime::{finish, shutdown};
pub use secret::Secret;
#[cfg(feature = "slices")]
pub use started::{Ended, Started};
pub use stop::StopSignal;
pub use token_source::{SuppliedToken, TokenSource, TokenSourceError};

uniffi::setup_scaffolding!("bootpay");
