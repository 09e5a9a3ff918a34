//! How a run goes, told now and then.

use std::time::Duration;

use super::{LATELY, Run};
use crate::bulk::progress::BulkProgress;
use crate::bulk::sum::BulkSum;

impl Run {
    pub(super) fn tell_now_and_then(&mut self) {
        let now = self.now();
        if self.told_at.is_none_or(|told| now.saturating_sub(told) >= self.options.tell_every) {
            self.tell();
        }
    }

    pub(super) fn tell(&mut self) {
        self.told_at = Some(self.now());
        if let Some(teller) = &self.teller {
            teller.tell(self.progress());
        }
    }

    pub(super) fn progress(&self) -> BulkProgress {
        let now = self.now();
        let elapsed = now.saturating_sub(self.begun_at);
        let lately = self.answers.iter().filter(|at| now.saturating_sub(**at) <= LATELY).count();
        let per_second = lately as f64 / elapsed.min(LATELY).as_secs_f64().max(0.5);
        let sum = BulkSum::of(self.standings.iter());
        let left = match sum.remaining.rows {
            0 => Some(Duration::ZERO),
            rows if per_second > 0.0 => Duration::try_from_secs_f64(rows as f64 / per_second).ok(),
            _ => None,
        };
        BulkProgress {
            phase: self.phase,
            sum,
            in_flight: u32::try_from(self.flying.len()).unwrap_or(u32::MAX),
            per_second,
            allowed_per_second: self.pace.per_second(),
            elapsed,
            left,
            stopping: self.reason.is_some() || self.stop.is_stopped(),
        }
    }
}
