//! What may happen to an intent: the compare-and-set behind law 5, kept across owners by a journal.

use crate::cancel::{Evidence, MoneyIsBack, UnknownCause};
use crate::error::JournalError;
use crate::intent::{Change, Closing, Decision, IntentId, IntentState, Progress};
use crate::journal::Journal;

use super::fixtures::*;

super::against_every_journal!(
    taking_over_what_was_reserved_closes_it_as_not_sent_and_the_stalled_owner_may_not_send,
    taking_over_what_was_sent_makes_it_unknown_and_a_late_answer_still_settles,
    sending_after_the_lease_ran_out_is_lost,
    nothing_is_taken_over_from_a_live_owner,
    what_a_dead_owner_left_needs_no_lease_to_run_out,
    a_stranger_neither_sends_nor_closes_nor_infers,
    a_try_that_never_arrived_may_be_repeated,
    the_totals_before_the_first_try_are_kept,
    an_unknown_intent_is_claimed_by_one_at_a_time,
    a_repetition_that_never_arrived_leaves_the_intent_unknown,
    a_refused_repetition_closes_nothing,
    a_lookup_settles_what_is_unknown,
    an_answer_is_never_overwritten,
    an_answer_corrects_a_persons_decision,
    a_person_decides_only_what_is_open,
    a_change_that_is_lost_leaves_no_trace,
    an_intent_that_is_not_there_is_named,
);

async fn taking_over_what_was_reserved_closes_it_as_not_sent_and_the_stalled_owner_may_not_send(journal: &dyn Journal) {
    let intent = admitted(journal, full()).await;
    let closed = done(journal, &intent, &other(), LEASE_SECONDS, taken_over(false)).await;
    assert_eq!((closed.state, &closed.owner), (IntentState::NotSent, &other()));
    assert_eq!(lost(journal, &intent, &me(), LEASE_SECONDS + 1, sending(LEASE_SECONDS + 1)).await, closed);
    let next = admitted(journal, later(LEASE_SECONDS + 2, full())).await;
    assert_eq!(next.generation, 2, "the receipt is free again");
}

async fn taking_over_what_was_sent_makes_it_unknown_and_a_late_answer_still_settles(journal: &dyn Journal) {
    let intent = admitted(journal, full()).await;
    done(journal, &intent, &me(), 1, sending(1)).await;
    let unknown = done(journal, &intent, &other(), 1 + LEASE_SECONDS, taken_over(false)).await;
    assert_eq!((unknown.state, unknown.unknown_cause), (IntentState::Unknown, Some(UnknownCause::Interrupted)));
    assert_eq!(unknown.attempts[0].progress, Progress::Unproven);
    assert_eq!(lost(journal, &intent, &me(), 100, sending(100)).await, unknown, "it is never sent again");

    let settled = done(journal, &intent, &me(), 101, settled(Evidence::Answered, 10_000)).await;
    assert_eq!((settled.state, settled.evidence), (IntentState::Cancelled, Some(Evidence::Answered)));
    assert_eq!((settled.answered_at, settled.unknown_cause), (Some(at(101)), None));
    assert_eq!(settled.totals_after, Some(totals(10_000, 10_000)));
}

async fn sending_after_the_lease_ran_out_is_lost(journal: &dyn Journal) {
    let intent = admitted(journal, full()).await;
    assert_eq!(lost(journal, &intent, &me(), LEASE_SECONDS, sending(LEASE_SECONDS)).await, intent);
    let sent = done(journal, &intent, &me(), LEASE_SECONDS - 1, sending(LEASE_SECONDS - 1)).await;
    assert_eq!(sent.state, IntentState::Sending);
    assert_eq!(sent.deadline, Some(at(LEASE_SECONDS - 1 + 60)));
}

async fn nothing_is_taken_over_from_a_live_owner(journal: &dyn Journal) {
    let intent = admitted(journal, full()).await;
    lost(journal, &intent, &other(), LEASE_SECONDS - 1, taken_over(false)).await;
    done(journal, &intent, &me(), 60, sending(60)).await;
    lost(journal, &intent, &other(), LEASE_SECONDS, taken_over(false)).await;
}

async fn what_a_dead_owner_left_needs_no_lease_to_run_out(journal: &dyn Journal) {
    let intent = admitted(journal, full()).await;
    done(journal, &intent, &me(), 1, sending(1)).await;
    assert_eq!(done(journal, &intent, &other(), 2, taken_over(true)).await.state, IntentState::Unknown);
}

async fn a_stranger_neither_sends_nor_closes_nor_infers(journal: &dyn Journal) {
    let intent = admitted(journal, full()).await;
    lost(journal, &intent, &other(), 1, sending(1)).await;
    lost(journal, &intent, &other(), 1, Change::Closed(Closing::NotSent)).await;
    let sent = done(journal, &intent, &me(), 1, sending(1)).await;
    for change in [refusal(), unknown(), settled(Evidence::Inferred, 10_000), Change::Returned { lease_until: at(9) }] {
        assert_eq!(lost(journal, &intent, &other(), 2, change).await, sent);
    }
}

async fn a_try_that_never_arrived_may_be_repeated(journal: &dyn Journal) {
    let intent = admitted(journal, full()).await;
    done(journal, &intent, &me(), 1, sending(1)).await;
    let returned = done(journal, &intent, &me(), 2, Change::Returned { lease_until: at(100) }).await;
    assert_eq!((returned.state, returned.lease_until), (IntentState::Reserved, at(100)));
    done(journal, &intent, &me(), 3, sending(3)).await;
    let refused = done(journal, &intent, &me(), 4, refusal()).await;
    let tries: Vec<_> = refused.attempts.iter().map(|one| (one.started_at, one.progress, one.http_status)).collect();
    assert_eq!(tries, [(at(1), Progress::NotSent, None), (at(3), Progress::Answered, Some(400))]);
    assert_eq!(refused.attempts[1].code.as_deref(), Some("-2100"));
    assert_eq!(refused.refusal.unwrap().message, "취소할 수 없습니다", "word for word");
}

async fn the_totals_before_the_first_try_are_kept(journal: &dyn Journal) {
    let intent = admitted(journal, full()).await;
    done(journal, &intent, &me(), 1, sending(1)).await;
    done(journal, &intent, &me(), 2, Change::Returned { lease_until: at(100) }).await;
    let change = Change::Sending {
        totals_before: Some(totals(10_000, 4_000)),
        deadline: at(63),
        lease_until: at(100),
        body_mark: None,
    };
    assert_eq!(done(journal, &intent, &me(), 3, change).await.totals_before, Some(totals(10_000, 0)));
}

async fn an_unknown_intent_is_claimed_by_one_at_a_time(journal: &dyn Journal) {
    let intent = unanswered(journal, full()).await;
    let claim = |owner, seconds| Change::Claimed { owner, lease_until: at(seconds) };
    lost(journal, &intent, &other(), LEASE_SECONDS - 1, claim(other(), 500)).await;
    let claimed = done(journal, &intent, &other(), LEASE_SECONDS, claim(other(), 500)).await;
    assert_eq!((claimed.state, &claimed.owner), (IntentState::Unknown, &other()));
    lost(journal, &intent, &me(), 499, claim(me(), 900)).await;
    done(journal, &intent, &me(), 500, claim(me(), 900)).await;
}

async fn a_repetition_that_never_arrived_leaves_the_intent_unknown(journal: &dyn Journal) {
    let intent = unanswered(journal, full()).await;
    done(journal, &intent, &other(), 100, Change::Claimed { owner: other(), lease_until: at(200) }).await;
    done(journal, &intent, &other(), 101, sending(101)).await;
    let returned = done(journal, &intent, &other(), 102, Change::Returned { lease_until: at(200) }).await;
    assert_eq!(returned.state, IntentState::Unknown, "the first try may have arrived");
    lost(journal, &intent, &me(), 300, taken_over(false)).await;
    assert_eq!(existing(journal, later(YEAR_SECONDS, full())).await, returned, "no new generation");
}

async fn a_refused_repetition_closes_nothing(journal: &dyn Journal) {
    let intent = unanswered(journal, full()).await;
    done(journal, &intent, &other(), 100, Change::Claimed { owner: other(), lease_until: at(200) }).await;
    let sent = done(journal, &intent, &other(), 101, sending(101)).await;
    for change in [refusal(), Change::Closed(Closing::NotSent)] {
        assert_eq!(lost(journal, &intent, &other(), 102, change).await, sent);
    }
}

async fn a_lookup_settles_what_is_unknown(journal: &dyn Journal) {
    let intent = unanswered(journal, full()).await;
    let settled = done(journal, &intent, &other(), 600, settled(Evidence::Inferred, 10_000)).await;
    assert_eq!((settled.state, settled.evidence), (IntentState::Cancelled, Some(Evidence::Inferred)));
    assert_eq!(settled.answered_at, None, "nobody answered");
}

async fn an_answer_is_never_overwritten(journal: &dyn Journal) {
    let intent = answered(journal, full(), 2, 10_000).await;
    for change in [settled(Evidence::Answered, 3_000), settled(Evidence::Inferred, 3_000), unknown(), refusal()] {
        assert_eq!(lost(journal, &intent, &me(), 3, change).await, intent);
    }
}

async fn an_answer_corrects_a_persons_decision(journal: &dyn Journal) {
    let intent = unanswered(journal, full()).await;
    let decided = done(journal, &intent, &other(), 3600, resolved(Decision::NotCancelled)).await;
    assert_eq!((decided.state, decided.evidence), (IntentState::NotCancelled, Some(Evidence::Declared)));
    let settled = done(journal, &intent, &me(), 3700, settled(Evidence::Answered, 10_000)).await;
    assert_eq!((settled.state, settled.money_is_back), (IntentState::Cancelled, Some(MoneyIsBack::Yes)));
}

async fn a_person_decides_only_what_is_open(journal: &dyn Journal) {
    let intent = admitted(journal, full()).await;
    for decision in [Decision::Cancelled, Decision::NotCancelled] {
        lost(journal, &intent, &other(), 1, resolved(decision)).await;
    }
    done(journal, &intent, &me(), 1, sending(1)).await;
    done(journal, &intent, &me(), 2, settled(Evidence::Answered, 10_000)).await;
    for decision in [Decision::Cancelled, Decision::NotCancelled] {
        lost(journal, &intent, &other(), 3, resolved(decision)).await;
    }
}

async fn a_change_that_is_lost_leaves_no_trace(journal: &dyn Journal) {
    let intent = admitted(journal, full()).await;
    lost(journal, &intent, &other(), 50, sending(50)).await;
    assert_eq!(in_flight(journal, later(51, full())).await, intent);
}

async fn an_intent_that_is_not_there_is_named(journal: &dyn Journal) {
    let change = journal.change(&IntentId("nowhere".into()), &me(), unknown(), START).await;
    assert_eq!(change, Err(JournalError::NoSuchIntent("nowhere".into())));
}
