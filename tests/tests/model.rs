//! The machine in every interleaving, as far as a test run has time for: `make prove` visits them all.

use bootpay_tests::explorer::{explore, hopeless, sound, traps};

/// Worlds in each setting.
const MOST: usize = 500;

#[test]
fn no_interleaving_breaks_a_promise() {
    for setting in sound() {
        let explored = explore(&setting, MOST);
        assert!(explored.broken.is_none(), "{}: {:#?}", setting.name, explored.broken);
    }
}

#[test]
fn every_guard_is_needed() {
    for setting in traps() {
        let explored = explore(&setting, 200_000);
        assert!(explored.broken.is_some(), "{}: nothing broke in {} worlds", setting.name, explored.worlds);
    }
}

#[test]
fn nobody_survives_ignored_ids_behind_a_proxy_that_repeats() {
    assert!(explore(&hopeless(), 200_000).broken.is_some());
}
