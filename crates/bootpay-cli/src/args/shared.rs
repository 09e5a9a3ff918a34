//! Options that every command takes, before or after its name.

use std::path::PathBuf;

use bootpay_core::Dialect;
use clap::{Args, ValueEnum};
use tracing_subscriber::filter::LevelFilter;

const OUTPUT: &str = "Output";
const SETTINGS: &str = "Settings";
const DECLARATIONS: &str = "Declarations (a wrong one costs money)";

/// Output, connection, journal and declarations.
#[derive(Args, Debug)]
pub(crate) struct Shared {
    /// Print exactly one JSON object on standard output
    #[arg(long, global = true, help_heading = OUTPUT)]
    pub(crate) json: bool,
    /// The language for people; the locale's unless told
    #[arg(long, value_name = "LANGUAGE", global = true, help_heading = OUTPUT)]
    pub(crate) lang: Option<Lang>,
    /// Show the library's log on standard error: off, error, warn, info, debug or trace
    #[arg(long, value_name = "LEVEL", global = true, help_heading = OUTPUT, default_value = "error")]
    #[arg(hide_default_value = true)]
    pub(crate) log: LevelFilter,
    /// Your application id [env: BOOTPAY_APPLICATION_ID]
    #[arg(long, value_name = "ID", global = true, help_heading = SETTINGS)]
    pub(crate) application_id: Option<String>,
    /// Your client key, v2's Basic form [env: BOOTPAY_CLIENT_KEY]
    #[arg(long, value_name = "KEY", global = true, help_heading = SETTINGS)]
    pub(crate) client_key: Option<String>,
    /// Another Bootpay than production, such as the sandbox [env: BOOTPAY_BASE_URL]
    #[arg(long, value_name = "URL", global = true, help_heading = SETTINGS)]
    pub(crate) base_url: Option<String>,
    /// Which of Bootpay's APIs to speak; v1 unless only a client key is configured [env: BOOTPAY_API]
    #[arg(long, value_name = "VERSION", global = true, help_heading = SETTINGS)]
    pub(crate) api: Option<Api>,
    /// The journal: a file's path, a postgresql:// URL (one with a password only by the environment), or `memory` for
    /// one that forgets; a file in your data directory unless told [env: BOOTPAY_JOURNAL]
    #[arg(long, value_name = "PATH|URL", global = true, help_heading = SETTINGS)]
    pub(crate) journal: Option<PathBuf>,
    /// How long to wait for an answer: 60 for a cancel unless told, less for lookups and tokens. A short time
    /// manufactures unknowns
    #[arg(long, value_name = "SECONDS", global = true, help_heading = SETTINGS)]
    pub(crate) timeout: Option<u64>,
    /// Certificates to trust besides the system's, in PEM
    #[arg(long, value_name = "FILE", global = true, help_heading = SETTINGS)]
    pub(crate) ca_bundle: Option<PathBuf>,
    /// A proxy without a password, or `none`; one with a password only by [env: BOOTPAY_PROXY]
    #[arg(long, value_name = "URL", global = true, help_heading = SETTINGS)]
    pub(crate) proxy: Option<String>,
    /// Nobody else cancels this merchant's receipts, neither a console nor another system: then a total that grew by
    /// the amount settles an unknown partial cancel
    #[arg(long, global = true, help_heading = DECLARATIONS)]
    pub(crate) nobody_else_cancels: bool,
    /// The server honours cancel_id for this long: then an unknown cancel is repeated within that time, at most twice.
    /// Longer than the time-outs of a cancel, a connection and a token together
    #[arg(long, value_name = "SECONDS", global = true, help_heading = DECLARATIONS)]
    pub(crate) server_honours_cancel_id: Option<u64>,
}

/// Bootpay's two APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Api {
    /// The documentation page's
    V1,
    /// The newer one
    V2,
}

impl From<Api> for Dialect {
    fn from(api: Api) -> Self {
        match api {
            Api::V1 => Self::V1,
            Api::V2 => Self::V2,
        }
    }
}

/// The languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// 한국어
    Ko,
    /// English
    En,
}

impl Shared {
    /// The options that a later command needs again to find the same intent: what was typed and is no secret.
    pub(crate) fn to_repeat(&self) -> String {
        let mut text = String::new();
        let api = self.api.map(|api| Dialect::from(api).name().to_owned());
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
        for (flag, value) in [
            ("--application-id", self.application_id.clone()),
            ("--client-key", self.client_key.clone()),
            ("--base-url", self.base_url.clone()),
            ("--api", api),
            ("--journal", path(&self.journal)),
            ("--ca-bundle", path(&self.ca_bundle)),
            ("--proxy", self.proxy.clone()),
            ("--server-honours-cancel-id", self.server_honours_cancel_id.map(|seconds| seconds.to_string())),
        ] {
            if let Some(value) = value {
                text.push_str(&format!(" {flag} {}", quoted(&value)));
            }
        }
        if self.nobody_else_cancels {
            text.push_str(" --nobody-else-cancels");
        }
        text
    }
}

/// A word as a shell reads it back.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:@%+=,".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        assert_eq!(quoted("bp-12_3"), "bp-12_3");
        assert_eq!(quoted("order 1/refund"), "'order 1/refund'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("$(rm)"), "'$(rm)'");
    }
}
