//! `bootpay bulk run`.

use std::sync::Arc;

use bootpay_core::bulk::{BulkListener, BulkOptions, BulkStop};
use bootpay_core::{BulkId, Won};

use crate::args::{RunArguments, Shared};
use crate::command::bulk::progress::Watcher;
use crate::command::interrupt::{self, Ended};
use crate::command::{bulk, confirm};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{json, people, words};
use crate::setup;

pub(crate) async fn run(console: &Console, shared: &Shared, arguments: RunArguments) -> Result<Exit, Failure> {
    if setup::forgets(shared) {
        return Err(Failure::invalid("journal", words::BULK_FORGETS, words::BULK_NEEDS_A_JOURNAL));
    }
    let bulk = bulk::open(shared, &arguments.file)?;
    let plan = match &arguments.plan {
        Some(plan) => BulkId::new(plan.clone())?,
        None => {
            confirm::bulk(&people::bulk::question(console, &bulk.plan(), arguments.cap.map(Won::new)))?;
            bulk.id().clone()
        }
    };
    let stop = BulkStop::new();
    let watcher = Arc::new(Watcher::new(console, bulk.file().rows()));
    let listener: Arc<dyn BulkListener> = Arc::clone(&watcher) as _;
    let work = bulk.run(options(&arguments, plan), Some(listener), stop.clone());
    let first = async { bulk::stopping(console, &stop, &watcher) };
    let ended = interrupt::outlast(work, first).await?;
    watcher.clear();
    match ended {
        Ended::Finished(report) => {
            let report = report?;
            if console.json {
                console.object(&json::bulk::report(console.language, shared, &arguments.file, bulk.id(), &report));
            } else {
                people::bulk::report(console, shared, &arguments.file, bulk.id(), &report);
            }
            Ok(bulk::exit(&report.sum, report.stopped.is_some()))
        }
        Ended::Abandoned => {
            people::bulk::abandoned(console, shared, &arguments.file, bulk.id());
            Ok(Exit::Unknown)
        }
    }
}

fn options(arguments: &RunArguments, plan: BulkId) -> BulkOptions {
    let mut options = BulkOptions::new(plan);
    options.cap = arguments.cap.map(Won::new);
    options.retry_refused = arguments.retry_refused;
    options.per_second = arguments.rate;
    options.least_per_second = arguments.rate_min.min(arguments.rate);
    options.most_per_second = arguments.rate_max.max(arguments.rate);
    options.most_in_flight = arguments.in_flight;
    options.unknown_percent = arguments.max_unknown;
    options.unknown_least = arguments.max_unknown_rows;
    options
}
