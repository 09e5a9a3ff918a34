//! Intents, in a table.

use bootpay_core::Intent;

use crate::console::{Console, Shade, Stream};
use crate::output::sheet;
use crate::output::{money, words};

pub(crate) fn tell(console: &Console, intents: &[Intent], journal: &str) {
    if intents.is_empty() {
        console.tell(&format!("{} ({journal})\n", console.word(words::NO_INTENTS)));
        return;
    }
    console.tell(&table(console, intents));
    let place = format!("{} {journal}", console.word(words::JOURNAL));
    console.note(&format!("{}\n", console.shade(Stream::Err, Shade::Faint, &place)));
}

pub(crate) fn table(console: &Console, intents: &[Intent]) -> String {
    let headings = [
        console.word(words::ASKED_AT),
        console.word(words::STATE),
        console.word(words::RECEIPT),
        console.word(words::AMOUNT),
        "cancel_id",
        console.word(words::REMARK),
    ];
    let rows: Vec<Vec<String>> = intents
        .iter()
        .map(|intent| {
            vec![
                money::moment(intent.created_at),
                console.word(words::state(intent.state)).to_owned(),
                intent.receipt_id.to_string(),
                money::asked(&intent.amount, console.language),
                intent.cancel_id.to_string(),
                remark(console, intent),
            ]
        })
        .collect();
    sheet::table(&headings, &rows)
}

fn remark(console: &Console, intent: &Intent) -> String {
    if intent.held {
        return console.word(words::HELD_SHORT).to_owned();
    }
    if let Some(who) = &intent.decided_by {
        return format!("{} {who}", console.word(words::DECIDED_BY));
    }
    if let Some(refusal) = &intent.refusal {
        return refusal.message.clone();
    }
    match intent.unknown_cause {
        Some(cause) if intent.state.is_open() => console.word(words::cause(cause)).to_owned(),
        _ => String::new(),
    }
}

/// A decision that was recorded.
pub(crate) fn resolved(console: &Console, intent: &Intent) {
    let title = format!("✔ {}", console.word(words::DECISION_RECORDED));
    let title = console.shade(Stream::Out, Shade::Good, &title);
    let mut fields = sheet::Fields::default();
    fields.add(console.word(words::RECEIPT), intent.receipt_id.as_str());
    fields.add("cancel_id", intent.cancel_id.as_str());
    fields.add(console.word(words::AMOUNT), money::asked(&intent.amount, console.language));
    fields.add(console.word(words::STATE), console.word(words::state(intent.state)));
    fields.add_some(console.word(words::DECIDED_BY), intent.decided_by.clone());
    console.tell(&format!("{title}\n{}", fields.laid_out()));
}
