//! One database, several callers: tasks, handles, hosts.

use std::collections::BTreeSet;

use tokio::task::JoinSet;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hosts_racing_for_one_refund_exactly_one_call_is_admitted() {
    let database = database();
    let hosts = [open(database.url()), open(database.url())];
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        for journal in hosts.clone() {
            calls.spawn(async move { journal.admit(keyed("order-1/refund-1", 3_000)).await.unwrap() });
        }
    }
    let answers = calls.join_all().await;
    let admitted = answers.iter().filter(|one| matches!(one, Admission::Admitted(_))).count();
    let waiting = answers.iter().filter(|one| matches!(one, Admission::InFlight(_))).count();
    assert_eq!((admitted, waiting), (1, 39));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_refunds_of_one_receipt_racing_exactly_one_is_admitted() {
    let database = database();
    let hosts = [open(database.url()), open(database.url())];
    for round in 0..20 {
        let mut calls = JoinSet::new();
        for (number, journal) in hosts.clone().into_iter().cycle().take(8).enumerate() {
            let proposal = keyed(&format!("refund-{round}-{number}"), 1_000);
            let proposal = Proposal { receipt_id: receipt(&format!("r-{round}")), ..proposal };
            calls.spawn(async move { journal.admit(proposal).await.unwrap() });
        }
        let answers = calls.join_all().await;
        let admitted = answers.iter().filter(|one| matches!(one, Admission::Admitted(_))).count();
        let waiting = answers.iter().filter(|one| matches!(one, Admission::InFlight(_))).count();
        assert_eq!((admitted, waiting), (1, 7));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_receipts_racing_for_one_cancel_id_exactly_one_gets_it() {
    let database = database();
    let hosts = [open(database.url()), open(database.url())];
    for round in 0..20 {
        let mut calls = JoinSet::new();
        for (number, journal) in hosts.clone().into_iter().cycle().take(8).enumerate() {
            let proposal =
                Proposal { receipt_id: receipt(&format!("r-{round}-{number}")), ..keyed(&format!("k{round}"), 3_000) };
            calls.spawn(async move { journal.admit(proposal).await.unwrap() });
        }
        let answers = calls.join_all().await;
        let admitted = answers.iter().filter(|one| matches!(one, Admission::Admitted(_))).count();
        let refused = answers.iter().filter(|one| matches!(one, Admission::Refused(_))).count();
        assert_eq!((admitted, refused), (1, 7));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_owners_racing_to_take_over_exactly_one_wins() {
    let database = database();
    let hosts = [open(database.url()), open(database.url())];
    for number in 0..25 {
        let intent = admitted(&hosts[0], on(number)).await;
        let (me, other) = (me(), other());
        let (send, take) = tokio::join!(
            hosts[0].change(&intent.id, &me, sending(LEASE_SECONDS - 1), at(LEASE_SECONDS - 1)),
            hosts[1].change(&intent.id, &other, taken_over(true), at(LEASE_SECONDS)),
        );
        match (send.unwrap(), take.unwrap()) {
            // Taken over while sending: unknown, never "not sent".
            (Changed::Done(_), Changed::Done(taken)) => assert_eq!(taken.state, crate::IntentState::Unknown),
            (Changed::Lost(_), Changed::Done(taken)) => assert_eq!(taken.state, crate::IntentState::NotSent),
            both => panic!("{both:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_share_few_connections_and_each_gets_its_turn() {
    let database = database();
    let journal = open(database.url());
    let mut calls = JoinSet::new();
    for number in 0..200 {
        let journal = journal.clone();
        calls.spawn(async move { journal.admit(on(number)).await.unwrap() });
    }
    assert!(calls.join_all().await.iter().all(|answer| matches!(answer, Admission::Admitted(_))));
    let found: BTreeSet<_> =
        journal.find(IntentQuery::default()).await.unwrap().into_iter().map(|one| one.receipt_id).collect();
    assert_eq!(found.len(), 200);
    let connections = database.sql(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bootpay' AND datname = current_database()",
    );
    assert!((2..=pool::MOST).contains(&connections.parse().unwrap()), "{connections}");
}
