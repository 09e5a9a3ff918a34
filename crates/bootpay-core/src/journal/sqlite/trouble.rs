//! What went wrong with the file, in words that help: where it is, what happened, what to do.

use rusqlite::ErrorCode;

use crate::error::JournalError;
use crate::journal::record::Unwritable;

/// A failure on its way to whoever knows the file's place and what was being done.
#[derive(Debug)]
pub(super) enum Trouble {
    /// SQLite failed.
    Sqlite(rusqlite::Error),
    /// The file cannot be used; in words.
    Unusable(String),
    /// Already in a caller's terms.
    Journal(JournalError),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<JournalError> for Trouble {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl From<Unwritable> for Trouble {
    fn from(Unwritable(why): Unwritable) -> Self {
        Self::Unusable(why)
    }
}

impl Trouble {
    pub(super) fn opening(self, place: &str) -> JournalError {
        let open = |detail| JournalError::Open { place: place.to_owned(), detail };
        match self {
            Self::Sqlite(error) => open(in_words(&error)),
            Self::Unusable(why) => open(why),
            Self::Journal(error) => error,
        }
    }

    pub(super) fn reading(self, place: &str) -> JournalError {
        self.during(place, JournalError::Read)
    }

    pub(super) fn writing(self, place: &str) -> JournalError {
        self.during(place, JournalError::Write)
    }

    fn during(self, place: &str, error: fn(String) -> JournalError) -> JournalError {
        match self {
            Self::Sqlite(cause) => error(format!("{place}: {}", in_words(&cause))),
            Self::Unusable(why) => error(format!("{place}: {why}")),
            Self::Journal(error) => error,
        }
    }

    /// Whether another process is in the way, for now.
    pub(super) fn is_busy(&self) -> bool {
        let Self::Sqlite(error) = self else { return false };
        matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
    }
}

fn in_words(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code().and_then(advice) {
        Some(advice) => format!("{error}. {advice}"),
        None => error.to_string(),
    }
}

fn advice(code: ErrorCode) -> Option<&'static str> {
    Some(match code {
        ErrorCode::DiskFull => "Free some space on its disk; what was recorded before is kept",
        ErrorCode::ReadOnly
        | ErrorCode::PermissionDenied
        | ErrorCode::CannotOpen
        | ErrorCode::AuthorizationForStatementDenied => {
            "This user must be allowed to write the file and its directory, where SQLite keeps a -wal and a -shm file \
             beside it"
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            "Another process has kept it locked for five seconds: an sqlite3 shell inside a transaction, a backup, or a \
             process that hangs. End that one"
        }
        ErrorCode::NotADatabase => {
            "That file is something else; it was left as it is. Name another place for the journal"
        }
        ErrorCode::DatabaseCorrupt => {
            "The file is damaged. Keep it: it may hold open refunds. Try `sqlite3 FILE .recover`, and look up in \
             Bootpay's console what it can no longer tell"
        }
        ErrorCode::SystemIoFailure => "The disk reported an error. Look into the system's log before refunding more",
        ErrorCode::FileLockingProtocolFailed => "The file's locks do not work; move it to a local disk",
        _ => return None,
    })
}
