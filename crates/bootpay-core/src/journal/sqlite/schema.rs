//! The file's format: its tables, how a connection is set up, and how an older file becomes a current one.

use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};

use super::trouble::Trouble;

/// How long to wait for other processes.
const PATIENCE: Duration = Duration::from_secs(5);

/// "BPJ1": what marks an SQLite file as a journal of this library (`file` shows it).
const APPLICATION_ID: i64 = 0x4250_4A31;

/// What leads from each format to the next. A step that was released is never edited: another is added.
const MIGRATIONS: [&str; 2] = [FORMAT_1, FORMAT_2];

/// The format that this version reads and writes, kept in the file's `user_version`.
pub(super) const FORMAT: i64 = MIGRATIONS.len() as i64;

/// Which intents wait for somebody. A query must repeat it word for word to be served by the index.
pub(super) const IS_OPEN: &str = "(state IN ('reserved', 'sending', 'unknown') OR held = 1)";

const FORMAT_1: &str = "
-- Money is in whole won, a time in milliseconds since 1970 (UTC). `seq` is the order of admission.
CREATE TABLE intents (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    environment TEXT NOT NULL,
    scope TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    intent_key TEXT NOT NULL,
    generation INTEGER NOT NULL CHECK (generation >= 1),
    cancel_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('full', 'partial')),
    price INTEGER,
    tax_free INTEGER,
    expected_remaining INTEGER,
    to_account INTEGER NOT NULL CHECK (to_account IN (0, 1)),
    account_mark TEXT,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'sending', 'unknown', 'cancelled', 'already_cancelled', 'refused',
                                         'not_sent', 'not_cancelled')),
    held INTEGER NOT NULL CHECK (held IN (0, 1)),
    owner TEXT NOT NULL,
    lease_until_ms INTEGER NOT NULL,
    deadline_ms INTEGER,
    -- The ledger just before the request. `has_…` tells 'not asked' from 'asked, and every figure was missing'.
    has_before INTEGER NOT NULL CHECK (has_before IN (0, 1)),
    before_price INTEGER, before_remaining INTEGER, before_cancelled INTEGER, before_status INTEGER,
    -- What the last answer or lookup said.
    has_after INTEGER NOT NULL CHECK (has_after IN (0, 1)),
    after_price INTEGER, after_remaining INTEGER, after_cancelled INTEGER, after_status INTEGER,
    -- The journal's latest answered totals of the receipt at admission.
    has_last INTEGER NOT NULL CHECK (has_last IN (0, 1)),
    last_price INTEGER, last_remaining INTEGER, last_cancelled INTEGER, last_status INTEGER,
    answered_at_ms INTEGER,
    unknown_cause TEXT,
    evidence TEXT,
    money_is_back TEXT,
    cancellation TEXT,
    mismatches TEXT NOT NULL,
    refusal_kind TEXT, refusal_code TEXT, refusal_message TEXT,
    decided_by TEXT,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    UNIQUE (environment, scope, receipt_id, intent_key, generation),
    CHECK (CASE kind WHEN 'full' THEN price IS NULL AND tax_free IS NULL
                     ELSE price > 0 AND expected_remaining IS NULL END)
) STRICT;

CREATE TABLE attempts (
    intent_id TEXT NOT NULL REFERENCES intents (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    started_at_ms INTEGER NOT NULL,
    progress TEXT NOT NULL CHECK (progress IN ('sending', 'not_sent', 'answered', 'unproven')),
    body_mark TEXT,
    http_status INTEGER,
    code TEXT,
    PRIMARY KEY (intent_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX intents_of_receipt ON intents (receipt_id, environment);
CREATE INDEX intents_with_cancel_id ON intents (cancel_id, environment, scope);
-- Small however old the journal is.
CREATE INDEX intents_open ON intents (seq) WHERE (state IN ('reserved', 'sending', 'unknown') OR held = 1);

-- For people: what waits, with the time where they are.
CREATE VIEW open_intents AS
SELECT datetime(created_at_ms / 1000, 'unixepoch', 'localtime') AS admitted,
       datetime(updated_at_ms / 1000, 'unixepoch', 'localtime') AS changed,
       receipt_id, cancel_id, kind, price, state, unknown_cause, held, mismatches,
       (SELECT count(*) FROM attempts WHERE intent_id = intents.id) AS tries,
       before_remaining, after_remaining,
       datetime(lease_until_ms / 1000, 'unixepoch', 'localtime') AS owned_until,
       environment
FROM intents
WHERE (state IN ('reserved', 'sending', 'unknown') OR held = 1)
ORDER BY seq;
";

const FORMAT_2: &str = "
-- Which bulk began the intent. Only those of a bulk are in the index, so that it costs the others nothing.
ALTER TABLE intents ADD COLUMN bulk TEXT;
CREATE INDEX intents_of_bulk ON intents (bulk, seq) WHERE bulk IS NOT NULL;
";

/// Makes a fresh connection ready: checks whose file it is before anything is written, then brings it up to date.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), Trouble> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(32);
    let found = patiently(connection, |connection| format_of(connection))?;
    // SQLite opens what may not be written for reading alone, and says so only at the first write.
    if connection.is_readonly("main")? {
        let mode = "it may be read but not written. This user must own the file, or be allowed to write it";
        return Err(Trouble::Unusable(mode.to_owned()));
    }
    // Neither of the last two is Apple's alone to ignore: elsewhere they change nothing.
    connection.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;",
    )?;
    patiently(connection, |connection| use_write_ahead_log(connection))?;
    if found < FORMAT {
        patiently(connection, migrate)?;
    }
    Ok(())
}

/// Refuses to write where another version has migrated the file in the meantime.
pub(super) fn check_format(connection: &Connection) -> Result<(), Trouble> {
    // Asked at every commit, so its statement is kept.
    match connection.prepare_cached("PRAGMA user_version")?.query_row([], |row| row.get(0))? {
        FORMAT => Ok(()),
        other => Err(another_version(other)),
    }
}

/// The file's format, 0 for an empty one.
fn format_of(connection: &Connection) -> Result<i64, Trouble> {
    let application = pragma(connection, "application_id")?;
    let format = pragma(connection, "user_version")?;
    let things: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (application, format, things) {
        (0, 0, 0) => Ok(0),
        (APPLICATION_ID, 1..=FORMAT, _) => Ok(format),
        (APPLICATION_ID, ..) => Err(another_version(format)),
        _ => Err(Trouble::Unusable(
            "that is an SQLite file of something else; it was left as it is. Name another place for the journal"
                .to_owned(),
        )),
    }
}

fn another_version(format: i64) -> Trouble {
    Trouble::Unusable(format!(
        "another version of this library has written it (format {format}; this version knows {FORMAT}). It was left as \
         it is. Use that version here too"
    ))
}

fn use_write_ahead_log(connection: &Connection) -> Result<(), Trouble> {
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode.eq_ignore_ascii_case("wal") {
        return Ok(());
    }
    Err(Trouble::Unusable(format!(
        "its file system cannot keep a write-ahead log (SQLite stays in mode {mode}). Name a place on a local disk"
    )))
}

/// Exclusive, and the format is read again inside: of two processes that open a new file at once, one migrates.
fn migrate(connection: &mut Connection) -> Result<(), Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let found = usize::try_from(format_of(&transaction)?).unwrap_or(MIGRATIONS.len());
    for step in MIGRATIONS.iter().skip(found) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()?;
    Ok(())
}

fn pragma(connection: &Connection, name: &str) -> Result<i64, Trouble> {
    Ok(connection.pragma_query_value(None, name, |row| row.get(0))?)
}

/// Repeats what other processes are in the way of: SQLite itself does not wait where waiting could deadlock, as when
/// two of them switch a new file to its write-ahead log.
fn patiently<T>(
    connection: &mut Connection,
    mut attempt: impl FnMut(&mut Connection) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let start = Instant::now();
    loop {
        match attempt(connection) {
            Err(trouble) if trouble.is_busy() && start.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(10));
            }
            done => return done,
        }
    }
}
