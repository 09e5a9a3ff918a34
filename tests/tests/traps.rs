//! Each guard is needed: a trap stays shut with it, in every order of events, and opens once it is gone. The first ten are
//! the traps that a model of this was found to have before any of it was written.

use bootpay_tests::explorer::{Guard, Trap, explore, explore_for, traps};

/// Worlds with the guard, at most; most of these settings have fewer.
const SHUT: usize = 5_000;
/// Worlds without it until the trap has opened.
const OPEN: usize = 200_000;

fn opens_only_without(guard: Guard) {
    let of_guard: Vec<Trap> = traps().into_iter().filter(|trap| trap.guard == guard).collect();
    assert!(!of_guard.is_empty(), "no trap shows that {guard:?} is needed");
    for trap in of_guard {
        let shut = explore(&trap.shut, SHUT);
        assert!(shut.broken.is_none(), "with {guard:?}: {:#?}", shut.broken);
        for promise in trap.breaks {
            let open = explore_for(promise, &trap.open, OPEN);
            assert!(open.broken.is_some(), "without {guard:?}: {promise:?} held in {} worlds", open.worlds);
        }
    }
}

#[test]
fn a_fresh_id_for_each_request_refunds_twice() {
    opens_only_without(Guard::OneId);
}

#[test]
fn to_look_up_see_nothing_and_send_again_refunds_twice_and_reports_a_failure() {
    opens_only_without(Guard::LookupNeverDenies);
}

#[test]
fn a_console_that_cancels_the_same_amount_is_taken_for_ours() {
    opens_only_without(Guard::DeclaredSoleCanceller);
}

#[test]
fn a_repeated_id_that_is_refused_is_not_success_where_refusals_use_it_up() {
    opens_only_without(Guard::SeenIsNotSuccess);
}

#[test]
fn a_stalled_worker_that_wakes_up_refunds_twice() {
    opens_only_without(Guard::Fence);
    opens_only_without(Guard::CompareAndSet);
}

#[test]
fn a_lookup_that_lags_proves_nothing_even_when_nothing_is_under_way() {
    opens_only_without(Guard::LateLookupNeverDenies);
}

#[test]
fn a_second_click_with_a_fresh_id_beside_an_unknown_refunds_twice() {
    opens_only_without(Guard::NoneBesideAnUnknown);
}

/// A call that its caller's own time-out drops goes on in a task of its own, so that nobody is told and nothing else is
/// different: what counts is that a keyless click comes after the intent has settled.
#[test]
fn a_keyless_click_after_a_call_that_was_dropped_and_settled_refunds_twice() {
    opens_only_without(Guard::KeylessRule);
}

#[test]
fn a_ledger_that_lags_behind_our_own_last_partial_settles_the_next_one_wrongly() {
    opens_only_without(Guard::EqualTotals);
}

#[test]
fn not_moved_that_is_decided_a_minute_after_the_send_is_wrong_when_the_request_arrives() {
    opens_only_without(Guard::SettlingTime);
}

#[test]
fn two_clicks_at_once_refund_twice() {
    opens_only_without(Guard::OneAtATime);
}

#[test]
fn a_request_without_its_record_is_forgotten_by_a_crash() {
    opens_only_without(Guard::RecordBeforeSend);
}

#[test]
fn a_repetition_after_the_declared_retention_refunds_twice() {
    opens_only_without(Guard::Retention);
}

#[test]
fn a_later_intent_admitted_during_the_lookup_is_taken_for_the_earlier_one() {
    opens_only_without(Guard::JournalAfterLookup);
}

#[test]
fn a_decision_overtaken_by_a_repetition_is_wrong() {
    opens_only_without(Guard::DecisionCheckedAgain);
}

#[test]
fn two_processes_that_count_the_tries_before_their_claims_repeat_a_third_time() {
    opens_only_without(Guard::TriesCountedAgain);
}

#[test]
fn an_intent_whose_owner_is_gone_is_neither_settled_nor_unknown_unless_it_is_taken_over() {
    opens_only_without(Guard::TakeOver);
}

#[test]
fn every_guard_has_a_trap() {
    for guard in Guard::ALL {
        assert!(traps().iter().any(|trap| trap.guard == guard), "{guard:?}");
    }
}
