//! An intent as the explorer keeps it: hashed once, since there are far more worlds than records.

use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use bootpay_core::{Intent, OwnerId};

/// An intent, who owns it, and what the rest of it hashes to.
#[derive(Debug)]
pub(super) struct Recorded {
    intent: Intent,
    pub(super) owner_number: u8,
    pub(super) hash: u64,
}

impl Recorded {
    pub(super) fn new(mut intent: Intent) -> Arc<Self> {
        let owner = std::mem::replace(&mut intent.owner, OwnerId(String::new()));
        let hash = hash_of(&intent);
        let owner_number = owner.0.trim_start_matches('w').parse().unwrap_or(u8::MAX);
        intent.owner = owner;
        Arc::new(Self { intent, owner_number, hash })
    }

    pub(super) fn is_open_and_owned_by(&self, worker: usize) -> bool {
        self.state.is_open() && usize::from(self.owner_number) == worker
    }
}

impl Deref for Recorded {
    type Target = Intent;

    fn deref(&self) -> &Intent {
        &self.intent
    }
}

/// Equal values, equal hashes.
pub(super) fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = hasher();
    value.hash(&mut hasher);
    hasher.finish()
}

pub(super) fn hasher() -> impl Hasher {
    foldhash::quality::FixedState::default().build_hasher()
}
