//! A receipt: what Bootpay's ledger says about one payment.
//!
//! The lookup gives **totals only**: no list of cancels, no `cancel_id` (`protocol.md` §5). So it can prove that a
//! receipt is empty, and hardly ever whose cancel emptied it. Ledgers lag, and a cancel made in a payment gateway's own
//! console never reaches Bootpay's ledger at all.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cancel::ReceiptId;
use crate::korean_time::KoreanTime;
use crate::money::Won;
use crate::secret::{Secret, blot_out, could_hold, scrub};

/// What Bootpay's ledger says about one payment. Every member that the server may leave out is optional; members that
/// the library does not know are kept in [`Receipt::extra`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// Bootpay's id of the payment.
    pub receipt_id: ReceiptId,
    /// The merchant's order.
    pub order_id: Option<String>,
    /// What was sold (`name` in v1, `order_name` in v2).
    pub order_name: Option<String>,
    /// What the ledger says about the money.
    pub totals: Totals,
    /// The tax-free part of the price, in won.
    pub tax_free: Option<Won>,
    /// The tax-free part that remains, in won. v1 only.
    pub remain_tax_free: Option<Won>,
    /// The tax-free part that is cancelled, in won.
    pub cancelled_tax_free: Option<Won>,
    /// The payment gateway's symbol, such as `kcp`.
    pub pg: Option<String>,
    /// The payment method's symbol, such as `card` or `vbank`.
    pub method: Option<String>,
    /// The payment gateway's name.
    pub pg_name: Option<String>,
    /// The payment method's name.
    pub method_name: Option<String>,
    /// When the payment was asked for.
    pub requested_at: Option<KoreanTime>,
    /// When it was paid.
    pub purchased_at: Option<KoreanTime>,
    /// When it was last cancelled (`revoked_at` in v1, `cancelled_at` in v2).
    pub cancelled_at: Option<KoreanTime>,
    /// Where the customer's receipt can be seen.
    pub receipt_url: Option<String>,
    /// Everything else that the server sent.
    pub extra: Extra,
}

/// The money of a receipt at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Totals {
    /// What was paid, in won.
    pub price: Option<Won>,
    /// What remains, in won. In v2 it is the price less what is cancelled.
    pub remaining: Option<Won>,
    /// What is cancelled in all, in won.
    pub cancelled: Option<Won>,
    /// The receipt's status.
    pub status: Option<ReceiptStatus>,
}

impl Totals {
    /// Whether the ledger proves that all the money is back: price above 0, remainder present and 0, cancelled equal
    /// to the price, and a status that says neither "cancel failed" nor "in progress at the PG".
    pub fn is_empty(&self) -> bool {
        let emptied = self.price.is_some_and(|price| price > Won::ZERO)
            && self.remaining == Some(Won::ZERO)
            && self.cancelled == self.price;
        emptied && !self.is_unfinished()
    }

    /// Whether the status says that a cancel failed (−20) or is in progress at the payment gateway (−30).
    pub fn is_unfinished(&self) -> bool {
        matches!(self.status, Some(ReceiptStatus::CANCEL_FAILED | ReceiptStatus::CANCEL_IN_PROGRESS))
    }
}

/// A receipt's status as Bootpay's number. Numbers that nobody has documented are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReceiptStatus(pub i64);

impl ReceiptStatus {
    /// 0: waiting for the payment.
    pub const WAITING: Self = Self(0);
    /// 1: paid.
    pub const PAID: Self = Self(1);
    /// 2: before approval.
    pub const BEFORE_APPROVAL: Self = Self(2);
    /// 3: being approved.
    pub const APPROVING: Self = Self(3);
    /// 11: a billing key was issued.
    pub const BILLING_KEY_ISSUED: Self = Self(11);
    /// 20: cancelled. After a partial cancel the sources disagree: decide by the amounts.
    pub const CANCELLED: Self = Self(20);
    /// −1: failed.
    pub const FAILED: Self = Self(-1);
    /// −2: approval failed.
    pub const APPROVAL_FAILED: Self = Self(-2);
    /// −3: the virtual account was withdrawn.
    pub const VIRTUAL_ACCOUNT_WITHDRAWN: Self = Self(-3);
    /// −11: the billing key was withdrawn.
    pub const BILLING_KEY_WITHDRAWN: Self = Self(-11);
    /// −20: the cancel failed.
    pub const CANCEL_FAILED: Self = Self(-20);
    /// −30: the cancel is in progress at the payment gateway.
    pub const CANCEL_IN_PROGRESS: Self = Self(-30);

    /// The status in words, in English; `None` for a number that nobody has documented.
    pub fn words(self) -> Option<&'static str> {
        Some(match self {
            Self::WAITING => "waiting for payment",
            Self::PAID => "paid",
            Self::BEFORE_APPROVAL => "before approval",
            Self::APPROVING => "being approved",
            Self::BILLING_KEY_ISSUED => "billing key issued",
            Self::CANCELLED => "cancelled",
            Self::FAILED => "failed",
            Self::APPROVAL_FAILED => "approval failed",
            Self::VIRTUAL_ACCOUNT_WITHDRAWN => "virtual account withdrawn",
            Self::BILLING_KEY_WITHDRAWN => "billing key withdrawn",
            Self::CANCEL_FAILED => "cancel failed",
            Self::CANCEL_IN_PROGRESS => "cancel in progress at the PG",
            _ => return None,
        })
    }
}

impl Receipt {
    /// Whether the payment was made into a virtual account, as far as the method's symbol tells.
    pub fn is_virtual_account(&self) -> bool {
        self.method.as_deref().is_some_and(|method| method.eq_ignore_ascii_case("vbank"))
    }
}

/// Members of an answer that the library does not know, kept as they came. They can hold personal data (a virtual
/// account's number, say), so `Debug` prints their names alone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extra(pub Map<String, Value>);

impl Extra {
    /// Blots secrets out of every text in it, names included, at any depth.
    pub(crate) fn scrub(&mut self, secrets: &[&Secret]) {
        scrub_members(&mut self.0, secrets);
    }
}

fn scrub_members(members: &mut Map<String, Value>, secrets: &[&Secret]) {
    members.values_mut().for_each(|value| scrub_value(value, secrets));
    if members.keys().any(|name| could_hold(name, secrets)) {
        let clean = |(name, value): (String, Value)| (scrub(&name, secrets), value);
        *members = std::mem::take(members).into_iter().map(clean).collect();
    }
}

fn scrub_value(value: &mut Value, secrets: &[&Secret]) {
    match value {
        Value::String(text) => blot_out(text, secrets),
        Value::Array(items) => items.iter_mut().for_each(|item| scrub_value(item, secrets)),
        Value::Object(members) => scrub_members(members, secrets),
        Value::Number(number) => {
            // An account number may come back as a number.
            let text = number.to_string();
            let clean = scrub(&text, secrets);
            if clean != text {
                *value = Value::String(clean);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

impl Receipt {
    /// Blots secrets out of every text of it: a server may echo what it was sent.
    pub(crate) fn scrub(&mut self, secrets: &[&Secret]) {
        let texts = [
            &mut self.order_id,
            &mut self.order_name,
            &mut self.pg,
            &mut self.method,
            &mut self.pg_name,
            &mut self.method_name,
            &mut self.receipt_url,
        ];
        for text in texts.into_iter().flatten() {
            blot_out(text, secrets);
        }
        self.extra.scrub(secrets);
    }
}

impl Hash for Extra {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for (name, value) in &self.0 {
            name.hash(state);
            value.to_string().hash(state);
        }
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(price: u64, remaining: u64, cancelled: u64, status: i64) -> Totals {
        Totals {
            price: Some(Won::new(price)),
            remaining: Some(Won::new(remaining)),
            cancelled: Some(Won::new(cancelled)),
            status: Some(ReceiptStatus(status)),
        }
    }

    #[test]
    fn only_a_receipt_with_every_proof_is_empty() {
        assert!(totals(10_000, 0, 10_000, 20).is_empty());
        assert!(totals(10_000, 0, 10_000, 1).is_empty(), "decide by the amounts, not by the status");
        assert!(!totals(10_000, 1, 9_999, 20).is_empty());
        assert!(!totals(10_000, 0, 9_000, 20).is_empty());
        assert!(!totals(0, 0, 0, 20).is_empty());
        assert!(!totals(10_000, 0, 10_000, -20).is_empty());
        assert!(!totals(10_000, 0, 10_000, -30).is_empty());
        assert!(!Totals { remaining: None, ..totals(10_000, 0, 10_000, 20) }.is_empty());
        assert!(!Totals::default().is_empty());
    }

    #[test]
    fn a_secret_that_is_echoed_as_a_members_name_is_blotted_out_too() {
        let mut extra = Extra(serde_json::from_str(r#"{"canary-1":1,"a":[{"x canary-1":"canary-1"}]}"#).unwrap());
        extra.scrub(&[&Secret::new("canary-1")]);
        assert_eq!(
            extra.0,
            *serde_json::json!({"[redacted]":1,"a":[{"x [redacted]":"[redacted]"}]}).as_object().unwrap()
        );
        assert!(!format!("{extra:?}").contains("canary"));
    }

    #[test]
    fn unknown_members_are_kept_but_not_printed() {
        let extra = Extra(serde_json::from_str(r#"{"vbank_data":{"account":"canary-1"}}"#).unwrap());
        assert!(!format!("{extra:?}").contains("canary"));
        assert!(format!("{extra:?}").contains("vbank_data"));
    }
}
