//! A bulk as JSON.

use std::path::Path;

use bootpay_core::bulk::{BulkLookup, BulkPart, BulkPlan, BulkProblems, BulkProgress, BulkReport, BulkSum, RowState};
use bootpay_core::{BulkId, Language};
use serde_json::{Value, json};

use crate::args::Shared;
use crate::output::json::{bootpay_error, intent_ref, members};
use crate::output::next;

/// What a file would do.
pub(crate) fn plan(
    language: Language,
    shared: &Shared,
    file: &Path,
    plan: &BulkPlan,
    lookup: Option<&BulkLookup>,
) -> Value {
    json!({
        "plan": plan.id.as_str(),
        "environment": plan.environment,
        "encoding": plan.encoding.name(),
        "ignored_columns": plan.ignored_columns,
        "rows": part(&plan.rows),
        "full": part(&plan.full),
        "partial": part(&plan.partial),
        "receipts": plan.receipts,
        "receipts_with_several": plan.receipts_with_several,
        "most_of_one_receipt": plan.most_of_one_receipt,
        "full_after_partial": plan.full_after_partial,
        "to_account": plan.to_account,
        "look_up": lookup.map(|lookup| looked_up(language, lookup)),
        "next": next::bulk_run(shared, file, &plan.id, ""),
    })
}

fn looked_up(language: Language, lookup: &BulkLookup) -> Value {
    let findings: Vec<Value> = lookup
        .findings
        .iter()
        .map(|finding| {
            json!({
                "line": finding.line,
                "receipt_id": finding.receipt_id,
                "kind": finding.kind.name(),
                "detail": finding.kind.words(language),
            })
        })
        .collect();
    json!({
        "receipts": lookup.receipts,
        "of": lookup.of,
        "would_move": lookup.would_move,
        "findings": findings,
        "count": lookup.count,
    })
}

/// How the rows stand.
pub(crate) fn status(shared: &Shared, file: &Path, id: &BulkId, sum: &BulkSum) -> Value {
    let mut object = members(self::sum(sum));
    object.insert("bulk".into(), json!(id.as_str()));
    object.insert("complete".into(), json!(sum.is_complete()));
    object.insert("next".into(), json!((!sum.is_complete()).then(|| next::bulk_run(shared, file, id, ""))));
    Value::Object(object)
}

/// How a run ended.
pub(crate) fn report(language: Language, shared: &Shared, file: &Path, id: &BulkId, report: &BulkReport) -> Value {
    let mut object = members(status(shared, file, id, &report.sum));
    let stopped = report
        .stopped
        .as_ref()
        .map(|why| json!({ "kind": why.name(), "detail": why.words(language), "hint": why.hint(language) }));
    object.insert("stopped".into(), json!(stopped));
    let left = report.left.iter().map(
        |one| json!({ "line": one.line, "receipt_id": one.receipt_id, "error": bootpay_error(language, &one.error) }),
    );
    object.insert("left".into(), json!(left.collect::<Vec<_>>()));
    object.insert("unrecorded".into(), json!(report.unrecorded.iter().map(intent_ref).collect::<Vec<_>>()));
    object.insert("elapsed_seconds".into(), json!(report.elapsed.as_secs_f64()));
    Value::Object(object)
}

/// How a run goes.
pub(crate) fn progress(progress: &BulkProgress) -> Value {
    let mut object = members(sum(&progress.sum));
    object.insert("phase".into(), json!(progress.phase.name()));
    object.insert("stopping".into(), json!(progress.stopping));
    object.insert("rows_in_flight".into(), json!(progress.in_flight));
    object.insert("per_second".into(), json!(progress.per_second));
    object.insert("allowed_per_second".into(), json!(progress.allowed_per_second));
    object.insert("elapsed_seconds".into(), json!(progress.elapsed.as_secs_f64()));
    object.insert("left_seconds".into(), json!(progress.left.map(|left| left.as_secs_f64())));
    Value::Object(object)
}

fn sum(sum: &BulkSum) -> Value {
    let mut object = members(json!({ "planned": part(&sum.planned), "held": sum.held, "in_flight": sum.in_flight }));
    for state in RowState::ALL {
        object.insert(state.name().into(), part(&sum.part(state)));
    }
    Value::Object(object)
}

fn part(part: &BulkPart) -> Value {
    json!({ "rows": part.rows, "won": part.won, "unpriced": part.unpriced })
}

/// What is wrong with a file: the members of an error.
pub(crate) fn problems(language: Language, problems: &BulkProblems) -> Value {
    let all: Vec<Value> = problems
        .problems
        .iter()
        .map(|one| json!({ "line": one.line, "field": one.field, "detail": one.words(language) }))
        .collect();
    json!({
        "kind": "bulk_file",
        "detail": problems.problems.first().map(ToString::to_string),
        "hint": null,
        "code": null,
        "field": problems.problems.first().and_then(|one| one.field.clone()),
        "problems": all,
        "count": problems.count,
    })
}
