//! How many round trips a cancel takes, told by time over a distance of 10 ms and by what the server counted:
//! `make bench`.
//!
//! Cold is a process that has just started: this program starts itself, and the child times itself from its first line on
//! to the outcome.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints")]

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use bootpay_bench::peer::{Addresses, Ledger, Peer, ROUND_TRIP};
use bootpay_bench::standing::Quartiles;
use bootpay_bench::subjects::{client, runtime};
use bootpay_core::{Bootpay, CancelOutcome, CancelRequest, JournalChoice};

const PAID: u64 = 10_000;
const PART: u64 = 3_000;
const TIMES: usize = 9;

/// What is counted.
struct Case {
    name: &'static str,
    transport: &'static str,
    partial: bool,
    start: Start,
    /// Requests, connections and round trips as they should be.
    wanted: [u64; 3],
}

#[derive(Clone, Copy, PartialEq)]
enum Start {
    /// A client that has cancelled before.
    Warm,
    /// A process that has just begun.
    Cold,
    /// The same after `warm_up`, which is not timed: the caller was still preparing.
    WarmedUp,
}

fn main() -> Result<()> {
    let begun = Instant::now();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [transport, kind, warmed, receipt, addresses] = &arguments[..] {
        return child(begun, transport, kind == "partial", warmed == "warmed", receipt, addresses);
    }
    println!("| | round trips | of 10 ms each, ms | requests | connections |\n|---|--:|--:|--:|--:|");
    let mut peer = Peer::start()?;
    let case = |name, transport, partial, start, wanted| Case { name, transport, partial, start, wanted };
    for case in [
        case("full cancel, warm", "delayed_tls", false, Start::Warm, [1, 0, 1]),
        case("partial cancel, warm", "delayed_tls", true, Start::Warm, [2, 0, 2]),
        case("full cancel, cold process, TLS 1.3", "delayed_tls", false, Start::Cold, [2, 1, 4]),
        case("partial cancel, cold process, TLS 1.3", "delayed_tls", true, Start::Cold, [3, 1, 5]),
        case("full cancel, cold process, plain", "delayed", false, Start::Cold, [2, 1, 3]),
        case("full cancel, cold process, TLS 1.3, after `warm_up`", "delayed_tls", false, Start::WarmedUp, [2, 1, 1]),
        case("partial cancel, cold process, TLS 1.3, after `warm_up`", "delayed_tls", true, Start::WarmedUp, [3, 1, 2]),
    ] {
        count(&mut peer, &case).with_context(|| case.name)?;
    }
    Ok(())
}

fn count(peer: &mut Peer, case: &Case) -> Result<()> {
    let runtime = runtime(2)?;
    let warm = match case.start {
        Start::Warm => Some(client(&peer.addresses, case.transport, JournalChoice::Memory)?),
        Start::Cold | Start::WarmedUp => None,
    };
    if let Some(bootpay) = &warm {
        let receipt = one(peer)?;
        runtime.block_on(cancel(bootpay, &receipt, case.partial))?;
    }
    let (mut times, mut counted) = (Vec::new(), [0; 2]);
    for _ in 0..TIMES {
        peer.forget()?;
        let receipt = one(peer)?;
        times.push(match &warm {
            Some(bootpay) => {
                let begun = Instant::now();
                runtime.block_on(cancel(bootpay, &receipt, case.partial))?;
                begun.elapsed().as_secs_f64()
            }
            None => in_a_child(&peer.addresses, case, &receipt)?,
        });
        let ledger = peer.ledger()?;
        counted = witness(case, &ledger)?;
    }
    let Some(time) = Quartiles::of(times.iter().map(|time| time * 1e3)) else { bail!("nothing was timed") };
    let trips = time.median / ROUND_TRIP.as_secs_f64() / 1e3;
    println!(
        "| {} | **{trips:.1}** | {:.1} ({:.1} – {:.1}) | {} | {} |",
        case.name, time.median, time.lower, time.upper, counted[0], counted[1],
    );
    let whole = trips.floor() as u64;
    ensure!(whole >= case.wanted[2], "{trips:.1} round trips are fewer than there can be: the distance is not there");
    if whole > case.wanted[2] {
        eprintln!("{}: {trips:.1} round trips, {} wanted; on a busy machine run it again", case.name, case.wanted[2]);
    }
    Ok(())
}

fn one(peer: &mut Peer) -> Result<String> {
    peer.receipts(1, PAID)?.pop().context("a receipt")
}

/// Requests and connections, as the server counted them; and the money has moved, once.
fn witness(case: &Case, ledger: &Ledger) -> Result<[u64; 2]> {
    let won = if case.partial { PART } else { PAID };
    ensure!((ledger.cancelled_won, ledger.movements) == (won, 1), "not cancelled: {ledger:?}");
    let counted = [ledger.cancel_requests + ledger.lookups + ledger.tokens, ledger.connections];
    ensure!(counted == case.wanted[..2], "{counted:?} requests and connections, and not {:?}", &case.wanted[..2]);
    Ok(counted)
}

async fn cancel(bootpay: &Bootpay, receipt: &str, partial: bool) -> Result<()> {
    let request = match partial {
        true => CancelRequest::partial(receipt, PART).cancel_id(format!("round-trip-{receipt}")),
        false => CancelRequest::full(receipt),
    };
    match bootpay.cancel(request).await? {
        CancelOutcome::Cancelled(_) => Ok(()),
        other => bail!("not cancelled: {other:?}"),
    }
}

fn in_a_child(addresses: &Addresses, case: &Case, receipt: &str) -> Result<f64> {
    let kind = if case.partial { "partial" } else { "full" };
    let warmed = if case.start == Start::WarmedUp { "warmed" } else { "cold" };
    let mut child = Command::new(std::env::current_exe()?);
    child.args([case.transport, kind, warmed, receipt, &serde_json::to_string(addresses)?]);
    let output = child.stderr(std::process::Stdio::inherit()).output()?;
    ensure!(output.status.success(), "the child failed");
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

fn child(
    mut begun: Instant,
    transport: &str,
    partial: bool,
    warmed: bool,
    receipt: &str,
    addresses: &str,
) -> Result<()> {
    let addresses: Addresses = serde_json::from_str(addresses)?;
    let runtime = runtime(2)?;
    let bootpay = client(&addresses, transport, JournalChoice::Memory)?;
    runtime.block_on(async {
        if warmed {
            bootpay.warm_up().await?;
            // The caller prepares for a while.
            tokio::time::sleep(Duration::from_millis(100)).await;
            begun = Instant::now();
        }
        cancel(&bootpay, receipt, partial).await
    })?;
    println!("{}", begun.elapsed().as_secs_f64());
    Ok(())
}
