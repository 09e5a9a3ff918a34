//! The two dialects of the wire: bytes to meaning and back.
//!
//! Bootpay speaks two dialects on one host (`protocol.md` §1). Their member names exist inside [`v1`] and [`v2`] alone:
//! a v1 `price` sent to v2 would not be understood, and an amount that is not understood is a full cancel.
//!
//! A codec says what an answer *is*. What it *proves* is decided by [`protocol::verdict`](crate::protocol::verdict).

mod json;
mod pg;
mod refusals;
mod v1;
mod v2;

use std::time::Duration;

use zeroize::Zeroizing;

use self::json::{Members, What};
use crate::cancel::{CancelId, Cancellation, ReceiptId, ValidCancel};
use crate::error::RefusalKind;
use crate::receipt::Receipt;
use crate::secret::{Secret, blot_out};

/// Which of Bootpay's two dialects to speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The page's: `POST /cancel.json`, bare token, enveloped answers.
    #[default]
    V1,
    /// What Bootpay sells today: under `/v2`, `Bearer` or `Basic`, flat answers.
    V2,
}

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A read.
    Get,
    /// Everything else.
    Post,
}

/// A request in a dialect's words. Its body can hold an account number or a private key, so it is wiped on drop and
/// not printed.
#[derive(Clone)]
pub struct WireRequest {
    /// The method.
    pub method: Method,
    /// The path after the base address, beginning with `/`.
    pub path: String,
    /// The JSON body of a POST.
    pub body: Option<Zeroizing<Vec<u8>>>,
}

impl std::fmt::Debug for WireRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = self.body.as_ref().map(|body| format!("[{} bytes]", body.len()));
        f.debug_struct("WireRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("body", &body)
            .finish()
    }
}

/// An answer as it came, whole.
#[derive(Clone, PartialEq, Eq)]
pub struct WireAnswer {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After`, where it is given in seconds.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for WireAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = format!("[{} bytes]", self.body.len());
        f.debug_struct("WireAnswer").field("status", &self.status).field("body", &body).finish()
    }
}

/// What an answer is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer<T> {
    /// A well-formed success.
    Accepted(T),
    /// A well-formed refusal in Bootpay's own form.
    Refused(Box<ServerRefusal>),
    /// Anything else.
    Foreign(Foreign),
}

/// What the answer to a cancel is.
pub type CancelAnswer = Answer<Box<Cancellation>>;
/// What the answer to a lookup is.
pub(crate) type LookupAnswer = Answer<Box<Receipt>>;
/// What the answer to a request for a token is.
pub(crate) type TokenAnswer = Answer<Granted>;

/// A token, and how long it still lives by the server's own clock, counted from the answer on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Granted {
    pub(crate) token: Secret,
    pub(crate) lifetime: Duration,
}

/// An answer in one of Bootpay's forms: its members, not yet read.
enum Opened<'a> {
    Success(Members<'a>),
    Refusal(Box<ServerRefusal>),
}

/// A refusal in Bootpay's own form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerRefusal {
    /// The HTTP status.
    pub http_status: u16,
    /// v1's negative number or v2's symbol, word for word.
    pub code: Option<String>,
    /// The message, word for word.
    pub message: String,
    /// The payment gateway's result code, where the answer carries one.
    pub pg_code: Option<String>,
    /// The payment gateway's message, where the answer carries one.
    pub pg_message: Option<String>,
    /// Whether the gateway's code is a final word: not a success, and not "being processed".
    pub pg_code_is_final: bool,
    /// What kind of refusal it is.
    pub kind: RefusalKind,
    /// How the kind was recognised.
    pub recognised: Recognised,
    /// `Retry-After`.
    pub retry_after: Option<Duration>,
}

impl CancelAnswer {
    /// Blots secrets out of every text of it: a server may echo what it was sent.
    pub(crate) fn scrub(&mut self, secrets: &[&Secret]) {
        match self {
            Self::Accepted(cancellation) => cancellation.scrub(secrets),
            Self::Refused(refusal) => refusal.scrub(secrets),
            // It holds no text of the server's.
            Self::Foreign(_) => {}
        }
    }
}

impl ServerRefusal {
    /// Blots secrets out of every text of it.
    pub(crate) fn scrub(&mut self, secrets: &[&Secret]) {
        blot_out(&mut self.message, secrets);
        for text in [&mut self.code, &mut self.pg_code, &mut self.pg_message].into_iter().flatten() {
            blot_out(text, secrets);
        }
    }
}

/// How a refusal's kind was recognised: codes are documented, texts can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recognised {
    /// By a documented code or symbol, or by the HTTP status where that is documented (401, 404) or usual (429).
    ByCode,
    /// By words in the message: the page's, or what a refusal of that kind would say in our judgement.
    ByText,
    /// Documented as an outcome that is unknown: Bootpay lost the gateway on the way.
    AsGatewayLost,
    /// Not at all.
    No,
}

/// An answer that is not in Bootpay's form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Foreign {
    /// The HTTP status.
    pub http_status: u16,
    /// What it looks like, in words: never its content, which can be anything.
    pub what: &'static str,
    /// `Retry-After`.
    pub retry_after: Option<Duration>,
}

impl Dialect {
    /// A stable name: `v1` or `v2`.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }

    /// The path prefix on the host.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::V1 => "",
            Self::V2 => "/v2",
        }
    }

    pub(crate) fn token_request(self, application_id: &str, private_key: &Secret) -> WireRequest {
        match self {
            Self::V1 => v1::token_request(application_id, private_key),
            Self::V2 => v2::token_request(application_id, private_key),
        }
    }

    pub(crate) fn cancel_request(self, cancel: &ValidCancel, cancel_id: &CancelId) -> WireRequest {
        match self {
            Self::V1 => v1::cancel_request(cancel, cancel_id),
            Self::V2 => v2::cancel_request(cancel, cancel_id),
        }
    }

    pub(crate) fn lookup_request(self, receipt_id: &ReceiptId) -> WireRequest {
        match self {
            Self::V1 => v1::lookup_request(receipt_id),
            Self::V2 => v2::lookup_request(receipt_id),
        }
    }

    /// The `Authorization` header for a token: bare in v1, `Bearer` in v2.
    pub(crate) fn authorization(self, token: &Secret) -> Secret {
        match self {
            Self::V1 => token.clone(),
            Self::V2 => Secret::new(format!("Bearer {}", token.expose())),
        }
    }

    pub(crate) fn decode_token(self, answer: &WireAnswer) -> TokenAnswer {
        match self {
            Self::V1 => read(answer, v1::open(answer), v1::token),
            Self::V2 => read(answer, v2::open(answer), v2::token),
        }
    }

    pub(crate) fn decode_cancel(self, answer: &WireAnswer) -> CancelAnswer {
        match self {
            Self::V1 => read(answer, v1::open(answer), v1::cancellation),
            Self::V2 => read(answer, v2::open(answer), v2::cancellation),
        }
    }

    pub(crate) fn decode_lookup(self, answer: &WireAnswer) -> LookupAnswer {
        match self {
            Self::V1 => read(answer, v1::open(answer), v1::receipt),
            Self::V2 => read(answer, v2::open(answer), v2::receipt),
        }
    }
}

fn read<'a, T>(
    answer: &'a WireAnswer,
    opened: Result<Opened<'a>, What>,
    meaning: impl FnOnce(Members<'a>) -> Result<T, What>,
) -> Answer<T> {
    let meaning = match opened {
        Ok(Opened::Refusal(refusal)) => return Answer::Refused(refusal),
        Ok(Opened::Success(members)) => meaning(members),
        Err(what) => Err(what),
    };
    match meaning {
        Ok(meaning) => Answer::Accepted(meaning),
        Err(what) => Answer::Foreign(Foreign { http_status: answer.status, what, retry_after: answer.retry_after }),
    }
}
