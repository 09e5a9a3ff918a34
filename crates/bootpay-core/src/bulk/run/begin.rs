//! Which row is begun next, and whether it may be.

use std::cmp::Reverse;
use std::time::Duration;

use crate::cancel::CancelAmount;
use crate::client::cancelling::Caller;
use crate::dialect::Dialect;
use crate::intent::UnixMillis;
use crate::money::Won;

use super::ended::{Done, Ended};
use super::{Run, Work};
use crate::bulk::stopping::BulkStopReason;
use crate::bulk::sum::{RowState, Standing};

/// The longest that a run sleeps without looking around.
const NAP: Duration = Duration::from_millis(100);

/// What may be done with a row now.
enum Turn {
    /// Cancel it, with this much of the cap.
    Cancel(Won),
    /// Look it up first: what it would move is not known.
    LookUp,
    /// Not now, or not any more.
    Not,
}

impl Run {
    /// Puts a row's standing down, and keeps the cap's count.
    pub(super) fn set(&mut self, index: u32, standing: Standing) {
        let Some(slot) = self.standings.get_mut(index as usize) else { return };
        let before = std::mem::replace(slot, standing);
        for (one, sign) in [(before, -1i64), (standing, 1)] {
            let counts = one.ours && (matches!(one.state, RowState::Cancelled | RowState::Unknown) || one.in_flight);
            match one.won {
                _ if !counts => {}
                Some(won) if sign < 0 => self.spent = self.spent.saturating_sub(won.get()),
                Some(won) => self.spent = self.spent.saturating_add(won.get()),
                None => self.spent_unpriced = self.spent_unpriced.saturating_add_signed(sign),
            }
        }
    }

    /// The first row of a row's receipt.
    pub(super) fn first_of(&self, index: u32) -> u32 {
        let place = self.group_of(index).0;
        self.bulk.file().by_receipt.get(place as usize).copied().unwrap_or(index)
    }

    /// Where a row's receipt begins and ends in `by_receipt`.
    fn group_of(&self, index: u32) -> (u32, u32) {
        let file = self.bulk.file();
        let receipt = |place: u32| {
            let index = file.by_receipt.get(place as usize)?;
            file.rows.get(*index as usize).map(|row| &row.receipt_id)
        };
        let place = self.places.get(index as usize).copied().unwrap_or(0);
        let (mut from, mut to) = (place, place + 1);
        while from > 0 && receipt(from - 1) == receipt(place) {
            from -= 1;
        }
        while receipt(to).is_some() && receipt(to) == receipt(place) {
            to += 1;
        }
        (from, to)
    }

    /// Notes when a receipt with several rows was last heard of.
    pub(super) fn hear(&mut self, index: u32, at: UnixMillis) {
        let (from, to) = self.group_of(index);
        if to - from > 1 {
            let latest = self.answered.entry(from).or_insert(at);
            *latest = (*latest).max(at);
        }
    }

    /// Lines up the first row of a receipt that is not settled, from this one on. A row that is unknown, or in somebody else's
    /// hands, holds those behind it.
    pub(super) fn line_up(&mut self, index: u32) {
        let (from, to) = self.group_of(index);
        let start = self.places.get(index as usize).copied().unwrap_or(from);
        for place in start..to {
            let Some(index) = self.bulk.file().by_receipt.get(place as usize).copied() else { return };
            let Some(standing) = self.standings.get(index as usize).copied() else { return };
            if standing.is_settled() {
                continue;
            }
            if standing.in_flight {
                self.elsewhere.insert(index);
            } else if standing.state == RowState::Remaining {
                let wait = self.quiet_for(from);
                if wait.is_zero() {
                    self.ready.push_back(Work::Row(index));
                } else {
                    self.put_off(index, wait);
                }
            }
            return;
        }
    }

    /// How long a receipt must still be left alone. A wall clock that was set back holds nobody for longer.
    fn quiet_for(&self, group: u32) -> Duration {
        let Some(answered) = self.answered.get(&group) else { return Duration::ZERO };
        let between = self.options.between_partials;
        answered.plus(between).since(self.bulk.engine().settings.clock.wall()).min(between)
    }

    /// A row waits for its time.
    pub(super) fn put_off(&mut self, index: u32, wait: Duration) {
        self.later.push(Reverse((self.now() + wait, index)));
    }

    /// Lines up what has waited long enough.
    pub(super) fn wake(&mut self) {
        let now = self.now();
        while let Some(Reverse((due, index))) = self.later.peek().copied() {
            if due > now {
                return;
            }
            self.later.pop();
            self.ready.push_back(Work::Row(index));
        }
    }

    /// Begins as many rows as may be, and says how long to wait for the next.
    pub(super) fn begin_what_may(&mut self) -> Duration {
        let mut wait = NAP.min(self.options.tell_every.max(Duration::from_millis(1)));
        if let Some(Reverse((due, _))) = self.later.peek() {
            wait = wait.min(due.saturating_sub(self.now()));
        }
        while self.reason.is_none() && self.flying.len() < self.options.most_in_flight as usize {
            let Some(work) = self.ready.front().copied() else { return wait };
            let now = self.now();
            let pause = self.pace.wait(now);
            if !pause.is_zero() {
                return wait.min(pause);
            }
            let turn = match work {
                Work::Recheck(_) => Turn::Cancel(Won::ZERO),
                Work::Row(index) => self.turn_of(index),
            };
            // A reason to stop leaves the row where it is.
            if self.reason.is_some() {
                return wait;
            }
            self.ready.pop_front();
            let (Work::Row(index) | Work::Recheck(index)) = work;
            match (turn, work) {
                (Turn::Not, _) => continue,
                (_, Work::Recheck(_)) => self.recheck(index),
                (Turn::Cancel(won), _) => self.cancel(index, won),
                (Turn::LookUp, _) => self.look_up(index),
            }
            self.pace.begin(now);
        }
        wait
    }

    /// Whether a row may be begun. The journal may have told meanwhile that another host has it.
    fn turn_of(&mut self, index: u32) -> Turn {
        let Some(standing) = self.standings.get(index as usize).copied() else { return Turn::Not };
        if standing.state != RowState::Remaining || standing.in_flight {
            self.line_up(index);
            return Turn::Not;
        }
        let Some(cap) = self.options.cap else { return Turn::Cancel(standing.won.unwrap_or_default()) };
        let flying: u64 = self.flying.values().map(|won| won.get()).fold(0, u64::saturating_add);
        let counted = self.spent.saturating_add(flying);
        let stopped = |next| BulkStopReason::Cap { cap, counted: Won::new(counted), next };
        if self.spent_unpriced > 0 {
            self.reason = Some(stopped(None));
            return Turn::Not;
        }
        match standing.won {
            None => Turn::LookUp,
            Some(won) if counted.saturating_add(won.get()) > cap.get() => {
                self.reason = Some(stopped(Some(won)));
                Turn::Not
            }
            Some(won) => Turn::Cancel(won),
        }
    }

    fn cancel(&mut self, index: u32, won: Won) {
        self.sent = true;
        self.flying.insert(index, won);
        let (bulk, begun) = (self.bulk.clone(), self.now());
        // Under a cap, what was counted is what may be sent.
        let pinned = self.options.cap.map(|_| won);
        let retries = self.options.retry_refused;
        self.jobs.spawn(async move {
            // Another process may have been refused it since this one looked.
            let is_refused = !retries
                && bulk.standing_of(index).await.is_ok_and(|(standing, _)| standing.state == RowState::Refused);
            let result = match bulk.row(index) {
                Ok(_) if is_refused => Ok(None),
                Ok(row) => {
                    // v2 tells the total over all cancels, and not what this one took: the lookup before does.
                    let look_first = bulk.engine().settings.dialect == Dialect::V2;
                    let patience = Some(Duration::ZERO);
                    let caller = Caller { bulk: Some(bulk.id().clone()), look_first, patience };
                    bulk.inner.bootpay.cancel_for(row.cancel(pinned), caller).await.map(Some)
                }
                Err(error) => Err(error),
            };
            let judged = bulk.standing_of(index).await;
            Done { index, begun, recheck: false, ended: Ended::Cancelled { result, judged: Box::new(judged) } }
        });
    }

    /// Looks an unknown row up. It is never begun anew here, whatever has become of it meanwhile.
    fn recheck(&mut self, index: u32) {
        self.flying.insert(index, Won::ZERO);
        let (bulk, begun) = (self.bulk.clone(), self.now());
        self.jobs.spawn(async move {
            let result = match bulk.standing_of(index).await {
                Ok((standing, Some(intent))) if standing.state == RowState::Unknown => match bulk.row(index) {
                    Ok(row) => {
                        let reconciled = bulk.inner.bootpay.reconcile_for(intent.cancel_id, Some(row.cancel(None)));
                        reconciled.await.map(Some)
                    }
                    Err(error) => Err(error),
                },
                Ok(_) => Ok(None),
                Err(error) => Err(error),
            };
            let judged = bulk.standing_of(index).await;
            Done { index, begun, recheck: true, ended: Ended::Cancelled { result, judged: Box::new(judged) } }
        });
    }

    fn look_up(&mut self, index: u32) {
        self.flying.insert(index, Won::ZERO);
        let (bulk, begun) = (self.bulk.clone(), self.now());
        self.jobs.spawn(async move {
            let seen = match bulk.row(index) {
                Ok(row) => {
                    debug_assert!(matches!(row.amount, CancelAmount::Full { .. }));
                    bulk.engine().look_up(&row.receipt_id).await
                }
                Err(error) => Err(error),
            };
            Done { index, begun, recheck: false, ended: Ended::LookedUp(Box::new(seen)) }
        });
    }
}
