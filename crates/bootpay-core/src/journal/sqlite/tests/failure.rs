//! What cannot be written is not recorded, is not said to be, and takes nothing else with it.

use tokio::task::JoinSet;

use crate::journal::tests::fixtures::*;

use super::*;

fn on(number: usize) -> Proposal {
    Proposal { receipt_id: receipt(&format!("receipt-{number}")), ..full() }
}

#[tokio::test]
async fn on_a_full_disk_what_is_refused_is_not_recorded_and_what_was_acknowledged_is() {
    let (_directory, path) = place();
    // SQLite sets the limit no lower than what the file has already: from here on it cannot grow.
    let journal = SqliteJournal::open_then(&path, "PRAGMA max_page_count = 1").unwrap();
    let mut admitted = Vec::new();
    let mut refused = 0;
    for round in 0..8 {
        let mut calls = JoinSet::new();
        for number in 0..8 {
            let journal = journal.clone();
            calls.spawn(async move { journal.admit(on(round * 8 + number)).await });
        }
        for answer in calls.join_all().await {
            match answer {
                Ok(Admission::Admitted(intent)) => admitted.push(intent.id),
                Err(JournalError::Write(text)) => {
                    assert!(text.contains("full") && text.contains(&path.display().to_string()), "{text}");
                    refused += 1;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(refused > 0);
    admitted.sort();
    let mut found: Vec<_> = journal.find(IntentQuery::default()).await.unwrap().into_iter().map(|one| one.id).collect();
    found.sort();
    assert_eq!(found, admitted);
    drop(journal);
    closed(&path);
    let journal = SqliteJournal::open(&path).unwrap();
    assert_eq!(journal.find(IntentQuery::default()).await.unwrap().len(), admitted.len());
    admitted_again(&journal, 64 - admitted.len()).await;
}

/// With space again, exactly those that were refused are new.
async fn admitted_again(journal: &SqliteJournal, expected: usize) {
    let mut new = 0;
    for number in 0..64 {
        new += usize::from(matches!(journal.admit(on(number)).await.unwrap(), Admission::Admitted(_)));
    }
    assert_eq!(new, expected);
}

#[tokio::test]
async fn a_file_that_may_only_be_read_takes_nothing() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open_then(&path, "PRAGMA query_only = ON").unwrap();
    let error = journal.admit(full()).await.unwrap_err();
    assert!(matches!(&error, JournalError::Write(text) if text.contains("must be allowed to write")), "{error}");
    assert!(journal.find(IntentQuery::default()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_change_that_fails_leaves_its_neighbours_in_the_same_transaction_alone() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let release = hold(&journal);
    let nowhere = IntentId("nowhere".into());
    let too_much = crate::CancelAmount::Full { expected_remaining: Some(crate::Won::new(u64::MAX)) };
    let me = me();
    let (one, missing, unwritable, same, two, ()) = tokio::join!(
        journal.admit(on(1)),
        journal.change(&nowhere, &me, unknown(), START),
        journal.admit(Proposal { amount: too_much, ..on(9) }),
        journal.admit(on(1)),
        journal.admit(on(2)),
        async move { drop(release) },
    );
    assert!(matches!(one.unwrap(), Admission::Admitted(_)));
    assert_eq!(missing, Err(JournalError::NoSuchIntent("nowhere".into())));
    assert!(matches!(unwritable, Err(JournalError::Write(_))));
    assert!(matches!(same.unwrap(), Admission::InFlight(_)));
    assert!(matches!(two.unwrap(), Admission::Admitted(_)));
    assert_eq!(journal.find(IntentQuery::default()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_a_change_wrote_before_it_failed_is_not_committed_alone_or_beside_others() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let half = |connection: &Connection| -> Result<(), trouble::Trouble> {
        connection.execute_batch("UPDATE intents SET owner = 'half-way'")?;
        Err(JournalError::Write("a failure in a test".into()).into())
    };
    admitted(&journal, on(1)).await;
    assert!(matches!(journal.writer.write(half).await, Err(JournalError::Write(_))));
    let release = hold(&journal);
    let (failed, two, ()) =
        tokio::join!(journal.writer.write(half), journal.admit(on(2)), async move { drop(release) });
    assert!(matches!(failed, Err(JournalError::Write(_))));
    assert!(matches!(two.unwrap(), Admission::Admitted(_)));
    let all = journal.find(IntentQuery::default()).await.unwrap();
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|one| one.owner == me()), "half a change was committed");
}

#[tokio::test]
async fn a_panic_in_one_change_takes_the_journal_from_nobody() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let panic = |connection: &Connection| -> Result<(), trouble::Trouble> {
        connection.execute_batch("UPDATE intents SET owner = 'half-way'")?;
        panic!("a panic in a test");
    };
    admitted(&journal, on(1)).await;
    assert!(matches!(journal.writer.write(panic).await, Err(JournalError::Write(_))));
    admitted(&journal, on(2)).await;
    assert!(journal.find(IntentQuery::default()).await.unwrap().iter().all(|one| one.owner == me()));
}

#[tokio::test]
async fn a_file_that_another_process_keeps_locked_is_an_error_that_says_so() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open_then(&path, "PRAGMA busy_timeout = 50").unwrap();
    let shell = Connection::open(&path).unwrap();
    shell.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = journal.admit(full()).await.unwrap_err();
    assert!(matches!(&error, JournalError::Write(text) if text.contains("locked")), "{error}");
    assert!(journal.find(IntentQuery::default()).await.unwrap().is_empty(), "reading goes on");
    shell.execute_batch("COMMIT").unwrap();
    admitted(&journal, full()).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_was_deleted_or_replaced_while_open_is_written_no_more() {
    let (directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    admitted(&journal, on(1)).await;
    std::fs::rename(&path, directory.path().join("moved")).unwrap();
    let error = journal.admit(on(2)).await.unwrap_err();
    assert!(matches!(&error, JournalError::Write(text) if text.contains("deleted, moved or replaced")), "{error}");
    std::fs::write(&path, "").unwrap();
    assert!(matches!(journal.admit(on(2)).await, Err(JournalError::Write(_))));
    assert!(matches!(journal.find(IntentQuery::default()).await, Err(JournalError::Read(_))));
    std::fs::rename(directory.path().join("moved"), &path).unwrap();
    admitted(&journal, on(2)).await;
}

#[tokio::test]
async fn a_file_that_a_newer_version_migrated_while_open_is_written_no_more() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let error = journal.admit(full()).await.unwrap_err();
    assert!(matches!(&error, JournalError::Write(text) if text.contains("format 99")), "{error}");
}

#[tokio::test]
async fn a_handle_that_crossed_a_fork_answers_with_an_error() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let mut crossed = journal.clone();
    crossed.writer.process = 0;
    assert!(matches!(crossed.admit(full()).await, Err(JournalError::Write(text)) if text.contains("forked")));
    assert!(matches!(crossed.find(IntentQuery::default()).await, Err(JournalError::Read(_))));
    admitted(&journal, full()).await;
}

#[tokio::test]
async fn a_closed_journal_leaves_no_connection_and_all_its_records() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let clone = journal.clone();
    admitted(&journal, full()).await;
    journal.close();
    journal.close();
    assert!(!path.with_extension("sqlite3-wal").exists(), "the last to close removes the log");
    assert!(matches!(clone.find(IntentQuery::default()).await, Err(JournalError::Read(_))));
    let again = SqliteJournal::open(&path).unwrap();
    assert_eq!(again.find(IntentQuery::default()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_call_that_was_dropped_may_still_be_recorded_and_is_then_found() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let release = hold(&journal);
    tokio::select! {
        biased;
        answer = journal.admit(full()) => panic!("{answer:?}"),
        () = tokio::task::yield_now() => {}
    }
    drop(release);
    assert_eq!(journal.find(IntentQuery::default()).await.unwrap().len(), 1);
    in_flight(&journal, full()).await;
}
