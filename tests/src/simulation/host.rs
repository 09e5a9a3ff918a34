//! A process with a client in it: a runtime of its own, so that it can be stopped, killed and started again without
//! anybody else noticing.

use std::sync::Arc;

use bootpay_core::{Bootpay, BootpayError, Credentials, JournalChoice};
use bootpay_sandbox::Sandbox;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::clock::{HostChance, HostClock};
use super::journal::HostJournal;
use super::network::HostTransport;
use super::setting::Kind;
use super::witness::Told;
use super::world::{KEY, SECRET, Shared};

/// The living half of a host. Dropping it drops every task at the very await where it stands.
#[derive(Debug)]
pub(super) struct Process {
    runtime: Runtime,
    pub(super) bootpay: Bootpay,
    host: usize,
    callers: Vec<(usize, JoinHandle<()>)>,
}

impl Process {
    /// Starts a process with a client that nobody has seen before.
    pub(super) fn start(world: &Shared, host: usize) -> Result<Self, BootpayError> {
        let Kind { dialect, basic } = world.lock().setting.hosts[host];
        let credentials = match basic {
            true => Credentials::basic(Sandbox::CLIENT_KEY, SECRET)?,
            false => Credentials::key_pair(Sandbox::APPLICATION_ID, KEY)?,
        };
        let mut builder = Bootpay::builder(credentials)
            .base_url("http://127.0.0.1:9")
            .dialect(dialect)
            .clock(Arc::new(HostClock { world: world.clone(), host }))
            .chance(Arc::new(HostChance { world: world.clone(), host }))
            .transport(Arc::new(HostTransport { world: world.clone(), host }))
            .journal(JournalChoice::Custom(Arc::new(HostJournal { world: world.clone(), host })));
        {
            let setting = &world.lock().setting;
            if let Some(retention) = setting.honours_for {
                builder = builder.server_honours_cancel_id(retention);
            }
            if setting.sole_canceller {
                builder = builder.nobody_else_cancels();
            }
            if !setting.looks_first {
                builder = builder.without_lookup_before_partial();
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .map_err(|error| BootpayError::Internal(format!("no runtime: {error}")))?;
        Ok(Self { runtime, bootpay: builder.build()?, host, callers: Vec::new() })
    }

    /// Starts a call. `is_task` says that the client carries it out in a task of its own.
    pub(super) fn call(
        &mut self,
        world: &Shared,
        call: usize,
        is_task: bool,
        work: impl Future<Output = Told> + Send + 'static,
    ) {
        let shared = world.clone();
        let caller = self.runtime.spawn(async move {
            let told = work.await;
            shared.lock().told(call, told);
        });
        {
            let mut world = world.lock();
            world.tasks.insert(caller.id(), call);
            world.starting = is_task.then_some(call);
        }
        self.callers.push((call, caller));
        self.run();
        world.lock().starting = None;
    }

    /// A caller goes away; what it has started goes on.
    pub(super) fn leave(&mut self, call: usize) -> bool {
        let waiting = self.callers.iter().find(|(number, caller)| *number == call && !caller.is_finished());
        if let Some((_, caller)) = waiting {
            caller.abort();
        }
        waiting.is_some()
    }

    /// Runs every task that is ready, and those that become ready through them.
    pub(super) fn run(&self) {
        // Control comes back here whenever no task is ready, or sixty-one have been polled.
        self.runtime.block_on(async {
            for _ in 0..4 {
                tokio::task::yield_now().await;
            }
        });
    }

    /// Callers who have neither been told anything nor gone away.
    pub(super) fn waiting(&self) -> Vec<usize> {
        self.callers.iter().filter(|(_, caller)| !caller.is_finished()).map(|(call, _)| *call).collect()
    }

    pub(super) fn number(&self) -> usize {
        self.host
    }
}
