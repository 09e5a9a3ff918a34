//! The table of proofs, row by row, on the machine itself: what was seen, and what must come next.
//!
//! Nothing here reads a byte: answers are given as what they mean. The same rows over real HTTP, with a ledger as the
//! witness, are in the workspace's `tests/`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so and stops")]

use bootpay_core::protocol::machine::{Effect, Ending, Event, Failure, Plan, Record, Start, State, step};
use bootpay_core::{
    CancelAmount, CancelAnswer, Cancellation, Evidence, Foreign, MoneyIsBack, PartialAmount, ReceiptId, ReceiptStatus,
    Recognised, RefusalKind, ServerRefusal, Totals, UnknownCause, UnreachableCause, Won,
};

const FULL: CancelAmount = CancelAmount::Full { expected_remaining: None };

fn partial(price: u64) -> CancelAmount {
    CancelAmount::Partial { price: PartialAmount::new(Won::new(price)).unwrap(), tax_free: None }
}

fn receipt_id() -> ReceiptId {
    ReceiptId::new("5df6e8034f74b4002177e0bb").unwrap()
}

fn plan(amount: CancelAmount) -> Plan {
    Plan {
        receipt_id: receipt_id(),
        amount,
        to_account: false,
        id_is_ours: true,
        by_token: true,
        look_first: !amount.is_full(),
        sole_canceller: false,
        honours_cancel_id: false,
        last_answered: None,
        start: Start::New,
    }
}

fn totals(price: u64, cancelled: u64) -> Totals {
    Totals {
        price: Some(Won::new(price)),
        remaining: Some(Won::new(price - cancelled)),
        cancelled: Some(Won::new(cancelled)),
        status: Some(ReceiptStatus::PAID),
    }
}

fn with_status(totals: Totals, status: ReceiptStatus) -> Totals {
    Totals { status: Some(status), ..totals }
}

/// The page's answer: 3,000 won asked for, nothing left, 3,000 won cancelled in all.
fn answer(request: u64, remain: u64, cancelled: u64) -> Cancellation {
    serde_json::from_value(serde_json::json!({
        "receipt_id": receipt_id().as_str(),
        "request_cancel_price": request,
        "remain_price": remain,
        "cancelled_price": cancelled,
    }))
    .unwrap()
}

fn accepted(cancellation: Cancellation) -> Event {
    Event::Answered(Box::new(CancelAnswer::Accepted(Box::new(cancellation))))
}

fn refusal(http_status: u16, kind: RefusalKind, recognised: Recognised) -> ServerRefusal {
    ServerRefusal {
        http_status,
        code: Some("-15006".into()),
        message: "the server's own words".into(),
        pg_code: None,
        pg_message: None,
        pg_code_is_final: false,
        kind,
        recognised,
        retry_after: None,
    }
}

fn refused(refusal: ServerRefusal) -> Event {
    Event::Answered(Box::new(CancelAnswer::Refused(Box::new(refusal))))
}

fn foreign(http_status: u16) -> Event {
    Event::Answered(Box::new(CancelAnswer::Foreign(Foreign { http_status, what: "an HTML page", retry_after: None })))
}

/// A machine and the effect that it waits on.
struct Run {
    state: State,
    effect: Effect,
    sends: usize,
}

impl Run {
    fn new(plan: Plan) -> Self {
        let (state, effect) = step(State::new(plan), Event::Begin);
        Self { state, effect, sends: 0 }
    }

    fn feed(mut self, event: Event) -> Self {
        let (state, effect) = step(self.state, event);
        if effect == Effect::Send {
            self.sends += 1;
        }
        self.state = state;
        self.effect = effect;
        self
    }

    /// Runs on until the request leaves, with a ledger that says `before` where it is asked.
    fn sent(mut self, before: Totals) -> Self {
        let sends = self.sends;
        for _ in 0..8 {
            let event = match &self.effect {
                Effect::LookUp => Event::LookedUp(before),
                Effect::FetchToken | Effect::RefreshToken => Event::TokenReady,
                Effect::Record(_) => Event::Recorded,
                Effect::Pause(_) => Event::Paused { still_honoured: true },
                Effect::Send | Effect::Finish(_) => break,
            };
            self = self.feed(event);
        }
        assert_eq!(self.effect, Effect::Send, "it should be about to send");
        assert_eq!(self.sends, sends + 1);
        self
    }

    /// Answers the lookup that must come next.
    fn looked_up(self, after: Totals) -> Self {
        assert_eq!(self.effect, Effect::LookUp);
        self.feed(Event::LookedUp(after))
    }

    /// The end, with its record written.
    fn end(self) -> Ending {
        assert!(matches!(self.effect, Effect::Record(_)), "{:?}", self.effect);
        self.ended_by(Event::Recorded)
    }

    fn ended_by(self, event: Event) -> Ending {
        match self.feed(event).effect {
            Effect::Finish(ending) => ending,
            effect => panic!("it should be over, and wants {effect:?}"),
        }
    }
}

fn sent(plan: Plan, before: Totals) -> Run {
    Run::new(plan).sent(before)
}

fn settled(ending: Ending) -> (bool, Evidence, MoneyIsBack, usize) {
    match ending {
        Ending::Settled { settlement, .. } => {
            (settlement.already, settlement.evidence, settlement.money_is_back, settlement.mismatches.len())
        }
        ending => panic!("{ending:?}"),
    }
}

fn unknown(ending: Ending) -> UnknownCause {
    match ending {
        Ending::Unknown { cause, .. } => cause,
        ending => panic!("{ending:?}"),
    }
}

fn failed(ending: Ending) -> Failure {
    match ending {
        Ending::Failed(failure) => failure,
        ending => panic!("{ending:?}"),
    }
}

#[test]
fn no_byte_leaves_before_sending_is_recorded() {
    for amount in [FULL, partial(3_000)] {
        let mut run = Run::new(plan(amount));
        let mut last = None;
        while run.effect != Effect::Send {
            last = Some(run.effect.clone());
            run = match run.effect {
                Effect::LookUp => run.feed(Event::LookedUp(totals(10_000, 0))),
                Effect::FetchToken => run.feed(Event::TokenReady),
                _ => run.feed(Event::Recorded),
            };
        }
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
fn the_pages_answer_to_a_full_cancel_is_cancelled() {
    let run = sent(plan(FULL), totals(3_000, 0)).feed(accepted(answer(3_000, 0, 3_000)));
    assert_eq!(settled(run.end()), (false, Evidence::Answered, MoneyIsBack::Yes, 0));
}

#[test]
fn a_partial_cancel_whose_totals_add_up_is_cancelled() {
    let run = sent(plan(partial(3_000)), totals(10_000, 1_000)).feed(accepted(answer(3_000, 6_000, 4_000)));
    assert_eq!(settled(run.end()), (false, Evidence::Answered, MoneyIsBack::Yes, 0));
}

#[test]
fn other_figures_are_cancelled_with_every_mismatch_spelled_out() {
    // 3,000 won were asked for, and all 10,000 went.
    let run = sent(plan(partial(3_000)), totals(10_000, 0)).feed(accepted(answer(10_000, 0, 10_000)));
    let Ending::Settled { settlement, .. } = run.end() else { panic!("it was answered as done") };
    let told: Vec<_> =
        settlement.mismatches.iter().map(|one| (one.field.as_str(), one.expected.get(), one.answered.get())).collect();
    assert_eq!(
        told,
        [("request_cancel_price", 3_000, 10_000), ("cancelled_price", 3_000, 10_000), ("remain_price", 7_000, 0)]
    );
}

#[test]
fn a_full_cancel_that_leaves_something_is_a_mismatch() {
    let run = sent(plan(FULL), totals(10_000, 0)).feed(accepted(answer(4_000, 6_000, 4_000)));
    assert_eq!(settled(run.end()).3, 1);
}

#[test]
fn a_success_that_shows_that_nothing_moved_proves_nothing() {
    for cancellation in [answer(0, 10_000, 0), answer(3_000, 9_000, 1_000), answer(3_000, 10_000, 0)] {
        let run = sent(plan(partial(3_000)), totals(10_000, 1_000)).feed(accepted(cancellation));
        assert_eq!(unknown(run.looked_up(totals(10_000, 1_000)).end()), UnknownCause::Unproven);
    }
}

#[test]
fn a_success_that_names_another_receipt_is_unknown() {
    let mut other = answer(3_000, 7_000, 3_000);
    other.receipt_id = Some(ReceiptId::new("612df0250d681b001de61de6").unwrap());
    let run = sent(plan(partial(3_000)), totals(10_000, 0)).feed(accepted(other));
    assert_eq!(unknown(run.looked_up(totals(10_000, 0)).end()), UnknownCause::Unproven);
}

#[test]
fn a_success_without_a_receipt_needs_our_figures() {
    let mut bare = answer(3_000, 7_000, 3_000);
    bare.receipt_id = None;
    let run = sent(plan(partial(3_000)), totals(10_000, 0)).feed(accepted(bare));
    assert_eq!(settled(run.end()).1, Evidence::Answered);

    let run = sent(plan(partial(3_000)), totals(10_000, 0)).feed(accepted(Cancellation::default()));
    assert_eq!(unknown(run.looked_up(totals(10_000, 0)).end()), UnknownCause::Unproven);
}

#[test]
fn a_success_in_progress_or_failed_at_the_gateway_is_unknown() {
    for status in [ReceiptStatus::CANCEL_IN_PROGRESS, ReceiptStatus::CANCEL_FAILED] {
        let mut cancellation = answer(3_000, 7_000, 3_000);
        cancellation.status = Some(status);
        let run = sent(plan(partial(3_000)), totals(10_000, 0)).feed(accepted(cancellation));
        assert_eq!(unknown(run.looked_up(totals(10_000, 0)).end()), UnknownCause::InProgress);
    }
}

#[test]
fn a_virtual_account_refund_is_accepted_for_transfer_and_not_paid() {
    let run = sent(Plan { to_account: true, ..plan(FULL) }, totals(3_000, 0)).feed(accepted(answer(3_000, 0, 3_000)));
    assert_eq!(settled(run.end()).2, MoneyIsBack::AcceptedForTransfer);
}

#[test]
fn a_401_refreshes_the_token_once_and_is_then_an_error() {
    let unauthorized = || refused(refusal(401, RefusalKind::Unauthorized, Recognised::ByCode));
    let run = sent(plan(FULL), totals(10_000, 0)).feed(unauthorized());
    assert_eq!(run.effect, Effect::Record(Record::Returned));
    let run = run.feed(Event::Recorded);
    assert_eq!(run.effect, Effect::RefreshToken);
    let run = run.sent(totals(10_000, 0)).feed(unauthorized());
    assert_eq!(run.sends, 2);
    assert!(matches!(failed(run.end()), Failure::Refused { .. }));
}

#[test]
fn a_401_with_a_basic_pair_is_an_error_at_once() {
    let run = sent(Plan { by_token: false, ..plan(FULL) }, totals(10_000, 0)).feed(refused(refusal(
        401,
        RefusalKind::Unauthorized,
        Recognised::ByCode,
    )));
    assert_eq!(run.sends, 1);
    assert!(matches!(failed(run.end()), Failure::Refused { .. }));
}

#[test]
fn a_recognised_refusal_of_a_first_try_is_an_error_without_a_lookup() {
    for kind in [
        RefusalKind::NotFound,
        RefusalKind::Validation,
        RefusalKind::TenSecondGuard,
        RefusalKind::RateLimited,
        RefusalKind::Settlement,
    ] {
        let run = sent(plan(FULL), totals(10_000, 0)).feed(refused(refusal(400, kind, Recognised::ByCode)));
        assert!(matches!(run.effect, Effect::Record(Record::Refused(_))), "{kind:?}");
        assert!(matches!(failed(run.end()), Failure::Refused { ledger: None, .. }));
    }
}

#[test]
fn an_unrecognised_refusal_is_an_error_with_4xx_and_with_5xx_only_with_the_gateways_final_word() {
    let other = |status| refusal(status, RefusalKind::Other, Recognised::No);
    let run = sent(plan(FULL), totals(10_000, 0)).feed(refused(other(422)));
    assert!(matches!(failed(run.end()), Failure::Refused { .. }));

    let run = sent(plan(FULL), totals(10_000, 0)).feed(refused(other(500)));
    assert_eq!(unknown(run.looked_up(totals(10_000, 0)).end()), UnknownCause::Unproven);

    let by_gateway = ServerRefusal { pg_code: Some("3041".into()), pg_code_is_final: true, ..other(500) };
    let run = sent(plan(FULL), totals(10_000, 0)).feed(refused(by_gateway));
    assert!(matches!(failed(run.end()), Failure::Refused { .. }));

    let unfinished = ServerRefusal { pg_code: Some("0000".into()), pg_code_is_final: false, ..other(500) };
    let run = sent(plan(FULL), totals(10_000, 0)).feed(refused(unfinished));
    assert_eq!(unknown(run.looked_up(totals(10_000, 0)).end()), UnknownCause::Unproven);
}

#[test]
fn an_open_word_of_the_gateway_is_no_refusal_under_any_status() {
    for status in [400, 422, 500] {
        let open = ServerRefusal {
            pg_code: Some("0000".into()),
            pg_code_is_final: false,
            ..refusal(status, RefusalKind::Other, Recognised::No)
        };
        let run = sent(plan(partial(3_000)), totals(10_000, 0)).feed(refused(open));
        assert_eq!(unknown(run.looked_up(totals(10_000, 0)).end()), UnknownCause::Unproven, "{status}");
    }
}

#[test]
fn the_last_repetition_of_an_intent_is_the_last_whoever_calls() {
    let start = Start::Repeat { before: Some(totals(10_000, 0)), settled_down: true, nth: 2 };
    let run = sent(Plan { start, honours_cancel_id: true, ..plan(partial(3_000)) }, totals(10_000, 0));
    let run = run.feed(Event::NoAnswer(UnknownCause::TimedOut));
    assert_eq!((run.sends, &run.effect), (1, &Effect::LookUp));
}

#[test]
fn a_text_alone_never_makes_a_500_definite() {
    for kind in [RefusalKind::AlreadyCancelled, RefusalKind::Settlement, RefusalKind::DuplicateCancelId] {
        let run = sent(plan(partial(3_000)), totals(10_000, 0)).feed(refused(refusal(500, kind, Recognised::ByText)));
        assert_eq!(unknown(run.looked_up(totals(10_000, 3_000)).end()), UnknownCause::Unproven, "{kind:?}");
    }
}

#[test]
fn an_unrecognised_403_408_or_409_is_unknown() {
    for status in [403, 408, 409] {
        let run =
            sent(plan(FULL), totals(10_000, 0)).feed(refused(refusal(status, RefusalKind::Other, Recognised::No)));
        assert_eq!(unknown(run.looked_up(totals(10_000, 0)).end()), UnknownCause::Unproven);
    }
}

fn already() -> Event {
    refused(refusal(400, RefusalKind::AlreadyCancelled, Recognised::ByText))
}

#[test]
fn already_cancelled_full_is_decided_by_the_ledger() {
    let looked = |after| sent(plan(FULL), totals(10_000, 0)).feed(already()).looked_up(after).end();
    assert_eq!(settled(looked(totals(10_000, 10_000))), (true, Evidence::Answered, MoneyIsBack::Yes, 0));
    assert_eq!(settled(looked(totals(10_000, 0))), (true, Evidence::Answered, MoneyIsBack::Unconfirmed, 0));
    let in_progress = with_status(totals(10_000, 0), ReceiptStatus::CANCEL_IN_PROGRESS);
    assert_eq!(unknown(looked(in_progress)), UnknownCause::InProgress);
}

#[test]
fn already_cancelled_full_without_a_readable_ledger_is_unconfirmed() {
    let run = sent(plan(FULL), totals(10_000, 0)).feed(already()).feed(Event::LookupFailed);
    assert_eq!(settled(run.end()), (true, Evidence::Answered, MoneyIsBack::Unconfirmed, 0));
}

#[test]
fn already_cancelled_partial_is_an_error_with_what_the_ledger_says() {
    let after = totals(10_000, 0);
    let run = sent(plan(partial(3_000)), totals(10_000, 0)).feed(already()).looked_up(after);
    let Failure::Refused { ledger, .. } = failed(run.end()) else { panic!("it was refused") };
    assert_eq!(ledger, Some(after));
}

/// A plan whose merchant has declared that the server honours `cancel_id`, after a first try that may have arrived.
fn second_try(amount: CancelAmount) -> Run {
    let run = sent(Plan { honours_cancel_id: true, ..plan(amount) }, totals(10_000, 0));
    run.feed(Event::NoAnswer(UnknownCause::TimedOut)).sent(totals(10_000, 0))
}

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
fn the_journal_failing_after_a_proof_leaves_the_proof_unrecorded() {
    let run = sent(plan(FULL), totals(3_000, 0)).feed(accepted(answer(3_000, 0, 3_000)));
    assert!(matches!(run.ended_by(Event::RecordFailed), Ending::Settled { recorded: false, .. }));

    let run = sent(plan(FULL), totals(3_000, 0)).feed(refused(refusal(404, RefusalKind::NotFound, Recognised::ByCode)));
    assert!(matches!(run.ended_by(Event::RecordFailed), Ending::Failed(Failure::Refused { .. })));
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
fn who_is_overtaken_tells_what_the_journal_says_or_else_what_it_knows() {
    let run = sent(plan(FULL), totals(10_000, 0)).feed(Event::NoAnswer(UnknownCause::TimedOut));
    let ending = run.looked_up(totals(10_000, 0)).ended_by(Event::Lost);
    let Ending::Overtaken(known) = ending else { panic!("{ending:?}") };
    assert!(matches!(*known, Ending::Unknown { recorded: false, .. }));

    let run = sent(plan(FULL), totals(10_000, 0)).feed(Event::NoAnswer(UnknownCause::TimedOut));
    let ending = run.looked_up(totals(10_000, 10_000)).ended_by(Event::Lost);
    let Ending::Overtaken(known) = ending else { panic!("{ending:?}") };
    assert!(matches!(*known, Ending::Settled { recorded: false, .. }));

    // What is proven to have moved nothing needs no journal.
    let run =
        sent(plan(FULL), totals(10_000, 0)).feed(refused(refusal(404, RefusalKind::NotFound, Recognised::ByCode)));
    assert!(matches!(run.ended_by(Event::Lost), Ending::Failed(Failure::Refused { .. })));
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
