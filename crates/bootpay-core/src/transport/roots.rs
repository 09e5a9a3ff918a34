//! Linux' root certificates, most of which need not be read.
//!
//! A distribution keeps them twice: in one bundle, and as the hundred-odd files that it is made of, where somebody may have put
//! another by hand. Reading the files as well takes most of the time that a client takes to be made, and nearly always tells
//! nothing new. So the bundle is read when a client is made, and the rest of the same store, in the places that were found
//! then, when a certificate comes for which the bundle does not vouch.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use once_cell::sync::OnceCell;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_native_certs::load_certs_from_paths;

/// A verifier that reads the whole store when the bundle alone says no.
#[derive(Debug)]
pub(super) struct BundleFirst {
    bundle: Arc<WebPkiServerVerifier>,
    whole: OnceCell<Arc<WebPkiServerVerifier>>,
    file: PathBuf,
    directories: Vec<PathBuf>,
    provider: Arc<CryptoProvider>,
}

impl BundleFirst {
    /// None where there is no bundle to begin with, and where the environment names what is trusted instead of the system
    /// (`SSL_CERT_FILE`, `SSL_CERT_DIR`).
    pub(super) fn of_the_system(provider: &Arc<CryptoProvider>) -> Option<Self> {
        if ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some()) {
            return None;
        }
        let found = openssl_probe::probe();
        Self::new(found.cert_file?, found.cert_dir, provider.clone())
    }

    fn new(file: PathBuf, directories: Vec<PathBuf>, provider: Arc<CryptoProvider>) -> Option<Self> {
        let bundle = trusting(load_certs_from_paths(Some(&file), None).certs, provider.clone())?;
        Some(Self { bundle, whole: OnceCell::new(), file, directories, provider })
    }

    /// All that lies in the store. What could not be read whole is read again the next time.
    fn whole(&self) -> Option<Arc<WebPkiServerVerifier>> {
        if let Some(whole) = self.whole.get() {
            return Some(whole.clone());
        }
        let mut found = load_certs_from_paths(Some(&self.file), None);
        for directory in &self.directories {
            let more = load_certs_from_paths(None, Some(directory as &Path));
            found.certs.extend(more.certs);
            found.errors.extend(more.errors);
        }
        let whole = trusting(found.certs, self.provider.clone())?;
        if found.errors.is_empty() {
            return Some(self.whole.get_or_init(|| whole).clone());
        }
        Some(whole)
    }
}

/// None where there is nothing to trust.
fn trusting(
    certificates: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Option<Arc<WebPkiServerVerifier>> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates);
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().ok()
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
            match self.whole() {
                Some(whole) => whole.verify_server_cert(certificate, intermediates, name, ocsp, now),
                None => Err(by_the_bundle),
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
    use std::fs;

    use rustls::CertificateError;
    use rustls::pki_types::pem::PemObject;
    use tempfile::TempDir;

    use super::*;

    const AUTHORITY: &[u8] = include_bytes!("tests/pem/ca.pem");
    const SERVER: &[u8] = include_bytes!("tests/pem/server.pem");

    /// A store: its bundle, and one file beside it.
    fn store(bundle: &[u8], file: &[u8]) -> (TempDir, BundleFirst) {
        let place = TempDir::new().unwrap();
        let (path, directory) = (place.path().join("bundle.crt"), place.path().join("certs"));
        fs::write(&path, bundle).unwrap();
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("one.pem"), file).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = BundleFirst::new(path, vec![directory], provider).unwrap();
        (place, verifier)
    }

    /// What is said of the server's certificate, for a name.
    fn said(verifier: &BundleFirst, name: &'static str) -> Result<(), rustls::Error> {
        let certificate = CertificateDer::from_pem_slice(SERVER).unwrap();
        let name = ServerName::try_from(name).unwrap();
        verifier.verify_server_cert(&certificate, &[], &name, &[], UnixTime::now()).map(|_| ())
    }

    fn is_unknown(said: &Result<(), rustls::Error>) -> bool {
        matches!(said, Err(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)))
    }

    #[test]
    fn what_the_bundle_vouches_for_needs_no_more_reading() {
        let (_place, verifier) = store(AUTHORITY, SERVER);
        said(&verifier, "localhost").unwrap();
        assert!(verifier.whole.get().is_none());
    }

    #[test]
    fn what_the_bundle_does_not_know_is_asked_of_the_whole_store_which_is_read_once() {
        let (place, verifier) = store(SERVER, AUTHORITY);
        said(&verifier, "localhost").unwrap();
        place.close().unwrap();
        said(&verifier, "localhost").unwrap();
    }

    #[test]
    fn what_neither_knows_is_refused() {
        let (place, verifier) = store(SERVER, SERVER);
        assert!(is_unknown(&said(&verifier, "localhost")));
        drop(place);
        assert!(is_unknown(&said(&verifier, "localhost")));
    }

    #[test]
    fn a_store_that_can_no_longer_be_read_refuses_what_the_bundle_does_not_know() {
        let (place, verifier) = store(SERVER, AUTHORITY);
        place.close().unwrap();
        assert!(is_unknown(&said(&verifier, "localhost")));
    }

    #[test]
    fn what_could_not_be_read_whole_is_read_again() {
        let (place, verifier) = store(SERVER, SERVER);
        let broken = place.path().join("certs/broken.pem");
        fs::write(&broken, "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n").unwrap();
        assert!(is_unknown(&said(&verifier, "localhost")));
        fs::write(&broken, AUTHORITY).unwrap();
        said(&verifier, "localhost").unwrap();
    }

    #[test]
    fn a_certificate_for_another_name_is_refused_by_both() {
        let (_place, verifier) = store(AUTHORITY, AUTHORITY);
        let refused = said(&verifier, "bootpay.co.kr");
        assert!(format!("{refused:?}").contains("NotValidForName"), "{refused:?}");
    }

    #[test]
    fn a_bundle_of_nothing_is_no_beginning() {
        let place = TempDir::new().unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        assert!(BundleFirst::new(place.path().join("none"), Vec::new(), provider).is_none());
    }
}
