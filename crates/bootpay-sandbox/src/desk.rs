//! Where everything meets: the clock, the fake Bootpay, the faults that wait, and the log of requests, behind one lock.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::clock::Clock;
use crate::fault::Fault;
use crate::fault_queue::Faults;
use crate::seen::Seen;
use crate::world::{Beginning, World};

/// What the lock guards.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) faults: Faults,
    pub(crate) seen: Seen,
}

#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) clock: Clock,
    beginning: Beginning,
    state: Mutex<State>,
    // Asked for at every read from every socket, so it has to be cheaper than the lock.
    cuts_requests: AtomicBool,
    connections: AtomicU64,
}

impl Desk {
    pub(crate) fn new(beginning: Beginning) -> Self {
        let seen = Seen::remembering(beginning.remembered_requests);
        let state = State { world: World::new(&beginning), faults: Faults::default(), seen };
        Self {
            clock: Clock::start(),
            beginning,
            state: Mutex::new(state),
            cuts_requests: AtomicBool::new(false),
            connections: AtomicU64::new(0),
        }
    }

    /// Counts a connection, and numbers it.
    pub(crate) fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::AcqRel) + 1
    }

    pub(crate) fn connections(&self) -> u64 {
        self.connections.load(Ordering::Acquire)
    }

    /// Works on the state, with the sandbox's time in milliseconds since 1970. The clock is read inside the lock, so
    /// the ledger's times never run backwards.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut State, u64) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let done = work(&mut state, self.clock.now_ms());
        self.cuts_requests.store(state.faults.cuts_requests(), Ordering::Release);
        done
    }

    pub(crate) fn cuts_requests(&self) -> bool {
        self.cuts_requests.load(Ordering::Acquire)
    }

    pub(crate) fn push_fault(&self, fault: Fault) {
        self.with(|state, _| state.faults.push(fault));
    }

    /// Everything as it was at the start: no receipts, no ledger, no faults, the first settings, real time.
    pub(crate) fn reset(&self) {
        self.with(|state, _| {
            state.world = World::new(&self.beginning);
            state.faults = Faults::default();
            state.seen.clear();
            self.clock.back_to_real_time();
        });
    }
}
