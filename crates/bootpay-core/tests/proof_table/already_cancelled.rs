//! "Already cancelled" as the answer to a first try.

use super::run::*;

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

#[test]
fn already_cancelled_partial_is_an_error_even_where_the_ledger_cannot_be_read() {
    let run = sent(plan(partial(3_000)), totals(10_000, 0)).feed(already()).feed(Event::LookupFailed);
    assert!(matches!(run.effect, Effect::Record(Record::Refused(_))), "{:?}", run.effect);
    let Failure::Refused { ledger, .. } = failed(run.end()) else { panic!("it was refused") };
    assert_eq!(ledger, None);
}
