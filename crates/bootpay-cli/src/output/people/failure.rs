//! Errors, in words: what was wrong, what the server said, what to do now.

use std::time::Duration;

use bootpay_core::{BootpayError, Language, Refusal};

use crate::args::Shared;
use crate::console::{Console, Shade, Stream};
use crate::failure::{Failure, Reason};
use crate::output::people::bulk;
use crate::output::sheet::{Fields, plain};
use crate::output::{money, next, words};

pub(crate) fn tell(console: &Console, shared: &Shared, failure: &Failure) {
    if let Reason::File(problems) = &failure.reason {
        return console.note(&bulk::problems(console, problems));
    }
    let (message, hint, fields) = match &failure.reason {
        Reason::Bootpay(error) => (error_words(console, error), error.hint(console.language), fields(console, error)),
        Reason::Invalid { field, problem, hint } => {
            let message = format!("`{field}` {}", console.word(*problem));
            (message, Some(console.word(*hint).to_owned()), Fields::default())
        }
        Reason::File(problems) => (problems.to_string(), None, Fields::default()),
        Reason::Declined => (console.word(words::DECLINED).to_owned(), None, Fields::default()),
        Reason::System { what, detail } => (format!("{}: {detail}", console.word(*what)), None, Fields::default()),
    };
    let error = console.shade(Stream::Err, Shade::Bad, console.word(words::ERROR));
    let mut text = format!("{error} {}\n", plain(&message));
    text.push_str(&fields.laid_out());
    // Invalid input says in its message what would be right.
    let said = hint.as_deref().is_some_and(|hint| message.contains(hint));
    if let Some(hint) = hint.filter(|hint| !hint.is_empty() && !said) {
        text.push_str(&format!("  → {}\n", plain(&hint)));
    }
    if let Reason::Bootpay(BootpayError::Conflict(conflict)) = &failure.reason
        && conflict.intent.state.is_open()
        && let Some(reconcile) = next::reconcile(shared, conflict.intent.cancel_id.as_str())
    {
        text.push_str(&format!("  → {}\n", console.shade(Stream::Err, Shade::Strong, &reconcile)));
    }
    let money = match failure.money_moved {
        Some(_) => words::NO_MONEY_MOVED,
        None => words::SAYS_NOTHING_OF_THE_MONEY,
    };
    text.push_str(&format!("  {}\n", console.shade(Stream::Err, Shade::Faint, console.word(money))));
    console.note(&text);
}

/// The message. Korean readers get Korean words for what the library says itself; a server's words stay as they are.
pub(crate) fn error_words(console: &Console, error: &BootpayError) -> String {
    match (console.language, error) {
        (Language::English, _) => error.to_string(),
        (_, BootpayError::InvalidInput(input)) => {
            let problem = console.word(words::problem(input.problem()));
            match input.hint(console.language) {
                Some(hint) => format!("`{}` {problem}: {hint}", input.field()),
                None => format!("`{}` {problem}", input.field()),
            }
        }
        (_, BootpayError::Conflict(conflict)) => console.word(words::conflict(conflict.kind)).to_owned(),
        (_, BootpayError::Refused(refusal)) => format!("{}: {}", console.word(words::REFUSED), said(refusal)),
        (_, BootpayError::NotSent(reason)) => format!("{}: {reason}", console.word(words::NOT_SENT)),
        (_, BootpayError::Token(reason)) => format!("{}: {reason}", console.word(words::NO_TOKEN)),
        (_, BootpayError::Lookup(reason)) => format!("{}: {reason}", console.word(words::LOOKUP_FAILED)),
        (_, BootpayError::Journal(reason)) => format!("{}: {reason}", console.word(words::JOURNAL_FAILED)),
        (_, error) => error.to_string(),
    }
}

fn said(refusal: &Refusal) -> String {
    let mut text = refusal.message.clone();
    if let Some(message) = refusal.pg_message.as_deref().filter(|message| !refusal.message.contains(*message)) {
        text.push_str(&format!(" ({message})"));
    }
    text
}

fn fields(console: &Console, error: &BootpayError) -> Fields {
    let mut fields = Fields::default();
    let wait = |wait: Duration| match console.language {
        Language::Korean => format!("{}초 뒤", wait.as_secs_f64().ceil()),
        Language::English => format!("{} s", wait.as_secs_f64().ceil()),
    };
    match error {
        BootpayError::Refused(refusal) => {
            let kind = (refusal.kind.name() != "other").then(|| refusal.kind.name().to_owned());
            fields.add_some(console.word(words::KIND), kind);
            fields.add_some(console.word(words::CODE), refusal.code.clone());
            fields.add_some(console.word(words::PG_CODE), refusal.pg_code.clone());
            fields.add_some("HTTP", refusal.http_status.map(|status| status.to_string()));
            fields.add_some(
                console.word(words::LEDGER),
                refusal.ledger.map(|totals| money::totals(&totals, console.language)),
            );
            let earlier = refusal.earlier.as_ref().map(|earlier| earlier.cancel_id.to_string());
            fields.add_some(console.word(words::EARLIER), earlier);
        }
        BootpayError::Conflict(conflict) => {
            fields.add(console.word(words::RECEIPT), conflict.intent.receipt_id.as_str());
            fields.add("cancel_id", conflict.intent.cancel_id.as_str());
            fields.add(console.word(words::AMOUNT), money::asked(&conflict.intent.amount, console.language));
            fields.add(console.word(words::STATE), console.word(words::state(conflict.intent.state)));
        }
        _ => {}
    }
    fields.add_some(console.word(words::TRY_AGAIN_IN), error.retry_after().map(wait));
    fields
}
