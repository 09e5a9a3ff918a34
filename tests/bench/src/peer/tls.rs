//! TLS in front of a plain server: 1.3 and 1.2, with session tickets, as servers have it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::Authority;

/// Takes TLS connections on a free port of this machine, and hands what is inside on to `upstream`, one connection for
/// one. It runs on a thread of its own until the process ends.
///
/// # Errors
/// Where the system gives no port or no thread.
pub fn encrypting(upstream: SocketAddr, authority: &Authority) -> Result<SocketAddr> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_single_cert(authority.chain.clone(), authority.key.clone_key())?;
    config.ticketer = rustls::crypto::ring::Ticketer::new()?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));

    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("a port for TLS")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("tls".to_owned()).spawn(move || {
        runtime.block_on(async move {
            let Ok(listener) = TcpListener::from_std(listener) else { return };
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, upstream, acceptor.clone()));
            }
        });
    })?;
    Ok(address)
}

/// An end that nobody cares about: the client sees its connection close.
async fn talk(stream: TcpStream, upstream: SocketAddr, acceptor: TlsAcceptor) {
    let talked = async {
        stream.set_nodelay(true)?;
        // Before the handshake, so that the server behind counts every connection that was tried.
        let mut inner = TcpStream::connect(upstream).await?;
        inner.set_nodelay(true)?;
        let mut outer = acceptor.accept(stream).await?;
        // What is read at once is written at once: an answer leaves in one record.
        tokio::io::copy_bidirectional(&mut outer, &mut inner).await
    };
    let _: std::io::Result<(u64, u64)> = talked.await;
}
