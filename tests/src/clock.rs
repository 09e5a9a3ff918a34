//! Time and chance that a test can move: what happens after fifteen minutes is tested now.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bootpay_core::{Chance, Clock, SystemChance, SystemClock, UnixMillis};

/// The machine's clocks, shifted.
#[derive(Debug, Default)]
pub struct TestClock {
    system: SystemClock,
    shift_ms: AtomicI64,
    wall_ms: AtomicI64,
    file: Option<PathBuf>,
}

impl TestClock {
    /// Clocks that are set forward from outside, by the milliseconds that a file holds: another process's clocks.
    pub fn set_by(file: PathBuf) -> Self {
        Self { file: Some(file), ..Self::default() }
    }

    /// Sets both clocks forward.
    pub fn advance(&self, by: Duration) {
        self.shift_ms.fetch_add(millis(by), Ordering::SeqCst);
    }

    /// Sets the wall clock alone forward, or back, by so many milliseconds: somebody corrected it.
    pub fn set_wall(&self, by_ms: i64) {
        self.wall_ms.fetch_add(by_ms, Ordering::SeqCst);
    }

    fn shift(&self) -> Duration {
        let told = self.file.as_deref().and_then(|file| std::fs::read_to_string(file).ok());
        let told: i64 = told.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        Duration::from_millis(u64::try_from(self.shift_ms.load(Ordering::SeqCst) + told).unwrap_or(0))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Clock for TestClock {
    fn wall(&self) -> UnixMillis {
        UnixMillis(self.system.wall().plus(self.shift()).0 + self.wall_ms.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        self.system.elapsed() + self.shift()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.system.sleep(duration)
    }
}

/// Chance that never makes anybody wait: a pause is a random part of something, and here none of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWait;

impl Chance for NoWait {
    fn bytes(&self) -> std::io::Result<[u8; 16]> {
        SystemChance.bytes()
    }

    fn part_of(&self, _: Duration) -> Duration {
        Duration::ZERO
    }
}
