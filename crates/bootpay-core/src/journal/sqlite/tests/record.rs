//! An intent comes back as it was written, and a row that makes no sense is said to make none.

use crate::cancel::{CancelAmount, Evidence};
use crate::intent::Decision;
use crate::journal::tests::fixtures::*;
use crate::journal::tests::intents::{populated, variants};
use crate::money::Won;

use super::*;

/// A journal's file that holds these intents, closed.
fn file_with(path: &Path, intents: &[Intent]) -> Connection {
    drop(SqliteJournal::open(path).unwrap());
    closed(path);
    let connection = Connection::open(path).unwrap();
    for intent in intents {
        operations::insert(&connection, intent).unwrap();
    }
    connection
}

#[tokio::test]
async fn every_field_comes_back_as_it_was_written() {
    let (_directory, path) = place();
    let variants = variants();
    drop(file_with(&path, &variants));
    let journal = SqliteJournal::open(&path).unwrap();
    let found = journal.find(IntentQuery::default()).await.unwrap();
    assert_eq!(found.len(), variants.len());
    for (found, written) in found.iter().zip(&variants) {
        assert_eq!(found, written);
    }
}

#[tokio::test]
async fn what_was_answered_is_what_the_next_process_finds() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let on = |id: &str, proposal| Proposal { receipt_id: receipt(id), ..proposal };
    let mut expected = vec![
        answered(&journal, on("settled", full()), 1, 10_000).await,
        unanswered(&journal, on("unknown", keyed("k", 3_000))).await,
        admitted(&journal, on("reserved", click(1, 3_000))).await,
    ];
    let intent = admitted(&journal, on("refused", full())).await;
    done(&journal, &intent, &me(), 1, sending(1)).await;
    expected.push(done(&journal, &intent, &me(), 2, refusal()).await);
    let intent = unanswered(&journal, on("decided", full())).await;
    expected.push(done(&journal, &intent, &other(), 3600, resolved(Decision::NotCancelled)).await);
    let intent = admitted(&journal, on("held", keyed("h", 3_000))).await;
    done(&journal, &intent, &me(), 1, sending(1)).await;
    done(&journal, &intent, &me(), 2, Change::Returned { lease_until: at(90) }).await;
    done(&journal, &intent, &me(), 3, sending(3)).await;
    expected.push(done(&journal, &intent, &me(), 4, settled_with_mismatch()).await);
    drop(journal);
    closed(&path);

    let journal = SqliteJournal::open(&path).unwrap();
    for intent in expected {
        let query = IntentQuery { id: Some(intent.id.clone()), ..Default::default() };
        assert_eq!(journal.find(query).await.unwrap(), [intent]);
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_understood_is_named_and_never_given_a_default() {
    let columns = [
        ("receipt_id", "'a b'"),
        ("intent_key", "'nonsense'"),
        ("generation", "-1"),
        ("cancel_id", "' x'"),
        ("kind", "'half'"),
        ("kind", "'full'"),
        ("price", "-5000"),
        ("price", "5"),
        ("price", "NULL"),
        ("tax_free", "-1"),
        ("expected_remaining", "-1"),
        ("to_account", "2"),
        ("state", "'canceled'"),
        ("held", "7"),
        ("has_before", "0"),
        ("before_price", "-1"),
        ("after_cancelled", "-1"),
        ("last_remaining", "-1"),
        ("unknown_cause", "'whatever'"),
        ("evidence", "'Answered'"),
        ("money_is_back", "''"),
        ("cancellation", "'{'"),
        ("mismatches", "'null'"),
        ("refusal_message", "NULL"),
    ];
    let attempts = [("progress", "'late'"), ("http_status", "70000"), ("number", "number + 5")];
    let all = columns.map(|one| ("intents", one)).into_iter().chain(attempts.map(|one| ("attempts", one)));
    for (table, (column, value)) in all {
        let (_directory, path) = place();
        let connection = file_with(&path, &[populated()]);
        let keys = if table == "intents" { "1" } else { "number = 2" };
        connection
            .execute_batch(&format!(
                "PRAGMA ignore_check_constraints = ON; UPDATE {table} SET {column} = {value} WHERE {keys}"
            ))
            .unwrap();
        drop(connection);
        let journal = SqliteJournal::open(&path).unwrap();
        let error = journal.find(IntentQuery::default()).await.unwrap_err();
        let JournalError::Corrupt(detail) = &error else { panic!("{column} = {value}: {error}") };
        assert!(detail.contains("populated"), "{detail}");
        let contradicted = ["kind", "refusal_kind"].iter().any(|one| detail.contains(&format!("column {one}")));
        assert!(detail.contains(&format!("column {column}:")) || contradicted, "{column} = {value}: {detail}");
        if column != "receipt_id" {
            let admission = journal.admit(Proposal { key: merchant("another"), ..full() }).await;
            assert!(matches!(admission, Err(JournalError::Corrupt(_))), "{column} = {value}: {admission:?}");
        }
    }
}

#[tokio::test]
async fn an_amount_that_sqlite_cannot_hold_is_not_written() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let too_much = CancelAmount::Full { expected_remaining: Some(Won::new(u64::MAX)) };
    let error = journal.admit(Proposal { amount: too_much, ..full() }).await.unwrap_err();
    assert!(matches!(error, JournalError::Write(_)), "{error}");
    assert!(journal.find(IntentQuery::default()).await.unwrap().is_empty());
}

#[tokio::test]
async fn no_account_number_and_no_holder_is_in_the_file() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let proposal = Proposal { to_account: true, account_mark: Some("mark-of-the-account".into()), ..full() };
    let intent = admitted(&journal, proposal).await;
    done(&journal, &intent, &me(), 1, sending(1)).await;
    let mut answer = settlement(Evidence::Answered, 10_000);
    let told = r#"{"vbank_data":{"account":"66569112432134","holder":"홍길동"}}"#;
    answer.cancellation.extra = crate::receipt::Extra(serde_json::from_str(told).unwrap());
    done(&journal, &intent, &me(), 2, Change::Settled(Box::new(answer))).await;
    drop(journal);
    closed(&path);
    let bytes = std::fs::read(&path).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("mark-of-the-account"));
    for canary in ["66569112432134", "홍길동", "vbank_data"] {
        assert!(!holds(canary), "{canary}");
    }
}
