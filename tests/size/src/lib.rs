//! The least that a library carries which does what this project's does with its dependencies, and nothing of its own: one
//! request over HTTPS as the core sends it, one query to SQLite. Nobody calls it; `make size` measures it.

/// What Rust's standard library alone costs.
#[unsafe(no_mangle)]
pub extern "C" fn nothing() -> usize {
    format!("{}", std::process::id()).len()
}

/// Sends a request, and gives how long the answer is.
///
/// # Safety
/// `url` must point to a text that ends with a zero.
#[cfg(feature = "https")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn post(url: *const std::ffi::c_char) -> usize {
    // SAFETY: the caller's promise.
    let url = unsafe { std::ffi::CStr::from_ptr(url) }.to_string_lossy();
    sent(&url).unwrap_or_default()
}

#[cfg(feature = "https")]
fn sent(url: &str) -> Result<usize, Box<dyn std::error::Error>> {
    use std::sync::Arc;

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = rustls_platform_verifier::Verifier::new(Arc::clone(&provider))?;
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    let client = reqwest::Client::builder().tls_backend_preconfigured(tls).build()?;
    Ok(runtime.block_on(async { client.post(url).body("{}").send().await?.bytes().await })?.len())
}

/// Asks a file for a number.
///
/// # Safety
/// `path` must point to a text that ends with a zero.
#[cfg(feature = "sqlite")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ask(path: *const std::ffi::c_char) -> i64 {
    // SAFETY: the caller's promise.
    let path = unsafe { std::ffi::CStr::from_ptr(path) }.to_string_lossy();
    let asked = rusqlite::Connection::open(&*path)
        .and_then(|connection| connection.query_row("SELECT 1", [], |row| row.get(0)));
    asked.unwrap_or_default()
}
