//! The core's values as canonical JSON. `serde_json` sorts members by name, and what is absent is left out here.

use std::time::Duration;

use bootpay_core::{
    AlreadyCancelled, Attempt, Bank, BankSource, BootpayError, CancelAmount, CancelOutcome, Cancellation, Cancelled,
    Conflict, Extra, Intent, IntentRef, KoreanTime, Language, Mismatch, Preview, Receipt, Recovery, Refusal, Totals,
    UnixMillis, Unknown, Won,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// An object with what is there of these members.
macro_rules! object {
    ($($name:literal: $value:expr),* $(,)?) => {{
        let mut members = Map::new();
        $(if let Some(value) = Member::member($value) { members.insert($name.to_owned(), value); })*
        Value::Object(members)
    }};
}

/// What can be a member, and may be absent.
trait Member {
    fn member(self) -> Option<Value>;
}

impl<T: Member> Member for Option<T> {
    fn member(self) -> Option<Value> {
        self.and_then(Member::member)
    }
}

macro_rules! plain_members {
    ($($type:ty),*) => { $(impl Member for $type {
        fn member(self) -> Option<Value> {
            Some(json!(self))
        }
    })* };
}

plain_members!(Value, String, &str, bool, u16, u32, u64, i64, usize, Vec<Value>);

impl Member for &String {
    fn member(self) -> Option<Value> {
        Some(json!(self))
    }
}

impl Member for Won {
    fn member(self) -> Option<Value> {
        Some(json!(self.get()))
    }
}

impl Member for UnixMillis {
    fn member(self) -> Option<Value> {
        KoreanTime::from_unix_millis(self.0).member()
    }
}

impl Member for KoreanTime {
    fn member(self) -> Option<Value> {
        let seconds = self.to_string().replacen(' ', "T", 1);
        let (clock, offset) = seconds.split_at(19);
        Some(json!(format!("{clock}.{:03}{}", self.unix_millis().rem_euclid(1_000), offset.trim_start())))
    }
}

impl Member for Duration {
    fn member(self) -> Option<Value> {
        Some(json!(u64::try_from(self.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl Member for &Extra {
    fn member(self) -> Option<Value> {
        Some(json!(self.0.keys().collect::<Vec<_>>()))
    }
}

fn name(word: impl Serialize) -> Value {
    serde_json::to_value(word).unwrap_or_default()
}

pub(crate) fn outcome(outcome: &CancelOutcome) -> Value {
    match outcome {
        CancelOutcome::Cancelled(done) => json!({ "cancelled": cancelled(done) }),
        CancelOutcome::AlreadyCancelled(already) => json!({ "already_cancelled": already_cancelled(already) }),
        CancelOutcome::Unknown(open) => json!({ "unknown": unknown(open) }),
    }
}

fn cancelled(done: &Cancelled) -> Value {
    object! {
        "intent": intent_ref(&done.intent),
        "cancellation": cancellation(&done.cancellation),
        "evidence": name(done.evidence),
        "money_is_back": name(done.money_is_back),
        "mismatches": mismatches(&done.mismatches),
        "repeated": done.repeated,
        "recorded": done.recorded,
    }
}

fn already_cancelled(already: &AlreadyCancelled) -> Value {
    object! {
        "intent": intent_ref(&already.intent),
        "ledger": already.ledger.map(totals),
        "evidence": name(already.evidence),
        "money_is_back": name(already.money_is_back),
        "server_message": already.message.as_ref(),
        "repeated": already.repeated,
        "recorded": already.recorded,
    }
}

fn unknown(open: &Unknown) -> Value {
    object! {
        "intent": intent_ref(&open.intent),
        "cause": name(open.cause),
        "before": open.before.map(totals),
        "after": open.after.map(totals),
        "recorded": open.recorded,
    }
}

fn intent_ref(intent: &IntentRef) -> Value {
    object! {
        "cancel_id": intent.cancel_id.as_str(),
        "receipt_id": intent.receipt_id.as_str(),
        "amount": amount(&intent.amount),
        "state": intent.state.name(),
        "created_at": intent.created_at,
    }
}

fn amount(amount: &CancelAmount) -> Value {
    match amount {
        CancelAmount::Full { expected_remaining } => {
            json!({ "full": object! { "expected_remaining": *expected_remaining } })
        }
        CancelAmount::Partial { price, tax_free } => {
            json!({ "partial": object! { "price": price.won(), "tax_free": *tax_free } })
        }
    }
}

fn cancellation(figures: &Cancellation) -> Value {
    object! {
        "receipt_id": figures.receipt_id.as_ref().map(|id| id.as_str()),
        "request_cancel_price": figures.request_cancel_price,
        "remain_price": figures.remain_price,
        "remain_tax_free": figures.remain_tax_free,
        "cancelled_price": figures.cancelled_price,
        "cancelled_tax_free": figures.cancelled_tax_free,
        "revoked_at": figures.revoked_at,
        "tid": figures.tid.as_ref(),
        "order_id": figures.order_id.as_ref(),
        "cancel_id": figures.cancel_id.as_ref(),
        "price": figures.price,
        "status": figures.status.map(|status| status.0),
        "extra": &figures.extra,
    }
}

fn mismatches(mismatches: &[Mismatch]) -> Vec<Value> {
    let one = |mismatch: &Mismatch| {
        object! { "field": &mismatch.field, "expected": mismatch.expected, "answered": mismatch.answered }
    };
    mismatches.iter().map(one).collect()
}

fn totals(totals: Totals) -> Value {
    object! {
        "price": totals.price,
        "remaining": totals.remaining,
        "cancelled": totals.cancelled,
        "status": totals.status.map(|status| status.0),
        "is_empty": totals.is_empty(),
    }
}

pub(crate) fn receipt(receipt: &Receipt) -> Value {
    object! {
        "receipt_id": receipt.receipt_id.as_str(),
        "order_id": receipt.order_id.as_ref(),
        "order_name": receipt.order_name.as_ref(),
        "totals": totals(receipt.totals),
        "tax_free": receipt.tax_free,
        "remain_tax_free": receipt.remain_tax_free,
        "cancelled_tax_free": receipt.cancelled_tax_free,
        "pg": receipt.pg.as_ref(),
        "method": receipt.method.as_ref(),
        "pg_name": receipt.pg_name.as_ref(),
        "method_name": receipt.method_name.as_ref(),
        "requested_at": receipt.requested_at,
        "purchased_at": receipt.purchased_at,
        "cancelled_at": receipt.cancelled_at,
        "receipt_url": receipt.receipt_url.as_ref(),
        "extra": &receipt.extra,
    }
}

pub(crate) fn preview(preview: &Preview) -> Value {
    object! {
        "url": &preview.url,
        "members": Value::Object(preview.members.clone()),
        "receipt": receipt(&preview.receipt),
        "objection": preview.objection.as_ref().map(refusal),
        "conflict": preview.conflict.as_ref().map(conflict),
        "open": preview.open.iter().map(intent).collect::<Vec<_>>(),
    }
}

fn conflict(conflict: &Conflict) -> Value {
    object! {
        "kind": conflict.kind.name(),
        "text": conflict.to_string(),
        "hint": conflict.hint(Language::Korean),
        "hint_english": conflict.hint(Language::English),
        "intent": intent_ref(&conflict.intent),
        "retry_after_ms": conflict.retry_after,
    }
}

fn refusal(refusal: &Refusal) -> Value {
    object! {
        "kind": refusal.kind.name(),
        "http_status": refusal.http_status,
        "code": refusal.code.as_ref(),
        "server_message": &refusal.message,
        "pg_code": refusal.pg_code.as_ref(),
        "pg_message": refusal.pg_message.as_ref(),
        "intent": refusal.intent.as_ref().map(intent_ref),
        "ledger": refusal.ledger.map(totals),
        "earlier": refusal.earlier.as_ref().map(intent_ref),
    }
}

pub(crate) fn intent(intent: &Intent) -> Value {
    object! {
        "cancel_id": intent.cancel_id.as_str(),
        "receipt_id": intent.receipt_id.as_str(),
        "amount": amount(&intent.amount),
        "state": intent.state.name(),
        "generation": intent.generation,
        "key": intent.key.to_text(),
        "environment": &intent.environment,
        "to_account": intent.to_account,
        "held": intent.held,
        "totals_before": intent.totals_before.map(totals),
        "totals_after": intent.totals_after.map(totals),
        "unknown_cause": intent.unknown_cause.map(name),
        "evidence": intent.evidence.map(name),
        "money_is_back": intent.money_is_back.map(name),
        "cancellation": intent.cancellation.as_ref().map(cancellation),
        "mismatches": mismatches(&intent.mismatches),
        "refusal": intent.refusal.as_ref().map(|note| object! {
            "kind": &note.kind,
            "code": note.code.as_ref(),
            "server_message": &note.message,
        }),
        "decided_by": intent.decided_by.as_ref(),
        "attempts": intent.attempts.iter().map(attempt).collect::<Vec<_>>(),
        "deadline": intent.deadline,
        "answered_at": intent.answered_at,
        "created_at": intent.created_at,
        "updated_at": intent.updated_at,
    }
}

fn attempt(attempt: &Attempt) -> Value {
    object! {
        "started_at": attempt.started_at,
        "progress": name(attempt.progress),
        "http_status": attempt.http_status,
        "code": attempt.code.as_ref(),
    }
}

pub(crate) fn recovery(recovery: &Recovery) -> Value {
    let refs = |intents: &[IntentRef]| intents.iter().map(intent_ref).collect::<Vec<_>>();
    let failed = |(intent, error): &(IntentRef, BootpayError)| {
        object! { "intent": intent_ref(intent), "text": shown(error), "kind": error.kind() }
    };
    object! {
        "settled": recovery.settled.iter().map(outcome).collect::<Vec<_>>(),
        "moved_nothing": refs(&recovery.moved_nothing),
        "unknown": recovery.unknown.iter().map(unknown).collect::<Vec<_>>(),
        "held": refs(&recovery.held),
        "in_flight": refs(&recovery.in_flight),
        "failed": recovery.failed.iter().map(failed).collect::<Vec<_>>(),
        "of_other_merchants": recovery.of_other_merchants,
    }
}

pub(crate) fn bank(bank: &Bank) -> Value {
    let source = match bank.source() {
        Some(BankSource::OfficialSdk) => "official_sdk",
        Some(BankSource::BootpayNotes) => "bootpay_notes",
        _ => "clearing_code",
    };
    object! {
        "code": bank.code(),
        "name": bank.name().unwrap_or_default(),
        "english_name": bank.english_name().unwrap_or_default(),
        "aliases": bank.aliases().iter().map(|alias| json!(alias)).collect::<Vec<_>>(),
        "source": source,
    }
}

pub(crate) fn error(error: &BootpayError) -> Value {
    let (of_type, suggestions, intent, refused) = match error {
        BootpayError::InvalidInput(input) => ("invalid_input", Some(json!(input.suggestions())), None, None),
        BootpayError::Conflict(conflict) => ("conflict", None, Some(intent_ref(&conflict.intent)), None),
        BootpayError::Refused(refused) => ("refused", None, None, Some(refusal(refused))),
        BootpayError::NotSent(_) => ("not_sent", None, None, None),
        BootpayError::Token(_) => ("token", None, None, None),
        BootpayError::Lookup(_) => ("lookup", None, None, None),
        BootpayError::Journal(_) => ("journal", None, None, None),
        _ => ("internal", None, None, None),
    };
    let error = object! {
        "type": of_type,
        "kind": error.kind(),
        "text": error.to_string(),
        "hint": error.hint(Language::Korean),
        "hint_english": error.hint(Language::English),
        "code": error.code(),
        "field": error.field(),
        "retry_after_ms": error.retry_after(),
        "suggestions": suggestions,
        "intent": intent,
        "refusal": refused,
    };
    json!({ "error": error })
}

/// What the packages' exceptions show: the text, and under it the hint.
fn shown(error: &BootpayError) -> String {
    match error.hint(Language::Korean) {
        Some(hint) => format!("{error}\n{hint}"),
        None => error.to_string(),
    }
}
