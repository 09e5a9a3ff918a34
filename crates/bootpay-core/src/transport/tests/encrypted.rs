//! TLS for real, against a server whose certificate a CA of the tests has signed (both are valid for a century; the
//! CA's key was thrown away).

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::*;

const CA: &[u8] = include_bytes!("pem/ca.pem");
const CERTIFICATE: &[u8] = include_bytes!("pem/server.pem");
const KEY: &[u8] = include_bytes!("pem/server.key");

/// Answers one request on each connection, and tells which protocol ALPN chose in a header.
async fn server() -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(CERTIFICATE).unwrap()],
            PrivateKeyDer::from_pem_slice(KEY).unwrap(),
        )
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let Ok(mut socket) = acceptor.accept(socket).await else { continue };
            let mut request = vec![0; 4096];
            let _ = socket.read(&mut request).await;
            let body = String::from_utf8_lossy(socket.get_ref().1.alpn_protocol().unwrap_or_default()).into_owned();
            let _ = socket.write_all(&answer("200 OK", "", &body)).await;
            let _ = socket.shutdown().await;
        }
    });
    port
}

fn transport(base: &str, ca_bundle: Option<&[u8]>) -> HttpTransport {
    let settings =
        HttpSettings { ca_bundle: ca_bundle.map(<[u8]>::to_vec), ..HttpSettings::new(Url::parse(base).unwrap()) };
    HttpTransport::new(settings, Arc::new(SystemClock::default())).unwrap()
}

#[tokio::test]
async fn a_certificate_by_a_ca_of_the_bundle_is_trusted_and_http_1_1_is_spoken() {
    let transport = transport(&format!("https://localhost:{}", server().await), Some(CA));
    assert_eq!(answered(send(&transport, post(), within(5000)).await).body, b"http/1.1");
}

#[tokio::test]
async fn a_certificate_by_nobody_or_for_another_name_is_proof_of_not_sent_and_says_so() {
    let port = server().await;
    let cases = [
        (format!("https://localhost:{port}"), None, "nobody that this machine trusts"),
        (format!("https://127.0.0.1:{port}"), Some(CA), "for another name"),
    ];
    for (base, ca_bundle, words) in cases {
        let exchange = send(&transport(&base, ca_bundle), post(), within(5000)).await;
        assert_eq!(not_sent(&exchange), UnreachableCause::Connect);
        assert!(format!("{exchange:?}").contains(words), "{exchange:?}");
    }
}
