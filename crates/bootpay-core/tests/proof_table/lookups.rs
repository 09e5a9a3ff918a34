//! What a lookup proves about a cancel whose answer did not: law 7, case by case.

use std::time::Duration;

use bootpay_core::protocol::reconcile::{Case, Finding, SETTLING_TIME, weigh};

use super::run::*;

fn case(amount: CancelAmount) -> Case {
    Case {
        amount,
        to_account: false,
        before: Some(totals(10_000, 0)),
        last_answered: None,
        sole_canceller: false,
        already: None,
        id_took_effect: false,
        doubt: UnknownCause::TimedOut,
    }
}

fn back(case: &Case, after: Totals) -> Result<MoneyIsBack, UnknownCause> {
    match weigh(case, &after) {
        Finding::Settled(settlement) => {
            assert_eq!(settlement.already, case.already.is_some());
            assert_eq!(settlement.message, case.already);
            let evidence = if case.already.is_some() { Evidence::Answered } else { Evidence::Inferred };
            assert_eq!(settlement.evidence, evidence);
            assert_eq!(settlement.cancellation.totals(), after, "the totals are the evidence");
            assert_eq!(settlement.cancellation.price, after.price);
            Ok(settlement.money_is_back)
        }
        Finding::Open(cause) => Err(cause),
    }
}

#[test]
fn a_late_request_is_waited_for_a_quarter_of_an_hour() {
    assert_eq!(SETTLING_TIME, Duration::from_secs(15 * 60));
}

#[test]
fn a_full_cancel_is_settled_by_an_empty_receipt_and_by_nothing_else() {
    let (empty, paid) = (totals(10_000, 10_000), totals(10_000, 0));
    let full = case(FULL);
    assert_eq!(back(&full, empty), Ok(MoneyIsBack::Yes));
    assert_eq!(back(&full, paid), Err(UnknownCause::TimedOut));
    for status in [ReceiptStatus::CANCEL_FAILED, ReceiptStatus::CANCEL_IN_PROGRESS] {
        assert_eq!(back(&full, with_status(empty, status)), Err(UnknownCause::InProgress));
        assert_eq!(back(&full, with_status(paid, status)), Err(UnknownCause::InProgress));
    }
    let to_account = Case { to_account: true, ..case(FULL) };
    assert_eq!(back(&to_account, empty), Ok(MoneyIsBack::AcceptedForTransfer));
}

#[test]
fn already_cancelled_is_confirmed_by_an_empty_receipt_and_unconfirmed_by_a_paid_one() {
    // Nothing of ours moved, so nothing is on its way to an account.
    let already = Case { already: Some("기취소된 건입니다".into()), to_account: true, ..case(FULL) };
    assert_eq!(back(&already, totals(10_000, 10_000)), Ok(MoneyIsBack::Yes));
    assert_eq!(back(&already, totals(10_000, 0)), Ok(MoneyIsBack::Unconfirmed));
    let going_on = with_status(totals(10_000, 0), ReceiptStatus::CANCEL_IN_PROGRESS);
    assert_eq!(back(&already, going_on), Err(UnknownCause::InProgress));
}

#[test]
fn growth_counts_only_where_every_condition_of_law_7_holds() {
    let grown = totals(10_000, 3_000);
    let sole = || Case { sole_canceller: true, ..case(partial(3_000)) };
    let open = Err(UnknownCause::TimedOut);
    assert_eq!(back(&sole(), grown), Ok(MoneyIsBack::Yes));
    assert_eq!(back(&Case { to_account: true, ..sole() }, grown), Ok(MoneyIsBack::AcceptedForTransfer));
    assert_eq!(back(&case(partial(3_000)), grown), open, "somebody else may have");
    assert_eq!(back(&Case { before: None, ..sole() }, grown), open, "nobody knows what was before");
    assert_eq!(back(&sole(), totals(10_000, 2_999)), open);
    assert_eq!(back(&sole(), totals(10_000, 3_001)), open);
    assert_eq!(back(&sole(), Totals { cancelled: None, ..grown }), open);
    assert_eq!(back(&sole(), Totals { remaining: None, ..grown }), open);
    assert_eq!(back(&sole(), Totals { remaining: Some(Won::new(7_001)), ..grown }), open);
    assert_eq!(back(&sole(), with_status(grown, ReceiptStatus::CANCEL_FAILED)), Err(UnknownCause::InProgress));
    for lame in [Totals { cancelled: None, ..totals(10_000, 0) }, Totals { remaining: None, ..totals(10_000, 0) }] {
        assert_eq!(back(&Case { before: Some(lame), ..sole() }, grown), open);
    }

    // 1,000 won were gone before: by our own last answer, or by nobody knows whom.
    let (before, after) = (Some(totals(10_000, 1_000)), totals(10_000, 4_000));
    assert_eq!(back(&Case { before, last_answered: before, ..sole() }, after), Ok(MoneyIsBack::Yes));
    assert_eq!(back(&Case { before, ..sole() }, after), open);
    assert_eq!(back(&Case { before, last_answered: Some(totals(10_000, 500)), ..sole() }, after), open);
    assert_eq!(
        back(&Case { last_answered: before, ..sole() }, grown),
        open,
        "a ledger that lags behind our own last part"
    );
}

#[test]
fn an_id_that_took_effect_needs_its_growth_on_this_very_receipt() {
    let seen = || Case { id_took_effect: true, doubt: UnknownCause::IdSeenBefore, ..case(partial(3_000)) };
    let open = Err(UnknownCause::IdSeenBefore);
    assert_eq!(back(&seen(), totals(10_000, 2_999)), open);
    assert_eq!(back(&seen(), totals(10_000, 3_000)), Ok(MoneyIsBack::Yes));
    assert_eq!(back(&seen(), totals(10_000, 5_000)), Ok(MoneyIsBack::Yes), "others may have cancelled as well");
    let before = Some(totals(10_000, 1_000));
    assert_eq!(back(&Case { before, ..seen() }, totals(10_000, 3_999)), open);
    assert_eq!(back(&Case { before, ..seen() }, totals(10_000, 4_000)), Ok(MoneyIsBack::Yes));
    assert_eq!(back(&Case { before: None, ..seen() }, totals(10_000, 3_000)), Ok(MoneyIsBack::Yes));
    assert_eq!(back(&seen(), Totals::default()), open);
    assert_eq!(back(&Case { id_took_effect: false, ..seen() }, totals(10_000, 3_000)), open);
}
