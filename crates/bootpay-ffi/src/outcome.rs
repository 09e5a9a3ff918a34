//! How a cancel ends.

use std::time::SystemTime;

use crate::error::BootpayError;
use crate::intent::IntentRef;
use crate::numbers::{korean, won, wons};
use crate::receipt::{Totals, json};

/// How a cancel ended that could have moved money.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum CancelOutcome {
    /// The money of this intent is cancelled.
    Cancelled {
        /// The figures.
        outcome: Cancelled,
    },
    /// The payment had been cancelled before, and not by this intent.
    AlreadyCancelled {
        /// What is known about it.
        outcome: AlreadyCancelled,
    },
    /// The money may or may not have moved.
    Unknown {
        /// The handle that settles it.
        outcome: Unknown,
    },
}

/// A cancel that took effect.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Cancelled {
    /// The intent.
    pub intent: IntentRef,
    /// What Bootpay answered; for an inferred one, what its ledger says.
    pub cancellation: Cancellation,
    /// How it is known.
    pub evidence: Evidence,
    /// Whether the customer has the money.
    pub money_is_back: MoneyIsBack,
    /// Figures that are not what was asked. Where there are any, a person looks at the receipt and calls `resolve`.
    pub mismatches: Vec<Mismatch>,
    /// Whether this call found the intent already cancelled and sent nothing.
    pub repeated: bool,
    /// Whether the journal holds the outcome.
    pub recorded: bool,
}

/// A payment that was cancelled before, by somebody else.
#[derive(Clone, Debug, uniffi::Record)]
pub struct AlreadyCancelled {
    /// The intent. It moved no money.
    pub intent: IntentRef,
    /// What Bootpay's ledger says, where it could be asked.
    pub ledger: Option<Totals>,
    /// How it is known.
    pub evidence: Evidence,
    /// Whether the customer has the money. Unconfirmed where Bootpay's ledger still says paid: look into the gateway's
    /// console.
    pub money_is_back: MoneyIsBack,
    /// Bootpay's message, word for word.
    pub said: Option<String>,
    /// Whether this call found the outcome in the journal and sent nothing.
    pub repeated: bool,
    /// Whether the journal holds the outcome.
    pub recorded: bool,
}

/// A cancel of which nobody knows yet whether it took effect.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Unknown {
    /// The handle that settles it.
    pub intent: IntentRef,
    /// Why it is not known.
    pub cause: UnknownCause,
    /// What the ledger said just before the request, where it was asked.
    pub before: Option<Totals>,
    /// What the ledger said afterwards, where it could be asked. Evidence, and not proof.
    pub after: Option<Totals>,
    /// Whether the journal holds the intent as unknown.
    pub recorded: bool,
}

/// The figures of a cancel, in won: the page's response table. Every member may be absent.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Cancellation {
    /// The receipt that the answer names.
    pub receipt_id: Option<String>,
    /// This cancel's amount. v1 only.
    pub request_cancel_price: Option<i64>,
    /// What remains after it.
    pub remain_price: Option<i64>,
    /// The tax-free part that remains.
    pub remain_tax_free: Option<i64>,
    /// The total over all cancels.
    pub cancelled_price: Option<i64>,
    /// The tax-free total over all cancels.
    pub cancelled_tax_free: Option<i64>,
    /// When it was cancelled.
    pub revoked_at: Option<SystemTime>,
    /// The payment gateway's transaction id.
    pub tid: Option<String>,
    /// The merchant's order, where the answer has it.
    pub order_id: Option<String>,
    /// The `cancel_id` that the answer names.
    pub cancel_id: Option<String>,
    /// What was paid. v2 only.
    pub price: Option<i64>,
    /// The receipt's status, as Bootpay's number, where the answer has it.
    pub status: Option<i64>,
    /// Everything else that the server sent, as a JSON object.
    pub extra_json: String,
}

/// One figure of an answer that is not what it should be, in won.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Mismatch {
    /// The member, by its name in the page's response table.
    pub field: String,
    /// What was expected.
    pub expected: i64,
    /// What was answered.
    pub answered: i64,
}

/// How an outcome is known.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum Evidence {
    /// Bootpay answered this very request.
    Answered,
    /// A lookup proves it.
    Inferred,
    /// A person decided it.
    Declared,
}

/// Whether the customer has the money.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum MoneyIsBack {
    /// The cancel is done.
    Yes,
    /// A transfer to a refund account was accepted: the bank has not paid yet, and the account was not verified.
    AcceptedForTransfer,
    /// The gateway says cancelled, Bootpay's ledger does not.
    Unconfirmed,
}

/// Why an outcome is unknown.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum UnknownCause {
    /// No complete answer in time.
    TimedOut,
    /// The connection broke after the request's body was asked for.
    Disconnected,
    /// An answer that proves nothing.
    Unproven,
    /// Bootpay says that the cancel is in progress at the gateway, or that it failed there half-way.
    InProgress,
    /// Bootpay lost the gateway on the way.
    GatewayLost,
    /// A refusal that came after a try that can have arrived.
    RefusedAfterATry,
    /// The `cancel_id` had been seen before, which is not success.
    IdSeenBefore,
    /// The token source failed after a try that can have arrived.
    TokenLost,
    /// The process that sent it went away.
    Interrupted,
}

/// What `recover` found.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Recovery {
    /// Settled now, by evidence.
    pub settled: Vec<CancelOutcome>,
    /// Closed now: these moved no money, and may be asked for again.
    pub moved_nothing: Vec<IntentRef>,
    /// Still unknown: try again later, or let a person decide.
    pub unknown: Vec<Unknown>,
    /// Answered with figures that do not add up: a person looks, and then decides.
    pub held: Vec<IntentRef>,
    /// Being carried out by somebody who is alive.
    pub in_flight: Vec<IntentRef>,
    /// Not recovered, and why.
    pub failed: Vec<Failure>,
    /// How many open intents are of other credentials in the same journal.
    pub of_other_merchants: u64,
}

/// An intent that could not be recovered now.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Failure {
    /// The intent.
    pub intent: IntentRef,
    /// Why.
    pub text: String,
    /// The kind of error, for programs.
    pub kind: String,
}

impl From<bootpay_core::CancelOutcome> for CancelOutcome {
    fn from(outcome: bootpay_core::CancelOutcome) -> Self {
        match outcome {
            bootpay_core::CancelOutcome::Cancelled(cancelled) => Self::Cancelled { outcome: (*cancelled).into() },
            bootpay_core::CancelOutcome::AlreadyCancelled(already) => {
                Self::AlreadyCancelled { outcome: (*already).into() }
            }
            bootpay_core::CancelOutcome::Unknown(unknown) => Self::Unknown { outcome: (*unknown).into() },
        }
    }
}

impl From<bootpay_core::Cancelled> for Cancelled {
    fn from(cancelled: bootpay_core::Cancelled) -> Self {
        Self {
            intent: cancelled.intent.into(),
            cancellation: cancelled.cancellation.into(),
            evidence: cancelled.evidence.into(),
            money_is_back: cancelled.money_is_back.into(),
            mismatches: cancelled.mismatches.into_iter().map(Mismatch::from).collect(),
            repeated: cancelled.repeated,
            recorded: cancelled.recorded,
        }
    }
}

impl From<bootpay_core::AlreadyCancelled> for AlreadyCancelled {
    fn from(already: bootpay_core::AlreadyCancelled) -> Self {
        Self {
            intent: already.intent.into(),
            ledger: already.ledger.map(Totals::from),
            evidence: already.evidence.into(),
            money_is_back: already.money_is_back.into(),
            said: already.message,
            repeated: already.repeated,
            recorded: already.recorded,
        }
    }
}

impl From<bootpay_core::Unknown> for Unknown {
    fn from(unknown: bootpay_core::Unknown) -> Self {
        Self {
            intent: unknown.intent.into(),
            cause: unknown.cause.into(),
            before: unknown.before.map(Totals::from),
            after: unknown.after.map(Totals::from),
            recorded: unknown.recorded,
        }
    }
}

impl From<bootpay_core::Cancellation> for Cancellation {
    fn from(figures: bootpay_core::Cancellation) -> Self {
        Self {
            receipt_id: figures.receipt_id.map(|id| id.as_str().to_owned()),
            request_cancel_price: wons(figures.request_cancel_price),
            remain_price: wons(figures.remain_price),
            remain_tax_free: wons(figures.remain_tax_free),
            cancelled_price: wons(figures.cancelled_price),
            cancelled_tax_free: wons(figures.cancelled_tax_free),
            revoked_at: korean(figures.revoked_at),
            tid: figures.tid,
            order_id: figures.order_id,
            cancel_id: figures.cancel_id,
            price: wons(figures.price),
            status: figures.status.map(|status| status.0),
            extra_json: json(figures.extra.0),
        }
    }
}

impl From<bootpay_core::Mismatch> for Mismatch {
    fn from(mismatch: bootpay_core::Mismatch) -> Self {
        Self { field: mismatch.field, expected: won(mismatch.expected), answered: won(mismatch.answered) }
    }
}

// Where the core learns a new name, these fall back to what claims least.

impl From<bootpay_core::Evidence> for Evidence {
    fn from(evidence: bootpay_core::Evidence) -> Self {
        match evidence {
            bootpay_core::Evidence::Answered => Self::Answered,
            bootpay_core::Evidence::Declared => Self::Declared,
            _ => Self::Inferred,
        }
    }
}

impl From<bootpay_core::MoneyIsBack> for MoneyIsBack {
    fn from(money: bootpay_core::MoneyIsBack) -> Self {
        match money {
            bootpay_core::MoneyIsBack::Yes => Self::Yes,
            bootpay_core::MoneyIsBack::AcceptedForTransfer => Self::AcceptedForTransfer,
            _ => Self::Unconfirmed,
        }
    }
}

impl From<bootpay_core::UnknownCause> for UnknownCause {
    fn from(cause: bootpay_core::UnknownCause) -> Self {
        use bootpay_core::UnknownCause as Core;
        match cause {
            Core::TimedOut => Self::TimedOut,
            Core::Disconnected => Self::Disconnected,
            Core::InProgress => Self::InProgress,
            Core::GatewayLost => Self::GatewayLost,
            Core::RefusedAfterATry => Self::RefusedAfterATry,
            Core::IdSeenBefore => Self::IdSeenBefore,
            Core::TokenLost => Self::TokenLost,
            Core::Interrupted => Self::Interrupted,
            _ => Self::Unproven,
        }
    }
}

impl From<bootpay_core::Recovery> for Recovery {
    fn from(recovery: bootpay_core::Recovery) -> Self {
        let refs = |intents: Vec<bootpay_core::IntentRef>| intents.into_iter().map(IntentRef::from).collect();
        Self {
            settled: recovery.settled.into_iter().map(CancelOutcome::from).collect(),
            moved_nothing: refs(recovery.moved_nothing),
            unknown: recovery.unknown.into_iter().map(Unknown::from).collect(),
            held: refs(recovery.held),
            in_flight: refs(recovery.in_flight),
            failed: recovery.failed.into_iter().map(Failure::from).collect(),
            of_other_merchants: recovery.of_other_merchants as u64,
        }
    }
}

impl From<(bootpay_core::IntentRef, bootpay_core::BootpayError)> for Failure {
    fn from((intent, error): (bootpay_core::IntentRef, bootpay_core::BootpayError)) -> Self {
        let error = BootpayError::from(error);
        Self { intent: intent.into(), text: error.display(), kind: error.kind() }
    }
}
