//! How a cancel ends.

use serde::{Deserialize, Serialize};

use crate::cancel::ReceiptId;
use crate::intent::IntentRef;
use crate::korean_time::KoreanTime;
use crate::money::Won;
use crate::receipt::{Extra, Totals};
use crate::secret::{Secret, blot_out};

/// How a cancel ended that could have moved money. Everything else is a [`BootpayError`](crate::BootpayError): this
/// call moved none.
#[must_use = "an unknown outcome must be reconciled; dropping it loses track of money"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancelOutcome {
    /// The money of this intent is cancelled.
    Cancelled(Box<Cancelled>),
    /// The payment had been cancelled before, and not by this intent. Nothing to repeat.
    AlreadyCancelled(Box<AlreadyCancelled>),
    /// The money may or may not have moved. Hand [`Unknown::intent`]'s `cancel_id` to
    /// [`Bootpay::reconcile`](crate::Bootpay::reconcile); do **not** ask for the refund again under another key.
    Unknown(Box<Unknown>),
}

impl CancelOutcome {
    /// The intent that this is the outcome of: its `cancel_id` finds it again.
    pub fn intent(&self) -> &IntentRef {
        match self {
            Self::Cancelled(cancelled) => &cancelled.intent,
            Self::AlreadyCancelled(already) => &already.intent,
            Self::Unknown(unknown) => &unknown.intent,
        }
    }

    /// Whether the customer's money is back, as far as anybody knows. `None` while the outcome is unknown.
    pub fn money_is_back(&self) -> Option<MoneyIsBack> {
        match self {
            Self::Cancelled(cancelled) => Some(cancelled.money_is_back),
            Self::AlreadyCancelled(already) => Some(already.money_is_back),
            Self::Unknown(_) => None,
        }
    }

    /// Whether the journal holds this outcome. Where it does not, the journal failed after the answer came, or somebody else
    /// decided the intent meanwhile.
    pub fn is_recorded(&self) -> bool {
        match self {
            Self::Cancelled(cancelled) => cancelled.recorded,
            Self::AlreadyCancelled(already) => already.recorded,
            Self::Unknown(unknown) => unknown.recorded,
        }
    }
}

/// A cancel that took effect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cancelled {
    /// The intent.
    pub intent: IntentRef,
    /// What Bootpay answered; for an inferred one, what its ledger says.
    pub cancellation: Cancellation,
    /// How it is known.
    pub evidence: Evidence,
    /// Whether the customer has the money.
    pub money_is_back: MoneyIsBack,
    /// Figures of the answer that are not what was asked or do not add up. Where there are any, the receipt is held:
    /// a person looks at it, and then calls [`Bootpay::resolve`](crate::Bootpay::resolve).
    pub mismatches: Vec<Mismatch>,
    /// Whether this call found the intent already cancelled in the journal and sent nothing.
    pub repeated: bool,
    /// Whether the journal holds the outcome.
    pub recorded: bool,
}

/// A payment that was cancelled before, by somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlreadyCancelled {
    /// The intent. It moved no money.
    pub intent: IntentRef,
    /// What Bootpay's ledger says, where it could be asked.
    pub ledger: Option<Totals>,
    /// How it is known.
    pub evidence: Evidence,
    /// [`MoneyIsBack::Yes`] where the ledger is empty too. [`MoneyIsBack::Unconfirmed`] where it still says paid: a
    /// test payment that was swept, or a cancel in the gateway's own console, perhaps of a part only. Look there.
    pub money_is_back: MoneyIsBack,
    /// Bootpay's message, word for word.
    pub message: Option<String>,
    /// Whether this call found the outcome in the journal and sent nothing.
    pub repeated: bool,
    /// Whether the journal holds the outcome.
    pub recorded: bool,
}

/// A cancel of which nobody knows yet whether it took effect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

/// How an outcome is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Evidence {
    /// Bootpay answered this very request.
    Answered,
    /// A lookup proves it.
    Inferred,
    /// A person decided it.
    Declared,
}

/// Whether the customer has the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MoneyIsBack {
    /// The cancel is done.
    Yes,
    /// A transfer to a refund account was accepted: the bank has not paid yet, and the account was not verified.
    AcceptedForTransfer,
    /// The gateway says cancelled, Bootpay's ledger does not. Look into the gateway's console.
    Unconfirmed,
}

/// Why an outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UnknownCause {
    /// No complete answer in time.
    TimedOut,
    /// The connection broke after the request's body was asked for.
    Disconnected,
    /// An answer that proves nothing: a server error, a redirect, HTML, broken JSON, another receipt's answer.
    Unproven,
    /// Bootpay says that the cancel is in progress at the gateway, or that it failed there half-way.
    InProgress,
    /// Bootpay lost the gateway on the way (`RC_CANCEL_CRITICAL_ERROR`).
    GatewayLost,
    /// A refusal that came after a try that can have arrived, so it proves nothing about that one.
    RefusedAfterATry,
    /// The `cancel_id` had been seen before, which is not success.
    IdSeenBefore,
    /// The token source failed after a try that can have arrived.
    TokenLost,
    /// The process that sent it went away, or its task was lost.
    Interrupted,
}

/// The figures of a cancel: the page's response table. Every member may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cancellation {
    /// The receipt that the answer names.
    pub receipt_id: Option<ReceiptId>,
    /// This cancel's amount, in won. v1 only.
    pub request_cancel_price: Option<Won>,
    /// What remains after it, in won.
    pub remain_price: Option<Won>,
    /// The tax-free part that remains, in won.
    pub remain_tax_free: Option<Won>,
    /// The total over all cancels, in won.
    pub cancelled_price: Option<Won>,
    /// The tax-free total over all cancels, in won.
    pub cancelled_tax_free: Option<Won>,
    /// When it was cancelled.
    pub revoked_at: Option<KoreanTime>,
    /// The payment gateway's transaction id.
    pub tid: Option<String>,
    /// The merchant's order, where the answer has it.
    pub order_id: Option<String>,
    /// The `cancel_id` that the answer names.
    pub cancel_id: Option<String>,
    /// What was paid, in won. v2 only.
    pub price: Option<Won>,
    /// The receipt's status, where the answer has it: v2's does.
    pub status: Option<crate::receipt::ReceiptStatus>,
    /// Everything else that the server sent. Never journaled.
    #[serde(skip)]
    pub extra: Extra,
}

/// From so many characters on, a secret does not occur in an id by chance.
const LONG_ENOUGH: usize = 6;

impl Cancellation {
    /// Blots secrets out of every text of it. Not what is so short that it occurs in an id by chance: a holder called KIM is no
    /// reason to lose a transaction's.
    pub(crate) fn scrub(&mut self, secrets: &[&Secret]) {
        let long = |secret: &&&Secret| secret.expose().chars().count() >= LONG_ENOUGH;
        let long: Vec<&Secret> = secrets.iter().filter(long).copied().collect();
        for text in [&mut self.tid, &mut self.order_id, &mut self.cancel_id].into_iter().flatten() {
            let is_one = secrets.iter().any(|secret| secret.expose() == text.as_str());
            blot_out(text, if is_one { secrets } else { &long });
        }
        self.extra.scrub(secrets);
    }

    /// The figures as totals of the receipt.
    pub fn totals(&self) -> Totals {
        let price = self.price.or_else(|| self.remain_price?.checked_add(self.cancelled_price?));
        Totals { price, remaining: self.remain_price, cancelled: self.cancelled_price, status: self.status }
    }
}

/// One figure of an answer that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mismatch {
    /// The member, by its name in the page's response table.
    pub field: String,
    /// What was expected, in won.
    pub expected: Won,
    /// What was answered, in won.
    pub answered: Won,
}
