//! When two worlds are the same world.
//!
//! A world is known by 64 bits. Two that differ only in what makes no difference from there on have the same ones:
//!
//! - workers are alike, so they are named by what they are at, and not by their number (with three of them, up to six
//!   worlds are one);
//! - nobody asks who owned an intent that is closed, or who sent a request whose answer nobody awaits;
//! - requests on their way have no order.
//!
//! Two worlds that differ could share a fingerprint, and the second would be left out: with ten million worlds in one
//! setting the odds of a single one are about one in 370,000.

use std::hash::{BuildHasherDefault, Hash, Hasher};

use super::recorded::{hash_of, hasher};
use super::worker::Worker;
use super::world::{Message, World};

/// No more workers than this.
const MOST_WORKERS: usize = 8;

/// A set of fingerprints: they are hashes already.
pub(super) type Seen = std::collections::HashSet<u64, BuildHasherDefault<AsItIs>>;

/// Takes a fingerprint for its own hash.
#[derive(Default)]
pub(super) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, fingerprint: u64) {
        self.0 = fingerprint;
    }
}

impl World {
    /// What this world is known by.
    pub(super) fn fingerprint(&self) -> u64 {
        let marks = self.marks();
        let mut order: [usize; MOST_WORKERS] = std::array::from_fn(|number| number);
        order[..self.workers.len()].sort_unstable_by_key(|worker| marks[*worker]);
        let mut names = [0_u8; MOST_WORKERS];
        for (name, worker) in order.iter().enumerate() {
            names[*worker] = name as u8;
        }

        let mut hasher = hasher();
        (self.now_ms, &self.left, self.made).hash(&mut hasher);
        for worker in &order[..self.workers.len()] {
            hasher.write_u64(marks[*worker]);
        }
        for (number, intent) in self.journal.iter().enumerate() {
            let owner = if intent.state.is_open() { names[usize::from(intent.owner_number)] } else { u8::MAX };
            (intent.hash, owner, self.denied[number], self.sent[number]).hash(&mut hasher);
        }
        self.bootpay.movements.hash(&mut hasher);
        hasher.write_u64(self.bootpay.ids_in_any_order());
        let wire = self.wire.iter().map(|message| {
            let reader = if message.awaited { names[usize::from(message.worker)] } else { u8::MAX };
            hash_of(&(mark_of(message), reader))
        });
        hasher.write_u64(wire.fold(0, u64::wrapping_add));
        hasher.finish()
    }

    /// What each worker is known by, whatever its number.
    fn marks(&self) -> [u64; MOST_WORKERS] {
        let mut marks = [0; MOST_WORKERS];
        for (number, worker) in self.workers.iter().enumerate() {
            let mut hasher = hasher();
            std::mem::discriminant(worker).hash(&mut hasher);
            match worker {
                Worker::Idle | Worker::Dead => {}
                Worker::Driving(drive) => hasher.write_u64(drive.hash),
                Worker::Considering { intent, tries } | Worker::Claiming { intent, tries } => {
                    (intent, tries).hash(&mut hasher);
                }
                Worker::Deciding { intent, seen, totals } => (intent, seen.hash, totals).hash(&mut hasher),
            }
            for (intent, record) in self.journal.iter().enumerate() {
                record.is_open_and_owned_by(number).then_some(intent).hash(&mut hasher);
            }
            let awaited = self.wire.iter().filter(|message| message.is_awaited_by(number as u8));
            hasher.write_u64(awaited.map(mark_of).fold(0, u64::wrapping_add));
            marks[number] = hasher.finish();
        }
        marks
    }
}

fn mark_of(message: &Message) -> u64 {
    let Message { intent, id, worker: _, gone_at_ms, delivered, awaited, reply } = message;
    hash_of(&(intent, id, gone_at_ms, delivered, awaited, reply))
}
