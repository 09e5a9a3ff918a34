//! Who the merchant is to Bootpay.
//!
//! Three ways lead to an `Authorization` header:
//! - a **key pair**: the application id and the private key are exchanged for an access token that lives for half an
//!   hour. Both dialects know it;
//! - a **Basic pair**: client key and secret key go along with every request, and there is no token at all. v2 only;
//! - a **token source** of the caller's: another service holds the keys and hands tokens out. Since no key is here, the
//!   merchant is told apart by a scope that the source names.
//!
//! A private key can empty a merchant's account. It belongs on servers whose address is registered with Bootpay, never
//! in an app.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::{InvalidInput, Problem};
use crate::hex::hex;
use crate::secret::Secret;

/// Longer than any key or id that Bootpay gives out, and short enough for a header.
const LONGEST: usize = 1024;

/// Hands out access tokens that somebody else obtained.
#[async_trait]
pub trait TokenSource: Send + Sync + fmt::Debug {
    /// A name for the merchant that the tokens belong to: always the same for the same merchant, different for every
    /// other. Journals tell merchants apart by it.
    fn scope(&self) -> String;

    /// A token that works now, without `Bearer` before it. `refused` is the one that Bootpay has just turned away, so
    /// that a source with a cache does not hand out the same one again.
    ///
    /// # Errors
    /// Where there is no token to be had. The words end up in an error message: no secrets in them.
    async fn token(&self, refused: Option<&Secret>) -> Result<SuppliedToken, TokenSourceError>;
}

/// A token from a [`TokenSource`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppliedToken {
    /// The token, bare.
    pub token: Secret,
    /// How long it still lives. Where that is not known, it is used until Bootpay refuses it, and the source is asked
    /// again every five minutes.
    pub lifetime: Option<Duration>,
}

/// Why a [`TokenSource`] has no token, in words, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TokenSourceError(pub String);

/// How a client proves to Bootpay who it is. Made by [`Credentials::key_pair`], [`Credentials::basic`] or
/// [`Credentials::token_source`], which check what they are given.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub(crate) kind: Kind,
    /// `None` for a token source: no key is here.
    marks: Option<MarkKey>,
}

/// The three kinds of [`Credentials`].
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    KeyPair { application_id: String, private_key: Secret },
    Basic { client_key: String, secret_key: Secret },
    Source { source: Arc<dyn TokenSource>, scope: String },
}

/// What [`Credentials::mark`] marks with: a key of its own, so that no mark is made with the merchant's key itself.
#[derive(Clone, Debug)]
struct MarkKey {
    key: Secret,
    /// Which key it is, as it stands before a mark's colon.
    label: String,
}

impl MarkKey {
    fn of(merchants: &Secret) -> Option<Self> {
        let key = hmac(merchants.expose().as_bytes(), b"bootpay journal marks v1")?;
        let key = Secret::new(hex(&key));
        let of_key = hmac(key.expose().as_bytes(), b"which key")?;
        Some(Self { label: hex(&of_key[..4]), key })
    }
}

impl Credentials {
    fn with_key(kind: Kind) -> Self {
        let marks = match &kind {
            Kind::KeyPair { private_key: key, .. } | Kind::Basic { secret_key: key, .. } => MarkKey::of(key),
            Kind::Source { .. } => None,
        };
        Self { kind, marks }
    }

    /// Whether requests carry the pair itself, and no token.
    pub(crate) fn is_basic(&self) -> bool {
        matches!(self.kind, Kind::Basic { .. })
    }

    /// What must be blotted out of every text that comes from outside.
    pub(crate) fn secrets(&self) -> Vec<&Secret> {
        match &self.kind {
            Kind::KeyPair { private_key, .. } => vec![private_key],
            Kind::Basic { secret_key, .. } => vec![secret_key],
            Kind::Source { .. } => Vec::new(),
        }
    }

    /// An application id and its private key, from Bootpay's console.
    ///
    /// # Errors
    /// Where one is empty, too long, or has a space or a character that no key has.
    pub fn key_pair(application_id: impl Into<String>, private_key: impl Into<Secret>) -> Result<Self, InvalidInput> {
        let (application_id, private_key) = (application_id.into(), private_key.into());
        check("application_id", &application_id, KEY)?;
        check("private_key", private_key.expose(), KEY)?;
        Ok(Self::with_key(Kind::KeyPair { application_id, private_key }))
    }

    /// A client key and its secret key, for the v2 dialect only.
    ///
    /// # Errors
    /// Where one is empty, too long, or has a character that no key has. A client key can't have a colon either: it
    /// ends at the first one.
    pub fn basic(client_key: impl Into<String>, secret_key: impl Into<Secret>) -> Result<Self, InvalidInput> {
        let (client_key, secret_key) = (client_key.into(), secret_key.into());
        check("client_key", &client_key, |char| KEY(char) && char != ':')?;
        check("secret_key", secret_key.expose(), KEY)?;
        Ok(Self::with_key(Kind::Basic { client_key, secret_key }))
    }

    /// Tokens from somewhere else.
    ///
    /// # Errors
    /// Where the source's scope is empty, too long, or not printable ASCII.
    pub fn token_source(source: Arc<dyn TokenSource>) -> Result<Self, InvalidInput> {
        let scope = source.scope();
        check("scope", &scope, |char| char.is_ascii_graphic() || char == ' ')?;
        Ok(Self::with_key(Kind::Source { source, scope }))
    }

    /// The part that may be seen, and that tells merchants apart: for fingerprints and logs.
    pub fn public_part(&self) -> String {
        match &self.kind {
            Kind::KeyPair { application_id, .. } => format!("key_pair:{application_id}"),
            Kind::Basic { client_key, .. } => format!("basic:{client_key}"),
            Kind::Source { scope, .. } => format!("source:{scope}"),
        }
    }

    /// A keyed mark of some bytes, for the journal: it tells whether two requests had the same body without keeping
    /// one. A plain hash would not do, since an account number is guessed from it in seconds. Before the colon
    /// stands which key it was made with: marks of two keys cannot be compared. `None` for a token source: no key is here.
    pub(crate) fn mark(&self, bytes: &[u8]) -> Option<String> {
        let MarkKey { key, label } = self.marks.as_ref()?;
        let mark = hmac(key.expose().as_bytes(), bytes)?;
        Some(format!("{label}:{}", hex(&mark[..16])))
    }

    /// The `Authorization` header that needs no token, for a Basic pair.
    pub(crate) fn basic_authorization(&self) -> Option<Secret> {
        let Kind::Basic { client_key, secret_key } = &self.kind else { return None };
        let pair = Secret::new(format!("{client_key}:{}", secret_key.expose()));
        let encoded = Secret::new(STANDARD.encode(pair.expose()));
        Some(Secret::new(format!("Basic {}", encoded.expose())))
    }
}

/// What a key is made of: whatever can be pasted from a console, and no space that came along.
pub(crate) const KEY: fn(char) -> bool = |char| char.is_ascii_graphic();

fn check(field: &'static str, text: &str, fits: impl Fn(char) -> bool) -> Result<(), InvalidInput> {
    if text.is_empty() {
        return Err(InvalidInput::new(field, Problem::Empty));
    }
    if text.len() > LONGEST {
        return Err(InvalidInput::new(field, Problem::TooLong));
    }
    if !text.chars().all(fits) {
        let problem = InvalidInput::new(field, Problem::BadCharacter);
        return Err(problem.expected("printable ASCII, exactly as Bootpay's console shows it"));
    }
    Ok(())
}

fn hmac(key: &[u8], bytes: &[u8]) -> Option<[u8; 32]> {
    // A key of any length will do, so this is never `None`.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(bytes);
    Some(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Vault(&'static str);

    #[async_trait]
    impl TokenSource for Vault {
        fn scope(&self) -> String {
            self.0.to_owned()
        }

        async fn token(&self, _: Option<&Secret>) -> Result<SuppliedToken, TokenSourceError> {
            Err(TokenSourceError("closed".to_owned()))
        }
    }

    fn wrong(made: Result<Credentials, InvalidInput>) -> (&'static str, Problem) {
        let problem = made.unwrap_err();
        (problem.field(), problem.problem())
    }

    #[test]
    fn the_wrong_half_is_named() {
        assert_eq!(wrong(Credentials::key_pair("", "key")), ("application_id", Problem::Empty));
        assert_eq!(wrong(Credentials::key_pair("app", "")), ("private_key", Problem::Empty));
        assert_eq!(wrong(Credentials::key_pair("app", "key\n")), ("private_key", Problem::BadCharacter));
        assert_eq!(wrong(Credentials::key_pair("앱", "key")), ("application_id", Problem::BadCharacter));
        assert_eq!(wrong(Credentials::key_pair("app", "k".repeat(1025))), ("private_key", Problem::TooLong));
        assert_eq!(wrong(Credentials::basic("cli:ent", "key")), ("client_key", Problem::BadCharacter));
        assert_eq!(wrong(Credentials::basic("client", "k ey")), ("secret_key", Problem::BadCharacter));
        assert_eq!(wrong(Credentials::token_source(Arc::new(Vault("")))), ("scope", Problem::Empty));
        assert!(Credentials::key_pair("59a4d326396fa607cbe75de7", "cE0o/+==:;").is_ok());
    }

    #[test]
    fn the_public_part_tells_kinds_and_merchants_apart() {
        let parts = [
            Credentials::key_pair("one", "key").unwrap(),
            Credentials::key_pair("two", "key").unwrap(),
            Credentials::basic("one", "key").unwrap(),
            Credentials::token_source(Arc::new(Vault("one"))).unwrap(),
        ]
        .map(|credentials| credentials.public_part());
        assert_eq!(parts, ["key_pair:one", "key_pair:two", "basic:one", "source:one"]);
    }

    #[test]
    fn keys_are_never_printed() {
        let pair = Credentials::key_pair("app-id", "canary-1").unwrap();
        let basic = Credentials::basic("client", "canary-2").unwrap();
        let shown = format!("{pair:?} {basic:?} {:?} {}", basic.basic_authorization(), pair.public_part());
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("app-id"));
    }

    #[test]
    fn a_basic_pair_is_encoded_as_rfc_7617_has_it() {
        let basic = Credentials::basic("Aladdin", "open-sesame:").unwrap();
        assert_eq!(basic.basic_authorization(), Some(Secret::new("Basic QWxhZGRpbjpvcGVuLXNlc2FtZTo=")));
        assert_eq!(Credentials::key_pair("a", "b").unwrap().basic_authorization(), None);
    }

    #[test]
    fn marks_depend_on_the_key_and_on_every_byte() {
        let mark = |key: &str, bytes: &[u8]| Credentials::key_pair("app", key).unwrap().mark(bytes).unwrap();
        assert_eq!(mark("key", b"66569112432134").len(), "which-ke:".len() + 32);
        assert_eq!(mark("key", b"body"), mark("key", b"body"));
        assert_ne!(mark("key", b"body"), mark("key", b"bodz"));
        let (one, other) = (mark("key", b"body"), mark("kez", b"body"));
        assert_ne!(one.split_once(':').unwrap().0, other.split_once(':').unwrap().0, "which key is told");
        assert_ne!(one.split_once(':').unwrap().1, other.split_once(':').unwrap().1);
        assert_eq!(Credentials::token_source(Arc::new(Vault("one"))).unwrap().mark(b"body"), None);
    }

    /// Journals outlive versions: a mark must not change. Computed with Python's `hmac`.
    #[test]
    fn a_mark_is_the_same_in_every_version() {
        let credentials = Credentials::key_pair("app", "key").unwrap();
        assert_eq!(credentials.mark(b"body").unwrap(), "f811be06:ad10d4fa6fc7b3bfeebabbc5a29f704a");
    }
}
