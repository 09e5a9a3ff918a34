//! How ids come about. Journals hold them and servers remember them: another digest is another refund.

use bootpay_core::protocol::identity;
use bootpay_core::{CancelId, IntentKey};

use super::rid;

/// The first half of a SHA-256 over the parts, each behind its length in eight bytes: computed by hand, with Python's
/// `hashlib`.
#[test]
fn ids_are_the_same_in_every_version() {
    assert_eq!(identity::scope("key_pair:5b8f6a4d396fa665fdc2b5ea"), "fa03d6abac4782774bfe412323e072c1");
    let intent = identity::intent_id("https://api.bootpay.co.kr", "s", &rid(), &IntentKey::Receipt, 1);
    assert_eq!(intent.0, "593d3ac2117327b5f6d08306ba528bda");
    let derived = |key: &IntentKey, generation| identity::cancel_id("s", &rid(), key, generation).unwrap();
    assert_eq!(derived(&IntentKey::Receipt, 1).as_str(), "bp-b6f114964cfdbb17275e383422622691");
    assert_eq!(derived(&IntentKey::Fresh("00".into()), 2).as_str(), "bp-c0af4e40b78fc48f709dbbddf58c4ed2");
}

#[test]
fn a_derived_id_is_known_by_its_beginning() {
    let derived = identity::cancel_id("s", &rid(), &IntentKey::Receipt, 1).unwrap();
    assert!(identity::is_derived(&derived));
    assert!(!identity::is_derived(&CancelId::new("12342134").unwrap()), "the page's own");
}
