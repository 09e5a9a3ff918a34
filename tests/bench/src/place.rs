//! Where things are: the programs of this crate, and what they write.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

/// Another program of this crate: it lies beside the one that is running.
///
/// # Errors
/// Where it has not been built.
pub fn program(name: &str) -> Result<PathBuf> {
    let running = std::env::current_exe().context("which program this is")?;
    let beside = running.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    anyhow::ensure!(beside.is_file(), "{} is not built: cargo build --release -p bootpay-bench", beside.display());
    Ok(beside)
}

/// Where samples lie: `bench` in Cargo's target directory.
///
/// # Errors
/// Where nobody can tell which directory that is.
pub fn samples() -> Result<PathBuf> {
    let running = std::env::current_exe().context("which program this is")?;
    // target/release/PROGRAM
    let target = running.ancestors().nth(2).context("this program lies in no target directory")?;
    Ok(target.join("bench"))
}
