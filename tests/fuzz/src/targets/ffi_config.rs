//! How a client is set up from another language: lines `name=value`. No panic may cross, what cannot be set up is told by the
//! field's name, and no key or password is in the words.

use std::sync::Arc;
use std::time::Duration;

use bootpay_ffi::{Bootpay, BootpayError, Config, Dialect, Environment, JournalPlace, Proxy, Secret};

pub(crate) fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let value =
        |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned);
    let seconds = |name: &str| {
        let number = value(name)?;
        let (whole, nanos) = number.split_once('.').unwrap_or((&number, "0"));
        Some(Duration::new(whole.parse().ok()?, nanos.parse::<u32>().ok()? % 1_000_000_000))
    };
    let config = Config {
        environment: value("base_url").map(|base_url| Environment::Custom { base_url }),
        dialect: value("dialect").map(|name| if name == "v2" { Dialect::V2 } else { Dialect::V1 }),
        journal: Some(JournalPlace::Memory),
        connect_timeout: seconds("connect_timeout"),
        cancel_timeout: seconds("cancel_timeout"),
        lookup_timeout: seconds("lookup_timeout"),
        token_timeout: seconds("token_timeout"),
        idle_timeout: seconds("idle_timeout"),
        wait_for_others: seconds("wait_for_others"),
        nobody_else_cancels: value("nobody_else_cancels").is_some(),
        server_honours_cancel_id_for: seconds("server_honours_cancel_id_for"),
        look_before_partial: value("look_before_partial").is_none(),
        proxy: value("proxy").map(|url| Proxy::Url { url: Secret::new(url) }).or(Some(Proxy::Off)),
        ca_bundle: value("ca_bundle").map(|pem| pem.replace("\\n", "\n").into_bytes()),
    };
    let (id, key) = (value("id").unwrap_or_default(), value("key").unwrap_or_default());
    let made = if value("basic").is_some() {
        Bootpay::with_basic_pair(id.clone(), key.clone(), config.clone())
    } else {
        Bootpay::with_key_pair(id.clone(), key.clone(), config.clone())
    };
    let shown = match &made {
        Ok(client) => {
            if let Some(Environment::Custom { base_url }) = &config.environment {
                is_safe(base_url);
            }
            let printable = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
            assert!(printable(&id) && printable(&key), "these go into a header");
            let day = Duration::from_secs(24 * 60 * 60);
            assert!([config.connect_timeout, config.cancel_timeout].into_iter().flatten().all(|time| time <= day));
            format!("{client:?}")
        }
        Err(BootpayError::InvalidInput { facts, .. }) => format!("{facts:?} {made:?}"),
        Err(other) => panic!("only the input can be wrong: {other:?}"),
    };
    // What is that long, and is not the public half as well, is in no text of ours by chance.
    if key.len() >= 8 && !id.contains(&key) {
        assert!(!shown.contains(&key), "a key is shown: {shown}");
    }
    if let Some(url) = value("proxy").filter(|url| url.contains("canary")) {
        assert!(!shown.contains("canary") || id.contains("canary"), "a proxy's password is shown: {url}: {shown}");
    }
    drop::<Option<Arc<Bootpay>>>(made.ok());
}

/// Money's requests go out encrypted, or to this machine.
fn is_safe(base_url: &str) {
    let text = base_url.trim().to_ascii_lowercase();
    // The rule of URLs: white space inside the scheme's slashes does not count, and a backslash is one of them.
    let text: String = text.chars().filter(|char| !matches!(char, '\t' | '\n' | '\r')).collect();
    if text.starts_with("https:") {
        return;
    }
    let rest = text.strip_prefix("http:").unwrap_or_else(|| panic!("neither https nor http: {base_url:?}"));
    let host = rest.trim_start_matches(['/', '\\']);
    assert!(!host.contains('@'), "a user name or a password in an address: {base_url:?}");
    assert!(!host.contains(['?', '#']), "more than an address: {base_url:?}");
}
