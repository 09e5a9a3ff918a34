//! What went wrong with the database: what it proves about a change, and how to say it in words that help.

use std::error::Error;
use std::time::Duration;

use tokio_postgres::error::SqlState;

use crate::error::JournalError;
use crate::journal::record::Unwritable;

/// A failure on its way to whoever knows the database's place and what was being done.
#[derive(Debug)]
pub(super) enum Trouble {
    /// No connection came about.
    Connecting(tokio_postgres::Error),
    /// A statement failed, or the connection was lost.
    Server(tokio_postgres::Error),
    /// No answer in time.
    Silent(Duration),
    /// It called a commit done, and warned of something.
    Warned,
    /// The database cannot be used; in words.
    Unusable(String),
    /// Already in a caller's terms.
    Journal(JournalError),
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Server(error)
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
        match self {
            Self::Journal(error) => error,
            trouble => JournalError::Open { place: place.to_owned(), detail: trouble.in_words() },
        }
    }

    pub(super) fn during(self, place: &str, error: fn(String) -> JournalError) -> JournalError {
        match self {
            Self::Journal(error) => error,
            trouble => error(format!("{place}: {}", trouble.in_words())),
        }
    }

    fn code(&self) -> Option<&SqlState> {
        match self {
            Self::Connecting(error) | Self::Server(error) => error.code(),
            Self::Silent(_) | Self::Warned | Self::Unusable(_) | Self::Journal(_) => None,
        }
    }

    /// Whether the same transaction may well succeed when it is begun anew. (Whether it may be is another question: only
    /// where it provably did not commit.)
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Connecting(error) | Self::Server(error) => match error.code() {
                // The connection broke, or there was none to be had.
                None => true,
                Some(code) => {
                    let class = code.code().get(..2).unwrap_or_default();
                    // Connections that break; transactions that get in each other's way; servers that are starting,
                    // stopping, or have no place for one more.
                    matches!(class, "08" | "40")
                        || [
                            SqlState::UNIQUE_VIOLATION,
                            SqlState::ADMIN_SHUTDOWN,
                            SqlState::CRASH_SHUTDOWN,
                            SqlState::CANNOT_CONNECT_NOW,
                            SqlState::TOO_MANY_CONNECTIONS,
                            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
                            SqlState::READ_ONLY_SQL_TRANSACTION,
                        ]
                        .contains(code)
                }
            },
            Self::Warned => true,
            Self::Silent(_) | Self::Unusable(_) | Self::Journal(_) => false,
        }
    }

    /// Whether two transactions got in each other's way, on connections that are sound.
    pub(super) fn is_a_conflict(&self) -> bool {
        self.code().is_some_and(|code| code.code().starts_with("40") || *code == SqlState::UNIQUE_VIOLATION)
    }

    /// Whether the server itself has said so.
    pub(super) fn is_an_answer(&self) -> bool {
        self.code().is_some_and(|code| !code.code().starts_with("08") && !code.code().starts_with("57P"))
    }

    /// Whether this answer to a commit proves that nothing was committed. A server that is being stopped may say so after
    /// it has committed.
    pub(super) fn denies_the_commit(&self) -> bool {
        let class = self.code().and_then(|code| code.code().get(..2));
        matches!(class, Some("40" | "23" | "25" | "42" | "54" | "53"))
            && self.code() != Some(&SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN)
    }

    /// Whether another host was making the same tables.
    pub(super) fn is_a_race(&self) -> bool {
        self.code().is_some_and(|code| {
            code.code().starts_with("40")
                || [
                    SqlState::UNIQUE_VIOLATION,
                    SqlState::DUPLICATE_SCHEMA,
                    SqlState::DUPLICATE_TABLE,
                    SqlState::DUPLICATE_OBJECT,
                    SqlState::INTERNAL_ERROR,
                ]
                .contains(code)
        })
    }

    /// The server's words and its code. Its details are left out: they repeat values.
    fn in_words(&self) -> String {
        let (what, advice) = match self {
            Self::Connecting(error) | Self::Server(error) => match error.as_db_error() {
                Some(said) => (format!("{} ({})", said.message(), said.code().code()), advice(said.code())),
                None if matches!(self, Self::Connecting(_)) => (with_causes(error), Some(UNREACHABLE)),
                None => (with_causes(error), Some(LOST)),
            },
            Self::Silent(time) => (format!("no answer within {} s", time.as_secs()), Some(UNREACHABLE)),
            Self::Warned => ("it committed with a warning".to_owned(), Some(ALONE)),
            Self::Unusable(why) => (why.clone(), None),
            Self::Journal(error) => (error.to_string(), None),
        };
        match advice {
            Some(advice) => format!("{what}. {advice}"),
            None => what,
        }
    }
}

fn with_causes(error: &tokio_postgres::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

const UNREACHABLE: &str = "See that the database runs and can be reached from this machine";
const ALONE: &str = "A standby may not have it yet: see that every synchronous standby runs";
const LOST: &str = "The connection to the database was lost";

fn advice(code: &SqlState) -> Option<&'static str> {
    let class = code.code().get(..2).unwrap_or_default();
    Some(match class {
        "28" => "See the user and the password in the journal's URL",
        "3D" => "Create the database, or see its name in the journal's URL",
        "53" => "The server is out of connections, memory or disk; what was recorded before is kept",
        "57" => "The server is starting, stopping, or took too long",
        "55" => {
            "Somebody has kept the same records locked: a transaction in a shell, or a process that hangs. End that one"
        }
        "42" if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
            "This user must be allowed to use the schema `bootpay`, and to select, insert and update there; to make it \
             where there is none, to create in the database"
        }
        "42" => "The tables in the schema `bootpay` are not as this version left them",
        "25" => "The server only reads. Name the primary",
        "58" | "XX" => "The server reported an error of its own. Look into its log before refunding more",
        _ => return None,
    })
}
