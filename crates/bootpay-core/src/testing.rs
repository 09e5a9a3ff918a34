//! Time and chance by hand, for tests: an hour passes in a microsecond, and only when a test says so.

pub(crate) mod schedules;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::clock::{Chance, Clock};
use crate::intent::UnixMillis;

/// A clock that stands still until it is moved. Share one through its `Arc`.
#[derive(Debug)]
pub(crate) struct ManualClock(Mutex<Hands>);

#[derive(Debug)]
struct Hands {
    wall: UnixMillis,
    elapsed: Duration,
    sleepers: Vec<(Duration, oneshot::Sender<()>)>,
}

impl ManualClock {
    pub(crate) fn new() -> Arc<Self> {
        let hands = Hands { wall: UnixMillis(1_700_000_000_000), elapsed: Duration::ZERO, sleepers: Vec::new() };
        Arc::new(Self(Mutex::new(hands)))
    }

    /// Lets time pass on both clocks, and wakes whoever has slept long enough.
    pub(crate) fn advance(&self, by: Duration) {
        let mut hands = self.hands();
        hands.elapsed += by;
        hands.wall = hands.wall.plus(by);
        let now = hands.elapsed;
        let (due, still) = std::mem::take(&mut hands.sleepers).into_iter().partition(|(until, _)| *until <= now);
        hands.sleepers = still;
        drop(hands);
        let due: Vec<(Duration, oneshot::Sender<()>)> = due;
        for (_, sleeper) in due {
            let _ = sleeper.send(());
        }
    }

    /// Lets time pass in small steps, and lets every task run between them. For a single-threaded runtime.
    pub(crate) async fn pass(&self, time: Duration, step: Duration) {
        let mut left = time;
        settle().await;
        while !left.is_zero() {
            let by = step.min(left);
            self.advance(by);
            left -= by;
            settle().await;
        }
    }

    /// Sets the wall clock alone, as an administrator or a time server does.
    pub(crate) fn set_wall(&self, to: UnixMillis) {
        self.hands().wall = to;
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.0.lock().unwrap()
    }
}

impl Clock for ManualClock {
    fn wall(&self) -> UnixMillis {
        self.hands().wall
    }

    fn elapsed(&self) -> Duration {
        self.hands().elapsed
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        if duration.is_zero() {
            return Box::pin(std::future::ready(()));
        }
        let (wake, woken) = oneshot::channel();
        let mut hands = self.hands();
        let until = hands.elapsed + duration;
        hands.sleepers.retain(|(_, sleeper)| !sleeper.is_closed());
        hands.sleepers.push((until, wake));
        Box::pin(async move {
            let _ = woken.await;
        })
    }
}

/// Lets every other task of a single-threaded runtime run until it waits for something.
pub(crate) async fn settle() {
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
}

/// A chance that always falls on the same part: 0.0 is none of it, 1.0 all of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FixedChance(pub(crate) f64);

impl Chance for FixedChance {
    fn bytes(&self) -> std::io::Result<[u8; 16]> {
        Ok([7; 16])
    }

    fn part_of(&self, most: Duration) -> Duration {
        most.mul_f64(self.0)
    }
}
