//! An intent: one wish to refund, from the moment it is admitted until it is settled.
//!
//! The journal keeps it, so that a crash, a lost answer or a second click finds it again. An intent has a *key* (what
//! makes two calls the same wish), a *generation* (a new one begins only after an error that proves that no money
//! moved, or after a person's decision) and a `cancel_id` (what Bootpay sees).

mod change;
mod query;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use change::{Change, Changed, Closing, Decision, Settlement};
pub use query::{Cursor, IntentQuery};

use crate::cancel::{CancelAmount, CancelId, Cancellation, Evidence, Mismatch, MoneyIsBack, ReceiptId, UnknownCause};
use crate::error::{InvalidInput, Problem, RefusalKind};
use crate::receipt::Totals;

/// A moment as milliseconds since 1970-01-01T00:00:00Z, by this machine's wall clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// This moment plus a duration.
    pub fn plus(self, duration: std::time::Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The time from `earlier` to this moment; zero where `earlier` is later.
    pub fn since(self, earlier: Self) -> std::time::Duration {
        std::time::Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// The journal's own name of an intent: derived, so that the same wish always has the same one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IntentId(pub String);

impl fmt::Display for IntentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who carries an intent out: one client in one process.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OwnerId(pub String);

/// Which bulk an intent was begun by: the identity of a file of cancels at one merchant, 32 hex digits.
///
/// A generation of an intent belongs to the bulk that began it, for good. So a row that was refused before is not taken
/// for one that *this* bulk has tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BulkId(String);

impl BulkId {
    /// How many digits it has.
    pub const LENGTH: usize = 32;

    /// Checks a bulk's id, as a plan prints it.
    ///
    /// # Errors
    /// [`InvalidInput`] for the field `bulk`: not 32 digits of `0` to `9` and `a` to `f`.
    pub fn new(id: impl Into<String>) -> Result<Self, InvalidInput> {
        let id = id.into();
        let problem = match () {
            () if id.is_empty() => Problem::Empty,
            () if id.len() == Self::LENGTH && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) => {
                return Ok(Self(id));
            }
            () => Problem::Malformed,
        };
        Err(InvalidInput::new("bulk", problem).expected("the 32 hex digits that the plan printed"))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BulkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<BulkId> for String {
    fn from(id: BulkId) -> String {
        id.0
    }
}

impl TryFrom<String> for BulkId {
    type Error = InvalidInput;

    fn try_from(id: String) -> Result<Self, InvalidInput> {
        Self::new(id)
    }
}

/// What makes two calls the same wish.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentKey {
    /// A full cancel without a key: the receipt itself, since a receipt can be emptied only once.
    Receipt,
    /// The merchant's own `cancel_id`.
    Merchant(CancelId),
    /// A partial cancel without a key: every call is another wish, within the rules of admission.
    Fresh(String),
}

impl IntentKey {
    /// The key as one text, as journals store it: `receipt`, `merchant:<id>` or `fresh:<hex>`.
    pub fn to_text(&self) -> String {
        match self {
            Self::Receipt => "receipt".to_owned(),
            Self::Merchant(id) => format!("merchant:{id}"),
            Self::Fresh(id) => format!("fresh:{id}"),
        }
    }

    /// Reads what [`IntentKey::to_text`] wrote; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "receipt" => Some(Self::Receipt),
            Some(("merchant", id)) => CancelId::new(id).ok().map(Self::Merchant),
            Some(("fresh", id)) => Some(Self::Fresh(id.to_owned())),
            _ => None,
        }
    }
}

/// Where an intent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
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

impl IntentState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Reserved,
        Self::Sending,
        Self::Unknown,
        Self::Cancelled,
        Self::AlreadyCancelled,
        Self::Refused,
        Self::NotSent,
        Self::NotCancelled,
    ];

    /// A stable name for programs, and what journals store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Cancelled => "cancelled",
            Self::AlreadyCancelled => "already_cancelled",
            Self::Refused => "refused",
            Self::NotSent => "not_sent",
            Self::NotCancelled => "not_cancelled",
        }
    }

    /// Reads what [`IntentState::name`] wrote; `None` for anything else.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether somebody is, or was, carrying it out.
    pub fn is_in_flight(self) -> bool {
        matches!(self, Self::Reserved | Self::Sending)
    }

    /// Whether it still waits for evidence or for a person.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Reserved | Self::Sending | Self::Unknown)
    }

    /// Whether it is proven, or decided, that this intent moved no money and never will: only then may a new
    /// generation begin.
    pub fn moved_nothing(self) -> bool {
        matches!(self, Self::Refused | Self::NotSent | Self::NotCancelled)
    }
}

/// One wish to refund, as the journal keeps it. It holds no account number, no name and no secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Intent {
    /// The journal's own name.
    pub id: IntentId,
    /// Which Bootpay: the base address's origin.
    pub environment: String,
    /// Which merchant: a fingerprint of the credentials' public part.
    pub scope: String,
    /// The receipt.
    pub receipt_id: ReceiptId,
    /// What makes two calls the same wish.
    pub key: IntentKey,
    /// Counts from 1.
    pub generation: u32,
    /// What Bootpay sees.
    pub cancel_id: CancelId,
    /// Full or partial, and how much.
    pub amount: CancelAmount,
    /// Whether the money goes to a refund account.
    pub to_account: bool,
    /// A keyed hash of the refund account, where there is a key: it tells another account from the same one.
    pub account_mark: Option<String>,
    /// Which bulk began this generation, where one did.
    pub bulk: Option<BulkId>,
    /// Where it stands.
    pub state: IntentState,
    /// Who carries it out, or did last.
    pub owner: OwnerId,
    /// Until when nobody else may take it over.
    pub lease_until: UnixMillis,
    /// The moment after which no request of this intent can still be on its way from here.
    pub deadline: Option<UnixMillis>,
    /// What the ledger said just before the request.
    pub totals_before: Option<Totals>,
    /// What the last answer or lookup said.
    pub totals_after: Option<Totals>,
    /// The journal's latest answered totals of this receipt when the intent was admitted.
    pub last_answered: Option<Totals>,
    /// When Bootpay last answered it.
    pub answered_at: Option<UnixMillis>,
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
    /// Whether the receipt waits for a person because of them.
    pub held: bool,
    /// Why it was refused.
    pub refusal: Option<RefusalNote>,
    /// Who decided it, where a person did.
    pub decided_by: Option<String>,
    /// Its tries, oldest first.
    pub attempts: Vec<Attempt>,
    /// When it was admitted.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}

/// One try to send an intent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Attempt {
    /// When it was recorded, before the first byte left.
    pub started_at: UnixMillis,
    /// How far it got.
    pub progress: Progress,
    /// A keyed hash of the request's body, where there is a key.
    pub body_mark: Option<String>,
    /// The answer's HTTP status.
    pub http_status: Option<u16>,
    /// The answer's code.
    pub code: Option<String>,
}

/// How far a try got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// A refusal as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RefusalNote {
    /// The kind's stable name.
    pub kind: String,
    /// Bootpay's code, word for word.
    pub code: Option<String>,
    /// Bootpay's message, word for word.
    pub message: String,
}

impl RefusalNote {
    pub(crate) fn new(kind: RefusalKind, code: Option<String>, message: String) -> Self {
        Self { kind: kind.name().to_owned(), code, message }
    }
}

/// An intent in short: what errors and outcomes carry, and what finds it again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct IntentRef {
    /// What Bootpay sees, and the handle for `reconcile` and `resolve`.
    pub cancel_id: CancelId,
    /// The receipt.
    pub receipt_id: ReceiptId,
    /// Full or partial, and how much.
    pub amount: CancelAmount,
    /// Where it stood when this was written.
    pub state: IntentState,
    /// When it was admitted.
    pub created_at: UnixMillis,
}

impl Intent {
    /// The intent in short.
    pub fn to_ref(&self) -> IntentRef {
        IntentRef {
            cancel_id: self.cancel_id.clone(),
            receipt_id: self.receipt_id.clone(),
            amount: self.amount,
            state: self.state,
            created_at: self.created_at,
        }
    }

    /// How often it was recorded as sending, whatever came of it.
    pub(crate) fn tries(&self) -> u8 {
        u8::try_from(self.attempts.len()).unwrap_or(u8::MAX)
    }

    /// Whether one of its tries may have arrived and done something.
    pub(crate) fn may_have_moved_money(&self) -> bool {
        self.state != IntentState::Refused && self.attempts.iter().any(|attempt| attempt.progress != Progress::NotSent)
    }

    /// Whether two cancels of one key ask for the same money: the amount, the tax-free part and the account.
    pub(crate) fn same_money(&self, amount: &CancelAmount, to_account: bool, account_mark: Option<&str>) -> bool {
        let same_amount = match (&self.amount, amount) {
            (CancelAmount::Full { .. }, CancelAmount::Full { .. }) => true,
            (one, other) => one == other,
        };
        // Only marks of one key can be compared. Where there is none, or it was rotated, presence alone can be.
        let marks = self.account_mark.as_deref().and_then(|mark| mark.split_once(':'));
        let same_account = match (marks, account_mark.and_then(|mark| mark.split_once(':'))) {
            (Some((key, one)), Some((other_key, other))) => key != other_key || one == other,
            _ => true,
        };
        same_amount && self.to_account == to_account && same_account
    }
}
