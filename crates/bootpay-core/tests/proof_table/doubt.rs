//! Where a try can have arrived: what is looked up, and what that proves.

use super::run::*;

#[test]
fn after_a_try_that_can_have_arrived_no_refusal_is_an_error() {
    for kind in RefusalKind::ALL {
        for recognised in [Recognised::ByCode, Recognised::ByText, Recognised::No] {
            let run = second_try(partial(3_000)).feed(refused(refusal(400, kind, recognised)));
            unknown(run.looked_up(totals(10_000, 3_000)).end());
        }
    }
}

#[test]
fn already_cancelled_after_a_try_of_ours_is_done_once_the_ledger_is_empty() {
    let run = second_try(FULL).feed(already()).looked_up(totals(10_000, 10_000));
    assert_eq!(settled(run.end()), (false, Evidence::Inferred, MoneyIsBack::Yes, 0));
    let run = second_try(FULL).feed(already()).looked_up(totals(10_000, 0));
    unknown(run.end());
}

#[test]
fn a_repeated_id_that_is_refused_is_not_success() {
    let duplicate = || refused(refusal(400, RefusalKind::DuplicateCancelId, Recognised::ByText));
    let run = second_try(partial(3_000)).feed(duplicate()).looked_up(totals(10_000, 3_000));
    assert_eq!(unknown(run.end()), UnknownCause::IdSeenBefore);

    // On the first try of a derived id, something of ours was seen all the same.
    let run = sent(plan(partial(3_000)), totals(10_000, 0)).feed(duplicate()).looked_up(totals(10_000, 3_000));
    assert_eq!(unknown(run.end()), UnknownCause::IdSeenBefore);

    // On the first try of a merchant's own id, it was used elsewhere or burned: a new one is asked for.
    let run = sent(Plan { id_is_ours: false, ..plan(partial(3_000)) }, totals(10_000, 0)).feed(duplicate());
    assert!(matches!(failed(run.end()), Failure::Refused { .. }));
}

#[test]
fn whatever_proves_nothing_is_looked_up_once_and_stays_unknown() {
    let lost = refused(refusal(500, RefusalKind::Other, Recognised::AsGatewayLost));
    let seen = [
        (lost, UnknownCause::GatewayLost),
        (foreign(200), UnknownCause::Unproven),
        (foreign(302), UnknownCause::Unproven),
        (foreign(401), UnknownCause::Unproven),
        (foreign(403), UnknownCause::Unproven),
        (foreign(409), UnknownCause::Unproven),
        (foreign(502), UnknownCause::Unproven),
        (Event::NoAnswer(UnknownCause::TimedOut), UnknownCause::TimedOut),
        (Event::NoAnswer(UnknownCause::Disconnected), UnknownCause::Disconnected),
    ];
    for (event, cause) in seen {
        let run = sent(plan(partial(3_000)), totals(10_000, 0)).feed(event.clone());
        assert_eq!(run.sends, 1);
        assert_eq!(unknown(run.looked_up(totals(10_000, 3_000)).end()), cause, "{event:?}");
        // A lookup that fails leaves it as unknown as it was.
        let run = sent(plan(partial(3_000)), totals(10_000, 0)).feed(event.clone()).feed(Event::LookupFailed);
        assert_eq!(unknown(run.end()), cause, "{event:?}");
        // An empty receipt proves that a full cancel's goal is reached.
        let run = sent(plan(FULL), totals(10_000, 0)).feed(event.clone()).looked_up(totals(10_000, 10_000));
        assert_eq!(settled(run.end()), (false, Evidence::Inferred, MoneyIsBack::Yes, 0), "{event:?}");
    }
}

#[test]
fn growth_settles_a_partial_only_for_a_sole_canceller_whose_ledger_did_not_lag() {
    let ends = |sole_canceller, last_answered, before, after| {
        let plan = Plan { sole_canceller, last_answered, ..plan(partial(3_000)) };
        sent(plan, before).feed(Event::NoAnswer(UnknownCause::TimedOut)).looked_up(after).end()
    };
    let (nothing, grown) = (totals(10_000, 0), totals(10_000, 3_000));
    assert_eq!(settled(ends(true, None, nothing, grown)), (false, Evidence::Inferred, MoneyIsBack::Yes, 0));
    unknown(ends(false, None, nothing, grown));
    unknown(ends(true, None, nothing, nothing));
    unknown(ends(true, None, nothing, totals(10_000, 4_000)));
    // An earlier partial of 2,000 won was answered; a ledger that does not show it yet may show it as our growth.
    let answered = Some(totals(10_000, 2_000));
    unknown(ends(true, answered, nothing, grown));
    assert_eq!(
        settled(ends(true, answered, totals(10_000, 2_000), totals(10_000, 5_000))),
        (false, Evidence::Inferred, MoneyIsBack::Yes, 0)
    );
    unknown(ends(true, None, nothing, with_status(grown, ReceiptStatus::CANCEL_IN_PROGRESS)));
    // Both figures have to move: one alone is a ledger in the middle of something.
    unknown(ends(true, None, nothing, Totals { remaining: Some(Won::new(10_000)), ..grown }));
    unknown(ends(true, None, nothing, Totals { remaining: None, ..grown }));
    // An earlier cancel whose totals no answer told leaves nothing to compare with.
    unknown(ends(true, Some(Totals::default()), nothing, grown));
}

#[test]
fn a_recheck_looks_and_never_sends() {
    let start = Start::Recheck { before: Some(totals(10_000, 0)), cause: UnknownCause::Interrupted };
    for honours_cancel_id in [false, true] {
        let run = Run::new(Plan { start: start.clone(), honours_cancel_id, ..plan(partial(3_000)) });
        let run = run.looked_up(totals(10_000, 3_000));
        assert_eq!(run.sends, 0);
        assert_eq!(unknown(run.end()), UnknownCause::Interrupted);
    }
}

#[test]
fn growth_is_not_ours_where_a_later_intent_may_have_moved_money() {
    let ends = |superseded| {
        let run = sent(Plan { sole_canceller: true, ..plan(partial(3_000)) }, totals(10_000, 0));
        let run = run.feed(Event::NoAnswer(UnknownCause::TimedOut));
        run.feed(Event::LookedUp { totals: totals(10_000, 3_000), superseded }).end()
    };
    assert_eq!(settled(ends(false)), (false, Evidence::Inferred, MoneyIsBack::Yes, 0));
    assert_eq!(unknown(ends(true)), UnknownCause::TimedOut);
}

#[test]
fn a_ledger_in_the_middle_of_something_says_so_in_place_of_the_first_reason() {
    let run = sent(plan(FULL), totals(10_000, 0)).feed(Event::NoAnswer(UnknownCause::TimedOut));
    let after = with_status(totals(10_000, 0), ReceiptStatus::CANCEL_IN_PROGRESS);
    assert_eq!(unknown(run.looked_up(after).end()), UnknownCause::InProgress);
}

#[test]
fn an_unknown_is_recorded_with_its_reason_its_evidence_and_what_was_answered() {
    let after = totals(10_000, 3_000);
    let recorded = |answer| sent(plan(partial(3_000)), totals(10_000, 0)).feed(answer).looked_up(after).effect;
    let expected = |cause, http_status, code: Option<&str>| {
        let code = code.map(str::to_owned);
        Effect::Record(Record::Unknown { cause, after: Some(after), http_status, code })
    };
    let lost = refused(refusal(500, RefusalKind::Other, Recognised::AsGatewayLost));
    assert_eq!(recorded(lost), expected(UnknownCause::GatewayLost, Some(500), Some("-15006")));
    assert_eq!(recorded(foreign(502)), expected(UnknownCause::Unproven, Some(502), None));
    assert_eq!(recorded(accepted(answer(0, 0, 0))), expected(UnknownCause::Unproven, Some(200), None));
    assert_eq!(recorded(Event::NoAnswer(UnknownCause::TimedOut)), expected(UnknownCause::TimedOut, None, None));
}

#[test]
fn an_event_out_of_place_after_an_earlier_try_is_unknown_wherever_the_call_stands() {
    let start = Start::Repeat { before: None, settled_down: true, nth: 1 };
    let run = Run::new(Plan { start, honours_cancel_id: true, ..plan(FULL) });
    assert_eq!(run.effect, Effect::FetchToken);
    let interrupted = Ending::Unknown { cause: UnknownCause::Interrupted, after: None, recorded: false };
    assert_eq!(run.ended_by(Event::Recorded), interrupted);
}
