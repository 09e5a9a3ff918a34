//! How a `cancel_id` comes about.
//!
//! One intent, one `cancel_id`, on every request and every repetition. A merchant's own is sent word for word.
//! Otherwise it is derived from the merchant's scope, the receipt, the intent's key and its generation, and **never
//! from the amount**: two refunds of one amount are two refunds, and one refund is not two because its amount was
//! mistyped the first time.

use sha2::{Digest, Sha256};

use crate::cancel::{CancelId, ReceiptId};
use crate::error::BootpayError;
use crate::hex::hex;
use crate::intent::{IntentId, IntentKey};

/// The journal's name of an intent: the same wish always has the same one.
pub fn intent_id(environment: &str, scope: &str, receipt: &ReceiptId, key: &IntentKey, generation: u32) -> IntentId {
    IntentId(digest(&["intent", environment, scope, receipt.as_str(), &key.to_text(), &generation.to_string()]))
}

/// What Bootpay sees: the merchant's own id, or `bp-` and 32 hex digits.
///
/// # Errors
/// None in practice: a derived id always passes the check. It is checked all the same.
pub fn cancel_id(scope: &str, receipt: &ReceiptId, key: &IntentKey, generation: u32) -> Result<CancelId, BootpayError> {
    match key {
        IntentKey::Merchant(id) => Ok(id.clone()),
        IntentKey::Receipt | IntentKey::Fresh(_) => {
            let digest = digest(&["cancel_id", scope, receipt.as_str(), &key.to_text(), &generation.to_string()]);
            Ok(CancelId::new(format!("{DERIVED}{digest}"))?)
        }
    }
}

/// What derived ids begin with.
const DERIVED: &str = "bp-";

/// Whether an id looks like one that [`cancel_id`] derives.
pub fn is_derived(id: &CancelId) -> bool {
    id.as_str().starts_with(DERIVED)
}

/// A merchant's scope: a fingerprint of what is public in its credentials, or of the name that a token source gives.
pub fn scope(public_part: &str) -> String {
    digest(&["scope", public_part])
}

/// The first 128 bits of a SHA-256 over length-prefixed parts, in hex.
fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hex(&hasher.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(id: &str) -> ReceiptId {
        ReceiptId::new(id).unwrap()
    }

    #[test]
    fn a_merchants_id_is_sent_word_for_word_in_every_generation() {
        let key = IntentKey::Merchant(CancelId::new("주문 1-취소").unwrap());
        for generation in 1..4 {
            assert_eq!(cancel_id("s", &receipt("r"), &key, generation).unwrap().as_str(), "주문 1-취소");
        }
    }

    #[test]
    fn a_derived_id_changes_with_each_part_of_the_wish_and_with_nothing_else() {
        let id = |scope, r: &str, key: &IntentKey, generation| cancel_id(scope, &receipt(r), key, generation).unwrap();
        let base = id("s", "r", &IntentKey::Receipt, 1);
        assert_eq!(base, id("s", "r", &IntentKey::Receipt, 1));
        assert_eq!(base.as_str().len(), 35);
        assert_ne!(base, id("t", "r", &IntentKey::Receipt, 1));
        assert_ne!(base, id("s", "q", &IntentKey::Receipt, 1));
        assert_ne!(base, id("s", "r", &IntentKey::Fresh("x".into()), 1));
        assert_ne!(base, id("s", "r", &IntentKey::Receipt, 2));
    }

    #[test]
    fn parts_cannot_run_into_each_other() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
    }
}
