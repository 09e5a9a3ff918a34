//! The common server as seen by a bench: starts it, and asks it for receipts and for its ledger.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::place;

/// The common server, running. It ends with this.
#[derive(Debug)]
pub struct Peer {
    process: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    /// Where it is, and whose keys it takes.
    pub addresses: Addresses,
}

/// Where the common server is: what it says first.
#[derive(Clone, Debug, Deserialize)]
pub struct Addresses {
    /// HTTP.
    pub plain: String,
    /// HTTPS.
    pub tls: String,
    /// HTTP, 10 ms away.
    pub delayed: String,
    /// HTTPS, 10 ms away.
    pub delayed_tls: String,
    /// A file with the certificate to trust.
    pub ca: String,
    /// The merchant's application id.
    pub application_id: String,
    /// And its private key.
    pub private_key: String,
}

/// What has happened since the last [`Peer::forget`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Ledger {
    /// What moved, in won.
    pub cancelled_won: u64,
    /// In how many movements.
    pub movements: u64,
    /// Requests to cancel.
    pub cancel_requests: u64,
    /// Requests for a receipt.
    pub lookups: u64,
    /// Requests for a token.
    pub tokens: u64,
    /// Connections that were accepted.
    pub connections: u64,
}

impl Peer {
    /// Starts it.
    ///
    /// # Errors
    /// Where it is not built, or does not come up.
    pub fn start() -> Result<Self> {
        let mut process = Command::new(place::program("peer")?).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let orders = process.stdin.take();
        let mut answers = BufReader::new(process.stdout.take().context("the peer says nothing")?);
        let addresses = read(&mut answers)?;
        Ok(Self { process, orders, answers, addresses })
    }

    /// Fresh receipts, each paid with `won`.
    ///
    /// # Errors
    /// Where it has gone.
    pub fn receipts(&mut self, count: usize, won: u64) -> Result<Vec<String>> {
        #[derive(Deserialize)]
        struct Made {
            receipts: Vec<String>,
        }
        let made: Made = self.ask(&format!("receipts {count} {won}"))?;
        if made.receipts.len() != count {
            bail!("{count} receipts asked for, {} made", made.receipts.len());
        }
        Ok(made.receipts)
    }

    /// What has happened.
    ///
    /// # Errors
    /// Where it has gone.
    pub fn ledger(&mut self) -> Result<Ledger> {
        self.ask("ledger")
    }

    /// Drops receipts and counters.
    ///
    /// # Errors
    /// Where it has gone.
    pub fn forget(&mut self) -> Result<()> {
        self.ask::<serde_json::Map<_, _>>("forget").map(drop)
    }

    fn ask<T: DeserializeOwned>(&mut self, order: &str) -> Result<T> {
        let orders = self.orders.as_mut().context("the peer listens no more")?;
        writeln!(orders, "{order}").context("the peer has gone")?;
        read(&mut self.answers).with_context(|| format!("after `{order}`"))
    }
}

fn read<T: DeserializeOwned>(answers: &mut BufReader<ChildStdout>) -> Result<T> {
    let mut line = String::new();
    answers.read_line(&mut line)?;
    serde_json::from_str(&line).with_context(|| format!("the peer said {line:?}"))
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It ends when nobody can order any more.
        drop(self.orders.take());
        let _ = self.process.wait();
    }
}
