//! Amounts and times on their way across: signed, since not every language has unsigned numbers, and checked, so that
//! none wraps.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bootpay_core::{KoreanTime, UnixMillis, Won};

use crate::error::BootpayError;

/// An amount from a caller.
pub(crate) fn won_from(field: &str, amount: i64) -> Result<u64, BootpayError> {
    u64::try_from(amount).map_err(|_| {
        BootpayError::invalid_input(
            field,
            "is negative",
            "an amount in whole won, above 0",
            "금액을 원 단위의 양의 정수로 넣어 주세요.",
        )
    })
}

/// An amount for a caller. One above what a signed number holds is not money that exists.
pub(crate) fn won(amount: Won) -> i64 {
    i64::try_from(amount.get()).unwrap_or(i64::MAX)
}

pub(crate) fn wons(amount: Option<Won>) -> Option<i64> {
    amount.map(won)
}

pub(crate) fn moment(at: UnixMillis) -> SystemTime {
    let since = Duration::from_millis(u64::try_from(at.0).unwrap_or(0));
    UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
}

pub(crate) fn korean(time: Option<KoreanTime>) -> Option<SystemTime> {
    time.map(|time| moment(UnixMillis(time.unix_millis())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_amount_is_refused_by_name_and_does_not_wrap() {
        let error = won_from("price", -1).unwrap_err();
        assert_eq!(error.to_string(), "`price` is negative: an amount in whole won, above 0");
        assert_eq!(won_from("price", i64::MAX).unwrap(), 9_223_372_036_854_775_807);
        assert_eq!(won(Won::new(u64::MAX)), i64::MAX);
    }

    #[test]
    fn a_time_before_1970_is_no_panic() {
        assert_eq!(moment(UnixMillis(i64::MIN)), UNIX_EPOCH);
        assert!(moment(UnixMillis(i64::MAX)) > UNIX_EPOCH);
    }
}
