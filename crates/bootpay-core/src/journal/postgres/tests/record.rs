//! An intent comes back as it was written, and a row that makes no sense is said to make none.

use crate::cancel::{CancelAmount, Evidence};
use crate::intent::{Closing, RefusalNote};
use crate::journal::postgres::operations::{Doubt, changing};
use crate::journal::record;
use crate::journal::tests::intents::{populated, variants};
use crate::money::Won;

use super::*;

/// A database that holds these intents.
async fn database_with(intents: &[Intent]) -> Database {
    let database = database();
    let mut session = session(&database).await;
    for intent in intents {
        session.client.batch_execute("BEGIN").await.unwrap();
        let mut columns = record::fixed(intent).unwrap();
        columns.extend(changing(intent, "nobody").unwrap());
        let (names, cells): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        session.insert(&names, cells, &mut Doubt::default()).await.unwrap();
    }
    database
}

#[tokio::test]
async fn every_field_comes_back_as_it_was_written() {
    let variants = variants();
    let database = database_with(&variants).await;
    let found = open(database.url()).find(IntentQuery::default()).await.unwrap();
    assert_eq!(found.len(), variants.len());
    for (found, written) in found.iter().zip(&variants) {
        assert_eq!(found, written);
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
        ("state", "'canceled'"),
        ("has_before", "false"),
        ("before_price", "-1"),
        ("after_cancelled", "-1"),
        ("last_remaining", "-1"),
        ("unknown_cause", "'whatever'"),
        ("evidence", "'Answered'"),
        ("money_is_back", "''"),
        ("cancellation", "'[]'"),
        ("cancellation", "'null'"),
        ("mismatches", "'null'"),
        ("refusal_message", "NULL"),
        ("attempts", "'{}'"),
        ("attempts", r#"jsonb_set(attempts, '{0,progress}', '"late"')"#),
        ("attempts", "jsonb_set(attempts, '{1,http_status}', '70000')"),
    ];
    let database = database_with(&[populated()]).await;
    let journal = open(database.url());
    // A damaged disk keeps no rules.
    let rules = database
        .sql("SELECT conname FROM pg_constraint WHERE conrelid = 'bootpay.intents'::regclass AND contype = 'c'");
    for rule in rules.lines() {
        database.sql(&format!("ALTER TABLE bootpay.intents DROP CONSTRAINT {rule}"));
    }
    database.sql("CREATE TABLE whole AS SELECT * FROM bootpay.intents");
    for (column, value) in columns {
        database.sql(&format!("UPDATE bootpay.intents SET {column} = {value}"));
        let error = journal.find(IntentQuery::default()).await.unwrap_err();
        let JournalError::Corrupt(detail) = &error else { panic!("{column} = {value}: {error}") };
        assert!(detail.contains("populated"), "{detail}");
        let contradicted = ["kind", "refusal_kind"].iter().any(|one| detail.contains(&format!("column {one}")));
        assert!(detail.contains(&format!("column {column}:")) || contradicted, "{column} = {value}: {detail}");
        if column != "receipt_id" {
            let admission = journal.admit(Proposal { key: merchant("another"), ..full() }).await;
            assert!(matches!(admission, Err(JournalError::Corrupt(_))), "{column} = {value}: {admission:?}");
        }
        database.sql(&format!("UPDATE bootpay.intents SET {column} = whole.{column} FROM whole"));
    }
    assert_eq!(journal.find(IntentQuery::default()).await.unwrap(), [populated()], "each was put right again");
}

#[tokio::test]
async fn a_text_with_the_one_character_that_the_database_cannot_keep_is_kept_without_it() {
    let database = database();
    let journal = open(database.url());
    let intent = admitted(&journal, full()).await;
    done(&journal, &intent, &me(), 1, sending(1)).await;
    let note = RefusalNote { kind: "other".into(), code: Some("-9\0".into()), message: "말\0씀".into() };
    let refusal = Change::Closed(Closing::Refused { note, http_status: Some(400) });
    done(&journal, &intent, &me(), 2, refusal).await;
    let found = journal.find(IntentQuery::default()).await.unwrap().remove(0);
    assert_eq!(found.refusal.unwrap().message, "말\u{fffd}씀");
    assert_eq!(found.attempts[0].code.as_deref(), Some("-9\u{fffd}"));
}

#[tokio::test]
async fn an_amount_that_the_database_cannot_hold_is_not_written() {
    let database = database();
    let journal = open(database.url());
    let too_much = CancelAmount::Full { expected_remaining: Some(Won::new(u64::MAX)) };
    let error = journal.admit(Proposal { amount: too_much, ..full() }).await.unwrap_err();
    assert!(matches!(error, JournalError::Write(_)), "{error}");
    assert_eq!(count(&journal).await, 0);
    admitted(&journal, full()).await;
}

#[tokio::test]
async fn psql_is_enough_to_see_what_waits() {
    let database = database();
    let journal = open(database.url());
    unanswered(&journal, keyed("order-1/refund-1", 3_000)).await;
    answered(&journal, Proposal { receipt_id: receipt("another"), ..full() }, 1, 10_000).await;
    let waits = "SELECT receipt_id, cancel_id, price, state, unknown_cause, tries, before_remaining, \
                 admitted = timestamptz '2023-11-14 22:13:20+00' FROM bootpay.open_intents";
    let expected = "612df0250d681b001de61de6|order-1/refund-1|3000|unknown|timed_out|1|10000|t";
    assert_eq!(database.sql(waits), expected);
    let tries = "SELECT number, started_at_ms, progress, body_mark FROM bootpay.attempts ORDER BY started_at_ms";
    assert_eq!(database.sql(tries), "1|1700000000000|unproven|body-mark\n1|1700000000000|answered|body-mark");
}

#[tokio::test]
async fn no_account_number_no_holder_and_no_password_is_in_the_database() {
    let database = database();
    let journal = open(database.url());
    let proposal = Proposal { to_account: true, account_mark: Some("mark-of-the-account".into()), ..full() };
    let intent = admitted(&journal, proposal).await;
    done(&journal, &intent, &me(), 1, sending(1)).await;
    let mut answer = settlement(Evidence::Answered, 10_000);
    let told = r#"{"vbank_data":{"account":"66569112432134","holder":"홍길동"}}"#;
    answer.cancellation.extra = crate::receipt::Extra(serde_json::from_str(told).unwrap());
    done(&journal, &intent, &me(), 2, Change::Settled(Box::new(answer))).await;
    let all = database.sql("SELECT intents::text FROM bootpay.intents AS intents");
    assert!(all.contains("mark-of-the-account"));
    for canary in ["66569112432134", "홍길동", "vbank_data", bootpay_test_postgres::PASSWORD] {
        assert!(!all.contains(canary), "{canary}");
    }
}
