//! The question before a full cancel.

use std::io::{self, BufRead, IsTerminal as _, Write};

use bootpay_core::{Bootpay, BootpayError, Won};

use crate::args::CancelArguments;
use crate::console::Console;
use crate::failure::Failure;
use crate::output::{people, words};

/// Whether to ask: a full cancel, a person at the keyboard, and no `--yes`.
pub(crate) fn is_needed(cancel: &CancelArguments) -> bool {
    cancel.price.is_none() && !cancel.yes && io::stdin().is_terminal()
}

/// Shows what would be given back, and asks. Returns what the ledger says that remains.
pub(crate) async fn full_cancel(console: &Console, client: &Bootpay, receipt_id: &str) -> Result<Option<Won>, Failure> {
    let receipt = match client.receipt(receipt_id).await {
        Ok(receipt) => Some(receipt),
        // No such receipt, wrong keys: there is nothing to ask about.
        Err(error @ (BootpayError::Refused(_) | BootpayError::InvalidInput(_))) => return Err(error.into()),
        Err(_) => None,
    };
    let question = people::question::full_cancel(console, receipt_id, receipt.as_ref());
    let yes = ask(&question, io::stdin().lock(), io::stderr().lock())
        .map_err(|error| Failure::system(words::NO_STDIN, error))?;
    if !yes {
        return Err(Failure::declined());
    }
    Ok(receipt.and_then(|receipt| receipt.totals.remaining).filter(|remaining| *remaining > Won::ZERO))
}

/// Shows what a bulk would do, and asks. Without a person at the keyboard there is nobody to ask.
pub(crate) fn bulk(question: &str) -> Result<(), Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::invalid("plan", words::MISSING, words::LOOK_AT_THE_PLAN));
    }
    let yes = ask(question, io::stdin().lock(), io::stderr().lock())
        .map_err(|error| Failure::system(words::NO_STDIN, error))?;
    if yes { Ok(()) } else { Err(Failure::declined()) }
}

/// Anything but a clear yes is a no, the end of the input included.
fn ask(question: &str, mut input: impl BufRead, mut output: impl Write) -> io::Result<bool> {
    write!(output, "{question} ")?;
    output.flush()?;
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "예" | "네"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_is_a_yes() {
        let answered = |answer: &str| ask("?", answer.as_bytes(), io::sink()).unwrap();
        for yes in ["y\n", "Y\n", " yes \n", "예\n", "네\n"] {
            assert!(answered(yes), "{yes:?}");
        }
        for no in ["", "\n", "n\n", "no\n", "yy\n", "아니오\n", "maybe y\n"] {
            assert!(!answered(no), "{no:?}");
        }
    }
}
