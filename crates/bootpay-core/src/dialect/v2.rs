//! The second dialect: what Bootpay sells today.
//!
//! Everything is under `/v2`, a token is sent as `Bearer`, and answers are flat: a success is the receipt itself, an
//! error is `{error_code, message, pg_error_code?}` with a status that is not 200 (`protocol.md` §§1–5). There is no
//! `remain_price`: it is the price less what is cancelled.

use serde::Serialize;

use super::json::{self, Members, What};
use super::pg::GatewayWord;
use super::refusals::{NOT_A_REFUSAL, Spelled};
use super::{
    CancelId, Cancellation, Dialect, Granted, Method, Opened, Receipt, ReceiptId, Secret, ValidCancel, WireAnswer,
    WireRequest,
};
use crate::cancel::CancelAmount;
use crate::money::Won;
use crate::receipt::{ReceiptStatus, Totals};

#[derive(Serialize)]
struct TokenBody<'a> {
    application_id: &'a str,
    private_key: &'a str,
}

#[derive(Serialize)]
struct CancelBody<'a> {
    receipt_id: &'a str,
    cancel_id: &'a str,
    #[serde(flatten)]
    amount: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<Refund<'a>>,
}

/// A missing amount means everything. So `cancel_price` is no option that could be `None` by mistake: a full cancel has
/// no place for one, and a partial cancel cannot be written without it.
#[derive(Serialize)]
#[serde(untagged)]
enum Amount {
    Full {},
    Partial {
        cancel_price: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        cancel_tax_free: Option<u64>,
    },
}

#[derive(Serialize)]
struct Refund<'a> {
    bank_account: &'a str,
    bank_username: &'a str,
    bank_code: &'a str,
}

impl From<CancelAmount> for Amount {
    fn from(amount: CancelAmount) -> Self {
        match amount {
            CancelAmount::Full { expected_remaining: _ } => Self::Full {},
            CancelAmount::Partial { price, tax_free } => {
                Self::Partial { cancel_price: price.won().get(), cancel_tax_free: tax_free.map(|won| won.get()) }
            }
        }
    }
}

pub(super) fn token_request(application_id: &str, private_key: &Secret) -> WireRequest {
    let body = TokenBody { application_id, private_key: private_key.expose() };
    post("/request/token", &body)
}

pub(super) fn cancel_request(cancel: &ValidCancel, cancel_id: &CancelId) -> WireRequest {
    let body = CancelBody {
        receipt_id: cancel.receipt_id.as_str(),
        cancel_id: cancel_id.as_str(),
        amount: cancel.amount.into(),
        cancel_username: cancel.canceller.as_deref(),
        cancel_message: cancel.reason.as_deref(),
        refund: cancel.refund_account.as_ref().map(|refund| Refund {
            bank_account: refund.account().expose(),
            bank_username: refund.holder().expose(),
            bank_code: refund.bank().code(),
        }),
    };
    post("/cancel", &body)
}

pub(super) fn lookup_request(receipt_id: &ReceiptId) -> WireRequest {
    let path = format!("{}/receipt/{receipt_id}?lookup_user_data=false", Dialect::V2.prefix());
    WireRequest { method: Method::Get, path, body: None }
}

fn post<T: Serialize>(path: &str, body: &T) -> WireRequest {
    let path = format!("{}{path}", Dialect::V2.prefix());
    WireRequest { method: Method::Post, path, body: Some(json::body(body)) }
}

pub(super) fn open(answer: &WireAnswer) -> Result<Opened<'_>, What> {
    let mut members = Members::of(answer)?;
    let is_error = members.has("error_code");
    match answer.status {
        200 if is_error => Err("an error with a success's status"),
        200 => Ok(Opened::Success(members)),
        400.. if is_error => {
            let code = members.take_name("error_code")?.unwrap_or_default();
            // Others who stand between us and Bootpay number their errors under this very name (Cloudflare does), but
            // none of them names a symbol, and Bootpay's own come with a message.
            let is_symbol = code.starts_with(|char: char| char.is_ascii_alphabetic());
            if code.is_empty() || !(is_symbol || members.has("message")) {
                return Err("an error in somebody else's form");
            }
            let message = members.take_name("message")?.unwrap_or_default();
            let gateway = GatewayWord::in_v2(&mut members);
            Ok(Opened::Refusal(Spelled { code: Some(code), message, gateway }.into_refusal(answer)))
        }
        400.. => Err("an error without an error's code"),
        _ => Err(NOT_A_REFUSAL),
    }
}

pub(super) fn token(mut members: Members<'_>) -> Result<Granted, What> {
    let token = members.take_token("access_token")?;
    let seconds = members.take_integer("expire_in")?.ok_or("a token without its lifetime")?;
    Ok(Granted { token, lifetime: json::lifetime(seconds)? })
}

/// A flat body has no envelope to know it by, so one that names neither a receipt nor an amount is not a receipt: a
/// `status` alone is in everybody's JSON.
fn is_a_receipt(members: &Members<'_>) -> Result<(), What> {
    let known = ["receipt_id", "price", "cancelled_price"].iter().any(|name| members.has(name));
    if known { Ok(()) } else { Err("JSON that is no receipt") }
}

/// What remains, where both figures are there and make sense.
fn remaining(price: Option<Won>, cancelled: Option<Won>) -> Option<Won> {
    price?.checked_sub(cancelled?)
}

/// The whole receipt, of which the members that the page's cancel has are taken.
pub(super) fn cancellation(mut members: Members<'_>) -> Result<Box<Cancellation>, What> {
    is_a_receipt(&members)?;
    let (price, cancelled_price) = (members.take_won("price")?, members.take_won("cancelled_price")?);
    Ok(Box::new(Cancellation {
        receipt_id: members.take_receipt_id()?,
        request_cancel_price: None,
        remain_price: remaining(price, cancelled_price),
        remain_tax_free: None,
        cancelled_price,
        cancelled_tax_free: members.take_won("cancelled_tax_free")?,
        revoked_at: members.take_time("cancelled_at"),
        tid: members.take_text("tid"),
        order_id: members.take_text("order_id"),
        cancel_id: members.take_name("cancel_id")?,
        price,
        status: members.take_integer("status")?.map(ReceiptStatus),
        extra: members.into_extra(),
    }))
}

pub(super) fn receipt(mut members: Members<'_>) -> Result<Box<Receipt>, What> {
    is_a_receipt(&members)?;
    let (price, cancelled) = (members.take_won("price")?, members.take_won("cancelled_price")?);
    // Where there is a symbol, `method` is its name for people.
    let (method, method_name) = match (members.take_text("method_symbol"), members.take_text("method")) {
        (Some(symbol), name) => (Some(symbol), name),
        (None, method) => (method, None),
    };
    Ok(Box::new(Receipt {
        receipt_id: members.take_receipt_id()?.ok_or("a receipt without its id")?,
        order_id: members.take_text("order_id"),
        order_name: members.take_text("order_name"),
        totals: Totals {
            price,
            remaining: remaining(price, cancelled),
            cancelled,
            status: members.take_integer("status")?.map(ReceiptStatus),
        },
        tax_free: members.take_won("tax_free")?,
        remain_tax_free: None,
        cancelled_tax_free: members.take_won("cancelled_tax_free")?,
        pg: members.take_text("pg"),
        method,
        pg_name: None,
        method_name,
        requested_at: members.take_time("requested_at"),
        purchased_at: members.take_time("purchased_at"),
        cancelled_at: members.take_time("cancelled_at"),
        receipt_url: members.take_text("receipt_url"),
        extra: members.into_extra(),
    }))
}

#[cfg(test)]
mod tests;
