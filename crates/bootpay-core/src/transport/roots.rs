//! Linux' root certificates, most of which need not be read.
//!
//! A distribution keeps them twice: in one bundle, and as the hundred-odd files that it is made of, where somebody may have put
//! another by hand. Reading the files as well takes most of the time that a client takes to be made, and nearly always tells
//! nothing new. So the bundle is asked first, and the whole store about what the bundle does not vouch for: whoever
//! was trusted is trusted still, and nobody else.

use std::sync::Arc;

use once_cell::sync::OnceCell;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

type Store = Arc<dyn ServerCertVerifier>;

/// A verifier that reads the whole store when the bundle alone says no.
#[derive(Debug)]
pub(super) struct BundleFirst {
    bundle: Arc<WebPkiServerVerifier>,
    whole: OnceCell<Store>,
    read_whole: fn(Arc<CryptoProvider>) -> Result<Store, rustls::Error>,
    provider: Arc<CryptoProvider>,
}

impl BundleFirst {
    /// None where there is no bundle to begin with, and where the environment names what is trusted instead of the system
    /// (`SSL_CERT_FILE`, `SSL_CERT_DIR`).
    pub(super) fn of_the_system(provider: &Arc<CryptoProvider>) -> Option<Self> {
        if ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some()) {
            return None;
        }
        let bundle = openssl_probe::probe().cert_file?;
        let certificates = rustls_native_certs::load_certs_from_paths(Some(&bundle), None).certs;
        Self::new(certificates, |provider| Ok(Arc::new(Verifier::new(provider)?)), provider.clone())
    }

    fn new(
        bundle: Vec<CertificateDer<'static>>,
        read_whole: fn(Arc<CryptoProvider>) -> Result<Store, rustls::Error>,
        provider: Arc<CryptoProvider>,
    ) -> Option<Self> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(bundle);
        // It refuses to have no roots at all.
        let bundle = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().ok()?;
        Some(Self { bundle, whole: OnceCell::new(), read_whole, provider })
    }
}

impl ServerCertVerifier for BundleFirst {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.bundle.verify_server_cert(certificate, intermediates, name, ocsp, now).or_else(|by_the_bundle| {
            // Whatever it said: with an expired root in the bundle and its successor in a file, it is not "unknown".
            match self.whole.get_or_try_init(|| (self.read_whole)(self.provider.clone())) {
                Ok(whole) => whole.verify_server_cert(certificate, intermediates, name, ocsp, now),
                Err(_) => Err(by_the_bundle),
            }
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.bundle.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.bundle.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.bundle.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rustls::CertificateError;
    use rustls::pki_types::pem::PemObject;

    use super::*;

    fn certificate(pem: &[u8]) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(pem).unwrap()
    }

    fn authority() -> CertificateDer<'static> {
        certificate(include_bytes!("tests/pem/ca.pem"))
    }

    fn server() -> CertificateDer<'static> {
        certificate(include_bytes!("tests/pem/server.pem"))
    }

    fn provider() -> Arc<CryptoProvider> {
        Arc::new(rustls::crypto::ring::default_provider())
    }

    /// What is said of the server's certificate, for a name.
    fn said(
        bundle: CertificateDer<'static>,
        read_whole: fn(Arc<CryptoProvider>) -> Result<Store, rustls::Error>,
        name: &'static str,
    ) -> Result<(), rustls::Error> {
        let verifier = BundleFirst::new(vec![bundle], read_whole, provider()).unwrap();
        let name = ServerName::try_from(name).unwrap();
        verifier.verify_server_cert(&server(), &[], &name, &[], UnixTime::now()).map(|_| ())
    }

    fn trusting(root: CertificateDer<'static>, provider: Arc<CryptoProvider>) -> Result<Store, rustls::Error> {
        Ok(Arc::new(BundleFirst::new(vec![root], |_| unreachable(), provider).unwrap()))
    }

    fn unreachable() -> Result<Store, rustls::Error> {
        Err(rustls::Error::General("there is no more to read".to_owned()))
    }

    #[test]
    fn what_the_bundle_vouches_for_needs_no_more_reading() {
        said(authority(), |_| panic!("the whole store was read"), "localhost").unwrap();
    }

    #[test]
    fn what_the_bundle_does_not_know_is_asked_of_the_whole_store() {
        said(server(), |provider| trusting(authority(), provider), "localhost").unwrap();
    }

    #[test]
    fn what_neither_knows_is_refused() {
        for read_whole in [|provider| trusting(server(), provider), |_| unreachable()] {
            match said(server(), read_whole, "localhost") {
                Err(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_certificate_for_another_name_is_refused_by_both() {
        let refused = said(authority(), |provider| trusting(authority(), provider), "bootpay.co.kr");
        assert!(format!("{refused:?}").contains("NotValidForName"), "{refused:?}");
    }

    #[test]
    fn the_whole_store_is_read_once() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static READ: AtomicUsize = AtomicUsize::new(0);
        let count = |provider| {
            READ.fetch_add(1, Ordering::Relaxed);
            trusting(authority(), provider)
        };
        let verifier = BundleFirst::new(vec![server()], count, provider()).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        for _ in 0..3 {
            verifier.verify_server_cert(&server(), &[], &name, &[], UnixTime::now()).unwrap();
        }
        assert_eq!(READ.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_bundle_of_nothing_is_no_beginning() {
        assert!(BundleFirst::new(Vec::new(), |_| unreachable(), provider()).is_none());
    }
}
