//! The two places that tokens come from.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{Fetched, TokenFetch};
use crate::credentials::{self, TokenSource};
use crate::dialect::{Dialect, Granted, TokenAnswer};
use crate::error::{BootpayError, Refusal, Unreachable, UnreachableCause};
use crate::secret::{Secret, scrub};
use crate::transport::{Exchange, Limits, Transport};

/// Asks Bootpay for a token, with a key pair.
#[derive(Debug)]
pub(crate) struct AskBootpay {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) dialect: Dialect,
    pub(crate) application_id: String,
    pub(crate) private_key: Secret,
    /// For one try.
    pub(crate) limit: Duration,
}

#[async_trait]
impl TokenFetch for AskBootpay {
    async fn fetch(&self, _: Option<Secret>) -> Result<Fetched, BootpayError> {
        let request = self.dialect.token_request(&self.application_id, &self.private_key);
        let limits = Limits { overall: self.limit, send_by: None };
        match self.transport.exchange(request, None, limits).await {
            Exchange::NotSent(reason) | Exchange::NoAnswer(reason) => Err(BootpayError::Token(reason)),
            Exchange::Answered(answer) => self.read(self.dialect.decode_token(&answer)),
        }
    }
}

impl AskBootpay {
    fn read(&self, answer: TokenAnswer) -> Result<Fetched, BootpayError> {
        match answer {
            TokenAnswer::Accepted(Granted { token, lifetime }) => {
                checked(token, Some(lifetime), UnreachableCause::BadAnswer)
            }
            TokenAnswer::Refused(mut refusal) => {
                refusal.scrub(&[&self.private_key]);
                Err(Refusal::from_server(&refusal).into())
            }
            TokenAnswer::Foreign(foreign) => {
                let words = format!("HTTP {}: {}", foreign.http_status, foreign.what);
                Err(BootpayError::Token(Unreachable::new(UnreachableCause::BadAnswer, words)))
            }
        }
    }
}

/// Asks a source of the caller's.
#[derive(Debug)]
pub(crate) struct AskSource(pub(crate) Arc<dyn TokenSource>);

#[async_trait]
impl TokenFetch for AskSource {
    async fn fetch(&self, refused: Option<Secret>) -> Result<Fetched, BootpayError> {
        let cause = UnreachableCause::TokenSource;
        let supplied = self.0.token(refused.as_ref()).await.map_err(|error| {
            let words = format!("the token source has none: {error}");
            let words = refused.as_ref().map_or(words.clone(), |refused| scrub(&words, &[refused]));
            BootpayError::Token(Unreachable::new(cause, words))
        })?;
        checked(supplied.token, supplied.lifetime, cause)
    }
}

fn checked(token: Secret, lifetime: Option<Duration>, cause: UnreachableCause) -> Result<Fetched, BootpayError> {
    // Not `credentials::check`'s own limit on keys: tokens of other makes can be long.
    let fits = !token.is_empty() && token.expose().chars().all(credentials::KEY);
    if fits {
        return Ok(Fetched { token, lifetime });
    }
    Err(BootpayError::Token(Unreachable::new(cause, "the token is empty, or has a character that no header can carry")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::{SuppliedToken, TokenSourceError};
    use crate::dialect::{Foreign, Recognised, ServerRefusal};
    use crate::error::RefusalKind;
    use crate::testing::ManualClock;
    use crate::transport::{HttpSettings, HttpTransport};

    fn bootpay() -> AskBootpay {
        let settings = HttpSettings::new(url::Url::parse("http://127.0.0.1:1").unwrap());
        AskBootpay {
            transport: Arc::new(HttpTransport::new(settings, ManualClock::new()).unwrap()),
            dialect: Dialect::V1,
            application_id: "app".to_owned(),
            private_key: Secret::new("canary-key"),
            limit: Duration::from_secs(10),
        }
    }

    #[test]
    fn a_refusal_keeps_its_words_but_not_an_echoed_key() {
        let refusal = ServerRefusal {
            http_status: 401,
            code: Some("-401".to_owned()),
            message: "no such key: canary-key".to_owned(),
            pg_code: None,
            pg_message: None,
            pg_code_is_final: false,
            kind: RefusalKind::Unauthorized,
            recognised: Recognised::ByCode,
            retry_after: None,
        };
        let error = bootpay().read(TokenAnswer::Refused(Box::new(refusal))).unwrap_err();
        assert_eq!(error.kind(), "refused.unauthorized");
        assert_eq!(error.code(), Some("-401"));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }

    #[test]
    fn an_answer_that_is_not_bootpays_is_told_by_its_status_and_looks() {
        let foreign = Foreign { http_status: 502, what: "an HTML page", retry_after: None };
        let error = bootpay().read(TokenAnswer::Foreign(foreign)).unwrap_err();
        assert_eq!(error.to_string(), "no access token: HTTP 502: an HTML page");
        assert_eq!(error.kind(), "token.bad_answer");
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_none() {
        for token in ["", "to ken", "token\r\n", "토큰"] {
            let granted =
                TokenAnswer::Accepted(Granted { token: Secret::new(token), lifetime: Duration::from_secs(1800) });
            assert_eq!(bootpay().read(granted).unwrap_err().kind(), "token.bad_answer", "{token:?}");
        }
    }

    #[derive(Debug)]
    struct Vault;

    #[async_trait]
    impl TokenSource for Vault {
        fn scope(&self) -> String {
            "vault".to_owned()
        }

        async fn token(&self, refused: Option<&Secret>) -> Result<SuppliedToken, TokenSourceError> {
            match refused {
                None => Ok(SuppliedToken { token: Secret::new("first"), lifetime: None }),
                Some(refused) => Err(TokenSourceError(format!("{} was the last one", refused.expose()))),
            }
        }
    }

    #[tokio::test]
    async fn a_source_is_told_what_was_refused_and_its_words_are_scrubbed_of_it() {
        let source = AskSource(Arc::new(Vault));
        let first = source.fetch(None).await.unwrap();
        assert_eq!(first, Fetched { token: Secret::new("first"), lifetime: None });
        let error = source.fetch(Some(first.token)).await.unwrap_err();
        assert_eq!(error.to_string(), "no access token: the token source has none: [redacted] was the last one");
        assert_eq!(error.kind(), "token.token_source");
    }
}
