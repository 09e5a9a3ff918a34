//! Who says what is in a journal: a connection of its own, beside the one that is measured.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use bootpay_test_postgres::Database;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

use super::{Recorder, Wish};

/// Counts what was recorded from beginning to end since it was last asked.
#[derive(Clone, Debug)]
pub struct Witness {
    kept: Kept,
    seen: i64,
}

#[derive(Clone, Debug)]
enum Kept {
    File(PathBuf),
    Database(Database),
}

impl Witness {
    /// For a file.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn of_file(path: impl Into<PathBuf>) -> Result<Self> {
        Self::after_what_is_there(Kept::File(path.into()))
    }

    /// For a database.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn of_database(database: Database) -> Result<Self> {
        Self::after_what_is_there(Kept::Database(database))
    }

    fn after_what_is_there(kept: Kept) -> Result<Self> {
        let mut witness = Self { kept, seen: 0 };
        witness.seen = witness.latest()?;
        Ok(witness)
    }

    /// How many cancels are new in it, each settled, with one try that was answered.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn count_new(&mut self) -> Result<u64> {
        let (seen, latest) = (self.seen, self.latest()?);
        self.seen = latest;
        let new = match &self.kept {
            Kept::File(path) => read_only(path)?.query_row(
                "SELECT count(*) FROM intents JOIN attempts ON intent_id = id
                 WHERE seq > ?1 AND state = 'cancelled' AND number = 1 AND progress = 'answered'",
                [seen],
                |row| row.get::<_, i64>(0),
            )?,
            Kept::Database(database) => database
                .sql(&format!(
                    "SELECT count(*) FROM bootpay.intents WHERE seq > {seen} AND state = 'cancelled'
                     AND jsonb_array_length(attempts) = 1 AND attempts -> 0 ->> 'progress' = 'answered'"
                ))
                .parse()?,
        };
        Ok(new.try_into()?)
    }

    fn latest(&self) -> Result<i64> {
        Ok(match &self.kept {
            Kept::File(path) => {
                read_only(path)?.query_row("SELECT coalesce(max(seq), 0) FROM intents", [], |row| row.get(0))?
            }
            Kept::Database(database) => database.sql("SELECT coalesce(max(seq), 0) FROM bootpay.intents").parse()?,
        })
    }

    /// Everything that it holds about a wish, with the wish's own names blotted out.
    fn row_of(&self, wish: &Wish) -> Result<String> {
        let row = match &self.kept {
            Kept::File(path) => {
                let connection = read_only(path)?;
                let mut text = String::new();
                for sql in ["SELECT * FROM intents WHERE id = ?1", "SELECT * FROM attempts WHERE intent_id = ?1"] {
                    let mut statement = connection.prepare(sql)?;
                    let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
                    let mut rows = statement.query([&wish.intent_id])?;
                    while let Some(row) = rows.next()? {
                        for (index, name) in names.iter().enumerate().filter(|(_, name)| *name != "seq") {
                            text += &format!("{name}: {:?}\n", readable(row.get(index)?));
                        }
                    }
                }
                text
            }
            Kept::Database(database) => database.sql(&format!(
                "SELECT jsonb_pretty(to_jsonb(one) - 'seq' - 'written_by') FROM bootpay.intents AS one WHERE id = '{}'",
                wish.intent_id
            )),
        };
        ensure!(!row.is_empty(), "{wish:?} is not recorded");
        let blotted = row.replace(&wish.intent_id, "INTENT").replace(&wish.receipt_id, "RECEIPT");
        Ok(blotted.replace(&wish.cancel_id, "CANCEL"))
    }
}

/// Objects' members have no order.
fn readable(value: Value) -> Value {
    match &value {
        Value::Text(text) => match serde_json::from_str::<serde_json::Value>(text) {
            Ok(json) => Value::Text(json.to_string()),
            Err(_) => value,
        },
        _ => value,
    }
}

fn read_only(path: &PathBuf) -> Result<Connection> {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).with_context(|| path.display().to_string())
}

/// Has each record a cancel, and makes sure that all leave the same rows.
///
/// # Errors
/// Where they do not.
pub fn alike(recorders: &mut [Box<dyn Recorder>]) -> Result<()> {
    let mut first: Option<String> = None;
    for recorder in recorders {
        let wish = Wish::fresh(1)?.remove(0);
        recorder.record(vec![wish.clone()], 1)?;
        ensure!(recorder.witness().count_new()? == 1, "{} recorded nothing", recorder.name());
        let row = recorder.witness().row_of(&wish)?;
        let first = first.get_or_insert_with(|| row.clone());
        ensure!(*first == row, "{} leaves other rows:\n{row}\nand not\n{first}", recorder.name());
    }
    Ok(())
}
