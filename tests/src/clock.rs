//! A clock that can be set forward: what happens after fifteen minutes is tested now.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bootpay_core::{Clock, SystemClock, UnixMillis};

/// The machine's clocks, shifted.
#[derive(Debug, Default)]
pub struct TestClock {
    system: SystemClock,
    shift_ms: AtomicI64,
}

impl TestClock {
    /// Sets both clocks forward.
    pub fn advance(&self, by: Duration) {
        self.shift_ms.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    fn shift(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.shift_ms.load(Ordering::SeqCst)).unwrap_or(0))
    }
}

impl Clock for TestClock {
    fn wall(&self) -> UnixMillis {
        self.system.wall().plus(self.shift())
    }

    fn elapsed(&self) -> Duration {
        self.system.elapsed() + self.shift()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.system.sleep(duration)
    }
}
