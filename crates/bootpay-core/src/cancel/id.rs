//! The two names of a cancel: whose payment it is, and which intent.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{InvalidInput, Problem};

/// The id that Bootpay gave a payment: 1 to 64 letters, digits, `_` or `-`. It goes into a URL, so nothing else may.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReceiptId(Arc<str>);

impl ReceiptId {
    /// The most characters a receipt id may have. In every sample of the page it has 24.
    pub const MAX_LENGTH: usize = 64;

    /// Checks a receipt id.
    ///
    /// # Errors
    /// [`InvalidInput`] for the field `receipt_id`: empty, too long, or with a character that has no place in it.
    pub fn new(id: impl Into<String>) -> Result<Self, InvalidInput> {
        let id = id.into();
        let expected = "1 to 64 letters, digits, `_` or `-`, as in 612df0250d681b001de61de6";
        let wrong = |problem| Err(InvalidInput::new("receipt_id", problem).expected(expected));
        if id.is_empty() {
            return wrong(Problem::Empty);
        }
        if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
            return wrong(Problem::BadCharacter);
        }
        if id.len() > Self::MAX_LENGTH {
            return wrong(Problem::TooLong);
        }
        Ok(Self(id.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The idempotency key of one intent to refund, sent to Bootpay as `cancel_id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CancelId(Arc<str>);

impl CancelId {
    /// The most bytes a `cancel_id` may have. Bootpay states no limit; this one is ours.
    pub const MAX_LENGTH: usize = 128;

    /// Checks a `cancel_id`. What passes is sent word for word.
    ///
    /// # Errors
    /// [`InvalidInput`] for the field `cancel_id`: empty, too long, with a control character, or with white space at
    /// an end (where one system trims and another does not, one intent would become two).
    pub fn new(id: impl Into<String>) -> Result<Self, InvalidInput> {
        let id = id.into();
        let wrong = |problem| {
            Err(InvalidInput::new("cancel_id", problem)
                .expected("1 to 128 bytes without control characters or white space at the ends"))
        };
        if id.trim().is_empty() {
            return wrong(Problem::Empty);
        }
        if id.len() > Self::MAX_LENGTH {
            return wrong(Problem::TooLong);
        }
        if id.chars().any(char::is_control) || id.trim() != id {
            return wrong(Problem::BadCharacter);
        }
        Ok(Self(id.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! text_id {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.as_ref().to_owned()
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidInput;

            fn try_from(id: String) -> Result<Self, InvalidInput> {
                Self::new(id)
            }
        }
    };
}

text_id!(ReceiptId);
text_id!(CancelId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_receipt_ids_pass() {
        for id in ["5df6e8034f74b4002177e0bb", "612df0250d681b001de61de6", "a", "A_b-9"] {
            assert_eq!(ReceiptId::new(id).unwrap().as_str(), id);
        }
    }

    #[test]
    fn what_could_change_the_url_is_refused() {
        for id in ["../", "a/b", "a b", "a\n", "a\0", "a?b", "a%2e", "영수증", " a"] {
            assert_eq!(ReceiptId::new(id).unwrap_err().problem(), Problem::BadCharacter, "{id:?}");
        }
        assert_eq!(ReceiptId::new("").unwrap_err().problem(), Problem::Empty);
        assert_eq!(ReceiptId::new("a".repeat(300)).unwrap_err().problem(), Problem::TooLong);
        assert!(ReceiptId::new("a".repeat(64)).is_ok());
        assert!(ReceiptId::new("a".repeat(65)).is_err());
    }

    #[test]
    fn a_cancel_id_is_kept_word_for_word() {
        assert_eq!(CancelId::new("주문 12-취소 #1").unwrap().as_str(), "주문 12-취소 #1");
        assert_eq!(CancelId::new("  ").unwrap_err().problem(), Problem::Empty);
        assert_eq!(CancelId::new("a ").unwrap_err().problem(), Problem::BadCharacter);
        assert_eq!(CancelId::new("a\tb").unwrap_err().problem(), Problem::BadCharacter);
        assert_eq!(CancelId::new("x".repeat(129)).unwrap_err().problem(), Problem::TooLong);
    }
}
