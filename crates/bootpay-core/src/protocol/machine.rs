//! What comes next.
//!
//! One cancel is one [`State`] that is fed one [`Event`] at a time and answers with the one [`Effect`] to carry out.
//! There is nothing else to a cancel: the driver does what the effect says and comes back with what happened.
//!
//! ```text
//! Begin ─ LookUp (partials) ─ FetchToken ─ Record(Sending) ─ Send ─┬─ proof ───────── Record ─ Finish
//!                               ▲   ▲                              ├─ not sent ────── Record(Returned) ─ Pause ─┐
//!                               │   └──────────────────────────────│────────────────────────────────────────────┘
//!                               └─ RefreshToken ── Record(Returned)┤ 401
//!                                                                  └─ doubt ── LookUp ─ Record ─ Finish
//! ```

mod event;
mod step;

pub use event::{Effect, Ending, Event, Failure, Objection, Record};
pub use step::{objection, step};

use crate::cancel::{CancelAmount, ReceiptId, UnknownCause};
use crate::dialect::ServerRefusal;
use crate::receipt::Totals;

/// How often the core repeats an intent by itself, at most, whatever the proof and over all of its calls.
pub const MOST_REPETITIONS: u8 = 2;

/// What a cancel is to do, and what its merchant has declared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Plan {
    /// The receipt.
    pub receipt_id: ReceiptId,
    /// Full or partial, and how much.
    pub amount: CancelAmount,
    /// Whether the money goes to a refund account.
    pub to_account: bool,
    /// Whether nobody else can have used the `cancel_id`, or we may have ourselves for an earlier generation.
    pub id_is_ours: bool,
    /// Whether requests carry a token, which a 401 may refresh once; a Basic pair has none.
    pub by_token: bool,
    /// Whether to look the receipt up before sending.
    pub look_first: bool,
    /// Declared: nobody else cancels this merchant's receipts.
    pub sole_canceller: bool,
    /// Declared: the server honours `cancel_id`, and its retention has not passed.
    pub honours_cancel_id: bool,
    /// The journal's latest answered totals of this receipt.
    pub last_answered: Option<Totals>,
    /// Where to begin.
    pub start: Start,
}

/// Where a cancel begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Start {
    /// With an intent that was just admitted.
    New,
    /// With an intent that is unknown: look it up, send nothing.
    Recheck {
        /// What the ledger said just before the request.
        before: Option<Totals>,
        /// Why it is unknown.
        cause: UnknownCause,
    },
    /// With an intent that is unknown, under the declaration about `cancel_id`: repeat it.
    Repeat {
        /// What the ledger said just before the first request.
        before: Option<Totals>,
        /// Whether no earlier try can be under way any more.
        settled_down: bool,
        /// Which repetition of the intent it is, counted from 1 over all of its calls.
        nth: u8,
    },
}

/// Where one cancel stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    plan: Plan,
    phase: Phase,
    before: Option<Totals>,
    repetitions: u8,
    token_refreshed: bool,
    /// Whether the journal may say that a request of this call is on its way.
    recorded_sending: bool,
    /// Why an earlier try of this intent can have arrived; `None` while none can.
    earlier_doubt: Option<UnknownCause>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Phase {
    Begin,
    LookingBefore,
    FetchingToken,
    RecordingSending,
    Sending,
    RecordingReturn { refresh: bool },
    Pausing,
    LookingAfter(Doubt),
    Closing(Box<Ending>),
    Finished,
}

/// Why a lookup is made after a send.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Doubt {
    cause: UnknownCause,
    /// The refusal that said "already cancelled" to a first try.
    already: Option<Box<ServerRefusal>>,
    http_status: Option<u16>,
    code: Option<String>,
}

impl State {
    /// A cancel that has not begun. Feed it [`Event::Begin`].
    pub fn new(plan: Plan) -> Self {
        let (before, earlier_doubt, repetitions) = match &plan.start {
            Start::New => (None, None, 0),
            Start::Recheck { before, cause } => (*before, Some(*cause), MOST_REPETITIONS),
            Start::Repeat { before, nth, .. } => (*before, Some(UnknownCause::Interrupted), *nth),
        };
        Self {
            plan,
            phase: Phase::Begin,
            before,
            repetitions,
            token_refreshed: false,
            recorded_sending: false,
            earlier_doubt,
        }
    }

    /// What the ledger said just before the request.
    pub fn before(&self) -> Option<Totals> {
        self.before
    }
}
