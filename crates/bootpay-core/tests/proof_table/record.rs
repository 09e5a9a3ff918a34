//! What the journal does with an end.

use super::run::*;

#[test]
fn the_journal_failing_after_a_proof_leaves_the_proof_unrecorded() {
    let run = sent(plan(FULL), totals(3_000, 0)).feed(accepted(answer(3_000, 0, 3_000)));
    assert!(matches!(run.ended_by(Event::RecordFailed), Ending::Settled { recorded: false, .. }));

    let run = sent(plan(FULL), totals(3_000, 0)).feed(refused(refusal(404, RefusalKind::NotFound, Recognised::ByCode)));
    assert!(matches!(run.ended_by(Event::RecordFailed), Ending::Failed(Failure::Refused { .. })));
}

#[test]
fn who_is_overtaken_tells_what_the_journal_says_or_else_what_it_knows() {
    let run = sent(plan(FULL), totals(10_000, 0)).feed(Event::NoAnswer(UnknownCause::TimedOut));
    let ending = run.looked_up(totals(10_000, 0)).ended_by(Event::Lost);
    let Ending::Overtaken(known) = ending else { panic!("{ending:?}") };
    assert!(matches!(*known, Ending::Unknown { recorded: false, .. }));

    let run = sent(plan(FULL), totals(10_000, 0)).feed(Event::NoAnswer(UnknownCause::TimedOut));
    let ending = run.looked_up(totals(10_000, 10_000)).ended_by(Event::Lost);
    let Ending::Overtaken(known) = ending else { panic!("{ending:?}") };
    assert!(matches!(*known, Ending::Settled { recorded: false, .. }));

    // This try moved nothing; whoever took the intent over may have repeated it, and the journal knows.
    let run =
        sent(plan(FULL), totals(10_000, 0)).feed(refused(refusal(404, RefusalKind::NotFound, Recognised::ByCode)));
    let ending = run.ended_by(Event::Lost);
    let Ending::Overtaken(known) = ending else { panic!("{ending:?}") };
    assert!(matches!(*known, Ending::Failed(Failure::Refused { .. })));

    let run = sent(plan(FULL), totals(10_000, 0)).feed(Event::NotSent(UnreachableCause::Deadline));
    let ending = run.ended_by(Event::Lost);
    let Ending::Overtaken(known) = ending else { panic!("{ending:?}") };
    assert!(matches!(*known, Ending::Failed(Failure::TakenOver)));
}

#[test]
fn an_error_that_the_journal_does_not_have_is_unknown_where_somebody_may_repeat_the_intent() {
    let ends = |honours_cancel_id| {
        let declared = || Plan { honours_cancel_id, ..plan(FULL) };
        let refused_but_unrecorded = sent(declared(), totals(10_000, 0))
            .feed(refused(refusal(404, RefusalKind::NotFound, Recognised::ByCode)))
            .ended_by(Event::RecordFailed);
        let returned_but_unrecorded = sent(declared(), totals(10_000, 0))
            .feed(Event::NotSent(UnreachableCause::Connect))
            .ended_by(Event::RecordFailed);
        let perhaps_recorded = Run::new(declared()).feed(Event::TokenReady).ended_by(Event::RecordFailed);
        [refused_but_unrecorded, returned_but_unrecorded, perhaps_recorded]
    };
    for ending in ends(true) {
        assert!(matches!(ending, Ending::Unknown { recorded: false, .. }), "{ending:?}");
    }
    for ending in ends(false) {
        assert!(matches!(ending, Ending::Failed(_)), "{ending:?}");
    }

    // What never came so far that a request could be on its way is an error in any case.
    let before = Run::new(Plan { honours_cancel_id: true, ..plan(FULL) }).feed(Event::TokenFailed);
    assert_eq!(failed(before.ended_by(Event::RecordFailed)), Failure::Token);
}
