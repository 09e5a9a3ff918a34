//! What a bulk would do, as it crosses.

use bootpay_core::Language;
use bootpay_core::bulk::BulkFindingKind;

use crate::bulk::file::BulkEncoding;
use crate::bulk::report::BulkPart;
use crate::numbers::won;

/// What a bulk would do, by its file alone.
#[derive(Clone, Debug, uniffi::Record)]
pub struct BulkPlan {
    /// Its identity, 32 hex digits: what the options of a run must say. Of what the rows mean, the environment and the
    /// merchant.
    pub id: String,
    /// Which Bootpay: the base address's origin.
    pub environment: String,
    /// How the file was encoded.
    pub encoding: BulkEncoding,
    /// Headings that mean nothing to a bulk. A guard that was meant by one of them is not there.
    pub ignored_columns: Vec<String>,
    /// All rows, and their won as far as the file states them.
    pub rows: BulkPart,
    /// The full cancels among them. Those that state no `expected_remaining` have no won.
    pub full: BulkPart,
    /// The partial cancels among them.
    pub partial: BulkPart,
    /// How many receipts they are on.
    pub receipts: u64,
    /// How many receipts have more than one row. These are cancelled in the file's order, partial ones 11 s apart.
    pub receipts_with_several: u64,
    /// How many receipts have partial rows and a full one after them, which gives back what is left by then.
    pub full_after_partial: u64,
    /// How many rows go to a refund account.
    pub to_account: u64,
    /// The most rows of one receipt: with 11 s between them, so long the bulk takes at least.
    pub most_of_one_receipt: u64,
}

/// What the ledger says about a bulk's receipts.
#[derive(Clone, Debug, uniffi::Record)]
pub struct BulkLookup {
    /// How many receipts were looked up.
    pub receipts: u64,
    /// How many receipts there are. Where a stop came first, it is more.
    pub of: u64,
    /// What would be moved as the ledgers are now, in won, those rows left out that a finding stands against.
    pub would_move: i64,
    /// The first hundred, in the file's order.
    pub findings: Vec<BulkFinding>,
    /// How many there are in all.
    pub count: u64,
}

/// What stands against a row, or makes it doubtful.
#[derive(Clone, Debug, uniffi::Record)]
pub struct BulkFinding {
    /// The row's line in the file, counted from 1.
    pub line: u64,
    /// The receipt.
    pub receipt_id: String,
    /// A stable name for programs: `not_found`, `already_cancelled`, `not_paid`, `more_than_remains`, `not_as_expected`,
    /// `partial_unsupported`, `no_refund_account`, `unfinished`, `not_looked_up`.
    pub kind: String,
    /// What it means, in Korean.
    pub korean: String,
    /// The same in English.
    pub english: String,
    /// What the receipt's rows up to this one ask for, in won, where that is more than remains.
    pub asked: Option<i64>,
    /// What a full row expects to remain, in won, where something else does.
    pub expected: Option<i64>,
    /// What remains, in won, in both cases.
    pub remaining: Option<i64>,
}

impl From<bootpay_core::bulk::BulkPlan> for BulkPlan {
    fn from(plan: bootpay_core::bulk::BulkPlan) -> Self {
        Self {
            id: plan.id.as_str().to_owned(),
            environment: plan.environment,
            encoding: plan.encoding.into(),
            ignored_columns: plan.ignored_columns,
            rows: plan.rows.into(),
            full: plan.full.into(),
            partial: plan.partial.into(),
            receipts: plan.receipts,
            receipts_with_several: plan.receipts_with_several,
            full_after_partial: plan.full_after_partial,
            to_account: plan.to_account,
            most_of_one_receipt: plan.most_of_one_receipt,
        }
    }
}

impl From<bootpay_core::bulk::BulkLookup> for BulkLookup {
    fn from(lookup: bootpay_core::bulk::BulkLookup) -> Self {
        Self {
            receipts: lookup.receipts,
            of: lookup.of,
            would_move: won(lookup.would_move),
            findings: lookup.findings.into_iter().map(BulkFinding::from).collect(),
            count: lookup.count,
        }
    }
}

impl From<bootpay_core::bulk::BulkFinding> for BulkFinding {
    fn from(finding: bootpay_core::bulk::BulkFinding) -> Self {
        let (asked, expected, remaining) = match finding.kind {
            BulkFindingKind::MoreThanRemains { asked, remaining } => (Some(asked), None, Some(remaining)),
            BulkFindingKind::NotAsExpected { expected, remaining } => (None, Some(expected), remaining),
            _ => (None, None, None),
        };
        Self {
            line: finding.line,
            receipt_id: finding.receipt_id.as_str().to_owned(),
            kind: finding.kind.name().to_owned(),
            korean: finding.kind.words(Language::Korean),
            english: finding.kind.words(Language::English),
            asked: asked.map(won),
            expected: expected.map(won),
            remaining: remaining.map(won),
        }
    }
}
