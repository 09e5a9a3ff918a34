//! Secrets cross as objects, since a record prints all that it holds.

use std::sync::Arc;

/// A text that must not be shown, such as an access token. It prints as redacted and is wiped from the library's
/// memory when it is let go.
#[derive(Debug, uniffi::Object)]
#[uniffi::export(Debug, Display)]
pub struct Secret(pub(crate) bootpay_core::Secret);

#[uniffi::export]
impl Secret {
    /// Takes a secret over.
    #[uniffi::constructor]
    pub fn new(text: String) -> Arc<Self> {
        Arc::new(Self(bootpay_core::Secret::new(text)))
    }

    /// The secret itself. The one word to look for in a review.
    pub fn expose(&self) -> String {
        self.0.expose().to_owned()
    }
}

impl std::fmt::Display for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}
