//! How a bulk is run, and stopped.

use std::sync::Arc;
use std::time::Duration;

use bootpay_core::{BulkId, Won};
use tokio::sync::watch;

use crate::error::BootpayError;
use crate::numbers::won_from;

/// How a bulk is run. What is money's has no default: which plan is carried out must be said.
#[derive(Clone, Debug, uniffi::Record)]
pub struct BulkOptions {
    /// The plan that is to be carried out, by its id. Another file, other keys or another Bootpay have another one, and are
    /// refused.
    pub plan: String,
    /// The most won that this bulk may move. What moved, what may have moved and what is on its way are counted before
    /// another row is begun.
    #[uniffi(default = None)]
    pub cap: Option<i64>,
    /// Tries again what was refused in this bulk.
    #[uniffi(default = false)]
    pub retry_refused: bool,
    /// How many rows are begun per second at first: 5.
    #[uniffi(default = None)]
    pub per_second: Option<f64>,
    /// The least rows per second, however many answers fail: 0.5.
    #[uniffi(default = None)]
    pub least_per_second: Option<f64>,
    /// The most rows per second, however well it goes: 50.
    #[uniffi(default = None)]
    pub most_per_second: Option<f64>,
    /// By how many rows per second the rate rises every second while answers come: 1.
    #[uniffi(default = None)]
    pub rise: Option<f64>,
    /// The most rows on their way at a time: 64.
    #[uniffi(default = None)]
    pub most_in_flight: Option<u32>,
    /// Stops where more than this percentage of the last answers is unknown: 2.
    #[uniffi(default = None)]
    pub unknown_percent: Option<f64>,
    /// And at least so many of them: 5.
    #[uniffi(default = None)]
    pub unknown_least: Option<u32>,
    /// How many of the last answers are looked at for that: 200.
    #[uniffi(default = None)]
    pub unknown_window: Option<u32>,
    /// How long to wait between two partial cancels of one receipt: 11 s. Bootpay's own guard lasts ten seconds.
    #[uniffi(default = None)]
    pub between_partials: Option<Duration>,
    /// How often unknown rows are looked up at the end: 2.
    #[uniffi(default = None)]
    pub reconcile_rounds: Option<u32>,
    /// How long to wait between two of those rounds: 10 s.
    #[uniffi(default = None)]
    pub between_rounds: Option<Duration>,
    /// How often progress is told: 250 ms.
    #[uniffi(default = None)]
    pub tell_every: Option<Duration>,
}

impl BulkOptions {
    /// The core's options. Every check but the cap's sign is the core's. A rate outside the usual bounds moves them.
    pub(crate) fn into_core(self) -> Result<bootpay_core::bulk::BulkOptions, BootpayError> {
        let plan = BulkId::new(self.plan).map_err(bootpay_core::BootpayError::from)?;
        let mut options = bootpay_core::bulk::BulkOptions::new(plan);
        options.cap = self.cap.map(|cap| won_from("cap", cap)).transpose()?.map(Won::new);
        options.retry_refused = self.retry_refused;
        set(&mut options.per_second, self.per_second);
        options.least_per_second = self.least_per_second.unwrap_or(options.least_per_second.min(options.per_second));
        options.most_per_second = self.most_per_second.unwrap_or(options.most_per_second.max(options.per_second));
        set(&mut options.rise, self.rise);
        set(&mut options.most_in_flight, self.most_in_flight);
        set(&mut options.unknown_percent, self.unknown_percent);
        set(&mut options.unknown_least, self.unknown_least);
        set(&mut options.unknown_window, self.unknown_window);
        set(&mut options.between_partials, self.between_partials);
        set(&mut options.reconcile_rounds, self.reconcile_rounds);
        set(&mut options.between_rounds, self.between_rounds);
        set(&mut options.tell_every, self.tell_every);
        Ok(options)
    }
}

fn set<T>(option: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *option = given;
    }
}

/// Stops a run or a look-up: what is on its way ends, and nothing new is begun. Then it ends as ever, with its report.
#[derive(Debug, uniffi::Object)]
pub struct BulkStop(watch::Sender<bool>);

#[uniffi::export]
impl BulkStop {
    /// One that has not been used.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(false)))
    }

    /// Stops it, for good. May be called at any time, from any thread, more than once, from a listener too.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was called.
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }
}

impl BulkStop {
    async fn given(&self) {
        // The sender lives as long as this borrow, so there is always somebody to wait for.
        let _ = self.0.subscribe().wait_for(|given| *given).await;
    }
}

/// Carries `work` out, and stops it once `asked` says so. A caller's own signal may be meant for more than one run, so that
/// each has one of its own.
pub(crate) async fn stopping<T>(
    work: impl Future<Output = T>,
    stop: bootpay_core::bulk::BulkStop,
    asked: Option<Arc<BulkStop>>,
) -> T {
    let Some(asked) = asked else { return work.await };
    let mut work = std::pin::pin!(work);
    tokio::select! {
        // A signal that was given before means that nothing is begun at all.
        biased;
        () = asked.given() => {
            stop.stop();
            work.await
        }
        ended = &mut work => ended,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(per_second: Option<f64>) -> BulkOptions {
        BulkOptions {
            plan: "0".repeat(32),
            cap: None,
            retry_refused: false,
            per_second,
            least_per_second: None,
            most_per_second: None,
            rise: None,
            most_in_flight: None,
            unknown_percent: None,
            unknown_least: None,
            unknown_window: None,
            between_partials: None,
            reconcile_rounds: None,
            between_rounds: None,
            tell_every: None,
        }
    }

    #[test]
    fn what_is_left_out_is_the_cores() {
        let id = BulkId::new("0".repeat(32)).unwrap();
        assert_eq!(options(None).into_core().unwrap(), bootpay_core::bulk::BulkOptions::new(id));
    }

    #[test]
    fn a_rate_above_the_usual_most_is_what_was_asked_for() {
        let options = options(Some(200.0)).into_core().unwrap();
        assert_eq!((options.per_second, options.most_per_second, options.least_per_second), (200.0, 200.0, 0.5));
    }

    #[test]
    fn a_plan_that_is_none_and_a_cap_below_nothing_are_refused_by_name() {
        let mut wrong = options(None);
        wrong.cap = Some(-1);
        assert_eq!(wrong.into_core().unwrap_err().to_string(), "`cap` is negative: an amount in whole won, above 0");
        let mut wrong = options(None);
        wrong.plan = "next tuesday".to_owned();
        assert!(matches!(wrong.into_core(), Err(BootpayError::InvalidInput { .. })));
    }

    #[test]
    fn a_signal_that_was_given_before_stops_the_work_before_it_is_begun() {
        let (stop, asked) = (bootpay_core::bulk::BulkStop::new(), BulkStop::new());
        asked.stop();
        let seen = stop.clone();
        let work = async move { seen.is_stopped() };
        assert!(crate::runtime::block_on(stopping(work, stop, Some(asked))));
    }
}
