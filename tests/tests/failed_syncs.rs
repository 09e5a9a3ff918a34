//! What the journal's file is worth after a sync of it has failed, in a process that goes on: PostgreSQL stops there,
//! because the next sync may succeed although the pages that the first one lost were never written.
//!
//! SQLite's log needs no such stop. What a failed commit has logged is not committed, so the next one writes the same
//! place again, whole; what a failed checkpoint has copied stays in the log and is copied again. Here each sync in turn
//! fails as Linux lets it fail (told once, the pages gone), the process goes on refunding, and then the power fails.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::sync::Arc;

use bootpay_core::{Bootpay, IntentQuery, IntentState, JournalChoice};
use bootpay_sandbox::{NewReceipt, Sandbox};
use bootpay_tests::aftermath::is_sound;
use bootpay_tests::interposed::{Ended, Process, Strike, points};
use bootpay_tests::{Setup, Told};
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const CANCEL_ONCE: &str = env!("CARGO_BIN_EXE_cancel-once");

/// So many refunds nearly fill SQLite's log: it is copied into the file once it has a thousand pages.
const BEFORE: usize = 74;
const REFUNDS: usize = 8;
const PAGE: u64 = 4_096;

fn receipts(sandbox: &Sandbox, count: usize) -> Vec<String> {
    (0..count).map(|_| sandbox.add(NewReceipt::paid(10_000).pg("kcp"))).collect()
}

/// A process that refunds one receipt after the other and ends without closing its journal.
fn refunding(sandbox: &Sandbox, directory: &Path, receipts: &[String]) -> Process {
    let journal = directory.join("journal.sqlite3");
    Process::new(CANCEL_ONCE, &sandbox.base_url(), &journal, &receipts.join(","), None).env("LEAVE_OPEN", "1")
}

/// The journal and its log. Not the index beside it, which is made anew.
fn copy(from: &Path) -> TempDir {
    let to = tempfile::tempdir().expect("a directory");
    for name in ["journal.sqlite3", "journal.sqlite3-wal"] {
        std::fs::copy(from.join(name), to.path().join(name)).expect("a copy");
    }
    to
}

async fn check(sandbox: &Sandbox, directory: &Path, receipts: &[String], ended: &Ended) -> Result<(), String> {
    if ended.tellings.len() != REFUNDS {
        return Err(format!("it told of {} refunds", ended.tellings.len()));
    }
    let bootpay: Bootpay = Setup::v1()
        .builder(&sandbox.base_url())
        .map_err(|error| error.to_string())?
        .journal(JournalChoice::Sqlite(directory.join("journal.sqlite3")))
        .build()
        .map_err(|error| format!("the journal does not open: {error}"))?;
    let intents = bootpay.intents(IntentQuery::default()).await.map_err(|error| error.to_string())?;
    let recovery = bootpay.recover().await.map_err(|error| error.to_string())?;
    for (receipt_id, told) in receipts.iter().zip(&ended.tellings) {
        let moved: Vec<u64> = sandbox.movements(receipt_id).iter().map(|movement| movement.amount).collect();
        told.agrees_with(&moved)?;
        let states: Vec<_> =
            intents.iter().filter(|one| one.receipt_id.as_str() == receipt_id).map(|one| one.state).collect();
        if matches!(told, Told::Cancelled { recorded: true, .. }) && states != [IntentState::Cancelled] {
            return Err(format!("told as recorded, and the journal says {states:?}"));
        }
        if !moved.is_empty()
            && !matches!(states[..], [IntentState::Sending | IntentState::Unknown | IntentState::Cancelled])
        {
            return Err(format!("it moved, and the journal says {states:?}"));
        }
    }
    if !recovery.failed.is_empty() || !recovery.unknown.is_empty() {
        return Err(format!("not recovered: {recovery:?}"));
    }
    drop(bootpay);
    is_sound(&directory.join("journal.sqlite3"))
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_failed_sync_what_is_told_as_recorded_outlives_a_power_cut() {
    let sandbox = Arc::new(Sandbox::start().await.expect("a sandbox"));
    let filled = tempfile::tempdir().expect("a directory");
    let _ = refunding(&sandbox, filled.path(), &receipts(&sandbox, BEFORE)).run().await;
    let log = std::fs::metadata(filled.path().join("journal.sqlite3-wal")).expect("a log").len() / PAGE;

    let counted = copy(filled.path());
    let (_, calls) = refunding(&sandbox, counted.path(), &receipts(&sandbox, REFUNDS)).count(counted.path()).await;
    let syncs: Vec<_> = calls.iter().filter(|call| call.class == "sync").collect();
    let file_writes = calls.iter().filter(|call| call.class == "write").count();
    assert!((800..1_000).contains(&log), "the log has {log} pages, and must come to be copied in these refunds");
    println!("{} syncs, {file_writes} writes, a log of {log} pages", syncs.len());

    let (turns, mut runs) = (Arc::new(Semaphore::new(4)), JoinSet::new());
    for deed in ["EIO", "drop"] {
        for at in points(syncs.len(), 3) {
            let (turns, sandbox, directory) = (Arc::clone(&turns), Arc::clone(&sandbox), copy(filled.path()));
            runs.spawn(async move {
                let _turn = turns.acquire_owned().await.expect("a turn");
                let receipts = receipts(&sandbox, REFUNDS);
                let strike = Strike { only: &["sync"], at, onward: false, deed };
                let process = refunding(&sandbox, directory.path(), &receipts).struck(directory.path(), &strike);
                let ended = process.env("INTERPOSE_END", "1").run().await;
                assert!(!ended.status.success(), "the power was not cut");
                let held = check(&sandbox, directory.path(), &receipts, &ended).await;
                let failed = ended.tellings.iter().filter(|told| told.is_journal_error()).count();
                (failed, held.map_err(|why| format!("{deed} at sync {at}: {why}: {:?}", ended.tellings)))
            });
        }
    }
    let (mut failed, mut all, mut wrong) = (0, 0, Vec::new());
    while let Some(run) = runs.join_next().await {
        let (errors, held) = run.expect("no panic");
        all += 1;
        failed += usize::from(errors > 0);
        wrong.extend(held.err());
    }
    println!("{all} runs, {failed} of them with an error of the journal's");
    assert!(wrong.is_empty(), "{} of {all} did not hold:\n{}", wrong.len(), wrong.join("\n"));
    assert!(failed > 0 && failed < all, "some syncs are a commit's, one is a copy's: {failed} of {all}");
}
