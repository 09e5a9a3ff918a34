//! Repetitions, under the declaration that the server honours `cancel_id`.

use super::run::*;

#[test]
fn the_last_repetition_of_an_intent_is_the_last_whoever_calls() {
    let start = Start::Repeat { before: Some(totals(10_000, 0)), settled_down: true, nth: 2 };
    let run = sent(Plan { start, honours_cancel_id: true, ..plan(partial(3_000)) }, totals(10_000, 0));
    let run = run.feed(Event::NoAnswer(UnknownCause::TimedOut));
    assert_eq!((run.sends, &run.effect), (1, &Effect::LookUp));
}

#[test]
fn an_unknown_is_repeated_only_where_the_server_is_declared_to_honour_ids_and_at_most_twice() {
    let run = sent(plan(partial(3_000)), totals(10_000, 0)).feed(Event::NoAnswer(UnknownCause::TimedOut));
    assert_eq!(run.effect, Effect::LookUp);

    let mut run = sent(Plan { honours_cancel_id: true, ..plan(partial(3_000)) }, totals(10_000, 0));
    for nth in 1..=2 {
        run = run.feed(Event::NoAnswer(UnknownCause::TimedOut));
        assert_eq!(run.effect, Effect::Pause(nth));
        run = run.sent(totals(10_000, 0));
    }
    let run = run.feed(Event::NoAnswer(UnknownCause::TimedOut));
    assert_eq!(run.sends, 3);
    assert_eq!(run.effect, Effect::LookUp);
}

#[test]
fn a_repeat_that_is_not_sent_leaves_the_first_try_as_open_as_it_was() {
    let run = second_try(partial(3_000)).feed(Event::NotSent(UnreachableCause::Connect));
    assert_eq!(unknown(run.looked_up(totals(10_000, 0)).end()), UnknownCause::TimedOut);
}

#[test]
fn an_id_that_the_server_remembers_took_effect_once_nothing_can_be_under_way() {
    let duplicate = || refused(refusal(400, RefusalKind::DuplicateCancelId, Recognised::ByText));
    let ends = |settled_down, honours_cancel_id| {
        let start = Start::Repeat { before: Some(totals(10_000, 0)), settled_down, nth: 1 };
        let plan = Plan { start, honours_cancel_id, ..plan(partial(3_000)) };
        sent(plan, totals(10_000, 0)).feed(duplicate()).looked_up(totals(10_000, 3_000)).end()
    };
    assert_eq!(settled(ends(true, true)), (false, Evidence::Inferred, MoneyIsBack::Yes, 0));
    unknown(ends(false, true));
    unknown(ends(true, false));
}

#[test]
fn a_duplicate_of_a_later_repetition_may_be_the_earlier_ones() {
    let start = Start::Repeat { before: Some(totals(10_000, 0)), settled_down: true, nth: 1 };
    let run = sent(Plan { start, honours_cancel_id: true, ..plan(partial(3_000)) }, totals(10_000, 0));
    let run = run.feed(Event::NoAnswer(UnknownCause::TimedOut)).sent(totals(10_000, 0));
    let run = run.feed(refused(refusal(400, RefusalKind::DuplicateCancelId, Recognised::ByText)));
    assert_eq!(unknown(run.looked_up(totals(10_000, 3_000)).end()), UnknownCause::IdSeenBefore);
}

#[test]
fn an_id_that_took_effect_shows_on_the_receipt_itself() {
    let start = Start::Repeat { before: Some(totals(10_000, 0)), settled_down: true, nth: 1 };
    let run = sent(Plan { start, honours_cancel_id: true, ..plan(partial(3_000)) }, totals(10_000, 0));
    let run = run.feed(refused(refusal(400, RefusalKind::DuplicateCancelId, Recognised::ByText)));
    assert_eq!(unknown(run.looked_up(totals(10_000, 0)).end()), UnknownCause::IdSeenBefore);
}

#[test]
fn a_merchants_id_that_was_seen_before_may_be_a_proxys_repetition_where_the_server_is_declared_to_honour_ids() {
    let ends = |honours_cancel_id| {
        let run = sent(Plan { id_is_ours: false, honours_cancel_id, ..plan(partial(3_000)) }, totals(10_000, 0));
        run.feed(refused(refusal(400, RefusalKind::DuplicateCancelId, Recognised::ByText)))
    };
    assert_eq!(unknown(ends(true).looked_up(totals(10_000, 3_000)).end()), UnknownCause::IdSeenBefore);
    assert!(matches!(failed(ends(false).end()), Failure::Refused { .. }), "without the declaration no proxy repeats");
}

#[test]
fn what_the_server_may_have_forgotten_is_looked_up_and_not_sent_again() {
    let declared = || Plan { honours_cancel_id: true, ..plan(partial(3_000)) };
    let doubted = || sent(declared(), totals(10_000, 0)).feed(Event::NoAnswer(UnknownCause::Disconnected));
    // The retention runs out during the pause, or while a token is fetched.
    let paused = doubted().feed(Event::Paused { still_honoured: false });
    let fetched = doubted().feed(Event::Paused { still_honoured: true }).feed(Event::TooLate);
    for run in [paused, fetched] {
        assert_eq!((run.sends, &run.effect), (1, &Effect::LookUp));
        assert_eq!(unknown(run.looked_up(totals(10_000, 3_000)).end()), UnknownCause::Disconnected);
    }
    // What provably never arrived needs no memory of the server's.
    let run = sent(plan(FULL), totals(10_000, 0)).feed(Event::NotSent(UnreachableCause::Connect)).feed(Event::Recorded);
    assert_eq!(run.effect, Effect::Pause(1));
    assert_eq!(run.feed(Event::Paused { still_honoured: false }).effect, Effect::FetchToken);
}

#[test]
fn a_401_is_the_first_of_the_two_repetitions() {
    let unauthorized = refused(refusal(401, RefusalKind::Unauthorized, Recognised::ByCode));
    let run = sent(plan(FULL), totals(10_000, 0)).feed(unauthorized).sent(totals(10_000, 0));
    let run = run.feed(Event::NotSent(UnreachableCause::Connect)).feed(Event::Recorded);
    assert_eq!(run.effect, Effect::Pause(2));
    let run = run.sent(totals(10_000, 0)).feed(Event::NotSent(UnreachableCause::Connect));
    assert_eq!((run.sends, &run.effect), (3, &Effect::Record(Record::NotSent)));
    assert_eq!(failed(run.end()), Failure::NotSent);
}

#[test]
fn only_an_id_that_was_refused_as_seen_took_effect() {
    let start = Start::Repeat { before: Some(totals(10_000, 0)), settled_down: true, nth: 2 };
    let declared = || Plan { start: start.clone(), honours_cancel_id: true, ..plan(partial(3_000)) };
    for (event, cause) in [
        (Event::NoAnswer(UnknownCause::TimedOut), UnknownCause::TimedOut),
        (refused(refusal(404, RefusalKind::NotFound, Recognised::ByCode)), UnknownCause::RefusedAfterATry),
    ] {
        let run = sent(declared(), totals(10_000, 0)).feed(event);
        assert_eq!(unknown(run.looked_up(totals(10_000, 3_000)).end()), cause);
    }
}

#[test]
fn a_repetition_that_the_journal_does_not_take_is_not_sent_and_leaves_the_first_try_unknown() {
    let start = Start::Repeat { before: Some(totals(10_000, 0)), settled_down: true, nth: 1 };
    let recording = || {
        let declared = Plan { start: start.clone(), honours_cancel_id: true, ..plan(partial(3_000)) };
        Run::new(declared).feed(Event::TokenReady)
    };
    let interrupted = Ending::Unknown { cause: UnknownCause::Interrupted, after: None, recorded: false };
    assert_eq!(recording().ended_by(Event::RecordFailed), interrupted);
    assert_eq!(recording().ended_by(Event::Lost), Ending::Overtaken(Box::new(interrupted)));
}
