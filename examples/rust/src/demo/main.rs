//! `make demo`: real cancels over real HTTP against a sandbox on this machine, and for each of them what the caller saw
//! beside what the sandbox's ledger says.

#![allow(clippy::print_stdout, reason = "a demonstration prints")]

mod scenes;
mod table;

use bootpay_core::{Bootpay, Credentials, JournalChoice, Timeouts};
use bootpay_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal.sqlite3");
    let mut timeouts = Timeouts::default();
    // In production 60 s: a short one manufactures unknowns. Here nobody should have to wait.
    timeouts.cancel = std::time::Duration::from_secs(2);
    let bootpay = Bootpay::builder(Credentials::key_pair(Sandbox::APPLICATION_ID, Sandbox::PRIVATE_KEY)?)
        .base_url(sandbox.base_url())
        .journal(JournalChoice::Sqlite(journal))
        .timeouts(timeouts)
        .build()?;

    println!(
        "A Bootpay on this machine listens at {}; the journal is {}.\n",
        sandbox.base_url(),
        bootpay.journal_place()
    );
    let rows = scenes::play(&sandbox, &bootpay).await?;
    table::print(&rows);

    let liars: Vec<_> = rows.iter().filter(|row| !row.agrees).collect();
    println!(
        "\nRefunds that the callers believe in and refunds in the ledger: {}.",
        if liars.is_empty() { "the same, every time" } else { "NOT the same" }
    );
    if liars.is_empty() { Ok(()) } else { Err("the callers and the ledger disagree".into()) }
}
