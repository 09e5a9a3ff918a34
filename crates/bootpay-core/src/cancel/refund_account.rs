//! Where a virtual-account refund goes.

use crate::bank::Bank;
use crate::error::{InvalidInput, Problem};
use crate::secret::Secret;

/// The bank account that receives a virtual-account refund. Its number and holder are secrets: `Debug` shows the bank
/// alone.
///
/// Nobody verifies the account: a wrong bank or number loses the money (`protocol.md` §3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundAccount {
    bank: Bank,
    account: Secret,
    holder: Secret,
}

impl RefundAccount {
    /// The most digits and dashes an account number may have.
    pub const MAX_ACCOUNT_LENGTH: usize = 32;
    /// The most characters a holder's name may have.
    pub const MAX_HOLDER_LENGTH: usize = 60;

    /// Checks a refund account. `bank` is a bank's code, its name, or a usual short or English name.
    ///
    /// # Errors
    /// [`InvalidInput`] for `refund.bank`, `refund.account` or `refund.holder`.
    pub fn new(bank: &str, account: impl Into<String>, holder: impl Into<String>) -> Result<Self, InvalidInput> {
        Self::with_bank(Bank::find(bank)?, account, holder)
    }

    /// The same with a bank that is already known.
    ///
    /// # Errors
    /// [`InvalidInput`] for `refund.account` or `refund.holder`.
    pub fn with_bank(bank: Bank, account: impl Into<String>, holder: impl Into<String>) -> Result<Self, InvalidInput> {
        let (account, holder) = (Secret::new(account), Secret::new(holder));
        let number = account.expose();
        let wrong = |problem| {
            Err(InvalidInput::new("refund.account", problem).expected("digits, with or without dashes, at most 32"))
        };
        if number.trim().is_empty() {
            return wrong(Problem::Empty);
        }
        if number.len() > Self::MAX_ACCOUNT_LENGTH {
            return wrong(Problem::TooLong);
        }
        if !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
            || !number.bytes().any(|byte| byte.is_ascii_digit())
        {
            return wrong(Problem::BadCharacter);
        }
        let name = holder.expose();
        let wrong = |problem| {
            Err(InvalidInput::new("refund.holder", problem)
                .expected("the account holder's name, at most 60 characters"))
        };
        if name.trim().is_empty() {
            return wrong(Problem::Empty);
        }
        if name.chars().count() > Self::MAX_HOLDER_LENGTH {
            return wrong(Problem::TooLong);
        }
        if name.chars().any(char::is_control) {
            return wrong(Problem::BadCharacter);
        }
        Ok(Self { bank, account, holder })
    }

    /// The bank.
    pub fn bank(&self) -> &Bank {
        &self.bank
    }

    /// The account number, as it was given.
    pub fn account(&self) -> &Secret {
        &self.account
    }

    /// The account holder.
    pub fn holder(&self) -> &Secret {
        &self.holder
    }

    /// The digits alone: what makes two ways of writing one account the same account.
    pub(crate) fn digits(&self) -> Secret {
        Secret::new(self.account.expose().chars().filter(char::is_ascii_digit).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_account_passes_and_is_not_printed() {
        let account = RefundAccount::new("국민은행", "66569112432134", "홍길동").unwrap();
        assert_eq!(account.bank().code(), "004");
        let shown = format!("{account:?} {account:#?}");
        assert!(!shown.contains("66569112432134") && !shown.contains("홍길동"), "{shown}");
    }

    #[test]
    fn each_wrong_field_is_named() {
        let field = |bank, account: &str, holder: &str| RefundAccount::new(bank, account, holder).unwrap_err();
        assert_eq!(field("", "1", "a").field(), "refund.bank");
        assert_eq!(field("004", "", "a").field(), "refund.account");
        assert_eq!(field("004", "12 34", "a").problem(), Problem::BadCharacter);
        assert_eq!(field("004", "---", "a").problem(), Problem::BadCharacter);
        assert_eq!(field("004", "１２３", "a").problem(), Problem::BadCharacter);
        assert_eq!(field("004", &"1".repeat(33), "a").problem(), Problem::TooLong);
        assert_eq!(field("004", "1", " ").field(), "refund.holder");
        assert_eq!(field("004", "1", &"가".repeat(61)).problem(), Problem::TooLong);
    }

    #[test]
    fn an_error_never_repeats_the_account() {
        let error = RefundAccount::new("004", "canary-account-99", "a").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"));
    }

    #[test]
    fn dashes_do_not_make_another_account() {
        let one = RefundAccount::new("004", "665-6911-2432134", "홍길동").unwrap();
        let two = RefundAccount::new("004", "66569112432134", "홍길동").unwrap();
        assert_eq!(one.digits(), two.digits());
    }
}
