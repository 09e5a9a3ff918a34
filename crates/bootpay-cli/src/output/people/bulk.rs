//! A bulk, in words.

use std::path::Path;
use std::time::Duration;

use bootpay_core::bulk::{
    BulkLookup, BulkPart, BulkPhase, BulkPlan, BulkProblems, BulkProgress, BulkReport, BulkStopReason, BulkSum,
    RowState,
};
use bootpay_core::{BulkId, Language, Won};

use crate::args::Shared;
use crate::console::{Console, Shade, Stream};
use crate::output::people::failure;
use crate::output::sheet::{self, Fields, plain};
use crate::output::words::{self, Text};
use crate::output::{money, next};

/// Between two partial cancels of one receipt.
const APART: u64 = 11;

pub(crate) fn plan(console: &Console, shared: &Shared, file: &Path, plan: &BulkPlan, lookup: Option<&BulkLookup>) {
    let mut text = fields(console, plan).laid_out();
    if let Some(lookup) = lookup {
        text.push_str(&looked_up(console, lookup));
    }
    let run = console.shade(Stream::Out, Shade::Strong, &next::bulk_run(shared, file, &plan.id, ""));
    text.push_str(&format!("{} {run}\n", console.word(words::RUN_IT)));
    console.tell(&text);
}

/// The question before a bulk, with what it would do.
pub(crate) fn question(console: &Console, plan: &BulkPlan, cap: Option<Won>) -> String {
    let mut text = fields(console, plan).laid_out();
    let rows = Won::new(plan.rows.rows);
    let all = amount(console, &plan.rows);
    let cap = cap.map(|cap| money::won(cap, console.language));
    text.push_str(&match (console.language, cap) {
        (Language::Korean, None) => format!("{rows}행, {all}을(를) 취소할까요? [y/N]"),
        (Language::Korean, Some(cap)) => format!("{rows}행, {all}을(를) 최대 {cap}까지 취소할까요? [y/N]"),
        (Language::English, None) => format!("Cancel {rows} rows, {all}? [y/N]"),
        (Language::English, Some(cap)) => format!("Cancel {rows} rows, {all}, {cap} at most? [y/N]"),
    });
    text
}

fn fields(console: &Console, plan: &BulkPlan) -> Fields {
    let mut fields = Fields::default();
    let some = |count: u64| (count > 0).then(|| Won::new(count).to_string());
    fields.add(console.word(words::PLAN), plan.id.as_str());
    fields.add(console.word(words::BOOTPAY_AT), plan.environment.clone());
    fields.add(console.word(words::ENCODING), plan.encoding.name());
    fields.add(console.word(words::ROWS), counted(console, &plan.rows));
    fields.add(console.word(words::RECEIPTS), Won::new(plan.receipts).to_string());
    fields.add_some(console.word(words::FULL_ROWS), (plan.full.rows > 0).then(|| counted(console, &plan.full)));
    fields
        .add_some(console.word(words::PARTIAL_ROWS), (plan.partial.rows > 0).then(|| counted(console, &plan.partial)));
    fields.add_some(console.word(words::SEVERAL), some(plan.receipts_with_several));
    fields.add_some(console.word(words::FULL_AFTER_PARTIAL), some(plan.full_after_partial));
    fields.add_some(console.word(words::TO_ACCOUNT), some(plan.to_account));
    let apart = Duration::from_secs(plan.most_of_one_receipt.saturating_sub(1) * APART);
    fields.add_some(console.word(words::AT_LEAST_SO_LONG), (!apart.is_zero()).then(|| lasting(apart)));
    let ignored = (!plan.ignored_columns.is_empty()).then(|| plan.ignored_columns.join(", "));
    fields.add_some(console.word(words::IGNORED_COLUMNS), ignored);
    fields
}

fn looked_up(console: &Console, lookup: &BulkLookup) -> String {
    let mut fields = Fields::default();
    let of = if lookup.receipts < lookup.of { format!(" / {}", Won::new(lookup.of)) } else { String::new() };
    fields.add(console.word(words::LOOKED_UP), format!("{}{of}", Won::new(lookup.receipts)));
    fields.add(console.word(words::WOULD_MOVE), money::won(lookup.would_move, console.language));
    let mut text = fields.laid_out();
    if lookup.count == 0 {
        text.push_str(&format!("  {}\n", console.word(words::NO_FINDINGS)));
        return text;
    }
    let title = format!("{} ({})", console.word(words::FINDINGS), Won::new(lookup.count));
    text.push_str(&format!("{}\n", console.shade(Stream::Out, Shade::Doubtful, &title)));
    let rows: Vec<Vec<String>> = lookup
        .findings
        .iter()
        .map(|one| vec![one.line.to_string(), one.receipt_id.to_string(), one.kind.words(console.language)])
        .collect();
    text.push_str(&sheet::table(&[console.word(words::LINE), console.word(words::RECEIPT), ""], &rows));
    let more = lookup.count.saturating_sub(lookup.findings.len() as u64);
    if more > 0 {
        text.push_str(&format!("  … {} {}\n", Won::new(more), console.word(words::MORE_FINDINGS)));
    }
    text
}

pub(crate) fn status(console: &Console, shared: &Shared, file: &Path, id: &BulkId, sum: &BulkSum) {
    let mut text = table(console, sum);
    text.push_str(&what_next(console, shared, file, id, sum, None));
    console.tell(&text);
}

pub(crate) fn report(console: &Console, shared: &Shared, file: &Path, id: &BulkId, report: &BulkReport) {
    let (shade, title) = match &report.stopped {
        Some(why) => {
            let title = format!("{}: {}", console.word(words::BULK_STOPPED), plain(&why.words(console.language)));
            (Shade::Doubtful, title)
        }
        None if report.sum.is_complete() => (Shade::Good, console.word(words::BULK_DONE).to_owned()),
        None => (Shade::Doubtful, console.word(words::BULK_DONE_PARTLY).to_owned()),
    };
    let mut text = format!("{} ({})\n", console.shade(Stream::Out, shade, &title), lasting(report.elapsed));
    if let Some(hint) =
        report.stopped.as_ref().and_then(|why| why.hint(console.language)).filter(|hint| !hint.is_empty())
    {
        text.push_str(&format!("  → {}\n", plain(&hint)));
    }
    text.push_str(&table(console, &report.sum));
    if !report.left.is_empty() {
        text.push_str(&format!("{}\n", console.shade(Stream::Out, Shade::Doubtful, console.word(words::BULK_LEFT))));
        let rows: Vec<Vec<String>> = report
            .left
            .iter()
            .map(|one| {
                vec![one.line.to_string(), one.receipt_id.to_string(), failure::error_words(console, &one.error)]
            })
            .collect();
        text.push_str(&sheet::table(&[console.word(words::LINE), console.word(words::RECEIPT), ""], &rows));
    }
    if !report.unrecorded.is_empty() {
        let warning = console.shade(Stream::Out, Shade::Bad, console.word(words::BULK_UNRECORDED));
        text.push_str(&format!("{warning}\n"));
        for intent in &report.unrecorded {
            text.push_str(&format!("  {}  {}\n", intent.receipt_id, intent.cancel_id));
        }
    }
    text.push_str(&what_next(console, shared, file, id, &report.sum, report.stopped.as_ref()));
    console.tell(&text);
}

/// The sum: its parts, and what they add up to.
fn table(console: &Console, sum: &BulkSum) -> String {
    let line = |name: Text, part: &BulkPart| {
        let unpriced = (part.unpriced > 0).then(|| unpriced(console, part.unpriced));
        vec![
            console.word(name).to_owned(),
            Won::new(part.rows).to_string(),
            money::won(part.won, console.language),
            unpriced.unwrap_or_default(),
        ]
    };
    let mut rows: Vec<Vec<String>> =
        RowState::ALL.into_iter().map(|state| line(self::state(state), &sum.part(state))).collect();
    rows.push(line(words::BULK_PLANNED, &sum.planned));
    let mut text = sheet::table(&["", console.word(words::ROWS), console.word(words::AMOUNT), ""], &rows);
    for (count, name) in [(sum.held, words::BULK_HELD), (sum.in_flight, words::BULK_IN_FLIGHT)] {
        if count > 0 {
            text.push_str(&format!("  {} {}\n", Won::new(count), console.word(name)));
        }
    }
    text
}

fn state(state: RowState) -> Text {
    match state {
        RowState::Cancelled => words::BULK_CANCELLED,
        RowState::Already => words::BULK_ALREADY,
        RowState::Refused => words::BULK_REFUSED,
        RowState::Unknown => words::BULK_UNKNOWN,
        _ => words::BULK_REMAINING,
    }
}

fn what_next(
    console: &Console,
    shared: &Shared,
    file: &Path,
    id: &BulkId,
    sum: &BulkSum,
    stopped: Option<&BulkStopReason>,
) -> String {
    let mut text = String::new();
    let mut add = |what: Text, command: String| {
        let command = console.shade(Stream::Out, Shade::Strong, &command);
        text.push_str(&format!("{} {command}\n", console.word(what)));
    };
    if sum.unknown.rows > 0 || sum.held > 0 {
        add(words::SETTLE_THE_UNKNOWN, next::reconcile_all(shared));
    }
    if sum.remaining.rows > 0 || sum.unknown.rows > 0 {
        add(words::GO_ON_WITH, next::bulk_run(shared, file, id, ""));
    }
    if sum.refused.rows > 0 && (sum.remaining.rows == 0 || matches!(stopped, Some(BulkStopReason::Merchant(_)))) {
        add(words::TRY_REFUSED_AGAIN, next::bulk_run(shared, file, id, " --retry-refused"));
    }
    if sum.refused.rows + sum.unknown.rows + sum.held + sum.already.rows > 0 {
        add(words::SEE_THE_ROWS, next::bulk_export(shared, file));
    }
    text
}

/// Left by a second Ctrl-C.
pub(crate) fn abandoned(console: &Console, shared: &Shared, file: &Path, id: &BulkId) {
    let words = console.shade(Stream::Err, Shade::Doubtful, console.word(words::BULK_ABANDONED));
    let next = next::bulk_run(shared, file, id, "");
    console.note(&format!("\n{words}\n  → {next}\n"));
    if console.json {
        console.object(&serde_json::json!({
            "bulk": id.as_str(),
            "stopped": { "kind": "abandoned", "detail": console.word(words::BULK_ABANDONED), "hint": null },
            "money_moved": null,
            "next": next,
        }));
    }
}

/// One line of how a run goes; below a bar, the rows are in the bar.
pub(crate) fn progress(console: &Console, progress: &BulkProgress, below_a_bar: bool) -> String {
    let sum = &progress.sum;
    let mut parts = Vec::new();
    if !below_a_bar {
        parts.push(format!("{}/{}", sum.planned.rows - sum.remaining.rows, sum.planned.rows));
    }
    parts.push(phase(console, progress.phase).to_owned());
    parts.push(format!("{} {}", console.word(words::MOVED), money::won(sum.cancelled.won, console.language)));
    for state in [RowState::Refused, RowState::Unknown] {
        parts.push(format!("{} {}", console.word(self::state(state)), sum.part(state).rows));
    }
    let rate = format!("{:.1}", progress.per_second);
    parts.push(match console.language {
        Language::Korean => format!("{} {rate}건", console.word(words::PER_SECOND)),
        Language::English => format!("{rate} {}", console.word(words::PER_SECOND)),
    });
    if let Some(left) = progress.left.filter(|_| progress.phase == BulkPhase::Cancelling) {
        parts.push(match console.language {
            Language::Korean => format!("{} {}", console.word(words::TIME_LEFT), lasting(left)),
            Language::English => format!("{} {}", lasting(left), console.word(words::TIME_LEFT)),
        });
    }
    parts.join(" · ")
}

fn phase(console: &Console, phase: BulkPhase) -> &'static str {
    console.word(match phase {
        BulkPhase::Listing => words::PHASE_LISTING,
        BulkPhase::Cancelling => words::PHASE_CANCELLING,
        BulkPhase::Waiting => words::PHASE_WAITING,
        BulkPhase::Reconciling => words::PHASE_RECONCILING,
        BulkPhase::Summing => words::PHASE_SUMMING,
        _ => words::PHASE_FINISHED,
    })
}

/// What is wrong with a file, line by line.
pub(crate) fn problems(console: &Console, problems: &BulkProblems) -> String {
    let error = console.shade(Stream::Err, Shade::Bad, console.word(words::ERROR));
    let mut text = format!("{error} {}\n", console.word(words::WRONG_FILE));
    let rows: Vec<Vec<String>> = problems
        .problems
        .iter()
        .map(|one| vec![one.line.to_string(), one.field.clone().unwrap_or_default(), one.words(console.language)])
        .collect();
    text.push_str(&sheet::table(&[console.word(words::LINE), "", ""], &rows));
    let more = problems.count.saturating_sub(problems.problems.len() as u64);
    if more > 0 {
        text.push_str(&format!("  … {} {}\n", Won::new(more), console.word(words::MORE_PROBLEMS)));
    }
    let nothing = console.shade(Stream::Err, Shade::Faint, console.word(words::NOTHING_OF_IT_SENT));
    text.push_str(&format!("  {nothing}\n"));
    text
}

fn counted(console: &Console, part: &BulkPart) -> String {
    format!("{} ({})", Won::new(part.rows), amount(console, part))
}

fn amount(console: &Console, part: &BulkPart) -> String {
    let known = (part.won > Won::ZERO || part.unpriced == 0).then(|| money::won(part.won, console.language));
    let unknown = (part.unpriced > 0).then(|| unpriced(console, part.unpriced));
    [known, unknown].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn unpriced(console: &Console, rows: u64) -> String {
    match console.language {
        Language::Korean => format!("{} {}행", console.word(words::AMOUNT_NOT_KNOWN), Won::new(rows)),
        Language::English => format!("{} {}", Won::new(rows), console.word(words::AMOUNT_NOT_KNOWN)),
    }
}

/// `1:02:03` or `2:03`.
fn lasting(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}
