//! `bootpay cancel`.

use std::cell::RefCell;
use std::time::Duration;

use bootpay_core::{Bootpay, CancelRequest, IntentQuery, ReceiptId};

use crate::args::{CancelArguments, Shared};
use crate::command::interrupt::{self, Ended};
use crate::command::{account, confirm, dry_run};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::people;
use crate::{output, setup};

pub(crate) async fn run(console: &Console, shared: &Shared, cancel: CancelArguments) -> Result<Exit, Failure> {
    let mut request = request(&cancel)?;
    request.check()?;
    let client = if cancel.no_lookup { setup::client_without_lookup(shared)? } else { setup::client(shared)? };
    if cancel.dry_run {
        return dry_run::run(console, shared, &client, request).await;
    }
    if confirm::is_needed(&cancel) {
        let remaining = confirm::full_cancel(console, &client, &cancel.receipt_id).await?;
        // What was agreed to is what may be sent: if something else remains by then, nothing is.
        if let (Some(remaining), None) = (remaining, cancel.expect_remaining) {
            request = request.expected_remaining(remaining.get());
        }
    }
    send(console, shared, &client, &cancel, request).await
}

/// The request that the flags describe. An amount that is given is always a partial cancel's, zero included: the
/// library refuses that one.
fn request(cancel: &CancelArguments) -> Result<CancelRequest, Failure> {
    let mut request = match cancel.price {
        Some(price) => CancelRequest::partial(&cancel.receipt_id, price),
        None => CancelRequest::full(&cancel.receipt_id),
    };
    if let Some(tax_free) = cancel.tax_free {
        request = request.tax_free(tax_free);
    }
    if let Some(remaining) = cancel.expect_remaining {
        request = request.expected_remaining(remaining);
    }
    if let Some(id) = &cancel.cancel_id {
        request = request.cancel_id(id);
    }
    if let Some(name) = &cancel.name {
        request = request.canceller(name);
    }
    if let Some(reason) = &cancel.reason {
        request = request.reason(reason);
    }
    // What can be refused without the account is, before standard input is read for it.
    request.check()?;
    if let Some(account) = account::asked_for(cancel)? {
        request = request.refund_account(account);
    }
    Ok(request)
}

async fn send(
    console: &Console,
    shared: &Shared,
    client: &Bootpay,
    cancel: &CancelArguments,
    request: CancelRequest,
) -> Result<Exit, Failure> {
    let known_id = RefCell::new(cancel.cancel_id.clone());
    let tell_that_it_goes_on = async {
        if known_id.borrow().is_none() {
            *known_id.borrow_mut() = find_intent(client, &cancel.receipt_id).await;
        }
        people::interrupted::goes_on(console, known_id.borrow().as_deref(), &client.journal_place());
    };
    match interrupt::outlast(client.cancel(request), tell_that_it_goes_on).await? {
        Ended::Finished(outcome) => Ok(output::outcome(console, shared, &outcome?)),
        Ended::Abandoned => {
            let id = known_id.into_inner();
            people::interrupted::abandoned(console, shared, Some(&cancel.receipt_id), id.as_deref());
            Ok(Exit::Unknown)
        }
    }
}

/// The `cancel_id` of the receipt's open intent, where the journal tells it quickly.
async fn find_intent(client: &Bootpay, receipt_id: &str) -> Option<String> {
    let receipt_id = ReceiptId::new(receipt_id).ok()?;
    let query = IntentQuery { receipt_id: Some(receipt_id), open: true, ..IntentQuery::default() };
    let found = tokio::time::timeout(Duration::from_secs(2), client.intents(query)).await;
    found.ok()?.ok()?.last().map(|intent| intent.cancel_id.to_string())
}
