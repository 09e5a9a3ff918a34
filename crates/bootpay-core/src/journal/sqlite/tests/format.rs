//! What may be opened, how it is kept, and what is left alone.

use std::fs;

use crate::intent::{Cursor, IntentState};
use crate::journal::tests::fixtures::*;

use super::*;

/// Refuses to open it, says `why`, and leaves nothing but the file as it was.
fn refuses(path: &Path, why: &str) {
    let before = fs::read(path).unwrap();
    let error = SqliteJournal::open(path).unwrap_err();
    let JournalError::Open { place, detail } = &error else { panic!("{error}") };
    assert_eq!(place, &path.display().to_string());
    assert!(detail.contains(why), "{detail}");
    closed(path);
    assert!(before == fs::read(path).unwrap(), "the file has changed");
    let names: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names, [path.file_name().unwrap()]);
}

#[test]
fn what_is_not_a_database_is_refused_and_left_as_it_is() {
    for content in [b"hello".to_vec(), "주문,금액\n".repeat(2_000).into_bytes(), vec![0; 8_192]] {
        let (_directory, path) = place();
        fs::write(&path, content).unwrap();
        refuses(&path, "not a database");
    }
}

#[test]
fn a_database_of_something_else_is_refused_and_left_as_it_is() {
    for sql in [
        "CREATE TABLE orders (id INTEGER); INSERT INTO orders VALUES (1)",
        "CREATE TABLE intents (id TEXT)",
        "PRAGMA application_id = 252006674; CREATE TABLE fossil (id INTEGER)",
        "PRAGMA user_version = 1; CREATE TABLE intents (id TEXT)",
    ] {
        let (_directory, path) = place();
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        refuses(&path, "something else");
    }
}

#[test]
fn a_journal_of_a_newer_version_is_refused_and_left_as_it_is() {
    let (_directory, path) = place();
    drop(SqliteJournal::open(&path).unwrap());
    closed(&path);
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    refuses(&path, "format 99");
}

/// What the version before wrote: see `format_1.sql`.
fn journal_of_format_1(path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(include_str!("format_1.sql")).unwrap();
    let tables = "SELECT count(*) FROM pragma_table_info('intents')";
    assert_eq!(connection.query_row(tables, [], |row| row.get::<_, i64>(0)).unwrap(), 46, "as it was then");
}

#[tokio::test]
async fn a_journal_of_the_format_before_is_brought_up_to_date_where_it_is_and_nothing_in_it_changes() {
    let (_directory, path) = place();
    journal_of_format_1(&path);
    let journal = SqliteJournal::open(&path).unwrap();
    let all = journal.find(IntentQuery::default()).await.unwrap();
    assert!(all.iter().all(|intent| intent.bulk.is_none()));
    let states: Vec<_> = all.iter().map(|one| (one.receipt_id.as_str(), one.state, one.held, one.tries())).collect();
    use IntentState::*;
    assert_eq!(
        states,
        [
            ("settled", Cancelled, false, 1),
            ("unknown", Unknown, false, 1),
            ("reserved", Reserved, false, 0),
            ("refused", Refused, false, 1),
            ("decided", NotCancelled, false, 1),
            ("held", Cancelled, true, 2),
            ("to-account", Reserved, false, 0),
        ]
    );
    assert_eq!(all[1].key, merchant("주문 1/환불 1"));
    assert_eq!((all[1].totals_before, all[1].deadline), (Some(totals(10_000, 0)), Some(at(60))));
    assert_eq!(all[4].decided_by.as_deref(), Some("김회계"));
    assert_eq!(all[6].account_mark.as_deref(), Some("mark-of-the-account"));

    // The same wishes are the same intents, and new ones carry their label.
    let on = |id: &str, proposal| Proposal { receipt_id: receipt(id), bulk: Some(bulk(1)), ..proposal };
    assert_eq!(existing(&journal, on("settled", full())).await, all[0]);
    assert_eq!(existing(&journal, on("unknown", keyed("주문 1/환불 1", 3_000))).await, all[1]);
    let again = admitted(&journal, later(10_000, on("refused", full()))).await;
    assert_eq!((again.generation, &again.bulk), (2, &Some(bulk(1))));
    let of_bulk = IntentQuery { bulk: Some(bulk(1)), ..Default::default() };
    assert_eq!(journal.find(of_bulk).await.unwrap(), [again]);
    drop(journal);
    closed(&path);
    drop(SqliteJournal::open(&path).unwrap());
}

#[test]
fn an_upgrade_that_fails_half_way_leaves_the_old_format() {
    let (_directory, path) = place();
    journal_of_format_1(&path);
    // Something already has the index's name, so that the step's second statement fails.
    let clash = "CREATE TABLE intents_of_bulk (id TEXT)";
    Connection::open(&path).unwrap().execute_batch(clash).unwrap();
    assert!(matches!(SqliteJournal::open(&path), Err(JournalError::Open { .. })));
    closed(&path);
    let connection = Connection::open(&path).unwrap();
    let column = "SELECT count(*) FROM pragma_table_info('intents') WHERE name = 'bulk'";
    assert_eq!(connection.query_row(column, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    assert_eq!(connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap(), 1);
    // Without what was in the way, it is upgraded.
    connection.execute_batch("DROP TABLE intents_of_bulk").unwrap();
    drop(connection);
    drop(SqliteJournal::open(&path).unwrap());
}

#[test]
fn of_many_that_open_an_old_journal_at_once_one_upgrades_it() {
    let (_directory, path) = place();
    journal_of_format_1(&path);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| drop(SqliteJournal::open(&path).unwrap()));
        }
    });
}

#[test]
fn a_journal_that_lost_its_end_is_refused_and_left_as_it_is() {
    let (_directory, path) = place();
    drop(SqliteJournal::open(&path).unwrap());
    closed(&path);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    refuses(&path, "damaged");
}

#[test]
fn a_place_that_cannot_be_one_is_refused_in_words() {
    let (directory, path) = place();
    for wrong in [directory.path(), Path::new("")] {
        assert!(matches!(SqliteJournal::open(wrong), Err(JournalError::Open { .. })));
    }
    fs::write(&path, "a file").unwrap();
    let error = SqliteJournal::open(path.join("journal.sqlite3")).unwrap_err();
    assert!(matches!(error, JournalError::Open { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn the_file_and_its_directories_are_this_users_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a/b/journal.sqlite3");
    let journal = SqliteJournal::open(&path).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory.path().join("a")), 0o700);
    assert_eq!(mode(&directory.path().join("a/b")), 0o700);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&path.with_extension("sqlite3-wal")), 0o600);
    assert_eq!(mode(&path.with_extension("sqlite3-shm")), 0o600);
    assert_eq!(journal.place(), path.display().to_string());
}

#[test]
fn the_default_place_is_in_the_users_data_directory() {
    match SqliteJournal::default_path() {
        Ok(path) => assert!(path.is_absolute() && path.ends_with("bootpay/journal.sqlite3"), "{}", path.display()),
        Err(error) => assert!(error.to_string().contains("BOOTPAY_JOURNAL"), "{error}"),
    }
}

#[tokio::test]
async fn a_commit_is_synced_to_the_disk() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let names = ["synchronous", "fullfsync", "checkpoint_fullfsync", "foreign_keys", "busy_timeout"];
    let read = move |connection: &Connection| {
        let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
        let values = names.map(|name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap());
        Ok((mode, values))
    };
    assert_eq!(journal.writer.read(read).await.unwrap(), ("wal".to_owned(), [2, 1, 1, 1, 5_000]));
}

#[tokio::test]
async fn the_sqlite3_shell_is_enough_to_see_what_waits() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    unanswered(&journal, keyed("order-1/refund-1", 3_000)).await;
    answered(&journal, Proposal { receipt_id: receipt("another"), ..full() }, 1, 10_000).await;
    let sql = "SELECT receipt_id, cancel_id, price, state, unknown_cause, tries, before_remaining FROM open_intents";
    let seen = Connection::open(&path).unwrap().query_row(sql, [], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, i64>(2)?,
            row.get::<_, String>(3)?,
            row.get::<_, String>(4)?,
            (row.get::<_, i64>(5)?, row.get::<_, i64>(6)?),
        ))
    });
    let text = str::to_owned;
    let expected = (
        text("612df0250d681b001de61de6"),
        text("order-1/refund-1"),
        3_000,
        text("unknown"),
        text("timed_out"),
        (1, 10_000),
    );
    assert_eq!(seen.unwrap(), expected);
}

#[tokio::test]
async fn no_question_reads_the_whole_journal() {
    let (_directory, path) = place();
    drop(SqliteJournal::open(&path).unwrap());
    closed(&path);
    let connection = Connection::open(&path).unwrap();
    let base = || IntentQuery { environment: Some("e".into()), ..Default::default() };
    let questions = [
        (IntentQuery { open: true, ..Default::default() }, "intents_open"),
        (IntentQuery { bulk: Some(bulk(1)), ..base() }, "intents_of_bulk (bulk=?)"),
        (
            IntentQuery { bulk: Some(bulk(1)), after: Some(Cursor::Start), limit: Some(10), ..base() },
            "intents_of_bulk (bulk=?)",
        ),
        (
            IntentQuery { bulk: Some(bulk(1)), after: Some(Cursor::After(IntentId("i".into()))), ..base() },
            "intents_of_bulk (bulk=? AND seq>?)",
        ),
        (IntentQuery { open: true, limit: Some(10), ..base() }, "intents_open"),
        (IntentQuery { receipt_id: Some(receipt("r")), ..Default::default() }, "intents_of_receipt"),
        (IntentQuery { receipt_id: Some(receipt("r")), ..base() }, "intents_of_receipt"),
        (IntentQuery { cancel_id: crate::CancelId::new("c").ok(), ..Default::default() }, "intents_with_cancel_id"),
        (IntentQuery { id: Some(IntentId("i".into())), ..Default::default() }, "sqlite_autoindex_intents_1"),
    ];
    for (question, index) in questions {
        let (condition, values) = operations::condition(&question);
        let sql = format!("EXPLAIN QUERY PLAN SELECT * FROM intents WHERE {condition}");
        let mut statement = connection.prepare(&sql).unwrap();
        let plan: Vec<String> = statement
            .query_map(rusqlite::params_from_iter(values), |row| row.get(3))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(plan[0].contains(index), "{plan:?}");
    }
    let (condition, values) = operations::condition(&IntentQuery { limit: Some(10), ..base() });
    let sql = format!("EXPLAIN QUERY PLAN SELECT * FROM intents WHERE {condition}");
    let steps =
        connection.prepare(&sql).unwrap().query_map(rusqlite::params_from_iter(values), |_| Ok(())).unwrap().count();
    assert_eq!(steps, 1, "the newest are read in their order, and not sorted");
}

#[test]
fn a_network_file_system_is_recognised_by_its_mount() {
    let mounts = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
                  30 22 0:50 / /home rw,relatime shared:1 master:2 - nfs4 server:/home rw\n\
                  31 30 8:2 / /home/local\\040disk rw - xfs /dev/sdb1 rw\n\
                  32 22 0:51 / /mnt/c rw - 9p drvfs rw\n\
                  33 22 0:52 / /srv rw - ext4 /dev/sdc1 rw\n\
                  34 22 0:53 / /srv rw - fuse.sshfs host:/srv rw\n";
    let kind = |path| file::file_system(mounts, Path::new(path));
    assert_eq!(kind("/var/lib"), Some("ext4"));
    assert_eq!(kind("/home/kim"), Some("nfs4"));
    assert_eq!(kind("/homestead"), Some("ext4"));
    assert_eq!(kind("/home/local disk/data"), Some("xfs"));
    assert_eq!(kind("/mnt/c/Users"), Some("9p"));
    assert_eq!(kind("/srv/data"), Some("fuse.sshfs"), "the later mount hides the earlier");
    assert_eq!(file::file_system("", Path::new("/")), None);
    for (name, network) in [("nfs4", true), ("9p", true), ("fuse.sshfs", true), ("ext4", false), ("overlay", false)] {
        assert_eq!(file::is_network(name), network, "{name}");
    }
}
