//! Tokens that somebody else obtained, in the host's own language.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::secret::Secret;

/// Hands out access tokens that somebody else obtained. It is called on a thread of its own, and may block: for as
/// long as the token's time-out, 10 seconds unless told.
#[uniffi::export(foreign)]
pub trait TokenSource: Send + Sync {
    /// A token that works now, without `Bearer` before it. `refused` is the one that Bootpay has just turned away, so
    /// that a source with a cache does not hand out the same one again.
    fn token(&self, refused: Option<Arc<Secret>>) -> Result<SuppliedToken, TokenSourceError>;
}

/// A token from a `TokenSource`.
#[derive(Clone, Debug, uniffi::Record)]
pub struct SuppliedToken {
    /// The token, bare.
    pub token: Arc<Secret>,
    /// How long it still lives. Where that is not known, it is used until Bootpay refuses it.
    #[uniffi(default = None)]
    pub lifetime: Option<Duration>,
}

/// Why there is no token.
#[derive(Clone, Debug, thiserror::Error, uniffi::Error)]
pub enum TokenSourceError {
    /// In words, without secrets: they end up in an error's text.
    #[error("{detail}")]
    Failed {
        /// The words.
        detail: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for TokenSourceError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        // What the host's exception says may hold a secret.
        Self::Failed { detail: "the token source failed in an unexpected way".to_owned() }
    }
}

/// A foreign source as the core wants it.
pub(crate) struct Foreign {
    pub(crate) source: Arc<dyn TokenSource>,
    pub(crate) scope: String,
}

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSource").field("scope", &self.scope).finish_non_exhaustive()
    }
}

#[async_trait]
impl bootpay_core::TokenSource for Foreign {
    fn scope(&self) -> String {
        self.scope.clone()
    }

    async fn token(
        &self,
        refused: Option<&bootpay_core::Secret>,
    ) -> Result<bootpay_core::SuppliedToken, bootpay_core::TokenSourceError> {
        let source = Arc::clone(&self.source);
        let refused = refused.map(|secret| Arc::new(Secret(secret.clone())));
        // Never on the runtime's own threads: a source that blocks would hold up every other call.
        let supplied = tokio::task::spawn_blocking(move || source.token(refused)).await;
        match supplied {
            Ok(Ok(supplied)) => {
                Ok(bootpay_core::SuppliedToken { token: supplied.token.0.clone(), lifetime: supplied.lifetime })
            }
            Ok(Err(TokenSourceError::Failed { detail })) => Err(bootpay_core::TokenSourceError(detail)),
            Err(_) => Err(bootpay_core::TokenSourceError("the token source's thread was lost".to_owned())),
        }
    }
}
