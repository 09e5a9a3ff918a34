//! What Bootpay's ledger says about a payment.

use std::time::SystemTime;

use crate::error::{ConflictNote, Refusal};
use crate::intent::Intent;
use crate::numbers::{korean, wons};

/// What Bootpay's ledger says about one payment. What the server leaves out is absent; amounts are in won.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Receipt {
    /// Bootpay's id of the payment.
    pub receipt_id: String,
    /// The merchant's order.
    pub order_id: Option<String>,
    /// What was sold.
    pub order_name: Option<String>,
    /// What the ledger says about the money.
    pub totals: Totals,
    /// The tax-free part of the price.
    pub tax_free: Option<i64>,
    /// The tax-free part that remains. v1 only.
    pub remain_tax_free: Option<i64>,
    /// The tax-free part that is cancelled.
    pub cancelled_tax_free: Option<i64>,
    /// The payment gateway's symbol, such as `kcp`.
    pub pg: Option<String>,
    /// The payment method's symbol, such as `card` or `vbank`.
    pub method: Option<String>,
    /// The payment gateway's name.
    pub pg_name: Option<String>,
    /// The payment method's name.
    pub method_name: Option<String>,
    /// When the payment was asked for.
    pub requested_at: Option<SystemTime>,
    /// When it was paid.
    pub purchased_at: Option<SystemTime>,
    /// When it was last cancelled.
    pub cancelled_at: Option<SystemTime>,
    /// Where the customer's receipt can be seen.
    pub receipt_url: Option<String>,
    /// Everything else that the server sent, as a JSON object. It can hold personal data.
    pub extra_json: String,
}

/// The money of a receipt at one moment, in won.
#[derive(Clone, Copy, Debug, uniffi::Record)]
pub struct Totals {
    /// What was paid.
    pub price: Option<i64>,
    /// What remains.
    pub remaining: Option<i64>,
    /// What is cancelled in all.
    pub cancelled: Option<i64>,
    /// The receipt's status, as Bootpay's number.
    pub status: Option<i64>,
    /// Whether the ledger proves that all the money is back.
    pub is_empty: bool,
}

/// What a cancel would send, and what the ledger says. Nothing was sent.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Preview {
    /// The address that the cancel would go to.
    pub url: String,
    /// The members that it would send, as a JSON object. Account number and holder are masked.
    pub members_json: String,
    /// What the ledger says now.
    pub receipt: Receipt,
    /// Why the ledger stands against it, where it does: the cancel would end with this refusal.
    pub objection: Option<Refusal>,
    /// Which earlier intent would refuse it before anything is sent, where one would.
    pub conflict: Option<ConflictNote>,
    /// Earlier intents of this receipt that are still open.
    pub open: Vec<Intent>,
}

impl From<bootpay_core::Receipt> for Receipt {
    fn from(receipt: bootpay_core::Receipt) -> Self {
        Self {
            receipt_id: receipt.receipt_id.as_str().to_owned(),
            order_id: receipt.order_id,
            order_name: receipt.order_name,
            totals: receipt.totals.into(),
            tax_free: wons(receipt.tax_free),
            remain_tax_free: wons(receipt.remain_tax_free),
            cancelled_tax_free: wons(receipt.cancelled_tax_free),
            pg: receipt.pg,
            method: receipt.method,
            pg_name: receipt.pg_name,
            method_name: receipt.method_name,
            requested_at: korean(receipt.requested_at),
            purchased_at: korean(receipt.purchased_at),
            cancelled_at: korean(receipt.cancelled_at),
            receipt_url: receipt.receipt_url,
            extra_json: json(receipt.extra.0),
        }
    }
}

impl From<bootpay_core::Totals> for Totals {
    fn from(totals: bootpay_core::Totals) -> Self {
        Self {
            is_empty: totals.is_empty(),
            price: wons(totals.price),
            remaining: wons(totals.remaining),
            cancelled: wons(totals.cancelled),
            status: totals.status.map(|status| status.0),
        }
    }
}

impl From<bootpay_core::Preview> for Preview {
    fn from(preview: bootpay_core::Preview) -> Self {
        Self {
            url: preview.url,
            members_json: json(preview.members),
            receipt: preview.receipt.into(),
            objection: preview.objection.map(Refusal::from),
            conflict: preview.conflict.map(ConflictNote::from),
            open: preview.open.into_iter().map(Intent::from).collect(),
        }
    }
}

pub(crate) fn json(members: serde_json::Map<String, serde_json::Value>) -> String {
    serde_json::Value::Object(members).to_string()
}
