//! A process of its own that cancels once and says on its standard output, in one line of JSON, what it was told: what
//! the tests kill, stop, starve of disk and lie to.
//!
//! `cancel-once BASE_URL JOURNAL RECEIPT[,RECEIPT…] [PRICE]`: one after the other, where there are several. In the environment, for tests alone: `SOLE_CANCELLER` and
//! `HONOURS_CANCEL_ID` for those declarations, `PATIENCE_MS` for how long a cancel's answer is waited for,
//! `CLOCK_FILE` for a file that sets both clocks forward by the milliseconds that it holds, and `LEAVE_OPEN` to end without
//! closing the journal.

use std::sync::Arc;
use std::time::Duration;

use bootpay_core::{Bootpay, BootpayError, CancelRequest, Journal as _, JournalChoice, SqliteJournal};
use bootpay_tests::{NoWait, Setup, TestClock, Told};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(base_url), Some(journal), Some(receipt_id)) = (words.next(), words.next(), words.next()) else {
        return Err("cancel-once BASE_URL JOURNAL RECEIPT [PRICE]".into());
    };
    let price = words.next().map(|price| price.parse::<u64>()).transpose()?;
    let opened = SqliteJournal::open(journal).map(Arc::new);
    let client = match &opened {
        Ok(journal) => client(&base_url, Arc::clone(journal)),
        Err(error) => Err(error.clone().into()),
    };
    for receipt_id in receipt_id.split(',') {
        let told = match &client {
            Ok(bootpay) => bootpay.cancel(request(receipt_id, price)).await,
            Err(error) => Err(error.clone()),
        };
        println!("{}", serde_json::to_string(&Told::of(&told))?);
    }
    if std::env::var_os("LEAVE_OPEN").is_some() {
        std::process::exit(0);
    }
    // Waited for, so that a test can count on what happens at the end, too.
    if let Ok(journal) = opened {
        journal.close();
    }
    Ok(())
}

fn request(receipt_id: &str, price: Option<u64>) -> CancelRequest {
    match price {
        Some(price) => CancelRequest::partial(receipt_id, price).cancel_id("killed"),
        None => CancelRequest::full(receipt_id),
    }
}

fn client(base_url: &str, journal: Arc<SqliteJournal>) -> Result<Bootpay, BootpayError> {
    let declared = |name| std::env::var_os(name).is_some();
    let patience = std::env::var("PATIENCE_MS").ok().and_then(|text| text.parse().ok()).unwrap_or(30_000);
    let setup = Setup {
        sole_canceller: declared("SOLE_CANCELLER"),
        honours_cancel_id: declared("HONOURS_CANCEL_ID"),
        patience: Duration::from_millis(patience),
        ..Setup::v1()
    };
    let builder = setup.builder(base_url)?.journal(JournalChoice::Custom(journal)).chance(Arc::new(NoWait));
    let builder = match std::env::var_os("CLOCK_FILE") {
        Some(file) => builder.clock(Arc::new(TestClock::set_by(file.into()))),
        None => builder,
    };
    builder.build()
}
