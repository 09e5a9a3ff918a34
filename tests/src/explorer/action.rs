//! What can happen in a world.

use super::worker::How;

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// The beginning.
    Begin,
    /// A worker is asked for a wish.
    Click {
        /// Which worker.
        worker: u8,
        /// Which wish.
        wish: u8,
    },
    /// A worker takes an open intent up.
    Reconcile {
        /// Which worker.
        worker: u8,
        /// Which intent.
        intent: u8,
    },
    /// A person begins to decide about an open intent, through a worker.
    Decide {
        /// Which worker.
        worker: u8,
        /// Which intent.
        intent: u8,
    },
    /// A worker goes one step on.
    Go {
        /// Which worker.
        worker: u8,
        /// What it meets.
        how: How,
    },
    /// A request arrives.
    Deliver {
        /// Which one.
        message: u8,
        /// What the server does.
        handling: Handling,
    },
    /// A proxy delivers a request again.
    Replay {
        /// Which one.
        message: u8,
    },
    /// A process is killed.
    Kill {
        /// Which worker.
        worker: u8,
    },
    /// Somebody cancels in Bootpay's console.
    Console,
    /// Time passes: leases run out.
    LeasesRunOut,
    /// Time passes: whatever was sent has arrived or never will.
    Settles,
}

/// What the server does with a request that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handling {
    /// Works on it.
    Plainly,
    /// Answers 500 and does nothing.
    BreaksBefore,
    /// Does it and answers 500.
    BreaksAfter,
    /// Turns the token away.
    Unauthorized,
    /// The gateway refuses.
    Refused,
}
