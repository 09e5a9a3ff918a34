//! Time, as the sandbox sees it.
//!
//! Bootpay's rules hang on time: a token lives thirty minutes, a partial cancel may be guarded for ten seconds, a
//! phone payment can be cancelled only within its calendar month in Korea. A test must not wait for any of it, so the
//! sandbox's clock can be moved forward. It never moves back, and it does not follow the machine's wall clock when
//! somebody sets that.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use time::format_description::BorrowedFormatItem;
use time::macros::{format_description, offset};
use time::{Month, OffsetDateTime};

const V1_TIME: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
const V2_TIME: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]+09:00");

/// A clock that runs as fast as real time and can be pushed ahead.
#[derive(Debug)]
pub(crate) struct Clock {
    began_at_ms: u64,
    began: Instant,
    ahead_ms: AtomicU64,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { began_at_ms: millis(since_1970), began: Instant::now(), ahead_ms: AtomicU64::new(0) }
    }

    /// Milliseconds since 1970, by the sandbox's clock.
    pub(crate) fn now_ms(&self) -> u64 {
        self.began_at_ms + millis(self.began.elapsed()) + self.ahead_ms.load(Ordering::SeqCst)
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.ahead_ms.fetch_add(millis(by), Ordering::SeqCst);
    }

    pub(crate) fn back_to_real_time(&self) {
        self.ahead_ms.store(0, Ordering::SeqCst);
    }
}

/// Whole milliseconds of a duration; more than 580 million years count as that.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn korean(unix_ms: u64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(unix_ms) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .to_offset(offset!(+9))
}

/// `2019-12-16 11:12:28`: Korean time with no offset in the text, as v1 writes it.
pub(crate) fn v1_time(unix_ms: u64) -> String {
    korean(unix_ms).format(V1_TIME).unwrap_or_default()
}

/// `2019-12-16T11:12:28+09:00`, as v2 writes it.
pub(crate) fn v2_time(unix_ms: u64) -> String {
    korean(unix_ms).format(V2_TIME).unwrap_or_default()
}

/// The calendar month in Korea, by which phone payments are billed.
pub(crate) fn korean_month(unix_ms: u64) -> (i32, Month) {
    let date = korean(unix_ms);
    (date.year(), date.month())
}

#[cfg(test)]
mod tests {
    use super::*;

    // 2019-12-16 11:12:28 +09:00, the moment in the page's sample answer.
    const PAGE_SAMPLE_MS: u64 = 1_576_462_348_000;

    #[test]
    fn v1_times_are_korean_and_carry_no_offset() {
        assert_eq!(v1_time(PAGE_SAMPLE_MS), "2019-12-16 11:12:28");
    }

    #[test]
    fn v2_times_are_iso_8601_with_the_korean_offset() {
        assert_eq!(v2_time(PAGE_SAMPLE_MS), "2019-12-16T11:12:28+09:00");
    }

    #[test]
    fn a_month_ends_at_midnight_in_korea_not_in_greenwich() {
        // 2020-01-31 15:00:00 UTC is the first of February in Seoul.
        let first_of_february = 1_580_482_800_000;
        assert_eq!(korean_month(first_of_february), (2020, Month::February));
        assert_eq!(korean_month(first_of_february - 1), (2020, Month::January));
    }

    #[test]
    fn the_clock_can_be_pushed_ahead() {
        let clock = Clock::start();
        let before = clock.now_ms();
        clock.advance(Duration::from_secs(1_800));
        assert!(clock.now_ms() - before >= 1_800_000);
    }
}
