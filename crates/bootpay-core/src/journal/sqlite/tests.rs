//! What only a file can do: outlive the process, be shared, be damaged, be full.

mod failure;
mod format;
mod record;
mod sharing;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::*;

/// A directory that goes away, and the journal's path in it.
fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal.sqlite3");
    (directory, path)
}

/// Waits until no handle of this process has the file open: SQLite then takes its log away.
///
/// Nothing here may open the file by other means before: closing it again would drop SQLite's locks.
fn closed(path: &Path) {
    let log = PathBuf::from(format!("{}-wal", path.display()));
    let start = Instant::now();
    while log.exists() {
        assert!(start.elapsed() < Duration::from_secs(10), "the journal's thread did not end");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Keeps the writer busy until the answer is dropped, so that what is asked meanwhile queues up.
fn hold(journal: &SqliteJournal) -> std::sync::mpsc::Sender<()> {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let writer = journal.writer.clone();
    tokio::spawn(async move {
        let wait = move |_: &Connection| {
            let _ = released.recv();
            Ok(())
        };
        writer.read(wait).await.unwrap();
    });
    release
}
