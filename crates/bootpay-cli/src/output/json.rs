//! One JSON object per command, for programs. Names are stable; a member that is not known is null, and is never left
//! out where it belongs to the object.

pub(crate) mod bulk;
mod errors;
mod receipts;

pub(crate) use errors::{bootpay_error, failure};
pub(crate) use receipts::{preview, receipt, totals};

use bootpay_core::{
    CancelAmount, CancelOutcome, Cancellation, Intent, IntentRef, KoreanTime, Language, Recovery, UnixMillis,
};
use serde_json::{Map, Value, json};

use crate::args::Shared;
use crate::output::next;

/// How a cancel ended.
pub(crate) fn outcome(shared: &Shared, outcome: &CancelOutcome) -> Value {
    let mut object = amount(&outcome.intent().amount);
    object.insert("receipt_id".into(), json!(outcome.intent().receipt_id));
    object.insert("cancel_id".into(), json!(outcome.intent().cancel_id));
    object.insert("recorded".into(), json!(outcome.is_recorded()));
    object.insert("money_is_back".into(), json!(outcome.money_is_back()));
    match outcome {
        CancelOutcome::Cancelled(cancelled) => {
            object.insert("outcome".into(), json!("cancelled"));
            object.insert("money_moved".into(), json!(true));
            object.insert("evidence".into(), json!(cancelled.evidence));
            object.insert("repeated".into(), json!(cancelled.repeated));
            object.insert("mismatches".into(), json!(cancelled.mismatches));
            object.extend(figures(&cancelled.cancellation));
            let held = !cancelled.mismatches.is_empty();
            object.insert("next".into(), json!(held.then(|| next::resolve(shared, &cancelled.intent))));
        }
        CancelOutcome::AlreadyCancelled(already) => {
            object.insert("outcome".into(), json!("already_cancelled"));
            object.insert("money_moved".into(), json!(false));
            object.insert("evidence".into(), json!(already.evidence));
            object.insert("repeated".into(), json!(already.repeated));
            object.insert("ledger".into(), json!(already.ledger.as_ref().map(totals)));
            object.insert("message".into(), json!(already.message));
        }
        CancelOutcome::Unknown(unknown) => {
            object.insert("outcome".into(), json!("unknown"));
            object.insert("money_moved".into(), Value::Null);
            object.insert("cause".into(), json!(unknown.cause));
            object.insert("before".into(), json!(unknown.before.as_ref().map(totals)));
            object.insert("after".into(), json!(unknown.after.as_ref().map(totals)));
            object.insert("next".into(), json!(next::reconcile(shared, unknown.intent.cancel_id.as_str())));
        }
    }
    Value::Object(object)
}

/// A cancel that was left alone by a second Ctrl-C.
pub(crate) fn abandoned(shared: &Shared, receipt_id: Option<&str>, cancel_id: Option<&str>) -> Value {
    json!({
        "outcome": "unknown",
        "receipt_id": receipt_id,
        "cancel_id": cancel_id,
        "cause": "interrupted",
        "money_moved": null,
        "money_is_back": null,
        "next": cancel_id.map_or_else(|| Some(next::reconcile_all(shared)), |id| next::reconcile(shared, id)),
    })
}

/// The page's response table, under the page's names.
fn figures(cancellation: &Cancellation) -> Map<String, Value> {
    let Cancellation { request_cancel_price, remain_price, remain_tax_free, cancelled_price, .. } = cancellation;
    members(json!({
        "request_cancel_price": request_cancel_price,
        "remain_price": remain_price,
        "remain_tax_free": remain_tax_free,
        "cancelled_price": cancelled_price,
        "cancelled_tax_free": cancellation.cancelled_tax_free,
        "revoked_at": cancellation.revoked_at,
        "tid": cancellation.tid,
        "order_id": cancellation.order_id,
    }))
}

fn amount(amount: &CancelAmount) -> Map<String, Value> {
    members(json!({
        "amount": if amount.is_full() { "full" } else { "partial" },
        "price": amount.price(),
        "tax_free": amount.tax_free(),
    }))
}

/// An intent in short.
pub(crate) fn intent_ref(intent: &IntentRef) -> Value {
    let mut object = amount(&intent.amount);
    object.insert("receipt_id".into(), json!(intent.receipt_id));
    object.insert("cancel_id".into(), json!(intent.cancel_id));
    object.insert("state".into(), json!(intent.state.name()));
    object.insert("created_at".into(), moment(intent.created_at));
    Value::Object(object)
}

/// An intent as the journal keeps it.
pub(crate) fn intent(intent: &Intent) -> Value {
    let mut object = members(intent_ref(&intent.to_ref()));
    object.extend(members(json!({
        "generation": intent.generation,
        "environment": intent.environment,
        "open": intent.state.is_open() || intent.held,
        "held": intent.held,
        "to_account": intent.to_account,
        "updated_at": moment(intent.updated_at),
        "answered_at": intent.answered_at.map(moment),
        "unknown_cause": intent.unknown_cause,
        "evidence": intent.evidence,
        "money_is_back": intent.money_is_back,
        "mismatches": intent.mismatches,
        "refusal": intent.refusal,
        "decided_by": intent.decided_by,
        "totals_before": intent.totals_before.as_ref().map(totals),
        "totals_after": intent.totals_after.as_ref().map(totals),
        "cancellation": intent.cancellation.as_ref().map(figures),
        "attempts": intent.attempts.len(),
    })));
    Value::Object(object)
}

/// What a recovery found.
pub(crate) fn recovery(language: Language, shared: &Shared, recovery: &Recovery) -> Value {
    let refs = |intents: &[IntentRef]| intents.iter().map(intent_ref).collect::<Vec<_>>();
    let settled: Vec<Value> = recovery.settled.iter().map(|settled| outcome(shared, settled)).collect();
    let unknown: Vec<Value> = recovery
        .unknown
        .iter()
        .map(|unknown| outcome(shared, &CancelOutcome::Unknown(Box::new(unknown.clone()))))
        .collect();
    let failed: Vec<Value> = recovery
        .failed
        .iter()
        .map(|(intent, error)| {
            let mut error = members(bootpay_error(language, error));
            error.insert("money_moved".into(), Value::Null);
            json!({ "intent": intent_ref(intent), "error": error })
        })
        .collect();
    json!({
        "settled": settled,
        "moved_nothing": refs(&recovery.moved_nothing),
        "unknown": unknown,
        "held": refs(&recovery.held),
        "in_flight": refs(&recovery.in_flight),
        "failed": failed,
        "of_other_merchants": recovery.of_other_merchants,
    })
}

fn moment(moment: UnixMillis) -> Value {
    json!(KoreanTime::from_unix_millis(moment.0))
}

/// The members of what is written as an object above.
fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
