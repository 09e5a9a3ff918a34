//! What went wrong on the way, in plain words.
//!
//! The stack's own messages are never passed on: they can hold an address with a proxy's password in it, or whatever
//! else tomorrow's version prints. The words are chosen here, from the types of the causes.

use std::error::Error;
use std::io;

use super::Exchange;
use super::gate::{Gate, Sealed};
use crate::error::{Unreachable, UnreachableCause};

/// Why an exchange has no whole answer.
#[derive(Debug)]
pub(super) struct Failure {
    kind: FailureKind,
    words: String,
}

/// What kind of failure it was, as far as the stack's word goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailureKind {
    /// There never was a connection.
    NoConnection,
    /// The body refused to be handed out, since its deadline had passed.
    Sealed,
    /// The whole took longer than it may.
    TimedOut,
    /// A connection broke.
    Broken,
    /// An answer came that can't be one.
    BadAnswer,
    /// The request itself can't be put on the wire.
    Unsendable(UnreachableCause),
}

/// What the stack itself says about an error.
#[derive(Clone, Copy, Debug)]
pub(super) struct StackSays {
    pub(super) no_connection: bool,
    pub(super) no_name: bool,
    pub(super) timed_out: bool,
}

impl Failure {
    pub(super) fn new(kind: FailureKind, words: impl Into<String>) -> Self {
        Self { kind, words: words.into() }
    }

    /// Reads the chain of causes below an error of the stack's.
    pub(super) fn of(error: &(dyn Error + 'static), stack: StackSays, host: &str) -> Self {
        if causes(error).any(|cause| cause.is::<Sealed>()) {
            return Self::new(FailureKind::Sealed, "the deadline passed before the request could be sent");
        }
        if stack.no_name {
            return Self::new(
                FailureKind::NoConnection,
                format!("no connection to {host}: a name was not found (the host's, or a proxy's)"),
            );
        }
        let why = causes(error).find_map(explain);
        if stack.no_connection {
            let guess = if stack.timed_out { "it was not made in time" } else { "the proxy or TLS failed" };
            let why = why.unwrap_or_else(|| guess.to_owned());
            return Self::new(FailureKind::NoConnection, format!("no connection to {host}: {why}"));
        }
        let why = why.unwrap_or_else(|| "it was closed before the whole answer had come".to_owned());
        Self::new(FailureKind::Broken, format!("the connection to {host} broke: {why}"))
    }

    /// Weighs a failure. With a gate, only the gate's word counts: a stack's error says what it believes, the gate
    /// says what happened. Without one (a read), only a connection that never was proves anything.
    pub(super) fn weigh(self, gate: Option<&Gate>) -> Exchange {
        let never_left = match gate {
            Some(gate) => gate.seal(),
            None => matches!(self.kind, FailureKind::NoConnection | FailureKind::Unsendable(_)),
        };
        let cause = match (self.kind, never_left) {
            (FailureKind::Unsendable(cause), _) => cause,
            (FailureKind::NoConnection, true) => UnreachableCause::Connect,
            (FailureKind::Sealed | FailureKind::TimedOut, true) => UnreachableCause::Deadline,
            (FailureKind::TimedOut, false) => UnreachableCause::TimedOut,
            (FailureKind::BadAnswer, _) => UnreachableCause::BadAnswer,
            (FailureKind::Broken, _) | (FailureKind::NoConnection | FailureKind::Sealed, false) => {
                UnreachableCause::Disconnected
            }
        };
        let reason = Unreachable::new(cause, self.words);
        if never_left { Exchange::NotSent(reason) } else { Exchange::NoAnswer(reason) }
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        let error: &'a (dyn Error + 'static) = *error;
        // An I/O error's `source` skips the very error that it wraps.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map(|wrapped| wrapped as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

fn explain(cause: &(dyn Error + 'static)) -> Option<String> {
    if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
        return Some(explain_tls(tls));
    }
    let io = cause.downcast_ref::<io::Error>()?;
    // What an I/O error wraps says more than "other", and is asked next.
    let says_nothing = matches!(io.kind(), io::ErrorKind::Other | io::ErrorKind::InvalidData);
    if says_nothing || io.get_ref().is_some_and(|wrapped| wrapped.is::<rustls::Error>()) {
        return None;
    }
    Some(io.kind().to_string())
}

fn explain_tls(error: &rustls::Error) -> String {
    use rustls::{CertificateError as Bad, Error::InvalidCertificate};
    match error {
        InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => "the server's certificate has expired",
        InvalidCertificate(Bad::NotValidYet | Bad::NotValidYetContext { .. }) => {
            "the server's certificate is not valid yet; is this machine's clock right?"
        }
        InvalidCertificate(Bad::NotValidForName | Bad::NotValidForNameContext { .. }) => {
            "the server's certificate is for another name"
        }
        InvalidCertificate(Bad::UnknownIssuer) => {
            "the server's certificate is by nobody that this machine trusts; a proxy that inspects needs a ca_bundle"
        }
        InvalidCertificate(_) => "the server's certificate is not accepted",
        rustls::Error::AlertReceived(_) => "the server refused the TLS handshake",
        rustls::Error::InvalidMessage(_) => "the server does not speak TLS",
        _ => "the TLS handshake failed",
    }
    .to_owned()
}
