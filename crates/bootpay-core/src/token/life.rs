//! How long a token serves, and when it is time for the next: pure arithmetic on the elapsed time.

use std::time::Duration;

use super::Fetched;
use crate::clock::Chance;
use crate::secret::Secret;

/// Bootpay issues a new token only when this much, or less, remains of the old one.
const AHEAD: Duration = Duration::from_secs(5 * 60);

/// A token that ends sooner than this could end on the way.
const TOO_LITTLE: Duration = Duration::from_secs(10);

/// The server counts in whole seconds and from a moment that we can only bound, so we ask a little after its time
/// rather than before it, when the same token would come back.
const ROUNDING: Duration = Duration::from_secs(2);

/// The rest of the minute over which clients spread their refreshes.
const JITTER: Duration = Duration::from_secs(58);

/// How often a source is asked that does not say how long its tokens live.
const UNTOLD: Duration = Duration::from_secs(5 * 60);

/// A token at hand.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) token: Secret,
    serves_until: Option<Duration>,
    due_at: Duration,
}

impl Held {
    /// `asked_at` is the moment *before* the request: the token's life began after it, so it never ends before we
    /// think it does.
    pub(super) fn new(fetched: Fetched, asked_at: Duration, chance: &dyn Chance) -> Self {
        let due_in = match fetched.lifetime {
            None => UNTOLD,
            // Nearly at its end already: wait for five sixths of what is left, as 25 minutes are of 30.
            Some(left) if left <= AHEAD.saturating_add(ROUNDING) => left.saturating_mul(5) / 6,
            Some(left) => left - AHEAD + ROUNDING + chance.part_of(JITTER),
        };
        let serves_for = fetched.lifetime.map(|left| left.saturating_sub(TOO_LITTLE));
        Self {
            token: fetched.token,
            serves_until: serves_for.map(|serves_for| asked_at.saturating_add(serves_for)),
            due_at: asked_at.saturating_add(due_in),
        }
    }

    /// Whether it may be used.
    pub(super) fn serves(&self, now: Duration) -> bool {
        self.serves_until.is_none_or(|end| now < end)
    }

    /// Whether it is time to ask for the next one.
    pub(super) fn is_due(&self, now: Duration) -> bool {
        now >= self.due_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FixedChance;

    fn held(lifetime: Option<u64>, chance: f64) -> Held {
        let fetched = Fetched { token: Secret::new("t"), lifetime: lifetime.map(Duration::from_secs) };
        Held::new(fetched, Duration::from_secs(1000), &FixedChance(chance))
    }

    fn first(holds: impl Fn(Duration) -> bool) -> u64 {
        (0..10_000).find(|second| holds(Duration::from_secs(1000 + second))).unwrap()
    }

    #[test]
    fn a_fresh_token_is_due_within_the_minute_after_its_twenty_fifth_and_serves_until_ten_seconds_before_its_end() {
        for (chance, due) in [(0.0, 1502), (0.5, 1531), (1.0, 1560)] {
            let held = held(Some(1800), chance);
            assert_eq!(first(|now| held.is_due(now)), due);
            assert_eq!(first(|now| !held.serves(now)), 1790);
        }
    }

    #[test]
    fn a_token_that_is_21_seconds_old_already_is_due_21_seconds_sooner() {
        let held = held(Some(1779), 0.0);
        assert_eq!(first(|now| held.is_due(now)), 1502 - 21);
        assert_eq!(first(|now| !held.serves(now)), 1769);
    }

    #[test]
    fn a_token_near_its_end_is_due_before_it_ends_and_not_at_once() {
        for lifetime in [120, 301, 303, 330, 360, 400] {
            let held = held(Some(lifetime), 0.0);
            let (due, end) = (first(|now| held.is_due(now)), first(|now| !held.serves(now)));
            assert!((2..end).contains(&due), "of {lifetime} s: due after {due}, serves {end}");
        }
    }

    #[test]
    fn a_token_without_a_told_life_serves_until_it_is_refused() {
        let held = held(None, 0.0);
        assert_eq!(first(|now| held.is_due(now)), 300);
        assert!(held.serves(Duration::MAX));
    }

    #[test]
    fn absurd_lifetimes_do_no_harm() {
        assert!(!held(Some(0), 0.0).serves(Duration::from_secs(1000)));
        assert!(held(Some(u64::MAX), 1.0).serves(Duration::from_secs(u64::MAX / 2)));
    }
}
