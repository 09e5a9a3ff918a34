//! Which intents may begin: laws 4 and 8, and the rules for keys, kept across calls by a journal.

use std::time::Duration;

use crate::cancel::{CancelAmount, Evidence};
use crate::error::ConflictKind;
use crate::intent::{Change, Closing, Decision, IntentState};
use crate::journal::Journal;
use crate::money::{PartialAmount, Won};
use crate::protocol::Proposal;

use super::fixtures::*;

super::against_every_journal!(
    the_same_key_attaches_to_the_intent_that_is_there,
    the_same_key_with_other_money_fields_is_refused,
    a_new_generation_may_correct_the_money_fields,
    a_merchants_id_that_was_used_on_another_receipt_is_refused,
    a_merchants_id_that_was_never_sent_may_go_to_another_receipt,
    a_keyless_partial_that_repeats_receipt_and_amount_is_refused_at_any_age,
    a_keyless_partial_may_be_repeated_once_the_first_is_proven_to_have_moved_nothing,
    a_keyless_partial_within_ten_seconds_of_the_last_answer_is_told_how_long_to_wait,
    a_clock_that_was_set_back_does_not_hold_a_keyless_partial_for_longer,
    while_one_is_unknown_another_partial_is_refused_at_any_age,
    a_full_cancel_may_supersede_an_open_partial,
    a_full_cancel_does_not_supersede_an_open_full_cancel,
    what_a_live_owner_carries_out_is_in_flight,
    what_an_owner_left_behind_is_an_orphan_from_the_moment_its_lease_ends,
    a_held_receipt_refuses_all_until_a_person_has_looked,
    a_new_generation_begins_only_after_an_error_or_a_persons_decision,
    a_receipt_is_locked_whatever_the_credentials,
    another_environment_is_another_receipt,
    an_intent_knows_the_latest_answered_totals_before_it,
);

async fn the_same_key_attaches_to_the_intent_that_is_there(journal: &dyn Journal) {
    let first = admitted(journal, keyed("order-1/refund-1", 3_000)).await;
    assert_eq!(first.state, IntentState::Reserved);
    assert_eq!(first.generation, 1);
    assert_eq!(first.cancel_id.as_str(), "order-1/refund-1", "a merchant's id is sent word for word");
    assert_eq!(in_flight(journal, keyed("order-1/refund-1", 3_000)).await, first);

    done(journal, &first, &me(), 1, sending(1)).await;
    let settled = done(journal, &first, &me(), 2, settled(Evidence::Answered, 3_000)).await;
    let again = existing(journal, later(YEAR_SECONDS, keyed("order-1/refund-1", 3_000))).await;
    assert_eq!(again, settled);
    assert_eq!(again.id, first.id);
}

async fn the_same_key_with_other_money_fields_is_refused(journal: &dyn Journal) {
    let to_account = Proposal { to_account: true, account_mark: Some("key:mark-1".into()), ..keyed("k", 3_000) };
    let first = admitted(journal, to_account.clone()).await;
    let price = PartialAmount::new(Won::new(3_000)).unwrap();
    let tax_free = CancelAmount::Partial { price, tax_free: Some(Won::new(1_000)) };
    let others = [
        Proposal { amount: partial(4_000), ..to_account.clone() },
        Proposal { amount: CancelAmount::Full { expected_remaining: None }, ..to_account.clone() },
        Proposal { amount: tax_free, ..to_account.clone() },
        Proposal { to_account: false, account_mark: None, ..to_account.clone() },
        Proposal { account_mark: Some("key:mark-2".into()), ..to_account.clone() },
    ];
    for other in others.clone() {
        let conflict = refused(journal, other).await;
        assert_eq!(conflict.kind, ConflictKind::KeyReused);
        assert_eq!(conflict.intent, first.to_ref());
    }
    done(journal, &first, &me(), 1, sending(1)).await;
    done(journal, &first, &me(), 2, settled(Evidence::Answered, 3_000)).await;
    for other in others {
        assert_eq!(refused(journal, other).await.kind, ConflictKind::KeyReused, "settled ones count too");
    }
    // A mark of another key says nothing: the merchant's key was rotated.
    let rotated = Proposal { account_mark: Some("other-key:mark-1".into()), ..to_account };
    assert_eq!(existing(journal, rotated).await.id, first.id);
}

async fn a_new_generation_may_correct_the_money_fields(journal: &dyn Journal) {
    let first = admitted(journal, keyed("k", 30_000)).await;
    done(journal, &first, &me(), 1, sending(1)).await;
    done(journal, &first, &me(), 2, refusal()).await;
    let second = admitted(journal, later(3, keyed("k", 3_000))).await;
    assert_eq!((second.generation, second.amount), (2, partial(3_000)));
}

async fn a_merchants_id_that_was_used_on_another_receipt_is_refused(journal: &dyn Journal) {
    let first = answered(journal, keyed("k", 3_000), 1, 3_000).await;
    let elsewhere = Proposal { receipt_id: receipt("another"), ..keyed("k", 3_000) };
    let conflict = refused(journal, later(YEAR_SECONDS, elsewhere.clone())).await;
    assert_eq!(conflict.kind, ConflictKind::KeyUsedElsewhere);
    assert_eq!(conflict.intent, first.to_ref());
    let other_merchant = Proposal { scope: "scope-b".into(), ..elsewhere.clone() };
    admitted(journal, other_merchant).await;
    let sandbox = Proposal { environment: "http://127.0.0.1:8080".into(), ..elsewhere };
    admitted(journal, sandbox).await;
}

async fn a_merchants_id_that_was_never_sent_may_go_to_another_receipt(journal: &dyn Journal) {
    let first = admitted(journal, keyed("k", 3_000)).await;
    done(journal, &first, &me(), 1, Change::Closed(Closing::NotSent)).await;
    admitted(journal, Proposal { receipt_id: receipt("another"), ..keyed("k", 3_000) }).await;
    assert_eq!(refused(journal, keyed("k", 3_000)).await.kind, ConflictKind::KeyUsedElsewhere, "now it is the other's");
}

async fn a_keyless_partial_that_repeats_receipt_and_amount_is_refused_at_any_age(journal: &dyn Journal) {
    let first = answered(journal, click(1, 3_000), 1, 3_000).await;
    for seconds in [2, 3600, YEAR_SECONDS] {
        let conflict = refused(journal, later(seconds, click(2, 3_000))).await;
        assert_eq!(conflict.kind, ConflictKind::RepeatedPartial);
        assert_eq!(conflict.intent, first.to_ref());
    }
    let elsewhere = Proposal { receipt_id: receipt("another"), ..click(3, 3_000) };
    admitted(journal, elsewhere).await;
    answered(journal, later(3600, keyed("another refund", 3_000)), 3601, 6_000).await;
    admitted(journal, later(7200, click(4, 2_000))).await;
}

async fn a_keyless_partial_may_be_repeated_once_the_first_is_proven_to_have_moved_nothing(journal: &dyn Journal) {
    let first = admitted(journal, click(1, 3_000)).await;
    done(journal, &first, &me(), 1, sending(1)).await;
    done(journal, &first, &me(), 2, refusal()).await;
    let second = admitted(journal, later(3600, click(2, 3_000))).await;
    assert_ne!(second.cancel_id, first.cancel_id);
}

async fn a_keyless_partial_within_ten_seconds_of_the_last_answer_is_told_how_long_to_wait(journal: &dyn Journal) {
    let first = answered(journal, keyed("k", 3_000), 5, 3_000).await;
    let conflict = refused(journal, later(9, click(1, 2_000))).await;
    assert_eq!(conflict.kind, ConflictKind::TooSoon);
    assert_eq!(conflict.intent, first.to_ref());
    assert_eq!(conflict.retry_after, Some(Duration::from_secs(6)));
    assert_eq!(refused(journal, later(14, click(2, 2_000))).await.retry_after, Some(Duration::from_secs(1)));

    // A `cancel_id` says that it is another refund.
    answered(journal, later(9, keyed("k2", 2_000)), 10, 5_000).await;
    assert_eq!(
        refused(journal, later(19, click(3, 1_000))).await.kind,
        ConflictKind::TooSoon,
        "the last answer counts"
    );
    admitted(journal, later(20, click(4, 1_000))).await;
}

async fn a_clock_that_was_set_back_does_not_hold_a_keyless_partial_for_longer(journal: &dyn Journal) {
    answered(journal, later(3600, keyed("k", 3_000)), 3600, 3_000).await;
    let conflict = refused(journal, later(3_595, click(1, 2_000))).await;
    assert!(conflict.retry_after.is_some_and(|wait| wait <= Duration::from_secs(10)));
    admitted(journal, later(0, click(2, 2_000))).await;
}

async fn while_one_is_unknown_another_partial_is_refused_at_any_age(journal: &dyn Journal) {
    let open = unanswered(journal, click(1, 3_000)).await;
    for seconds in [61, 3600, YEAR_SECONDS] {
        for another in [click(2, 2_000), click(3, 3_000), keyed("k", 2_000)] {
            let conflict = refused(journal, later(seconds, another)).await;
            assert_eq!(conflict.kind, ConflictKind::OpenIntent);
            assert_eq!(conflict.intent, open.to_ref());
        }
    }
}

async fn a_full_cancel_may_supersede_an_open_partial(journal: &dyn Journal) {
    unanswered(journal, keyed("k", 3_000)).await;
    let full = admitted(journal, later(3600, full())).await;
    assert!(full.amount.is_full());
    let same = existing(journal, later(3600, keyed("k", 3_000))).await;
    assert_eq!(same.state, IntentState::Unknown, "the partial stays what it is");
}

async fn a_full_cancel_does_not_supersede_an_open_full_cancel(journal: &dyn Journal) {
    let open = unanswered(journal, full()).await;
    let another = Proposal { key: merchant("k"), ..full() };
    let conflict = refused(journal, later(YEAR_SECONDS, another)).await;
    assert_eq!((conflict.kind, conflict.intent), (ConflictKind::OpenIntent, open.to_ref()));
    assert_eq!(existing(journal, later(YEAR_SECONDS, full())).await, open);
}

async fn what_a_live_owner_carries_out_is_in_flight(journal: &dyn Journal) {
    let first = admitted(journal, keyed("k", 3_000)).await;
    for another in [keyed("k2", 2_000), click(1, 2_000), full()] {
        assert_eq!(in_flight(journal, later(1, another)).await.id, first.id);
    }
    done(journal, &first, &me(), 1, sending(1)).await;
    assert_eq!(in_flight(journal, later(2, full())).await.state, IntentState::Sending);
}

async fn what_an_owner_left_behind_is_an_orphan_from_the_moment_its_lease_ends(journal: &dyn Journal) {
    let first = admitted(journal, full()).await;
    in_flight(journal, later(LEASE_SECONDS - 1, full())).await;
    assert_eq!(orphaned(journal, later(LEASE_SECONDS, full())).await, first);
    assert_eq!(orphaned(journal, later(LEASE_SECONDS, keyed("k", 3_000))).await, first);
}

async fn a_held_receipt_refuses_all_until_a_person_has_looked(journal: &dyn Journal) {
    let first = admitted(journal, keyed("k", 3_000)).await;
    done(journal, &first, &me(), 1, sending(1)).await;
    let held = done(journal, &first, &me(), 2, settled_with_mismatch()).await;
    assert!(held.held);
    for another in [full(), click(1, 2_000), keyed("k2", 2_000)] {
        let conflict = refused(journal, later(YEAR_SECONDS, another)).await;
        assert_eq!((conflict.kind, conflict.intent), (ConflictKind::Held, held.to_ref()));
    }
    let seen = done(journal, &held, &other(), 3600, resolved(Decision::Cancelled)).await;
    assert_eq!(seen.decided_by.as_deref(), Some("김회계"));
    admitted(journal, later(3601, full())).await;
}

async fn a_new_generation_begins_only_after_an_error_or_a_persons_decision(journal: &dyn Journal) {
    let mut first = admitted(journal, full()).await;
    let mut seconds = 0;
    let ends = [refusal(), Change::Closed(Closing::NotSent), unknown()];
    for (generation, end) in (2..).zip(ends) {
        done(journal, &first, &me(), seconds, sending(seconds)).await;
        let ended = done(journal, &first, &me(), seconds + 1, end).await;
        if ended.state == IntentState::Unknown {
            assert_eq!(existing(journal, later(YEAR_SECONDS, full())).await, ended, "it may have moved money");
            lost(journal, &ended, &other(), seconds + 2, resolved(Decision::NotCancelled)).await;
            done(journal, &ended, &other(), seconds + 1_000, resolved(Decision::NotCancelled)).await;
        }
        seconds += 2_000;
        let next = admitted(journal, later(seconds, full())).await;
        assert_eq!(next.generation, generation);
        assert_ne!(next.cancel_id, first.cancel_id, "another generation is another cancel_id");
        first = next;
    }
    done(journal, &first, &me(), seconds, sending(seconds)).await;
    let settled = done(journal, &first, &me(), seconds + 1, settled(Evidence::Answered, 10_000)).await;
    assert_eq!(existing(journal, later(YEAR_SECONDS, full())).await, settled);
}

async fn a_receipt_is_locked_whatever_the_credentials(journal: &dyn Journal) {
    let other_scope = |proposal| Proposal { scope: "scope-b".into(), ..proposal };
    let first = admitted(journal, keyed("k", 3_000)).await;
    assert_eq!(in_flight(journal, other_scope(full())).await.id, first.id);
    assert_eq!(in_flight(journal, other_scope(keyed("k", 3_000))).await.id, first.id);
    done(journal, &first, &me(), 1, sending(1)).await;
    done(journal, &first, &me(), 2, unknown()).await;
    // The same wish is the same refund through other credentials too; another one has to wait.
    assert_eq!(existing(journal, later(YEAR_SECONDS, other_scope(keyed("k", 3_000)))).await.id, first.id);
    let conflict = refused(journal, later(YEAR_SECONDS, other_scope(keyed("l", 3_000)))).await;
    assert_eq!(conflict.kind, ConflictKind::OpenIntent);
}

async fn another_environment_is_another_receipt(journal: &dyn Journal) {
    admitted(journal, full()).await;
    admitted(journal, Proposal { environment: "http://127.0.0.1:8080".into(), ..full() }).await;
}

async fn an_intent_knows_the_latest_answered_totals_before_it(journal: &dyn Journal) {
    let first = answered(journal, keyed("k1", 3_000), 1, 3_000).await;
    assert_eq!(first.last_answered, None);
    let second = answered(journal, later(60, keyed("k2", 2_000)), 61, 5_000).await;
    assert_eq!(second.last_answered, Some(totals(10_000, 3_000)));
    let third = admitted(journal, later(120, full())).await;
    assert_eq!(third.last_answered, Some(totals(10_000, 5_000)));
}
