//! What the journal keeps about a refund.

use std::time::SystemTime;

use crate::error::BootpayError;
use crate::numbers::moment;
use crate::outcome::{Cancellation, Evidence, Mismatch, MoneyIsBack, UnknownCause};
use crate::receipt::Totals;
use crate::request::CancelAmount;

/// One wish to refund, as the journal keeps it. It holds no account number, no name and no secret.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Intent {
    /// What Bootpay sees, and the handle for `reconcile` and `resolve`.
    pub cancel_id: String,
    /// The receipt.
    pub receipt_id: String,
    /// Full or partial, and how much.
    pub amount: CancelAmount,
    /// Where it stands.
    pub state: IntentState,
    /// Counts from 1: a new one begins only once the last is proven to have moved nothing.
    pub generation: u32,
    /// What makes two calls the same wish: `receipt`, `merchant:<id>` or `fresh:<hex>`.
    pub key: String,
    /// Which Bootpay: the base address.
    pub environment: String,
    /// Whether the money goes to a refund account.
    pub to_account: bool,
    /// Whether the receipt waits for a person, because the answer's figures do not add up.
    pub held: bool,
    /// What the ledger said just before the request.
    pub totals_before: Option<Totals>,
    /// What the last answer or lookup said.
    pub totals_after: Option<Totals>,
    /// Why it is unknown, while it is.
    pub unknown_cause: Option<UnknownCause>,
    /// How its end is known.
    pub evidence: Option<Evidence>,
    /// Whether the customer has the money, once it is settled.
    pub money_is_back: Option<MoneyIsBack>,
    /// The figures of the answer.
    pub cancellation: Option<Cancellation>,
    /// Figures that are not what was asked.
    pub mismatches: Vec<Mismatch>,
    /// Why it was refused.
    pub refusal: Option<RefusalNote>,
    /// Who decided it, where a person did.
    pub decided_by: Option<String>,
    /// Its tries, oldest first.
    pub attempts: Vec<Attempt>,
    /// The moment after which no request of it can still be on its way from here.
    pub deadline: Option<SystemTime>,
    /// When Bootpay last answered it.
    pub answered_at: Option<SystemTime>,
    /// When it was admitted.
    pub created_at: SystemTime,
    /// When it last changed.
    pub updated_at: SystemTime,
}

/// An intent in short: what errors and outcomes carry, and what finds it again.
#[derive(Clone, Debug, uniffi::Record)]
pub struct IntentRef {
    /// What Bootpay sees, and the handle for `reconcile` and `resolve`.
    pub cancel_id: String,
    /// The receipt.
    pub receipt_id: String,
    /// Full or partial, and how much.
    pub amount: CancelAmount,
    /// Where it stood when this was written.
    pub state: IntentState,
    /// When it was admitted.
    pub created_at: SystemTime,
}

/// Where an intent stands.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum IntentState {
    /// Admitted; no byte has left.
    Reserved,
    /// A request may be on its way.
    Sending,
    /// The money may or may not have moved.
    Unknown,
    /// The money of this intent is cancelled.
    Cancelled,
    /// The payment had been cancelled before; this intent moved nothing.
    AlreadyCancelled,
    /// Bootpay, the gateway or the ledger refused; this intent moved nothing.
    Refused,
    /// It never reached Bootpay; this intent moved nothing.
    NotSent,
    /// A person decided that this intent moved nothing.
    NotCancelled,
}

/// A refusal as the journal keeps it.
#[derive(Clone, Debug, uniffi::Record)]
pub struct RefusalNote {
    /// The kind's stable name.
    pub kind: String,
    /// Bootpay's code, word for word.
    pub code: Option<String>,
    /// Bootpay's message, word for word.
    pub said: String,
}

/// One try to send an intent.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Attempt {
    /// When it was recorded, before the first byte left.
    pub started_at: SystemTime,
    /// How far it got.
    pub progress: Progress,
    /// The answer's HTTP status.
    pub http_status: Option<u16>,
    /// The answer's code.
    pub code: Option<String>,
}

/// How far a try got.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum Progress {
    /// It may be on its way.
    Sending,
    /// Proven never to have arrived.
    NotSent,
    /// Answered, whatever the answer.
    Answered,
    /// No answer that proves anything.
    Unproven,
}

/// Which intents to list, newest last; every condition that is given must hold.
#[derive(Clone, Debug, uniffi::Record)]
pub struct IntentQuery {
    /// Only with this `cancel_id`.
    #[uniffi(default = None)]
    pub cancel_id: Option<String>,
    /// Only of this receipt.
    #[uniffi(default = None)]
    pub receipt_id: Option<String>,
    /// Only those that still wait for evidence or for a person.
    #[uniffi(default = false)]
    pub open: bool,
    /// At most this many, the newest of them.
    #[uniffi(default = None)]
    pub limit: Option<u32>,
}

/// What a person decides about an intent that stays open.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum Decision {
    /// The money moved. Also lifts the hold on a receipt whose answer did not add up.
    Cancelled,
    /// The money did not move and will not. Refused until a late request can no longer arrive.
    NotCancelled,
}

impl From<Decision> for bootpay_core::Decision {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Cancelled => Self::Cancelled,
            Decision::NotCancelled => Self::NotCancelled,
        }
    }
}

impl IntentQuery {
    pub(crate) fn into_core(self) -> Result<bootpay_core::IntentQuery, BootpayError> {
        let cancel_id = self.cancel_id.map(bootpay_core::CancelId::new).transpose();
        let receipt_id = self.receipt_id.map(bootpay_core::ReceiptId::new).transpose();
        Ok(bootpay_core::IntentQuery {
            cancel_id: cancel_id.map_err(bootpay_core::BootpayError::from)?,
            receipt_id: receipt_id.map_err(bootpay_core::BootpayError::from)?,
            open: self.open,
            limit: self.limit,
            ..bootpay_core::IntentQuery::default()
        })
    }
}

impl From<bootpay_core::IntentState> for IntentState {
    fn from(state: bootpay_core::IntentState) -> Self {
        use bootpay_core::IntentState as Core;
        match state {
            Core::Reserved => Self::Reserved,
            Core::Sending => Self::Sending,
            Core::Cancelled => Self::Cancelled,
            Core::AlreadyCancelled => Self::AlreadyCancelled,
            Core::Refused => Self::Refused,
            Core::NotSent => Self::NotSent,
            Core::NotCancelled => Self::NotCancelled,
            // A future state claims nothing here.
            _ => Self::Unknown,
        }
    }
}

impl From<bootpay_core::IntentRef> for IntentRef {
    fn from(intent: bootpay_core::IntentRef) -> Self {
        Self {
            cancel_id: intent.cancel_id.as_str().to_owned(),
            receipt_id: intent.receipt_id.as_str().to_owned(),
            amount: intent.amount.into(),
            state: intent.state.into(),
            created_at: moment(intent.created_at),
        }
    }
}

impl From<bootpay_core::Attempt> for Attempt {
    fn from(attempt: bootpay_core::Attempt) -> Self {
        Self {
            started_at: moment(attempt.started_at),
            progress: match attempt.progress {
                bootpay_core::Progress::Sending => Progress::Sending,
                bootpay_core::Progress::NotSent => Progress::NotSent,
                bootpay_core::Progress::Answered => Progress::Answered,
                bootpay_core::Progress::Unproven => Progress::Unproven,
            },
            http_status: attempt.http_status,
            code: attempt.code,
        }
    }
}

impl From<bootpay_core::Intent> for Intent {
    fn from(intent: bootpay_core::Intent) -> Self {
        Self {
            cancel_id: intent.cancel_id.as_str().to_owned(),
            receipt_id: intent.receipt_id.as_str().to_owned(),
            amount: intent.amount.into(),
            state: intent.state.into(),
            generation: intent.generation,
            key: intent.key.to_text(),
            environment: intent.environment,
            to_account: intent.to_account,
            held: intent.held,
            totals_before: intent.totals_before.map(Totals::from),
            totals_after: intent.totals_after.map(Totals::from),
            unknown_cause: intent.unknown_cause.map(UnknownCause::from),
            evidence: intent.evidence.map(Evidence::from),
            money_is_back: intent.money_is_back.map(MoneyIsBack::from),
            cancellation: intent.cancellation.map(Cancellation::from),
            mismatches: intent.mismatches.into_iter().map(Mismatch::from).collect(),
            refusal: intent.refusal.map(|note| RefusalNote { kind: note.kind, code: note.code, said: note.message }),
            decided_by: intent.decided_by,
            attempts: intent.attempts.into_iter().map(Attempt::from).collect(),
            deadline: intent.deadline.map(moment),
            answered_at: intent.answered_at.map(moment),
            created_at: moment(intent.created_at),
            updated_at: moment(intent.updated_at),
        }
    }
}
