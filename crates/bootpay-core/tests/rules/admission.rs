//! Which intents may begin, given those before them: law 8, and the rules about keys.

use std::time::Duration;

use bootpay_core::protocol::admission::decide;
use bootpay_core::protocol::{Admission, Proposal};
use bootpay_core::{
    CancelId, Conflict, ConflictKind, Evidence, Intent, IntentKey, IntentState, ReceiptId, Totals, UnixMillis, Won,
};

use super::{FULL, admitted, at, key, partial, proposal, sending, settlement};

const LEASE: i64 = 180_000;

fn fresh(name: &str) -> IntentKey {
    IntentKey::Fresh(name.into())
}

/// A partial cancel of 3,000 won under this key, admitted at 0.
fn part(key: IntentKey) -> Intent {
    admitted(&proposal(key, partial(3_000), "p", 0), &[])
}

fn with_state(intent: Intent, state: IntentState) -> Intent {
    let mut intent = intent;
    intent.state = state;
    intent
}

/// A cancel that was answered at this moment, with so much cancelled in all.
fn answered(intent: Intent, cancelled: u64, now: i64) -> Intent {
    at(&at(&intent, "p", sending(1), 1), "p", settlement(false, Evidence::Answered, 10_000 - cancelled, cancelled), now)
}

fn refused(proposal: &Proposal, of_receipt: &[Intent]) -> Conflict {
    match decide(proposal, of_receipt, &[]).unwrap() {
        Admission::Refused(conflict) => *conflict,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_same_wish_is_the_same_intent_once_it_is_settled_or_unknown() {
    for state in [IntentState::Unknown, IntentState::Cancelled, IntentState::AlreadyCancelled] {
        let before = with_state(part(key("a")), state);
        let seen = decide(&proposal(key("a"), partial(3_000), "q", 1), std::slice::from_ref(&before), &[]).unwrap();
        assert_eq!(seen, Admission::Existing(Box::new(before)), "{state:?}");
    }
}

#[test]
fn one_key_with_other_money_is_refused_while_it_may_have_moved_and_corrected_once_it_has_not() {
    for state in IntentState::ALL {
        let before = with_state(part(key("a")), state);
        let other = proposal(key("a"), partial(4_000), "p", LEASE * 2);
        if [IntentState::Refused, IntentState::NotSent, IntentState::NotCancelled].contains(&state) {
            let next = admitted(&other, &[before]);
            assert_eq!((next.generation, next.amount), (2, partial(4_000)), "{state:?}");
        } else {
            assert_eq!(refused(&other, &[before]).kind, ConflictKind::KeyReused, "{state:?}");
        }
    }
}

#[test]
fn the_id_that_was_handed_out_is_the_same_wish_when_it_comes_back_as_the_merchants_own() {
    let before = with_state(part(fresh("1")), IntentState::Unknown);
    let back = IntentKey::Merchant(before.cancel_id.clone());
    let seen = decide(&proposal(back.clone(), partial(3_000), "p", 1), std::slice::from_ref(&before), &[]).unwrap();
    assert_eq!(seen, Admission::Existing(Box::new(before.clone())));
    // Under a key of its own it is that key's first generation.
    let next = admitted(&proposal(back, partial(3_000), "p", 1), &[with_state(before, IntentState::NotSent)]);
    assert_eq!((next.generation, next.key.to_text()), (1, format!("merchant:{}", next.cancel_id)));
}

#[test]
fn while_one_is_in_flight_others_wait_until_its_lease_has_run_out() {
    for state in [IntentState::Reserved, IntentState::Sending] {
        let before = with_state(part(key("a")), state);
        for wish in [key("a"), key("b"), fresh("1")] {
            let seen =
                |now| decide(&proposal(wish.clone(), partial(3_000), "q", now), std::slice::from_ref(&before), &[]);
            assert_eq!(seen(LEASE - 1).unwrap(), Admission::InFlight(Box::new(before.clone())));
            assert_eq!(seen(LEASE).unwrap(), Admission::Orphaned(Box::new(before.clone())));
        }
    }
}

#[test]
fn an_id_is_used_elsewhere_from_its_first_byte_on() {
    let mut elsewhere = part(key("a"));
    elsewhere.receipt_id = ReceiptId::new("612df0250d681b001de61de6").unwrap();
    for state in IntentState::ALL {
        let one = with_state(elsewhere.clone(), state);
        let seen = decide(&proposal(key("a"), partial(3_000), "p", 1), &[], &[one]).unwrap();
        match seen {
            Admission::Refused(conflict) => assert_eq!(conflict.kind, ConflictKind::KeyUsedElsewhere),
            Admission::Admitted(_) => assert_eq!(state, IntentState::NotSent),
            other => panic!("{other:?}"),
        }
    }
    // On its own receipt it is no stranger.
    let here = with_state(part(key("a")), IntentState::Refused);
    let seen = decide(&proposal(key("a"), partial(3_000), "p", 1), &[], &[here]).unwrap();
    assert!(matches!(seen, Admission::Admitted(_)), "{seen:?}");
}

#[test]
fn only_a_merchants_own_id_is_one() {
    let proposed = |key| proposal(key, partial(3_000), "p", 0).merchant_id().cloned();
    assert_eq!(proposed(key("a")), Some(CancelId::new("a").unwrap()));
    assert_eq!((proposed(IntentKey::Receipt), proposed(fresh("a"))), (None, None));
}

#[test]
fn a_receipt_that_is_held_admits_nobody() {
    let mut before = with_state(part(key("a")), IntentState::Cancelled);
    before.held = true;
    for (wish, amount) in [(key("b"), partial(1_000)), (IntentKey::Receipt, FULL)] {
        let conflict = refused(&proposal(wish, amount, "p", LEASE), std::slice::from_ref(&before));
        assert_eq!((conflict.kind, conflict.intent.cancel_id), (ConflictKind::Held, before.cancel_id.clone()));
    }
}

#[test]
fn beside_an_unknown_only_a_full_cancel_may_begin_and_only_beside_a_part() {
    let open_part = with_state(part(key("a")), IntentState::Unknown);
    let open_full = with_state(admitted(&proposal(key("a"), FULL, "p", 0), &[]), IntentState::Unknown);
    let beside = |open: &Intent, amount| {
        decide(&proposal(key("b"), amount, "p", LEASE * 100), std::slice::from_ref(open), &[]).unwrap()
    };
    assert!(matches!(beside(&open_part, FULL), Admission::Admitted(_)), "together they cannot exceed the price");
    for seen in [beside(&open_part, partial(1_000)), beside(&open_full, FULL), beside(&open_full, partial(1_000))] {
        let Admission::Refused(conflict) = seen else { panic!("{seen:?}") };
        assert_eq!(conflict.kind, ConflictKind::OpenIntent);
    }
}

#[test]
fn a_keyless_part_of_the_same_amount_is_refused_at_any_age_unless_the_first_moved_nothing() {
    for state in [IntentState::Cancelled, IntentState::AlreadyCancelled] {
        let before = with_state(part(fresh("1")), state);
        let conflict = refused(&proposal(fresh("2"), partial(3_000), "p", LEASE * 1_000), &[before]);
        assert_eq!((conflict.kind, conflict.retry_after), (ConflictKind::RepeatedPartial, None));
    }
    for state in [IntentState::Refused, IntentState::NotSent, IntentState::NotCancelled] {
        admitted(&proposal(fresh("2"), partial(3_000), "p", 1), &[with_state(part(fresh("1")), state)]);
    }
    // With a key of the merchant's own, on either side, it is another refund.
    let with_key = with_state(part(key("a")), IntentState::Cancelled);
    admitted(&proposal(fresh("2"), partial(3_000), "p", LEASE), std::slice::from_ref(&with_key));
    admitted(&proposal(key("b"), partial(3_000), "p", LEASE), &[with_state(part(fresh("1")), IntentState::Cancelled)]);
}

#[test]
fn a_keyless_part_beside_a_keyed_one_of_its_amount_makes_that_one_no_less_keyed() {
    let keyed = with_state(part(key("a")), IntentState::Cancelled);
    let keyless = with_state(admitted(&proposal(fresh("1"), partial(2_000), "p", 0), &[]), IntentState::Cancelled);
    admitted(&proposal(fresh("2"), partial(3_000), "p", LEASE), &[keyed, keyless]);
}

#[test]
fn a_keyless_part_waits_ten_seconds_after_the_last_answer() {
    let before = answered(part(key("a")), 3_000, 1_000_000);
    let asked =
        |key, now| decide(&proposal(key, partial(2_000), "p", now), std::slice::from_ref(&before), &[]).unwrap();
    let waits = |now| match asked(fresh("2"), now) {
        Admission::Refused(conflict) => {
            assert_eq!(conflict.kind, ConflictKind::TooSoon);
            conflict.retry_after
        }
        Admission::Admitted(_) => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(waits(1_000_000), Some(Duration::from_secs(10)));
    assert_eq!(waits(1_009_999), Some(Duration::from_millis(1)));
    assert_eq!(waits(1_010_000), None, "the page's ten seconds are over");
    // A clock that was set right by some seconds changes nothing, and never asks for more than ten.
    assert_eq!(waits(990_000), Some(Duration::from_secs(10)));
    assert_eq!(waits(989_999), None, "one that was set back by more must not hold a receipt");
    assert!(matches!(asked(key("b"), 1_000_000), Admission::Admitted(_)), "a key says that it is another refund");

    // What was refused after an answer was answered too, but moved nothing.
    let mut refused = with_state(part(key("a")), IntentState::Refused);
    refused.answered_at = Some(UnixMillis(1_000_000));
    admitted(&proposal(fresh("2"), partial(2_000), "p", 1_000_000), &[refused]);
}

#[test]
fn of_several_answers_the_latest_counts_for_the_ten_seconds() {
    let (late, early) = (answered(part(key("a")), 3_000, 1_000_000), answered(part(key("b")), 6_000, 500_000));
    let conflict = refused(&proposal(fresh("1"), partial(2_000), "p", 1_004_000), &[late, early]);
    assert_eq!(conflict.retry_after, Some(Duration::from_secs(6)));
}

/// Law 7: what the ledger says is held against the journal's latest answered totals. A cancelled total only grows, so the
/// largest is the latest, in whatever order the clock has put them.
#[test]
fn the_latest_answered_totals_are_the_largest_and_unknown_where_one_cancel_told_none() {
    let last =
        |of_receipt: &[Intent]| admitted(&proposal(key("z"), partial(1_000), "p", LEASE), of_receipt).last_answered;
    let (small, large) = (answered(part(key("a")), 3_000, 10), answered(part(key("b")), 6_000, 20));
    for order in [[&small, &large], [&large, &small]] {
        let totals = last(&order.map(Clone::clone)).unwrap();
        assert_eq!((totals.cancelled, totals.remaining), (Some(Won::new(6_000)), Some(Won::new(4_000))));
    }
    assert_eq!(last(&[]), None);
    assert_eq!(last(&[with_state(small.clone(), IntentState::AlreadyCancelled)]), None, "that one cancelled nothing");

    // Inferred, with totals; and answered, without.
    let (mut inferred, mut silent) = (large.clone(), large.clone());
    inferred.evidence = Some(Evidence::Inferred);
    silent.totals_after = Some(Totals::default());
    for untold in [inferred, silent] {
        assert_eq!(last(&[small.clone(), untold]), Some(Totals::default()));
    }
}
