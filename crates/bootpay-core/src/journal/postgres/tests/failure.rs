//! What cannot be written is not recorded and is not said to be; what hangs is an error; what was restarted is found again.

use bootpay_test_postgres::Proxy;

use super::*;

#[tokio::test]
async fn whoever_keeps_a_receipt_locked_holds_up_that_receipt_alone_and_not_for_ever() {
    let database = database();
    let journal = hasty(database.url());
    admitted(&journal, on(1)).await;
    let shell = session(&database).await;
    shell.client.batch_execute("SET idle_in_transaction_session_timeout = 0; BEGIN").await.unwrap();
    shell.client.batch_execute("SELECT FROM bootpay.locks FOR UPDATE").await.unwrap();
    admitted(&journal, on(2)).await;
    let error = journal.admit(on(1)).await.unwrap_err();
    assert!(matches!(&error, JournalError::Write(text) if text.contains("kept the same records locked")), "{error}");
    assert_eq!(count(&journal).await, 2, "reading goes on");
    shell.client.batch_execute("ROLLBACK").await.unwrap();
    in_flight(&journal, on(1)).await;
}

#[tokio::test]
async fn a_host_that_hangs_inside_a_transaction_is_outlasted() {
    let database = database();
    let journal = hasty(database.url());
    admitted(&journal, on(1)).await;
    // As a journal's own sessions are set up, and then stopped.
    let stalled = session(&database).await;
    stalled.client.batch_execute("BEGIN; SELECT FROM bootpay.locks FOR UPDATE").await.unwrap();
    in_flight(&journal, on(1)).await;
}

#[tokio::test]
async fn a_database_that_hangs_is_an_error_and_no_wait_for_ever() {
    let database = database();
    let proxy = Proxy::to(database.server().port()).unwrap();
    let journal = hasty(database.url_at(proxy.port()));
    let intent = admitted(&journal, full()).await;
    proxy.hang(true);
    let me = me();
    let (admission, change, found) = tokio::join!(
        journal.admit(on(1)),
        journal.change(&intent.id, &me, sending(1), at(1)),
        journal.find(IntentQuery::default())
    );
    for error in [admission.unwrap_err(), change.unwrap_err()] {
        assert!(matches!(&error, JournalError::Write(text) if text.contains("no answer")), "{error}");
    }
    assert!(matches!(found, Err(JournalError::Read(_))), "{found:?}");
    proxy.hang(false);
    done(&journal, &intent, &me, 2, sending(2)).await;
    assert_eq!(count(&journal).await, 1);
}

#[tokio::test]
async fn connections_that_were_ended_are_made_again_and_nobody_notices() {
    let database = database();
    let journal = open(database.url());
    for number in 0..10 {
        admitted(&journal, on(number)).await;
        database.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bootpay' AND datname = \
             current_database()",
        );
    }
    assert_eq!(count(&journal).await, 10);
}

#[tokio::test]
async fn a_database_that_crashed_is_found_again_with_all_that_was_acknowledged() {
    // A server of its own: others are not to crash with it.
    let server: &'static Server = Box::leak(Box::new(Server::start().unwrap()));
    let database = server.database();
    let journal = open(database.url());
    let before = admitted(&journal, on(1)).await;
    server.crash().unwrap();
    let error = journal.admit(on(2)).await.unwrap_err();
    assert!(matches!(&error, JournalError::Write(text) if text.contains("can be reached")), "{error}");
    server.begin().unwrap();
    admitted(&journal, on(2)).await;
    assert_eq!(in_flight(&journal, on(1)).await, before);

    // One that comes back soon is waited for.
    server.crash().unwrap();
    let call = tokio::spawn({
        let journal = journal.clone();
        async move { journal.admit(on(3)).await }
    });
    tokio::task::spawn_blocking(move || server.begin().unwrap()).await.unwrap();
    assert!(matches!(call.await.unwrap(), Ok(Admission::Admitted(_))));
    server.crash().unwrap();
}

#[tokio::test]
async fn what_no_standby_has_confirmed_is_not_called_recorded_although_it_can_be_read() {
    // A server of its own: others are not to wait for its standby.
    let server: &'static Server = Box::leak(Box::new(Server::start().unwrap()));
    let database = server.database();
    let journal = hasty(database.url());
    let intent = admitted(&journal, on(1)).await;
    let standby = |name: &str| {
        server.sql("postgres", &format!("ALTER SYSTEM SET synchronous_standby_names = '{name}'"));
        server.sql("postgres", "SELECT pg_reload_conf()");
    };
    standby("nobody");
    let is_set = async || server.sql("postgres", "SHOW synchronous_standby_names") == "nobody";
    eventually("a standby is waited for", is_set).await;
    let waits = "FROM pg_stat_activity WHERE application_name = 'bootpay' AND wait_event = 'SyncRep'";

    // A commit that waits for its standby when its server is stopped, or its connection ended, is there for all to see.
    let (me, other) = (me(), on(2));
    let end_it = async {
        eventually("both wait", async || server.sql("postgres", &format!("SELECT count(*) {waits}")) == "2").await;
        server.sql("postgres", &format!("SELECT pg_terminate_backend(pid) {waits}"));
    };
    let sending = journal.change(&intent.id, &me, sending(1), at(1));
    let (change, admission, ()) = tokio::join!(sending, journal.admit(other), end_it);
    assert!(matches!(change, Err(JournalError::Unconfirmed(_))), "{change:?}");
    assert!(matches!(admission, Err(JournalError::Unconfirmed(_))), "{admission:?}");
    // Nor is it called "not recorded" where only patience ends.
    let admission = journal.admit(on(3)).await;
    assert!(matches!(admission, Err(JournalError::Unconfirmed(_))), "{admission:?}");
    // Nor where somebody ends the wait by hand: PostgreSQL then says "committed", with a mere warning.
    server.sql("postgres", &format!("SELECT pg_terminate_backend(pid) {waits}"));
    let end_the_wait = async {
        eventually("it waits", async || server.sql("postgres", &format!("SELECT count(*) {waits}")) == "1").await;
        server.sql("postgres", &format!("SELECT pg_cancel_backend(pid) {waits}"));
    };
    let (admission, ()) = tokio::join!(journal.admit(on(4)), end_the_wait);
    assert!(matches!(admission, Err(JournalError::Unconfirmed(_))), "{admission:?}");

    standby("");
    eventually("nobody is waited for", async || !is_set().await).await;
    eventually("what was written is there", async || count(&journal).await == 4).await;
    server.crash().unwrap();
}

#[tokio::test]
async fn a_database_that_is_set_to_only_read_while_open_is_written_no_more() {
    // A server of its own: others are to write.
    let server: &'static Server = Box::leak(Box::new(Server::start().unwrap()));
    let database = server.database();
    let journal = hasty(database.url());
    admitted(&journal, on(1)).await;
    // What a planned move to another server begins with: what is written here from now on does not get there.
    server.sql("postgres", "ALTER SYSTEM SET default_transaction_read_only = on");
    server.sql("postgres", "SELECT pg_reload_conf()");
    let only_reads = async || server.sql("postgres", "SHOW default_transaction_read_only") == "on";
    eventually("it only reads", only_reads).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let error = journal.admit(on(2)).await.unwrap_err();
    assert!(matches!(&error, JournalError::Write(text) if text.contains("only reads")), "{error}");
    server.crash().unwrap();
}

#[tokio::test]
async fn a_handle_that_crossed_a_fork_answers_with_an_error() {
    let database = database();
    let journal = open(database.url());
    let crossed = PostgresJournal { desk: Arc::new(Desk { place: journal.place(), process: 0, open: None }) };
    assert!(matches!(crossed.admit(full()).await, Err(JournalError::Write(text)) if text.contains("forked")));
    assert!(matches!(crossed.find(IntentQuery::default()).await, Err(JournalError::Read(_))));
    crossed.close();
    drop(crossed);
    admitted(&journal, full()).await;
}

#[tokio::test]
async fn a_closed_journal_leaves_no_connection_and_all_its_records() {
    let database = database();
    let journal = open(database.url());
    let clone = journal.clone();
    admitted(&journal, full()).await;
    let mine =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bootpay' AND datname = current_database()";
    assert_eq!(database.sql(mine), "1");
    journal.close();
    journal.close();
    eventually("the server lets go of them", async || database.sql(mine) == "0").await;
    assert!(matches!(clone.find(IntentQuery::default()).await, Err(JournalError::Read(_))));
    assert!(matches!(clone.admit(full()).await, Err(JournalError::Write(_))));
    assert_eq!(count(&open(database.url())).await, 1);
}

#[tokio::test]
async fn a_journal_that_nobody_holds_any_more_ends_by_itself() {
    let database = database();
    drop(open(database.url()));
    let all =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bootpay' AND datname = current_database()";
    eventually("its connections end", async || database.sql(all) == "0").await;
}

#[test]
fn it_works_from_any_runtime_and_from_none() {
    let database = database();
    let journal = open(database.url());
    for number in 0..3 {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(admitted(&journal, on(number)));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(async { assert_eq!(count(&journal).await, 3) });
}

#[tokio::test]
async fn a_call_that_was_dropped_may_still_be_recorded_and_is_then_found() {
    let database = database();
    let journal = open(database.url());
    tokio::select! {
        biased;
        answer = journal.admit(full()) => panic!("{answer:?}"),
        () = tokio::task::yield_now() => {}
    }
    eventually("it is recorded", async || count(&journal).await == 1).await;
    in_flight(&journal, full()).await;
}

#[tokio::test]
async fn nothing_that_is_shown_holds_the_password() {
    let database = database();
    let proxy = Proxy::to(database.server().port()).unwrap();
    let journal = hasty(database.url_at(proxy.port()));
    let mut shown = format!("{journal:?} {} ", journal.place());
    proxy.refuse(true);
    for error in [
        journal.admit(full()).await.unwrap_err(),
        journal.change(&IntentId("x".into()), &me(), unknown(), at(1)).await.unwrap_err(),
        journal.find(IntentQuery::default()).await.unwrap_err(),
    ] {
        shown += &format!("{error} {error:?} ");
    }
    assert!(shown.contains("127.0.0.1") && !shown.contains("canary"), "{shown}");
}
