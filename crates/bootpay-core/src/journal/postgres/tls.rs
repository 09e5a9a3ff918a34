//! TLS to the database: version 1.2 or later, and a certificate that is checked unless the address says otherwise.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::transport::tls;

use super::address::Encryption;

/// What connects by TLS; the error is in words. Without encryption it trusts nobody, and is never asked.
pub(super) fn connector(encryption: &Encryption) -> Result<MakeRustlsConnect, String> {
    let provider = tls::provider();
    let verifier: Arc<dyn ServerCertVerifier> = match encryption {
        Encryption::None => {
            let config = builder(provider)?.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
            return Ok(MakeRustlsConnect::new(config));
        }
        Encryption::Unverified => Arc::new(Anybody(provider.clone())),
        Encryption::System => tls::system(provider.clone()).map_err(|_| {
            "this machine has no root certificates: install ca-certificates, or name the authority's with sslrootcert"
                .to_owned()
        })?,
        Encryption::File(path) => {
            let pem = std::fs::read(path).map_err(|error| format!("sslrootcert cannot be read: {error}"))?;
            let mut roots = RootCertStore::empty();
            for root in tls::certificates(&pem).map_err(|_| "sslrootcert holds no certificates in PEM form")? {
                roots.add(root).map_err(|error| format!("sslrootcert: {error}"))?;
            }
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                .build()
                .map_err(|error| format!("sslrootcert: {error}"))?
        }
    };
    // "Dangerous" is rustls' word for any verifier that is handed over.
    let config = builder(provider)?.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn builder(
    provider: Arc<CryptoProvider>,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, String> {
    tls::versions(provider).map_err(|error| error.to_string())
}

/// `sslmode=require`: whoever answers is believed, as PostgreSQL's own clients do.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
