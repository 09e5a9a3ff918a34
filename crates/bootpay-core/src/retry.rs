//! When a read, or a request for a token, may be asked again: never a cancel, whose repetitions the machine decides.
//!
//! A wait is drawn at random between nothing and a ceiling that doubles (*full jitter*): clients that failed together
//! then don't come back together. A [`RetryBudget`] keeps a whole client from multiplying the load on a server that
//! is down: every retry costs, every success pays a little back, and an empty purse means one try each.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::clock::{Chance, Clock};

/// How often, and how long to wait in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RetryPolicy {
    /// Tries in all, the first included.
    pub(crate) tries: u32,
    /// The ceiling of the first wait.
    pub(crate) first: Duration,
    /// What the ceiling never exceeds.
    pub(crate) most: Duration,
}

impl RetryPolicy {
    /// For lookups and tokens.
    pub(crate) const READS: Self = Self { tries: 4, first: Duration::from_millis(500), most: Duration::from_secs(5) };

    /// The ceiling of the wait after so many failed tries, or `None` when that was the last one.
    pub(crate) fn ceiling(&self, failed: u32) -> Option<Duration> {
        if failed == 0 || failed >= self.tries {
            return None;
        }
        Some(self.first.saturating_mul(2_u32.saturating_pow(failed - 1)).min(self.most))
    }
}

/// What a client may spend on retries: twenty at once, then one for every five successes.
#[derive(Debug)]
pub(crate) struct RetryBudget(AtomicU32);

impl RetryBudget {
    const FULL: u32 = 100;
    const RETRY: u32 = 5;
    const SUCCESS: u32 = 1;

    fn spend(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(Self::RETRY)).is_ok()
    }

    fn earn(&self) {
        let earn = |left: u32| Some(left.saturating_add(Self::SUCCESS).min(Self::FULL));
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, earn);
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self(AtomicU32::new(Self::FULL))
    }
}

/// How a client retries: its policy, its purse, its clock and its chance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retry<'a> {
    pub(crate) policy: RetryPolicy,
    pub(crate) budget: &'a RetryBudget,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) chance: &'a dyn Chance,
}

impl Retry<'_> {
    /// How long to wait before the next try, or `None`: the failure is final. Spends from the budget.
    fn after(&self, failed: u32) -> Option<Duration> {
        let ceiling = self.policy.ceiling(failed)?;
        self.budget.spend().then(|| self.chance.part_of(ceiling))
    }

    /// Tries until it succeeds, until a failure is not worth another try, or until the policy or the budget ends it.
    pub(crate) async fn run<T, E, Try>(
        &self,
        worth_it: impl Fn(&E) -> bool + Send,
        mut attempt: impl FnMut() -> Try + Send,
    ) -> Result<T, E>
    where
        Try: Future<Output = Result<T, E>> + Send,
    {
        let mut failed = 0;
        loop {
            let error = match attempt().await {
                Ok(done) => {
                    self.budget.earn();
                    return Ok(done);
                }
                Err(error) => error,
            };
            failed += 1;
            if !worth_it(&error) {
                return Err(error);
            }
            match self.after(failed) {
                Some(wait) => self.clock.sleep(wait).await,
                None => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{FixedChance, ManualClock};

    #[test]
    fn the_ceiling_doubles_up_to_the_most() {
        let policy = RetryPolicy { tries: 7, ..RetryPolicy::READS };
        let ceilings: Vec<_> = (0..=7).map(|failed| policy.ceiling(failed).map(|wait| wait.as_millis())).collect();
        let expected = [None, Some(500), Some(1000), Some(2000), Some(4000), Some(5000), Some(5000), None];
        assert_eq!(ceilings, expected);
    }

    #[test]
    fn a_down_server_empties_the_purse_and_successes_fill_it_slowly() {
        let budget = RetryBudget::default();
        assert_eq!((0..1000).filter(|_| budget.spend()).count(), 20);
        (0..5).for_each(|_| budget.earn());
        assert!(budget.spend());
        assert!(!budget.spend());
        (0..100_000).for_each(|_| budget.earn());
        assert_eq!((0..1000).filter(|_| budget.spend()).count(), 20);
    }

    async fn tries(worth_it: bool, budget: &RetryBudget) -> u32 {
        let clock = ManualClock::new();
        let chance = FixedChance(0.0);
        let retry = Retry { policy: RetryPolicy::READS, budget, clock: &*clock, chance: &chance };
        let mut tries = 0;
        let outcome: Result<(), ()> = retry
            .run(
                |_| worth_it,
                || {
                    tries += 1;
                    std::future::ready(Err(()))
                },
            )
            .await;
        assert_eq!(outcome, Err(()));
        tries
    }

    #[tokio::test]
    async fn four_tries_where_it_is_worth_it_and_one_where_it_is_not() {
        let budget = RetryBudget::default();
        assert_eq!(tries(true, &budget).await, 4);
        assert_eq!(tries(false, &budget).await, 1);
        while budget.spend() {}
        assert_eq!(tries(true, &budget).await, 1);
    }
}
