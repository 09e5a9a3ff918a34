//! A process that cancels: what the client and its driver do, in their order, one atomic deed at a time.
//!
//! The decisions are the real ones: `admission::decide`, `machine::step`, `lifecycle::apply`, `reconcile::weigh`. What
//! lies between them in `crates/bootpay-core/src` is async and is mirrored here by hand. Where one side is changed, change
//! the other:
//!
//! | Here | There |
//! |---|---|
//! | [`World::click`] | `Engine::cancel`, without waiting (`client/cancelling.rs`) |
//! | [`World::proposal`], [`World::relations`], [`World::still_honoured`], [`World::is_left_behind`], [`World::take_over`] | `Engine::proposal`, `relations`, `still_honoured`, `is_left_behind`, `take_over` (`client/cancelling.rs`) |
//! | [`World::reconcile`] | `Engine::reconcile`, `left_by_its_owner` (`client/settling.rs`) |
//! | [`World::reconsider`], [`World::consider`], [`World::claim`] | `Engine::reconsider` (`client/settling.rs`) |
//! | [`World::decide`], [`World::record_decision`] | `Engine::resolve`, `evidence_against` (`client/settling.rs`) |
//! | [`World::drive`], [`World::plan`], [`World::feed`], [`World::go`] | `Driver::drive`, `plan` and the loop over effects (`driver.rs`) |
//! | [`World::look_up`] | `Driver::look_up`, `is_superseded`: the ledger, and then the journal (`driver.rs`) |
//! | `fetch_token` in [`World::feed`] | `Driver::fetch_token`, `refresh_token`, `keep` (`driver.rs`) |
//! | [`World::record`], `change` | `Driver::record`, `change`, `honoured_for` (`driver.rs`) |
//! | [`World::send`], [`World::await_answer`] | `Driver::send`, and the gate before the body (`transport/gate.rs`) |
//! | [`World::finish`], [`World::tell`] | `Engine::drive`, `tell` (`client/cancelling.rs`) |
//! | `World::recover` in [`healing`](super::healing) | `Engine::recover`, `recover_one` (`client/settling.rs`) |
//!
//! Not here: the lock of a receipt within one process and what is shared by those who waited for it (a worker does one
//! thing at a time), pauses (no time passes in them), and an admission that is retried after a take-over (one deed here, two
//! there; whoever comes between the two could as well have come first).

mod calls;
mod deciding;
mod driving;
mod telling;

use std::sync::Arc;

use bootpay_core::Totals;
use bootpay_core::protocol::machine::{Effect, State};

use super::recorded::{Recorded, hash_of};
use super::world::World;

/// The time-outs of a client that is not told otherwise, in milliseconds: the window for the first byte, the answer's
/// time-out, the margin after it, and a reserved intent's lease.
const WINDOW_MS: i64 = 10_000;
const ANSWER_MS: i64 = 60_000;
const MARGIN_MS: i64 = 30_000;
const RESERVED_MS: i64 = 210_000;
pub(super) const SETTLING_MS: i64 = 15 * 60_000;
/// How long after it left a request can still arrive.
const LATENESS_MS: i64 = ANSWER_MS + SETTLING_MS;
/// From the last look at a declaration to the request's arrival, at the latest.
const ON_THE_WAY_MS: i64 = 20_000 + LATENESS_MS;

/// What a worker is at.
#[derive(Clone, Debug)]
pub(super) enum Worker {
    Idle,
    Driving(Arc<Drive>),
    /// A lookup has settled nothing: is a repetition allowed, and is the receipt free for it?
    Considering {
        intent: u8,
        /// How often it had been tried when it was taken up.
        tries: u8,
    },
    /// It is: claim the intent.
    Claiming {
        intent: u8,
        tries: u8,
    },
    /// A person has looked at everything there is to see, and decides "not cancelled".
    Deciding {
        intent: u8,
        seen: Arc<Recorded>,
        totals: Totals,
    },
    Dead,
}

/// One intent being carried out.
#[derive(Clone, Debug)]
pub(super) struct Drive {
    intent: u8,
    /// The intent as this worker last saw it.
    view: Arc<Recorded>,
    state: State,
    doing: Doing,
    send_by_ms: i64,
    /// How often the intent had been tried, where it is one that was unknown and is looked up again.
    recheck: Option<u8>,
    /// What the journal said before the lookup, where the guard is gone that asks it afterwards.
    superseded_early: bool,
    /// What the rest hashes to.
    pub(super) hash: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Doing {
    Effect(Effect),
    /// The ledger has answered; the journal is asked next.
    Looked(Totals),
    Awaiting,
}

/// What a worker meets on its next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// Nothing in the way.
    Plainly,
    /// A lookup shows what was true one movement ago.
    Lagging,
    /// It fails; a journal that fails has written nothing.
    Fails,
    /// The journal writes, and says that it failed.
    FailsWritten,
    /// The request provably does not leave.
    NotSent,
    /// The answer is there.
    Receives,
    /// No answer is waited for any longer.
    Loses,
}

impl Worker {
    fn driving(mut drive: Drive) -> Self {
        let Drive { intent, view, state, doing, send_by_ms, recheck, superseded_early, hash: _ } = &drive;
        drive.hash = hash_of(&(intent, view.hash, state, doing, send_by_ms, recheck, superseded_early));
        Self::Driving(Arc::new(drive))
    }

    pub(super) fn is_idle(&self) -> bool {
        matches!(self, Self::Idle)
    }

    pub(super) fn is_dead(&self) -> bool {
        matches!(self, Self::Dead)
    }

    pub(super) fn is_sending(&self) -> bool {
        matches!(self, Self::Driving(drive) if drive.doing == Doing::Effect(Effect::Send))
    }

    pub(super) fn is_awaiting(&self) -> bool {
        matches!(self, Self::Driving(drive) if drive.doing == Doing::Awaiting)
    }

    /// What could happen on its next step.
    pub(super) fn ways(&self, number: u8, world: &World, mut may: impl FnMut(How)) {
        let drive = match self {
            Self::Idle | Self::Dead => return,
            Self::Considering { .. } | Self::Claiming { .. } | Self::Deciding { .. } => return may(How::Plainly),
            Self::Driving(drive) => drive,
        };
        let left = world.left;
        if drive.doing == Doing::Awaiting {
            let Some(message) = world.wire.iter().find(|message| message.is_awaited_by(number)) else { return };
            if message.reply.is_some() {
                may(How::Receives);
            }
            if left.losses > 0 || message.has_timed_out(world.now_ms) {
                may(How::Loses);
            }
            return;
        }
        may(How::Plainly);
        let mut may = |budget: u8, how| {
            if budget > 0 {
                may(how);
            }
        };
        match &drive.doing {
            Doing::Effect(Effect::LookUp) => {
                may(left.lags.min(world.bootpay.movements.len() as u8), How::Lagging);
                may(left.lookup_failures, How::Fails);
            }
            Doing::Effect(Effect::Record(_)) => {
                may(left.journal_failures, How::Fails);
                may(left.journal_failures, How::FailsWritten);
            }
            Doing::Effect(Effect::FetchToken | Effect::RefreshToken) => may(left.token_failures, How::Fails),
            Doing::Effect(Effect::Send) => may(left.not_sent, How::NotSent),
            Doing::Effect(_) | Doing::Looked(_) | Doing::Awaiting => {}
        }
    }
}
