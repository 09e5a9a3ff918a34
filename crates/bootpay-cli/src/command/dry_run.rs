//! `bootpay cancel --dry-run`.

use bootpay_core::{Bootpay, CancelRequest};

use crate::args::Shared;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{json, people};

/// Exits like the cancel would as far as the ledger and the journal tell: with 1 where one stands against it.
pub(crate) async fn run(
    console: &Console,
    shared: &Shared,
    client: &Bootpay,
    request: CancelRequest,
) -> Result<Exit, Failure> {
    let preview = client.preview(request).await?;
    if console.json {
        console.object(&json::preview(console.language, &preview));
    } else {
        people::preview::tell(console, shared, &preview);
    }
    Ok(if preview.objection.is_some() || preview.conflict.is_some() { Exit::Failed } else { Exit::Done })
}
