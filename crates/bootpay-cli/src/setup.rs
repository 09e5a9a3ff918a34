//! From flags and environment to a client. A flag goes before its variable; a variable that is set but empty is an
//! error and not "unset": an empty `BOOTPAY_BASE_URL` must not turn a rehearsal into production.

use std::path::PathBuf;
use std::time::Duration;

use bootpay_core::{Bootpay, Credentials, Dialect, JournalChoice, ProxyChoice, Secret, Timeouts};

use crate::args::{Api, Shared};
use crate::failure::Failure;
use crate::output::words;

/// The client that the flags and the environment describe.
pub(crate) fn client(shared: &Shared) -> Result<Bootpay, Failure> {
    let (credentials, dialect) = credentials(shared)?;
    build(shared, credentials, dialect, true)
}

/// The same where a partial cancel is sent without a lookup before it.
pub(crate) fn client_without_lookup(shared: &Shared) -> Result<Bootpay, Failure> {
    let (credentials, dialect) = credentials(shared)?;
    build(shared, credentials, dialect, false)
}

/// A client that reads the journal and sends nothing: it needs no keys.
pub(crate) fn journal_reader(shared: &Shared) -> Result<Bootpay, Failure> {
    build(shared, Credentials::key_pair("journal-reader", "none")?, dialect(shared)?.unwrap_or_default(), true)
}

fn build(shared: &Shared, keys: Credentials, dialect: Dialect, look_first: bool) -> Result<Bootpay, Failure> {
    let mut builder = Bootpay::builder(keys)
        .dialect(dialect)
        .journal(journal(shared)?)
        .timeouts(timeouts(shared))
        .proxy(proxy(shared)?);
    if let Some(url) = given(shared.base_url.clone(), "BOOTPAY_BASE_URL", "base_url")? {
        builder = builder.base_url(url);
    }
    if let Some(path) = &shared.ca_bundle {
        let pem = std::fs::read(path).map_err(|error| Failure::system(words::NO_CA_BUNDLE, error))?;
        builder = builder.ca_bundle(pem);
    }
    if shared.nobody_else_cancels {
        builder = builder.nobody_else_cancels();
    }
    if let Some(seconds) = shared.server_honours_cancel_id {
        builder = builder.server_honours_cancel_id(Duration::from_secs(seconds));
    }
    if !look_first {
        builder = builder.without_lookup_before_partial();
    }
    Ok(builder.build()?)
}

fn credentials(shared: &Shared) -> Result<(Credentials, Dialect), Failure> {
    let asked = dialect(shared)?;
    let application_id = given(shared.application_id.clone(), "BOOTPAY_APPLICATION_ID", "application_id")?;
    let client_key = given(shared.client_key.clone(), "BOOTPAY_CLIENT_KEY", "client_key")?;
    let (private_key, secret_key) =
        (secret("BOOTPAY_PRIVATE_KEY", "private_key")?, secret("BOOTPAY_SECRET_KEY", "secret_key")?);

    let mut key_pair = application_id.is_some() || private_key.is_some();
    let mut basic = client_key.is_some() || secret_key.is_some();
    // What is typed goes before what lies about in the environment; and v1 knows no Basic pair.
    if key_pair && basic {
        match (shared.application_id.is_some(), shared.client_key.is_some(), asked) {
            (true, false, _) => basic = false,
            (false, true, _) => key_pair = false,
            (false, false, None | Some(Dialect::V1)) => basic = false,
            _ => return Err(Failure::invalid("credentials", words::TWO_PAIRS, words::KEEP_ONE_PAIR)),
        }
    }
    if key_pair {
        let application_id = application_id.ok_or_else(|| missing("application_id"))?;
        let private_key = private_key.ok_or_else(|| missing("private_key"))?;
        return Ok((Credentials::key_pair(application_id, private_key)?, asked.unwrap_or_default()));
    }
    if basic {
        let client_key = client_key.ok_or_else(|| missing("client_key"))?;
        let secret_key = secret_key.ok_or_else(|| missing("secret_key"))?;
        return Ok((Credentials::basic(client_key, secret_key)?, asked.unwrap_or(Dialect::V2)));
    }
    Err(missing("credentials"))
}

fn missing(field: &'static str) -> Failure {
    Failure::invalid(field, words::MISSING, words::SET_THE_KEYS)
}

fn dialect(shared: &Shared) -> Result<Option<Dialect>, Failure> {
    if let Some(api) = shared.api {
        return Ok(Some(api.into()));
    }
    match variable("BOOTPAY_API", "api")?.as_deref() {
        None => Ok(None),
        Some("v1") => Ok(Some(Api::V1.into())),
        Some("v2") => Ok(Some(Api::V2.into())),
        Some(_) => Err(Failure::invalid("api", words::NOT_KNOWN, words::V1_OR_V2)),
    }
}

fn journal(shared: &Shared) -> Result<JournalChoice, Failure> {
    let typed = shared.journal.clone();
    // Everybody on this machine can read a command line.
    if typed.as_ref().and_then(|url| url.to_str()).is_some_and(carries_password) {
        return Err(Failure::invalid("journal", words::PASSWORD_ON_COMMAND_LINE, words::JOURNAL_BY_ENVIRONMENT));
    }
    let place = typed.or_else(|| std::env::var_os("BOOTPAY_JOURNAL").map(PathBuf::from));
    let Some(place) = place else { return Ok(JournalChoice::UserData) };
    if place.as_os_str().is_empty() {
        return Err(Failure::invalid("journal", words::EMPTY, words::JOURNAL_EXPECTED));
    }
    Ok(match place.to_str() {
        Some("memory") => JournalChoice::Memory,
        Some(url) => JournalChoice::url(url),
        None => JournalChoice::Sqlite(place),
    })
}

/// Whether a journal's URL holds a password, between the user and the `@` or as a parameter. A file's path holds none.
fn carries_password(url: &str) -> bool {
    url.split_once("://").is_some_and(|(_, rest)| {
        rest.split_once('@').is_some_and(|(user, _)| user.contains(':')) || rest.contains("password=")
    })
}

/// Whether the journal forgets when this process ends.
pub(crate) fn forgets(shared: &Shared) -> bool {
    matches!(journal(shared), Ok(JournalChoice::Memory))
}

fn timeouts(shared: &Shared) -> Timeouts {
    let mut timeouts = Timeouts::default();
    if let Some(seconds) = shared.timeout {
        timeouts.cancel = Duration::from_secs(seconds);
        timeouts.lookup = timeouts.lookup.min(timeouts.cancel);
        timeouts.token = timeouts.token.min(timeouts.cancel);
    }
    timeouts
}

fn proxy(shared: &Shared) -> Result<ProxyChoice, Failure> {
    if let Some(proxy) = &shared.proxy {
        if has_password(proxy) {
            return Err(Failure::invalid("proxy", words::PASSWORD_ON_COMMAND_LINE, words::PROXY_BY_ENVIRONMENT));
        }
        return Ok(if proxy == "none" { ProxyChoice::None } else { ProxyChoice::Url(Secret::new(proxy.clone())) });
    }
    let named = variable("BOOTPAY_PROXY", "proxy")?.map(Secret::new);
    Ok(match named {
        None => ProxyChoice::Environment,
        Some(proxy) if proxy.expose() == "none" => ProxyChoice::None,
        Some(proxy) => ProxyChoice::Url(proxy),
    })
}

/// Whether there is anything before an `@` in the host's part: a user name alone is not worth the risk of a misreading.
fn has_password(proxy: &str) -> bool {
    let rest = proxy.split_once("://").map_or(proxy, |(_, rest)| rest);
    rest.contains('@')
}

fn given(flag: Option<String>, name: &'static str, field: &'static str) -> Result<Option<String>, Failure> {
    match flag {
        Some(value) => Ok(Some(value)),
        None => variable(name, field),
    }
}

fn secret(name: &'static str, field: &'static str) -> Result<Option<Secret>, Failure> {
    Ok(variable(name, field)?.map(Secret::new))
}

/// An environment variable, as text.
pub(crate) fn variable(name: &'static str, field: &'static str) -> Result<Option<String>, Failure> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Err(Failure::invalid(field, words::EMPTY, words::UNSET_OR_FILL)),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::invalid(field, words::NOT_TEXT, words::UNSET_OR_FILL)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxys_password_is_seen_wherever_it_stands() {
        assert!(has_password("http://user:pass@proxy:3128"));
        assert!(has_password("user:p@ss@proxy"));
        assert!(!has_password("http://proxy:3128"));
    }

    #[test]
    fn a_journals_password_is_seen_wherever_it_stands() {
        assert!(carries_password("postgresql://user:pass@host:5432/d"));
        assert!(carries_password("postgresql://host/d?user=user&password=pass"));
        assert!(!carries_password("postgresql://user@host:5432/d"));
        assert!(!carries_password("postgresql:///d?host=/run/postgresql"));
        assert!(!carries_password("/srv/a:b@c/journal.sqlite3"));
    }
}
