//! Which Bootpay.

use std::fmt;

use url::Url;

use crate::dialect::Dialect;
use crate::error::{InvalidInput, Problem};
use crate::transport::is_loopback;

/// Which Bootpay to talk to (`protocol.md` §1).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// `https://api.bootpay.co.kr`, where money is real.
    #[default]
    Production,
    /// `https://dev-api.bootpay.co.kr`.
    Development,
    /// `https://test-api.bootpay.co.kr`.
    Test,
    /// `https://stage-api.bootpay.co.kr`.
    Stage,
    /// Another base address, without the dialect's own `/v2`.
    Custom(String),
}

/// An address may have come with a password in it: it is refused, but perhaps printed before.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Production => f.write_str("Production"),
            Self::Development => f.write_str("Development"),
            Self::Test => f.write_str("Test"),
            Self::Stage => f.write_str("Stage"),
            Self::Custom(url) if url.contains(['@', '?', '#']) => f.write_str("Custom([redacted])"),
            Self::Custom(url) => write!(f, "Custom({url:?})"),
        }
    }
}

/// A base address that has passed the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    url: Url,
}

impl Address {
    pub(crate) fn new(environment: &Environment, dialect: Dialect) -> Result<Self, InvalidInput> {
        let text = match environment {
            Environment::Production => "https://api.bootpay.co.kr",
            Environment::Development => "https://dev-api.bootpay.co.kr",
            Environment::Test => "https://test-api.bootpay.co.kr",
            Environment::Stage => "https://stage-api.bootpay.co.kr",
            Environment::Custom(url) => url.trim(),
        };
        let wrong = |problem, expected: &str| Err(InvalidInput::new("base_url", problem).expected(expected));
        if text.is_empty() {
            return wrong(Problem::Empty, "an address such as https://api.bootpay.co.kr");
        }
        let Ok(mut url) = Url::parse(text) else {
            return wrong(Problem::Malformed, "an address such as https://api.bootpay.co.kr");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return wrong(Problem::BadCharacter, "an address without a user name or password");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return wrong(Problem::BadCharacter, "an address without `?` and `#`");
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return wrong(Problem::Insecure, "https, or http to this machine (127.0.0.1, [::1], localhost)"),
            _ => return wrong(Problem::Malformed, "an https address"),
        }
        // Both `https://host` and `https://host/v2` name v2's host: the codec adds its own prefix.
        let path = url.path().trim_end_matches('/').to_owned();
        if !path.is_empty() && path != dialect.prefix() {
            return wrong(Problem::Malformed, "scheme, host and port alone: the dialect brings the path");
        }
        url.set_path("");
        Ok(Self { url })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// What intents are locked on: the same text for the same Bootpay, whatever the dialect.
    pub(crate) fn environment(&self) -> String {
        let mut url = self.url.clone();
        // Two names of one host must not be two locks.
        let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_owned();
        let host = if host == "localhost" { "127.0.0.1" } else { &host };
        let _ = url.set_host(Some(host));
        url.as_str().trim_end_matches('/').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom(url: &str) -> Result<Address, InvalidInput> {
        Address::new(&Environment::Custom(url.into()), Dialect::V1)
    }

    #[test]
    fn production_is_the_pages_host() {
        let address = Address::new(&Environment::default(), Dialect::V1).unwrap();
        assert_eq!(address.environment(), "https://api.bootpay.co.kr");
    }

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for url in ["http://127.0.0.1:8787", "http://localhost:1", "http://[::1]:1", "http://127.9.9.9"] {
            assert!(custom(url).is_ok(), "{url}");
        }
        for url in ["http://api.bootpay.co.kr", "http://10.0.0.1", "http://localhost.example.com", "http://0.0.0.0"] {
            let error = custom(url).unwrap_err();
            assert_eq!((error.field(), error.problem()), ("base_url", Problem::Insecure), "{url}");
        }
    }

    #[test]
    fn what_is_not_an_address_is_refused_by_name() {
        for url in
            ["", "api.bootpay.co.kr", "ftp://x", "https://", "https://u:canary@x", "https://x/?a=1", "https://x#a"]
        {
            let error = custom(url).unwrap_err();
            assert_eq!(error.field(), "base_url", "{url}");
            assert!(!error.to_string().contains("canary"));
        }
    }

    #[test]
    fn two_names_of_one_host_are_one_lock() {
        for (one, other) in [
            ("http://localhost:8787", "http://127.0.0.1:8787"),
            ("https://API.bootpay.co.kr.", "https://api.bootpay.co.kr:443/"),
        ] {
            assert_eq!(custom(one).unwrap().environment(), custom(other).unwrap().environment());
        }
        assert_eq!(custom("http://[::1]:1").unwrap().environment(), "http://[::1]:1");
    }

    #[test]
    fn both_dialects_of_one_host_share_a_lock() {
        for url in ["https://api.bootpay.co.kr", "https://api.bootpay.co.kr/", "https://api.bootpay.co.kr/v2/"] {
            let v2 = Address::new(&Environment::Custom(url.into()), Dialect::V2).unwrap();
            assert_eq!(v2.environment(), "https://api.bootpay.co.kr");
        }
    }
}
