//! How single values are read.

use std::convert::Infallible;

use bootpay_core::Secret;

/// An amount: digits and nothing else. What is not one never becomes "no amount", which would be a full cancel.
pub(crate) fn won(text: &str) -> Result<u64, &'static str> {
    if text.is_empty() {
        return Err("an empty amount; give whole won in digits, such as 3000");
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("whole won in digits alone, such as 3000");
    }
    text.parse().map_err(|_| "more than any amount")
}

/// Rows per second.
pub(crate) fn rate(text: &str) -> Result<f64, &'static str> {
    match text.parse::<f64>() {
        Ok(rate) if (0.01..=10_000.0).contains(&rate) => Ok(rate),
        _ => Err("a number per second, 0.01 to 10000"),
    }
}

/// A value that is never printed.
#[expect(clippy::unnecessary_wraps, reason = "the parser wants a result")]
pub(crate) fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_digits_and_nothing_else() {
        assert_eq!((won("0"), won("3000")), (Ok(0), Ok(3_000)));
        for text in ["", " ", "+5", "-5", "3,000", "3000.0", "3e3", "0x10", "３０００", "3000 ", "99999999999999999999"]
        {
            assert!(won(text).is_err(), "{text:?}");
        }
    }
}
