//! What may happen to an intent, in every state, by whoever comes, before and after its lease has run out.

use bootpay_core::protocol::lifecycle::{apply, may_be_denied_from};
use bootpay_core::{
    Cancellation, Change, Closing, Decision, Evidence, Intent, IntentState, Mismatch, MoneyIsBack, Progress,
    RefusalNote, Settlement, Totals, UnixMillis, UnknownCause, Won,
};

use super::{admitted, at, figures, key, owner, partial, proposal, sending, settlement};

const LEASE: i64 = 1_000_000;
const DEADLINE: i64 = 70_000;
/// Fifteen minutes: law 7's settling time.
const SETTLED: i64 = DEADLINE + 900_000;

/// An intent of `p`'s in this state, whose one request was to leave by the deadline.
fn intent(state: IntentState) -> Intent {
    let mut intent = admitted(&proposal(key("a"), partial(3_000), "p", 0), &[]);
    intent.state = state;
    intent.lease_until = UnixMillis(LEASE);
    intent.deadline = Some(UnixMillis(DEADLINE));
    intent
}

/// Who may make a change: `O` the owner in time, `o` the owner once its lease has run out, `S` and `s` a stranger.
fn who_may(intent: &Intent, change: &Change) -> String {
    let cases = [('O', "p", LEASE - 1), ('o', "p", LEASE), ('S', "q", LEASE - 1), ('s', "q", LEASE)];
    let may = |by, now| match apply(intent, &owner(by), change, UnixMillis(now)) {
        Ok(next) => {
            assert_eq!(next.updated_at, UnixMillis(now));
            true
        }
        Err(as_it_is) => {
            assert_eq!(*as_it_is, *intent, "a change that is lost leaves no trace");
            false
        }
    };
    cases.into_iter().filter(|(_, by, now)| may(by, *now)).map(|(name, ..)| name).collect()
}

fn taken_over(owner_is_gone: bool) -> Change {
    Change::TakenOver { owner: owner("q"), owner_is_gone }
}

fn unknown(http_status: Option<u16>) -> Change {
    Change::Unknown { cause: UnknownCause::TimedOut, totals_after: None, http_status, code: None }
}

fn resolved(decision: Decision) -> Change {
    Change::Resolved { decision, actor: "kim".into(), totals_after: None }
}

fn refused(http_status: Option<u16>) -> Change {
    let note = RefusalNote { kind: "settlement".into(), code: Some("-90502".into()), message: "no".into() };
    Change::Closed(Closing::Refused { note, http_status })
}

const EVERYBODY: &str = "OoSs";
const NOBODY: &str = "";

/// The table: for each change, the states in which it may be made, and by whom; in every other state by nobody.
#[test]
fn each_change_is_made_only_in_its_states_and_by_whom_it_belongs_to() {
    use IntentState::*;
    let table: [(Change, &[(IntentState, &str)]); 13] = [
        // A lease that ran out is a right lost.
        (sending(0), &[(Reserved, "O"), (Sending, "O"), (Unknown, "O")]),
        (Change::Returned { lease_until: UnixMillis(0) }, &[(Sending, "Oo")]),
        (Change::Closed(Closing::NotSent), &[(Reserved, "Oo"), (Sending, "Oo")]),
        (refused(Some(400)), &[(Reserved, "Oo"), (Sending, "Oo")]),
        (unknown(None), &[(Sending, "Oo"), (Unknown, EVERYBODY)]),
        // Proof is welcome from anybody at any time, but for an intent of which no byte has left.
        (
            settlement(false, Evidence::Answered, 0, 10_000),
            &[
                (Sending, EVERYBODY),
                (Unknown, EVERYBODY),
                (Cancelled, EVERYBODY),
                (AlreadyCancelled, EVERYBODY),
                (Refused, EVERYBODY),
                (NotSent, EVERYBODY),
                (NotCancelled, EVERYBODY),
            ],
        ),
        // Our own cancel is not undone by hearing that the payment is cancelled.
        (
            settlement(true, Evidence::Answered, 0, 10_000),
            &[
                (Sending, EVERYBODY),
                (Unknown, EVERYBODY),
                (AlreadyCancelled, EVERYBODY),
                (Refused, EVERYBODY),
                (NotSent, EVERYBODY),
                (NotCancelled, EVERYBODY),
            ],
        ),
        (settlement(false, Evidence::Inferred, 0, 10_000), &[(Sending, "Oo"), (Unknown, EVERYBODY)]),
        (taken_over(false), &[(Reserved, "os"), (Sending, "os")]),
        (taken_over(true), &[(Reserved, EVERYBODY), (Sending, EVERYBODY)]),
        (Change::Claimed { owner: owner("q"), lease_until: UnixMillis(0) }, &[(Unknown, "Oos")]),
        (resolved(Decision::Cancelled), &[(Unknown, EVERYBODY)]),
        (resolved(Decision::NotCancelled), &[(Unknown, "Oos"), (AlreadyCancelled, EVERYBODY)]),
    ];
    for (change, allowed) in &table {
        for state in IntentState::ALL {
            let expected = allowed.iter().find(|(one, _)| *one == state).map_or(NOBODY, |(_, who)| who);
            assert_eq!(who_may(&intent(state), change), expected, "{change:?} of what is {state:?}");
        }
    }
}

#[test]
fn an_answer_is_never_overwritten_by_another() {
    for (state, evidence, expected) in [
        (IntentState::Cancelled, Evidence::Answered, NOBODY),
        (IntentState::Cancelled, Evidence::Inferred, EVERYBODY),
        (IntentState::Cancelled, Evidence::Declared, EVERYBODY),
        // It had been cancelled before, by somebody else; then our own answer came.
        (IntentState::AlreadyCancelled, Evidence::Answered, EVERYBODY),
    ] {
        let mut intent = intent(state);
        intent.evidence = Some(evidence);
        assert_eq!(who_may(&intent, &settlement(false, Evidence::Answered, 0, 10_000)), expected, "{evidence:?}");
    }
}

#[test]
fn nothing_closes_an_intent_of_which_an_earlier_try_may_have_arrived() {
    for (progress, expected) in [(Progress::Unproven, NOBODY), (Progress::NotSent, "Oo"), (Progress::Answered, "Oo")] {
        let mut once = at(&intent(IntentState::Reserved), "p", sending(1), 1);
        once.attempts[0].progress = progress;
        once.lease_until = UnixMillis(LEASE);
        for change in [Change::Closed(Closing::NotSent), refused(Some(400))] {
            assert_eq!(who_may(&once, &change), expected, "{progress:?}");
        }
        // And a repetition that never arrived leaves it as open as it was.
        let back = at(&once, "p", Change::Returned { lease_until: UnixMillis(5) }, 2);
        let open = progress == Progress::Unproven;
        assert_eq!(back.state, if open { IntentState::Unknown } else { IntentState::Reserved });
        assert_eq!(back.lease_until, UnixMillis(5));
    }
}

#[test]
fn a_person_denies_only_once_a_late_request_can_no_longer_arrive() {
    let mut open = intent(IntentState::Unknown);
    let denies =
        |open: &Intent, now| apply(open, &owner("p"), &resolved(Decision::NotCancelled), UnixMillis(now)).is_ok();
    assert_eq!(may_be_denied_from(&open), UnixMillis(SETTLED));
    assert!(!denies(&open, SETTLED - 1));
    assert!(denies(&open, SETTLED));
    // Without a deadline, from its last change on.
    (open.deadline, open.updated_at) = (None, UnixMillis(500_000));
    assert_eq!(may_be_denied_from(&open), UnixMillis(500_000 + 900_000));
    // It had been cancelled before and moved nothing itself: that can be said at any time.
    assert!(denies(&intent(IntentState::AlreadyCancelled), 0));
}

#[test]
fn a_persons_word_settles_what_is_unknown_and_only_lifts_the_hold_of_what_was_answered() {
    let mut open = intent(IntentState::Unknown);
    open.unknown_cause = Some(UnknownCause::TimedOut);
    let decided = at(&open, "q", resolved(Decision::Cancelled), 1);
    assert_eq!((decided.state, decided.unknown_cause), (IntentState::Cancelled, None));
    assert_eq!((decided.evidence, decided.money_is_back), (Some(Evidence::Declared), Some(MoneyIsBack::Unconfirmed)));
    assert_eq!(decided.decided_by.as_deref(), Some("kim"));
    let denied = at(&open, "p", resolved(Decision::NotCancelled), SETTLED);
    assert_eq!((denied.state, denied.unknown_cause), (IntentState::NotCancelled, None));
    assert_eq!(denied.evidence, Some(Evidence::Declared));

    let mut held = intent(IntentState::Cancelled);
    (held.held, held.evidence, held.money_is_back) = (true, Some(Evidence::Answered), Some(MoneyIsBack::Yes));
    assert_eq!(who_may(&held, &resolved(Decision::Cancelled)), EVERYBODY);
    assert_eq!(who_may(&held, &resolved(Decision::NotCancelled)), NOBODY);
    let lifted = at(&held, "q", resolved(Decision::Cancelled), 1);
    assert!(!lifted.held);
    assert_eq!((lifted.evidence, lifted.money_is_back), (Some(Evidence::Answered), Some(MoneyIsBack::Yes)));
    // A mark that outlived the doubt is no reason to call something else cancelled.
    for state in [IntentState::Refused, IntentState::NotSent, IntentState::AlreadyCancelled] {
        let mut other = intent(state);
        other.held = true;
        assert_eq!(who_may(&other, &resolved(Decision::Cancelled)), NOBODY, "{state:?}");
    }
}

#[test]
fn every_request_is_an_attempt_of_its_own_and_only_the_open_one_is_closed() {
    let before = Totals { price: Some(Won::new(10_000)), ..Totals::default() };
    let send = |before, now: i64| Change::Sending {
        totals_before: before,
        deadline: UnixMillis(now + 1),
        lease_until: UnixMillis(now + 1_000),
        body_mark: Some(format!("mark {now}")),
    };
    let once = at(&intent(IntentState::Reserved), "p", send(Some(before), 1), 1);
    assert_eq!(
        (once.state, once.deadline, once.lease_until),
        (IntentState::Sending, Some(UnixMillis(2)), UnixMillis(1_001))
    );
    assert_eq!((once.totals_before, once.attempts.len()), (Some(before), 1));
    let attempt = &once.attempts[0];
    assert_eq!((attempt.progress, attempt.started_at), (Progress::Sending, UnixMillis(1)));
    assert_eq!(attempt.body_mark.as_deref(), Some("mark 1"));

    // Sent again without a word about the first: nobody knows whether that one arrived. What the ledger said before the
    // first stands.
    let other = Totals { price: Some(Won::new(1)), ..Totals::default() };
    let twice = at(&once, "p", send(Some(other), 3), 3);
    let progress: Vec<_> = twice.attempts.iter().map(|attempt| attempt.progress).collect();
    assert_eq!((progress, twice.totals_before), (vec![Progress::Unproven, Progress::Sending], Some(before)));

    let known = Change::Unknown {
        cause: UnknownCause::Unproven,
        totals_after: Some(other),
        http_status: Some(502),
        code: Some("x".into()),
    };
    let open = at(&twice, "p", known, 4);
    assert_eq!((open.state, open.unknown_cause), (IntentState::Unknown, Some(UnknownCause::Unproven)));
    assert_eq!(open.totals_after, Some(other));
    assert_eq!((open.attempts[0].http_status, open.attempts[0].code.as_deref()), (None, None));
    assert_eq!((open.attempts[1].progress, open.attempts[1].http_status), (Progress::Unproven, Some(502)));
    assert_eq!(open.attempts[1].code.as_deref(), Some("x"));

    // A later lookup adds to the evidence, and nothing to a try that has ended.
    let later = at(&open, "q", unknown(Some(200)), 5);
    assert_eq!((later.attempts[1].http_status, later.totals_after), (Some(502), Some(other)));
}

#[test]
fn a_refusal_by_an_answer_is_an_answer_and_one_by_the_ledger_is_none() {
    let sent = at(&intent(IntentState::Reserved), "p", sending(1), 1);
    let answered = at(&sent, "p", refused(Some(400)), 7);
    assert_eq!((answered.state, answered.answered_at), (IntentState::Refused, Some(UnixMillis(7))));
    assert_eq!(answered.refusal.as_ref().map(|note| note.kind.as_str()), Some("settlement"));
    let attempt = &answered.attempts[0];
    assert_eq!((attempt.progress, attempt.http_status), (Progress::Answered, Some(400)));
    assert_eq!(attempt.code.as_deref(), Some("-90502"));
    assert_eq!(at(&sent, "p", refused(None), 7).answered_at, None);

    let never = at(&sent, "p", Change::Closed(Closing::NotSent), 7);
    assert_eq!((never.state, never.attempts[0].progress), (IntentState::NotSent, Progress::NotSent));
    assert_eq!(never.answered_at, None);
}

#[test]
fn a_settlement_is_kept_whole_but_for_members_that_nobody_knows() {
    let mut sent = at(&intent(IntentState::Reserved), "p", sending(1), 1);
    sent.unknown_cause = Some(UnknownCause::TimedOut);
    let mut told: Cancellation = figures(7_000, 3_000);
    told.extra.0.insert("vbank_data".into(), serde_json::json!({"account": "canary"}));
    let mismatch = Mismatch { field: "remain_price".into(), expected: Won::ZERO, answered: Won::new(7_000) };
    let settle = |already, evidence, mismatches: &[Mismatch]| {
        let settlement = Settlement {
            already,
            evidence,
            money_is_back: MoneyIsBack::AcceptedForTransfer,
            cancellation: told.clone(),
            mismatches: mismatches.to_vec(),
            http_status: Some(200),
            message: already.then(|| "기취소된 건입니다".to_owned()),
        };
        at(&sent, "p", Change::Settled(Box::new(settlement)), 7)
    };
    let done = settle(false, Evidence::Answered, &[]);
    assert_eq!((done.state, done.unknown_cause, done.held), (IntentState::Cancelled, None, false));
    assert_eq!((done.evidence, done.answered_at), (Some(Evidence::Answered), Some(UnixMillis(7))));
    assert_eq!(done.money_is_back, Some(MoneyIsBack::AcceptedForTransfer));
    assert_eq!(done.totals_after, Some(told.totals()));
    assert_eq!(done.cancellation, Some(figures(7_000, 3_000)));
    assert_eq!((done.attempts[0].progress, done.attempts[0].http_status), (Progress::Answered, Some(200)));
    assert_eq!(done.refusal, None);

    let held = settle(false, Evidence::Answered, std::slice::from_ref(&mismatch));
    assert_eq!((held.held, held.mismatches), (true, vec![mismatch]));
    assert_eq!(settle(false, Evidence::Inferred, &[]).answered_at, None, "nobody answered");

    let already = settle(true, Evidence::Answered, &[]);
    assert_eq!(already.state, IntentState::AlreadyCancelled);
    let note = already.refusal.unwrap();
    assert_eq!((note.kind.as_str(), note.message.as_str()), ("already_cancelled", "기취소된 건입니다"));
}

#[test]
fn taking_over_closes_what_was_reserved_and_opens_what_was_sent() {
    let reserved = at(&intent(IntentState::Reserved), "q", taken_over(true), 2);
    assert_eq!((reserved.state, reserved.owner), (IntentState::NotSent, owner("q")));
    let sent = at(&at(&intent(IntentState::Reserved), "p", sending(1), 1), "q", taken_over(true), 2);
    assert_eq!((sent.state, sent.unknown_cause), (IntentState::Unknown, Some(UnknownCause::Interrupted)));
    assert_eq!((sent.attempts[0].progress, &sent.owner), (Progress::Unproven, &owner("q")));
    let claimed = Change::Claimed { owner: owner("r"), lease_until: UnixMillis(9) };
    let claimed = at(&sent, "q", claimed, LEASE);
    assert_eq!((claimed.owner, claimed.lease_until), (owner("r"), UnixMillis(9)));
}

#[test]
fn an_intent_that_was_repeated_twice_is_claimed_by_nobody() {
    let claimed = Change::Claimed { owner: owner("q"), lease_until: UnixMillis(9) };
    for (tries, allowed) in [(1, true), (2, true), (3, false), (4, false)] {
        let mut unknown = intent(IntentState::Unknown);
        let sent = at(&at(&intent(IntentState::Reserved), "p", sending(1), 1), "q", taken_over(true), 2);
        unknown.attempts = vec![sent.attempts[0].clone(); tries];
        assert_eq!(apply(&unknown, &owner("q"), &claimed, UnixMillis(LEASE)).is_ok(), allowed, "{tries} tries");
    }
}
