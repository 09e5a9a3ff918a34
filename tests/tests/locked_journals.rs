//! A journal that another process keeps locked for longer than anybody waits, and one that is deleted or replaced under a
//! running client: before the admission, between "reserved" and "sending", and when the end is to be recorded.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use bootpay_core::{
    Bootpay, BootpayError, CancelOutcome, IntentQuery, IntentState, Journal as _, JournalChoice, SqliteJournal,
};
use bootpay_sandbox::{NewReceipt, Operation, Sandbox};
use bootpay_tests::cutting::CuttingProxy;
use bootpay_tests::{NoWait, Setup, Told};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A process that holds the journal's only write lock on request.
struct Holder {
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Holder {
    fn start(journal: &std::path::Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hold-lock"));
        command.arg(journal).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("a process");
        let (input, output) = (child.stdin.take().expect("its input"), child.stdout.take().expect("its output"));
        Self { _child: child, input, output: BufReader::new(output).lines() }
    }

    /// Takes the lock, or lets go of it.
    async fn turn(&mut self) -> String {
        self.input.write_all(b"\n").await.expect("it listens");
        self.output.next_line().await.expect("it answers").expect("it lives")
    }
}

/// A merchant behind a proxy that can hold an answer back.
struct World {
    sandbox: Sandbox,
    proxy: CuttingProxy,
    receipt_id: String,
    bootpay: Bootpay,
    directory: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let sandbox = Sandbox::start().await.expect("a sandbox");
        let receipt_id = sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
        let proxy = CuttingProxy::start(sandbox.address()).await.expect("a proxy");
        let directory = tempfile::tempdir().expect("a directory");
        let bootpay = client(&proxy, directory.path().join("journal.sqlite3")).expect("a client");
        Self { sandbox, proxy, receipt_id, bootpay, directory }
    }

    fn journal(&self) -> PathBuf {
        self.directory.path().join("journal.sqlite3")
    }

    fn moved(&self) -> usize {
        self.sandbox.movements(&self.receipt_id).len()
    }

    async fn cancel(&self) -> Result<CancelOutcome, BootpayError> {
        self.bootpay.cancel(self.receipt_id.as_str()).await
    }

    /// Cancels, and does something once Bootpay has given its answer to `on` and before the client has it.
    async fn cancel_while(&self, on: Operation, happens: impl AsyncFnOnce()) -> Result<CancelOutcome, BootpayError> {
        let mut held = self.proxy.hold(on);
        let (seen, ()) = tokio::join!(self.cancel(), async {
            let go_on = held.recv().await.expect("an answer");
            happens().await;
            go_on.notify_one();
        });
        seen
    }
}

fn client(proxy: &CuttingProxy, journal: PathBuf) -> Result<Bootpay, BootpayError> {
    let setup = Setup { patience: Duration::from_secs(60), ..Setup::v1() };
    let builder = setup.builder(&proxy.base_url())?.chance(Arc::new(NoWait));
    builder.journal(JournalChoice::Sqlite(journal)).build()
}

fn is_locked(told: &Told) -> bool {
    matches!(told, Told::Error { kind, words } if kind == "journal" && words.contains("locked"))
}

#[tokio::test(flavor = "multi_thread")]
async fn locked_before_the_admission_it_is_an_error_and_nothing_is_sent() {
    let world = World::new().await;
    let mut holder = Holder::start(&world.journal());
    assert_eq!(holder.turn().await, "held");
    let told = Told::of(&world.cancel().await);
    assert!(is_locked(&told), "{told:?}");
    assert_eq!(world.sandbox.count(Operation::Cancel), 0);
    assert_eq!(holder.turn().await, "released");
    assert!(matches!(world.cancel().await, Ok(CancelOutcome::Cancelled(_))));
    assert_eq!(world.moved(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn locked_between_reserved_and_sending_it_is_an_error_and_nothing_is_sent() {
    let world = World::new().await;
    let mut holder = Holder::start(&world.journal());
    let seen = world.cancel_while(Operation::Token, async || assert_eq!(holder.turn().await, "held")).await;
    let told = Told::of(&seen);
    assert!(is_locked(&told), "{told:?}");
    assert_eq!(world.sandbox.count(Operation::Cancel), 0);
    assert_eq!(holder.turn().await, "released");
    // The reservation that it could not take back is its own, and in nobody's way.
    assert!(matches!(world.cancel().await, Ok(CancelOutcome::Cancelled(_))));
    assert_eq!(world.moved(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn locked_when_the_end_is_to_be_recorded_it_is_the_outcome_marked_as_not_recorded() {
    let world = World::new().await;
    let mut holder = Holder::start(&world.journal());
    let seen = world.cancel_while(Operation::Cancel, async || assert_eq!(holder.turn().await, "held")).await;
    assert_eq!(Told::of(&seen), Told::Cancelled { recorded: false, answered: true });
    assert_eq!(holder.turn().await, "released");
    // The journal says "sending", and the next click finds out.
    let again = world.cancel().await;
    assert!(matches!(again, Ok(CancelOutcome::Cancelled(_))), "{again:?}");
    let intents = world.bootpay.intents(IntentQuery::default()).await.expect("the journal");
    assert_eq!(intents.iter().map(|one| one.state).collect::<Vec<_>>(), [IntentState::Cancelled]);
    assert_eq!(world.moved(), 1);
}

/// What can happen to the file's name while it is open.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Deleted,
    Moved,
    Replaced,
}

const FATES: [Fate; 3] = [Fate::Deleted, Fate::Moved, Fate::Replaced];

impl Fate {
    fn strike(self, world: &World) {
        let (journal, elsewhere) = (world.journal(), world.directory.path().join("elsewhere.sqlite3"));
        match self {
            Self::Deleted => std::fs::remove_file(journal).expect("a file"),
            Self::Moved => std::fs::rename(journal, elsewhere).expect("a file"),
            Self::Replaced => {
                SqliteJournal::open(&elsewhere).expect("another journal").close();
                std::fs::rename(elsewhere, journal).expect("a file");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_moved_or_replaced_before_the_send_it_is_an_error_and_nothing_is_sent() {
    for fate in FATES {
        for on in [None, Some(Operation::Token)] {
            let world = World::new().await;
            let seen = match on {
                None => {
                    fate.strike(&world);
                    world.cancel().await
                }
                Some(on) => world.cancel_while(on, async || fate.strike(&world)).await,
            };
            let told = Told::of(&seen);
            assert!(told.is_journal_error(), "{fate:?}, {on:?}: {told:?}");
            assert!(format!("{told:?}").contains("deleted, moved or replaced"), "{fate:?}, {on:?}: {told:?}");
            assert_eq!((world.sandbox.count(Operation::Cancel), world.moved()), (0, 0), "{fate:?}, {on:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_moved_or_replaced_after_the_send_it_is_the_outcome_marked_as_not_recorded() {
    for fate in FATES {
        let world = World::new().await;
        let seen = world.cancel_while(Operation::Cancel, async || fate.strike(&world)).await;
        assert_eq!(Told::of(&seen), Told::Cancelled { recorded: false, answered: true }, "{fate:?}");
        assert_eq!(world.moved(), 1, "{fate:?}");
    }
}
