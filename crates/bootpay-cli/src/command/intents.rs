//! `bootpay intents`.

use bootpay_core::{IntentQuery, ReceiptId};
use serde_json::{Value, json};

use crate::args::Shared;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{json, people};
use crate::setup;

pub(crate) async fn run(
    console: &Console,
    shared: &Shared,
    open: bool,
    receipt: Option<String>,
    limit: Option<u32>,
) -> Result<Exit, Failure> {
    let receipt_id = receipt.map(ReceiptId::new).transpose()?;
    let client = setup::journal_reader(shared)?;
    let query = IntentQuery { receipt_id, open, limit, ..IntentQuery::default() };
    let intents = client.intents(query).await?;
    if console.json {
        let intents: Vec<Value> = intents.iter().map(json::intent).collect();
        console.object(&json!({ "intents": intents, "journal": client.journal_place() }));
    } else {
        people::intents::tell(console, &intents, &client.journal_place());
    }
    Ok(Exit::Done)
}
