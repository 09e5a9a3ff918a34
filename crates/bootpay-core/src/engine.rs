//! What a merchant's requests run on: the settings, the token, the locks. Clones of a client share one.

mod authorization;
mod lookup;

use std::sync::Arc;

pub(crate) use authorization::Authorization;

use crate::config::Settings;
use crate::credentials::Kind;
use crate::error::BootpayError;
use crate::hex::hex;
use crate::owner::Owner;
use crate::protocol::identity;
use crate::receipt_locks::ReceiptLocks;
use crate::retry::RetryBudget;
use crate::token::{AskBootpay, AskSource, TokenCache, TokenFetch};

/// One merchant at one Bootpay.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) settings: Settings,
    /// What intents are locked on, together with the receipt.
    pub(crate) environment: String,
    /// The merchant's fingerprint.
    pub(crate) scope: String,
    pub(crate) owner: Owner,
    /// `None` with a Basic pair, which needs no token.
    pub(crate) tokens: Option<TokenCache>,
    pub(crate) locks: ReceiptLocks,
    retry_budget: RetryBudget,
}

impl Engine {
    pub(crate) fn new(settings: Settings) -> Result<Self, BootpayError> {
        let bytes = settings.chance.bytes();
        let bytes = bytes.map_err(|error| BootpayError::Internal(format!("no random numbers: {error}")))?;
        let name = hex(&bytes[..8]);
        Ok(Self {
            environment: settings.address.environment(),
            scope: identity::scope(&settings.credentials.public_part()),
            owner: Owner::new(name),
            tokens: token_cache(&settings),
            locks: ReceiptLocks::default(),
            retry_budget: RetryBudget::default(),
            settings,
        })
    }
}

fn token_cache(settings: &Settings) -> Option<TokenCache> {
    let fetch: Arc<dyn TokenFetch> = match &settings.credentials.kind {
        Kind::KeyPair { application_id, private_key } => Arc::new(AskBootpay {
            transport: Arc::clone(&settings.transport),
            dialect: settings.dialect,
            application_id: application_id.clone(),
            private_key: private_key.clone(),
            limit: settings.timeouts.token,
        }),
        Kind::Source { source, .. } => Arc::new(AskSource(Arc::clone(source))),
        Kind::Basic { .. } => return None,
    };
    let (clock, chance) = (Arc::clone(&settings.clock), Arc::clone(&settings.chance));
    Some(TokenCache::new(fetch, clock, chance, settings.timeouts.token))
}
