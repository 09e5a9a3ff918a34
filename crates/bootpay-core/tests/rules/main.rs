//! The rules of admission and lifecycle, at the moments that are easiest to get wrong.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so and stops")]

mod admission;
mod identity;
mod lifecycle;

use bootpay_core::protocol::admission::decide;
use bootpay_core::protocol::lifecycle::apply;
use bootpay_core::protocol::machine::{Effect, Event, Plan, Start, State, step};
use bootpay_core::protocol::{Admission, Proposal};
use bootpay_core::{
    CancelAmount, CancelAnswer, CancelId, Cancellation, Change, Decision, Evidence, Intent, IntentKey, IntentState,
    MoneyIsBack, OwnerId, PartialAmount, ReceiptId, Recognised, RefusalKind, ServerRefusal, Settlement, UnixMillis,
    UnknownCause, UnreachableCause, Won,
};

fn rid() -> ReceiptId {
    ReceiptId::new("5df6e8034f74b4002177e0bb").unwrap()
}
fn partial(price: u64) -> CancelAmount {
    CancelAmount::Partial { price: PartialAmount::new(Won::new(price)).unwrap(), tax_free: None }
}
const FULL: CancelAmount = CancelAmount::Full { expected_remaining: None };
fn owner(name: &str) -> OwnerId {
    OwnerId(name.into())
}
fn proposal(key: IntentKey, amount: CancelAmount, by: &str, now: i64) -> Proposal {
    Proposal {
        environment: "e".into(),
        scope: "s".into(),
        receipt_id: rid(),
        key,
        amount,
        to_account: false,
        account_mark: None,
        bulk: None,
        owner: owner(by),
        now: UnixMillis(now),
        lease_until: UnixMillis(now + 180_000),
    }
}
fn admitted(p: &Proposal, of: &[Intent]) -> Intent {
    match decide(p, of, &[]).unwrap() {
        Admission::Admitted(i) => *i,
        other => panic!("{other:?}"),
    }
}
fn key(id: &str) -> IntentKey {
    IntentKey::Merchant(CancelId::new(id).unwrap())
}
fn sending(now: i64) -> Change {
    Change::Sending {
        totals_before: None,
        deadline: UnixMillis(now + 70_000),
        lease_until: UnixMillis(now + 100_000),
        body_mark: None,
    }
}
fn figures(remain: u64, cancelled: u64) -> Cancellation {
    serde_json::from_value(
        serde_json::json!({"receipt_id": rid().as_str(), "remain_price": remain, "cancelled_price": cancelled}),
    )
    .unwrap()
}
fn settlement(already: bool, evidence: Evidence, remain: u64, cancelled: u64) -> Change {
    Change::Settled(Box::new(Settlement {
        already,
        evidence,
        money_is_back: MoneyIsBack::Yes,
        cancellation: figures(remain, cancelled),
        mismatches: vec![],
        http_status: Some(200),
        message: None,
    }))
}
fn at(intent: &Intent, by: &str, change: Change, now: i64) -> Intent {
    apply(intent, &owner(by), &change, UnixMillis(now))
        .unwrap_or_else(|i| panic!("refused {change:?} at {:?}", i.state))
}

/// Between the lookup for "not cancelled" and its record, another process may have sent again (law 5's repeat).
/// The record must check the deadline itself.
#[test]
fn not_cancelled_is_refused_while_a_late_request_can_still_arrive() {
    let i = admitted(&proposal(key("a"), partial(3_000), "p1", 0), &[]);
    let i = at(&i, "p1", sending(1), 1);
    let i = at(
        &i,
        "p1",
        Change::Unknown { cause: UnknownCause::TimedOut, totals_after: None, http_status: None, code: None },
        2,
    );
    // Sent two milliseconds ago, with a deadline 70 s ahead: a decision about an earlier send comes in now.
    let change = Change::Resolved { decision: Decision::NotCancelled, actor: "kim".into(), totals_after: None };
    assert!(
        apply(&i, &owner("p2"), &change, UnixMillis(3)).is_err(),
        "law 7's settling time is not the journal's rule"
    );
}

/// The latest answered totals are those of the latest answer, whatever the wall clock said.
#[test]
fn a_wall_clock_set_back_does_not_make_an_older_answer_the_latest() {
    let a = admitted(&proposal(key("a"), partial(1_000), "p", 1_000_000), &[]);
    let a = at(
        &at(&a, "p", sending(1_000_000), 1_000_000),
        "p",
        settlement(false, Evidence::Answered, 9_000, 1_000),
        1_000_001,
    );
    let b = admitted(&proposal(key("b"), partial(2_000), "p", 0), std::slice::from_ref(&a));
    let b = at(&at(&b, "p", sending(0), 0), "p", settlement(false, Evidence::Answered, 7_000, 3_000), 1);
    let c = admitted(&proposal(key("c"), partial(2_000), "p", 2), &[a, b]);
    assert_eq!(c.last_answered.and_then(|t| t.cancelled), Some(Won::new(3_000)));
}

/// A late "already cancelled" does not turn our own cancel into somebody else's.
#[test]
fn already_cancelled_does_not_overwrite_cancelled() {
    let i = admitted(&proposal(IntentKey::Receipt, FULL, "p1", 0), &[]);
    let i = at(&i, "p1", sending(1), 1);
    let i = at(&i, "p2", Change::TakenOver { owner: owner("p2"), owner_is_gone: true }, 2);
    let i = at(&i, "p2", settlement(false, Evidence::Inferred, 0, 10_000), 3);
    assert_eq!(i.state, IntentState::Cancelled);
    let late = apply(&i, &owner("p1"), &settlement(true, Evidence::Answered, 0, 10_000), UnixMillis(4));
    assert!(late.is_err(), "{:?}", late.map(|i| i.state));
}

/// "At most two repetitions", "whatever the proof".
#[test]
fn a_401_counts_among_the_two_repetitions() {
    let plan = Plan {
        receipt_id: rid(),
        amount: FULL,
        to_account: false,
        id_is_ours: true,
        by_token: true,
        look_first: false,
        sole_canceller: false,
        honours_cancel_id: false,
        last_answered: None,
        start: Start::New,
    };
    let (mut s, mut e) = step(State::new(plan), Event::Begin);
    let mut sends = 0;
    for _ in 0..60 {
        let event = match &e {
            Effect::FetchToken | Effect::RefreshToken => Event::TokenReady,
            Effect::Record(_) => Event::Recorded,
            Effect::Pause(_) => Event::Paused { still_honoured: true },
            Effect::LookUp => Event::LookupFailed,
            Effect::Send => {
                sends += 1;
                if sends <= 2 {
                    Event::NotSent(UnreachableCause::Connect)
                } else {
                    Event::Answered(Box::new(CancelAnswer::Refused(Box::new(ServerRefusal {
                        http_status: 401,
                        code: Some("-1".into()),
                        message: String::new(),
                        pg_code: None,
                        pg_message: None,
                        pg_code_is_final: false,
                        kind: RefusalKind::Unauthorized,
                        recognised: Recognised::ByCode,
                        retry_after: None,
                    }))))
                }
            }
            Effect::Finish(_) => break,
        };
        (s, e) = step(s, event);
    }
    assert!(sends <= 3, "{sends} sends");
}

/// The keyless 10 s rule: a clock set back by an hour does not hold the receipt for an hour (the code's own comment).
#[test]
fn a_clock_set_back_does_not_hold_a_receipt_longer_than_ten_seconds() {
    let fresh = |n: &str| IntentKey::Fresh(n.into());
    let a = admitted(&proposal(fresh("1"), partial(1_000), "p", 3_600_000), &[]);
    let a = at(
        &at(&a, "p", sending(3_600_000), 3_600_000),
        "p",
        settlement(false, Evidence::Answered, 9_000, 1_000),
        3_600_001,
    );
    let now = 60_000; // an hour back, and a minute later
    let seen = decide(&proposal(fresh("2"), partial(2_000), "p", now), &[a], &[]).unwrap();
    assert!(matches!(seen, Admission::Admitted(_)), "{seen:?}");
}

fn run_full(answer: serde_json::Value, amount: CancelAmount) -> Effect {
    let plan = Plan {
        receipt_id: rid(),
        amount,
        to_account: false,
        id_is_ours: true,
        by_token: true,
        look_first: false,
        sole_canceller: false,
        honours_cancel_id: false,
        last_answered: None,
        start: Start::New,
    };
    let (s, _) = step(State::new(plan), Event::Begin);
    let (s, _) = step(s, Event::TokenReady);
    let (s, _) = step(s, Event::Recorded);
    let cancellation: Cancellation = serde_json::from_value(answer).unwrap();
    step(s, Event::Answered(Box::new(CancelAnswer::Accepted(Box::new(cancellation))))).1
}

/// The table: "our receipt, the asked amount, totals that add up". A v2 body that is just the paid receipt, without
/// any figure of a cancel, shows no movement.
#[test]
fn a_success_without_any_figure_of_a_cancel_is_not_cancelled() {
    let id = rid().as_str().to_owned();
    for answer in [
        serde_json::json!({"receipt_id": id}),
        serde_json::json!({"receipt_id": id, "price": 10_000, "status": 1}),
        serde_json::json!({"receipt_id": id, "price": 10_000, "status": 0}),
        serde_json::json!({"receipt_id": id, "price": 10_000, "status": -2}),
    ] {
        for amount in [FULL, partial(3_000)] {
            let effect = run_full(answer.clone(), amount);
            assert_eq!(effect, Effect::LookUp, "{answer} {amount:?}");
        }
    }
}

/// A click without a key fails, the same refund is asked for with the handle from the error, and somebody clicks again.
#[test]
fn a_keyless_partial_that_was_cancelled_by_its_handle_is_not_asked_for_again_without_a_key() {
    let day = 86_400_000;
    let first = proposal(IntentKey::Fresh("a".into()), partial(3_000), "x", 1_000);
    let mut failed = admitted(&first, &[]);
    failed.state = IntentState::NotSent;

    let by_handle = proposal(key(failed.cancel_id.as_str()), partial(3_000), "x", 2_000);
    let mut cancelled = admitted(&by_handle, std::slice::from_ref(&failed));
    cancelled.state = IntentState::Cancelled;

    let of_receipt = [failed, cancelled];
    let again = proposal(IntentKey::Fresh("b".into()), partial(3_000), "x", day);
    match decide(&again, &of_receipt, &[]).unwrap() {
        Admission::Refused(conflict) => assert_eq!(conflict.kind, bootpay_core::ConflictKind::RepeatedPartial),
        other => panic!("{other:?}"),
    }
    let another = proposal(IntentKey::Fresh("c".into()), partial(2_000), "x", day);
    assert_eq!(admitted(&another, &of_receipt).generation, 1, "another amount is another refund");
}

/// A click without a key fails, another one makes the refund, and then the first one's handle is used.
#[test]
fn the_handle_of_a_keyless_partial_is_not_carried_out_once_another_click_has_made_the_refund() {
    let first = proposal(IntentKey::Fresh("a".into()), partial(3_000), "x", 1_000);
    let mut failed = admitted(&first, &[]);
    failed.state = IntentState::NotSent;
    let second = proposal(IntentKey::Fresh("b".into()), partial(3_000), "x", 2_000);
    let mut cancelled = admitted(&second, std::slice::from_ref(&failed));
    cancelled.state = IntentState::Cancelled;

    let handle = failed.cancel_id.clone();
    let of_receipt = [failed, cancelled];
    let again = proposal(key(handle.as_str()), partial(3_000), "x", 3_000);
    match decide(&again, &of_receipt, &[]).unwrap() {
        Admission::Refused(conflict) => {
            assert_eq!(conflict.kind, bootpay_core::ConflictKind::RepeatedPartial);
            assert_eq!(conflict.intent.cancel_id, of_receipt[1].cancel_id, "it names the one that was made");
        }
        other => panic!("{other:?}"),
    }
    // A key of the merchant's own is another refund, and so is another amount.
    assert_eq!(admitted(&proposal(key("order-1/b"), partial(3_000), "x", 3_000), &of_receipt).generation, 1);
    let less = proposal(key(handle.as_str()), partial(2_000), "x", 3_000);
    assert!(matches!(decide(&less, &of_receipt, &[]).unwrap(), Admission::Admitted(_)));
}
