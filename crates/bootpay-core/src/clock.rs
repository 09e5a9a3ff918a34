//! Time and chance, as the core sees them. Both can be replaced, so that a test can replay an hour in a millisecond.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::intent::UnixMillis;

/// Where the core reads the time from.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The wall clock, for records. It may jump.
    fn wall(&self) -> UnixMillis;

    /// Time since some fixed moment, which never goes back and **counts the time the machine was suspended**: a
    /// request must not leave because a laptop was opened.
    fn elapsed(&self) -> Duration;

    /// Waits.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// The machine's own clocks.
#[derive(Clone, Debug)]
pub struct SystemClock {
    start: boot_time::Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { start: boot_time::Instant::now() }
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> UnixMillis {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMillis(0).plus(since_epoch)
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// Where the core gets random bytes from: for keyless intents' ids and for jitter, never for money.
pub trait Chance: Send + Sync + fmt::Debug {
    /// Sixteen random bytes.
    ///
    /// # Errors
    /// Where the operating system gives none.
    fn bytes(&self) -> std::io::Result<[u8; 16]>;

    /// A random part of `most`, between nothing and all of it.
    fn part_of(&self, most: Duration) -> Duration {
        let seed =
            self.bytes().map_or(u32::MAX / 2, |bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        most.mul_f64(f64::from(seed) / f64::from(u32::MAX))
    }
}

/// The operating system's random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn bytes(&self) -> std::io::Result<[u8; 16]> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        Ok(bytes)
    }
}
