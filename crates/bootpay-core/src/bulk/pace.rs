//! How fast rows are begun: additive increase, multiplicative decrease, as TCP finds its rate.
//!
//! While answers come, the rate rises by [`BulkOptions::rise`](super::BulkOptions::rise) per second every second. A 429, a
//! time-out or an unknown halves it, once for all that had been begun by then: ten answers that are late for one reason are one
//! reason.

use std::time::Duration;

/// What has been missed is made up for by this much at most: a sleeper that wakes late must not become a burst.
const SLACK: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(super) struct Pace {
    per_second: f64,
    least: f64,
    most: f64,
    rise: f64,
    /// When the next row may be begun.
    next: Duration,
    /// Rows that were begun before this say nothing new about the rate.
    halved_at: Duration,
}

impl Pace {
    /// Bounds are rows per second; `now` is on the clock that never goes back.
    pub(super) fn new(first: f64, (least, most): (f64, f64), rise: f64, now: Duration) -> Self {
        // Not `clamp`: what is no number is the least, too.
        let per_second = first.max(least).min(most);
        Self { per_second, least, most, rise, next: now, halved_at: Duration::ZERO }
    }

    pub(super) fn per_second(&self) -> f64 {
        self.per_second
    }

    /// How long to wait before the next row; zero where it may be begun now.
    pub(super) fn wait(&self, now: Duration) -> Duration {
        self.next.saturating_sub(now)
    }

    /// A row is begun.
    pub(super) fn begin(&mut self, now: Duration) {
        let from = self.next.max(now.saturating_sub(SLACK));
        self.next = from + Duration::from_secs_f64(1.0 / self.per_second);
    }

    /// An answer has come.
    pub(super) fn answered(&mut self) {
        self.per_second = (self.per_second + self.rise / self.per_second).min(self.most);
    }

    /// Something that was begun at `begun` shows that this is too fast.
    pub(super) fn too_fast(&mut self, begun: Duration, now: Duration) {
        if begun >= self.halved_at {
            self.per_second = (self.per_second / 2.0).max(self.least);
            self.halved_at = now;
        }
    }

    /// Nothing is begun before this much time has passed.
    pub(super) fn pause(&mut self, now: Duration, wait: Duration) {
        self.next = self.next.max(now + wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn pace() -> Pace {
        Pace::new(5.0, (0.5, 50.0), 1.0, Duration::ZERO)
    }

    #[test]
    fn it_begins_at_five_per_second_and_rises_by_one_per_second() {
        let mut pace = pace();
        let mut now = Duration::ZERO;
        let mut begun_in_second = [0u32; 5];
        while now < SECOND * 5 {
            begun_in_second[now.as_secs() as usize] += 1;
            pace.begin(now);
            pace.answered();
            now += pace.wait(now);
        }
        assert_eq!(begun_in_second[0], 6, "5 to 6 per second");
        assert!((9..=11).contains(&begun_in_second[4]), "{begun_in_second:?}");
    }

    #[test]
    fn what_was_begun_together_halves_it_once_and_bounds_hold() {
        let mut pace = pace();
        for _ in 0..10 {
            pace.too_fast(SECOND, SECOND * 3);
        }
        assert!((pace.per_second() - 2.5).abs() < 1e-9);
        pace.too_fast(SECOND * 3, SECOND * 4);
        assert!((pace.per_second() - 1.25).abs() < 1e-9);
        for second in 4..20 {
            pace.too_fast(SECOND * second, SECOND * second);
        }
        assert!((pace.per_second() - 0.5).abs() < 1e-9, "never below the least");
        (0..100_000).for_each(|_| pace.answered());
        assert!((pace.per_second() - 50.0).abs() < 1e-9, "never above the most");
    }

    #[test]
    fn a_rate_that_is_no_number_is_the_least() {
        for (first, rate) in [(f64::NAN, 0.5), (f64::INFINITY, 50.0), (-1.0, 0.5)] {
            let mut pace = Pace::new(first, (0.5, 50.0), 1.0, Duration::ZERO);
            assert!((pace.per_second() - rate).abs() < 1e-9, "{first}");
            pace.begin(SECOND);
        }
    }

    #[test]
    fn a_late_sleeper_is_no_burst() {
        let mut pace = pace();
        pace.begin(SECOND);
        let late = SECOND * 60;
        let mut begun = 0;
        while pace.wait(late).is_zero() {
            pace.begin(late);
            begun += 1;
        }
        assert_eq!(begun, 1);
    }
}
