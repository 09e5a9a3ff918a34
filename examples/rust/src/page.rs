//! The page's example ("결제 취소하기") in Rust: a full cancel, from the environment's keys.
//!
//! `BOOTPAY_APPLICATION_ID=… BOOTPAY_PRIVATE_KEY=… page RECEIPT_ID`; with `BOOTPAY_BASE_URL` it talks to a sandbox.

#![allow(clippy::print_stdout, reason = "an example prints")]

use bootpay_core::{Bootpay, CancelOutcome, CancelRequest, Credentials, Language};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let receipt_id = std::env::args().nth(1).ok_or("page RECEIPT_ID")?;
    let keys = Credentials::key_pair(std::env::var("BOOTPAY_APPLICATION_ID")?, std::env::var("BOOTPAY_PRIVATE_KEY")?)?;
    let mut builder = Bootpay::builder(keys);
    if let Ok(base_url) = std::env::var("BOOTPAY_BASE_URL") {
        builder = builder.base_url(base_url);
    }
    let bootpay = builder.build()?;

    // What a crash left behind is found on the next start.
    let recovery = bootpay.recover().await?;
    println!("{} intents are still unknown", recovery.unknown.len());

    let request = CancelRequest::full(receipt_id).canceller("API 관리자").reason("API에 의한 요청");
    match bootpay.cancel(request).await {
        Ok(CancelOutcome::Cancelled(cancelled)) => {
            let figures = &cancelled.cancellation;
            println!("cancelled {:?} won, {:?} won remain", figures.cancelled_price, figures.remain_price);
        }
        Ok(CancelOutcome::AlreadyCancelled(already)) => println!("it had been cancelled before: {:?}", already.message),
        Ok(CancelOutcome::Unknown(unknown)) => {
            println!("nobody knows yet; reconcile {} later, and do not ask again", unknown.intent.cancel_id);
        }
        // An error means that this call moved no money.
        Err(error) => {
            println!("{error}");
            println!("{}", error.hint(Language::Korean).unwrap_or_default());
        }
    }
    Ok(())
}
