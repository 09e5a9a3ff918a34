//! A receipt, in words.

use bootpay_core::{Receipt, ReceiptStatus, Won};

use crate::console::Console;
use crate::output::sheet::Fields;
use crate::output::{money, words};

pub(crate) fn fields(console: &Console, receipt: &Receipt) -> Fields {
    let mut fields = Fields::default();
    let won = |amount: Option<Won>| amount.map(|amount| money::won(amount, console.language));
    let some = |amount: Option<Won>| won(amount.filter(|amount| *amount > Won::ZERO));
    fields.add(console.word(words::RECEIPT), receipt.receipt_id.as_str());
    fields.add_some(console.word(words::ORDER), receipt.order_name.clone());
    fields.add_some(console.word(words::ORDER_ID), receipt.order_id.clone());
    fields.add_some(console.word(words::PAID), won(receipt.totals.price));
    fields.add_some(console.word(words::CANCELLED_IN_ALL), won(receipt.totals.cancelled));
    fields.add_some(console.word(words::REMAINS), won(receipt.totals.remaining));
    fields.add_some(console.word(words::TAX_FREE), some(receipt.tax_free));
    fields.add_some(console.word(words::STATUS), receipt.totals.status.map(|status| self::status(console, status)));
    fields.add_some(console.word(words::PG), named(receipt.pg_name.as_ref(), receipt.pg.as_ref()));
    fields.add_some(console.word(words::METHOD), named(receipt.method_name.as_ref(), receipt.method.as_ref()));
    fields.add_some(console.word(words::PAID_AT), receipt.purchased_at.map(|time| time.to_string()));
    fields.add_some(console.word(words::CANCELLED_AT), receipt.cancelled_at.map(|time| time.to_string()));
    fields
}

fn status(console: &Console, status: ReceiptStatus) -> String {
    match words::status(status) {
        Some(text) => format!("{} ({})", console.word(text), status.0),
        None => status.0.to_string(),
    }
}

/// `KCP (kcp)`, or whichever of the two there is.
fn named(name: Option<&String>, symbol: Option<&String>) -> Option<String> {
    match (name, symbol) {
        (Some(name), Some(symbol)) if name != symbol => Some(format!("{name} ({symbol})")),
        (name, symbol) => name.or(symbol).cloned(),
    }
}
