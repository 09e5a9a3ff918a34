//! Which journal.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::{BootpayError, InvalidInput, Problem};
use crate::journal::{Journal, MemoryJournal};
use crate::secret::Secret;

/// Where intents are kept.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum JournalChoice {
    /// An SQLite file in the user's data directory.
    #[default]
    UserData,
    /// An SQLite file.
    Sqlite(PathBuf),
    /// What a URL names: `postgresql://user:password@host:5432/database` for a fleet of hosts, `sqlite:path` for a file.
    /// A text without a scheme is a file's path. It is a secret, since it may carry a password.
    Url(Secret),
    /// Nowhere: everything is forgotten when the process ends. For tests; never fallen back to.
    Memory,
    /// A journal of the caller's own.
    Custom(Arc<dyn Journal>),
}

impl JournalChoice {
    /// What a URL or a path names: see [`JournalChoice::Url`].
    pub fn url(url: impl Into<Secret>) -> Self {
        Self::Url(url.into())
    }

    /// Opens the journal. [`Builder::build`](crate::Builder::build) does; by itself it is for whoever shares a journal between clients, or
    /// looks whether one can be opened.
    ///
    /// # Errors
    /// [`BootpayError::InvalidInput`] for a URL, which is never repeated; [`BootpayError::Journal`].
    pub fn open(self) -> Result<Arc<dyn Journal>, BootpayError> {
        match self {
            Self::Memory => Ok(Arc::new(MemoryJournal::new())),
            Self::Custom(journal) => Ok(journal),
            Self::UserData => open_user_data(),
            Self::Sqlite(path) => open_sqlite(path),
            Self::Url(url) => match Named::by(url.expose())? {
                Named::File(path) => open_sqlite(path),
                Named::Postgres => open_postgres(url),
            },
        }
    }
}

/// What a journal's URL names.
#[derive(Debug, PartialEq)]
enum Named {
    File(PathBuf),
    Postgres,
}

impl Named {
    fn by(url: &str) -> Result<Self, InvalidInput> {
        let url = url.trim();
        let wrong = |problem| {
            Err(InvalidInput::new("journal", problem).expected(
                "postgresql://user:password@host:5432/database, sqlite:path, or the path of a file (./ before one with a \
                 colon in it)",
            ))
        };
        if url.is_empty() {
            return wrong(Problem::Empty);
        }
        let is_scheme = |text: &str| {
            // One letter is a drive of Windows'.
            text.len() > 1
                && text.starts_with(|char: char| char.is_ascii_alphabetic())
                && text.chars().all(|char| char.is_ascii_alphanumeric() || "+-.".contains(char))
        };
        match url.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => match scheme.to_ascii_lowercase().as_str() {
                "postgresql" | "postgres" => Ok(Self::Postgres),
                "sqlite" => {
                    match rest.strip_prefix("//").map_or(Some(rest), |path| path.starts_with('/').then_some(path)) {
                        Some(path) if !path.is_empty() => Ok(Self::File(path.into())),
                        _ => wrong(Problem::Malformed),
                    }
                }
                _ => wrong(Problem::NotKnown),
            },
            _ => Ok(Self::File(url.into())),
        }
    }
}

#[cfg(feature = "sqlite")]
fn open_user_data() -> Result<Arc<dyn Journal>, BootpayError> {
    Ok(Arc::new(crate::journal::SqliteJournal::open_default()?))
}

#[cfg(feature = "sqlite")]
fn open_sqlite(path: PathBuf) -> Result<Arc<dyn Journal>, BootpayError> {
    Ok(Arc::new(crate::journal::SqliteJournal::open(path)?))
}

#[cfg(not(feature = "sqlite"))]
fn open_user_data() -> Result<Arc<dyn Journal>, BootpayError> {
    Err(not_built("SQLite"))
}

#[cfg(not(feature = "sqlite"))]
fn open_sqlite(_: PathBuf) -> Result<Arc<dyn Journal>, BootpayError> {
    Err(not_built("SQLite"))
}

#[cfg(feature = "postgres")]
fn open_postgres(url: Secret) -> Result<Arc<dyn Journal>, BootpayError> {
    Ok(Arc::new(crate::journal::PostgresJournal::open(url)?))
}

#[cfg(not(feature = "postgres"))]
fn open_postgres(_: Secret) -> Result<Arc<dyn Journal>, BootpayError> {
    Err(not_built("PostgreSQL"))
}

#[cfg(not(all(feature = "sqlite", feature = "postgres")))]
fn not_built(what: &str) -> BootpayError {
    let wrong = InvalidInput::new("journal", Problem::Inconsistent);
    wrong.expected(format!("another journal: this build has no {what}, which is a feature of the library")).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bootpay, Credentials};

    #[test]
    fn a_journals_url_names_a_database_or_a_file_and_a_text_without_a_scheme_is_a_path() {
        let file = |path: &str| Ok(Named::File(path.into()));
        for (url, named) in [
            ("postgresql://u:p@h/d", Ok(Named::Postgres)),
            ("postgres://h", Ok(Named::Postgres)),
            ("PostgreSQL://h", Ok(Named::Postgres)),
            ("sqlite:journal.sqlite3", file("journal.sqlite3")),
            ("sqlite:///var/lib/journal.sqlite3", file("/var/lib/journal.sqlite3")),
            ("sqlite:/var/lib/100%?.sqlite3", file("/var/lib/100%?.sqlite3")),
            ("/var/lib/journal.sqlite3", file("/var/lib/journal.sqlite3")),
            ("journal", file("journal")),
            (r"C:\data\journal.sqlite3", file(r"C:\data\journal.sqlite3")),
            ("./orders:2026", file("./orders:2026")),
        ] {
            assert_eq!(Named::by(url), named, "{url}");
        }
        for (url, problem) in [
            ("", Problem::Empty),
            ("sqlite:", Problem::Malformed),
            ("sqlite://journal.sqlite3", Problem::Malformed),
            ("mysql://u:canary@h/d", Problem::NotKnown),
            ("postgers:u:canary@h", Problem::NotKnown),
            ("user:canary@host/d", Problem::NotKnown),
        ] {
            let error = Named::by(url).unwrap_err();
            assert_eq!((error.field(), error.problem()), ("journal", problem), "{url}");
            assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        }
    }

    #[test]
    fn a_journals_url_is_never_shown() {
        let choice = JournalChoice::url("postgresql://u:canary@h/d");
        let builder = Bootpay::builder(Credentials::key_pair("a", "b").unwrap()).journal(choice.clone());
        assert!(!format!("{choice:?} {builder:?}").contains("canary"));
    }
}
