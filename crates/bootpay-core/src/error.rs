//! Errors, shaped by what the caller does next.
//!
//! **A [`BootpayError`] that comes out of a cancel means: this call moved no money**, under the assumptions that the
//! crate's documentation lists. A cancel whose end is not known is not an error but an outcome,
//! [`CancelOutcome::Unknown`](crate::CancelOutcome::Unknown), so that no catch-all can turn it into "failed, try again".

mod conflict;
mod invalid;
mod journal;
mod refusal;

use std::time::Duration;

pub use conflict::{Conflict, ConflictKind};
pub use invalid::{InvalidInput, Problem};
pub use journal::JournalError;
pub use refusal::{Refusal, RefusalKind};

use crate::hint::Language;
use crate::intent::IntentRef;

/// Why a call did not do what was asked. Out of a cancel, it means that this call moved no money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BootpayError {
    /// The call itself is wrong, and nothing was sent. Mend the named field.
    #[error("{0}")]
    InvalidInput(#[from] InvalidInput),

    /// An earlier intent stands in the way, and nothing was sent. It is named, with its state and what to do.
    #[error("{0}")]
    Conflict(#[from] Box<Conflict>),

    /// Bootpay, or the payment gateway behind it, said no.
    #[error("{0}")]
    Refused(#[from] Box<Refusal>),

    /// The request provably never reached Bootpay. The same call may be made again.
    #[error("nothing was sent: {0}")]
    NotSent(Unreachable),

    /// No access token could be had, so nothing was sent.
    #[error("no access token: {0}")]
    Token(Unreachable),

    /// A lookup was not answered, or not in a form that can be read. A read moves no money; ask again.
    #[error("the lookup failed: {0}")]
    Lookup(Unreachable),

    /// The journal could not be opened, read or written, so nothing was sent.
    #[error("the journal failed: {0}")]
    Journal(#[from] JournalError),

    /// The core broke one of its own rules. Nothing was sent; please report it.
    #[error("internal error: {0}")]
    Internal(String),
}

/// Why an exchange with Bootpay, or with a token source, came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{detail}")]
pub struct Unreachable {
    /// What kind of failure it was.
    pub cause: UnreachableCause,
    /// What happened, in words, without secrets.
    pub detail: String,
}

impl Unreachable {
    pub(crate) fn new(cause: UnreachableCause, detail: impl Into<String>) -> Self {
        Self { cause, detail: detail.into() }
    }
}

/// The kinds of [`Unreachable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnreachableCause {
    /// The host's name was not resolved, the connection was refused or timed out, or TLS failed.
    Connect,
    /// The deadline passed before the request's body was asked for.
    Deadline,
    /// No complete answer in time.
    TimedOut,
    /// The connection broke.
    Disconnected,
    /// An answer that is not in Bootpay's form: HTML, broken JSON, a redirect, a server error.
    BadAnswer,
    /// The caller's own token source failed.
    TokenSource,
}

impl UnreachableCause {
    /// A stable name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Deadline => "deadline",
            Self::TimedOut => "timed_out",
            Self::Disconnected => "disconnected",
            Self::BadAnswer => "bad_answer",
            Self::TokenSource => "token_source",
        }
    }
}

impl BootpayError {
    /// The same error, naming an earlier intent of the receipt that may have moved money.
    pub(crate) fn naming(mut self, earlier: &IntentRef) -> Self {
        match &mut self {
            Self::Refused(refusal) => refusal.earlier = Some(earlier.clone()),
            Self::NotSent(reason) | Self::Token(reason) | Self::Lookup(reason) => {
                let words = format!("; the earlier cancel {} of this receipt is still unknown", earlier.cancel_id);
                reason.detail.push_str(&words);
            }
            Self::InvalidInput(_) | Self::Conflict(_) | Self::Journal(_) | Self::Internal(_) => {}
        }
        self
    }

    /// A stable, snake-case name of the kind, for programs: `invalid_input`, `refused.settlement`, `conflict.open_intent` …
    pub fn kind(&self) -> String {
        match self {
            Self::InvalidInput(_) => "invalid_input".into(),
            Self::Conflict(conflict) => format!("conflict.{}", conflict.kind.name()),
            Self::Refused(refusal) => format!("refused.{}", refusal.kind.name()),
            Self::NotSent(reason) => format!("not_sent.{}", reason.cause.name()),
            Self::Token(reason) => format!("token.{}", reason.cause.name()),
            Self::Lookup(reason) => format!("lookup.{}", reason.cause.name()),
            Self::Journal(_) => "journal".into(),
            Self::Internal(_) => "internal".into(),
        }
    }

    /// What to do about it, where the library knows, in the reader's language.
    pub fn hint(&self, language: Language) -> Option<String> {
        match self {
            Self::InvalidInput(input) => input.hint(language),
            Self::Conflict(conflict) => Some(conflict.hint(language)),
            Self::Refused(refusal) => refusal.hint(language),
            Self::NotSent(_) | Self::Token(_) => Some(crate::hint::not_sent(language).to_owned()),
            Self::Lookup(_) => None,
            Self::Journal(_) => Some(crate::hint::journal(language).to_owned()),
            Self::Internal(_) => None,
        }
    }

    /// The server's own code, word for word, where a server answered.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => refusal.code.as_deref(),
            _ => None,
        }
    }

    /// The field that is wrong, for [`BootpayError::InvalidInput`].
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::InvalidInput(input) => Some(input.field()),
            _ => None,
        }
    }

    /// How long to wait before trying again, where somebody said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            Self::Conflict(conflict) => conflict.retry_after,
            _ => None,
        }
    }
}

impl From<Conflict> for BootpayError {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(Box::new(conflict))
    }
}

impl From<Refusal> for BootpayError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}
