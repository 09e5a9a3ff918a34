//! A proxy on loopback that cuts one stream after so many bytes, and holds or passes everything else.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bootpay_sandbox::Operation;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

/// Which stream of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    /// From the client to Bootpay.
    Request,
    /// From Bootpay to the client.
    Answer,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// In order: FIN.
    Fin,
    /// Reset: RST.
    Rst,
}

/// A cut: of the next exchange of its operation.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Whose.
    pub on: Operation,
    /// Which stream.
    pub stream: Stream,
    /// How many bytes of it get through.
    pub after: usize,
    /// How both connections end then.
    pub end: End,
}

/// What happens to exchanges on their way.
#[derive(Debug, Default)]
struct Orders {
    cut: Option<Cut>,
    /// Whether a connection is closed once an answer has been passed on: the client's next request meets a stale one.
    hangs_up: Option<End>,
    /// Who wants to be asked before an answer is passed on, and is waited for.
    hold: Option<(Operation, mpsc::UnboundedSender<Arc<Notify>>)>,
    lengths: BTreeMap<(&'static str, Stream), usize>,
}

/// A proxy before a sandbox.
#[derive(Debug)]
pub struct CuttingProxy {
    address: SocketAddr,
    orders: Arc<Mutex<Orders>>,
    task: JoinHandle<()>,
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl CuttingProxy {
    /// Listens on a free port of the loopback.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn start(upstream: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let orders = Arc::<Mutex<Orders>>::default();
        let shared = Arc::clone(&orders);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let _ = client.set_nodelay(true);
                // A broken connection is what this is for.
                tokio::spawn(serve(client, upstream, Arc::clone(&shared)));
            }
        });
        Ok(Self { address, orders, task })
    }

    /// Its address, for a client.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Cuts the next exchange of an operation.
    pub fn cut(&self, cut: Cut) {
        lock(&self.orders).cut = Some(cut);
    }

    /// Whether nothing waits to be cut any more.
    pub fn has_cut(&self) -> bool {
        lock(&self.orders).cut.is_none()
    }

    /// Ends every connection as soon as an answer has been passed on.
    pub fn hang_up_after_answers(&self, end: End) {
        lock(&self.orders).hangs_up = Some(end);
    }

    /// Holds the next answer to an operation: what comes out once Bootpay has given it lets it go on.
    pub fn hold(&self, on: Operation) -> mpsc::UnboundedReceiver<Arc<Notify>> {
        let (sender, receiver) = mpsc::unbounded_channel();
        lock(&self.orders).hold = Some((on, sender));
        receiver
    }

    /// How many bytes the last whole stream of an operation had.
    pub fn length(&self, on: Operation, stream: Stream) -> usize {
        lock(&self.orders).lengths.get(&(name(on), stream)).copied().unwrap_or_default()
    }
}

fn lock(orders: &Mutex<Orders>) -> std::sync::MutexGuard<'_, Orders> {
    orders.lock().unwrap_or_else(PoisonError::into_inner)
}

fn name(operation: Operation) -> &'static str {
    match operation {
        Operation::Token => "token",
        Operation::Cancel => "cancel",
        Operation::Lookup => "lookup",
        _ => "other",
    }
}

fn operation(head: &[u8]) -> Operation {
    let line = String::from_utf8_lossy(head.split(|byte| *byte == b'\r').next().unwrap_or_default()).into_owned();
    match line {
        line if line.contains("/request/token") => Operation::Token,
        line if line.starts_with("POST") && line.contains("/cancel") => Operation::Cancel,
        line if line.starts_with("GET") => Operation::Lookup,
        _ => Operation::Other,
    }
}

async fn serve(mut client: TcpStream, upstream: SocketAddr, orders: Arc<Mutex<Orders>>) -> io::Result<()> {
    let mut server = TcpStream::connect(upstream).await?;
    server.set_nodelay(true)?;
    while let Some(request) = message(&mut client).await? {
        let on = operation(&request);
        let cut = lock(&orders).cut.take_if(|cut| cut.on == on);
        lock(&orders).lengths.insert((name(on), Stream::Request), request.len());
        if let Some(cut) = cut.filter(|cut| cut.stream == Stream::Request) {
            server.write_all(&request[..cut.after.min(request.len())]).await?;
            return end(client, server, cut.end).await;
        }
        server.write_all(&request).await?;
        let Some(answer) = message(&mut server).await? else { return Ok(()) };
        lock(&orders).lengths.insert((name(on), Stream::Answer), answer.len());
        let held = lock(&orders).hold.take_if(|(held, _)| *held == on);
        if let Some((_, asks)) = held {
            let go_on = Arc::new(Notify::new());
            if asks.send(Arc::clone(&go_on)).is_ok() {
                go_on.notified().await;
            }
        }
        let passed = cut.map_or(answer.len(), |cut| cut.after.min(answer.len()));
        client.write_all(&answer[..passed]).await?;
        let hangs_up = lock(&orders).hangs_up;
        if let Some(how) = cut.map(|cut| cut.end).or(hangs_up) {
            return end(client, server, how).await;
        }
    }
    Ok(())
}

async fn end(mut client: TcpStream, mut server: TcpStream, how: End) -> io::Result<()> {
    match how {
        End::Fin => {
            server.shutdown().await?;
            client.shutdown().await
        }
        End::Rst => {
            // A reset may overtake what was written before it: give that a moment.
            tokio::time::sleep(Duration::from_millis(2)).await;
            for stream in [client, server] {
                stream.set_zero_linger()?;
            }
            Ok(())
        }
    }
}

/// A whole message: its head, and as much of a body as that announces. `None` where the stream has ended.
async fn message(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        if let Some(head) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
            let body = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
            if bytes.len() >= head + 4 + body.unwrap_or(0) {
                return Ok(Some(bytes));
            }
        }
        match stream.read(&mut buffer).await? {
            0 => return Ok(None),
            read => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}
