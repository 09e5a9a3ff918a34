//! Local refusals: an earlier intent stands in the way.

use std::fmt;
use std::time::Duration;

use crate::hint::{self, Language};
use crate::intent::IntentRef;

/// A cancel that was refused before anything was sent, because of an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Which rule refused it.
    pub kind: ConflictKind,
    /// The intent that stands in the way, with its state.
    pub intent: IntentRef,
    /// How long to wait, where waiting helps.
    pub retry_after: Option<Duration>,
}

/// The rules by which an earlier intent refuses a later cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConflictKind {
    /// The same `cancel_id` was used on this receipt with another amount, tax-free part or refund account.
    KeyReused,
    /// The `cancel_id` was used on another receipt.
    KeyUsedElsewhere,
    /// A partial cancel without a `cancel_id` repeats the receipt and amount of an earlier one.
    RepeatedPartial,
    /// A partial cancel without a `cancel_id` follows within ten seconds of the receipt's last answer.
    TooSoon,
    /// An earlier cancel of this receipt is still unknown.
    OpenIntent,
    /// An earlier answer had figures that do not add up; a person must look at the receipt first.
    Held,
    /// Another process is cancelling this receipt right now.
    Busy,
    /// Another process took this intent over, after this one had been stalled. It was closed as not sent.
    TakenOver,
    /// "Not cancelled" cannot be decided yet: a late request could still arrive.
    TooEarlyToDecide,
    /// The decision contradicts what is already proven.
    AlreadySettled,
}

impl ConflictKind {
    /// A stable name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::KeyReused => "key_reused",
            Self::KeyUsedElsewhere => "key_used_elsewhere",
            Self::RepeatedPartial => "repeated_partial",
            Self::TooSoon => "too_soon",
            Self::OpenIntent => "open_intent",
            Self::Held => "held",
            Self::Busy => "busy",
            Self::TakenOver => "taken_over",
            Self::TooEarlyToDecide => "too_early_to_decide",
            Self::AlreadySettled => "already_settled",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::KeyReused => "the cancel_id was already used on this receipt with other money fields",
            Self::KeyUsedElsewhere => "the cancel_id was already used on another receipt",
            Self::RepeatedPartial => "a partial cancel of this receipt and amount was already asked for",
            Self::TooSoon => "the receipt's last cancel was answered less than ten seconds ago",
            Self::OpenIntent => "an earlier cancel of this receipt is unknown",
            Self::Held => "an earlier cancel of this receipt was answered with figures that do not add up",
            Self::Busy => "another process is cancelling this receipt",
            Self::TakenOver => "another process took this cancel over before it was sent",
            Self::TooEarlyToDecide => "a late request could still arrive",
            Self::AlreadySettled => "the evidence says otherwise",
        }
    }
}

impl Conflict {
    pub(crate) fn new(kind: ConflictKind, intent: IntentRef) -> Self {
        Self { kind, intent, retry_after: None }
    }

    pub(crate) fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        hint::conflict(self.kind, &self.intent, language)
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "nothing was sent: {} (receipt {}, cancel_id {}, {})",
            self.kind.words(),
            self.intent.receipt_id,
            self.intent.cancel_id,
            self.intent.state.name()
        )
    }
}

impl std::error::Error for Conflict {}
