//! What a request is authorised with.

use crate::credentials::Kind;
use crate::engine::Engine;
use crate::error::BootpayError;
use crate::secret::Secret;

/// A token in its dialect's form, or a Basic pair.
#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    /// The header, whole.
    header: Secret,
    /// What stands in it after the scheme: a server that echoes it echoes it bare.
    bare: Secret,
}

impl Authorization {
    pub(crate) fn header(&self) -> Secret {
        self.header.clone()
    }

    /// What must be blotted out of every text that comes from outside.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        [&self.header, &self.bare].into_iter()
    }
}

impl Engine {
    /// A token that works as far as anybody knows, or the Basic pair.
    pub(crate) async fn authorization(&self) -> Result<Authorization, BootpayError> {
        match (&self.tokens, self.settings.credentials.basic_authorization()) {
            (Some(tokens), _) => Ok(self.by_token(tokens.get().await?)),
            (None, Some(header)) => {
                let bare = Secret::new(header.expose().trim_start_matches("Basic "));
                Ok(Authorization { header, bare })
            }
            (None, None) => Err(BootpayError::Internal("neither a token nor a Basic pair".into())),
        }
    }

    /// Another one than the one that was turned away, unless somebody has fetched it since.
    pub(crate) async fn refreshed(&self, refused: &Authorization) -> Result<Authorization, BootpayError> {
        match &self.tokens {
            Some(tokens) => Ok(self.by_token(tokens.refresh(&refused.bare).await?)),
            None => self.authorization().await,
        }
    }

    /// A token at hand, and a connection where asking for a token can open one.
    pub(crate) async fn warm_up(&self) -> Result<(), BootpayError> {
        let Some(tokens) = &self.tokens else { return Ok(()) };
        let asks_bootpay = matches!(self.settings.credentials.kind, Kind::KeyPair { .. });
        if asks_bootpay && !self.settings.transport.is_warm() {
            tokens.renew().await
        } else {
            tokens.get().await.map(drop)
        }
    }

    fn by_token(&self, token: Secret) -> Authorization {
        Authorization { header: self.settings.dialect.authorization(&token), bare: token }
    }
}
