//! Secrets: private keys, access tokens, refund account numbers.
//!
//! A secret cannot be printed, serialised or compared in variable time by accident. It is wiped from memory when its
//! last owner lets go of it. Reading one takes a word that a reviewer can search for: [`Secret::expose`].

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A text that must never be shown. `Debug` prints `[redacted]`, there is no `Display`.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a secret over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The secret itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// Blots out every occurrence of `secrets` in a text that came from outside, such as a server's message that echoes an
/// account number. Secrets shorter than four characters are left alone: they would blot out ordinary words.
pub(crate) fn scrub(text: &str, secrets: &[&Secret]) -> String {
    let mut clean = text.to_owned();
    for secret in secrets {
        if secret.expose().len() >= 4 && clean.contains(secret.expose()) {
            clean = clean.replace(secret.expose(), "[redacted]");
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        let secret = Secret::new("canary-7f3a");
        assert_eq!(format!("{secret:?} {:#?}", Some(&secret)).matches("canary").count(), 0);
    }

    #[test]
    fn equality_looks_at_the_whole_secret() {
        assert_eq!(Secret::new("abc"), Secret::new("abc"));
        assert_ne!(Secret::new("abc"), Secret::new("abd"));
        assert_ne!(Secret::new("abc"), Secret::new("abcd"));
    }

    #[test]
    fn a_message_that_echoes_a_secret_is_scrubbed() {
        let account = Secret::new("66569112432134");
        assert_eq!(scrub("bad account 66569112432134!", &[&account]), "bad account [redacted]!");
    }
}
