//! Errors, shaped by what the caller does next.

use std::time::Duration;

use crate::intent::IntentRef;
use crate::receipt::Totals;

/// Why a call did not do what was asked. Out of a cancel, every one but `Lost` means that this call moved no money.
#[derive(Clone, Debug, thiserror::Error, uniffi::Error)]
pub enum BootpayError {
    /// The call itself is wrong, and nothing was sent. Mend the named field.
    #[error("{}", facts.text)]
    InvalidInput {
        /// What every error has.
        facts: Box<Facts>,
        /// The closest right values, best first, for a field that takes one of a list.
        suggestions: Vec<String>,
    },
    /// An earlier intent stands in the way, and nothing was sent.
    #[error("{}", facts.text)]
    Conflict {
        /// What every error has.
        facts: Box<Facts>,
        /// The intent that stands in the way.
        intent: Box<IntentRef>,
    },
    /// Bootpay, or the payment gateway behind it, said no.
    #[error("{}", facts.text)]
    Refused {
        /// What every error has.
        facts: Box<Facts>,
        /// The refusal, with the server's own words kept.
        refusal: Box<Refusal>,
    },
    /// The request provably never reached Bootpay. The same call may be made again.
    #[error("{}", facts.text)]
    NotSent {
        /// What every error has.
        facts: Box<Facts>,
    },
    /// No access token could be had, so nothing was sent.
    #[error("{}", facts.text)]
    Token {
        /// What every error has.
        facts: Box<Facts>,
    },
    /// A lookup was not answered, or not in a form that can be read. A read moves no money; ask again.
    #[error("{}", facts.text)]
    Lookup {
        /// What every error has.
        facts: Box<Facts>,
    },
    /// The journal could not be opened, read or written, so nothing was sent.
    #[error("{}", facts.text)]
    Journal {
        /// What every error has.
        facts: Box<Facts>,
    },
    /// The library broke one of its own rules. Nothing was sent; please report it.
    #[error("{}", facts.text)]
    Internal {
        /// What every error has.
        facts: Box<Facts>,
    },
    /// The call's end was lost: the process was ending, or the caller's own signal stopped the wait (`lost.stopped`).
    /// **This proves nothing**: the money may or may not have moved, and the intent in the journal tells. Packages raise
    /// it as something that is not a `BootpayError`.
    #[error("{}", facts.text)]
    Lost {
        /// What every error has.
        facts: Box<Facts>,
    },
}

/// What every error has.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Facts {
    /// What happened, in English, without secrets.
    pub text: String,
    /// A stable, snake-case name of the kind, for programs: `invalid_input`, `refused.settlement` …
    pub kind: String,
    /// What to do about it, in Korean.
    pub hint_korean: Option<String>,
    /// What to do about it, in English.
    pub hint_english: Option<String>,
    /// The server's own code, word for word, where a server answered.
    pub code: Option<String>,
    /// The field that is wrong, for invalid input.
    pub field: Option<String>,
    /// How long to wait before trying again, where somebody said so.
    pub retry_after: Option<Duration>,
}

/// A refusal, with the server's own words kept.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Refusal {
    /// What kind of refusal it is, by the stable name that the error's own kind ends with: `settlement`, `not_found` …
    pub kind: String,
    /// The HTTP status; none where the library itself refused because of what the ledger says.
    pub http_status: Option<u16>,
    /// Bootpay's code, word for word: a negative number in v1, a symbol in v2.
    pub code: Option<String>,
    /// Bootpay's message, word for word.
    pub said: String,
    /// The payment gateway's own result code.
    pub pg_code: Option<String>,
    /// The payment gateway's own message.
    pub pg_said: Option<String>,
    /// The intent that was refused, where there was one. It moved no money.
    pub intent: Option<IntentRef>,
    /// What Bootpay's ledger says, where it was asked.
    pub ledger: Option<Totals>,
    /// An earlier intent of the receipt that may have moved money, where there is one.
    pub earlier: Option<IntentRef>,
}

/// An earlier intent that stands in the way.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ConflictNote {
    /// What kind of conflict it is, by the stable name that the error's own kind ends with: `open_intent`, `held` …
    pub kind: String,
    /// What stands in the way, in English.
    pub text: String,
    /// What to do about it, in Korean.
    pub hint_korean: String,
    /// What to do about it, in English.
    pub hint_english: String,
    /// The intent that stands in the way.
    pub intent: IntentRef,
    /// How long to wait before trying again, where that helps.
    pub retry_after: Option<Duration>,
}

/// The language of hints.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum Language {
    /// Korean.
    Korean,
    /// English.
    English,
}

impl From<Language> for bootpay_core::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::Korean => Self::Korean,
            Language::English => Self::English,
        }
    }
}

#[uniffi::export]
impl BootpayError {
    /// What an exception shows: what happened, in English, and under it what to do about it, in Korean. Without secrets.
    pub fn display(&self) -> String {
        let Facts { text, hint_korean, .. } = self.facts();
        match hint_korean {
            Some(hint) => format!("{text}\n{hint}"),
            None => text.clone(),
        }
    }

    /// A stable, snake-case name of the kind, for programs: `invalid_input`, `refused.settlement` …
    pub fn kind(&self) -> String {
        self.facts().kind.clone()
    }

    /// What to do about it, where the library knows.
    pub fn hint(&self, language: Language) -> Option<String> {
        match language {
            Language::Korean => self.facts().hint_korean.clone(),
            Language::English => self.facts().hint_english.clone(),
        }
    }
}

impl BootpayError {
    fn facts(&self) -> &Facts {
        match self {
            Self::InvalidInput { facts, .. }
            | Self::Conflict { facts, .. }
            | Self::Refused { facts, .. }
            | Self::NotSent { facts }
            | Self::Token { facts }
            | Self::Lookup { facts }
            | Self::Journal { facts }
            | Self::Internal { facts }
            | Self::Lost { facts } => facts,
        }
    }

    /// What only the face can find wrong: a number that no amount can be.
    pub(crate) fn invalid_input(field: &str, problem: &str, expected: &str, korean: &str) -> Self {
        Self::InvalidInput {
            facts: Box::new(Facts {
                hint_korean: Some(korean.to_owned()),
                hint_english: Some(expected.to_owned()),
                field: Some(field.to_owned()),
                ..Facts::new("invalid_input", format!("`{field}` {problem}: {expected}"))
            }),
            suggestions: Vec::new(),
        }
    }

    pub(crate) fn not_sent(kind: &str, why: &str) -> Self {
        Self::NotSent { facts: Box::new(Facts::new(kind, format!("nothing was sent: {why}"))) }
    }

    pub(crate) fn internal(text: &str) -> Self {
        Self::Internal { facts: Box::new(Facts::new("internal", text.to_owned())) }
    }

    pub(crate) fn lost() -> Self {
        let text = "the call's end was lost, which proves nothing: the money may or may not have moved. The intent is in \
                    the journal: ask `intents` for it, or let `recover` take it up";
        Self::Lost { facts: Box::new(Facts::new("lost", text.to_owned())) }
    }

    pub(crate) fn stopped() -> Self {
        let text =
            "the caller went away before the call's end, which proves nothing: a read was ended, and a cancel goes on";
        Self::Lost { facts: Box::new(Facts::new("lost.stopped", text.to_owned())) }
    }
}

impl Facts {
    fn new(kind: &str, text: String) -> Self {
        Self {
            text,
            kind: kind.to_owned(),
            hint_korean: None,
            hint_english: None,
            code: None,
            field: None,
            retry_after: None,
        }
    }
}

impl From<&bootpay_core::BootpayError> for Facts {
    fn from(error: &bootpay_core::BootpayError) -> Self {
        Self {
            text: error.to_string(),
            kind: error.kind(),
            hint_korean: error.hint(bootpay_core::Language::Korean),
            hint_english: error.hint(bootpay_core::Language::English),
            code: error.code().map(str::to_owned),
            field: error.field().map(str::to_owned),
            retry_after: error.retry_after(),
        }
    }
}

impl From<bootpay_core::BootpayError> for BootpayError {
    fn from(error: bootpay_core::BootpayError) -> Self {
        use bootpay_core::BootpayError as Core;
        let facts = Box::new(Facts::from(&error));
        match error {
            Core::InvalidInput(input) => Self::InvalidInput { facts, suggestions: input.suggestions().to_vec() },
            Core::Conflict(conflict) => Self::Conflict { facts, intent: Box::new(conflict.intent.into()) },
            Core::Refused(refusal) => Self::Refused { facts, refusal: Box::new((*refusal).into()) },
            Core::NotSent(_) => Self::NotSent { facts },
            Core::Token(_) => Self::Token { facts },
            Core::Lookup(_) => Self::Lookup { facts },
            Core::Journal(_) => Self::Journal { facts },
            // The core's errors all mean that no money moved, a future one too.
            _ => Self::Internal { facts },
        }
    }
}

impl From<bootpay_core::Refusal> for Refusal {
    fn from(refusal: bootpay_core::Refusal) -> Self {
        Self {
            kind: refusal.kind.name().to_owned(),
            http_status: refusal.http_status,
            code: refusal.code,
            said: refusal.message,
            pg_code: refusal.pg_code,
            pg_said: refusal.pg_message,
            intent: refusal.intent.map(IntentRef::from),
            ledger: refusal.ledger.map(Totals::from),
            earlier: refusal.earlier.map(IntentRef::from),
        }
    }
}

impl From<bootpay_core::Conflict> for ConflictNote {
    fn from(conflict: bootpay_core::Conflict) -> Self {
        Self {
            kind: conflict.kind.name().to_owned(),
            text: conflict.to_string(),
            hint_korean: conflict.hint(bootpay_core::Language::Korean),
            hint_english: conflict.hint(bootpay_core::Language::English),
            intent: conflict.intent.into(),
            retry_after: conflict.retry_after,
        }
    }
}
