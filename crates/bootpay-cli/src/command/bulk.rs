//! `bootpay bulk`: cancels by the file.

mod progress;
mod run;

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use bootpay_core::bulk::{Bulk, BulkExportError, BulkFile, BulkStop, BulkSum};

use crate::args::{BulkCommand, Shared};
use crate::command::interrupt::{self, Ended};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{json, people, words};
use crate::setup;

pub(crate) async fn run(console: &Console, shared: &Shared, command: BulkCommand) -> Result<Exit, Failure> {
    match command {
        BulkCommand::Plan { file, look_up, rate } => plan(console, shared, &file, look_up.then_some(rate)).await,
        BulkCommand::Run(arguments) => run::run(console, shared, *arguments).await,
        BulkCommand::Status { file } => status(console, shared, &file).await,
        BulkCommand::Export { file, output } => export(console, shared, &file, output.as_deref()).await,
    }
}

/// The bulk of a file, for the merchant whose keys are configured.
fn open(shared: &Shared, file: &Path) -> Result<Bulk, Failure> {
    let bytes = read(file).map_err(|error| Failure::system(words::NO_BULK_FILE, error))?;
    let file = BulkFile::read(&bytes)?;
    Ok(setup::client(shared)?.bulk(file))
}

/// A million rows are some hundred megabytes. What is larger, or has no end, is something else.
const MOST_BYTES: u64 = 1 << 30;

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    let too_large = || std::io::Error::other("it is larger than 1 GiB");
    if file.metadata()?.len() > MOST_BYTES {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let read = file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if read as u64 > MOST_BYTES { Err(too_large()) } else { Ok(bytes) }
}

async fn plan(console: &Console, shared: &Shared, file: &Path, rate: Option<f64>) -> Result<Exit, Failure> {
    let bulk = open(shared, file)?;
    let plan = bulk.plan();
    let lookup = match rate {
        None => None,
        Some(rate) => {
            let stop = BulkStop::new();
            let told = progress::Lookups::new(console);
            let looking = bulk.look_up(rate, stop.clone(), |done, of| told.tell(done, of));
            match interrupt::outlast(looking, async { stop.stop() }).await? {
                Ended::Finished(lookup) => Some(lookup?),
                Ended::Abandoned => return Err(Failure::declined()),
            }
        }
    };
    if console.json {
        console.object(&json::bulk::plan(console.language, shared, file, &plan, lookup.as_ref()));
    } else {
        people::bulk::plan(console, shared, file, &plan, lookup.as_ref());
    }
    Ok(Exit::Done)
}

async fn status(console: &Console, shared: &Shared, file: &Path) -> Result<Exit, Failure> {
    let bulk = open(shared, file)?;
    // Whoever asks how a bulk stands and gets no answer must not read "no money moved" into it.
    let sum = bulk.status().await.map_err(|error| Failure::from(error).telling_nothing_of_the_money())?;
    if console.json {
        console.object(&json::bulk::status(shared, file, bulk.id(), &sum));
    } else {
        people::bulk::status(console, shared, file, bulk.id(), &sum);
    }
    Ok(exit(&sum, false))
}

async fn export(console: &Console, shared: &Shared, file: &Path, output: Option<&Path>) -> Result<Exit, Failure> {
    if console.json && output.is_none() {
        return Err(Failure::invalid("output", words::MISSING, words::OUTPUT_FILE_EXPECTED));
    }
    let bulk = open(shared, file)?;
    let wrong = |error: BulkExportError| match error {
        BulkExportError::Bootpay(error) => Failure::from(error).telling_nothing_of_the_money(),
        error => Failure::system(words::NO_OUTPUT, error),
    };
    match output {
        None => {
            bulk.export(console.language, |bytes| std::io::stdout().lock().write_all(bytes)).await.map_err(wrong)?;
            std::io::stdout().flush().map_err(|error| Failure::system(words::NO_OUTPUT, error))?;
        }
        Some(path) => {
            let created = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
            let mut into = created.map_err(|error| Failure::system(words::NO_OUTPUT, error))?;
            let written = bulk.export(console.language, |bytes| into.write_all(bytes)).await;
            let written = written.and_then(|()| Ok(into.sync_all()?));
            if written.is_err() {
                // Half a table would be taken for a whole, and would be in the way of the next.
                let _ = std::fs::remove_file(path);
            }
            written.map_err(wrong)?;
            if console.json {
                console.object(&serde_json::json!({ "bulk": bulk.id(), "rows": bulk.file().rows(), "output": path }));
            } else {
                console.note(&format!("{} {}\n", console.word(words::WRITTEN_TO), path.display()));
            }
        }
    }
    Ok(Exit::Done)
}

/// A bulk's end as a status.
fn exit(sum: &BulkSum, stopped: bool) -> Exit {
    match sum {
        _ if stopped => Exit::Stopped,
        sum if sum.unknown.rows > 0 => Exit::Unknown,
        sum if sum.remaining.rows > 0 => Exit::Stopped,
        sum if sum.refused.rows > 0 => Exit::SomeRefused,
        _ => Exit::Done,
    }
}

/// Tells of a stop that was asked for.
fn stopping(console: &Console, stop: &BulkStop, bar: &Arc<progress::Watcher>) {
    stop.stop();
    bar.note(&format!("{}\n", console.word(words::STOPPING)));
}
