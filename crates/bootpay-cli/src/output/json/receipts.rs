//! Receipts and previews as JSON.

use bootpay_core::{BootpayError, Language, Preview, Receipt, Totals};
use serde_json::{Map, Value, json};

use crate::output::json::{bootpay_error, intent};

/// A ledger's totals.
pub(crate) fn totals(totals: &Totals) -> Value {
    let Totals { price, remaining, cancelled, status } = totals;
    json!({ "price": price, "remaining": remaining, "cancelled": cancelled, "status": status })
}

/// A receipt. What the server sent beyond its documentation can be personal data: only the names of it are told.
pub(crate) fn receipt(receipt: &Receipt) -> Value {
    let Totals { price, remaining, cancelled, status } = receipt.totals;
    json!({
        "receipt_id": receipt.receipt_id,
        "order_id": receipt.order_id,
        "order_name": receipt.order_name,
        "price": price,
        "remaining": remaining,
        "cancelled": cancelled,
        "status": status,
        "status_words": status.and_then(|status| status.words()),
        "empty": receipt.totals.is_empty(),
        "tax_free": receipt.tax_free,
        "remain_tax_free": receipt.remain_tax_free,
        "cancelled_tax_free": receipt.cancelled_tax_free,
        "pg": receipt.pg,
        "pg_name": receipt.pg_name,
        "method": receipt.method,
        "method_name": receipt.method_name,
        "virtual_account": receipt.is_virtual_account(),
        "requested_at": receipt.requested_at,
        "purchased_at": receipt.purchased_at,
        "cancelled_at": receipt.cancelled_at,
        "receipt_url": receipt.receipt_url,
        "other_members": receipt.extra.0.keys().collect::<Vec<_>>(),
    })
}

/// What a cancel would send.
pub(crate) fn preview(language: Language, preview: &Preview) -> Value {
    let conflict = preview.conflict.clone().map(BootpayError::from);
    let objection = preview.objection.clone().map(BootpayError::from).or(conflict).map(|objection| {
        let mut error = bootpay_error(language, &objection);
        if let Some(error) = error.as_object_mut() {
            error.insert("money_moved".into(), json!(false));
        }
        error
    });
    let members: Map<String, Value> = preview.members.clone();
    json!({
        "dry_run": true,
        "sent": false,
        "url": preview.url,
        "members": members,
        "receipt": receipt(&preview.receipt),
        "objection": objection,
        "open_intents": preview.open.iter().map(intent).collect::<Vec<_>>(),
    })
}
