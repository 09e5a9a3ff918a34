//! What it costs to record a cancel: the core's journals beside the same rows written by hand.
//!
//! A cancel is recorded in three commits, each synced before the next begins: admitted, sending, settled. By hand that is
//! an insert, an update with a new attempt, and an update with the attempt's end; the core also reads what it decides
//! about. [`alike`] makes sure that both leave the same rows.

mod by_rusqlite;
mod by_tokio_postgres;
mod old;
mod run;
mod through_core;
mod wish;
mod witness;

pub use by_rusqlite::{Handle, Loop, Thread};
pub use by_tokio_postgres::Connections;
pub use old::{age_postgres, age_sqlite};
pub use run::{Case, Recorder, run};
pub use through_core::ThroughCore;
pub use wish::Wish;
pub use witness::{Witness, alike};

use std::future::Future;

use anyhow::Result;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// The three commits of a cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The intent is reserved.
    Admitted,
    /// A request is about to leave.
    Sending,
    /// It was answered.
    Settled,
}

impl Step {
    /// In their order.
    pub const ALL: [Self; 3] = [Self::Admitted, Self::Sending, Self::Settled];
}

/// Shares wishes out to so many callers, each a task that takes one after the other, and waits for all.
fn share_out<F>(
    runtime: &Runtime,
    wishes: Vec<Wish>,
    callers: usize,
    record: impl Fn(Wish) -> F + Clone + Send + 'static,
) -> Result<()>
where
    F: Future<Output = Result<()>> + Send,
{
    let mut shares: Vec<Vec<Wish>> = (0..callers).map(|_| Vec::new()).collect();
    for (index, wish) in wishes.into_iter().enumerate() {
        shares[index % callers].push(wish);
    }
    runtime.block_on(async move {
        let mut tasks = JoinSet::new();
        for share in shares {
            let record = record.clone();
            tasks.spawn(async move {
                for wish in share {
                    record(wish).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        Ok(())
    })
}
