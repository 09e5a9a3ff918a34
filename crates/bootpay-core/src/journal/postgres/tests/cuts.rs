//! The connection is cut after any byte, either way: what was told is true, and nothing happens twice.

use std::collections::BTreeSet;

use bootpay_test_postgres::{Proxy, Way};

use crate::cancel::Evidence;
use crate::intent::IntentState;

use super::*;

/// Every so many bytes; each one where `BOOTPAY_PROVE` is set, which takes minutes.
fn stride() -> usize {
    if std::env::var_os("BOOTPAY_PROVE").is_some() { 1 } else { 397 }
}

/// Where to cut a whole cancel on a connection that is open and prepared: here and there, and all along the answers to
/// its three commits, which are about fifty bytes each.
async fn cuts_of_a_cancel(journal: &PostgresJournal, proxy: &Proxy, way: Way) -> BTreeSet<u64> {
    for number in 0..2 {
        assert!(cancel(journal, &format!("warm-{way:?}-{number}")).await[2].is_ok());
    }
    let before = proxy.passed(way);
    let proposal = Proposal { receipt_id: receipt(&format!("measured-{way:?}")), ..full() };
    let intent = admitted(journal, proposal).await;
    let mut ends = vec![proxy.passed(way) - before];
    for (seconds, change) in [(1, sending(1)), (2, settled(Evidence::Answered, 10_000))] {
        done(journal, &intent, &me(), seconds, change).await;
        ends.push(proxy.passed(way) - before);
    }
    let answers = ends.iter().flat_map(|end| (end - 63..*end).step_by(9));
    (1..=ends[2]).step_by(stride()).chain(answers).collect()
}

/// Admitted, sent, settled: what was told of each.
async fn cancel(journal: &PostgresJournal, id: &str) -> [Result<IntentState, JournalError>; 3] {
    let proposal = Proposal { receipt_id: receipt(id), ..full() };
    let intent = match journal.admit(proposal).await {
        Ok(Admission::Admitted(intent)) => intent,
        Ok(other) => panic!("{other:?}"),
        Err(error) => return [Err(error.clone()), Err(error.clone()), Err(error)],
    };
    let state = |changed| match changed {
        Ok(Changed::Done(intent)) => Ok(intent.state),
        Ok(Changed::Lost(intent)) => panic!("lost: {intent:?}"),
        Err(error) => Err(error),
    };
    let sent = state(journal.change(&intent.id, &me(), sending(1), at(1)).await);
    let answer = settled(Evidence::Answered, 10_000);
    let settled = match &sent {
        Ok(_) => state(journal.change(&intent.id, &me(), answer, at(2)).await),
        Err(error) => Err(error.clone()),
    };
    [Ok(intent.state), sent, settled]
}

#[tokio::test]
async fn a_connection_that_is_cut_anywhere_costs_nothing_where_a_new_one_can_be_made() {
    let database = database();
    let proxy = Proxy::to(database.server().port()).unwrap();
    let journal = open(database.url_at(proxy.port()));
    for way in [Way::Up, Way::Down] {
        for bytes in cuts_of_a_cancel(&journal, &proxy, way).await {
            // The connection is a new one since the last cut, and prepares its statements once more.
            assert!(cancel(&journal, &format!("before-{way:?}-{bytes}")).await[2].is_ok());
            let (id, cuts) = (format!("cut-{way:?}-{bytes}"), proxy.cuts());
            proxy.cut_after(way, bytes);
            let told = cancel(&journal, &id).await;
            let expected = [IntentState::Reserved, IntentState::Sending, IntentState::Cancelled].map(Ok);
            assert_eq!(told, expected, "{way:?} {bytes}");
            assert_eq!(proxy.cuts(), cuts + 1, "{way:?} {bytes}");
            let query = IntentQuery { receipt_id: Some(receipt(&id)), ..Default::default() };
            let found = journal.find(query).await.unwrap();
            let [intent] = found.as_slice() else { panic!("{way:?} {bytes}: {found:?}") };
            assert_eq!((intent.state, intent.attempts.len()), (IntentState::Cancelled, 1), "{way:?} {bytes}");
        }
    }
}

#[tokio::test]
async fn where_none_can_be_made_a_failure_is_told_as_one_only_where_nothing_is_recorded() {
    let database = database();
    let straight = open(database.url());
    let mut unconfirmed = 0;
    for way in [Way::Up, Way::Down] {
        let proxy = Proxy::to(database.server().port()).unwrap();
        proxy.refuse_after_cut(true);
        let cuts = cuts_of_a_cancel(&open(database.url_at(proxy.port())), &proxy, way).await;
        let mut runs = tokio::task::JoinSet::new();
        // Each waits in vain for a new connection: all at once.
        for bytes in cuts.into_iter().step_by(3) {
            let proxy = Proxy::to(database.server().port()).unwrap();
            let journal = hasty(database.url_at(proxy.port()));
            for number in 0..2 {
                assert!(cancel(&journal, &format!("{way:?}-{bytes}-{number}")).await[2].is_ok());
            }
            proxy.refuse_after_cut(true);
            proxy.cut_after(way, bytes);
            let id = format!("lost-{way:?}-{bytes}");
            runs.spawn(async move { (cancel(&journal, &id).await, id, proxy) });
        }
        for (told, id, _) in runs.join_all().await {
            let query = IntentQuery { receipt_id: Some(receipt(&id)), ..Default::default() };
            let found = straight.find(query).await.unwrap();
            assert!(found.len() <= 1, "{found:?}");
            let state = found.first().map(|intent| intent.state);
            match told.iter().find_map(|one| one.as_ref().err()) {
                // The last answer may have gone before the cut.
                None => assert_eq!(state, Some(IntentState::Cancelled), "{id}"),
                Some(error) => {
                    let known = told.iter().rev().find_map(|one| one.as_ref().ok().copied());
                    let next = match known {
                        None => Some(IntentState::Reserved),
                        Some(IntentState::Reserved) => Some(IntentState::Sending),
                        _ => Some(IntentState::Cancelled),
                    };
                    match error {
                        JournalError::Write(_) => assert_eq!(state, known, "{id}: {error}"),
                        JournalError::Unconfirmed(_) => {
                            unconfirmed += 1;
                            assert!(state == known || state == next, "{id}: {state:?} {error}");
                        }
                        other => panic!("{id}: {other}"),
                    }
                }
            }
        }
    }
    assert!(unconfirmed > 0, "no commit was cut");
}
