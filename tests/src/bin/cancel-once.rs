//! A process of its own that cancels once and says on its standard output, in one line of JSON, what it was told: what
//! the tests kill, stop, starve of disk and lie to.
//!
//! `cancel-once BASE_URL JOURNAL RECEIPT [PRICE]`. In the environment, for tests alone: `SOLE_CANCELLER` and
//! `HONOURS_CANCEL_ID` for those declarations, `PATIENCE_MS` for how long a cancel's answer is waited for, and
//! `CLOCK_FILE` for a file that sets both clocks forward by the milliseconds that it holds.

use std::sync::Arc;
use std::time::Duration;

use bootpay_core::{BootpayError, CancelOutcome, CancelRequest, JournalChoice, SqliteJournal};
use bootpay_tests::{NoWait, Setup, TestClock, Told};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(base_url), Some(journal), Some(receipt_id)) = (words.next(), words.next(), words.next()) else {
        return Err("cancel-once BASE_URL JOURNAL RECEIPT [PRICE]".into());
    };
    let request = match words.next() {
        Some(price) => CancelRequest::partial(receipt_id, price.parse()?).cancel_id("killed"),
        None => CancelRequest::full(receipt_id),
    };
    let opened = SqliteJournal::open(journal).map(Arc::new);
    let told = match &opened {
        Ok(journal) => cancel(&base_url, Arc::clone(journal), request).await,
        Err(error) => Err(error.clone().into()),
    };
    println!("{}", serde_json::to_string(&Told::of(&told))?);
    // Waited for, so that a test can count on what happens at the end, too.
    if let Ok(journal) = opened {
        journal.close();
    }
    Ok(())
}

async fn cancel(
    base_url: &str,
    journal: Arc<SqliteJournal>,
    request: CancelRequest,
) -> Result<CancelOutcome, BootpayError> {
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
    builder.build()?.cancel(request).await
}
