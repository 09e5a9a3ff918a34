//! The refund account, from flags, environment or standard input.

use std::io::BufRead as _;

use bootpay_core::{RefundAccount, Secret};

use crate::args::CancelArguments;
use crate::failure::Failure;
use crate::output::words;
use crate::setup;

/// The refund account that was asked for. The three parts need each other; the variable alone asks for nothing, so that
/// one that lingers in a shell does not change every cancel.
pub(crate) fn asked_for(cancel: &CancelArguments) -> Result<Option<RefundAccount>, Failure> {
    let CancelArguments { refund_bank, refund_account, refund_holder, .. } = cancel;
    if refund_bank.is_none() && refund_account.is_none() && refund_holder.is_none() {
        return Ok(None);
    }
    let missing = |field| Failure::invalid(field, words::MISSING, words::REFUND_FLAGS);
    let bank = refund_bank.as_ref().ok_or_else(|| missing("refund.bank"))?;
    let holder = refund_holder.as_ref().ok_or_else(|| missing("refund.holder"))?;
    let account = match refund_account {
        Some(account) if account.expose() == "-" => read_line()?,
        Some(account) => account.clone(),
        None => setup::variable("BOOTPAY_REFUND_ACCOUNT", "refund.account")?
            .map(Secret::new)
            .ok_or_else(|| missing("refund.account"))?,
    };
    Ok(Some(RefundAccount::new(bank, account.expose().trim(), holder.expose())?))
}

fn read_line() -> Result<Secret, Failure> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    let line = Secret::new(line);
    read.map_err(|error| Failure::system(words::NO_STDIN, error))?;
    Ok(line)
}
