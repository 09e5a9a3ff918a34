//! Ctrl-C during a cancel, in words.

use crate::args::Shared;
use crate::console::{Console, Shade, Stream};
use crate::output::{json, next, words};

/// After the first: nothing is aborted.
pub(crate) fn goes_on(console: &Console, cancel_id: Option<&str>, journal: &str) {
    let mut text = format!("\n{}\n", console.shade(Stream::Err, Shade::Doubtful, console.word(words::GOES_ON)));
    if let Some(id) = cancel_id {
        text.push_str(&format!("  cancel_id  {id}\n"));
    }
    text.push_str(&format!("  {}  {journal}\n  {}\n", console.word(words::JOURNAL), console.word(words::ONCE_MORE)));
    console.note(&text);
}

/// After the second: nobody watches it any more.
pub(crate) fn abandoned(console: &Console, shared: &Shared, receipt_id: Option<&str>, cancel_id: Option<&str>) {
    let next = match cancel_id {
        Some(id) => next::reconcile(shared, id),
        None => Some(next::reconcile_all(shared)),
    };
    let mut text = format!("{}\n", console.shade(Stream::Err, Shade::Doubtful, console.word(words::ABANDONED)));
    match next {
        Some(next) => text.push_str(&format!("  → {next}\n")),
        None => text.push_str(&format!("  {}\n", console.word(words::JOURNAL_FORGETS))),
    }
    console.note(&text);
    if console.json {
        console.object(&json::abandoned(shared, receipt_id, cancel_id));
    }
}
