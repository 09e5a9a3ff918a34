//! What a journal does, in SQL: each operation is one transaction, in two round trips. The first begins it, takes the
//! locks and reads what is decided about; the second writes and commits. The rules themselves are
//! [`protocol`](crate::protocol)'s.

use std::collections::HashMap;

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row, Statement};

use crate::error::JournalError;
use crate::intent::{Change, Changed, Cursor, Intent, IntentId, IntentQuery, OwnerId, UnixMillis};
use crate::journal::record::{self, Cell, Column};
use crate::protocol::{Admission, Proposal, admission, lifecycle};

use super::schema::{self, IS_OPEN};
use super::session::Session;
use super::trouble::Trouble;

/// The order of what is read is that of two hosts' decisions only where each statement sees what was committed before it:
/// whatever the database's default is.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// A time-out must not end the wait for a standby's confirmation: PostgreSQL would then say "committed" without it.
const COMMIT: &str = "SET LOCAL statement_timeout = 0; COMMIT";

/// What a connection has prepared: what every operation begins with at once, and what writes at its first use.
pub(super) struct Statements {
    lock: Statement,
    for_admission: Statement,
    for_change: Statement,
    format: Statement,
    writes: HashMap<String, Statement>,
}

impl Statements {
    pub(super) async fn prepare(client: &Client) -> Result<Self, Trouble> {
        let for_admission = for_admission();
        let for_change = format!("{} WHERE id = $1 FOR UPDATE", select());
        let (lock, for_admission, for_change, format) = tokio::try_join!(
            client.prepare(
                "INSERT INTO bootpay.locks AS locks (name, times) SELECT name, 1 FROM unnest($1::text[]) AS name \
                 ON CONFLICT (name) DO UPDATE SET times = locks.times + 1"
            ),
            client.prepare(&for_admission),
            client.prepare(&for_change),
            client.prepare(schema::FORMAT_OF),
        )?;
        Ok(Self { lock, for_admission, for_change, format, writes: HashMap::new() })
    }
}

/// Whether something may have been committed, although nobody was told.
#[derive(Debug, Default)]
pub(super) struct Doubt {
    pub(super) committing: bool,
}

/// What is done in one transaction, and done again in another where that one came to nothing.
pub(super) trait Operation: Send + Sync + 'static {
    type Answer: Send + 'static;
    /// What an error is called where it proves that nothing was written.
    const FAILED: fn(String) -> JournalError;

    /// One try. Where an earlier one may have been committed, it looks for that one's work first: it waits for the same
    /// locks, and those are held until a commit is through.
    fn run(
        &self,
        session: &mut Session,
        doubt: &mut Doubt,
    ) -> impl Future<Output = Result<Self::Answer, Trouble>> + Send;
}

/// Decides about a proposal, and inserts its intent where it is admitted.
pub(super) struct Admit {
    pub(super) proposal: Proposal,
    /// What this call signs its work with.
    pub(super) call: String,
}

impl Operation for Admit {
    type Answer = Admission;
    const FAILED: fn(String) -> JournalError = JournalError::Write;

    async fn run(&self, session: &mut Session, doubt: &mut Doubt) -> Result<Admission, Trouble> {
        let Proposal { environment, scope, receipt_id, .. } = &self.proposal;
        let with_id = self.proposal.merchant_id().map(|id| id.as_str());
        // In one order for everybody, so that nobody waits for somebody who waits for him.
        let mut locks = vec![format!("receipt {environment} {receipt_id}")];
        locks.extend(with_id.map(|id| format!("cancel_id {environment} {scope} {id}")));
        locks.sort_unstable();
        let values: [&(dyn ToSql + Sync); 4] = [environment, &receipt_id.as_str(), scope, &with_id];

        session.in_transaction = true;
        let (client, statements) = (&session.client, &session.statements);
        let lock_values: [&(dyn ToSql + Sync); 1] = [&locks];
        let (begun, locked, rows, format) = tokio::join!(
            biased;
            client.batch_execute(BEGIN),
            client.execute(&statements.lock, &lock_values),
            client.query(&statements.for_admission, &values),
            client.query_one(&statements.format, &[]),
        );
        begun?;
        locked?;
        let rows = rows?;
        schema::check_format(format?.try_get(0)?)?;

        let (mut of_receipt, mut carrying_id) = (Vec::new(), Vec::new());
        for row in &rows {
            let (intent, written_by) = read(row)?;
            if written_by == self.call {
                session.confirm().await?;
                doubt.committing = false;
                return Ok(Admission::Admitted(Box::new(intent)));
            }
            if intent.scope == *scope && with_id == Some(intent.cancel_id.as_str()) {
                carrying_id.push(intent.clone());
            }
            if intent.receipt_id == *receipt_id {
                of_receipt.push(intent);
            }
        }
        // No lock would be free if an earlier try could still be committed, and its work would have been seen.
        doubt.committing = false;
        let admission = admission::decide(&self.proposal, &of_receipt, &carrying_id)
            .map_err(|error| JournalError::Write(error.to_string()))?;
        match &admission {
            Admission::Admitted(intent) => {
                let mut columns = record::fixed(intent)?;
                columns.extend(changing(intent, &self.call)?);
                let (names, cells): (Vec<&str>, Vec<Cell>) = columns.into_iter().unzip();
                session.insert(&names, cells, doubt).await?;
            }
            _ => session.roll_back().await,
        }
        Ok(admission)
    }
}

/// Changes an intent where that is allowed.
pub(super) struct ChangeIntent {
    pub(super) id: IntentId,
    pub(super) by: OwnerId,
    pub(super) change: Change,
    pub(super) now: UnixMillis,
    /// What this call signs its work with.
    pub(super) call: String,
}

impl Operation for ChangeIntent {
    type Answer = Changed;
    const FAILED: fn(String) -> JournalError = JournalError::Write;

    async fn run(&self, session: &mut Session, doubt: &mut Doubt) -> Result<Changed, Trouble> {
        session.in_transaction = true;
        let (client, statements) = (&session.client, &session.statements);
        let values: [&(dyn ToSql + Sync); 1] = [&self.id.0];
        let (begun, row, format) = tokio::join!(
            biased;
            client.batch_execute(BEGIN),
            client.query_opt(&statements.for_change, &values),
            client.query_one(&statements.format, &[]),
        );
        begun?;
        let row = row?;
        schema::check_format(format?.try_get(0)?)?;
        let row = row.ok_or_else(|| JournalError::NoSuchIntent(self.id.to_string()))?;
        let (intent, written_by) = read(&row)?;
        if written_by == self.call {
            session.confirm().await?;
            doubt.committing = false;
            return Ok(Changed::Done(Box::new(intent)));
        }
        doubt.committing = false;
        match lifecycle::apply(&intent, &self.by, &self.change, self.now) {
            Ok(next) => {
                let mut columns = record::changed(&intent, &next)?;
                columns.extend(signed(&next, &self.call)?);
                let (names, mut cells): (Vec<&str>, Vec<Cell>) = columns.into_iter().unzip();
                let set: Vec<String> =
                    names.iter().zip(places(1, names.len())).map(|(name, place)| format!("{name} = {place}")).collect();
                cells.push(self.id.0.clone().into());
                let update = format!("UPDATE bootpay.intents SET {} WHERE id = ${}", set.join(", "), cells.len());
                session.write_and_commit(update, cells, doubt).await?;
                Ok(Changed::Done(Box::new(next)))
            }
            Err(as_it_is) => {
                session.roll_back().await;
                Ok(Changed::Lost(as_it_is))
            }
        }
    }
}

/// Lists intents, oldest first.
pub(super) struct Find {
    pub(super) query: IntentQuery,
}

impl Operation for Find {
    type Answer = Vec<Intent>;
    const FAILED: fn(String) -> JournalError = JournalError::Read;

    async fn run(&self, session: &mut Session, _: &mut Doubt) -> Result<Vec<Intent>, Trouble> {
        let (condition, values) = condition(&self.query);
        let sql = format!("{} WHERE {condition}", select());
        let values: Vec<(&(dyn ToSql + Sync), Type)> = values
            .iter()
            .map(|cell| (cell as _, if matches!(cell, Cell::Integer(_)) { Type::INT8 } else { Type::TEXT }))
            .collect();
        let client = &session.client;
        let (format, rows) = tokio::join!(
            biased;
            client.query_one(&session.statements.format, &[]),
            client.query_typed(&sql, &values),
        );
        schema::check_format(format?.try_get(0)?)?;
        let found: Result<Vec<Intent>, Trouble> = rows?.iter().map(|row| Ok(read(row)?.0)).collect();
        found.map(|mut found| {
            if self.query.after.is_none() {
                // The newest are taken first, for the limit's sake.
                found.reverse();
            }
            found
        })
    }
}

impl Session {
    pub(super) async fn insert(&mut self, names: &[&str], cells: Vec<Cell>, doubt: &mut Doubt) -> Result<(), Trouble> {
        let places = places(1, names.len()).join(", ");
        let insert = format!("INSERT INTO bootpay.intents ({}) VALUES ({places})", names.join(", "));
        self.write_and_commit(insert, cells, doubt).await
    }

    /// Writes one row and commits, without waiting in between: a write that failed is not followed by a commit, since the
    /// server then refuses what comes before it.
    async fn write_and_commit(&mut self, write: String, cells: Vec<Cell>, doubt: &mut Doubt) -> Result<(), Trouble> {
        let write = match self.statements.writes.get(&write) {
            Some(prepared) => prepared.clone(),
            None => {
                let prepared = self.client.prepare(&write).await?;
                self.statements.writes.insert(write, prepared.clone());
                prepared
            }
        };
        let values: Vec<&(dyn ToSql + Sync)> = cells.iter().map(|cell| cell as _).collect();
        doubt.committing = true;
        self.forget_warnings();
        let (written, committed) =
            tokio::join!(biased; self.client.execute(&write, &values), self.client.batch_execute(COMMIT));
        let rows = written.map_err(Trouble::from).inspect_err(|trouble| doubt.committing = !trouble.is_an_answer())?;
        committed.map_err(Trouble::from).inspect_err(|trouble| doubt.committing = !trouble.denies_the_commit())?;
        self.in_transaction = false;
        if self.was_warned() {
            return Err(Trouble::Warned);
        }
        doubt.committing = false;
        if rows == 1 { Ok(()) } else { Err(Trouble::Unusable(format!("{rows} rows were written instead of one"))) }
    }

    /// Makes sure of what an earlier try has committed. A server that was stopped, or that ended the connection, while that
    /// commit waited for a standby shows it to everybody without waiting any more. The locks of this transaction are written
    /// too, so its commit waits for the standby in turn, and for all that was committed before.
    async fn confirm(&mut self) -> Result<(), Trouble> {
        self.forget_warnings();
        self.client.batch_execute(COMMIT).await?;
        self.in_transaction = false;
        if self.was_warned() { Err(Trouble::Warned) } else { Ok(()) }
    }

    /// Ends a transaction that changes nothing. Where that fails, the connection is not used again.
    pub(super) async fn roll_back(&mut self) {
        self.in_transaction = self.client.batch_execute("ROLLBACK").await.is_err();
    }
}

/// A query as SQL: newest first, or oldest first where it reads in pages.
pub(super) fn condition(query: &IntentQuery) -> (String, Vec<Cell>) {
    let IntentQuery { id, environment, cancel_id, receipt_id, bulk, open, limit, after } = query;
    let mut terms = vec!["TRUE".to_owned()];
    let mut values: Vec<Cell> = Vec::new();
    let mut holds = |term: &str, text: Option<String>| {
        if let Some(text) = text {
            values.push(text.into());
            terms.push(term.replace('?', &format!("${}", values.len())));
        }
    };
    holds("id = ?", id.as_ref().map(|id| id.0.clone()));
    holds("environment = ?", environment.clone());
    holds("cancel_id = ?", cancel_id.clone().map(String::from));
    holds("receipt_id = ?", receipt_id.clone().map(String::from));
    holds("bulk = ?", bulk.clone().map(String::from));
    let order = match after {
        None => "DESC",
        Some(Cursor::Start) => "ASC",
        Some(Cursor::After(id)) => {
            holds("seq > (SELECT seq FROM bootpay.intents WHERE id = ?)", Some(id.0.clone()));
            "ASC"
        }
    };
    if *open {
        terms.push(IS_OPEN.to_owned());
    }
    let mut sql = format!("{} ORDER BY seq {order}", terms.join(" AND "));
    if let Some(limit) = limit {
        values.push((*limit).into());
        sql.push_str(&format!(" LIMIT ${}", values.len()));
    }
    (sql, values)
}

/// The receipt's intents, and those with the id that is asked for. What is added to columns keeps the planner from looking for
/// an environment, or in the order of admission, which is to read everything; a small table makes both look cheap.
pub(super) fn for_admission() -> String {
    format!(
        "{} WHERE environment || '' = $1 AND (receipt_id = $2 OR (scope || '' = $3 AND cancel_id = $4)) ORDER BY seq + 0",
        select()
    )
}

fn select() -> String {
    format!("SELECT {}, attempts, written_by FROM bootpay.intents", record::COLUMNS.join(", "))
}

fn places(from: usize, count: usize) -> Vec<String> {
    (from..from + count).map(|number| format!("${number}")).collect()
}

pub(super) fn changing(intent: &Intent, call: &str) -> Result<Vec<Column>, Trouble> {
    let mut columns = record::changing(intent)?;
    columns.extend(signed(intent, call)?);
    Ok(columns)
}

/// What this database keeps besides: the tries in the intent's row, and which call wrote it last.
fn signed(intent: &Intent, call: &str) -> Result<[Column; 2], Trouble> {
    Ok([("attempts", record::json(&intent.attempts)?.into()), ("written_by", call.into())])
}

/// An intent with its tries, and which call wrote it last.
fn read(row: &Row) -> Result<(Intent, String), Trouble> {
    let mut intent = record::intent(row)?;
    let attempts = record::COLUMNS.len();
    intent.attempts = record::json_cell(row, attempts, &intent.id, "attempts")?;
    Ok((intent, row.try_get(attempts + 1)?))
}
