//! How a row ended, and what follows from it for the row, its receipt, the rate, and the run.

use std::time::Duration;

use crate::cancel::{CancelOutcome, Evidence};
use crate::error::{BootpayError, ConflictKind, RefusalKind};
use crate::intent::Intent;
use crate::receipt::Receipt;

use super::{LATELY, MOST_LEFT, Run, Work, last_word};
use crate::bulk::stopping::{
    BulkStopReason, MOST_FAILURES, MOST_UNAUTHORIZED, PATIENCE, USUAL_WAIT, concerns_the_merchant,
};
use crate::bulk::sum::{RowState, Standing};

/// A row's end.
pub(super) struct Done {
    pub(super) index: u32,
    /// When it was begun, on the clock that never goes back.
    pub(super) begun: Duration,
    /// Whether it was unknown before, and only looked up.
    pub(super) recheck: bool,
    pub(super) ended: Ended,
}

/// What came of it.
pub(super) enum Ended {
    /// It was cancelled, or not; and how it stands by the journal.
    Cancelled {
        result: Result<Option<CancelOutcome>, BootpayError>,
        judged: Box<Result<(Standing, Option<Intent>), BootpayError>>,
    },
    /// It was looked up, for the cap.
    LookedUp(Box<Result<Receipt, BootpayError>>),
}

/// What happens to a row that remains.
enum Again {
    /// It is tried again after a while.
    After(Duration),
    /// Somebody else has it.
    Elsewhere,
    /// It is left for another run, and its receipt's later rows with it.
    Left,
}

/// A row that would have to wait longer is left for another run.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// A row that is not sent so often is left for another run.
const MOST_TRIES: u32 = 10;

impl Run {
    /// Takes note of a row's end. A task that was lost leaves its row to the journal.
    pub(super) fn end(&mut self, done: Result<Done, tokio::task::JoinError>) {
        let Ok(Done { index, begun, recheck, ended }) = done else {
            let lost = BootpayError::Internal("a row's task was lost; run the bulk again".into());
            self.reason.get_or_insert(BulkStopReason::Failed(Box::new(lost)));
            return;
        };
        self.flying.remove(&index);
        match ended {
            Ended::Cancelled { result, judged } => {
                let now = self.now();
                self.answers.push_back(now);
                while self.answers.front().is_some_and(|at| now.saturating_sub(*at) > LATELY) {
                    self.answers.pop_front();
                }
                // What others asked for, some time ago, was looked up at most. It says nothing about the rate.
                let anothers = judged.as_ref().as_ref().is_ok_and(|(standing, _)| !standing.ours);
                let again = self.weigh(&result, begun, recheck || anothers);
                let standing = self.note(index, &result, *judged);
                match result {
                    Err(error) if standing.state == RowState::Remaining && self.left.len() < MOST_LEFT => {
                        self.left.insert(index, error);
                    }
                    _ => drop(self.left.remove(&index)),
                }
                self.go_on(index, standing, again, recheck);
            }
            Ended::LookedUp(seen) => self.price(index, *seen, begun),
        }
    }

    /// What an end says about the rate and the run.
    fn weigh(
        &mut self,
        result: &Result<Option<CancelOutcome>, BootpayError>,
        begun: Duration,
        asked_before: bool,
    ) -> Again {
        let now = self.now();
        match result {
            Ok(None) => Again::Left,
            Ok(Some(outcome)) => {
                self.got_there();
                let is_unknown = matches!(outcome, CancelOutcome::Unknown(_));
                let inferred = matches!(outcome, CancelOutcome::Cancelled(one) if one.evidence == Evidence::Inferred);
                if !asked_before {
                    self.alarm.record(is_unknown);
                    if is_unknown || inferred {
                        self.pace.too_fast(begun, now);
                    } else {
                        self.pace.answered();
                    }
                    if let Some((unknown, of)) = self.alarm.rings() {
                        self.reason.get_or_insert(BulkStopReason::TooManyUnknown { unknown, of });
                    }
                }
                Again::Left
            }
            Err(BootpayError::Refused(refusal)) => {
                if refusal.kind == RefusalKind::RateLimited {
                    let wait = refusal.retry_after.unwrap_or(USUAL_WAIT);
                    self.pace.too_fast(begun, now);
                    self.pace.pause(now, wait.min(LONGEST_WAIT));
                    self.fail(result);
                    // A server may ask for a day. That is another run's.
                    return if wait > LONGEST_WAIT { Again::Left } else { Again::After(wait) };
                }
                if refusal.kind == RefusalKind::Unauthorized {
                    // A token can die twice in a row while others are fetched; wrong keys fail every time.
                    self.unauthorized += 1;
                    if self.unauthorized < MOST_UNAUTHORIZED {
                        return Again::After(USUAL_WAIT);
                    }
                } else {
                    self.got_there();
                }
                if concerns_the_merchant(refusal.kind) {
                    self.reason.get_or_insert(BulkStopReason::Merchant(refusal.clone()));
                    return Again::Left;
                }
                if !asked_before {
                    self.alarm.record(false);
                    self.pace.answered();
                }
                if refusal.kind == RefusalKind::TenSecondGuard {
                    return Again::After(refusal.retry_after.unwrap_or_default().max(self.options.between_partials));
                }
                Again::Left
            }
            Err(BootpayError::NotSent(_) | BootpayError::Token(_) | BootpayError::Lookup(_)) => {
                self.pace.too_fast(begun, now);
                self.fail(result);
                Again::After(USUAL_WAIT)
            }
            Err(BootpayError::Conflict(conflict)) => match conflict.kind {
                ConflictKind::Busy | ConflictKind::TakenOver => Again::Elsewhere,
                ConflictKind::TooSoon => Again::After(conflict.retry_after.unwrap_or(self.options.between_partials)),
                _ => Again::Left,
            },
            Err(error @ (BootpayError::Journal(_) | BootpayError::Internal(_) | BootpayError::InvalidInput(_))) => {
                self.reason.get_or_insert(BulkStopReason::Failed(Box::new(error.clone())));
                Again::Left
            }
        }
    }

    fn got_there(&mut self) {
        self.failures = 0;
        self.unauthorized = 0;
        self.failing_since = None;
    }

    /// One more that did not get there. A Bootpay that is restarted is waited for; one that stays away is not.
    fn fail(&mut self, result: &Result<Option<CancelOutcome>, BootpayError>) {
        self.failures += 1;
        let now = self.now();
        let since = *self.failing_since.get_or_insert(now);
        if self.failures >= MOST_FAILURES
            && now.saturating_sub(since) >= PATIENCE
            && let Err(error) = result
        {
            let last = Box::new(error.clone());
            self.reason.get_or_insert(BulkStopReason::Unreachable { failures: self.failures, last });
        }
    }

    /// Puts down how the row stands: by the journal, and where that failed, by what was heard.
    fn note(
        &mut self,
        index: u32,
        result: &Result<Option<CancelOutcome>, BootpayError>,
        judged: Result<(Standing, Option<Intent>), BootpayError>,
    ) -> Standing {
        let known = self.standings.get(index as usize).copied().unwrap_or(Standing::remaining(None));
        let heard = |state| Standing { state, in_flight: false, ours: true, ..known };
        let by_outcome = match result {
            Ok(Some(CancelOutcome::Cancelled(_))) => heard(RowState::Cancelled),
            Ok(Some(CancelOutcome::AlreadyCancelled(_))) => heard(RowState::Already),
            Ok(Some(CancelOutcome::Unknown(_))) => heard(RowState::Unknown),
            Ok(None) | Err(_) => known,
        };
        let standing = match judged {
            Ok((standing, intent)) => {
                if let Some((_, at)) = intent.as_ref().and_then(|intent| last_word(index, intent)) {
                    self.hear(index, at);
                }
                // What a lookup for the cap has found is not forgotten where the row is tried again.
                let won = standing.won.or(known.won.filter(|_| standing.state == RowState::Remaining));
                Standing { won, ..standing }
            }
            Err(error) => {
                self.reason.get_or_insert(BulkStopReason::Failed(Box::new(error)));
                by_outcome
            }
        };
        let standing = match result {
            Ok(Some(outcome)) if !outcome.is_recorded() && !standing.is_settled() => {
                self.unrecorded.push((index, by_outcome, outcome.intent().clone()));
                by_outcome
            }
            _ => standing,
        };
        self.set(index, standing);
        standing
    }

    /// What comes next on the row's receipt.
    fn go_on(&mut self, index: u32, standing: Standing, again: Again, recheck: bool) {
        if standing.is_settled() {
            self.line_up(index);
        } else if standing.in_flight {
            self.elsewhere.insert(index);
        } else if standing.state == RowState::Remaining {
            let tries = self.tries.entry(index).or_default();
            *tries += 1;
            match again {
                _ if *tries > MOST_TRIES => {}
                Again::After(wait) => {
                    // Each try waits longer than the last.
                    let wait = wait.saturating_mul(*tries).min(wait.max(Duration::from_secs(60)));
                    self.put_off(index, wait);
                }
                Again::Elsewhere => {
                    self.elsewhere.insert(index);
                }
                // A person's decision, or another owner's end, has freed it while it was looked up.
                Again::Left if recheck => self.ready.push_back(Work::Row(index)),
                Again::Left => {}
            }
        }
    }

    /// What a lookup says that a full row would move, for the cap.
    fn price(&mut self, index: u32, seen: Result<Receipt, BootpayError>, begun: Duration) {
        let now = self.now();
        match seen {
            Ok(receipt) => {
                self.got_there();
                self.pace.answered();
                let known = self.standings.get(index as usize).copied().unwrap_or(Standing::remaining(None));
                match receipt.totals.remaining.or(receipt.totals.price) {
                    Some(won) => {
                        self.set(index, Standing { won: Some(won), ..known });
                        self.ready.push_front(Work::Row(index));
                    }
                    // It is left: what nobody can tell cannot be counted.
                    None => {
                        tracing::warn!(target: "bootpay::bulk", "a receipt's remainder is not known; its row is left")
                    }
                }
            }
            // Refused as its cancel would be: then it moves nothing, and the cancel records why.
            Err(BootpayError::Refused(refusal)) if !concerns_the_merchant(refusal.kind) => {
                let known = self.standings.get(index as usize).copied().unwrap_or(Standing::remaining(None));
                self.set(index, Standing { won: Some(crate::money::Won::ZERO), ..known });
                self.ready.push_front(Work::Row(index));
            }
            Err(BootpayError::Refused(refusal)) => {
                self.reason.get_or_insert(BulkStopReason::Merchant(refusal));
            }
            Err(error) => {
                self.pace.too_fast(begun, now);
                let result = Err(error);
                self.fail(&result);
                self.put_off(index, USUAL_WAIT);
            }
        }
    }
}
