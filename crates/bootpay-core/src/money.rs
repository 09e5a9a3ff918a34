//! Amounts of money: whole Korean won.
//!
//! The won has no minor unit, so an amount is an integer and never a float. A partial cancel's amount is a type of its
//! own that cannot be zero: on the wire, an amount that is missing means "everything that remains".

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{InvalidInput, Problem};

/// An amount in whole won.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Won(u64);

impl Won {
    /// No money.
    pub const ZERO: Won = Won(0);

    /// The largest amount that a signed 64-bit integer, and so every language of the bindings, can hold.
    pub const MAX: Won = Won(i64::MAX as u64);

    /// This many won.
    pub const fn new(won: u64) -> Self {
        Self(won)
    }

    /// The number of won.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The sum, or `None` where it exceeds [`Won::MAX`].
    pub fn checked_add(self, other: Won) -> Option<Won> {
        self.0.checked_add(other.0).map(Won).filter(|sum| *sum <= Self::MAX)
    }

    /// The difference, or `None` where `other` is larger.
    pub fn checked_sub(self, other: Won) -> Option<Won> {
        self.0.checked_sub(other.0).map(Won)
    }
}

impl From<u64> for Won {
    fn from(won: u64) -> Self {
        Self(won)
    }
}

impl fmt::Display for Won {
    /// Digits in groups of three, without a currency sign: `1,234,000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        f.pad(&grouped)
    }
}

/// The amount of a partial cancel: at least 1,000 won.
///
/// The page says "more than 1,000 won" and its own samples send exactly 1000, so the boundary is the server's to
/// judge; less than that is refused here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct PartialAmount(u64);

impl PartialAmount {
    /// The least that either reading of the page allows, in won.
    pub const MIN: Won = Won(1_000);

    /// Checks the amount of a partial cancel.
    ///
    /// # Errors
    /// [`InvalidInput`] for the field `price`: zero, below 1,000 won, or above [`Won::MAX`].
    pub fn new(price: Won) -> Result<Self, InvalidInput> {
        if price == Won::ZERO {
            return Err(InvalidInput::new("price", Problem::Zero)
                .expected("a partial cancel names an amount; to give everything back, ask for a full cancel"));
        }
        if price < Self::MIN {
            return Err(InvalidInput::new("price", Problem::TooSmall)
                .expected("at least 1,000 won: Bootpay does not cancel smaller parts"));
        }
        if price > Won::MAX {
            return Err(InvalidInput::new("price", Problem::TooLarge).expected("at most 9,223,372,036,854,775,807 won"));
        }
        Ok(Self(price.get()))
    }

    /// The amount in won.
    pub const fn won(self) -> Won {
        Won(self.0)
    }
}

impl TryFrom<u64> for PartialAmount {
    type Error = InvalidInput;

    fn try_from(price: u64) -> Result<Self, InvalidInput> {
        Self::new(Won(price))
    }
}

impl From<PartialAmount> for u64 {
    fn from(amount: PartialAmount) -> u64 {
        amount.0
    }
}

impl fmt::Display for PartialAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.won().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn won_are_printed_in_groups_of_three() {
        for (won, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567")] {
            assert_eq!(Won::new(won).to_string(), text);
        }
    }

    #[test]
    fn a_partial_amount_is_never_zero_nor_under_a_thousand() {
        assert_eq!(PartialAmount::new(Won::ZERO).unwrap_err().problem(), Problem::Zero);
        assert_eq!(PartialAmount::new(Won::new(999)).unwrap_err().problem(), Problem::TooSmall);
        assert_eq!(PartialAmount::new(Won::new(u64::MAX)).unwrap_err().problem(), Problem::TooLarge);
    }

    #[test]
    fn exactly_a_thousand_is_left_to_the_server() {
        assert_eq!(PartialAmount::new(Won::new(1_000)).unwrap().won(), Won::new(1_000));
    }

    #[test]
    fn sums_that_overflow_are_not_made() {
        assert_eq!(Won::MAX.checked_add(Won::new(1)), None);
        assert_eq!(Won::new(1).checked_sub(Won::new(2)), None);
    }
}
