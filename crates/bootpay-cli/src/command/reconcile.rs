//! `bootpay reconcile`: one intent, or everything that is open.

use bootpay_core::{Bootpay, BootpayError, Recovery};

use crate::args::Shared;
use crate::command::interrupt::{self, Ended};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{json, people};
use crate::{output, setup};

/// Settles one intent, and exits as its cancel would have.
pub(crate) async fn one(console: &Console, shared: &Shared, cancel_id: &str) -> Result<Exit, Failure> {
    let client = setup::client(shared)?;
    let goes_on = async { people::interrupted::goes_on(console, Some(cancel_id), &client.journal_place()) };
    match interrupt::outlast(client.reconcile(cancel_id), goes_on).await? {
        Ended::Finished(Ok(outcome)) => Ok(output::outcome(console, shared, &outcome)),
        Ended::Finished(Err(error)) => Ok(not_settled(console, shared, &client, cancel_id, error).await),
        Ended::Abandoned => {
            people::interrupted::abandoned(console, shared, None, Some(cancel_id));
            Ok(Exit::Unknown)
        }
    }
}

/// An error out of a reconciliation is about *this call*. What it says about the refund stands in the journal.
async fn not_settled(
    console: &Console,
    shared: &Shared,
    client: &Bootpay,
    cancel_id: &str,
    error: BootpayError,
) -> Exit {
    let wrong_input = matches!(error, BootpayError::InvalidInput(_));
    let moved_nothing = match client.intent(cancel_id).await {
        Ok(intent) => intent.state.moved_nothing(),
        Err(_) => wrong_input,
    };
    let failure = Failure::from(error);
    if moved_nothing {
        return output::failure(console, shared, &failure);
    }
    output::failure(console, shared, &failure.telling_nothing_of_the_money());
    Exit::Unknown
}

/// Takes up everything that earlier runs left open.
pub(crate) async fn all(console: &Console, shared: &Shared) -> Result<Exit, Failure> {
    let client = setup::client(shared)?;
    let goes_on = async { people::interrupted::goes_on(console, None, &client.journal_place()) };
    let recovery = match interrupt::outlast(client.recover(), goes_on).await? {
        // Whoever asks what is open and gets no answer must not read "no money moved" into it.
        Ended::Finished(recovery) => recovery.map_err(|error| Failure::from(error).telling_nothing_of_the_money())?,
        Ended::Abandoned => {
            people::interrupted::abandoned(console, shared, None, None);
            return Ok(Exit::Unknown);
        }
    };
    if console.json {
        console.object(&json::recovery(console.language, shared, &recovery));
    } else {
        people::recovery::tell(console, shared, &recovery);
    }
    Ok(exit(&recovery))
}

fn exit(recovery: &Recovery) -> Exit {
    if !recovery.unknown.is_empty() {
        Exit::Unknown
    } else if !recovery.failed.is_empty() {
        Exit::Failed
    } else {
        Exit::Done
    }
}
