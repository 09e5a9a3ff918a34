//! What a caller was told, as a line of JSON: the word of a process, to be held against the ledger's.

use bootpay_core::{BootpayError, CancelOutcome};
use serde::{Deserialize, Serialize};

/// What a caller was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The money is cancelled.
    Cancelled {
        /// Whether the journal is said to hold it.
        recorded: bool,
        /// Whether an answer proved it; otherwise a lookup did.
        answered: bool,
    },
    /// It had been cancelled before.
    AlreadyCancelled,
    /// The money may or may not have moved.
    Unknown {
        /// Whether the journal is said to hold it.
        recorded: bool,
    },
    /// This call moved no money.
    Error {
        /// The error's kind.
        kind: String,
        /// Its words.
        words: String,
    },
}

impl Told {
    /// What a result tells.
    pub fn of(seen: &Result<CancelOutcome, BootpayError>) -> Self {
        match seen {
            Ok(CancelOutcome::Cancelled(cancelled)) => Self::Cancelled {
                recorded: cancelled.recorded,
                answered: cancelled.evidence == bootpay_core::Evidence::Answered,
            },
            Ok(CancelOutcome::AlreadyCancelled(_)) => Self::AlreadyCancelled,
            Ok(CancelOutcome::Unknown(unknown)) => Self::Unknown { recorded: unknown.recorded },
            Err(error) => Self::Error { kind: error.kind(), words: error.to_string() },
        }
    }

    /// Whether it was an error.
    pub fn is_error(&self) -> bool {
        matches!(self, Self::Error { .. })
    }

    /// Whether it was an error of the journal's.
    pub fn is_journal_error(&self) -> bool {
        matches!(self, Self::Error { kind, .. } if kind == "journal")
    }

    /// What it has to do with the ledger, whatever befell the process.
    ///
    /// # Errors
    /// What was told of money that says otherwise, in words.
    pub fn agrees_with(&self, moved: &[u64]) -> Result<(), String> {
        match self {
            _ if moved.len() > 1 => Err(format!("moved more than once: {moved:?}")),
            Self::Error { .. } if !moved.is_empty() => Err("an error, and the money moved".into()),
            Self::Cancelled { .. } if moved.is_empty() => Err("cancelled, and nothing moved".into()),
            Self::AlreadyCancelled => Err("nobody else has cancelled".into()),
            _ => Ok(()),
        }
    }
}
