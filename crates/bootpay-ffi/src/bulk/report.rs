//! How a bulk stands, goes and ends, as it crosses.

use std::time::Duration;

use bootpay_core::Language;
use bootpay_core::bulk::BulkStopReason;

use crate::error::Refusal;
use crate::intent::IntentRef;
use crate::numbers::{won, wons};

/// Rows and their won.
#[derive(Clone, Copy, Debug, uniffi::Record)]
pub struct BulkPart {
    /// How many rows.
    pub rows: u64,
    /// The won of those rows whose amount is known.
    pub won: i64,
    /// The rows whose amount is not known: full cancels that nobody has looked up or answered.
    pub unpriced: u64,
}

/// The sum over a bulk's rows: planned = cancelled + already + refused + unknown + remaining, in rows and in won.
#[derive(Clone, Copy, Debug, uniffi::Record)]
pub struct BulkSum {
    /// All rows of the file.
    pub planned: BulkPart,
    /// Cancelled by this bulk: the money that it moved.
    pub cancelled: BulkPart,
    /// Cancelled before, or by somebody else.
    pub already: BulkPart,
    /// Refused in this bulk: these moved no money, and are tried again only on request.
    pub refused: BulkPart,
    /// The money may or may not have moved. A request that is on its way counts here.
    pub unknown: BulkPart,
    /// Not done: sent when the bulk is run.
    pub remaining: BulkPart,
    /// Of the cancelled ones, those whose answer did not add up: a person looks at them.
    pub held: u64,
    /// Of the unknown and remaining ones, those that somebody is carrying out now.
    pub in_flight: u64,
}

/// How a run goes.
#[derive(Clone, Debug, uniffi::Record)]
pub struct BulkProgress {
    /// What the run does now.
    pub phase: BulkPhase,
    /// How the rows stand.
    pub sum: BulkSum,
    /// Rows of this process that are on their way.
    pub in_flight: u32,
    /// Rows answered per second, over the last ten seconds.
    pub per_second: f64,
    /// The rate at which rows may be begun.
    pub allowed_per_second: f64,
    /// How long this run has taken.
    pub elapsed: Duration,
    /// How long the remaining rows take at the present rate, as far as that can be told.
    pub left: Option<Duration>,
    /// Whether nothing new is begun any more.
    pub stopping: bool,
}

/// What a run does.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum BulkPhase {
    /// Reads in the journal what earlier runs did.
    Listing,
    /// Cancels.
    Cancelling,
    /// Waits for rows that others hold, or for the time between two partial cancels of a receipt.
    Waiting,
    /// Looks unknown rows up.
    Reconciling,
    /// Sums up.
    Summing,
    /// Is over.
    Finished,
}

/// How a run ended.
#[derive(Clone, Debug, uniffi::Record)]
pub struct BulkReport {
    /// How the rows stand, by the journal as it is after the run.
    pub sum: BulkSum,
    /// Why it ended before its rows did; none where it did all that it could.
    pub stopped: Option<BulkStopped>,
    /// Cancels that were answered and could not be recorded: keep these. The journal calls them unknown.
    pub unrecorded: Vec<IntentRef>,
    /// How long it took.
    pub elapsed: Duration,
}

/// Why a run began no more rows. What was on its way has ended all the same.
#[derive(Clone, Debug, uniffi::Record)]
pub struct BulkStopped {
    /// A stable name for programs: `asked`, `too_many_unknown`, `cap`, `merchant`, `unreachable`, `failed`.
    pub kind: String,
    /// What happened, in Korean.
    pub korean: String,
    /// The same in English.
    pub english: String,
    /// What to do about it, in Korean, where there is more to say than "run it again".
    pub hint_korean: Option<String>,
    /// The same in English.
    pub hint_english: Option<String>,
    /// The refusal that concerns the whole merchant.
    pub refusal: Option<Box<Refusal>>,
    /// The error's kind, where nothing gets there any more or the journal failed.
    pub error_kind: Option<String>,
    /// The cap, in won, where it was reached.
    pub cap: Option<i64>,
    /// What has moved, may have moved, or was on its way by then, in won.
    pub counted: Option<i64>,
    /// The next row's amount, in won; none where nobody can tell it.
    pub next: Option<i64>,
}

impl From<bootpay_core::bulk::BulkPart> for BulkPart {
    fn from(part: bootpay_core::bulk::BulkPart) -> Self {
        Self { rows: part.rows, won: won(part.won), unpriced: part.unpriced }
    }
}

impl From<bootpay_core::bulk::BulkSum> for BulkSum {
    fn from(sum: bootpay_core::bulk::BulkSum) -> Self {
        Self {
            planned: sum.planned.into(),
            cancelled: sum.cancelled.into(),
            already: sum.already.into(),
            refused: sum.refused.into(),
            unknown: sum.unknown.into(),
            remaining: sum.remaining.into(),
            held: sum.held,
            in_flight: sum.in_flight,
        }
    }
}

impl From<bootpay_core::bulk::BulkProgress> for BulkProgress {
    fn from(progress: bootpay_core::bulk::BulkProgress) -> Self {
        use bootpay_core::bulk::BulkPhase as Core;
        Self {
            phase: match progress.phase {
                Core::Listing => BulkPhase::Listing,
                Core::Cancelling => BulkPhase::Cancelling,
                Core::Reconciling => BulkPhase::Reconciling,
                Core::Summing => BulkPhase::Summing,
                Core::Finished => BulkPhase::Finished,
                _ => BulkPhase::Waiting,
            },
            sum: progress.sum.into(),
            in_flight: progress.in_flight,
            per_second: progress.per_second,
            allowed_per_second: progress.allowed_per_second,
            elapsed: progress.elapsed,
            left: progress.left,
            stopping: progress.stopping,
        }
    }
}

impl From<bootpay_core::bulk::BulkReport> for BulkReport {
    fn from(report: bootpay_core::bulk::BulkReport) -> Self {
        Self {
            sum: report.sum.into(),
            stopped: report.stopped.map(BulkStopped::from),
            unrecorded: report.unrecorded.into_iter().map(IntentRef::from).collect(),
            elapsed: report.elapsed,
        }
    }
}

impl From<BulkStopReason> for BulkStopped {
    fn from(reason: BulkStopReason) -> Self {
        let mut stopped = Self {
            kind: reason.name().to_owned(),
            korean: reason.words(Language::Korean),
            english: reason.words(Language::English),
            hint_korean: reason.hint(Language::Korean),
            hint_english: reason.hint(Language::English),
            refusal: None,
            error_kind: None,
            cap: None,
            counted: None,
            next: None,
        };
        match reason {
            BulkStopReason::Cap { cap, counted, next } => {
                (stopped.cap, stopped.counted, stopped.next) = (Some(won(cap)), Some(won(counted)), wons(next));
            }
            BulkStopReason::Merchant(refusal) => stopped.refusal = Some(Box::new((*refusal).into())),
            BulkStopReason::Unreachable { last, .. } => stopped.error_kind = Some(last.kind()),
            BulkStopReason::Failed(error) => stopped.error_kind = Some(error.kind()),
            _ => {}
        }
        stopped
    }
}
