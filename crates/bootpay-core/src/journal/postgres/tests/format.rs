//! What may be opened, how it is kept, and what is left alone.

use crate::clock::Clock;
use crate::intent::UnixMillis;

use super::*;

/// Refuses to open it and says `why`.
fn refused(url: &str, why: &str) {
    match PostgresJournal::open(url) {
        Err(BootpayError::Journal(JournalError::Open { place, detail })) => {
            assert!(detail.contains(why), "{detail}");
            assert!(place.starts_with("postgresql://127.0.0.1:"), "{place}");
            assert!(!format!("{place} {detail}").contains(bootpay_test_postgres::PASSWORD));
        }
        other => panic!("{other:?}"),
    }
}

fn tables(database: &Database) -> String {
    database.sql(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', \
         'information_schema') ORDER BY 1, 2",
    )
}

#[test]
fn many_hosts_may_open_an_empty_database_at_once() {
    let database = database();
    let journals: Vec<_> = std::thread::scope(|scope| {
        let hosts: Vec<_> = (0..8).map(|_| scope.spawn(|| open(database.url()))).collect();
        hosts.into_iter().map(|host| host.join().unwrap()).collect()
    });
    assert_eq!(journals.len(), 8);
    assert_eq!(database.sql("SELECT format FROM bootpay.journal"), schema::FORMAT.to_string());
}

/// What the version before left behind, with an intent in it.
fn of_format_1() -> Database {
    let database = database();
    database.sql("CREATE SCHEMA bootpay");
    database.sql(schema::MIGRATIONS[0]);
    database.sql(
        "INSERT INTO bootpay.journal (format) VALUES (1); INSERT INTO bootpay.intents (id, environment, scope, receipt_id, \
         intent_key, generation, cancel_id, kind, to_account, state, held, owner, lease_until_ms, has_before, has_after, \
         has_last, mismatches, created_at_ms, updated_at_ms, attempts, written_by) VALUES ('i', 'e', 's', 'r', 'receipt', \
         1, 'c', 'full', false, 'reserved', false, 'o', 1, false, false, false, '[]', 1, 1, '[]', '')",
    );
    database
}

#[tokio::test]
async fn a_database_of_the_format_before_is_brought_up_to_date_by_one_host_and_nothing_in_it_changes() {
    let database = of_format_1();
    let journals: Vec<_> = std::thread::scope(|scope| {
        let hosts: Vec<_> = (0..4).map(|_| scope.spawn(|| open(database.url()))).collect();
        hosts.into_iter().map(|host| host.join().unwrap()).collect()
    });
    let found = journals[0].find(IntentQuery::default()).await.unwrap();
    assert_eq!((found.len(), found[0].id.0.as_str(), &found[0].bulk), (1, "i", &None));
    let labelled = admitted(&journals[1], Proposal { bulk: Some(bulk(1)), ..full() }).await;
    assert_eq!(labelled.bulk, Some(bulk(1)));
}

#[test]
fn an_upgrade_that_fails_half_way_leaves_the_old_format() {
    let database = of_format_1();
    // Something already has the index's name, so that the step's second statement fails.
    database.sql("CREATE TABLE bootpay.intents_of_bulk (id TEXT)");
    refused(&database.url(), "already exists");
    let column =
        "SELECT count(*) FROM information_schema.columns WHERE table_name = 'intents' AND column_name = 'bulk'";
    assert_eq!((database.sql(column), database.sql("SELECT format FROM bootpay.journal")), ("0".into(), "1".into()));
    database.sql("DROP TABLE bootpay.intents_of_bulk");
    drop(open(database.url()));
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    let database = database();
    drop(open(database.url()));
    database.sql("UPDATE bootpay.journal SET format = 99");
    let before = tables(&database);
    refused(&database.url(), "format 99");
    assert_eq!((tables(&database), database.sql("SELECT format FROM bootpay.journal")), (before, "99".to_owned()));
}

#[tokio::test]
async fn a_database_that_a_newer_version_migrated_while_open_is_written_no_more() {
    let database = database();
    let journal = open(database.url());
    let intent = admitted(&journal, full()).await;
    database.sql("UPDATE bootpay.journal SET format = 99");
    let admission = journal.admit(on(1)).await.unwrap_err();
    let change = journal.change(&intent.id, &me(), sending(1), at(1)).await.unwrap_err();
    let found = journal.find(IntentQuery::default()).await.unwrap_err();
    for error in [&admission, &change] {
        assert!(matches!(error, JournalError::Write(text) if text.contains("format 99")), "{error}");
    }
    assert!(matches!(&found, JournalError::Read(text) if text.contains("format 99")), "{found}");
    database.sql(&format!("UPDATE bootpay.journal SET format = {}", schema::FORMAT));
    assert_eq!(journal.find(IntentQuery::default()).await.unwrap(), [intent]);
}

#[test]
fn a_schema_of_something_else_is_refused_and_left_as_it_is() {
    let database = database();
    database.sql("CREATE SCHEMA bootpay CREATE TABLE bootpay.intents (id TEXT)");
    refused(&database.url(), "holds something else");
    assert_eq!(tables(&database), "bootpay|intents");
}

#[tokio::test]
async fn a_user_who_may_only_use_the_tables_is_enough_once_they_are_there() {
    let database = database();
    let name = format!("clerk_{}", database.name);
    database.sql(&format!("CREATE ROLE {name} LOGIN PASSWORD 'canary-clerk'"));
    let url = database.url().replace("postgres:canary-pg-5f1c@", &format!("{name}:canary-clerk@"));
    refused(&url, "must be allowed to use the schema");
    assert_eq!(tables(&database), "");
    drop(open(database.url()));
    database.sql(&format!(
        "GRANT USAGE ON SCHEMA bootpay TO {name}; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA bootpay TO {name}"
    ));
    let journal = open(url);
    answered(&journal, full(), 1, 10_000).await;
}

#[tokio::test]
async fn a_user_who_owns_an_empty_schema_may_make_the_tables() {
    let database = database();
    let name = format!("owner_{}", database.name);
    database.sql(&format!("CREATE ROLE {name} LOGIN PASSWORD 'p'; CREATE SCHEMA bootpay AUTHORIZATION {name}"));
    let journal = open(database.url().replace("postgres:canary-pg-5f1c@", &format!("{name}:p@")));
    admitted(&journal, full()).await;
}

#[tokio::test]
async fn a_commit_is_durable_whatever_the_database_says() {
    let database = database();
    for (set, kept) in [("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")] {
        database.sql(&format!("ALTER DATABASE {} SET synchronous_commit = {set}", database.name));
        let session = session(&database).await;
        let row = session.client.query_one("SELECT current_setting('synchronous_commit')", &[]).await.unwrap();
        assert_eq!(row.get::<_, &str>(0), kept, "{set}");
    }
}

#[test]
fn a_database_that_only_reads_is_refused() {
    let database = database();
    database.sql(&format!("ALTER DATABASE {} SET default_transaction_read_only = on", database.name));
    refused(&database.url(), "only reads");
}

#[test]
fn a_database_of_another_encoding_is_refused() {
    let database = database();
    let name = format!("{}_euc", database.name);
    database.sql(&format!("CREATE DATABASE {name} ENCODING 'EUC_KR' LOCALE 'C' TEMPLATE template0"));
    refused(&database.url().replace(&database.name, &name), "not UTF8");
}

/// A machine whose clock is wrong.
#[derive(Debug)]
struct Wrong(i64);

impl Clock for Wrong {
    fn wall(&self) -> UnixMillis {
        UnixMillis(SystemClock::default().wall().0 + self.0 * 1_000)
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::ready(()))
    }
}

#[test]
fn a_machine_whose_clock_is_wrong_is_refused() {
    let database = database();
    for (seconds, why) in [(3_600, Some("ahead of")), (-3_600, Some("behind")), (20, None), (-20, None)] {
        match (PostgresJournal::open_by(&Secret::new(database.url()), Box::new(Wrong(seconds)), Limits::default()), why)
        {
            (Ok(_), None) => {}
            (Err(BootpayError::Journal(JournalError::Open { detail, .. })), Some(why)) => {
                assert!(detail.contains(why) && detail.contains("NTP"), "{detail}");
            }
            other => panic!("{seconds}: {other:?}"),
        }
    }
}

#[test]
fn who_cannot_be_reached_or_does_not_know_us_is_said_in_words() {
    let database = database();
    refused(&database.url_at(1), "can be reached");
    refused(&database.url().replace("canary-pg", "wrong-pg"), "password");
    refused(&database.url().replace(&database.name, "nowhere"), "Create the database");
}

#[tokio::test]
async fn a_socket_needs_no_encryption_and_no_password() {
    let database = database();
    let journal = open(database.socket_url());
    admitted(&journal, full()).await;
}

#[tokio::test]
async fn an_encrypted_connection_is_one_to_a_server_that_proves_its_name() {
    let database = database();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), Server::authority()).unwrap();
    let by_name = database.url().replace("127.0.0.1", "localhost");
    let encrypted = "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'bootpay' \
                     AND datname = current_database()";

    let journal = open(format!("{by_name}?sslrootcert={}", file.path().display()));
    admitted(&journal, full()).await;
    assert_eq!(database.sql(encrypted), "t");
    journal.close();

    // The certificate is `localhost`'s.
    refused(&format!("{}?sslrootcert={}", database.url(), file.path().display()), "certificate");
    let Err(BootpayError::Journal(JournalError::Open { detail, .. })) =
        PostgresJournal::open(format!("{by_name}?sslmode=verify-full"))
    else {
        panic!("an authority that nobody knows was believed")
    };
    assert!(detail.contains("certificate"), "{detail}");

    let journal = open(format!("{}?sslmode=require", database.url()));
    assert_eq!(database.sql(encrypted), "t");
    journal.close();
    drop(open(database.url()));
    for missing in ["/nowhere/ca.pem", "/dev/null"] {
        let url = format!("{by_name}?sslrootcert={missing}");
        let error = PostgresJournal::open(url).unwrap_err();
        assert!(error.to_string().contains("sslrootcert"), "{error}");
    }
}

#[tokio::test]
async fn no_question_reads_the_whole_journal() {
    let database = database();
    let journal = open(database.url());
    answered(&journal, full(), 1, 10_000).await;
    database.sql(
        "INSERT INTO bootpay.intents OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(one, jsonb_build_object( \
         'seq', 1000 + n, 'id', 'i' || n, 'receipt_id', 'r' || n, 'cancel_id', 'c' || n))).* \
         FROM bootpay.intents AS one, generate_series(1, 5000) AS n; ANALYZE bootpay.intents",
    );
    let session = session(&database).await;
    let environment = Some(full().environment);
    let base = || IntentQuery { environment: environment.clone(), ..Default::default() };
    let questions = [
        (IntentQuery { open: true, ..base() }, "intents_open"),
        (IntentQuery { receipt_id: Some(receipt("r")), ..base() }, "intents_of_receipt"),
        (IntentQuery { cancel_id: crate::CancelId::new("c").ok(), ..base() }, "intents_with_cancel_id"),
        (IntentQuery { id: Some(IntentId("i".into())), ..Default::default() }, "intents_id_key"),
        (
            IntentQuery { bulk: Some(bulk(1)), after: Some(crate::Cursor::Start), limit: Some(10), ..base() },
            "intents_of_bulk",
        ),
        (IntentQuery { limit: Some(10), ..base() }, "intents_pkey"),
    ];
    let plan = async |sql: &str| -> String {
        let rows = session.client.simple_query(&format!("EXPLAIN {sql}")).await.unwrap();
        let lines = rows.iter().filter_map(|row| match row {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    for (question, index) in questions {
        let (mut condition, values) = operations::condition(&question);
        for number in (1..=values.len()).rev() {
            condition = condition
                .replace(&format!("LIMIT ${number}"), "LIMIT 10")
                .replace(&format!("environment = ${number}"), "environment = 'https://api.bootpay.co.kr'")
                .replace(&format!("${number}"), "'e'");
        }
        let plan = plan(&format!("SELECT * FROM bootpay.intents WHERE {condition}")).await;
        assert!(plan.contains(index), "{plan}");
    }
    let mut admission = operations::for_admission();
    for (number, value) in [(1, "https://api.bootpay.co.kr"), (2, "r"), (3, "scope-a"), (4, "c")] {
        admission = admission.replace(&format!("${number}"), &format!("'{value}'"));
    }
    let plan = plan(&admission).await;
    assert!(plan.contains("intents_of_receipt") && plan.contains("intents_with_cancel_id"), "{plan}");
}

#[tokio::test]
async fn a_plan_that_is_made_while_the_table_is_small_is_one_for_a_large_one() {
    let database = database();
    let journal = open(database.url());
    let client = &session(&database).await.client;
    client.batch_execute("SET plan_cache_mode = force_generic_plan").await.unwrap();
    for intents in 1..=20 {
        journal.admit(on(intents)).await.unwrap();
        client.batch_execute("ANALYZE bootpay.intents").await.unwrap();
        client.batch_execute(&format!("PREPARE admission AS {}", operations::for_admission())).await.unwrap();
        let rows = client.query("EXPLAIN EXECUTE admission ('a', 'b', 'c', 'd')", &[]).await.unwrap();
        client.batch_execute("DEALLOCATE admission").await.unwrap();
        let plan = rows.iter().map(|row| row.get(0)).collect::<Vec<String>>().join("\n");
        for condition in ["Index Cond: (receipt_id = $2)", "Index Cond: (cancel_id = $4)"] {
            assert!(plan.contains(condition), "with {intents} intents:\n{plan}");
        }
    }
}
