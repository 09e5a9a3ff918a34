//! TLS as Bootpay's answers deserve it: version 1.2 or later, the system's root certificates, and no early data, since
//! early data can be replayed by whoever records it.

use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::error::{BootpayError, InvalidInput, Problem};

/// The configuration for connections that are encrypted.
///
/// The provider is handed over with the configuration: nothing global is installed, so an application may still install
/// its own, and one that it has installed already (a certified one, say) is used.
pub(super) fn config(ca_bundle: Option<&[u8]>) -> Result<ClientConfig, BootpayError> {
    let provider = provider();
    let verifier = verifier(ca_bundle, provider.clone())?;
    let config = versions(provider)?
        // "Dangerous" is rustls' word for any verifier that is not its own; this one asks the operating system's store.
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(speaking_http1(config))
}

/// The configuration of a client that speaks plain http to this machine: it trusts nobody, so that nothing encrypted
/// can work by accident, and needs no root certificates to start.
pub(super) fn trusting_nobody() -> Result<ClientConfig, BootpayError> {
    let config = versions(provider())?.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    Ok(speaking_http1(config))
}

pub(crate) fn provider() -> Arc<CryptoProvider> {
    CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()))
}

pub(crate) fn versions(
    provider: Arc<CryptoProvider>,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, BootpayError> {
    ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| BootpayError::Internal(format!("TLS can't be set up: {error}")))
}

fn speaking_http1(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.enable_early_data = false;
    config
}

/// What the operating system's own store says about a certificate.
pub(crate) fn system(provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    #[cfg(target_os = "linux")]
    if let Some(bundle_first) = super::roots::BundleFirst::of_the_system(&provider) {
        return Ok(Arc::new(bundle_first));
    }
    Ok(Arc::new(Verifier::new(provider)?))
}

fn verifier(
    ca_bundle: Option<&[u8]>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, BootpayError> {
    let verifier = match ca_bundle {
        None => system(provider),
        Some(pem) => with_extra_roots(certificates(pem)?, provider)?.map(|verifier| Arc::new(verifier) as _),
    };
    verifier.map_err(|_| match ca_bundle {
        None => InvalidInput::new("ca_bundle", Problem::Empty)
            .expected("this machine has no root certificates: install ca-certificates, or give a ca_bundle")
            .into(),
        Some(_) => malformed().into(),
    })
}

#[cfg(not(target_os = "android"))]
#[expect(clippy::unnecessary_wraps, reason = "on Android it can fail")]
fn with_extra_roots(
    roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Result<Verifier, rustls::Error>, InvalidInput> {
    Ok(Verifier::new_with_extra_roots(roots, provider))
}

#[cfg(target_os = "android")]
fn with_extra_roots(
    _: Vec<CertificateDer<'static>>,
    _: Arc<CryptoProvider>,
) -> Result<Result<Verifier, rustls::Error>, InvalidInput> {
    let problem = InvalidInput::new("ca_bundle", Problem::Inconsistent);
    Err(problem.expected("nothing: Android decides by itself whom to trust"))
}

pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, InvalidInput> {
    let roots: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|_| malformed())?;
    if roots.is_empty() { Err(malformed()) } else { Ok(roots) }
}

fn malformed() -> InvalidInput {
    InvalidInput::new("ca_bundle", Problem::Malformed).expected("certificates in PEM form")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_without_a_certificate_in_it_is_refused() {
        for pem in ["", "certificates", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            match config(Some(pem.as_bytes())) {
                Err(BootpayError::InvalidInput(problem)) => assert_eq!(problem.field(), "ca_bundle", "{pem}"),
                other => panic!("{pem}: {other:?}"),
            }
        }
    }

    #[test]
    fn nothing_global_is_installed() {
        assert!(trusting_nobody().is_ok());
        assert!(CryptoProvider::get_default().is_none());
    }
}
