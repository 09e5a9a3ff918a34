//! How an intent lies in the tables: one column per field, so that the `sqlite3` shell is enough to read it.
//!
//! Rows come from outside: people, other versions and broken disks write them too. What cannot be understood is
//! [`JournalError::Corrupt`] with the intent and the column, and never a default: a default could be a second refund.

use rusqlite::Row;
use rusqlite::types::{FromSql, Value};
use serde::Serialize;
use serde::de::value::{Error as NameError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};

use crate::cancel::{CancelAmount, CancelId, ReceiptId};
use crate::error::JournalError;
use crate::intent::{Attempt, BulkId, Intent, IntentId, IntentKey, IntentState, OwnerId, RefusalNote, UnixMillis};
use crate::money::{PartialAmount, Won};
use crate::receipt::{ReceiptStatus, Totals};

use super::trouble::Trouble;

/// The columns of `intents`, in the order in which they are read.
pub(super) const COLUMNS: [&str; 47] = [
    "seq",
    "id",
    "environment",
    "scope",
    "receipt_id",
    "intent_key",
    "generation",
    "cancel_id",
    "kind",
    "price",
    "tax_free",
    "expected_remaining",
    "to_account",
    "account_mark",
    "state",
    "held",
    "owner",
    "lease_until_ms",
    "deadline_ms",
    "has_before",
    "before_price",
    "before_remaining",
    "before_cancelled",
    "before_status",
    "has_after",
    "after_price",
    "after_remaining",
    "after_cancelled",
    "after_status",
    "has_last",
    "last_price",
    "last_remaining",
    "last_cancelled",
    "last_status",
    "answered_at_ms",
    "unknown_cause",
    "evidence",
    "money_is_back",
    "cancellation",
    "mismatches",
    "refusal_kind",
    "refusal_code",
    "refusal_message",
    "decided_by",
    "created_at_ms",
    "updated_at_ms",
    "bulk",
];

type Column = (&'static str, Value);

/// The columns that an intent keeps for life.
pub(super) fn fixed(intent: &Intent) -> Result<Vec<Column>, Trouble> {
    let (kind, expected_remaining) = match intent.amount {
        CancelAmount::Full { expected_remaining } => ("full", expected_remaining),
        CancelAmount::Partial { .. } => ("partial", None),
    };
    let mut columns = vec![
        ("id", intent.id.0.clone().into()),
        ("environment", intent.environment.clone().into()),
        ("scope", intent.scope.clone().into()),
        ("receipt_id", intent.receipt_id.as_str().to_owned().into()),
        ("intent_key", intent.key.to_text().into()),
        ("generation", intent.generation.into()),
        ("cancel_id", intent.cancel_id.as_str().to_owned().into()),
        ("kind", kind.to_owned().into()),
        ("price", won(intent.amount.price())?),
        ("tax_free", won(intent.amount.tax_free())?),
        ("expected_remaining", won(expected_remaining)?),
        ("to_account", intent.to_account.into()),
        ("account_mark", intent.account_mark.clone().into()),
        ("bulk", intent.bulk.as_ref().map(|bulk| bulk.as_str().to_owned()).into()),
        ("created_at_ms", intent.created_at.0.into()),
    ];
    let names = ["has_last", "last_price", "last_remaining", "last_cancelled", "last_status"];
    columns.extend(totals(names, intent.last_answered.as_ref())?);
    Ok(columns)
}

/// The columns that change.
pub(super) fn changing(intent: &Intent) -> Result<Vec<Column>, Trouble> {
    let refusal = intent.refusal.as_ref();
    let mut columns = vec![
        ("state", intent.state.name().to_owned().into()),
        ("held", intent.held.into()),
        ("owner", intent.owner.0.clone().into()),
        ("lease_until_ms", intent.lease_until.0.into()),
        ("deadline_ms", intent.deadline.map(|at| at.0).into()),
        ("answered_at_ms", intent.answered_at.map(|at| at.0).into()),
        ("unknown_cause", name(intent.unknown_cause.as_ref())?),
        ("evidence", name(intent.evidence.as_ref())?),
        ("money_is_back", name(intent.money_is_back.as_ref())?),
        ("cancellation", intent.cancellation.as_ref().map(json).transpose()?.into()),
        ("mismatches", json(&intent.mismatches)?.into()),
        ("refusal_kind", refusal.map(|note| note.kind.clone()).into()),
        ("refusal_code", refusal.and_then(|note| note.code.clone()).into()),
        ("refusal_message", refusal.map(|note| note.message.clone()).into()),
        ("decided_by", intent.decided_by.clone().into()),
        ("updated_at_ms", intent.updated_at.0.into()),
    ];
    let names = ["has_before", "before_price", "before_remaining", "before_cancelled", "before_status"];
    columns.extend(totals(names, intent.totals_before.as_ref())?);
    let names = ["has_after", "after_price", "after_remaining", "after_cancelled", "after_status"];
    columns.extend(totals(names, intent.totals_after.as_ref())?);
    Ok(columns)
}

/// A row of `attempts`, in the order of the statement that writes it.
pub(super) fn attempt_values(id: &IntentId, index: usize, attempt: &Attempt) -> Result<[Value; 7], Trouble> {
    Ok([
        id.0.clone().into(),
        number(index).into(),
        attempt.started_at.0.into(),
        name(Some(&attempt.progress))?,
        attempt.body_mark.clone().into(),
        attempt.http_status.map(i64::from).into(),
        attempt.code.clone().into(),
    ])
}

/// Tries are counted from 1.
fn number(index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX).saturating_add(1)
}

fn totals(names: [&'static str; 5], totals: Option<&Totals>) -> Result<[Column; 5], Trouble> {
    let [has, price, remaining, cancelled, status] = names;
    Ok([
        (has, totals.is_some().into()),
        (price, won(totals.and_then(|totals| totals.price))?),
        (remaining, won(totals.and_then(|totals| totals.remaining))?),
        (cancelled, won(totals.and_then(|totals| totals.cancelled))?),
        (status, totals.and_then(|totals| totals.status).map(|status| status.0).into()),
    ])
}

fn won(amount: Option<Won>) -> Result<Value, Trouble> {
    amount
        .map(|amount| i64::try_from(amount.get()))
        .transpose()
        .map(Value::from)
        .map_err(|_| Trouble::Unusable("an amount is larger than 9,223,372,036,854,775,807 won".to_owned()))
}

/// The stable name of a variant, as `serde` writes it.
fn name<T: Serialize>(variant: Option<&T>) -> Result<Value, Trouble> {
    match variant.map(serde_json::to_value).transpose() {
        Ok(None) => Ok(Value::Null),
        Ok(Some(serde_json::Value::String(name))) => Ok(name.into()),
        Ok(Some(other)) => Err(Trouble::Unusable(format!("{other} is no name"))),
        Err(error) => Err(Trouble::Unusable(error.to_string())),
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, Trouble> {
    serde_json::to_string(value).map_err(|error| Trouble::Unusable(error.to_string()))
}

/// Reads an intent, without its attempts.
pub(super) fn intent(row: &Row<'_>) -> Result<Intent, Trouble> {
    let mut fields = Fields { row, intent: String::new() };
    fields.intent = format!("number {}", fields.get::<i64>("seq")?);
    let id = IntentId(fields.get("id")?);
    fields.intent.clone_from(&id.0);
    Ok(Intent {
        id,
        environment: fields.get("environment")?,
        scope: fields.get("scope")?,
        receipt_id: fields.parsed("receipt_id", |text| ReceiptId::new(text).ok())?,
        key: fields.parsed("intent_key", |text| IntentKey::from_text(&text))?,
        generation: fields.get("generation")?,
        cancel_id: fields.parsed("cancel_id", |text| CancelId::new(text).ok())?,
        amount: fields.amount()?,
        to_account: fields.flag("to_account")?,
        account_mark: fields.get("account_mark")?,
        bulk: fields.optional("bulk", |text| BulkId::new(text).ok())?,
        state: fields.parsed("state", |text| IntentState::from_name(&text))?,
        owner: OwnerId(fields.get("owner")?),
        lease_until: UnixMillis(fields.get("lease_until_ms")?),
        deadline: fields.get::<Option<i64>>("deadline_ms")?.map(UnixMillis),
        totals_before: fields.totals([
            "has_before",
            "before_price",
            "before_remaining",
            "before_cancelled",
            "before_status",
        ])?,
        totals_after: fields.totals([
            "has_after",
            "after_price",
            "after_remaining",
            "after_cancelled",
            "after_status",
        ])?,
        last_answered: fields.totals(["has_last", "last_price", "last_remaining", "last_cancelled", "last_status"])?,
        answered_at: fields.get::<Option<i64>>("answered_at_ms")?.map(UnixMillis),
        unknown_cause: fields.optional("unknown_cause", |text| from_name(&text))?,
        evidence: fields.optional("evidence", |text| from_name(&text))?,
        money_is_back: fields.optional("money_is_back", |text| from_name(&text))?,
        cancellation: fields.optional("cancellation", |text| serde_json::from_str(&text).ok())?,
        mismatches: fields.parsed("mismatches", |text| serde_json::from_str(&text).ok())?,
        held: fields.flag("held")?,
        refusal: fields.refusal()?,
        decided_by: fields.get("decided_by")?,
        attempts: Vec::new(),
        created_at: UnixMillis(fields.get("created_at_ms")?),
        updated_at: UnixMillis(fields.get("updated_at_ms")?),
    })
}

/// Reads an attempt, which must be the next one: a gap means that something was lost.
pub(super) fn attempt(row: &Row<'_>, id: &IntentId, index: usize) -> Result<Attempt, Trouble> {
    let found: i64 = cell(row, 0, &id.0, "number")?;
    if found != number(index) {
        return Err(corrupt(&id.0, "number", "an attempt is missing"));
    }
    let progress: String = cell(row, 2, &id.0, "progress")?;
    Ok(Attempt {
        started_at: UnixMillis(cell(row, 1, &id.0, "started_at_ms")?),
        progress: from_name(&progress).ok_or_else(|| corrupt(&id.0, "progress", "not a value of this version"))?,
        body_mark: cell(row, 3, &id.0, "body_mark")?,
        http_status: cell(row, 4, &id.0, "http_status")?,
        code: cell(row, 5, &id.0, "code")?,
    })
}

/// The inverse of [`name`].
fn from_name<T: DeserializeOwned>(name: &str) -> Option<T> {
    let name: StrDeserializer<'_, NameError> = name.into_deserializer();
    T::deserialize(name).ok()
}

/// A row of `intents`, and how to call its intent where something is wrong with it.
struct Fields<'r, 'stmt> {
    row: &'r Row<'stmt>,
    intent: String,
}

impl Fields<'_, '_> {
    fn get<T: FromSql>(&self, column: &'static str) -> Result<T, Trouble> {
        let position = COLUMNS.iter().position(|one| *one == column);
        let position = position.ok_or_else(|| self.corrupt(column, "not read"))?;
        cell(self.row, position, &self.intent, column)
    }

    /// A text that must be one that `parse` understands.
    fn parsed<T>(&self, column: &'static str, parse: impl FnOnce(String) -> Option<T>) -> Result<T, Trouble> {
        parse(self.get(column)?).ok_or_else(|| self.corrupt(column, "not a value of this version"))
    }

    fn optional<T>(&self, column: &'static str, parse: impl FnOnce(String) -> Option<T>) -> Result<Option<T>, Trouble> {
        match self.get::<Option<String>>(column)? {
            None => Ok(None),
            Some(text) => parse(text).map(Some).ok_or_else(|| self.corrupt(column, "not a value of this version")),
        }
    }

    /// SQLite has no truth values; of its integers only two are meant here.
    fn flag(&self, column: &'static str) -> Result<bool, Trouble> {
        match self.get::<i64>(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.corrupt(column, "neither 0 nor 1")),
        }
    }

    fn won(&self, column: &'static str) -> Result<Option<Won>, Trouble> {
        let Some(amount) = self.get::<Option<i64>>(column)? else { return Ok(None) };
        match u64::try_from(amount) {
            Ok(amount) => Ok(Some(Won::new(amount))),
            Err(_) => Err(self.corrupt(column, "an amount below zero")),
        }
    }

    fn amount(&self) -> Result<CancelAmount, Trouble> {
        let kind: String = self.get("kind")?;
        let (price, tax_free) = (self.won("price")?, self.won("tax_free")?);
        let expected_remaining = self.won("expected_remaining")?;
        match (kind.as_str(), price, tax_free, expected_remaining) {
            ("full", None, None, expected_remaining) => Ok(CancelAmount::Full { expected_remaining }),
            ("partial", Some(price), tax_free, None) => match PartialAmount::new(price) {
                Ok(price) => Ok(CancelAmount::Partial { price, tax_free }),
                Err(_) => Err(self.corrupt("price", "not the amount of a partial cancel")),
            },
            _ => Err(self.corrupt("kind", "it and the amounts contradict each other")),
        }
    }

    fn totals(&self, names: [&'static str; 5]) -> Result<Option<Totals>, Trouble> {
        let [has, price, remaining, cancelled, status] = names;
        let totals = Totals {
            price: self.won(price)?,
            remaining: self.won(remaining)?,
            cancelled: self.won(cancelled)?,
            status: self.get::<Option<i64>>(status)?.map(ReceiptStatus),
        };
        match self.flag(has)? {
            true => Ok(Some(totals)),
            false if totals == Totals::default() => Ok(None),
            false => Err(self.corrupt(has, "it and the figures contradict each other")),
        }
    }

    fn refusal(&self) -> Result<Option<RefusalNote>, Trouble> {
        let code: Option<String> = self.get("refusal_code")?;
        match (self.get("refusal_kind")?, code, self.get("refusal_message")?) {
            (None, None, None) => Ok(None),
            (Some(kind), code, Some(message)) => Ok(Some(RefusalNote { kind, code, message })),
            _ => Err(self.corrupt("refusal_kind", "it and the message contradict each other")),
        }
    }

    fn corrupt(&self, column: &str, why: &str) -> Trouble {
        corrupt(&self.intent, column, why)
    }
}

fn cell<T: FromSql>(row: &Row<'_>, position: usize, intent: &str, column: &str) -> Result<T, Trouble> {
    row.get(position).map_err(|error| corrupt(intent, column, &error.to_string()))
}

fn corrupt(intent: &str, column: &str, why: &str) -> Trouble {
    JournalError::Corrupt(format!("intent {intent}, column {column}: {why}")).into()
}
