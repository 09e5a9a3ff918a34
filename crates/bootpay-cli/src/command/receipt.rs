//! `bootpay receipt`.

use crate::args::Shared;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{json, people};
use crate::setup;

pub(crate) async fn run(console: &Console, shared: &Shared, receipt_id: &str) -> Result<Exit, Failure> {
    let receipt = setup::client(shared)?.receipt(receipt_id).await?;
    if console.json {
        console.object(&json::receipt(&receipt));
    } else {
        console.tell(&people::receipt::fields(console, &receipt).laid_out());
    }
    Ok(Exit::Done)
}
