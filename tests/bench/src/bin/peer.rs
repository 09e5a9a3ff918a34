//! The server that every bench measures against: the sandbox, plain and over TLS, near and 10 ms away. What it says and
//! obeys is in the README.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use bootpay_bench::peer::{Authority, ROUND_TRIP, delaying, encrypting};
use bootpay_sandbox::{NewReceipt, Operation, Sandbox};
use serde_json::{Value, json};

fn main() -> Result<()> {
    // No request is kept, only counted: this process shares the machine with what is measured.
    let sandbox = Sandbox::builder().remembered_requests(0).start_blocking()?;
    let authority = Authority::new()?;
    let directory = tempfile::Builder::new().prefix("bootpay-bench-").tempdir()?;
    let ca = directory.path().join("ca.pem");
    std::fs::write(&ca, &authority.pem)?;

    let plain = sandbox.address();
    let tls = encrypting(plain, &authority)?;
    let addresses = json!({
        "plain": format!("http://{plain}"),
        "tls": format!("https://{tls}"),
        "delayed": format!("http://{}", delaying(plain, ROUND_TRIP)?),
        "delayed_tls": format!("https://{}", delaying(tls, ROUND_TRIP)?),
        "ca": ca,
        "application_id": Sandbox::APPLICATION_ID,
        "private_key": Sandbox::PRIVATE_KEY,
    });
    say(&addresses)?;

    let mut connections_before = 0;
    for order in std::io::stdin().lines() {
        let answer = obey(&sandbox, &order?, &mut connections_before);
        say(&answer.unwrap_or_else(|error| json!({ "error": format!("{error:#}") })))?;
    }
    Ok(())
}

fn say(answer: &Value) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{answer}")?;
    Ok(out.flush()?)
}

fn obey(sandbox: &Sandbox, order: &str, connections_before: &mut u64) -> Result<Value> {
    match order.split_whitespace().collect::<Vec<_>>()[..] {
        ["receipts", count, won] => {
            let (count, won): (usize, u64) = (count.parse().context(count.to_owned())?, won.parse().context("won")?);
            let add = |_| sandbox.try_add(NewReceipt::paid(won)).map_err(anyhow::Error::msg);
            Ok(json!({ "receipts": (0..count).map(add).collect::<Result<Vec<_>>>()? }))
        }
        ["ledger"] => {
            let moved = sandbox.ledger();
            Ok(json!({
                "cancelled_won": moved.iter().map(|movement| movement.amount).sum::<u64>(),
                "movements": moved.len(),
                "cancel_requests": sandbox.count(Operation::Cancel),
                "lookups": sandbox.count(Operation::Lookup),
                "tokens": sandbox.count(Operation::Token),
                "connections": sandbox.connections() - *connections_before,
            }))
        }
        ["forget"] => {
            sandbox.forget_receipts();
            *connections_before = sandbox.connections();
            Ok(json!({}))
        }
        _ => anyhow::bail!("`{order}` is none of: receipts N WON, ledger, forget"),
    }
}
