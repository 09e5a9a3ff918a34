//! `bootpay resolve`.

use bootpay_core::Decision;
use serde_json::json;

use crate::args::Shared;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{json, people};
use crate::setup;

pub(crate) async fn run(
    console: &Console,
    shared: &Shared,
    cancel_id: &str,
    decision: Decision,
    actor: &str,
) -> Result<Exit, Failure> {
    let client = setup::client(shared)?;
    // A decision that is refused says nothing about the refund that it was about.
    let resolved = client.resolve(cancel_id, decision, actor).await;
    let intent = resolved.map_err(|error| Failure::from(error).telling_nothing_of_the_money())?;
    if console.json {
        console.object(&json!({ "resolved": json::intent(&intent) }));
    } else {
        people::intents::resolved(console, &intent);
    }
    Ok(Exit::Done)
}
