//! Answers to a first try.

use super::run::*;

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
