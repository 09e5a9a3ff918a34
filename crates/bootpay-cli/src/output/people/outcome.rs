//! How a cancel ended, in words.

use bootpay_core::{AlreadyCancelled, CancelOutcome, Cancelled, IntentRef, MoneyIsBack, Totals, Unknown, Won};

use crate::args::Shared;
use crate::console::{Console, Shade, Stream};
use crate::output::sheet::Fields;
use crate::output::{money, next, words};

pub(crate) fn tell(console: &Console, shared: &Shared, outcome: &CancelOutcome) {
    console.tell(&match outcome {
        CancelOutcome::Cancelled(cancelled) => self::cancelled(console, shared, cancelled),
        CancelOutcome::AlreadyCancelled(already) => already_cancelled(console, shared, already),
        CancelOutcome::Unknown(unknown) => self::unknown(console, shared, unknown),
    });
    if !outcome.is_recorded() {
        let id = outcome.intent().cancel_id.to_string();
        let warning = format!("{} ({id})", console.word(words::NOT_RECORDED));
        console.note(&format!("{}\n", console.shade(Stream::Err, Shade::Bad, &warning)));
    }
}

fn heading(console: &Console, shade: Shade, mark: &str, text: &str) -> String {
    format!("{}\n", console.shade(Stream::Out, shade, &format!("{mark} {text}")))
}

fn intent(console: &Console, intent: &IntentRef) -> Fields {
    let mut fields = Fields::default();
    fields.add(console.word(words::RECEIPT), intent.receipt_id.as_str());
    fields.add(console.word(words::AMOUNT), money::asked(&intent.amount, console.language));
    fields
}

fn cancelled(console: &Console, shared: &Shared, cancelled: &Cancelled) -> String {
    let (shade, mark, title) = match cancelled.money_is_back {
        _ if !cancelled.mismatches.is_empty() => (Shade::Doubtful, "!", words::CANCELLED_WITH_MISMATCHES),
        MoneyIsBack::AcceptedForTransfer => (Shade::Good, "✔", words::ACCEPTED_FOR_TRANSFER),
        _ => (Shade::Good, "✔", words::CANCELLED),
    };
    let mut text = heading(console, shade, mark, console.word(title));
    let mut fields = intent(console, &cancelled.intent);
    let figures = &cancelled.cancellation;
    let won = |amount: Option<Won>| amount.map(|amount| money::won(amount, console.language));
    fields.add_some(console.word(words::THIS_CANCEL), won(figures.request_cancel_price));
    fields.add_some(console.word(words::CANCELLED_IN_ALL), won(figures.cancelled_price));
    fields.add_some(console.word(words::REMAINS), won(figures.remain_price));
    fields.add_some(
        console.word(words::TAX_FREE_CANCELLED),
        won(figures.cancelled_tax_free.filter(|tax| *tax > Won::ZERO)),
    );
    fields.add_some(console.word(words::CANCELLED_AT), figures.revoked_at.map(|time| time.to_string()));
    fields.add_some(console.word(words::PG_TRANSACTION), figures.tid.clone());
    fields.add("cancel_id", cancelled.intent.cancel_id.as_str());
    fields.add(console.word(words::KNOWN_BY), console.word(words::evidence(cancelled.evidence)));
    for mismatch in &cancelled.mismatches {
        let expected = money::won(mismatch.expected, console.language);
        let answered = money::won(mismatch.answered, console.language);
        let told =
            format!("{} {expected}, {} {answered}", console.word(words::EXPECTED), console.word(words::ANSWERED_WITH));
        fields.add(&mismatch.field, told);
    }
    text.push_str(&fields.laid_out());
    if cancelled.repeated {
        text.push_str(&format!("  {}\n", console.word(words::REPEATED)));
    }
    if cancelled.money_is_back == MoneyIsBack::AcceptedForTransfer {
        text.push_str(&format!("  {}\n", console.word(words::NOT_PAID_OUT_YET)));
    }
    if !cancelled.mismatches.is_empty() {
        text.push_str(&format!("  {}\n", console.word(words::HELD)));
        text.push_str(&command(console, &next::resolve(shared, &cancelled.intent)));
    }
    text
}

fn already_cancelled(console: &Console, shared: &Shared, already: &AlreadyCancelled) -> String {
    let unconfirmed = already.money_is_back == MoneyIsBack::Unconfirmed;
    let title = if unconfirmed { words::ALREADY_UNCONFIRMED } else { words::ALREADY_CANCELLED };
    let mut text = heading(console, Shade::Doubtful, "●", console.word(title));
    let mut fields = intent(console, &already.intent);
    fields.add_some(console.word(words::LEDGER), totals(console, already.ledger));
    fields.add_some(console.word(words::BOOTPAYS_WORDS), already.message.clone());
    fields.add("cancel_id", already.intent.cancel_id.as_str());
    fields.add(console.word(words::KNOWN_BY), console.word(words::evidence(already.evidence)));
    text.push_str(&fields.laid_out());
    text.push_str(&format!("  {}\n", console.word(words::NOTHING_MOVED_NOW)));
    if unconfirmed {
        text.push_str(&format!("  {}\n", console.word(words::LOOK_INTO_PG_CONSOLE)));
        text.push_str(&command(console, &next::receipt(shared, already.intent.receipt_id.as_str())));
    }
    text
}

/// An unknown outcome, with what is known and what to do.
pub(crate) fn unknown(console: &Console, shared: &Shared, unknown: &Unknown) -> String {
    let mut text = heading(console, Shade::Doubtful, "?", console.word(words::UNKNOWN));
    let mut fields = intent(console, &unknown.intent);
    fields.add(console.word(words::BECAUSE), console.word(words::cause(unknown.cause)));
    fields.add_some(console.word(words::LEDGER_BEFORE), totals(console, unknown.before));
    fields.add_some(console.word(words::LEDGER_AFTER), totals(console, unknown.after));
    fields.add("cancel_id", unknown.intent.cancel_id.as_str());
    text.push_str(&fields.laid_out());
    text.push_str(&format!("  {}\n", console.word(words::DO_NOT_ASK_AGAIN)));
    match next::reconcile(shared, unknown.intent.cancel_id.as_str()) {
        Some(reconcile) => {
            text.push_str(&command(console, &reconcile));
            text.push_str(&format!("  {}\n", console.word(words::IF_THAT_IS_NOT_ENOUGH)));
            text.push_str(&command(console, &next::resolve(shared, &unknown.intent)));
        }
        None => {
            text.push_str(&format!("  {}\n", console.word(words::JOURNAL_FORGETS)));
            text.push_str(&command(console, &next::receipt(shared, unknown.intent.receipt_id.as_str())));
        }
    }
    text
}

fn totals(console: &Console, totals: Option<Totals>) -> Option<String> {
    totals.map(|totals| money::totals(&totals, console.language))
}

/// A command to type, on a line of its own.
pub(crate) fn command(console: &Console, command: &str) -> String {
    format!("  → {}\n", console.shade(Stream::Out, Shade::Strong, command))
}
