//! The embedded journal: one SQLite file that every process of a host shares.
//!
//! **Exclusive.** A decision about an intent is made inside a transaction that holds the file's only write lock, from
//! rows that were read inside it. So two processes on one file cannot both be admitted.
//!
//! **Synced.** The file is kept with a write-ahead log and `synchronous=FULL`: a commit returns once the disk has it.
//! Nobody gets an answer before that.
//!
//! **Fast enough.** One thread owns the connection, takes what has queued up and commits it at once: concurrent cancels
//! share a sync instead of waiting for one each. No runtime's thread ever waits for the disk.
//!
//! **Readable.** `sqlite3 journal.sqlite3 'SELECT * FROM open_intents'` shows what waits for a person. Copy the file
//! with the shell's `.backup`, and not while it is in use with `cp`.
//!
//! A local disk only: over a network file system neither locks nor syncs can be trusted. On Linux such a place is
//! refused; elsewhere it is not recognised.

mod file;
mod operations;
mod row;
mod schema;
mod trouble;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use rusqlite::{Connection, OpenFlags};

use crate::error::JournalError;
use crate::intent::{Change, Changed, Intent, IntentId, IntentQuery, OwnerId, UnixMillis};
use crate::journal::Journal;
use crate::protocol::{Admission, Proposal};

use file::JournalFile;
use writer::Writer;

/// A journal in an SQLite file. Clones share the file's connection.
///
/// A call whose future is dropped may still take effect: what it would have recorded is then found in the journal.
/// After `fork`, a child must open the journal anew; a handle that crossed over answers with an error.
#[derive(Clone, Debug)]
pub struct SqliteJournal {
    writer: Writer,
}

/// Closing any descriptor of a file drops all locks that this process holds on it (POSIX). So no journal may be opened
/// by SQLite while another thread is still creating the file with a descriptor of its own.
static OPENING: Mutex<()> = Mutex::new(());

impl SqliteJournal {
    /// Opens the journal at `path`, and creates it with its directories where there is none: for this user alone.
    ///
    /// This waits for the disk, and up to five seconds for other processes that are opening the same file.
    ///
    /// # Errors
    /// [`JournalError::Open`]: the place cannot be written, lies on a network file system, or holds something that is
    /// not a journal of this version. What is there is left as it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        Self::open_then(path.as_ref(), "")
    }

    /// Opens the journal at [`SqliteJournal::default_path`].
    ///
    /// # Errors
    /// As [`SqliteJournal::default_path`] and [`SqliteJournal::open`].
    pub fn open_default() -> Result<Self, JournalError> {
        Self::open(Self::default_path()?)
    }

    /// `bootpay/journal.sqlite3` in the user's data directory, on this machine: `~/.local/share` on Linux,
    /// `~/Library/Application Support` on macOS, `%LOCALAPPDATA%` on Windows.
    ///
    /// # Errors
    /// [`JournalError::Open`] where the user has no home directory, as some services and containers have none.
    pub fn default_path() -> Result<PathBuf, JournalError> {
        // The local directory: Windows copies the other one from host to host, open refunds included.
        directories::BaseDirs::new()
            .map(|directories| directories.data_local_dir().join("bootpay").join("journal.sqlite3"))
            .ok_or_else(|| JournalError::Open {
                place: "the user's data directory".to_owned(),
                detail: "this user has no home directory. Name a file that outlives the process, on a disk that is \
                         kept: with BOOTPAY_JOURNAL=/path/to/journal.sqlite3, or as the journal's path in the \
                         configuration"
                    .to_owned(),
            })
    }

    /// `then` is run on the connection once it is ready: tests put limits on it.
    fn open_then(path: &Path, then: &str) -> Result<Self, JournalError> {
        let _opening = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = JournalFile::prepare(path)?;
        // Without `SQLITE_OPEN_CREATE`: it is created above, with its mode. Without `SQLITE_OPEN_URI`: a path is a path.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file.path(), flags)
            .map_err(trouble::Trouble::from)
            .and_then(|mut connection| {
                schema::prepare(&mut connection)?;
                connection.execute_batch(then)?;
                Ok(connection)
            })
            .map_err(|trouble| trouble.opening(file.place()))?;
        file.sync_names()?;
        file.remember()?;
        Ok(Self { writer: Writer::start(connection, file)? })
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn admit(&self, proposal: Proposal) -> Result<Admission, JournalError> {
        self.writer.write(move |connection| operations::admit(connection, &proposal)).await
    }

    async fn change(
        &self,
        id: &IntentId,
        by: &OwnerId,
        change: Change,
        now: UnixMillis,
    ) -> Result<Changed, JournalError> {
        let (id, by) = (id.clone(), by.clone());
        self.writer.write(move |connection| operations::change(connection, &id, &by, &change, now)).await
    }

    async fn find(&self, query: IntentQuery) -> Result<Vec<Intent>, JournalError> {
        self.writer.read(move |connection| operations::find(connection, &query)).await
    }

    fn place(&self) -> String {
        self.writer.place().to_owned()
    }

    /// Closes the file, and waits until that is done: what was handed over before is carried out first. Clones are
    /// closed too, and answer with an error.
    ///
    /// No connection may be open while a process forks: SQLite takes a lock that one connection of a process holds for
    /// held by all, and a child inherits that belief without the lock. Then whoever closes the file last elsewhere
    /// removes the log that the child still writes to.
    fn close(&self) {
        self.writer.close();
    }
}

#[cfg(test)]
mod tests;
