//! Before the first byte, and where it provably never left.

use super::run::*;

#[test]
fn no_byte_leaves_before_sending_is_recorded() {
    for amount in [FULL, partial(3_000)] {
        let mut run = Run::new(plan(amount));
        let mut last = None;
        for _ in 0..8 {
            if run.effect == Effect::Send {
                break;
            }
            last = Some(run.effect.clone());
            run = match run.effect {
                Effect::LookUp => run.feed(Event::LookedUp { totals: totals(10_000, 0), superseded: false }),
                Effect::FetchToken => run.feed(Event::TokenReady),
                _ => run.feed(Event::Recorded),
            };
        }
        assert_eq!(run.effect, Effect::Send);
        assert!(matches!(last, Some(Effect::Record(Record::Sending { .. }))), "{last:?}");
    }
}

#[test]
fn a_full_cancel_takes_one_round_trip_and_a_partial_is_looked_up_first() {
    assert_eq!(Run::new(plan(FULL)).effect, Effect::FetchToken);
    assert_eq!(Run::new(plan(partial(3_000))).effect, Effect::LookUp);
    assert_eq!(Run::new(Plan { look_first: false, ..plan(partial(3_000)) }).effect, Effect::FetchToken);
}

#[test]
fn proof_of_not_sent_repeats_at_most_twice_and_then_is_an_error() {
    let mut run = sent(plan(FULL), totals(10_000, 0));
    for _ in 0..2 {
        run = run.feed(Event::NotSent(UnreachableCause::Connect));
        assert_eq!(run.effect, Effect::Record(Record::Returned));
        run = run.sent(totals(10_000, 0));
    }
    let run = run.feed(Event::NotSent(UnreachableCause::Connect));
    assert_eq!(run.effect, Effect::Record(Record::NotSent));
    assert_eq!(run.sends, 3);
    assert_eq!(failed(run.end()), Failure::NotSent);
}

#[test]
fn the_journal_failing_before_the_send_is_an_error_and_nothing_is_sent() {
    for event in [Event::RecordFailed, Event::Lost] {
        let run = Run::new(plan(FULL)).feed(Event::TokenReady).feed(event);
        assert_eq!(run.sends, 0);
        assert!(matches!(run.effect, Effect::Finish(Ending::Failed(Failure::Journal | Failure::TakenOver))));
    }
}

#[test]
fn no_token_is_an_error_first_and_unknown_after_a_try_that_can_have_arrived() {
    let run = Run::new(plan(FULL)).feed(Event::TokenFailed);
    assert_eq!(failed(run.end()), Failure::Token);

    let run = sent(Plan { honours_cancel_id: true, ..plan(partial(3_000)) }, totals(10_000, 0))
        .feed(Event::NoAnswer(UnknownCause::TimedOut))
        .feed(Event::Paused { still_honoured: true })
        .feed(Event::TokenFailed);
    assert_eq!(unknown(run.looked_up(totals(10_000, 0)).end()), UnknownCause::TokenLost);
}

#[test]
fn the_ledger_objects_before_anything_is_sent() {
    let run = Run::new(plan(partial(3_000))).looked_up(totals(10_000, 8_000));
    assert_eq!(run.sends, 0);
    assert!(matches!(failed(run.end()), Failure::Objected(_)));

    let expecting = CancelAmount::Full { expected_remaining: Some(Won::new(10_000)) };
    let run = Run::new(plan(expecting)).looked_up(totals(10_000, 1_000));
    assert!(matches!(failed(run.end()), Failure::Objected(_)));
    let run = Run::new(plan(expecting)).looked_up(Totals::default());
    assert!(matches!(failed(run.end()), Failure::Objected(_)), "a ledger that does not say is not as expected");
    sent(plan(expecting), totals(10_000, 0));
}

#[test]
fn a_partial_that_cannot_be_looked_up_is_not_sent() {
    let run = Run::new(plan(partial(3_000))).feed(Event::LookupFailed);
    assert_eq!(run.sends, 0);
    assert_eq!(failed(run.end()), Failure::Lookup);
}

#[test]
fn an_event_out_of_place_never_becomes_an_error_once_a_request_may_have_left() {
    let run = sent(plan(FULL), totals(10_000, 0)).feed(Event::Paused { still_honoured: true });
    assert!(matches!(run.effect, Effect::Finish(Ending::Unknown { recorded: false, .. })));
    let run = Run::new(plan(FULL)).feed(Event::Paused { still_honoured: true });
    assert!(matches!(run.effect, Effect::Finish(Ending::Failed(Failure::OutOfPlace))));
}

#[test]
fn a_part_may_be_all_that_remains() {
    // The page's own answer: 3,000 won asked for, nothing left.
    let run = sent(plan(partial(3_000)), totals(3_000, 0)).feed(accepted(answer(3_000, 0, 3_000)));
    assert_eq!(settled(run.end()), (false, Evidence::Answered, MoneyIsBack::Yes, 0));
    let run = Run::new(plan(partial(3_001))).looked_up(totals(3_000, 0));
    let objection = Objection::MoreThanRemains { asked: Won::new(3_001), remaining: Won::new(3_000) };
    assert_eq!(run.effect, Effect::Record(Record::Objected(objection)));
    assert_eq!(failed(run.end()), Failure::Objected(objection));
}

#[test]
fn what_the_ledger_said_just_before_is_kept_with_the_request() {
    let before = totals(10_000, 1_000);
    let run = Run::new(plan(partial(3_000)));
    assert_eq!(run.state.before(), None, "nobody has looked");
    let run = run.looked_up(before).feed(Event::TokenReady);
    assert_eq!(run.state.before(), Some(before));
    assert_eq!(run.effect, Effect::Record(Record::Sending { before: Some(before) }));
    // A full cancel without an expectation is sent unseen.
    let run = Run::new(plan(FULL)).feed(Event::TokenReady);
    assert_eq!(run.effect, Effect::Record(Record::Sending { before: None }));
    // An intent that comes back brings along what was seen before its first request.
    let start = Start::Recheck { before: Some(before), cause: UnknownCause::Interrupted };
    assert_eq!(State::new(Plan { start, ..plan(partial(3_000)) }).before(), Some(before));
}

#[test]
fn a_declaration_cannot_run_out_before_the_first_try_and_the_intent_is_closed_all_the_same() {
    let run = Run::new(plan(FULL)).feed(Event::TooLate);
    assert_eq!(run.effect, Effect::Record(Record::NotSent));
    assert_eq!(failed(run.end()), Failure::OutOfPlace);
}
