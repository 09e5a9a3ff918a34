//! The transport over HTTP: the only file that names reqwest.
//!
//! **When does the stack ask for a body, and when does it repeat a request?** Read in the sources of reqwest 0.13,
//! hyper-util 0.1.21 and hyper 1.12; to be read again when they change:
//!
//! - hyper-util's pool repeats a request by itself (`retry_canceled_requests`, on by default, and reqwest has no switch
//!   for it) in one case only: a *reused* connection gives the request back whole. A connection can do that only while
//!   the request still lies in its queue. Once the connection has taken it out, the request is split into head and body,
//!   and no error gives it back. The body is asked for after that point and not before, so what is repeated was never
//!   asked for, and what was asked for is never repeated. The gate would catch it if this ever changed: a body is
//!   handed out once.
//! - hyper writes the head into a buffer and asks for the body in the same turn, before it flushes. A body that yields
//!   an error there ends the connection with the head still in the buffer.
//! - A request with an empty body is sent without asking; [`GatedBody`] therefore proves nothing about empty bodies.
//! - reqwest's own retries and redirects need a body that can be cloned, and a streamed one can't; both are switched
//!   off besides.
//! - A request whose caller has gone is dropped by a connection that takes it from its queue. A connection under
//!   construction goes on without it, into the pool.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use http::HeaderValue;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use url::Url;

use super::failure::{Failure, FailureKind, StackSays};
use super::gate::{Gate, GatedBody, SendBy};
use super::settings::{HttpSettings, ProxyChoice, is_loopback};
use super::{Exchange, Limits, Transport, tls};
use crate::clock::Clock;
use crate::dialect::{Method, WireAnswer, WireRequest};
use crate::error::{BootpayError, InvalidInput, Problem, UnreachableCause};
use crate::secret::Secret;

/// What an answer may measure. Bootpay's are a few kilobytes.
const LARGEST_ANSWER: usize = 1 << 20;

/// A `Retry-After` beyond a day is nobody's plan, and sums with it must not overflow.
const LONGEST_RETRY_AFTER: u64 = 86_400;

/// The transport to one host, with its pool of connections.
pub(crate) struct HttpTransport {
    client: reqwest::Client,
    base: Url,
    host: String,
    clock: Arc<dyn Clock>,
    idle_timeout: Duration,
    /// When the last whole answer came: its connection is in the pool since.
    answered: Mutex<Option<Duration>>,
}

impl HttpTransport {
    /// Sets up a transport; nothing is connected yet.
    pub(crate) fn new(settings: HttpSettings, clock: Arc<dyn Clock>) -> Result<Self, BootpayError> {
        settings.check()?;
        let encrypted = settings.base.scheme() == "https";
        let tls = match &settings.ca_bundle {
            pem if encrypted => tls::config(pem.as_deref())?,
            // Not needed on plain http, and a mistake all the same.
            Some(pem) => tls::certificates(pem).map_err(BootpayError::from).and_then(|_| tls::trusting_nobody())?,
            None => tls::trusting_nobody()?,
        };
        let user_agent = HeaderValue::from_str(&settings.user_agent)
            .map_err(|_| InvalidInput::new("user_agent", Problem::BadCharacter))?;
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .https_only(encrypted)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .tcp_nodelay(true)
            .connect_timeout(settings.connect_timeout)
            .pool_idle_timeout(settings.idle_timeout)
            .user_agent(user_agent);
        let builder = match &settings.proxy {
            ProxyChoice::Environment if !is_loopback(&settings.base) => builder,
            ProxyChoice::Environment | ProxyChoice::None => builder.no_proxy(),
            ProxyChoice::Url(proxy) => {
                let proxy = reqwest::Proxy::all(proxy.expose())
                    .map_err(|_| InvalidInput::new("proxy", Problem::Malformed).expected("http://host:port"))?;
                // Without `no_proxy` first, the environment's would be asked where this one has nothing to say.
                builder.no_proxy().proxy(proxy)
            }
        };
        let client =
            builder.build().map_err(|_| BootpayError::Internal("the HTTP client can't be set up".to_owned()))?;
        let host = settings.base.host_str().unwrap_or("the server").to_owned();
        let (base, idle_timeout) = (settings.base, settings.idle_timeout);
        Ok(Self { client, base, host, clock, idle_timeout, answered: Mutex::new(None) })
    }

    /// Puts a request together, with its gate where it has a body.
    fn prepare(
        &self,
        request: WireRequest,
        authorization: Option<&Secret>,
        send_by: Option<Duration>,
    ) -> Result<(reqwest::Request, Option<Gate>), Failure> {
        let mut prepared = reqwest::Request::new(
            match request.method {
                Method::Get => reqwest::Method::GET,
                Method::Post => reqwest::Method::POST,
            },
            self.address(&request.path)?,
        );
        let headers = prepared.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(authorization) = authorization {
            headers.insert(AUTHORIZATION, sensitive(authorization)?);
        }
        let Some(body) = request.body else { return Ok((prepared, None)) };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let send_by = send_by.map(|at| SendBy { clock: self.clock.clone(), at });
        let (body, gate) = GatedBody::new(body, send_by);
        *prepared.body_mut() = Some(reqwest::Body::wrap(body));
        Ok((prepared, Some(gate)))
    }

    /// The path on our host. A path that begins with two slashes would name another host to others; here a path can't
    /// change the host, and such a one is refused all the same.
    fn address(&self, path: &str) -> Result<Url, Failure> {
        if !path.starts_with('/') || path.starts_with("//") || path.contains(['\\', '#']) {
            return Err(Failure::new(
                FailureKind::Unsendable(UnreachableCause::Connect),
                "the request's path is not one of this host",
            ));
        }
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let mut address = self.base.clone();
        address.set_path(path);
        address.set_query(query);
        Ok(address)
    }

    /// Sends and reads, for as long as it takes.
    async fn carry(&self, request: reqwest::Request, gate: Option<&Gate>) -> Result<WireAnswer, Failure> {
        let failure = |error: reqwest::Error| {
            let (no_connection, no_name) = (error.is_connect(), error.is_dns());
            let stack = StackSays { no_connection, no_name, timed_out: error.is_timeout() };
            Failure::of(&error, stack, &self.host)
        };
        let mut response = self.client.execute(request).await.map_err(failure)?;
        // An answer to a request that was never handed over is an answer to something else.
        if gate.is_some_and(Gate::seal) {
            return Err(Failure::new(FailureKind::BadAnswer, "an answer came before the request was sent"));
        }
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(seconds);
        if response.content_length().is_some_and(|length| length > LARGEST_ANSWER as u64) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failure)? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(WireAnswer { status, retry_after, body })
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn exchange(&self, request: WireRequest, authorization: Option<Secret>, limits: Limits) -> Exchange {
        let (request, gate) = match self.prepare(request, authorization.as_ref(), limits.send_by) {
            Ok(prepared) => prepared,
            Err(failure) => return failure.weigh(None),
        };
        let time_is_up = self.clock.sleep(limits.overall);
        let work = self.carry(request, gate.as_ref());
        tokio::pin!(work);
        // Declared last, so dropped first: a caller that goes away seals the body before it lets go of the request.
        let _sealed_on_drop = SealOnDrop(gate.as_ref());
        let failure = tokio::select! {
            biased;
            done = &mut work => match done {
                Ok(answer) => {
                    *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.clock.elapsed());
                    return Exchange::Answered(answer);
                }
                Err(failure) => failure,
            },
            () = time_is_up => {
                let words = format!("no whole answer from {} within {:?}", self.host, limits.overall);
                Failure::new(FailureKind::TimedOut, words)
            }
        };
        failure.weigh(gate.as_ref())
    }

    /// Half of the idle limit: whoever gets ready wants the connection to be there for a while.
    fn is_warm(&self) -> bool {
        let answered = *self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.is_some_and(|at| self.clock.elapsed().saturating_sub(at) < self.idle_timeout / 2)
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").field("host", &self.host).finish_non_exhaustive()
    }
}

struct SealOnDrop<'a>(Option<&'a Gate>);

impl Drop for SealOnDrop<'_> {
    fn drop(&mut self) {
        if let Some(gate) = self.0 {
            gate.seal();
        }
    }
}

struct Shared(Secret);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.expose().as_bytes()
    }
}

/// A header that the stack neither prints nor indexes.
fn sensitive(secret: &Secret) -> Result<HeaderValue, Failure> {
    // The stack gets a handle on the secret, and no copy.
    let bytes = bytes::Bytes::from_owner(Shared(secret.clone()));
    let mut value = HeaderValue::from_maybe_shared(bytes).map_err(|_| {
        let cause = UnreachableCause::TokenSource;
        Failure::new(FailureKind::Unsendable(cause), "the access token has a character that no header can carry")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn seconds(value: &HeaderValue) -> Option<Duration> {
    let seconds: u64 = value.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(LONGEST_RETRY_AFTER)))
}

fn too_large() -> Failure {
    Failure::new(FailureKind::BadAnswer, "the answer is too large: over 1 MiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authorization_header_is_marked_sensitive() {
        let value = sensitive(&Secret::new("canary-token")).unwrap();
        assert!(value.is_sensitive());
        assert!(!format!("{value:?}").contains("canary"));
        assert!(sensitive(&Secret::new("canary\r\nHost: elsewhere")).is_err());
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_bounded() {
        let read = |text: &'static str| seconds(&HeaderValue::from_static(text)).map(|wait| wait.as_secs());
        assert_eq!(read("17"), Some(17));
        assert_eq!(read(" 0 "), Some(0));
        assert_eq!(read("99999999999"), Some(86_400));
        assert_eq!(read("Wed, 21 Oct 2026 07:28:00 GMT"), None);
        assert_eq!(read("-1"), None);
    }
}
