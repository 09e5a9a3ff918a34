//! One file, several callers: tasks, handles, processes, and one of them is killed.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use tokio::task::JoinSet;

use crate::journal::tests::fixtures::*;

use super::*;

fn on(number: usize) -> Proposal {
    Proposal { receipt_id: receipt(&format!("receipt-{number}")), ..full() }
}

#[tokio::test]
async fn concurrent_intents_share_a_sync() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let release = hold(&journal);
    let mut calls = JoinSet::new();
    for number in 0..256 {
        let journal = journal.clone();
        calls.spawn(async move { journal.admit(on(number)).await.unwrap() });
    }
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    drop(release);
    let answers = calls.join_all().await;
    assert!(answers.iter().all(|answer| matches!(answer, Admission::Admitted(_))));
    assert_eq!(journal.find(IntentQuery::default()).await.unwrap().len(), 256);
    // A commit of its own for each would have logged at least its row's page and five of its indexes.
    let log = std::fs::metadata(format!("{}-wal", path.display())).unwrap().len();
    assert!(log < 256 * 4_096, "{log} bytes were logged");
}

#[tokio::test]
async fn what_comes_while_a_commit_is_being_made_joins_it() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let (began, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let writer = journal.writer.clone();
    let first = tokio::spawn(async move {
        let slowly = move |connection: &Connection| {
            let _ = began.send(());
            let _ = released.recv();
            operations::admit(connection, &on(1))
        };
        writer.write(slowly).await
    });
    begun.recv().await.unwrap();
    let writer = journal.writer.clone();
    let second = tokio::spawn(async move {
        let committed_until_now = move |connection: &Connection| {
            operations::admit(connection, &on(2))?;
            let others = Connection::open(&path)?;
            Ok(others.query_row("SELECT count(*) FROM intents", [], |row| row.get::<_, i64>(0))?)
        };
        writer.write(committed_until_now).await
    });
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    drop(release);
    assert!(matches!(first.await.unwrap(), Ok(Admission::Admitted(_))));
    assert_eq!(second.await.unwrap().unwrap(), 0, "the first was committed before");
    assert_eq!(journal.find(IntentQuery::default()).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_handles_racing_for_one_refund_exactly_one_call_is_admitted() {
    let (_directory, path) = place();
    let handles = [SqliteJournal::open(&path).unwrap(), SqliteJournal::open(&path).unwrap()];
    let mut calls = JoinSet::new();
    for _ in 0..200 {
        for journal in handles.clone() {
            calls.spawn(async move { journal.admit(keyed("order-1/refund-1", 3_000)).await.unwrap() });
        }
    }
    let answers = calls.join_all().await;
    let admitted = answers.iter().filter(|one| matches!(one, Admission::Admitted(_))).count();
    let waiting = answers.iter().filter(|one| matches!(one, Admission::InFlight(_))).count();
    assert_eq!((admitted, waiting), (1, 399));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_owners_racing_to_take_over_exactly_one_wins() {
    let (_directory, path) = place();
    let handles = [SqliteJournal::open(&path).unwrap(), SqliteJournal::open(&path).unwrap()];
    for number in 0..50 {
        let intent = admitted(&handles[0], on(number)).await;
        let (me, other) = (me(), other());
        let (send, take) = tokio::join!(
            handles[0].change(&intent.id, &me, sending(LEASE_SECONDS - 1), at(LEASE_SECONDS - 1)),
            handles[1].change(&intent.id, &other, taken_over(true), at(LEASE_SECONDS)),
        );
        let (send, take) = (send.unwrap(), take.unwrap());
        match (send, take) {
            // Taken over while sending: unknown, never "not sent".
            (Changed::Done(_), Changed::Done(taken)) => assert_eq!(taken.state, crate::IntentState::Unknown),
            (Changed::Lost(_), Changed::Done(taken)) => assert_eq!(taken.state, crate::IntentState::NotSent),
            both => panic!("{both:?}"),
        }
    }
}

#[test]
fn many_threads_may_open_a_new_journal_at_once() {
    let (_directory, path) = place();
    let journals: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| SqliteJournal::open(&path).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(journals.len(), 8);
}

#[tokio::test]
async fn dropping_the_last_handle_loses_nothing_that_was_acknowledged() {
    let (_directory, path) = place();
    for number in 0..20 {
        let journal = SqliteJournal::open(&path).unwrap();
        admitted(&journal, on(number)).await;
    }
    closed(&path);
    let journal = SqliteJournal::open(&path).unwrap();
    assert_eq!(journal.find(IntentQuery::default()).await.unwrap().len(), 20);
}

const TASK: &str = "BOOTPAY_JOURNAL_TEST_TASK";
const FILE: &str = "BOOTPAY_JOURNAL_TEST_FILE";

/// What another process does in these tests: this very test, run again with a task.
#[tokio::test]
async fn another_process() {
    let (Ok(task), Some(path)) = (std::env::var(TASK), std::env::var_os(FILE)) else { return };
    let path = PathBuf::from(path);
    while !path.with_extension("go").exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let journal = SqliteJournal::open(&path).unwrap();
    let numbers: Box<dyn Iterator<Item = usize>> = match task.as_str() {
        "race" => Box::new((0..200).flat_map(|number| [number, 1_000])),
        _ => Box::new(0..100_000),
    };
    for number in numbers {
        if let Admission::Admitted(intent) = journal.admit(on(number)).await.unwrap() {
            println!("admitted {}", intent.id);
        }
    }
}

fn start(task: &str, path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["journal::sqlite::tests::sharing::another_process", "--exact", "--nocapture"])
        .env(TASK, task)
        .env(FILE, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn admitted_in(output: &str) -> Vec<String> {
    // A line that the kill cut off was not acknowledged to anybody.
    let whole = output.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().filter_map(|line| line.split_once("admitted ")).map(|(_, id)| id.to_owned()).collect()
}

#[test]
fn of_two_processes_racing_for_each_refund_exactly_one_is_admitted() {
    let (_directory, path) = place();
    let children = [start("race", &path), start("race", &path)];
    std::fs::write(path.with_extension("go"), "").unwrap();
    let mut all = Vec::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        all.extend(admitted_in(&String::from_utf8(output.stdout).unwrap()));
    }
    assert_eq!(all.len(), 201, "each refund once");
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 201);
}

#[tokio::test]
async fn what_a_killed_process_was_told_is_recorded_is_there() {
    let (_directory, path) = place();
    std::fs::write(path.with_extension("go"), "").unwrap();
    let mut child = start("until killed", &path);
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut output = String::new();
    while admitted_in(&output).len() < 50 {
        assert!(lines.read_line(&mut output).unwrap() > 0, "it ended early");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    lines.read_to_string(&mut output).unwrap();

    let acknowledged = admitted_in(&output);
    let journal = SqliteJournal::open(&path).unwrap();
    let found: BTreeSet<_> =
        journal.find(IntentQuery::default()).await.unwrap().into_iter().map(|intent| intent.id.0).collect();
    assert!(acknowledged.iter().all(|id| found.contains(id)));
    assert!(found.len() - acknowledged.len() <= 1, "at most the one whose answer was cut off");
}
