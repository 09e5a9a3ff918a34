//! A run: begins rows, hears how they end, and goes on until there is nothing more to do or a reason to stop.
//!
//! One task holds all of this, and each row is carried out in a task of its own. Nothing here is kept: what counts is in the
//! journal, and a run that is cut off anywhere is taken up by the next.

mod begin;
mod ended;
mod others;
mod telling;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::cancel::ReceiptId;
use crate::error::{BootpayError, InvalidInput, Problem};
use crate::intent::{Cursor, Intent, IntentRef, UnixMillis};
use crate::money::Won;

use super::Bulk;
use super::alarm::Alarm;
use super::options::BulkOptions;
use super::pace::Pace;
use super::progress::{BulkListener, BulkPhase, BulkStop, Teller};
use super::stopping::BulkStopReason;
use super::sum::{BulkSum, RowState, Standing};

use ended::Done;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "what is unknown or remains is not done"]
pub struct BulkReport {
    /// How the rows stand, by the journal as it is after the run.
    pub sum: BulkSum,
    /// Why it ended before its rows did; `None` where it did all that it could.
    pub stopped: Option<BulkStopReason>,
    /// Rows that remain although they were tried, and why: an earlier cancel of the receipt stands in the way, say. At most
    /// [`MOST_LEFT`].
    pub left: Vec<BulkLeft>,
    /// Cancels that were answered and could not be recorded: keep these. The journal calls them unknown.
    pub unrecorded: Vec<IntentRef>,
    /// How long it took.
    pub elapsed: Duration,
}

/// A row that was tried and remains.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkLeft {
    /// The row's line in the file, counted from 1.
    pub line: u64,
    /// The receipt.
    pub receipt_id: ReceiptId,
    /// Why. It moved no money.
    pub error: BootpayError,
}

/// The most rows whose reasons a report keeps.
pub const MOST_LEFT: usize = 100;

/// How often the journal is asked what other hosts have begun.
const GLANCE: Duration = Duration::from_secs(5);
/// How often rows are looked at that others hold, once nothing else is left to do.
const REVISIT: Duration = Duration::from_secs(1);
/// What the rate is told over.
const LATELY: Duration = Duration::from_secs(10);
/// More of them than this are read in pages, and not one by one.
const MANY: usize = 200;

impl Bulk {
    /// Carries the bulk out: every row that is not done yet, in the file's order within each receipt. Run it again after
    /// whatever ended it, on one host or on several at a time.
    ///
    /// `listener` hears how it goes, on a thread of its own; `stop` ends it early. Dropping this future begins no more rows;
    /// what is on its way ends by itself, and is found in the journal.
    ///
    /// # Errors
    /// Nothing was sent: [`BootpayError::InvalidInput`] for the options, or where `plan` is another one;
    /// [`BootpayError::Journal`] where it cannot be read. What happens later is told in the report.
    pub async fn run(
        &self,
        options: BulkOptions,
        listener: Option<Arc<dyn BulkListener>>,
        stop: BulkStop,
    ) -> Result<BulkReport, BootpayError> {
        options.check()?;
        if options.plan != *self.id() {
            return Err(InvalidInput::new("plan", Problem::Inconsistent)
                .expected(format!(
                    "the plan of this file, with these keys, at this Bootpay, which is {}; look at it before you run it",
                    self.id()
                ))
                .into());
        }
        let mut run = Run::new(self.clone(), options, listener, stop);
        run.tell();
        run.take_stock().await?;
        run.carry_out().await;
        Ok(run.sum_up().await)
    }
}

/// What is to be begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    /// A row that remains.
    Row(u32),
    /// A row that is unknown, to be looked up once more.
    Recheck(u32),
}

struct Run {
    bulk: Bulk,
    options: BulkOptions,
    stop: BulkStop,
    teller: Option<Teller>,
    phase: BulkPhase,
    standings: Vec<Standing>,
    /// Where each row stands in `by_receipt`.
    places: Vec<u32>,
    ready: VecDeque<Work>,
    /// Rows that wait for their time, on the clock that never goes back.
    later: BinaryHeap<Reverse<(Duration, u32)>>,
    /// Rows that somebody else carries out.
    elsewhere: HashSet<u32>,
    /// When the latest request about a receipt was answered, for receipts with several rows; by their first place.
    answered: HashMap<u32, UnixMillis>,
    /// How often each row was not sent, or turned away, in this run.
    tries: HashMap<u32, u32>,
    jobs: JoinSet<Done>,
    /// The rows on their way, and their won.
    flying: HashMap<u32, Won>,
    /// What has moved or may have, in won: the cap's.
    spent: u64,
    /// Rows of this bulk that moved money, or may have, and nobody knows how much.
    spent_unpriced: u64,
    pace: Pace,
    alarm: Alarm,
    /// How many in a row did not get there, and since when.
    failures: u32,
    failing_since: Option<Duration>,
    /// How many in a row were turned away for their token.
    unauthorized: u32,
    /// Whether this run has begun any row.
    sent: bool,
    reason: Option<BulkStopReason>,
    /// Why rows were left.
    left: HashMap<u32, BootpayError>,
    unrecorded: Vec<(u32, Standing, IntentRef)>,
    cursor: Cursor,
    begun_at: Duration,
    told_at: Option<Duration>,
    glanced_at: Duration,
    /// The moments of the last answers.
    answers: VecDeque<Duration>,
}

impl Run {
    fn new(bulk: Bulk, options: BulkOptions, listener: Option<Arc<dyn BulkListener>>, stop: BulkStop) -> Self {
        let now = bulk.engine().settings.clock.elapsed();
        let mut places = vec![0; bulk.file().rows.len()];
        for (place, index) in (0u32..).zip(bulk.file().by_receipt.iter()) {
            if let Some(slot) = places.get_mut(*index as usize) {
                *slot = place;
            }
        }
        let rates = (options.least_per_second, options.most_per_second);
        Self {
            pace: Pace::new(options.per_second, rates, options.rise, now),
            alarm: Alarm::new(options.unknown_window, options.unknown_least, options.unknown_percent),
            standings: bulk.fresh(),
            teller: Some(Teller::new(listener)),
            phase: BulkPhase::Listing,
            places,
            ready: VecDeque::new(),
            later: BinaryHeap::new(),
            elsewhere: HashSet::new(),
            answered: HashMap::new(),
            tries: HashMap::new(),
            jobs: JoinSet::new(),
            flying: HashMap::new(),
            spent: 0,
            spent_unpriced: 0,
            failures: 0,
            failing_since: None,
            unauthorized: 0,
            sent: false,
            reason: None,
            left: HashMap::new(),
            unrecorded: Vec::new(),
            cursor: Cursor::Start,
            begun_at: now,
            told_at: None,
            glanced_at: now,
            answers: VecDeque::new(),
            bulk,
            options,
            stop,
        }
    }

    fn now(&self) -> Duration {
        self.bulk.engine().settings.clock.elapsed()
    }

    /// Reads in the journal what is done, and lines up what is not.
    async fn take_stock(&mut self) -> Result<(), BootpayError> {
        let mut standings = self.bulk.fresh();
        let mut heard = Vec::new();
        self.bulk
            .list(&mut standings, &mut self.cursor, |index, intent| heard.extend(last_word(index, intent)))
            .await?;
        for (index, at) in heard {
            self.hear(index, at);
        }
        for (index, mut standing) in (0u32..).zip(standings) {
            if standing.state == RowState::Refused && self.options.retry_refused {
                standing.state = RowState::Remaining;
            }
            self.set(index, standing);
        }
        // In the file's order by each receipt's first row, from somewhere in the middle: hosts that run the same file meet late.
        let mut heads: Vec<u32> = self.bulk.groups().filter_map(|group| group.iter().min().copied()).collect();
        heads.sort_unstable();
        let offset = self.bulk.engine().settings.chance.bytes().map_or(0, |bytes| {
            let random =
                u64::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]]);
            usize::try_from(random % heads.len().max(1) as u64).unwrap_or(0)
        });
        heads.rotate_left(offset);
        for head in heads {
            let first = self.first_of(head);
            self.line_up(first);
        }
        Ok(())
    }

    /// Everything, until there is nothing more to do or a reason to stop.
    async fn carry_out(&mut self) {
        let mut rounds = 0;
        let mut revisited_at: Option<Duration> = None;
        loop {
            self.phase = if rounds == 0 { BulkPhase::Cancelling } else { BulkPhase::Reconciling };
            self.drain().await;
            if self.reason.is_some() {
                return;
            }
            if !self.elsewhere.is_empty() {
                let patience = self.bulk.engine().settings.timeouts.wait_for_others;
                let since = *revisited_at.get_or_insert(self.now());
                if self.now().saturating_sub(since) < patience {
                    self.phase = BulkPhase::Waiting;
                    self.rest(REVISIT).await;
                    let before = self.elsewhere.len();
                    self.revisit().await;
                    if self.elsewhere.len() < before {
                        revisited_at = None;
                    }
                    continue;
                }
            }
            let unknown: Vec<u32> = self.unknown();
            // What is old by now, a second look will not change.
            let most = if self.sent { self.options.reconcile_rounds } else { self.options.reconcile_rounds.min(1) };
            if unknown.is_empty() || rounds >= most {
                return;
            }
            if rounds > 0 {
                self.phase = BulkPhase::Waiting;
                self.rest(self.options.between_rounds).await;
            }
            rounds += 1;
            self.ready.extend(unknown.into_iter().map(Work::Recheck));
        }
    }

    /// Begins what is ready, and what becomes so, until nothing is on its way.
    async fn drain(&mut self) {
        let clock = Arc::clone(&self.bulk.engine().settings.clock);
        let stop = self.stop.clone();
        loop {
            if self.stop.is_stopped() {
                self.reason.get_or_insert(BulkStopReason::Asked);
            }
            self.glance().await;
            self.wake();
            let wait = self.begin_what_may();
            if self.jobs.is_empty() && (self.reason.is_some() || (self.ready.is_empty() && self.later.is_empty())) {
                return;
            }
            self.tell_now_and_then();
            let stopping = self.reason.is_some();
            tokio::select! {
                biased;
                Some(done) = self.jobs.join_next(), if !self.jobs.is_empty() => {
                    self.end(done);
                    // What else has ended by now needs no turn of its own.
                    while let Some(done) = self.jobs.try_join_next() {
                        self.end(done);
                    }
                }
                () = stop.stopped(), if !stopping => {}
                () = clock.sleep(wait) => {}
            }
        }
    }

    /// Waits, and goes on telling; a stop ends it.
    async fn rest(&mut self, time: Duration) {
        let clock = Arc::clone(&self.bulk.engine().settings.clock);
        let stop = self.stop.clone();
        let until = self.now() + time;
        while !self.stop.is_stopped() && self.now() < until {
            self.tell_now_and_then();
            let step = self.options.tell_every.max(Duration::from_millis(10)).min(until.saturating_sub(self.now()));
            tokio::select! {
                () = stop.stopped() => {}
                () = clock.sleep(step) => {}
            }
        }
    }

    fn unknown(&self) -> Vec<u32> {
        let unknown = (0u32..).zip(&self.standings).filter(|(_, one)| one.state == RowState::Unknown && !one.in_flight);
        unknown.map(|(index, _)| index).collect()
    }

    /// The sum by the journal as it is now, and the last word to the listener.
    async fn sum_up(mut self) -> BulkReport {
        self.phase = BulkPhase::Summing;
        self.tell();
        match self.bulk.standings().await {
            Ok(standings) => self.standings = standings,
            // What this run has seen itself is told instead.
            Err(error) => {
                self.reason.get_or_insert(BulkStopReason::Failed(Box::new(error)));
            }
        }
        for (index, standing, _) in &self.unrecorded {
            if let Some(one) = self.standings.get_mut(*index as usize) {
                *one = *standing;
            }
        }
        self.phase = BulkPhase::Finished;
        let progress = self.progress();
        let sum = progress.sum;
        if sum.is_complete() && self.reason == Some(BulkStopReason::Asked) {
            // It was done by then.
            self.reason = None;
        }
        let mut left: Vec<BulkLeft> = Vec::new();
        for (index, error) in std::mem::take(&mut self.left) {
            let remains = self.standings.get(index as usize).is_some_and(|one| one.state == RowState::Remaining);
            if let (true, Ok(row)) = (remains, self.bulk.row(index)) {
                left.push(BulkLeft { line: row.line, receipt_id: row.receipt_id.clone(), error });
            }
        }
        left.sort_by_key(|one| one.line);
        if let Some(teller) = self.teller.take() {
            teller.end(progress).await;
        }
        let unrecorded = self.unrecorded.drain(..).map(|(_, _, intent)| intent).collect();
        let elapsed = self.now().saturating_sub(self.begun_at);
        BulkReport { sum, stopped: self.reason.take(), left, unrecorded, elapsed }
    }
}

/// When an intent's request was last answered or given up, where one was sent.
fn last_word(index: u32, intent: &Intent) -> Option<(u32, UnixMillis)> {
    let sent = !intent.attempts.is_empty();
    sent.then(|| (index, intent.answered_at.unwrap_or(intent.updated_at)))
}
