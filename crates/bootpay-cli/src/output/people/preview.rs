//! What a cancel would send, in words.

use bootpay_core::{BootpayError, Preview};
use serde_json::Value;

use crate::args::Shared;
use crate::console::{Console, Shade, Stream};
use crate::output::people::{failure, intents, receipt};
use crate::output::sheet::{Fields, plain};
use crate::output::words;

pub(crate) fn tell(console: &Console, shared: &Shared, preview: &Preview) {
    let title = |text: &str| format!("{}\n", console.shade(Stream::Out, Shade::Strong, text));
    let mut text = title(console.word(words::NOTHING_SENT));
    text.push_str(&title(&format!("POST {}", preview.url)));
    let mut members = Fields::default();
    for (name, value) in &preview.members {
        members.add(name, shown(value));
    }
    text.push_str(&members.laid_out());
    text.push_str(&title(console.word(words::LEDGER)));
    text.push_str(&receipt::fields(console, &preview.receipt).laid_out());
    if !preview.open.is_empty() {
        text.push_str(&console.shade(Stream::Out, Shade::Doubtful, console.word(words::OPEN_INTENTS)));
        text.push('\n');
        text.push_str(&intents::table(console, &preview.open));
        text.push_str(&format!("  → {}\n", crate::output::next::reconcile_all(shared)));
    }
    let conflict = preview.conflict.clone().map(BootpayError::from);
    match preview.objection.clone().map(BootpayError::from).or(conflict) {
        None => text.push_str(&format!("{}\n", console.word(words::NO_OBJECTION))),
        Some(objection) => {
            let words = format!("{} {}", console.word(words::OBJECTION), failure::error_words(console, &objection));
            text.push_str(&format!("{}\n", console.shade(Stream::Out, Shade::Bad, &plain(&words))));
            if let Some(hint) = objection.hint(console.language).filter(|hint| !hint.is_empty()) {
                text.push_str(&format!("  → {hint}\n"));
            }
        }
    }
    console.tell(&text);
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
