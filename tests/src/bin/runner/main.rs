//! The runner for Rust: makes the calls that the judge tells it, through the core's public face, and answers in canonical
//! JSON. See `tests/vectors/README.md`.

mod calls;
mod canon;
mod shown;

use std::io::Write;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::calls::Desk;

#[tokio::main]
async fn main() -> Result<()> {
    let log = shown::listen();
    let mut desk = Desk::new(log);
    let mut input = std::io::stdin().lines();
    // Nothing else runs while a line is waited for but calls that were abandoned, and they have threads of their own.
    while let Some(line) = tokio::task::block_in_place(|| input.next()) {
        let told: Value = serde_json::from_str(&line?).context("what the runner is told is no JSON")?;
        let answer = desk.answer(&told).await?;
        let mut output = std::io::stdout().lock();
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}
