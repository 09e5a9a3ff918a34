//! Access tokens and their life.
//!
//! A token lives thirty minutes from its issue. Whoever asks again within the first twenty-five gets the same token
//! with the same expiry; whoever asks later gets a new one, and the old one works on for its last five minutes. So
//! several processes that ask do not take each other's tokens away.
//!
//! Each dialect has its own tokens here: a v1 token presented to v2 is a stranger, and the other way round.

use sha2::{Digest, Sha256};

/// A token's life, in milliseconds.
pub(crate) const LIFE_MS: u64 = 30 * 60 * 1000;
/// For this long after the issue the same token is handed out again, in milliseconds.
pub(crate) const SAME_FOR_MS: u64 = 25 * 60 * 1000;

/// A token as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issued {
    pub(crate) value: String,
    pub(crate) expires_ms: u64,
}

#[derive(Debug)]
struct Token {
    value: String,
    issued_ms: u64,
}

/// The tokens of one dialect that are still alive.
#[derive(Debug)]
pub(crate) struct Tokens {
    alive: Vec<Token>,
    issued_so_far: u64,
    salt: String,
}

impl Tokens {
    /// `salt` keeps two sandboxes from handing out each other's tokens.
    pub(crate) fn new(salt: String) -> Self {
        Self { alive: Vec::new(), issued_so_far: 0, salt }
    }

    pub(crate) fn issue(&mut self, now_ms: u64) -> Issued {
        self.alive.retain(|token| now_ms < token.issued_ms + LIFE_MS);
        if let Some(token) = self.alive.last()
            && now_ms.saturating_sub(token.issued_ms) <= SAME_FOR_MS
        {
            return Issued { value: token.value.clone(), expires_ms: token.issued_ms + LIFE_MS };
        }
        self.issued_so_far += 1;
        let value = hex(&Sha256::digest(format!("token {} {}", self.salt, self.issued_so_far)));
        self.alive.push(Token { value: value.clone(), issued_ms: now_ms });
        Issued { value, expires_ms: now_ms + LIFE_MS }
    }

    pub(crate) fn is_valid(&self, value: &str, now_ms: u64) -> bool {
        self.alive.iter().any(|token| token.value == value && now_ms < token.issued_ms + LIFE_MS)
    }

    pub(crate) fn revoke(&mut self, value: &str) {
        self.alive.retain(|token| token.value != value);
    }

    pub(crate) fn expire_all(&mut self) {
        self.alive.clear();
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000;

    fn tokens() -> Tokens {
        Tokens::new("test".to_owned())
    }

    #[test]
    fn a_token_is_64_hex_digits_and_lives_thirty_minutes() {
        let mut tokens = tokens();
        let token = tokens.issue(0);
        assert_eq!(token.value.len(), 64);
        assert!(token.value.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_eq!(token.expires_ms, 30 * MINUTE);
        assert!(tokens.is_valid(&token.value, 30 * MINUTE - 1));
        assert!(!tokens.is_valid(&token.value, 30 * MINUTE));
    }

    #[test]
    fn asked_again_within_25_minutes_the_same_token_and_expiry_come_back() {
        let mut tokens = tokens();
        let first = tokens.issue(0);
        assert_eq!(tokens.issue(25 * MINUTE), first);
    }

    #[test]
    fn after_25_minutes_a_new_token_comes_and_the_old_one_works_its_last_five() {
        let mut tokens = tokens();
        let old = tokens.issue(0);
        let new = tokens.issue(25 * MINUTE + 1);
        assert_ne!(new.value, old.value);
        assert_eq!(new.expires_ms, 55 * MINUTE + 1);
        assert!(tokens.is_valid(&old.value, 30 * MINUTE - 1));
        assert!(!tokens.is_valid(&old.value, 30 * MINUTE));
        assert!(tokens.is_valid(&new.value, 30 * MINUTE));
    }

    #[test]
    fn a_revoked_token_is_not_handed_out_again() {
        let mut tokens = tokens();
        let old = tokens.issue(0);
        tokens.revoke(&old.value);
        assert!(!tokens.is_valid(&old.value, 1));
        assert_ne!(tokens.issue(1).value, old.value);
    }
}
