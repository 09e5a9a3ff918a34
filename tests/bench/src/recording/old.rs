//! Journals that are old: so many intents, all settled, in the format that the core has made the tables in.
//!
//! They are copies of one that the core has recorded, written in the order of their names and without a sync, which takes
//! minutes instead of days; they are on the disk before anybody is timed. The names of intents and `cancel_id`s are spread
//! evenly, as those that are new will be; those of receipts grow with time.

use std::path::Path;

use anyhow::{Result, ensure};
use bootpay_test_postgres::Database;
use rusqlite::{Connection, params};

/// Rows in one statement.
const AT_ONCE: u64 = 200_000;

/// Fills a file up, which must hold an intent and be open nowhere.
///
/// # Errors
/// Where it cannot be written.
pub fn age_sqlite(path: &Path, rows: u64) -> Result<()> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA cache_size = -400000; PRAGMA foreign_keys = OFF;",
    )?;
    let mut names: Vec<String> = Vec::new();
    connection.pragma(None, "table_info", "intents", |row| {
        names.push(row.get("name")?);
        Ok(())
    })?;
    let copied = |name: &String| match name.as_str() {
        "id" => "printf('%016x%016x', i * ?3, i)".to_owned(),
        "cancel_id" => "printf('bp-%016x%016x', i * ?3, i)".to_owned(),
        "receipt_id" => "printf('60%022x', i)".to_owned(),
        name => format!("one.{name}"),
    };
    names.retain(|name| name != "seq");
    let counted = "WITH RECURSIVE counted (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM counted WHERE i + 1 < ?2)";
    let intents = format!(
        "{counted} INSERT INTO intents ({}) SELECT {} FROM counted, intents AS one WHERE one.seq = 1 LIMIT ?2 - ?1",
        names.join(", "),
        names.iter().map(copied).collect::<Vec<_>>().join(", ")
    );
    let attempts = format!(
        "{counted} INSERT INTO attempts SELECT printf('%016x%016x', i * ?3, i), number, started_at_ms, progress,
             body_mark, http_status, code FROM counted, attempts
         WHERE intent_id = (SELECT id FROM intents WHERE seq = 1) LIMIT ?2 - ?1"
    );
    let apart = i64::MAX as u64 / (rows + 1);
    for from in (0..rows).step_by(AT_ONCE as usize) {
        let to = rows.min(from + AT_ONCE);
        connection.execute_batch("BEGIN")?;
        for sql in [&intents, &attempts] {
            let written = connection.execute(sql, params![from as i64, to as i64, apart as i64])?;
            ensure!(written as u64 == to - from, "{written} rows of {}", to - from);
        }
        connection.execute_batch("COMMIT")?;
    }
    connection.execute_batch("PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL;")?;
    drop(connection);
    Ok(std::fs::File::open(path)?.sync_all()?)
}

/// Fills a database up, which must hold an intent.
///
/// # Errors
/// None: what fails here panics.
pub fn age_postgres(database: &Database, rows: u64) -> Result<()> {
    let names = database.sql(
        "SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns
         WHERE table_schema = 'bootpay' AND table_name = 'intents' AND column_name <> 'seq'",
    );
    let apart = i64::MAX as u64 / (rows + 1);
    let hex = format!("lpad(to_hex(i * {apart}), 16, '0') || lpad(to_hex(i), 16, '0')");
    let receipt = "'60' || lpad(to_hex(i), 22, '0')";
    let copied = |name: &str| match name {
        "id" => hex.clone(),
        "cancel_id" => format!("'bp-' || {hex}"),
        "receipt_id" => receipt.to_owned(),
        name => format!("one.{name}"),
    };
    let values = names.split(',').map(copied).collect::<Vec<_>>().join(", ");
    for from in (0..rows).step_by(AT_ONCE as usize) {
        let series = format!("generate_series({from}::bigint, {} - 1) AS i", rows.min(from + AT_ONCE));
        database.sql(&format!(
            "SET synchronous_commit = off;
             INSERT INTO bootpay.intents ({names}) SELECT {values} FROM {series}, bootpay.intents AS one
             WHERE one.seq = (SELECT min(seq) FROM bootpay.intents);
             INSERT INTO bootpay.locks SELECT 'receipt ' || (SELECT environment FROM bootpay.intents LIMIT 1) || ' '
             || {receipt}, 1 FROM {series}"
        ));
    }
    database.sql("VACUUM (ANALYZE) bootpay.intents");
    database.sql("VACUUM (ANALYZE) bootpay.locks");
    database.sql("CHECKPOINT");
    Ok(())
}
