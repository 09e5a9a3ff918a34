//! Secrets: private keys, access tokens, refund account numbers.
//!
//! A secret cannot be printed, serialised or compared in variable time by accident. It is wiped from memory when its
//! last owner lets go of it. Reading one takes a word that a reviewer can search for: [`Secret::expose`].

use std::fmt;
use std::sync::Arc;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A text that must never be shown. `Debug` prints `[redacted]`, there is no `Display`. Clones share the one copy that there
/// is in memory.
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// Takes a secret over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Zeroizing::new(text.into())))
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
/// account number. Numbers are found however they are punctuated. A single character is left alone: it is everywhere.
pub(crate) fn scrub(text: &str, secrets: &[&Secret]) -> String {
    let mut clean = text.to_owned();
    blot_out(&mut clean, secrets);
    clean
}

/// Whether a text is long enough to hold one of them: most answers' are not, and searching takes a while.
pub(crate) fn could_hold(text: &str, secrets: &[&Secret]) -> bool {
    secrets.iter().any(|secret| secret.expose().len() <= text.len())
}

/// The same in place.
pub(crate) fn blot_out(text: &mut String, secrets: &[&Secret]) {
    if !could_hold(text, secrets) {
        return;
    }
    let mut clean = std::mem::take(text);
    for secret in secrets.iter().filter(|secret| secret.expose().chars().nth(1).is_some()) {
        clean = clean.replace(secret.expose(), BLOT);
        if secret.expose().bytes().all(|byte| byte.is_ascii_digit()) {
            clean = scrub_number(&clean, secret.expose());
        }
    }
    *text = clean;
}

const BLOT: &str = "[redacted]";

/// Blots out a number whose digits may have dashes, spaces or dots between them.
fn scrub_number(text: &str, digits: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = number_length(rest, digits);
        clean.push_str(if length.is_some() { BLOT } else { &rest[..first.len_utf8()] });
        rest = &rest[length.unwrap_or(first.len_utf8())..];
    }
    clean
}

/// How many bytes of `text` spell `digits` from its very beginning.
fn number_length(text: &str, digits: &str) -> Option<usize> {
    let mut wanted = digits.bytes();
    let mut next = wanted.next()?;
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            byte if byte == next => match wanted.next() {
                Some(digit) => next = digit,
                None => return Some(index + 1),
            },
            b'-' | b' ' | b'.' if index > 0 => {}
            _ => return None,
        }
    }
    None
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
        assert_eq!(scrub("계좌 665-6911-2432134 오류", &[&account]), "계좌 [redacted] 오류");
        assert_eq!(scrub("665 691 12.432134", &[&account]), "[redacted]");
        assert_eq!(scrub("66569112432135, 6656", &[&account]), "66569112432135, 6656");
        assert_eq!(
            scrub("예금주 LEE 홍길동", &[&Secret::new("LEE"), &Secret::new("홍길동")]),
            "예금주 [redacted] [redacted]"
        );
        assert_eq!(scrub("a 1", &[&Secret::new("a"), &Secret::new("1"), &Secret::new("")]), "a 1");
    }
}
