//! How bytes get to Bootpay and back.
//!
//! A transport knows nothing of tokens or cancels. It owes its caller one distinction above all: between a request that
//! provably never arrived ([`Exchange::NotSent`]) and one that may have ([`Exchange::NoAnswer`]). It never sends a
//! request twice, never follows a redirect, and never reports a broken connection as *not sent* because that is likely:
//! only because no connection was made, or because the body's [gate](gate::Gate) was sealed before anybody asked.

mod failure;
mod gate;
mod http;
#[cfg(target_os = "linux")]
mod roots;
mod settings;
#[cfg(test)]
mod tests;
pub(crate) mod tls;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

pub(crate) use http::HttpTransport;
pub use settings::ProxyChoice;
pub(crate) use settings::{HttpSettings, is_loopback};

use crate::dialect::{WireAnswer, WireRequest};
use crate::error::Unreachable;
use crate::secret::Secret;

/// Carries one request to Bootpay and its answer back.
#[async_trait]
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends a request and waits for the whole answer.
    async fn exchange(&self, request: WireRequest, authorization: Option<Secret>, limits: Limits) -> Exchange;

    /// Whether the next request will most likely find an open connection.
    fn is_warm(&self) -> bool {
        false
    }
}

/// How long an exchange may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the first byte to the last, slow drip included.
    pub overall: Duration,
    /// The moment, by [`Clock::elapsed`](crate::Clock::elapsed), after which the body may no longer be handed out.
    pub send_by: Option<Duration>,
}

/// What came of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exchange {
    /// Proven never to have arrived: no connection, or the body was never asked for and never will be handed out.
    NotSent(Unreachable),
    /// It may have arrived, and no whole answer came.
    NoAnswer(Unreachable),
    /// The whole answer.
    Answered(WireAnswer),
}
