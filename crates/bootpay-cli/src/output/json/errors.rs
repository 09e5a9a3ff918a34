//! Errors as JSON.

use bootpay_core::{BootpayError, Language};
use serde_json::{Value, json};

use crate::args::Shared;
use crate::failure::{Failure, Reason};
use crate::output::json::{intent_ref, members, totals};
use crate::output::{next, words};

/// `{"error": {…}}`.
pub(crate) fn failure(language: Language, shared: &Shared, failure: &Failure) -> Value {
    let mut error = members(match &failure.reason {
        Reason::Bootpay(error) => bootpay_error(language, error),
        Reason::Invalid { field, problem, hint } => {
            let detail = format!("`{field}` {}", problem.in_language(language));
            bare("invalid_input", &detail, Some(hint.in_language(language)), Some(field))
        }
        Reason::File(problems) => crate::output::json::bulk::problems(language, problems),
        Reason::Declined => bare("declined", words::DECLINED.in_language(language), None, None),
        Reason::System { what, detail } => {
            bare("system", &format!("{}: {detail}", what.in_language(language)), None, None)
        }
    });
    if let Reason::Bootpay(BootpayError::Conflict(conflict)) = &failure.reason
        && conflict.intent.state.is_open()
    {
        error.insert("next".into(), json!(next::reconcile(shared, conflict.intent.cancel_id.as_str())));
    }
    error.insert("money_moved".into(), json!(failure.money_moved));
    json!({ "error": error })
}

fn bare(kind: &str, detail: &str, hint: Option<&str>, field: Option<&str>) -> Value {
    json!({ "kind": kind, "detail": detail, "hint": hint, "code": null, "field": field })
}

/// The library's error, with everything that a program may ask about.
pub(crate) fn bootpay_error(language: Language, error: &BootpayError) -> Value {
    let mut object = members(json!({
        "kind": error.kind(),
        "detail": error.to_string(),
        "hint": error.hint(language).filter(|hint| !hint.is_empty()),
        "code": error.code(),
        "field": error.field(),
        "retry_after_seconds": error.retry_after().map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0)),
    }));
    let more = match error {
        BootpayError::InvalidInput(input) => json!({ "suggestions": input.suggestions() }),
        BootpayError::Conflict(conflict) => json!({ "intent": intent_ref(&conflict.intent) }),
        BootpayError::Refused(refusal) => json!({
            "http_status": refusal.http_status,
            "message": refusal.message,
            "pg_code": refusal.pg_code,
            "pg_message": refusal.pg_message,
            "intent": refusal.intent.as_ref().map(intent_ref),
            "ledger": refusal.ledger.as_ref().map(totals),
            "earlier": refusal.earlier.as_ref().map(intent_ref),
        }),
        _ => json!({}),
    };
    object.extend(members(more));
    Value::Object(object)
}
