//! `bootpay sandbox`: a fake Bootpay with a few payments to try things on.

use std::time::{SystemTime, UNIX_EPOCH};

use bootpay_sandbox::{NewReceipt, PgRefusal, Sandbox};

use crate::command::interrupt;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::people::sandbox::{self, Sample};
use crate::output::words;

pub(crate) async fn run(console: &Console, port: u16) -> Result<Exit, Failure> {
    // Other receipts at every start: a journal that outlives this sandbox must not take a new payment for an old one.
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = u64::try_from(since_epoch.as_nanos()).unwrap_or(u64::MAX);
    let started = Sandbox::builder().port(port).seed(seed).start().await;
    let sandbox = started.map_err(|error| Failure::system(words::NO_SANDBOX, error))?;
    let samples = samples(&sandbox).map_err(|error| Failure::system(words::NO_SANDBOX, error))?;
    // Before anything is printed: whoever has read it may end this at once.
    let mut signals = interrupt::listen()?;
    if console.json {
        console.object(&sandbox::object(&sandbox.base_url(), &samples));
    } else {
        sandbox::tell(console, &sandbox.base_url(), &samples);
    }
    signals.next().await;
    sandbox.stop().await;
    Ok(Exit::Done)
}

/// One payment for each thing that people want to see.
fn samples(sandbox: &Sandbox) -> Result<Vec<Sample>, String> {
    [
        (NewReceipt::paid(10_000), words::SAMPLE_CARD),
        (NewReceipt::paid(30_000).tax_free(5_000), words::SAMPLE_TAX_FREE),
        (NewReceipt::paid(50_000).virtual_account(), words::SAMPLE_VIRTUAL_ACCOUNT),
        (NewReceipt::paid(20_000).refuse_with(PgRefusal::Settlement), words::SAMPLE_REFUSED),
        (NewReceipt::paid(15_000).cancelled_in_pg_console(), words::SAMPLE_CONSOLE),
    ]
    .into_iter()
    .map(|(receipt, what)| Ok(Sample { receipt_id: sandbox.try_add(receipt)?, what }))
    .collect()
}
