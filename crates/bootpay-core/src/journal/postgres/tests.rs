//! What only a database can do: be shared by hosts, be restarted, be unreachable, be somebody else's.

mod cuts;
mod failure;
mod format;
mod record;
mod sharing;

use std::time::Instant;

use bootpay_test_postgres::{Database, Server};

use crate::journal::tests::fixtures::*;

use super::session::Session;
use super::*;

/// A database of the test's own.
fn database() -> Database {
    Server::shared().database()
}

fn open(url: impl Into<Secret>) -> PostgresJournal {
    PostgresJournal::open(url).unwrap()
}

/// One that has less patience.
fn hasty(url: impl Into<Secret>) -> PostgresJournal {
    PostgresJournal::open_by(&url.into(), Box::new(SystemClock::default()), HASTY).unwrap()
}

const HASTY: Limits = Limits {
    idle_in_transaction: Duration::from_secs(1),
    lock: Duration::from_secs(2),
    statement: Duration::from_secs(3),
    patience: Duration::from_secs(1),
    give_up: Duration::from_secs(4),
};

/// A connection of the test's own, set up as the journal's are.
async fn session(database: &Database) -> Session {
    let address = Address::parse(&Secret::new(database.url())).unwrap();
    let tls = tls::connector(&address.encryption).unwrap();
    Session::open(&address, &tls, &SystemClock::default(), &HASTY).await.unwrap()
}

fn on(number: usize) -> Proposal {
    Proposal { receipt_id: receipt(&format!("receipt-{number}")), ..full() }
}

async fn count(journal: &PostgresJournal) -> usize {
    journal.find(IntentQuery::default()).await.unwrap().len()
}

/// Looks again until it is so, for half a minute.
async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !is_so().await {
        assert!(start.elapsed() < Duration::from_secs(30), "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
