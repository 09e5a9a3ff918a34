//! A host's clocks and its random numbers.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bootpay_core::{Chance, Clock, UnixMillis};
use tokio::sync::oneshot;

use super::world::{Shared, What};

/// The clocks of one host. The one that counts suspension is never wrong; the wall clock can be.
#[derive(Clone, Debug)]
pub(super) struct HostClock {
    pub(super) world: Shared,
    pub(super) host: usize,
}

impl Clock for HostClock {
    fn wall(&self) -> UnixMillis {
        let mut world = self.world.lock();
        let _ = world.actor(self.host);
        world.wall(self.host)
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.world.lock().now)
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (world, host) = (self.world.clone(), self.host);
        Box::pin(async move {
            let woken = {
                let mut world = world.lock();
                let actor = world.actor(host);
                let (sleeper, woken) = oneshot::channel();
                let tie = world.dice_of(actor).next();
                let at = world.now + u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 2);
                world.at(at, tie, What::Wake { host, sleeper });
                woken
            };
            if woken.await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

/// Random numbers of whoever asks.
#[derive(Clone, Debug)]
pub(super) struct HostChance {
    pub(super) world: Shared,
    pub(super) host: usize,
}

impl Chance for HostChance {
    fn bytes(&self) -> std::io::Result<[u8; 16]> {
        let mut world = self.world.lock();
        let actor = world.actor(self.host);
        let dice = world.dice_of(actor);
        Ok((u128::from(dice.next()) << 64 | u128::from(dice.next())).to_le_bytes())
    }
}
