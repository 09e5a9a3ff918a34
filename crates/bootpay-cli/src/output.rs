//! How things are told: JSON for programs, aligned words for people. Both say the same.

pub(crate) mod json;
pub(crate) mod money;
pub(crate) mod next;
pub(crate) mod people;
pub(crate) mod sheet;
pub(crate) mod usage;
pub(crate) mod words;

use bootpay_core::CancelOutcome;

use crate::args::Shared;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Tells how a cancel ended.
pub(crate) fn outcome(console: &Console, shared: &Shared, outcome: &CancelOutcome) -> Exit {
    if console.json {
        console.object(&json::outcome(shared, outcome));
    } else {
        people::outcome::tell(console, shared, outcome);
    }
    match outcome {
        CancelOutcome::Cancelled(_) => Exit::Done,
        CancelOutcome::AlreadyCancelled(_) => Exit::AlreadyCancelled,
        CancelOutcome::Unknown(_) => Exit::Unknown,
    }
}

/// Tells why a command did not do what was asked.
pub(crate) fn failure(console: &Console, shared: &Shared, failure: &Failure) -> Exit {
    if console.json {
        console.object(&json::failure(console.language, shared, failure));
    } else {
        people::failure::tell(console, shared, failure);
    }
    failure.exit()
}
