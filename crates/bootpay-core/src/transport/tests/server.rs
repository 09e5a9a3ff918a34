//! Servers that misbehave in one way each, on a raw socket, so that nothing is tidied up on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one request, once it has read it.
#[derive(Clone, Debug)]
pub(super) enum Then {
    /// Answers, and keeps the connection.
    Answer(Vec<u8>),
    /// Answers, and closes the connection a moment later without a word about it.
    AnswerAndClose(Vec<u8>),
    /// Closes the connection.
    Close,
    /// Resets the connection.
    Reset,
    /// Says nothing, ever.
    Silence,
    /// Answers with this head, then a byte every twenty milliseconds.
    Drip(Vec<u8>),
}

/// A server, and what it has seen.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) address: std::net::SocketAddr,
    connections: Arc<AtomicUsize>,
    bodies: Arc<AtomicUsize>,
    bytes: Arc<AtomicUsize>,
    last: Arc<std::sync::Mutex<String>>,
}

impl Server {
    /// The requests are served in turn; the last way is kept up.
    pub(super) async fn start(ways: &[Then]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            bodies: Arc::default(),
            bytes: Arc::default(),
            last: Arc::default(),
        };
        let ways = ways.to_vec();
        let served = Arc::new(AtomicUsize::new(0));
        let (connections, bodies, bytes, last) =
            (server.connections.clone(), server.bodies.clone(), server.bytes.clone(), server.last.clone());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (ways, served, bodies, bytes, last) =
                    (ways.clone(), served.clone(), bodies.clone(), bytes.clone(), last.clone());
                tokio::spawn(async move {
                    let mut socket = socket;
                    while let Some(request) = read_request(&mut socket, &bytes).await {
                        *last.lock().unwrap() = request.0;
                        bodies.fetch_add(usize::from(request.1), Ordering::SeqCst);
                        let turn = served.fetch_add(1, Ordering::SeqCst);
                        if !serve(&mut socket, &ways[turn.min(ways.len() - 1)]).await {
                            break;
                        }
                    }
                });
            }
        });
        server
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many whole bodies came.
    pub(super) fn bodies(&self) -> usize {
        self.bodies.load(Ordering::SeqCst)
    }

    /// How many bytes of anything came.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::SeqCst)
    }

    /// The last request, head and body.
    pub(super) fn last(&self) -> String {
        self.last.lock().unwrap().clone()
    }
}

/// An answer with a length and this status.
pub(super) fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len()).into_bytes()
}

/// Reads one request; gives its text, and whether a body came with it.
async fn read_request(socket: &mut TcpStream, bytes: &AtomicUsize) -> Option<(String, bool)> {
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = socket.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        bytes.fetch_add(count, Ordering::SeqCst);
        seen.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&seen).into_owned();
        let Some(head_end) = text.find("\r\n\r\n") else { continue };
        let length = text[..head_end]
            .to_lowercase()
            .lines()
            .find_map(|line| line.strip_prefix("content-length:").map(|value| value.trim().parse::<usize>().unwrap()));
        if seen.len() >= head_end + 4 + length.unwrap_or(0) {
            return Some((text, length.is_some_and(|length| length > 0)));
        }
    }
}

async fn serve(socket: &mut TcpStream, way: &Then) -> bool {
    match way {
        Then::Answer(answer) => socket.write_all(answer).await.is_ok(),
        Then::AnswerAndClose(answer) => {
            socket.write_all(answer).await.unwrap();
            false
        }
        Then::Close => false,
        Then::Reset => {
            socket.set_zero_linger().unwrap();
            false
        }
        Then::Silence => {
            std::future::pending::<()>().await;
            false
        }
        Then::Drip(head) => {
            socket.write_all(head).await.unwrap();
            while socket.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            false
        }
    }
}
