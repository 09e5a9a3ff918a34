//! What one answer proves, figure by figure and word by word.

use bootpay_core::Mismatch;
use bootpay_core::protocol::verdict::{Circumstances, Verdict, weigh};

use super::run::*;

fn given(receipt_id: &ReceiptId, amount: CancelAmount, before: Option<Totals>) -> Circumstances<'_> {
    Circumstances { receipt_id, amount, to_account: false, id_is_ours: true, before, first: true, may_refresh: true }
}

fn weighed(amount: CancelAmount, before: Option<Totals>, told: serde_json::Value) -> Verdict {
    let cancellation: Cancellation = serde_json::from_value(told).unwrap();
    weigh(&CancelAnswer::Accepted(Box::new(cancellation)), &given(&receipt_id(), amount, before))
}

/// The members of an answer that names our receipt.
fn ours(members: serde_json::Value) -> serde_json::Value {
    let mut members = members;
    members["receipt_id"] = receipt_id().as_str().into();
    members
}

fn is_done(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Done { .. } => true,
        Verdict::Uncertain(cause) => {
            assert_eq!(*cause, UnknownCause::Unproven);
            false
        }
        other => panic!("{other:?}"),
    }
}

fn mismatches(amount: CancelAmount, before: Option<Totals>, told: serde_json::Value) -> Vec<(String, u64, u64)> {
    match weighed(amount, before, ours(told)) {
        Verdict::Done { mismatches, .. } => {
            let plain = |Mismatch { field, expected, answered }| (field, expected.get(), answered.get());
            mismatches.into_iter().map(plain).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn said(refusal: ServerRefusal, change: impl Fn(&mut Circumstances<'_>)) -> Verdict {
    let id = receipt_id();
    let mut given = given(&id, FULL, None);
    change(&mut given);
    weigh(&CancelAnswer::Refused(Box::new(refusal)), &given)
}

#[test]
fn what_is_a_refusal_at_all_is_decided_by_status_code_and_the_gateways_word() {
    use Recognised::{ByCode, ByText, No};
    let (none, last, open) = ((None, false), (Some("3041"), true), (Some("0000"), false));
    for (status, recognised, (pg_code, pg_code_is_final), expected) in [
        // Before any work: a 4xx in Bootpay's own form, recognised or not.
        (400, No, none, true),
        (422, No, none, true),
        (499, No, none, true),
        (404, ByCode, none, true),
        // What others put up under these says nothing by itself.
        (403, No, none, false),
        (408, No, none, false),
        (409, No, none, false),
        (403, ByText, none, true),
        (408, ByCode, none, true),
        (409, No, last, true),
        // In the middle of it: a documented symbol or the gateway's final code, and no text.
        (500, No, none, false),
        (500, ByText, none, false),
        (500, ByCode, none, true),
        (500, No, last, true),
        (503, ByText, last, true),
        (599, No, none, false),
        // A gateway that succeeded or does not know yet has not refused, whatever is said around it.
        (400, ByCode, open, false),
        (404, ByText, open, false),
        (500, ByCode, open, false),
        // A flag without a code is nobody's word.
        (500, No, (None, true), false),
        (409, No, (None, true), false),
    ] {
        let pg_code = pg_code.map(str::to_owned);
        let refusal =
            ServerRefusal { pg_code, pg_code_is_final, ..refusal(status, RefusalKind::Settlement, recognised) };
        let expected = if expected { Verdict::Refused } else { Verdict::Uncertain(UnknownCause::Unproven) };
        assert_eq!(said(refusal.clone(), |_| {}), expected, "{refusal:?}");
    }
}

#[test]
fn a_definite_refusal_of_a_first_try_leads_where_its_kind_says() {
    let by_code = |kind| refusal(400, kind, Recognised::ByCode);
    assert_eq!(said(by_code(RefusalKind::Unauthorized), |_| {}), Verdict::FreshToken);
    assert_eq!(said(by_code(RefusalKind::Unauthorized), |given| given.may_refresh = false), Verdict::Refused);
    assert_eq!(said(by_code(RefusalKind::AlreadyCancelled), |_| {}), Verdict::AlreadyCancelled);
    let seen = Verdict::Uncertain(UnknownCause::IdSeenBefore);
    assert_eq!(said(by_code(RefusalKind::DuplicateCancelId), |_| {}), seen);
    assert_eq!(said(by_code(RefusalKind::DuplicateCancelId), |given| given.id_is_ours = false), Verdict::Refused);
    assert_eq!(said(by_code(RefusalKind::NotFound), |_| {}), Verdict::Refused);
}

#[test]
fn after_a_try_that_can_have_arrived_a_refusal_only_says_whether_the_id_was_seen() {
    let later = |refusal| said(refusal, |given| given.first = false);
    for kind in [RefusalKind::Unauthorized, RefusalKind::AlreadyCancelled, RefusalKind::NotFound] {
        let refusal = refusal(400, kind, Recognised::ByCode);
        assert_eq!(later(refusal), Verdict::Uncertain(UnknownCause::RefusedAfterATry), "{kind:?}");
    }
    let duplicate = |status| refusal(status, RefusalKind::DuplicateCancelId, Recognised::ByText);
    assert_eq!(later(duplicate(400)), Verdict::Uncertain(UnknownCause::IdSeenBefore));
    assert_eq!(
        later(duplicate(500)),
        Verdict::Uncertain(UnknownCause::RefusedAfterATry),
        "a text makes no 500 definite"
    );
}

#[test]
fn a_gateway_that_was_lost_on_the_way_is_neither_first_nor_later_a_refusal() {
    let lost = || refusal(400, RefusalKind::Other, Recognised::AsGatewayLost);
    for first in [true, false] {
        assert_eq!(said(lost(), |given| given.first = first), Verdict::Uncertain(UnknownCause::GatewayLost));
    }
}

#[test]
fn one_figure_of_a_cancel_is_enough_and_a_paid_receipt_has_none() {
    for (told, expected) in [
        (serde_json::json!({"request_cancel_price": 3_000}), true),
        (serde_json::json!({"cancelled_price": 3_000}), true),
        (serde_json::json!({"remain_price": 0}), true),
        (serde_json::json!({"status": 20}), true),
        (serde_json::json!({}), false),
        (serde_json::json!({"remain_price": 7_000}), false),
        (serde_json::json!({"status": 1, "price": 10_000}), false),
        // Figures that say that nothing moved outweigh whatever stands beside them.
        (serde_json::json!({"request_cancel_price": 0, "remain_price": 0}), false),
        (serde_json::json!({"cancelled_price": 0, "remain_price": 0, "status": 20}), false),
        (serde_json::json!({"request_cancel_price": 0, "cancelled_price": 3_000}), false),
        (serde_json::json!({"request_cancel_price": 3_000, "cancelled_price": 0}), false),
    ] {
        for amount in [FULL, partial(3_000)] {
            assert_eq!(is_done(&weighed(amount, None, ours(told.clone()))), expected, "{told} {amount:?}");
        }
    }
}

#[test]
fn a_total_that_did_not_grow_shows_no_movement() {
    let before = Some(totals(10_000, 1_000));
    for (cancelled, expected) in [(999, false), (1_000, false), (1_001, true), (4_000, true)] {
        let told = ours(serde_json::json!({"request_cancel_price": 3_000, "cancelled_price": cancelled}));
        assert_eq!(is_done(&weighed(partial(3_000), before, told)), expected, "{cancelled}");
    }
}

#[test]
fn an_answer_without_a_receipt_must_have_our_figures() {
    let full = |remain: u64| {
        let told = serde_json::json!({"request_cancel_price": 3_000, "cancelled_price": 9_000, "remain_price": remain});
        is_done(&weighed(FULL, None, told))
    };
    assert!(full(0) && !full(1), "a full cancel leaves nothing");
    let part = |request: u64| {
        let told = serde_json::json!({"request_cancel_price": request, "cancelled_price": 9_000, "remain_price": 0});
        is_done(&weighed(partial(3_000), None, told))
    };
    assert!(part(3_000) && !part(2_999) && !part(3_001), "a part is the part that was asked for");
}

#[test]
fn every_figure_that_is_not_what_was_asked_is_spelled_out() {
    let before = Some(totals(10_000, 3_000));
    let told = |request: u64, cancelled: u64, remain: u64| {
        let told = serde_json::json!({
            "request_cancel_price": request, "cancelled_price": cancelled, "remain_price": remain,
        });
        mismatches(partial(3_000), before, told)
    };
    let found = |field: &str, expected, answered| (field.to_owned(), expected, answered);
    assert_eq!(told(3_000, 6_000, 4_000), []);
    assert_eq!(told(3_001, 6_000, 4_000), [found("request_cancel_price", 3_000, 3_001)]);
    assert_eq!(told(2_999, 6_000, 4_000), [found("request_cancel_price", 3_000, 2_999)]);
    assert_eq!(told(3_000, 6_000, 4_001), [found("remain_price", 4_000, 4_001)]);
    assert_eq!(told(3_000, 6_000, 3_999), [found("remain_price", 4_000, 3_999)]);
    // 5,999 won of 10,000 leave 4,001: once per figure, with what was expected first.
    assert_eq!(
        told(3_000, 5_999, 4_000),
        [found("cancelled_price", 6_000, 5_999), found("remain_price", 4_001, 4_000)]
    );
    assert_eq!(
        told(3_000, 5_999, 3_999),
        [found("cancelled_price", 6_000, 5_999), found("remain_price", 4_000, 3_999)]
    );
}

#[test]
fn a_full_cancel_takes_what_remained_and_leaves_nothing() {
    let told = |before, request: u64, remain: u64| {
        let told =
            serde_json::json!({"request_cancel_price": request, "cancelled_price": 10_000, "remain_price": remain});
        mismatches(FULL, before, told)
    };
    let before = Some(totals(10_000, 3_000));
    assert_eq!(told(before, 7_000, 0), []);
    assert_eq!(told(before, 6_999, 0), [("request_cancel_price".to_owned(), 7_000, 6_999)]);
    assert_eq!(told(None, 7_000, 1), [("remain_price".to_owned(), 0, 1)]);
}

#[test]
fn one_cancel_is_never_more_than_all_cancels_nor_all_more_than_the_price() {
    let total = |told| mismatches(partial(3_000), None, told);
    let short = |expected, answered| [("cancelled_price".to_owned(), expected, answered)];
    assert_eq!(total(serde_json::json!({"cancelled_price": 2_999})), short(3_000, 2_999));
    assert_eq!(total(serde_json::json!({"cancelled_price": 3_000})), []);
    assert_eq!(total(serde_json::json!({"cancelled_price": 3_001})), []);
    // What the answer calls this cancel's amount is what its total is held against.
    let more = serde_json::json!({"request_cancel_price": 3_001, "cancelled_price": 3_000});
    assert_eq!(total(more)[1..], short(3_001, 3_000));

    assert_eq!(total(serde_json::json!({"price": 10_000, "cancelled_price": 10_000})), []);
    assert_eq!(total(serde_json::json!({"price": 10_000, "cancelled_price": 10_001})), short(10_000, 10_001));
}

#[test]
fn a_tax_free_part_is_never_more_than_all_that_was_cancelled_tax_free() {
    let amount =
        CancelAmount::Partial { price: PartialAmount::new(Won::new(3_000)).unwrap(), tax_free: Some(Won::new(500)) };
    let told = |tax_free: u64| {
        mismatches(amount, None, serde_json::json!({"cancelled_price": 3_000, "cancelled_tax_free": tax_free}))
    };
    assert_eq!(told(499), [("cancelled_tax_free".to_owned(), 500, 499)]);
    assert_eq!((told(500), told(1_500)), (vec![], vec![]));
}
