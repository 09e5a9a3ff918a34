//! What an idle limit costs: how many unknowns a warm pool makes against a server that lets go of idle connections
//! unannounced, and how many connections it opens: `make bench`.
//!
//! Time is compressed a hundredfold: a second of the tables is 10 ms here. Between two cancels of a client pass 1 to 600
//! seconds, evenly spread by magnitude, the same for every client.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints")]

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use bootpay_bench::subjects::runtime;
use bootpay_core::{Bootpay, CancelOutcome, Credentials, JournalChoice, Timeouts};
use bootpay_sandbox::{NewReceipt, Sandbox};
use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How much faster time passes here.
const FASTER: u32 = 100;

/// The client's idle limits, in seconds.
const LIMITS: [u64; 7] = [0, 2, 5, 10, 30, 60, 90];

/// After how long the server, or what stands between, lets go: seconds.
const LETS_GO: [u64; 4] = [5, 20, 60, 350];

/// Cancels per client, and clients per cell.
const CANCELS: u64 = 50;
const CLIENTS: u64 = 4;

/// How an idle connection is let go of.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Manner {
    /// The server closes, and the client's kernel hears of it.
    Closed,
    /// Nobody hears of it; what comes next is answered by a reset, as by a restarted server or most gateways.
    Reset,
    /// Nobody hears of it, and what comes next is swallowed, as by a firewall.
    Swallowed,
}

#[derive(Debug, Default)]
struct Tally {
    cancelled: AtomicU64,
    unknown: AtomicU64,
    failed: AtomicU64,
    connections: AtomicU64,
}

fn main() -> Result<()> {
    let runtime = runtime(2)?;
    runtime.block_on(async {
        // All at once: each waits most of the time.
        let (closed, reset, swallowed) =
            tokio::try_join!(table(Manner::Closed), table(Manner::Reset), table(Manner::Swallowed))?;
        println!("{closed}{reset}{swallowed}");
        Ok(())
    })
}

async fn table(manner: Manner) -> Result<String> {
    let mut text = String::new();
    writeln!(
        text,
        "\n**{}**\n",
        match manner {
            Manner::Closed => "The server closes (FIN)",
            Manner::Reset => "The connection is forgotten, and what comes next is reset",
            Manner::Swallowed => "The connection is forgotten, and what comes next is swallowed",
        }
    )?;
    writeln!(text, "| idle limit | {} |", LETS_GO.map(|after| format!("after {after} s")).join(" | "))?;
    writeln!(text, "|--:|{}", "--:|".repeat(LETS_GO.len()))?;
    let mut cells = JoinSet::new();
    for (row, limit) in LIMITS.into_iter().enumerate() {
        for (column, after) in LETS_GO.into_iter().enumerate() {
            cells.spawn(async move { (row, column, cell(manner, limit, after).await) });
        }
    }
    let mut words = vec![vec![String::new(); LETS_GO.len()]; LIMITS.len()];
    while let Some(done) = cells.join_next().await {
        let (row, column, tally) = done?;
        let tally = tally?;
        let count = |figure: &AtomicU64| figure.load(Ordering::SeqCst);
        let (unknown, all) = (count(&tally.unknown), CANCELS * CLIENTS);
        ensure!(count(&tally.cancelled) + unknown + count(&tally.failed) == all);
        let failed = match count(&tally.failed) {
            0 => String::new(),
            failed => format!(", {failed} not sent"),
        };
        words[row][column] = format!(
            "**{:.1} %**{failed}; {:.2}",
            100.0 * unknown as f64 / all as f64,
            count(&tally.connections) as f64 / all as f64,
        );
    }
    for (limit, row) in LIMITS.into_iter().zip(words) {
        writeln!(text, "| {limit} s | {} |", row.join(" | "))?;
    }
    Ok(text)
}

fn fast(seconds: u64) -> Duration {
    Duration::from_secs(seconds) / FASTER
}

async fn cell(manner: Manner, limit: u64, after: u64) -> Result<Arc<Tally>> {
    let sandbox = Sandbox::builder().remembered_requests(0).start().await?;
    let tally = Arc::new(Tally::default());
    let between = stand_between(sandbox.address(), manner, fast(after), Arc::clone(&tally)).await?;
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let bootpay = bootpay(between, limit)?;
        let receipts: Vec<String> = (0..CANCELS).map(|_| sandbox.add(NewReceipt::paid(10_000))).collect();
        let tally = Arc::clone(&tally);
        clients.spawn(async move {
            // A number that looks random, and is the same in every cell.
            let mut number = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(client + 1);
            for receipt in receipts {
                number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let part = (number >> 11) as f64 / (1_u64 << 53) as f64;
                sleep(Duration::from_secs_f64(600_f64.powf(part)) / FASTER).await;
                let counter = match bootpay.cancel(receipt).await {
                    Ok(CancelOutcome::Cancelled(_)) => &tally.cancelled,
                    Ok(_) => &tally.unknown,
                    Err(_) => &tally.failed,
                };
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    while let Some(ended) = clients.join_next().await {
        ended?;
    }
    let moved = sandbox.ledger().len() as u64;
    let cancelled = tally.cancelled.load(Ordering::SeqCst);
    ensure!(moved >= cancelled, "{cancelled} were told cancelled, and {moved} moved");
    ensure!(moved <= cancelled + tally.unknown.load(Ordering::SeqCst), "a failure moved money");
    sandbox.stop().await;
    Ok(tally)
}

fn bootpay(address: SocketAddr, limit: u64) -> Result<Bootpay> {
    let mut timeouts = Timeouts::default();
    timeouts.idle = fast(limit);
    // 60 s of the tables, and no less than a busy machine needs.
    timeouts.cancel = fast(60);
    timeouts.lookup = Duration::from_secs(2);
    let credentials = Credentials::key_pair(Sandbox::APPLICATION_ID, Sandbox::PRIVATE_KEY)?;
    let builder = Bootpay::builder(credentials).base_url(format!("http://{address}"));
    Ok(builder.timeouts(timeouts).journal(JournalChoice::Memory).build()?)
}

/// A relay that lets go of connections that were idle for so long.
async fn stand_between(
    upstream: SocketAddr,
    manner: Manner,
    lets_go_after: Duration,
    tally: Arc<Tally>,
) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tally.connections.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                // However a connection ends, its client sees it end.
                let _: std::io::Result<()> = carry(client, upstream, manner, lets_go_after).await;
            });
        }
    });
    Ok(address)
}

async fn carry(
    mut client: TcpStream,
    upstream: SocketAddr,
    manner: Manner,
    lets_go_after: Duration,
) -> std::io::Result<()> {
    let mut server = TcpStream::connect(upstream).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut asked, mut answered) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    let quiet = loop {
        let step = async {
            tokio::select! {
                read = client.read(&mut asked) => {
                    let read = read?;
                    server.write_all(&asked[..read]).await?;
                    Ok::<_, std::io::Error>(read)
                }
                read = server.read(&mut answered) => {
                    let read = read?;
                    client.write_all(&answered[..read]).await?;
                    Ok(read)
                }
            }
        };
        match timeout(lets_go_after, step).await {
            Ok(Ok(0)) => break false,
            Ok(moved) => drop(moved?),
            Err(_) => break true,
        }
    };
    if !quiet {
        return Ok(());
    }
    drop(server);
    match manner {
        Manner::Closed => Ok(()),
        Manner::Reset => {
            let _bytes = client.read(&mut asked).await?;
            SockRef::from(&client).set_linger(Some(Duration::ZERO))
        }
        Manner::Swallowed => {
            while client.read(&mut asked).await? > 0 {}
            Ok(())
        }
    }
}
