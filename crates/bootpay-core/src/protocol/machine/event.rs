//! What can happen to a cancel, and what it can ask for. Read these enums and you know the program.

use crate::cancel::UnknownCause;
use crate::dialect::{CancelAnswer, ServerRefusal};
use crate::error::UnreachableCause;
use crate::intent::Settlement;
use crate::money::Won;
use crate::receipt::Totals;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// Start.
    Begin,
    /// The ledger was looked up.
    LookedUp {
        /// What it says.
        totals: Totals,
        /// Whether a later intent of the receipt may have moved money, as the journal said *after* the lookup: one that was
        /// admitted later still cannot be what the lookup saw.
        superseded: bool,
    },
    /// It could not be: no answer, no readable answer, or a refusal, retries included.
    LookupFailed,
    /// There is a token, or none is needed.
    TokenReady,
    /// There is none to be had.
    TokenFailed,
    /// The declaration that allows a repetition has run out meanwhile.
    TooLate,
    /// The journal has it, synced.
    Recorded,
    /// Somebody else has moved the intent on, so the journal refused the change.
    Lost,
    /// The journal failed; it may or may not have the change.
    RecordFailed,
    /// The request provably never arrived.
    NotSent(UnreachableCause),
    /// The request may have arrived, and there is no whole answer.
    NoAnswer(UnknownCause),
    /// A whole answer.
    Answered(Box<CancelAnswer>),
    /// The pause is over.
    Paused {
        /// Whether the server is still declared to remember the `cancel_id`.
        still_honoured: bool,
    },
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Look the receipt up.
    LookUp,
    /// Have a token ready.
    FetchToken,
    /// The token was turned away: have another ready, unless somebody has fetched one since.
    RefreshToken,
    /// Change the intent's record.
    Record(Record),
    /// Send the request, with the intent's `cancel_id`.
    Send,
    /// Wait a little before the nth repetition, counted from 1.
    Pause(u8),
    /// The end.
    Finish(Ending),
}

/// A change of the intent's record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Record {
    /// A request is about to leave.
    Sending {
        /// What the ledger said just before.
        before: Option<Totals>,
    },
    /// The try is proven to have done nothing; it may be tried again.
    Returned,
    /// The intent never reached Bootpay.
    NotSent,
    /// The server refused it.
    Refused(Box<ServerRefusal>),
    /// The ledger refused it.
    Objected(Objection),
    /// Nobody knows.
    Unknown {
        /// Why.
        cause: UnknownCause,
        /// What a lookup said afterwards.
        after: Option<Totals>,
        /// The answer's HTTP status.
        http_status: Option<u16>,
        /// The answer's code.
        code: Option<String>,
    },
    /// It is settled.
    Settled(Box<Settlement>),
}

/// How a cancel ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// Settled, and how.
    Settled {
        /// How.
        settlement: Box<Settlement>,
        /// Whether the journal has it.
        recorded: bool,
    },
    /// Nobody knows.
    Unknown {
        /// Why.
        cause: UnknownCause,
        /// What a lookup said afterwards.
        after: Option<Totals>,
        /// Whether the journal has it.
        recorded: bool,
    },
    /// Somebody else has moved the intent on meanwhile: it is what the journal says, if that is settled. Else it is what
    /// this call knows; and where this call moved nothing, the intent is as open as the journal says, since whoever took it
    /// over may have repeated it.
    Overtaken(Box<Ending>),
    /// This call moved no money.
    Failed(Failure),
}

/// Why a cancel moved no money. The driver has kept the details.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// The ledger stands against it.
    Objected(Objection),
    /// The ledger could not be looked up before a partial cancel.
    Lookup,
    /// No token.
    Token,
    /// It never reached Bootpay.
    NotSent,
    /// Bootpay or the gateway refused.
    Refused {
        /// The refusal.
        refusal: Box<ServerRefusal>,
        /// What the ledger said afterwards, where it was asked.
        ledger: Option<Totals>,
    },
    /// The journal failed before anything was sent.
    Journal,
    /// Another process took the intent over before anything was sent.
    TakenOver,
    /// An event came that has no place here. A defect, caught before anything was sent.
    OutOfPlace,
}

/// What the ledger has against a cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Objection {
    /// A partial cancel asks for more than remains.
    MoreThanRemains {
        /// What was asked, in won.
        asked: Won,
        /// What remains, in won.
        remaining: Won,
    },
    /// A full cancel expects another remainder.
    NotAsExpected {
        /// What was expected, in won.
        expected: Won,
        /// What remains, in won; `None` where the ledger does not say.
        remaining: Option<Won>,
    },
}
