//! What a connection to Bootpay needs to know, and what is refused before the first byte.

use std::fmt;
use std::time::Duration;

use url::{Host, Url};

use crate::error::{InvalidInput, Problem};
use crate::secret::Secret;

/// Which proxy requests go through. To this machine itself, an environment's proxy is never used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ProxyChoice {
    /// The one that the environment names: `HTTPS_PROXY`, `NO_PROXY` and the system's own settings.
    #[default]
    Environment,
    /// None.
    None,
    /// This one. It is a secret because it may carry a password: `http://user:password@proxy.example:3128`.
    Url(Secret),
}

/// The settings of an [`HttpTransport`](super::HttpTransport).
#[derive(Clone)]
pub(crate) struct HttpSettings {
    /// Scheme, host and port; the dialect brings the path.
    pub(crate) base: Url,
    /// For the name lookup, TCP and TLS together.
    pub(crate) connect_timeout: Duration,
    /// How long an unused connection is kept. A server that closes one at the moment of its reuse makes an unknown of
    /// a cancel, so it is shorter than what servers usually allow.
    pub(crate) idle_timeout: Duration,
    /// Which proxy to use.
    pub(crate) proxy: ProxyChoice,
    /// More root certificates, as PEM, beside the system's.
    pub(crate) ca_bundle: Option<Vec<u8>>,
    /// What the `User-Agent` header says.
    pub(crate) user_agent: String,
}

impl HttpSettings {
    /// The defaults, for this address.
    pub(crate) fn new(base: Url) -> Self {
        Self {
            base,
            connect_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(10),
            proxy: ProxyChoice::default(),
            ca_bundle: None,
            user_agent: concat!("bootpay-cancel/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// Refuses what can't be right, or would show a secret to the network.
    pub(crate) fn check(&self) -> Result<(), InvalidInput> {
        let malformed = || InvalidInput::new("base_url", Problem::Malformed);
        let base = &self.base;
        if !matches!(base.scheme(), "https" | "http") || base.host().is_none() {
            return Err(malformed().expected("https:// and a host"));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(malformed().expected("an address without a user or password in it"));
        }
        if base.path() != "/" || base.query().is_some() || base.fragment().is_some() {
            return Err(malformed().expected("scheme, host and port only: the dialect brings the path"));
        }
        if base.scheme() == "http" && !is_loopback(base) {
            let insecure = InvalidInput::new("base_url", Problem::Insecure);
            return Err(insecure.expected("https; plain http is for this machine alone (127.0.0.1, ::1, localhost)"));
        }
        self.check_proxy()
    }

    fn check_proxy(&self) -> Result<(), InvalidInput> {
        let ProxyChoice::Url(proxy) = &self.proxy else { return Ok(()) };
        let malformed =
            || InvalidInput::new("proxy", Problem::Malformed).expected("http:// or https://, host and port");
        let proxy = Url::parse(proxy.expose()).map_err(|_| malformed())?;
        if !matches!(proxy.scheme(), "https" | "http") || proxy.host().is_none() {
            return Err(malformed());
        }
        // Without TLS there is no tunnel: the proxy would read the keys.
        if self.base.scheme() == "http" && !is_loopback(&proxy) {
            return Err(InvalidInput::new("proxy", Problem::Insecure).expected("no proxy for a plain http address"));
        }
        Ok(())
    }
}

impl fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSettings")
            .field("host", &self.base.host_str())
            .field("connect_timeout", &self.connect_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}

/// Whether an address is this machine by its very name: `127.0.0.0/8`, `::1` or `localhost`.
pub(crate) fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(base: &str, proxy: ProxyChoice) -> HttpSettings {
        HttpSettings { proxy, ..HttpSettings::new(Url::parse(base).unwrap()) }
    }

    fn refused(base: &str, proxy: ProxyChoice) -> (&'static str, Problem) {
        let problem = settings(base, proxy).check().unwrap_err();
        (problem.field(), problem.problem())
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for base in ["http://127.0.0.1:8080", "http://127.9.9.9", "http://[::1]:1", "http://LOCALHOST:80"] {
            assert_eq!(settings(base, ProxyChoice::None).check(), Ok(()), "{base}");
        }
        for base in ["http://api.bootpay.co.kr", "http://10.0.0.1", "http://localhost.example", "http://128.0.0.1"] {
            assert_eq!(refused(base, ProxyChoice::None), ("base_url", Problem::Insecure), "{base}");
        }
    }

    #[test]
    fn a_base_is_an_origin_and_nothing_more() {
        for base in ["https://a.example/v2", "https://a.example/?q=1", "https://u:p@a.example", "ftp://a.example"] {
            assert_eq!(refused(base, ProxyChoice::None), ("base_url", Problem::Malformed), "{base}");
        }
    }

    #[test]
    fn a_proxy_never_reads_a_plain_request() {
        let proxy = |url: &str| ProxyChoice::Url(Secret::new(url));
        assert_eq!(settings("https://a.example", proxy("http://u:p@proxy.example:3128")).check(), Ok(()));
        assert_eq!(refused("http://127.0.0.1", proxy("http://proxy.example")), ("proxy", Problem::Insecure));
        assert_eq!(refused("https://a.example", proxy("socks5://proxy.example")), ("proxy", Problem::Malformed));
        assert_eq!(refused("https://a.example", proxy("proxy")), ("proxy", Problem::Malformed));
        let debug = format!("{:?}", settings("https://a.example", proxy("http://u:canary-9d@proxy.example")));
        assert!(!debug.contains("canary"), "{debug}");
    }
}
