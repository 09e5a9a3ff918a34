//! A wall clock that jumps an hour, forward or back, at any of a cancel's looks at it, and between two processes. The clock
//! that counts elapsed time does not jump: deadlines and tokens live by that one.
//!
//! What holds whatever the wall clock does: nothing moves twice by itself, and what is told is true. What does not: leases and
//! the settling time are moments of the wall clock, since processes share no other. Set forward, it lets another process take
//! over early, which is harmless, and a person decide early, which is not: the last test shows how far that goes.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bootpay_core::{
    Bootpay, CancelOutcome, CancelRequest, Clock, Decision, IntentQuery, IntentState, JournalChoice, UnixMillis,
};
use bootpay_sandbox::{CancelIdRule, Fault, NewReceipt, Operation, Sandbox};
use bootpay_tests::cutting::CuttingProxy;
use bootpay_tests::{NoWait, Setup, TestClock, Told};
use tokio::task::JoinSet;

const HOUR_MS: i64 = 60 * 60 * 1_000;

/// A wall clock that jumps just before the nth look at it.
#[derive(Debug, Default)]
struct Jumping {
    clock: TestClock,
    at: usize,
    by_ms: i64,
    looks: AtomicUsize,
}

impl Clock for Jumping {
    fn wall(&self) -> UnixMillis {
        if self.looks.fetch_add(1, Ordering::SeqCst) + 1 == self.at {
            self.clock.set_wall(self.by_ms);
        }
        self.clock.wall()
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.clock.sleep(duration)
    }
}

/// What is asked for, and what goes wrong besides.
#[derive(Clone, Copy, Debug)]
struct Wish {
    partial: bool,
    /// The first answer is lost; with the declaration, the cancel is then repeated.
    lost: bool,
    declared: bool,
}

/// A merchant on a journal of its own, behind a proxy.
struct World {
    sandbox: Sandbox,
    proxy: CuttingProxy,
    receipt_id: String,
    wish: Wish,
    directory: tempfile::TempDir,
}

impl World {
    async fn new(wish: Wish) -> Self {
        let sandbox = Sandbox::start().await.expect("a sandbox");
        let receipt_id = sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
        sandbox.set_cancel_id_rule(CancelIdRule::Replay);
        if wish.lost {
            sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
        }
        let proxy = CuttingProxy::start(sandbox.address()).await.expect("a proxy");
        Self { sandbox, proxy, receipt_id, wish, directory: tempfile::tempdir().expect("a directory") }
    }

    fn client(&self, clock: Arc<dyn Clock>) -> Bootpay {
        let patience = Duration::from_secs(60);
        let setup = Setup { honours_cancel_id: self.wish.declared, patience, ..Setup::v1() };
        let builder = setup.builder(&self.proxy.base_url()).expect("a setup").clock(clock).chance(Arc::new(NoWait));
        let journal = JournalChoice::Sqlite(self.directory.path().join("journal.sqlite3"));
        builder.journal(journal).build().expect("a client")
    }

    fn request(&self) -> CancelRequest {
        match self.wish.partial {
            true => CancelRequest::partial(&self.receipt_id, 3_000).cancel_id("jump"),
            false => CancelRequest::full(&self.receipt_id),
        }
    }

    fn moved(&self) -> Vec<u64> {
        self.sandbox.movements(&self.receipt_id).iter().map(|movement| movement.amount).collect()
    }

    async fn states(&self, bootpay: &Bootpay) -> Vec<IntentState> {
        let intents = bootpay.intents(IntentQuery::default()).await.expect("the journal");
        intents.iter().map(|one| one.state).collect()
    }
}

/// One cancel during which the clock jumps, and what another process makes of it by the same clock.
async fn jump(wish: Wish, at: usize, by_ms: i64) -> Result<usize, String> {
    let world = World::new(wish).await;
    let clock = Arc::new(Jumping { at, by_ms, ..Jumping::default() });
    let bootpay = world.client(Arc::clone(&clock) as _);
    let told = Told::of(&bootpay.cancel(world.request()).await);
    let looks = clock.looks.load(Ordering::SeqCst);
    let moved = world.moved();
    let place = format!("{wish:?}, look {at}, {by_ms} ms: {told:?} with {moved:?}");
    told.agrees_with(&moved).map_err(|why| format!("{place}: {why}"))?;
    match &told {
        // A lease that has run out by the clock is a right lost: the send is not made.
        Told::Error { kind, .. } if kind == "conflict.taken_over" && by_ms > 0 => {}
        Told::Cancelled { recorded: true, .. } => {}
        // Not recorded where the repetition's lease has run out by the clock: the journal still says "sending".
        Told::Unknown { recorded } if wish.lost && (*recorded || by_ms > 0) => {}
        _ => return Err(place),
    }
    let other = world.client(Arc::clone(&clock) as _);
    let recovery = other.recover().await.map_err(|error| format!("{place}: {error}"))?;
    if world.moved() != moved && !wish.declared {
        return Err(format!("{place}: recovering moved money: {recovery:?}"));
    }
    if told.is_error() && !world.moved().is_empty() {
        return Err(format!("{place}: an error, and recovering moved money"));
    }
    let again = Told::of(&other.cancel(world.request()).await);
    again.agrees_with(&world.moved()).map_err(|why| format!("{place}, then {again:?}: {why}"))?;
    if again.is_error() || world.moved().len() != 1 {
        return Err(format!("{place}, then {again:?} with {:?}", world.moved()));
    }
    Ok(looks)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_forward_or_back_at_any_look_at_the_clock_moves_nothing_twice_and_tells_no_lie() {
    let wish = |partial, lost, declared| Wish { partial, lost, declared };
    let mut runs = JoinSet::new();
    for wish in [
        wish(false, false, false),
        wish(true, false, false),
        wish(false, true, false),
        wish(true, true, false),
        wish(true, true, true),
    ] {
        let looks = jump(wish, 0, 0).await.expect("an undisturbed cancel");
        assert!(looks >= 4, "{wish:?}: {looks} looks at the clock");
        for at in 1..=looks + 2 {
            for by_ms in [HOUR_MS, -HOUR_MS] {
                runs.spawn(jump(wish, at, by_ms));
            }
        }
    }
    let all = runs.join_all().await;
    let wrong: Vec<_> = all.iter().filter_map(|run| run.as_ref().err()).collect();
    println!("{} jumps", all.len());
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), all.len());
}

const FULL: Wish = Wish { partial: false, lost: false, declared: false };
const PARTIAL: Wish = Wish { partial: true, ..FULL };

/// The other process takes a live owner's reservation, and refunds; the owner wakes up to a right that it has lost.
#[tokio::test(flavor = "multi_thread")]
async fn set_forward_while_an_owner_has_not_sent_yet_the_other_process_refunds_and_the_owner_does_not() {
    for wish in [FULL, PARTIAL] {
        let (world, clock) = (World::new(wish).await, Arc::new(TestClock::default()));
        let (owner, other) = (world.client(Arc::clone(&clock) as _), world.client(Arc::clone(&clock) as _));
        let mut held = world.proxy.hold(Operation::Token);
        let (told, ()) = tokio::join!(owner.cancel(world.request()), async {
            let go_on = held.recv().await.expect("an answer");
            clock.set_wall(HOUR_MS);
            let seen = other.cancel(world.request()).await;
            assert!(matches!(seen, Ok(CancelOutcome::Cancelled(_))), "{wish:?}: {seen:?}");
            go_on.notify_one();
        });
        let told = Told::of(&told);
        assert!(matches!(&told, Told::Error { kind, .. } if kind == "conflict.taken_over"), "{wish:?}: {told:?}");
        assert_eq!((world.sandbox.count(Operation::Cancel), world.moved().len()), (1, 1), "{wish:?}");
    }
}

/// The other process takes a live owner's request for one that was left behind: it looks, and sends nothing. The owner's answer
/// is still the answer.
#[tokio::test(flavor = "multi_thread")]
async fn set_forward_while_a_request_is_on_its_way_it_is_looked_up_by_others_and_settled_by_its_owner() {
    for wish in [FULL, PARTIAL] {
        let (world, clock) = (World::new(wish).await, Arc::new(TestClock::default()));
        let (owner, other) = (world.client(Arc::clone(&clock) as _), world.client(Arc::clone(&clock) as _));
        let mut held = world.proxy.hold(Operation::Cancel);
        let (told, ()) = tokio::join!(owner.cancel(world.request()), async {
            let go_on = held.recv().await.expect("an answer");
            clock.set_wall(HOUR_MS);
            let recovery = other.recover().await.expect("the journal");
            let found = (recovery.settled.len(), recovery.unknown.len());
            assert_eq!(found, if wish.partial { (0, 1) } else { (1, 0) }, "{wish:?}: {recovery:?}");
            go_on.notify_one();
        });
        assert_eq!(Told::of(&told), Told::Cancelled { recorded: true, answered: true }, "{wish:?}");
        assert_eq!(world.states(&other).await, [IntentState::Cancelled], "{wish:?}");
        assert_eq!((world.sandbox.count(Operation::Cancel), world.moved().len()), (1, 1), "{wish:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn set_back_a_person_waits_longer_before_denying_and_never_shorter() {
    let world = World::new(PARTIAL).await;
    world.sandbox.fault(Fault::on(Operation::Cancel).before_money().reset());
    let clock = Arc::new(TestClock::default());
    let bootpay = world.client(Arc::clone(&clock) as _);
    assert!(matches!(bootpay.cancel(world.request()).await, Ok(CancelOutcome::Unknown(_))));
    clock.set_wall(-HOUR_MS);
    clock.advance(Duration::from_secs(20 * 60));
    let error = bootpay.resolve("jump", Decision::NotCancelled, "kim").await.expect_err("by this clock, too early");
    assert_eq!(error.kind(), "conflict.too_early_to_decide");
    clock.advance(Duration::from_secs(60 * 60));
    bootpay.resolve("jump", Decision::NotCancelled, "kim").await.expect("late enough by any clock");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_kept_whatever_the_wall_clock_does_and_renewed_when_time_has_passed() {
    let world = World::new(FULL).await;
    let clock = Arc::new(TestClock::default());
    let bootpay = world.client(Arc::clone(&clock) as _);
    for by_ms in [0, HOUR_MS, -2 * HOUR_MS] {
        clock.set_wall(by_ms);
        let _ = bootpay.receipt(&world.receipt_id).await.expect("a lookup");
        assert_eq!(world.sandbox.count(Operation::Token), 1);
    }
    clock.advance(Duration::from_secs(60 * 60));
    world.sandbox.advance(Duration::from_secs(60 * 60));
    let _ = bootpay.receipt(&world.receipt_id).await.expect("a lookup");
    assert_eq!(world.sandbox.count(Operation::Token), 2);
}

/// The limit. Twenty minutes by the wall clock are no time at all where it was set forward: a person can then deny a request that
/// is still on its way. What is left is that the answer, once it comes, overrules the person in the journal and is told as it is.
#[tokio::test(flavor = "multi_thread")]
async fn set_forward_a_person_can_deny_too_early_and_is_overruled_by_the_answer() {
    let (world, clock) = (World::new(PARTIAL).await, Arc::new(TestClock::default()));
    let (owner, other) = (world.client(Arc::clone(&clock) as _), world.client(Arc::clone(&clock) as _));
    world.sandbox.set_lookup_lag(Duration::from_secs(60 * 60));
    let mut held = world.proxy.hold(Operation::Cancel);
    let (told, ()) = tokio::join!(owner.cancel(world.request()), async {
        let go_on = held.recv().await.expect("an answer");
        clock.set_wall(HOUR_MS);
        let denied = other.resolve("jump", Decision::NotCancelled, "kim").await.expect("allowed by the wall clock");
        assert_eq!(denied.state, IntentState::NotCancelled);
        go_on.notify_one();
    });
    assert_eq!(Told::of(&told), Told::Cancelled { recorded: true, answered: true });
    assert_eq!(world.states(&other).await, [IntentState::Cancelled]);
    assert_eq!(world.moved().len(), 1);
}
