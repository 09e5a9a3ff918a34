//! What becomes of a world once the trouble is over: the network and the journal work, time passes, and somebody recovers.
//!
//! From every world, everybody who is at something comes to an end of it, since the machine takes a bounded number of
//! steps; so it is enough to look at the worlds in which nobody is at anything. Looked at besides, for what an exploration
//! cuts off, is one world in 64 of all others, in two orders: those who stalled wake up before the recovery, or after it.

use bootpay_core::IntentState;

use super::action::{Action, Handling};
use super::invariants::{Broken, Promise, check, name};
use super::setting::{Budget, Setting};
use super::worker::{How, Worker};
use super::world::{LEASE_MS, World};

/// More steps than anybody may need to come to an end.
const MOST_STEPS: usize = 100;

/// Whether this world is one to look at.
pub(super) fn is_looked_at(world: &World, fingerprint: u64) -> bool {
    world.is_quiet() || fingerprint.is_multiple_of(64)
}

/// Ends the trouble, recovers, and says which promise is broken by then.
pub(super) fn heal(setting: &Setting, mut world: World, stalled_wake_first: bool) -> Result<(), Broken> {
    world.left = Budget::default();
    if stalled_wake_first {
        world.wake_all(setting)?;
    }
    world.now_ms += LEASE_MS;
    world.recover(setting)?;
    if !stalled_wake_first {
        world.wake_all(setting)?;
        world.recover(setting)?;
    }
    world.is_settled_or_listed()
}

impl World {
    fn wake_all(&mut self, setting: &Setting) -> Result<(), Broken> {
        (0..self.workers.len()).try_for_each(|worker| self.comes_to_an_end(setting, worker as u8))
    }

    /// A call of `recover`, by a worker that is free or by a process that has just begun.
    fn recover(&mut self, setting: &Setting) -> Result<(), Broken> {
        let free = self.workers.iter().position(Worker::is_idle).unwrap_or_else(|| {
            self.workers.push(Worker::Idle);
            self.workers.len() - 1
        });
        let open: Vec<usize> = (0..self.journal.len()).filter(|number| self.journal[*number].state.is_open()).collect();
        for number in open {
            self.reconcile(setting, free as u8, number)?;
            self.comes_to_an_end(setting, free as u8)?;
        }
        Ok(())
    }

    /// A worker goes on with what it is at: its requests arrive, and are answered.
    fn comes_to_an_end(&mut self, setting: &Setting, worker: u8) -> Result<(), Broken> {
        for _ in 0..MOST_STEPS {
            if matches!(self.workers[usize::from(worker)], Worker::Idle | Worker::Dead) {
                return Ok(());
            }
            let mut how = How::Plainly;
            if self.workers[usize::from(worker)].is_awaiting() {
                let on_the_way = self.wire.iter().position(|message| {
                    message.is_awaited_by(worker) && !message.delivered && self.now_ms < message.gone_at_ms
                });
                if let Some(message) = on_the_way {
                    self.deliver(setting, message, Handling::Plainly);
                }
                let answered =
                    |message: &super::world::Message| message.is_awaited_by(worker) && message.reply.is_some();
                how = if self.wire.iter().any(answered) { How::Receives } else { How::Loses };
                // One answer more may be lost than the setting has left: this one.
                self.left.losses = 1;
            }
            self.act(setting, &Action::Go { worker, how })?;
            let mut broken = Vec::new();
            check(self, &mut broken);
            if let Some(broken) = broken.pop() {
                return Err(broken);
            }
        }
        Err(Broken::new(Promise::NeverAtALoss, format!("a worker took more than {MOST_STEPS} steps")))
    }

    fn is_settled_or_listed(&self) -> Result<(), Broken> {
        for intent in &self.journal {
            let proven = intent.amount.is_full() && self.bootpay.is_empty() && intent.state == IntentState::Unknown;
            if intent.state.is_in_flight() || proven {
                let how = format!("{} is still {} after a recovery", name(intent), intent.state.name());
                return Err(Broken::new(Promise::SettledOrListed, how));
            }
        }
        Ok(())
    }
}
