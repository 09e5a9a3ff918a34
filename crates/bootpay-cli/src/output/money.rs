//! Amounts and moments, for people.

use bootpay_core::{CancelAmount, KoreanTime, Language, Totals, UnixMillis, Won};

use crate::output::words;

/// `3,000원`, `3,000 won`.
pub(crate) fn won(amount: Won, language: Language) -> String {
    match language {
        Language::Korean => format!("{amount}원"),
        Language::English => format!("{amount} won"),
    }
}

/// What a cancel asked for: all, or how much.
pub(crate) fn asked(amount: &CancelAmount, language: Language) -> String {
    let Some(price) = amount.price() else { return words::ALL_THAT_REMAINS.in_language(language).to_owned() };
    let price = won(price, language);
    match amount.tax_free() {
        None => price,
        Some(tax_free) => {
            format!("{price} ({} {})", words::OF_IT_TAX_FREE.in_language(language), won(tax_free, language))
        }
    }
}

/// A ledger's totals in one line.
pub(crate) fn totals(totals: &Totals, language: Language) -> String {
    let mut parts = Vec::new();
    for (label, amount) in
        [(words::PAID, totals.price), (words::REMAINS, totals.remaining), (words::CANCELLED_IN_ALL, totals.cancelled)]
    {
        if let Some(amount) = amount {
            parts.push(format!("{} {}", label.in_language(language), won(amount, language)));
        }
    }
    if let Some(status) = totals.status {
        parts.push(format!("{} {}", words::STATUS.in_language(language), status.0));
    }
    if parts.is_empty() { words::NO_FIGURES.in_language(language).to_owned() } else { parts.join(", ") }
}

/// A moment in Korean time, to the second.
pub(crate) fn moment(moment: UnixMillis) -> String {
    KoreanTime::from_unix_millis(moment.0).map(|time| time.to_string()).unwrap_or_default()
}
