//! What can happen to an intent. Journals store the result; [`protocol`](crate::protocol) decides what may follow what.

use serde::{Deserialize, Serialize};

use crate::cancel::{Cancellation, Evidence, Mismatch, MoneyIsBack, UnknownCause};
use crate::intent::{Intent, OwnerId, RefusalNote, UnixMillis};
use crate::receipt::Totals;

/// One change of an intent's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A request is about to leave. Synced to disk before its first byte does.
    Sending {
        /// What the ledger said just before.
        totals_before: Option<Totals>,
        /// The moment after which no byte of it can leave, and no answer is waited for.
        deadline: UnixMillis,
        /// Until when nobody may take it over.
        lease_until: UnixMillis,
        /// A keyed hash of the body.
        body_mark: Option<String>,
    },
    /// The try is proven never to have arrived, or was turned away for its token: it may be tried again.
    Returned {
        /// Until when nobody may take it over.
        lease_until: UnixMillis,
    },
    /// The intent moved no money, and never will.
    Closed(Closing),
    /// The end of a try proves nothing, or a lookup has added to the evidence.
    Unknown {
        /// Why.
        cause: UnknownCause,
        /// What a lookup said afterwards.
        totals_after: Option<Totals>,
        /// The answer's HTTP status, where there was one.
        http_status: Option<u16>,
        /// The answer's code, where there was one.
        code: Option<String>,
    },
    /// It is settled.
    Settled(Box<Settlement>),
    /// Its owner is gone: what was reserved is closed as not sent, what may be on its way becomes unknown.
    TakenOver {
        /// Who takes it over.
        owner: OwnerId,
        /// Whether the owner is known to be dead, so that its lease need not run out.
        owner_is_gone: bool,
    },
    /// An unknown intent is claimed for a repetition under the merchant's declaration about `cancel_id`.
    Claimed {
        /// Who claims it.
        owner: OwnerId,
        /// Until when nobody else may.
        lease_until: UnixMillis,
    },
    /// A person decided.
    Resolved {
        /// What.
        decision: Decision,
        /// Who.
        actor: String,
        /// What a lookup said that was made for this decision.
        totals_after: Option<Totals>,
    },
}

/// How an intent ends that moved nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closing {
    /// It never reached Bootpay.
    NotSent,
    /// It was refused.
    Refused {
        /// By which answer.
        note: RefusalNote,
        /// The answer's HTTP status; `None` where the ledger was reason enough.
        http_status: Option<u16>,
    },
}

/// How an intent is settled.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Settlement {
    /// `true` where the payment had been cancelled before, not by this intent.
    pub already: bool,
    /// How it is known.
    pub evidence: Evidence,
    /// Whether the customer has the money.
    pub money_is_back: MoneyIsBack,
    /// The figures.
    pub cancellation: Cancellation,
    /// Figures that are not what was asked.
    pub mismatches: Vec<Mismatch>,
    /// The answer's HTTP status, where an answer settled it.
    pub http_status: Option<u16>,
    /// Bootpay's message, for a payment that had been cancelled before.
    pub message: Option<String>,
}

/// What a person decides about an intent that stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The money moved. Also lifts the hold on a receipt whose answer did not add up.
    Cancelled,
    /// The money did not move and will not. Refused until a late request can no longer arrive; allowed at any time where
    /// the payment had been cancelled before, not by this intent.
    NotCancelled,
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is recorded, and this is the intent now.
    Done(Box<Intent>),
    /// It was not allowed: somebody else has moved the intent on. This is what it is now.
    Lost(Box<Intent>),
}
