//! How intents are found again.

use crate::cancel::Evidence;
use crate::intent::{Cursor, IntentId, IntentQuery};
use crate::journal::Journal;
use crate::protocol::Proposal;

use super::fixtures::*;

super::against_every_journal!(
    intents_are_found_by_each_of_their_names,
    conditions_are_joined,
    open_ones_are_those_that_wait_for_somebody,
    a_limit_keeps_the_newest_and_the_oldest_comes_first,
    the_order_is_that_of_admission_whatever_the_clock_says,
    a_bulk_is_read_in_pages,
    an_intent_keeps_the_label_of_the_bulk_that_began_it,
);

async fn ids(journal: &dyn Journal, query: IntentQuery) -> Vec<IntentId> {
    journal.find(query).await.unwrap().into_iter().map(|intent| intent.id).collect()
}

fn of(id: &str, proposal: Proposal) -> Proposal {
    Proposal { receipt_id: receipt(id), ..proposal }
}

async fn intents_are_found_by_each_of_their_names(journal: &dyn Journal) {
    let one = admitted(journal, of("one", full())).await;
    let two = admitted(journal, of("two", keyed("k", 3_000))).await;
    let away = Proposal { environment: "http://127.0.0.1:8080".into(), ..of("three", full()) };
    let three = admitted(journal, away).await;

    let all = || IntentQuery::default();
    assert_eq!(ids(journal, all()).await, [one.id.clone(), two.id.clone(), three.id.clone()]);
    assert_eq!(
        journal.find(IntentQuery { id: Some(two.id.clone()), ..all() }).await.unwrap(),
        std::slice::from_ref(&two)
    );
    assert_eq!(ids(journal, IntentQuery { receipt_id: Some(receipt("one")), ..all() }).await, [one.id]);
    assert_eq!(ids(journal, IntentQuery { cancel_id: Some(two.cancel_id), ..all() }).await, [two.id]);
    assert_eq!(ids(journal, IntentQuery { environment: Some(three.environment), ..all() }).await, [three.id]);
    assert!(ids(journal, IntentQuery { receipt_id: Some(receipt("four")), ..all() }).await.is_empty());
}

async fn conditions_are_joined(journal: &dyn Journal) {
    let one = admitted(journal, of("one", full())).await;
    let two = admitted(journal, of("two", full())).await;
    let both =
        |receipt_id| IntentQuery { id: Some(one.id.clone()), receipt_id: Some(receipt_id), ..Default::default() };
    assert_eq!(ids(journal, both(one.receipt_id.clone())).await, std::slice::from_ref(&one.id));
    assert!(ids(journal, both(two.receipt_id)).await.is_empty());
}

async fn open_ones_are_those_that_wait_for_somebody(journal: &dyn Journal) {
    let reserved = admitted(journal, of("reserved", full())).await;
    let sent = admitted(journal, of("sent", full())).await;
    done(journal, &sent, &me(), 1, sending(1)).await;
    let unknown = unanswered(journal, of("unknown", full())).await;
    let held = admitted(journal, of("held", keyed("k", 3_000))).await;
    done(journal, &held, &me(), 1, sending(1)).await;
    done(journal, &held, &me(), 2, settled_with_mismatch()).await;
    answered(journal, of("cancelled", full()), 1, 10_000).await;
    let inferred = unanswered(journal, of("inferred", full())).await;
    done(journal, &inferred, &me(), 61, settled(Evidence::Inferred, 10_000)).await;
    let refused = admitted(journal, of("refused", full())).await;
    done(journal, &refused, &me(), 1, sending(1)).await;
    done(journal, &refused, &me(), 2, refusal()).await;

    let open = IntentQuery { open: true, ..Default::default() };
    assert_eq!(ids(journal, open).await, [reserved.id, sent.id, unknown.id, held.id]);
}

async fn a_limit_keeps_the_newest_and_the_oldest_comes_first(journal: &dyn Journal) {
    let mut expected = Vec::new();
    for number in 0..5 {
        expected.push(admitted(journal, of(&format!("r{number}"), full())).await.id);
    }
    assert_eq!(ids(journal, IntentQuery { limit: Some(2), ..Default::default() }).await, expected[3..]);
    assert_eq!(ids(journal, IntentQuery { limit: Some(9), ..Default::default() }).await, expected);
    assert!(ids(journal, IntentQuery { limit: Some(0), ..Default::default() }).await.is_empty());
}

async fn the_order_is_that_of_admission_whatever_the_clock_says(journal: &dyn Journal) {
    let first = admitted(journal, later(3600, of("one", full()))).await;
    let second = admitted(journal, later(0, of("two", full()))).await;
    assert_eq!(ids(journal, IntentQuery::default()).await, [first.id, second.id]);
}

async fn a_bulk_is_read_in_pages(journal: &dyn Journal) {
    let mut expected = Vec::new();
    for number in 0..7 {
        admitted(journal, of(&format!("other{number}"), full())).await;
        let labelled = Proposal { bulk: Some(bulk(1)), ..of(&format!("r{number}"), full()) };
        expected.push(admitted(journal, labelled).await.id);
        admitted(journal, Proposal { bulk: Some(bulk(2)), ..of(&format!("second{number}"), full()) }).await;
    }
    let page = |after| IntentQuery { bulk: Some(bulk(1)), after: Some(after), limit: Some(3), ..Default::default() };
    let mut cursor = Cursor::Start;
    let mut pages = Vec::new();
    loop {
        let found = ids(journal, page(cursor)).await;
        let Some(last) = found.last() else { break };
        cursor = Cursor::After(last.clone());
        pages.push(found);
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
    assert_eq!(pages.concat(), expected);
    assert!(ids(journal, page(Cursor::After(IntentId("nowhere".into())))).await.is_empty());
    let whole = IntentQuery { bulk: Some(bulk(1)), ..Default::default() };
    assert_eq!(ids(journal, whole).await, expected);
    // Without a bulk, pages go over everything.
    let first = IntentQuery { after: Some(Cursor::Start), limit: Some(2), ..Default::default() };
    assert_eq!(ids(journal, first).await[1], expected[0]);
}

async fn an_intent_keeps_the_label_of_the_bulk_that_began_it(journal: &dyn Journal) {
    let labelled = |number| Proposal { bulk: Some(bulk(number)), ..keyed("k", 3_000) };
    let first = admitted(journal, labelled(1)).await;
    assert_eq!(in_flight(journal, labelled(2)).await.bulk, Some(bulk(1)), "the label makes no other wish");
    done(journal, &first, &me(), 1, sending(1)).await;
    let refused = done(journal, &first, &me(), 2, refusal()).await;
    assert_eq!(refused.bulk, Some(bulk(1)));
    let second = admitted(journal, later(3, labelled(2))).await;
    assert_eq!((second.generation, second.bulk), (2, Some(bulk(2))), "each generation has its own");
    let third = IntentQuery { bulk: Some(bulk(2)), ..Default::default() };
    assert_eq!(ids(journal, third).await, [second.id]);
}
