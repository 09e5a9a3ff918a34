//! A process that is stopped (SIGSTOP) for longer than its lease and its deadline, at the worst moments, while others take
//! over; and what it does when it goes on.
//!
//! A lease lasts minutes, so its clocks are set forward while it sleeps, through a file that only this test program reads.
//! One test stops for real, for longer than a short deadline.
#![cfg(target_os = "linux")]

use std::time::Duration;

use bootpay_core::{CancelOutcome, IntentQuery, IntentState, Progress};
use bootpay_tests::Told;
use bootpay_tests::aftermath::{Scene, Wish};
use bootpay_tests::interposed::{Point, Process, Strike, ended, go_on, stopped};
use tokio::process::Child;

const CANCEL_ONCE: &str = env!("CARGO_BIN_EXE_cancel-once");
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Where a process is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// "Reserved" is recorded.
    Reserved,
    /// "Sending" is on the disk, and the journal is still locked for it.
    InTheCommit,
    /// "Sending" is recorded, and the body has not been asked for.
    Sending,
    /// The body was handed out, and the call that writes it has begun.
    InTheWrite,
}

/// The call at which a moment is, found in a run to which nothing happens.
async fn strike(wish: Wish, moment: Moment) -> Strike {
    let scene = Scene::new(wish).await;
    let (_, calls) = scene.process(CANCEL_ONCE).count(scene.directory()).await;
    let of = |calls: &[Point], class: &str| calls.iter().filter(|call| call.class == class).count();
    let first_connection = calls.iter().position(|call| call.class == "connect").expect("a connection");
    let last_send = calls.iter().rposition(|call| call.class == "send").expect("a send");
    let sends = of(&calls, "send");
    assert_eq!(sends, if wish == Wish::Full { 2 } else { 3 }, "a token, a lookup, a cancel, each in one call");
    let (only, at, deed): (&[&str], _, _) = match moment {
        // A commit ends with its lock's release; only then is the driver told.
        Moment::Reserved => (&["lock"], of(&calls[..first_connection], "lock"), "stop-after"),
        Moment::InTheCommit => (&["sync"], of(&calls[..last_send], "sync"), "stop-after"),
        Moment::Sending => (&["lock"], of(&calls[..last_send], "lock"), "stop-after"),
        Moment::InTheWrite => (&["send"], sends, "stop-before"),
    };
    Strike { only, at, onward: false, deed }
}

/// A stopped process, whose clocks can be set forward.
struct Stopped {
    scene: Scene,
    child: Child,
    clock: tempfile::NamedTempFile,
}

impl Stopped {
    async fn at(wish: Wish, moment: Moment) -> Self {
        Self::with(wish, moment, |process| process).await
    }

    async fn with(wish: Wish, moment: Moment, set: impl FnOnce(Process) -> Process) -> Self {
        let strike = strike(wish, moment).await;
        let (scene, clock) = (Scene::new(wish).await, tempfile::NamedTempFile::new().expect("a file"));
        let process = set(scene.process(CANCEL_ONCE).env("CLOCK_FILE", clock.path()));
        let child = process.struck(scene.directory(), &strike).start();
        stopped(child.id().expect("a process")).await;
        Self { scene, child, clock }
    }

    /// An hour goes by, for everybody.
    fn an_hour_later(&self) {
        self.scene.clock.advance(HOUR);
        std::fs::write(self.clock.path(), HOUR.as_millis().to_string()).expect("its clock");
    }

    /// Lets it go on to its end.
    async fn wake(self) -> (Scene, Told) {
        go_on(self.child.id().expect("a process"));
        let ended = ended(self.child).await;
        (self.scene, ended.told.expect("it says what it was told"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_before_the_send_and_taken_over_it_sends_nothing_when_it_wakes() {
    for wish in [Wish::Full, Wish::Partial] {
        let process = Stopped::at(wish, Moment::Sending).await;
        let other = process.scene.client().expect("a client");
        assert_eq!(other.recover().await.expect("the journal").in_flight.len(), 1, "its lease still runs");
        process.an_hour_later();
        let recovery = other.recover().await.expect("the journal");
        assert_eq!(recovery.unknown.len(), 1, "{wish:?}: {recovery:?}");

        let (scene, told) = process.wake().await;
        assert_eq!(scene.asked(), 0, "{wish:?}: its deadline has passed");
        // It knows that it sent nothing; but the intent is another's by now, and stays as open as that one left it.
        assert!(matches!(told, Told::Unknown { .. }), "{wish:?}: {told:?}");
        let again = other.cancel(scene.request()).await;
        assert!(matches!(again, Ok(CancelOutcome::Unknown(_))), "{wish:?}: {again:?}");
        assert_eq!((scene.asked(), scene.moved()), (0, vec![]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_while_reserved_and_taken_over_the_refund_is_the_others_alone() {
    for wish in [Wish::Full, Wish::Partial] {
        let process = Stopped::at(wish, Moment::Reserved).await;
        process.an_hour_later();
        let other = process.scene.client().expect("a client");
        let seen = other.cancel(process.scene.request()).await;
        assert!(matches!(seen, Ok(CancelOutcome::Cancelled(_))), "{wish:?}: {seen:?}");

        let (scene, told) = process.wake().await;
        assert!(matches!(&told, Told::Error { kind, .. } if kind == "conflict.taken_over"), "{wish:?}: {told:?}");
        assert_eq!((scene.asked(), scene.moved().len()), (1, 1), "{wish:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_for_longer_than_its_lease_it_sends_nothing_even_where_nobody_took_over() {
    for wish in [Wish::Full, Wish::Partial] {
        let process = Stopped::at(wish, Moment::Reserved).await;
        process.an_hour_later();
        let (scene, told) = process.wake().await;
        assert!(told.is_error(), "{wish:?}: {told:?}");
        assert_eq!(scene.asked(), 0, "{wish:?}");
        // A lease that ran out binds nobody: the next click refunds.
        let again = scene.client().expect("a client").cancel(scene.request()).await;
        assert!(matches!(again, Ok(CancelOutcome::Cancelled(_))), "{wish:?}: {again:?}");
        assert_eq!(scene.moved().len(), 1, "{wish:?}");
    }
}

/// No clock is moved: the deadline is three seconds, and the process sleeps longer.
#[tokio::test(flavor = "multi_thread")]
async fn a_real_stop_longer_than_the_deadline_keeps_the_first_try_from_leaving() {
    for wish in [Wish::Full, Wish::Partial] {
        let process = Stopped::with(wish, Moment::Sending, |process| process.env("PATIENCE_MS", "3000")).await;
        tokio::time::sleep(Duration::from_millis(3_500)).await;
        assert_eq!(process.scene.asked(), 0);
        let (scene, told) = process.wake().await;
        // Still its own: proven not to have left, it is tried once more.
        assert!(!told.is_error(), "{wish:?}: {told:?}");
        assert_eq!(scene.asked(), 1, "{wish:?}");
        let other = scene.client().expect("a client");
        let intents = other.intents(IntentQuery::default()).await.expect("the journal");
        let progress: Vec<_> = intents[0].attempts.iter().map(|attempt| attempt.progress).collect();
        assert_eq!(progress.first(), Some(&Progress::NotSent), "{wish:?}: {progress:?}");
        assert_eq!(progress.len(), 2, "{wish:?}: {progress:?}");
        told.agrees_with(&scene.moved()).expect("the ledger agrees");
    }
}

/// SQLite's lock is the process's own, and nobody can take it away: others are told that the journal is locked, and send nothing,
/// until the process goes on or ends.
#[tokio::test(flavor = "multi_thread")]
async fn stopped_inside_a_commit_it_keeps_others_from_sending_and_sends_nothing_late_itself() {
    let process = Stopped::at(Wish::Full, Moment::InTheCommit).await;
    process.an_hour_later();
    let other = process.scene.client().expect("a client");
    let seen = Told::of(&other.cancel(process.scene.request()).await);
    assert!(matches!(&seen, Told::Error { words, .. } if words.contains("locked")), "{seen:?}");
    assert_eq!(process.scene.asked(), 0);

    let (scene, told) = process.wake().await;
    let intents = other.intents(IntentQuery::default()).await.expect("the journal");
    assert_eq!(intents[0].attempts[0].progress, Progress::NotSent, "an hour late, it did not leave");
    told.agrees_with(&scene.moved()).expect("the ledger agrees");
    assert!(scene.asked() <= 1);
}

/// The window that no client can close: between the last look at the clock and the network. It is one system call wide; what
/// it lets through is told and recorded as what it is.
#[tokio::test(flavor = "multi_thread")]
async fn stopped_in_the_very_write_it_sends_late_and_tells_the_truth() {
    for wish in [Wish::Full, Wish::Partial] {
        let process = Stopped::at(wish, Moment::InTheWrite).await;
        process.an_hour_later();
        let other = process.scene.client().expect("a client");
        let recovery = other.recover().await.expect("the journal");
        assert_eq!(recovery.unknown.len(), 1, "{wish:?}: {recovery:?}");
        let again = other.cancel(process.scene.request()).await;
        assert!(matches!(again, Ok(CancelOutcome::Unknown(_))), "{wish:?}: nobody else sends: {again:?}");

        let (scene, told) = process.wake().await;
        assert_eq!((scene.asked(), scene.moved().len()), (1, 1), "{wish:?}");
        assert_eq!(told, Told::Cancelled { recorded: true, answered: true }, "{wish:?}");
        let intents = other.intents(IntentQuery::default()).await.expect("the journal");
        assert_eq!(intents.iter().map(|one| one.state).collect::<Vec<_>>(), [IntentState::Cancelled], "{wish:?}");
    }
}
