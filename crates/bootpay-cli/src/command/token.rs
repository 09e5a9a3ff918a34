//! `bootpay token`.

use serde_json::json;

use crate::args::Shared;
use crate::console::{Console, Shade, Stream};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::words;
use crate::setup;

/// Gets a token, which proves the keys. Whoever holds it can empty the merchant's account for half an hour, so it is
/// shown only where that is asked for.
pub(crate) async fn run(console: &Console, shared: &Shared, show: bool) -> Result<Exit, Failure> {
    let token = setup::client(shared)?.token().await?;
    match (console.json, show) {
        (true, true) => console.object(&json!({ "authorized": true, "token": token.expose() })),
        (true, false) => console.object(&json!({ "authorized": true })),
        (false, true) => console.tell(&format!("{}\n", token.expose())),
        (false, false) => {
            let good = console.shade(Stream::Out, Shade::Good, "✔");
            console.tell(&format!("{good} {}\n", console.word(words::KEYS_WORK)));
        }
    }
    Ok(Exit::Done)
}
