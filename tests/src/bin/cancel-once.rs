//! A process of its own that cancels once: what `tests/kills.rs` kills between its request and the answer.
//!
//! `cancel-once BASE_URL JOURNAL RECEIPT [PRICE]`, with `SOLE_CANCELLER` in the environment for that declaration.

use bootpay_core::{CancelRequest, JournalChoice};
use bootpay_tests::Setup;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(base_url), Some(journal), Some(receipt_id)) = (words.next(), words.next(), words.next()) else {
        return Err("cancel-once BASE_URL JOURNAL RECEIPT [PRICE]".into());
    };
    let request = match words.next() {
        Some(price) => CancelRequest::partial(receipt_id, price.parse()?).cancel_id("killed"),
        None => CancelRequest::full(receipt_id),
    };
    let setup = Setup {
        sole_canceller: std::env::var_os("SOLE_CANCELLER").is_some(),
        patience: std::time::Duration::from_secs(30),
        ..Setup::v1()
    };
    let bootpay = setup.builder(&base_url)?.journal(JournalChoice::Sqlite(journal.into())).build()?;
    let _ = bootpay.cancel(request).await?;
    Ok(())
}
