//! Who cancels in Rust: reqwest by itself, and the core.

mod bare;
mod core;
mod recorded;

use std::future::Future;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

pub use self::bare::BareReqwest;
pub use self::core::{Core, client};
pub use self::recorded::Recorded;
use crate::peer::Addresses;
use crate::rounds::Case;

/// The runtime that all subjects of a case share.
///
/// # Errors
/// Where the system gives no threads.
pub fn runtime(workers: usize) -> Result<Arc<Runtime>> {
    let mut builder = if workers == 0 { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    Ok(Arc::new(builder.worker_threads(workers.max(1)).enable_all().build()?))
}

/// The address that a case goes to, and the certificate that it trusts there.
///
/// # Errors
/// Where the certificate cannot be read, or there is no such transport.
pub fn way(addresses: &Addresses, transport: &str) -> Result<(String, Option<Vec<u8>>)> {
    let Addresses { plain, tls, delayed, delayed_tls, ca, .. } = addresses;
    let pem = || std::fs::read(ca).context("the peer's certificate").map(Some);
    Ok(match transport {
        "plain" => (plain.clone(), None),
        "delayed" => (delayed.clone(), None),
        "tls" => (tls.clone(), pem()?),
        "delayed_tls" => (delayed_tls.clone(), pem()?),
        other => anyhow::bail!("there is no transport {other}"),
    })
}

/// Shares receipts out to a case's callers, each a task that cancels one after the other, and waits for all.
fn share_out<F>(
    runtime: &Runtime,
    receipts: Vec<String>,
    case: &Case,
    cancel: impl Fn(String) -> F + Clone + Send + 'static,
) -> Result<()>
where
    F: Future<Output = Result<()>> + Send,
{
    let mut shares: Vec<Vec<String>> = (0..case.callers).map(|_| Vec::new()).collect();
    for (index, receipt) in receipts.into_iter().enumerate() {
        shares[index % case.callers].push(receipt);
    }
    runtime.block_on(async move {
        let mut callers = JoinSet::new();
        for share in shares {
            let cancel = cancel.clone();
            callers.spawn(async move {
                for receipt in share {
                    cancel(receipt).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(ended) = callers.join_next().await {
            ended??;
        }
        Ok(())
    })
}
