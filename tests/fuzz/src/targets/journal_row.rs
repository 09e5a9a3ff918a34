//! Rows of the journal: people, other versions and broken disks write them too. Each line of the input puts another value
//! into one cell of a real file: `partial.price=int:1`, `full.state=text:unknown`, `partial/1.progress=null`,
//! `unknown.cancellation=blob:00ff`. What cannot be understood must be an error; what is read must be what the cells say,
//! each of them, and no default.

use std::sync::LazyLock;

use bootpay_core::protocol::{Admission, Proposal};
use bootpay_core::{
    CancelAmount, CancelId, Cancellation, Change, Changed, Evidence, Intent, IntentKey, IntentQuery, IntentState,
    Journal, JournalError, Mismatch, MoneyIsBack, OwnerId, PartialAmount, ReceiptId, Settlement, SqliteJournal, Totals,
    UnixMillis, UnknownCause, Won,
};
use rusqlite::Connection;
use rusqlite::types::Value;

use crate::stage::block_on;

/// A journal with three intents, and another connection to its file.
struct File {
    _folder: tempfile::TempDir,
    journal: SqliteJournal,
    shell: Connection,
    columns: Vec<String>,
}

thread_local! {
    static FILE: File = File::new();
}

static ATTEMPT_COLUMNS: [&str; 6] = ["number", "started_at_ms", "progress", "body_mark", "http_status", "code"];

pub(crate) fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    FILE.with(|file| {
        file.shell.execute_batch("SAVEPOINT untouched").expect("a savepoint");
        let mut changed = false;
        for line in text.lines().take(16) {
            changed |= file.put(line).is_some();
        }
        if changed {
            file.shell.execute_batch("RELEASE untouched").expect("written");
            file.judge();
            file.restore();
        } else {
            file.shell.execute_batch("ROLLBACK TO untouched; RELEASE untouched").expect("untouched");
        }
    });
}

impl File {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal.sqlite3");
        let journal = SqliteJournal::open(&path).expect("a new journal");
        block_on(fill(&journal));
        journal.close();
        // A tool that knows nothing of types and rules writes whatever it likes.
        let shell = Connection::open(&path).expect("the file");
        shell
            .execute_batch(
                "PRAGMA synchronous = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;
                 PRAGMA writable_schema = ON;
                 UPDATE sqlite_schema SET sql = replace(replace(replace(sql, 'STRICT,', ''), 'STRICT', ''), ' NOT NULL', '')
                 WHERE type = 'table';
                 PRAGMA writable_schema = RESET;
                 CREATE TABLE kept_intents AS SELECT * FROM intents;
                 CREATE TABLE kept_attempts AS SELECT * FROM attempts;",
            )
            .expect("a file without rules");
        let statement = shell.prepare("SELECT * FROM intents").expect("the table");
        let columns = statement.column_names().into_iter().map(str::to_owned).collect();
        drop(statement);
        let journal = SqliteJournal::open(&path).expect("the same journal");
        Self { _folder: folder, journal, shell, columns }
    }

    /// `intent.column=value` or `intent/number.column=value`.
    fn put(&self, line: &str) -> Option<()> {
        let (cell, value) = line.split_once('=')?;
        let (row, column) = cell.split_once('.')?;
        let (intent, number) = match row.split_once('/') {
            Some((intent, number)) => (intent, Some(number.parse::<i64>().ok()?)),
            None => (row, None),
        };
        let seq = match intent {
            "full" => 1_i64,
            "partial" => 2,
            "unknown" => 3,
            _ => return None,
        };
        let value = read_value(value)?;
        let written = if let Some(number) = number {
            let column = ATTEMPT_COLUMNS.iter().find(|name| **name == column)?;
            let sql = format!(
                "UPDATE OR IGNORE attempts SET {column} = ?1 WHERE number = ?2 AND intent_id = (SELECT id FROM kept_intents WHERE seq = ?3)"
            );
            self.shell.execute(&sql, rusqlite::params![value, number, seq])
        } else {
            let column = self.columns.iter().find(|name| *name == column && *name != "seq")?;
            let sql = format!("UPDATE OR IGNORE intents SET {column} = ?1 WHERE seq = ?2");
            self.shell.execute(&sql, rusqlite::params![value, seq])
        };
        written.ok().map(drop)
    }

    fn restore(&self) {
        self.shell
            .execute_batch(
                "BEGIN; DELETE FROM attempts; DELETE FROM intents;
                 INSERT INTO intents SELECT * FROM kept_intents; INSERT INTO attempts SELECT * FROM kept_attempts; COMMIT;",
            )
            .expect("as it was");
    }

    fn judge(&self) {
        match block_on(self.journal.find(IntentQuery::default())) {
            Ok(intents) => {
                for intent in &intents {
                    self.is_what_the_cells_say(intent);
                }
            }
            Err(error) => assert!(matches!(error, JournalError::Corrupt(_)), "{error:?}"),
        }
        // A receipt whose rows cannot be read admits nobody: what stands there may be a refund on its way.
        let admission = block_on(self.journal.admit(proposal("partial", "another", 5_000, 900_000)));
        if let Ok(Admission::Admitted(_)) = admission {
            let readable = block_on(self.journal.find(IntentQuery {
                receipt_id: Some(ReceiptId::new("partial").expect("an id")),
                ..IntentQuery::default()
            }));
            assert!(readable.is_ok(), "admitted beside a row that nobody understands");
        }
    }

    fn is_what_the_cells_say(&self, intent: &Intent) {
        for (column, expected) in cells(intent) {
            let sql = format!("SELECT {column} FROM intents WHERE id = ?");
            let found: Value = self.shell.query_row(&sql, [&intent.id.0], |row| row.get(0)).expect("the cell");
            if let (Value::Text(found), Value::Text(expected), true) =
                (&found, &expected, ["cancellation", "mismatches"].contains(&column))
            {
                let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
                says_the_same(&read(found), &read(expected), column);
            } else {
                assert_eq!(found, expected, "{column} of {}", intent.id);
            }
        }
        let mut statement = self
            .shell
            .prepare("SELECT started_at_ms, progress, body_mark, http_status, code FROM attempts WHERE intent_id = ? ORDER BY number")
            .expect("a query");
        let found: Vec<[Value; 5]> = statement
            .query_map([&intent.id.0], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?]))
            .expect("rows")
            .collect::<Result<_, _>>()
            .expect("cells");
        let expected: Vec<[Value; 5]> = intent
            .attempts
            .iter()
            .map(|attempt| {
                let progress = serde_json::to_value(attempt.progress).expect("a name");
                [
                    attempt.started_at.0.into(),
                    progress.as_str().expect("a text").to_owned().into(),
                    attempt.body_mark.clone().into(),
                    attempt.http_status.map(i64::from).into(),
                    attempt.code.clone().into(),
                ]
            })
            .collect();
        assert_eq!(found, expected, "the attempts of {}", intent.id);
    }
}

/// What is kept is in the cell, word for word; a member that nobody knows may stand beside it.
fn says_the_same(found: &serde_json::Value, read: &serde_json::Value, column: &str) {
    use serde_json::Value::{Array, Null, Object};
    match (found, read) {
        (Object(found), Object(read)) => {
            for (name, value) in read {
                match found.get(name) {
                    None => assert_eq!(value, &Null, "{column}: {name} is not in the cell"),
                    Some(found) => says_the_same(found, value, column),
                }
            }
        }
        (Array(found), Array(read)) => {
            assert_eq!(found.len(), read.len(), "{column}");
            found.iter().zip(read).for_each(|(found, read)| says_the_same(found, read, column));
        }
        // Times are read in more than one spelling, and written in one.
        (serde_json::Value::String(found), serde_json::Value::String(read)) if found != read => {
            let times = [found, read].map(|text| bootpay_core::KoreanTime::parse(text));
            assert!(times[0].is_some() && times[0] == times[1], "{column}: {found:?} is read as {read:?}");
        }
        (found, read) => assert_eq!(found, read, "{column}"),
    }
}

/// An intent's cells, as the schema's comments have them.
fn cells(intent: &Intent) -> Vec<(&'static str, Value)> {
    let won = |won: Option<Won>| Value::from(won.map(|won| i64::try_from(won.get()).expect("it came from a cell")));
    let name = |variant: serde_json::Value| match variant {
        serde_json::Value::String(name) => Value::Text(name),
        _ => Value::Null,
    };
    let (kind, expected) = match intent.amount {
        CancelAmount::Full { expected_remaining } => ("full", expected_remaining),
        CancelAmount::Partial { .. } => ("partial", None),
    };
    let key = match &intent.key {
        IntentKey::Receipt => "receipt".to_owned(),
        IntentKey::Merchant(id) => format!("merchant:{id}"),
        IntentKey::Fresh(id) => format!("fresh:{id}"),
    };
    let refusal = intent.refusal.clone();
    let mut cells: Vec<(&'static str, Value)> = vec![
        ("environment", intent.environment.clone().into()),
        ("scope", intent.scope.clone().into()),
        ("receipt_id", intent.receipt_id.to_string().into()),
        ("intent_key", key.into()),
        ("generation", i64::from(intent.generation).into()),
        ("cancel_id", intent.cancel_id.to_string().into()),
        ("kind", kind.to_owned().into()),
        ("price", won(intent.amount.price())),
        ("tax_free", won(intent.amount.tax_free())),
        ("expected_remaining", won(expected)),
        ("to_account", i64::from(intent.to_account).into()),
        ("account_mark", intent.account_mark.clone().into()),
        ("state", intent.state.name().to_owned().into()),
        ("held", i64::from(intent.held).into()),
        ("owner", intent.owner.0.clone().into()),
        ("lease_until_ms", intent.lease_until.0.into()),
        ("deadline_ms", intent.deadline.map(|at| at.0).into()),
        ("answered_at_ms", intent.answered_at.map(|at| at.0).into()),
        ("unknown_cause", name(serde_json::to_value(intent.unknown_cause).expect("a name"))),
        ("evidence", name(serde_json::to_value(intent.evidence).expect("a name"))),
        ("money_is_back", name(serde_json::to_value(intent.money_is_back).expect("a name"))),
        ("cancellation", intent.cancellation.as_ref().map(|told| serde_json::to_string(told).expect("JSON")).into()),
        ("mismatches", serde_json::to_string(&intent.mismatches).expect("JSON").into()),
        ("refusal_kind", refusal.clone().map(|note| note.kind).into()),
        ("refusal_code", refusal.clone().and_then(|note| note.code).into()),
        ("refusal_message", refusal.map(|note| note.message).into()),
        ("decided_by", intent.decided_by.clone().into()),
        ("created_at_ms", intent.created_at.0.into()),
        ("updated_at_ms", intent.updated_at.0.into()),
    ];
    for (names, totals) in [
        (["has_before", "before_price", "before_remaining", "before_cancelled", "before_status"], intent.totals_before),
        (["has_after", "after_price", "after_remaining", "after_cancelled", "after_status"], intent.totals_after),
        (["has_last", "last_price", "last_remaining", "last_cancelled", "last_status"], intent.last_answered),
    ] {
        let figures = totals.unwrap_or_default();
        let values = [
            i64::from(totals.is_some()).into(),
            won(figures.price),
            won(figures.remaining),
            won(figures.cancelled),
            figures.status.map(|status| status.0).into(),
        ];
        cells.extend(names.into_iter().zip(values));
    }
    cells
}

fn read_value(text: &str) -> Option<Value> {
    Some(match text.split_once(':') {
        None if text == "null" => Value::Null,
        Some(("int", number)) => Value::Integer(number.parse().ok()?),
        Some(("real", number)) => Value::Real(number.parse().ok()?),
        Some(("text", text)) => Value::Text(text.to_owned()),
        Some(("blob", hex)) => Value::Blob(
            hex.as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                .collect::<Option<_>>()?,
        ),
        _ => return None,
    })
}

static OWNER: LazyLock<OwnerId> = LazyLock::new(|| OwnerId("host/1/a".to_owned()));

fn proposal(receipt: &str, key: &str, price: u64, now: i64) -> Proposal {
    let amount = match price {
        0 => CancelAmount::Full { expected_remaining: Some(Won::new(10_000)) },
        price => CancelAmount::Partial {
            price: PartialAmount::new(Won::new(price)).expect("an amount"),
            tax_free: Some(Won::new(500)),
        },
    };
    Proposal {
        environment: "https://api.bootpay.co.kr".to_owned(),
        scope: "a scope".to_owned(),
        receipt_id: ReceiptId::new(receipt).expect("an id"),
        key: if key.is_empty() { IntentKey::Receipt } else { IntentKey::Merchant(CancelId::new(key).expect("an id")) },
        amount,
        to_account: price != 0,
        account_mark: (price != 0).then(|| "0a0b0c0d:00112233".to_owned()),
        bulk: None,
        owner: OWNER.clone(),
        now: UnixMillis(now),
        lease_until: UnixMillis(now + 180_000),
    }
}

/// A full cancel that is done, a part that a mismatch holds, and a part that nobody knows about.
async fn fill(journal: &SqliteJournal) {
    for (receipt, key, price) in [("full", "", 0), ("partial", "order-1", 3_000), ("unknown", "order-2", 3_000)] {
        let Ok(Admission::Admitted(intent)) = journal.admit(proposal(receipt, key, price, 1_000)).await else {
            panic!("a new journal admits")
        };
        let totals = Totals {
            price: Some(Won::new(10_000)),
            remaining: Some(Won::new(10_000)),
            cancelled: Some(Won::ZERO),
            status: None,
        };
        let sending = Change::Sending {
            totals_before: Some(totals),
            deadline: UnixMillis(70_000),
            lease_until: UnixMillis(100_000),
            body_mark: Some("0a0b0c0d:44556677".to_owned()),
        };
        let end = if receipt == "unknown" {
            Change::Unknown {
                cause: UnknownCause::TimedOut,
                totals_after: Some(totals),
                http_status: Some(500),
                code: Some("-1".to_owned()),
            }
        } else {
            let told: Cancellation = serde_json::from_str(
                r#"{"receipt_id":"a","request_cancel_price":3000,"remain_price":7000,"cancelled_price":3000,"tid":"48586080","revoked_at":"2019-12-16 11:12:28"}"#,
            )
            .expect("the page's table");
            let mismatch =
                Mismatch { field: "remain_price".to_owned(), expected: Won::ZERO, answered: Won::new(7_000) };
            Change::Settled(Box::new(Settlement {
                already: false,
                evidence: Evidence::Answered,
                money_is_back: MoneyIsBack::Yes,
                cancellation: told,
                mismatches: if receipt == "partial" { vec![mismatch] } else { Vec::new() },
                http_status: Some(200),
                message: None,
            }))
        };
        for change in [sending, end] {
            let changed = journal.change(&intent.id, &OWNER, change, UnixMillis(2_000)).await;
            assert!(
                matches!(&changed, Ok(Changed::Done(intent)) if intent.state != IntentState::Reserved),
                "{changed:?}"
            );
        }
    }
}
