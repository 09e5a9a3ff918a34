//! The commands, one file each.

mod account;
mod banks;
mod bulk;
mod cancel;
mod completions;
mod confirm;
mod dry_run;
mod intents;
mod interrupt;
mod receipt;
mod reconcile;
mod resolve;
mod sandbox;
mod token;

use crate::args::{Arguments, Command};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, words};

/// Carries a command out and tells how it ended.
pub(crate) fn run(console: &Console, arguments: Arguments) -> Exit {
    let Arguments { shared, command } = arguments;
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output::failure(console, &shared, &Failure::system(words::NO_RUNTIME, error)),
    };
    let result = runtime.block_on(async {
        match command {
            Command::Cancel(cancel) => cancel::run(console, &shared, *cancel).await,
            Command::Bulk { command } => bulk::run(console, &shared, command).await,
            Command::Receipt { receipt_id } => receipt::run(console, &shared, &receipt_id).await,
            Command::Token { show } => token::run(console, &shared, show).await,
            Command::Banks => banks::run(console),
            Command::Intents { open, receipt, limit } => intents::run(console, &shared, open, receipt, limit).await,
            Command::Reconcile { cancel_id: Some(cancel_id), .. } => reconcile::one(console, &shared, &cancel_id).await,
            Command::Reconcile { cancel_id: None, .. } => reconcile::all(console, &shared).await,
            Command::Resolve { cancel_id, decision, actor } => {
                resolve::run(console, &shared, &cancel_id, decision.into(), &actor).await
            }
            Command::Sandbox { port } => sandbox::run(console, port).await,
            Command::Completions { shell } => completions::run(console, shell),
        }
    });
    // Every cancel has ended by now, or was abandoned by a second Ctrl-C: nothing is worth waiting for.
    runtime.shutdown_background();
    result.unwrap_or_else(|failure| output::failure(console, &shared, &failure))
}
