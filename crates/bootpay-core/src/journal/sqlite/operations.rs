//! What a journal does, in SQL. Each function runs inside the transaction that its caller has begun; the rules
//! themselves are [`protocol`](crate::protocol)'s.

use std::sync::LazyLock;

use rusqlite::{Connection, params_from_iter};

use crate::error::JournalError;
use crate::intent::{Attempt, Change, Changed, Cursor, Intent, IntentId, IntentQuery, OwnerId, UnixMillis};
use crate::journal::record::{self, Cell};
use crate::protocol::{Admission, Proposal, admission, lifecycle};

use super::schema::IS_OPEN;
use super::trouble::Trouble;

static SELECT: LazyLock<String> = LazyLock::new(|| format!("SELECT {} FROM intents", record::COLUMNS.join(", ")));

/// Decides about a proposal, and inserts its intent where it is admitted.
pub(super) fn admit(connection: &Connection, proposal: &Proposal) -> Result<Admission, Trouble> {
    let of_receipt = load(
        connection,
        "environment = ? AND receipt_id = ? ORDER BY seq",
        vec![proposal.environment.clone().into(), proposal.receipt_id.as_str().to_owned().into()],
    )?;
    let with_id = match proposal.merchant_id() {
        Some(id) => load(
            connection,
            "environment = ? AND scope = ? AND cancel_id = ? ORDER BY seq",
            vec![proposal.environment.clone().into(), proposal.scope.clone().into(), id.as_str().to_owned().into()],
        )?,
        None => Vec::new(),
    };
    let admission =
        admission::decide(proposal, &of_receipt, &with_id).map_err(|error| JournalError::Write(error.to_string()))?;
    if let Admission::Admitted(intent) = &admission {
        insert(connection, intent)?;
    }
    Ok(admission)
}

/// Changes an intent where that is allowed.
pub(super) fn change(
    connection: &Connection,
    id: &IntentId,
    by: &OwnerId,
    change: &Change,
    now: UnixMillis,
) -> Result<Changed, Trouble> {
    let intent = load(connection, "id = ?", vec![id.0.clone().into()])?
        .pop()
        .ok_or_else(|| JournalError::NoSuchIntent(id.to_string()))?;
    match lifecycle::apply(&intent, by, change, now) {
        Ok(next) => {
            update(connection, &intent, &next)?;
            Ok(Changed::Done(Box::new(next)))
        }
        Err(as_it_is) => Ok(Changed::Lost(as_it_is)),
    }
}

/// Lists intents, oldest first.
pub(super) fn find(connection: &Connection, query: &IntentQuery) -> Result<Vec<Intent>, Trouble> {
    let (condition, values) = condition(query);
    let mut found = load(connection, &condition, values)?;
    if query.after.is_none() {
        // The newest are taken first, for the limit's sake.
        found.reverse();
    }
    Ok(found)
}

/// A query as SQL: newest first, or oldest first where it reads in pages.
pub(super) fn condition(query: &IntentQuery) -> (String, Vec<Cell>) {
    let IntentQuery { id, environment, cancel_id, receipt_id, bulk, open, limit, after } = query;
    let mut terms = vec!["TRUE"];
    let mut values: Vec<Cell> = Vec::new();
    let mut equal = |term, text: Option<String>| {
        if let Some(text) = text {
            terms.push(term);
            values.push(text.into());
        }
    };
    equal("id = ?", id.as_ref().map(|id| id.0.clone()));
    // A journal has one environment or two. The plus keeps SQLite from choosing an index by so poor a condition.
    equal("+environment = ?", environment.clone());
    equal("cancel_id = ?", cancel_id.clone().map(String::from));
    equal("receipt_id = ?", receipt_id.clone().map(String::from));
    equal("bulk = ?", bulk.clone().map(String::from));
    let order = match after {
        None => "DESC",
        Some(Cursor::Start) => "ASC",
        Some(Cursor::After(id)) => {
            equal("seq > (SELECT seq FROM intents WHERE id = ?)", Some(id.0.clone()));
            "ASC"
        }
    };
    if *open {
        terms.push(IS_OPEN);
    }
    let mut sql = format!("{} ORDER BY seq {order}", terms.join(" AND "));
    if let Some(limit) = limit {
        sql.push_str(" LIMIT ?");
        values.push(i64::from(*limit).into());
    }
    (sql, values)
}

fn load(connection: &Connection, condition: &str, values: Vec<Cell>) -> Result<Vec<Intent>, Trouble> {
    let mut statement = connection.prepare_cached(&format!("{} WHERE {condition}", *SELECT))?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut intents = Vec::new();
    while let Some(row) = rows.next()? {
        let mut intent = record::intent(row)?;
        intent.attempts = attempts(connection, &intent.id)?;
        intents.push(intent);
    }
    Ok(intents)
}

fn attempts(connection: &Connection, id: &IntentId) -> Result<Vec<Attempt>, Trouble> {
    let mut statement = connection.prepare_cached(
        "SELECT number, started_at_ms, progress, body_mark, http_status, code FROM attempts WHERE intent_id = ? \
         ORDER BY number",
    )?;
    let mut rows = statement.query([&id.0])?;
    let mut attempts = Vec::new();
    while let Some(row) = rows.next()? {
        attempts.push(record::attempt(row, id, attempts.len())?);
    }
    Ok(attempts)
}

/// Inserts an intent with all that it holds.
pub(super) fn insert(connection: &Connection, intent: &Intent) -> Result<(), Trouble> {
    let mut columns = record::fixed(intent)?;
    columns.extend(record::changing(intent)?);
    let (names, values): (Vec<&str>, Vec<Cell>) = columns.into_iter().unzip();
    let places = vec!["?"; names.len()].join(", ");
    let sql = format!("INSERT INTO intents ({}) VALUES ({places})", names.join(", "));
    connection.prepare_cached(&sql)?.execute(params_from_iter(values))?;
    record_attempts(connection, &intent.id, &[], &intent.attempts)
}

fn update(connection: &Connection, intent: &Intent, next: &Intent) -> Result<(), Trouble> {
    let (names, mut values): (Vec<&str>, Vec<Cell>) = record::changed(intent, next)?.into_iter().unzip();
    values.push(next.id.0.clone().into());
    let sql = format!("UPDATE intents SET {} = ? WHERE id = ?", names.join(" = ?, "));
    let changed = connection.prepare_cached(&sql)?.execute(params_from_iter(values))?;
    if changed != 1 {
        return Err(JournalError::NoSuchIntent(next.id.to_string()).into());
    }
    record_attempts(connection, &next.id, &intent.attempts, &next.attempts)
}

/// Writes those attempts that are new or have changed. None is ever taken back.
fn record_attempts(
    connection: &Connection,
    id: &IntentId,
    recorded: &[Attempt],
    attempts: &[Attempt],
) -> Result<(), Trouble> {
    for (index, attempt) in attempts.iter().enumerate() {
        // Numbered, since both take the values in one order.
        let sql = match recorded.get(index) {
            Some(as_it_was) if as_it_was == attempt => continue,
            Some(_) => {
                "UPDATE attempts SET started_at_ms = ?3, progress = ?4, body_mark = ?5, http_status = ?6, code = ?7 \
                 WHERE intent_id = ?1 AND number = ?2"
            }
            None => {
                "INSERT INTO attempts (intent_id, number, started_at_ms, progress, body_mark, http_status, code) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
            }
        };
        let values = record::attempt_values(id, index, attempt)?;
        let changed = connection.prepare_cached(sql)?.execute(params_from_iter(values))?;
        if changed != 1 {
            return Err(JournalError::Corrupt(format!("attempt {} of intent {id} is missing", index + 1)).into());
        }
    }
    Ok(())
}
