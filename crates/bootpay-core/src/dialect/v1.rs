//! The first dialect: the page's.
//!
//! A bare token, `POST /cancel.json`, and an envelope around every answer: `{status, code, message, data}`, where
//! `status` repeats the HTTP status and `code` is 0 or a negative number (`protocol.md` §§1–5). An envelope that
//! contradicts itself or its HTTP status is not Bootpay's word, and is [`Foreign`].

use serde::Serialize;

use super::json::{self, Members, What};
use super::pg::GatewayWord;
use super::refusals::{NOT_A_REFUSAL, Spelled};
use super::{
    CancelId, Cancellation, Dialect, Granted, Method, Opened, Receipt, ReceiptId, Secret, ValidCancel, WireAnswer,
    WireRequest,
};
use crate::cancel::CancelAmount;
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
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<Refund<'a>>,
}

/// A missing amount means everything. So `price` is no option that could be `None` by mistake: a full cancel has no
/// place for one, and a partial cancel cannot be written without it.
#[derive(Serialize)]
#[serde(untagged)]
enum Amount {
    Full {},
    Partial {
        price: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        tax_free: Option<u64>,
    },
}

#[derive(Serialize)]
struct Refund<'a> {
    account: &'a str,
    accountholder: &'a str,
    bankcode: &'a str,
}

impl From<CancelAmount> for Amount {
    fn from(amount: CancelAmount) -> Self {
        match amount {
            CancelAmount::Full { expected_remaining: _ } => Self::Full {},
            CancelAmount::Partial { price, tax_free } => {
                Self::Partial { price: price.won().get(), tax_free: tax_free.map(|won| won.get()) }
            }
        }
    }
}

pub(super) fn token_request(application_id: &str, private_key: &Secret) -> WireRequest {
    let body = TokenBody { application_id, private_key: private_key.expose() };
    post("/request/token.json", &body)
}

pub(super) fn cancel_request(cancel: &ValidCancel, cancel_id: &CancelId) -> WireRequest {
    let body = CancelBody {
        receipt_id: cancel.receipt_id.as_str(),
        cancel_id: cancel_id.as_str(),
        amount: cancel.amount.into(),
        name: cancel.canceller.as_deref(),
        reason: cancel.reason.as_deref(),
        refund: cancel.refund_account.as_ref().map(|refund| Refund {
            account: refund.account().expose(),
            accountholder: refund.holder().expose(),
            bankcode: refund.bank().code(),
        }),
    };
    post("/cancel.json", &body)
}

pub(super) fn lookup_request(receipt_id: &ReceiptId) -> WireRequest {
    let path = format!("{}/receipt/{receipt_id}.json", Dialect::V1.prefix());
    WireRequest { method: Method::Get, path, body: None }
}

fn post<T: Serialize>(path: &str, body: &T) -> WireRequest {
    let path = format!("{}{path}", Dialect::V1.prefix());
    WireRequest { method: Method::Post, path, body: Some(json::body(body)) }
}

pub(super) fn open(answer: &WireAnswer) -> Result<Opened<'_>, What> {
    let mut envelope = Members::of(answer)?;
    if envelope.take_integer("status")? != Some(i64::from(answer.status)) {
        return Err("an envelope whose status is not the HTTP status");
    }
    let Some(code) = envelope.take_integer("code")? else { return Err("an envelope without a code") };
    let data = envelope.take_object("data");
    match (answer.status, code) {
        (200, 0) => data.map(Opened::Success).ok_or("a success without data"),
        (200, _) => Err("a success with an error's code"),
        (400.., ..0) => {
            let message = envelope.take_name("message")?.unwrap_or_default();
            let gateway = data.map(|mut data| GatewayWord::in_v1(&mut data)).unwrap_or_default();
            let spelled = Spelled { code: Some(code.to_string()), message, gateway };
            Ok(Opened::Refusal(spelled.into_refusal(answer)))
        }
        (400.., _) => Err("an error without an error's code"),
        _ => Err(NOT_A_REFUSAL),
    }
}

/// Both times are the server's own, so their difference is right whatever this machine's clock says.
pub(super) fn token(mut data: Members<'_>) -> Result<Granted, What> {
    let token = data.take_token("token")?;
    let (issued, expires) = (data.take_integer("server_time")?, data.take_integer("expired_at")?);
    let (Some(issued), Some(expires)) = (issued, expires) else { return Err("a token without its times") };
    Ok(Granted { token, lifetime: json::lifetime(expires.saturating_sub(issued))? })
}

pub(super) fn cancellation(mut data: Members<'_>) -> Result<Box<Cancellation>, What> {
    Ok(Box::new(Cancellation {
        receipt_id: data.take_receipt_id()?,
        request_cancel_price: data.take_won("request_cancel_price")?,
        remain_price: data.take_won("remain_price")?,
        remain_tax_free: data.take_won("remain_tax_free")?,
        cancelled_price: data.take_won("cancelled_price")?,
        cancelled_tax_free: data.take_won("cancelled_tax_free")?,
        revoked_at: data.take_time("revoked_at"),
        tid: data.take_text("tid"),
        order_id: data.take_text("order_id"),
        cancel_id: data.take_name("cancel_id")?,
        price: None,
        status: data.take_integer("status")?.map(ReceiptStatus),
        extra: data.into_extra(),
    }))
}

pub(super) fn receipt(mut data: Members<'_>) -> Result<Box<Receipt>, What> {
    Ok(Box::new(Receipt {
        receipt_id: data.take_receipt_id()?.ok_or("a receipt without its id")?,
        order_id: data.take_text("order_id"),
        order_name: data.take_text("name"),
        totals: Totals {
            price: data.take_won("price")?,
            remaining: data.take_won("remain_price")?,
            cancelled: data.take_won("cancelled_price")?,
            status: data.take_integer("status")?.map(ReceiptStatus),
        },
        tax_free: data.take_won("tax_free")?,
        remain_tax_free: data.take_won("remain_tax_free")?,
        cancelled_tax_free: data.take_won("cancelled_tax_free")?,
        pg: data.take_text("pg"),
        method: data.take_text("method"),
        pg_name: data.take_text("pg_name"),
        method_name: data.take_text("method_name"),
        requested_at: data.take_time("requested_at"),
        purchased_at: data.take_time("purchased_at"),
        cancelled_at: data.take_time("revoked_at"),
        receipt_url: data.take_text("receipt_url"),
        extra: data.into_extra(),
    }))
}

#[cfg(test)]
mod tests;
