//! How an intent lies in a database's tables: one column per field, so that the database's own shell is enough to read
//! it. Each database brings its [`Row`] and writes [`Cell`]s; which columns there are, and what they mean, is said here
//! once.
//!
//! Rows come from outside: people, other versions and broken disks write them too. What cannot be understood is
//! [`JournalError::Corrupt`] with the intent and the column, and never a default: a default could be a second refund.

use serde::Serialize;
use serde::de::value::{Error as NameError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};

use crate::cancel::{CancelAmount, CancelId, ReceiptId};
use crate::error::JournalError;
#[cfg(feature = "sqlite")]
use crate::intent::Attempt;
use crate::intent::{BulkId, Intent, IntentId, IntentKey, IntentState, OwnerId, RefusalNote, UnixMillis};
use crate::money::{PartialAmount, Won};
use crate::receipt::{ReceiptStatus, Totals};

/// What is written into a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    Flag(bool),
    Integer(i64),
    Text(String),
    Json(serde_json::Value),
}

/// A row as a database gives it. The errors are words about the value.
pub(super) trait Row {
    fn flag(&self, position: usize) -> Result<bool, String>;
    fn integer(&self, position: usize) -> Result<Option<i64>, String>;
    fn text(&self, position: usize) -> Result<Option<String>, String>;
    fn json(&self, position: usize) -> Result<Option<serde_json::Value>, String>;
}

/// Why an intent cannot be written; in words.
#[derive(Debug)]
pub(super) struct Unwritable(pub(super) String);

macro_rules! cells {
    ($($variant:ident($type:ty)),+) => {$(
        impl From<$type> for Cell {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )+};
}
cells!(Flag(bool), Integer(i64), Integer(u32), Integer(u16), Text(String), Text(&str), Json(serde_json::Value));

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

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

pub(super) type Column = (&'static str, Cell);

/// The columns that an intent keeps for life.
pub(super) fn fixed(intent: &Intent) -> Result<Vec<Column>, Unwritable> {
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
        ("kind", kind.into()),
        ("price", won(intent.amount.price())?),
        ("tax_free", won(intent.amount.tax_free())?),
        ("expected_remaining", won(expected_remaining)?),
        ("to_account", intent.to_account.into()),
        ("account_mark", intent.account_mark.clone().into()),
        ("bulk", intent.bulk.as_ref().map(|bulk| bulk.as_str()).into()),
        ("created_at_ms", intent.created_at.0.into()),
    ];
    let names = ["has_last", "last_price", "last_remaining", "last_cancelled", "last_status"];
    columns.extend(totals(names, intent.last_answered.as_ref())?);
    Ok(columns)
}

/// The columns that change.
pub(super) fn changing(intent: &Intent) -> Result<Vec<Column>, Unwritable> {
    let refusal = intent.refusal.as_ref();
    let mut columns = vec![
        ("state", intent.state.name().into()),
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

/// The columns in which an intent is another one now, and when that was. Nothing else needs to be written.
pub(super) fn changed(before: &Intent, now: &Intent) -> Result<Vec<Column>, Unwritable> {
    let mut columns = changing(now)?;
    let mut before = changing(before)?.into_iter();
    columns.retain(|column| before.next().as_ref() != Some(column) || column.0 == "updated_at_ms");
    Ok(columns)
}

/// A row of `attempts`, in the order of the statement that writes it.
#[cfg(feature = "sqlite")]
pub(super) fn attempt_values(id: &IntentId, index: usize, attempt: &Attempt) -> Result<[Cell; 7], Unwritable> {
    Ok([
        id.0.clone().into(),
        number(index).into(),
        attempt.started_at.0.into(),
        name(Some(&attempt.progress))?,
        attempt.body_mark.clone().into(),
        attempt.http_status.into(),
        attempt.code.clone().into(),
    ])
}

/// Tries are counted from 1.
#[cfg(feature = "sqlite")]
fn number(index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX).saturating_add(1)
}

fn totals(names: [&'static str; 5], totals: Option<&Totals>) -> Result<[Column; 5], Unwritable> {
    let [has, price, remaining, cancelled, status] = names;
    Ok([
        (has, totals.is_some().into()),
        (price, won(totals.and_then(|totals| totals.price))?),
        (remaining, won(totals.and_then(|totals| totals.remaining))?),
        (cancelled, won(totals.and_then(|totals| totals.cancelled))?),
        (status, totals.and_then(|totals| totals.status).map(|status| status.0).into()),
    ])
}

fn won(amount: Option<Won>) -> Result<Cell, Unwritable> {
    amount
        .map(|amount| i64::try_from(amount.get()))
        .transpose()
        .map(Cell::from)
        .map_err(|_| Unwritable("an amount is larger than 9,223,372,036,854,775,807 won".to_owned()))
}

/// The stable name of a variant, as `serde` writes it.
fn name<T: Serialize>(variant: Option<&T>) -> Result<Cell, Unwritable> {
    match variant.map(json).transpose()? {
        None => Ok(Cell::Null),
        Some(serde_json::Value::String(name)) => Ok(name.into()),
        Some(other) => Err(Unwritable(format!("{other} is no name"))),
    }
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<serde_json::Value, Unwritable> {
    serde_json::to_value(value).map_err(|error| Unwritable(error.to_string()))
}

/// Reads an intent, without its attempts.
pub(super) fn intent(row: &impl Row) -> Result<Intent, JournalError> {
    let mut fields = Fields { row, intent: "of an unknown number".to_owned(), next: Default::default() };
    fields.intent = format!("number {}", fields.integer("seq")?);
    let id = IntentId(fields.text("id")?);
    fields.intent.clone_from(&id.0);
    Ok(Intent {
        id,
        environment: fields.text("environment")?,
        scope: fields.text("scope")?,
        receipt_id: fields.parsed("receipt_id", |text| ReceiptId::new(text).ok())?,
        key: fields.parsed("intent_key", |text| IntentKey::from_text(&text))?,
        generation: fields.number("generation")?,
        cancel_id: fields.parsed("cancel_id", |text| CancelId::new(text).ok())?,
        amount: fields.amount()?,
        to_account: fields.flag("to_account")?,
        account_mark: fields.optional_text("account_mark")?,
        bulk: fields.optional("bulk", |text| BulkId::new(text).ok())?,
        state: fields.parsed("state", |text| IntentState::from_name(&text))?,
        owner: OwnerId(fields.text("owner")?),
        lease_until: UnixMillis(fields.integer("lease_until_ms")?),
        deadline: fields.optional_integer("deadline_ms")?.map(UnixMillis),
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
        answered_at: fields.optional_integer("answered_at_ms")?.map(UnixMillis),
        unknown_cause: fields.optional("unknown_cause", |text| from_name(&text))?,
        evidence: fields.optional("evidence", |text| from_name(&text))?,
        money_is_back: fields.optional("money_is_back", |text| from_name(&text))?,
        cancellation: fields.optional_json("cancellation")?,
        mismatches: fields.json("mismatches")?,
        held: fields.flag("held")?,
        refusal: fields.refusal()?,
        decided_by: fields.optional_text("decided_by")?,
        attempts: Vec::new(),
        created_at: UnixMillis(fields.integer("created_at_ms")?),
        updated_at: UnixMillis(fields.integer("updated_at_ms")?),
    })
}

/// Reads an attempt, which must be the next one: a gap means that something was lost. Its columns are those of
/// [`attempt_values`] but the first.
#[cfg(feature = "sqlite")]
pub(super) fn attempt(row: &impl Row, id: &IntentId, index: usize) -> Result<Attempt, JournalError> {
    let corrupt = |column, why: &str| corrupt(&id.0, column, why);
    let integer = |position, column| row.integer(position).map_err(|why| corrupt(column, &why));
    let text = |position, column| row.text(position).map_err(|why| corrupt(column, &why));
    if integer(0, "number")? != Some(number(index)) {
        return Err(corrupt("number", "an attempt is missing"));
    }
    let started_at = integer(1, "started_at_ms")?.ok_or_else(|| corrupt("started_at_ms", MISSING))?;
    let progress = text(2, "progress")?.ok_or_else(|| corrupt("progress", MISSING))?;
    let http_status = integer(4, "http_status")?.map(u16::try_from).transpose();
    Ok(Attempt {
        started_at: UnixMillis(started_at),
        progress: from_name(&progress).ok_or_else(|| corrupt("progress", NOT_KNOWN))?,
        body_mark: text(3, "body_mark")?,
        http_status: http_status.map_err(|_| corrupt("http_status", NOT_KNOWN))?,
        code: text(5, "code")?,
    })
}

/// A column that holds a whole value as JSON.
#[cfg(feature = "postgres")]
pub(super) fn json_cell<T: DeserializeOwned>(
    row: &impl Row,
    position: usize,
    id: &IntentId,
    column: &str,
) -> Result<T, JournalError> {
    let value = row.json(position).map_err(|why| corrupt(&id.0, column, &why))?;
    let value = value.ok_or_else(|| corrupt(&id.0, column, MISSING))?;
    serde_json::from_value(value).map_err(|_| corrupt(&id.0, column, NOT_KNOWN))
}

/// The inverse of [`name`].
fn from_name<T: DeserializeOwned>(name: &str) -> Option<T> {
    let name: StrDeserializer<'_, NameError> = name.into_deserializer();
    T::deserialize(name).ok()
}

const MISSING: &str = "it is missing";
const NOT_KNOWN: &str = "not a value of this version";

/// A row of `intents`, and how to call its intent where something is wrong with it.
struct Fields<'r, R> {
    row: &'r R,
    intent: String,
    /// Where the next column most likely is: they are read nearly in their order.
    next: std::cell::Cell<usize>,
}

impl<R: Row> Fields<'_, R> {
    fn cell<T>(&self, column: &str, read: impl FnOnce(&R, usize) -> Result<T, String>) -> Result<T, JournalError> {
        let from_there = COLUMNS.iter().enumerate().cycle().skip(self.next.get()).take(COLUMNS.len());
        let (position, _) =
            from_there.into_iter().find(|(_, one)| **one == column).ok_or_else(|| self.corrupt(column, "not read"))?;
        self.next.set(position + 1);
        read(self.row, position).map_err(|why| self.corrupt(column, &why))
    }

    fn flag(&self, column: &str) -> Result<bool, JournalError> {
        self.cell(column, R::flag)
    }

    fn optional_integer(&self, column: &str) -> Result<Option<i64>, JournalError> {
        self.cell(column, R::integer)
    }

    fn integer(&self, column: &str) -> Result<i64, JournalError> {
        self.optional_integer(column)?.ok_or_else(|| self.corrupt(column, MISSING))
    }

    fn number(&self, column: &str) -> Result<u32, JournalError> {
        self.integer(column)?.try_into().map_err(|_| self.corrupt(column, NOT_KNOWN))
    }

    fn optional_text(&self, column: &str) -> Result<Option<String>, JournalError> {
        self.cell(column, R::text)
    }

    fn text(&self, column: &str) -> Result<String, JournalError> {
        self.optional_text(column)?.ok_or_else(|| self.corrupt(column, MISSING))
    }

    /// A text that must be one that `parse` understands.
    fn parsed<T>(&self, column: &str, parse: impl FnOnce(String) -> Option<T>) -> Result<T, JournalError> {
        parse(self.text(column)?).ok_or_else(|| self.corrupt(column, NOT_KNOWN))
    }

    fn optional<T>(&self, column: &str, parse: impl FnOnce(String) -> Option<T>) -> Result<Option<T>, JournalError> {
        match self.optional_text(column)? {
            None => Ok(None),
            Some(text) => parse(text).map(Some).ok_or_else(|| self.corrupt(column, NOT_KNOWN)),
        }
    }

    fn optional_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, JournalError> {
        match self.cell(column, R::json)? {
            None => Ok(None),
            Some(value) => serde_json::from_value(value).map(Some).map_err(|_| self.corrupt(column, NOT_KNOWN)),
        }
    }

    fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, JournalError> {
        self.optional_json(column)?.ok_or_else(|| self.corrupt(column, MISSING))
    }

    fn won(&self, column: &str) -> Result<Option<Won>, JournalError> {
        let Some(amount) = self.optional_integer(column)? else { return Ok(None) };
        match u64::try_from(amount) {
            Ok(amount) => Ok(Some(Won::new(amount))),
            Err(_) => Err(self.corrupt(column, "an amount below zero")),
        }
    }

    fn amount(&self) -> Result<CancelAmount, JournalError> {
        let kind = self.text("kind")?;
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

    fn totals(&self, names: [&'static str; 5]) -> Result<Option<Totals>, JournalError> {
        let [has, price, remaining, cancelled, status] = names;
        let totals = Totals {
            price: self.won(price)?,
            remaining: self.won(remaining)?,
            cancelled: self.won(cancelled)?,
            status: self.optional_integer(status)?.map(ReceiptStatus),
        };
        match self.flag(has)? {
            true => Ok(Some(totals)),
            false if totals == Totals::default() => Ok(None),
            false => Err(self.corrupt(has, "it and the figures contradict each other")),
        }
    }

    fn refusal(&self) -> Result<Option<RefusalNote>, JournalError> {
        let code = self.optional_text("refusal_code")?;
        match (self.optional_text("refusal_kind")?, code, self.optional_text("refusal_message")?) {
            (None, None, None) => Ok(None),
            (Some(kind), code, Some(message)) => Ok(Some(RefusalNote { kind, code, message })),
            _ => Err(self.corrupt("refusal_kind", "it and the message contradict each other")),
        }
    }

    fn corrupt(&self, column: &str, why: &str) -> JournalError {
        corrupt(&self.intent, column, why)
    }
}

fn corrupt(intent: &str, column: &str, why: &str) -> JournalError {
    JournalError::Corrupt(format!("intent {intent}, column {column}: {why}"))
}
