//! What a recovery found, in words.

use bootpay_core::{BootpayError, CancelOutcome, IntentRef, Recovery};

use crate::args::Shared;
use crate::console::{Console, Shade, Stream};
use crate::output::people::{failure, outcome};
use crate::output::sheet::{self, plain};
use crate::output::words::{self, Text};
use crate::output::{money, next};

pub(crate) fn tell(console: &Console, shared: &Shared, recovery: &Recovery) {
    let mut text = String::new();
    let settled: Vec<&IntentRef> = recovery.settled.iter().map(CancelOutcome::intent).collect();
    section(console, &mut text, Shade::Good, words::SETTLED, &settled);
    section(console, &mut text, Shade::Good, words::MOVED_NOTHING, &refs(&recovery.moved_nothing));
    section(console, &mut text, Shade::Faint, words::IN_FLIGHT, &refs(&recovery.in_flight));
    section(console, &mut text, Shade::Doubtful, words::HELD_FOR_A_PERSON, &refs(&recovery.held));
    for held in &recovery.held {
        text.push_str(&outcome::command(console, &next::resolve(shared, held)));
    }
    for unknown in &recovery.unknown {
        text.push_str(&outcome::unknown(console, shared, unknown));
    }
    for (intent, error) in &recovery.failed {
        text.push_str(&failed(console, intent, error));
    }
    if recovery.of_other_merchants > 0 {
        text.push_str(&format!("{} {}\n", console.word(words::OF_OTHER_MERCHANTS), recovery.of_other_merchants));
    }
    if text.is_empty() {
        text = format!("{} {}\n", console.shade(Stream::Out, Shade::Good, "✔"), console.word(words::NOTHING_OPEN));
    }
    console.tell(&text);
}

fn refs(intents: &[IntentRef]) -> Vec<&IntentRef> {
    intents.iter().collect()
}

fn section(console: &Console, text: &mut String, shade: Shade, title: Text, intents: &[&IntentRef]) {
    if intents.is_empty() {
        return;
    }
    let title = format!("{} ({})", console.word(title), intents.len());
    text.push_str(&format!("{}\n", console.shade(Stream::Out, shade, &title)));
    let headings = [console.word(words::STATE), console.word(words::RECEIPT), console.word(words::AMOUNT), "cancel_id"];
    let rows: Vec<Vec<String>> = intents
        .iter()
        .map(|intent| {
            vec![
                console.word(words::state(intent.state)).to_owned(),
                intent.receipt_id.to_string(),
                money::asked(&intent.amount, console.language),
                intent.cancel_id.to_string(),
            ]
        })
        .collect();
    text.push_str(&sheet::table(&headings, &rows));
}

fn failed(console: &Console, intent: &IntentRef, error: &BootpayError) -> String {
    let title = format!("! {}: {}", console.word(words::NOT_CHECKED), intent.cancel_id);
    let title = console.shade(Stream::Out, Shade::Bad, &title);
    format!(
        "{title}\n  {} {}\n  {}\n",
        console.word(words::RECEIPT),
        intent.receipt_id,
        plain(&failure::error_words(console, error))
    )
}
