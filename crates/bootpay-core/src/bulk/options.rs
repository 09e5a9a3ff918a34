//! How a bulk is run.

use std::time::Duration;

use crate::error::{InvalidInput, Problem};
use crate::intent::BulkId;
use crate::money::Won;

/// How a bulk is run. What is money's has no default: which plan is carried out must be said.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BulkOptions {
    /// The plan that is to be carried out: what [`BulkPlan::id`](super::BulkPlan::id) said. Another file, other keys or another
    /// Bootpay have another one, and are refused.
    pub plan: BulkId,
    /// The most won that this bulk may move. What moved, what may have moved and what is on its way are counted before another
    /// row is begun, so it is never exceeded by one process. Full rows are looked up first, and what was found is what may be
    /// sent.
    pub cap: Option<Won>,
    /// Tries again what was refused in this bulk.
    pub retry_refused: bool,
    /// How many rows are begun per second at first. 5.
    pub per_second: f64,
    /// The least rows per second, however many answers fail. 0.5.
    pub least_per_second: f64,
    /// The most rows per second, however well it goes. 50.
    pub most_per_second: f64,
    /// By how many rows per second the rate rises every second while answers come. 1.
    pub rise: f64,
    /// The most rows on their way at a time. 64.
    pub most_in_flight: u32,
    /// Stops where more than this percentage of the last answers is unknown. 2.
    pub unknown_percent: f64,
    /// And at least so many of them. 5.
    pub unknown_least: u32,
    /// How many of the last answers are looked at for that. 200.
    pub unknown_window: u32,
    /// How long to wait between two partial cancels of one receipt. 11 s: Bootpay's own guard lasts ten seconds (the page).
    pub between_partials: Duration,
    /// How often unknown rows are looked up at the end. 2.
    pub reconcile_rounds: u32,
    /// How long to wait between two of those rounds: ledgers lag. 10 s.
    pub between_rounds: Duration,
    /// How often progress is told. 250 ms.
    pub tell_every: Duration,
}

impl BulkOptions {
    /// The usual way to carry this plan out.
    pub fn new(plan: BulkId) -> Self {
        Self {
            plan,
            cap: None,
            retry_refused: false,
            per_second: 5.0,
            least_per_second: 0.5,
            most_per_second: 50.0,
            rise: 1.0,
            most_in_flight: 64,
            unknown_percent: 2.0,
            unknown_least: 5,
            unknown_window: 200,
            between_partials: Duration::from_secs(11),
            reconcile_rounds: 2,
            between_rounds: Duration::from_secs(10),
            tell_every: Duration::from_millis(250),
        }
    }

    pub(super) fn check(&self) -> Result<(), InvalidInput> {
        let day = Duration::from_secs(24 * 60 * 60);
        let rate = |value: f64| value.is_finite() && (0.01..=10_000.0).contains(&value);
        let wrong = |field, expected: &str| Err(InvalidInput::new(field, Problem::Inconsistent).expected(expected));
        if !rate(self.least_per_second) || !rate(self.most_per_second) || self.least_per_second > self.most_per_second {
            return wrong("bulk.rate", "rows per second, 0.01 to 10,000, the least not above the most");
        }
        if !rate(self.per_second) || !self.rise.is_finite() || !(0.0..=10_000.0).contains(&self.rise) {
            return wrong("bulk.rate", "rows per second, 0.01 to 10,000");
        }
        if self.most_in_flight == 0 || self.most_in_flight > 10_000 {
            return wrong("bulk.most_in_flight", "1 to 10,000 rows");
        }
        if !(0.0..=100.0).contains(&self.unknown_percent) || self.unknown_window > 1_000_000 {
            return wrong("bulk.unknown_percent", "0 to 100");
        }
        if self.between_partials > day || self.between_rounds > day || self.reconcile_rounds > 1_000 {
            return wrong("bulk.between_partials", "at most a day");
        }
        Ok(())
    }
}
