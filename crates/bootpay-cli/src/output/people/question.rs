//! The question before a full cancel.

use bootpay_core::{Language, Receipt};

use crate::console::Console;
use crate::output::people::receipt;
use crate::output::sheet::plain;
use crate::output::{money, words};

pub(crate) fn full_cancel(console: &Console, receipt_id: &str, receipt: Option<&Receipt>) -> String {
    let mut text = match receipt {
        Some(receipt) => receipt::fields(console, receipt).laid_out(),
        None => format!("  {}\n", console.word(words::NOT_LOOKED_UP)),
    };
    let remaining = receipt.and_then(|receipt| receipt.totals.remaining);
    let remaining = remaining.map(|remaining| money::won(remaining, console.language));
    let id = plain(receipt_id);
    text.push_str(&match (console.language, remaining) {
        (Language::Korean, Some(remaining)) => format!("{id} 건의 남은 금액 {remaining}을 모두 취소할까요? [y/N]"),
        (Language::Korean, None) => format!("{id} 건의 남은 금액을 모두 취소할까요? [y/N]"),
        (Language::English, Some(remaining)) => format!("Cancel all that remains of {id}, {remaining}? [y/N]"),
        (Language::English, None) => format!("Cancel all that remains of {id}? [y/N]"),
    });
    text
}
