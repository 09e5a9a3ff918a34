//! The v1 dialect, the page's: every answer is an envelope `{status, code, message, data}` whose status is the HTTP
//! status; `code` is 0 for success and negative otherwise.

use serde_json::{Map, Value, json};

use crate::body::{self, CancelNames};
use crate::call::{Answer, Call, Operation};
use crate::cancel::Cancelled;
use crate::clock::v1_time;
use crate::receipt::ReceiptState;
use crate::refusal::{Face, Refusal};
use crate::words;
use crate::world::World;

const NAMES: CancelNames =
    CancelNames { amount: "price", tax_free: "tax_free", refund_account: ["account", "accountholder", "bankcode"] };

pub(crate) fn answer(world: &mut World, call: &Call, now_ms: u64, act: bool) -> Result<Answer, Refusal> {
    let data = match call.route.operation {
        Operation::Token => token(world, call, now_ms)?,
        Operation::Cancel => {
            authorise(world, call, now_ms)?;
            let members = body::object(call.says_json, &call.body)?;
            let order = body::cancel_order(&members, &NAMES)?;
            cancelled(&world.cancel(&order, now_ms, act)?)
        }
        Operation::Lookup => {
            authorise(world, call, now_ms)?;
            let id = call.route.receipt_id.as_deref().unwrap_or_default();
            receipt(&world.lookup(id, now_ms)?)
        }
        Operation::Other => return Err(Refusal::NoSuchPath),
    };
    Ok(Answer { status: 200, body: json!({ "status": 200, "code": 0, "message": "", "data": data }) })
}

fn token(world: &mut World, call: &Call, now_ms: u64) -> Result<Value, Refusal> {
    let members = body::object(call.says_json, &call.body)?;
    world.check_key_pair(&members)?;
    let token = world.v1_tokens.issue(now_ms);
    Ok(json!({
        "token": token.value,
        "server_time": now_ms / 1000,
        "expired_at": token.expires_ms / 1000,
    }))
}

/// The token stands bare in the header: a `Bearer` before it makes it another token, which nobody knows.
fn authorise(world: &World, call: &Call, now_ms: u64) -> Result<(), Refusal> {
    match &call.authorization {
        Some(token) if world.v1_tokens.is_valid(token, now_ms) => Ok(()),
        _ => Err(Refusal::TokenInvalid),
    }
}

fn cancelled(done: &Cancelled) -> Value {
    let receipt = &done.after;
    json!({
        "receipt_id": receipt.receipt_id,
        "order_id": receipt.order_id,
        "cancel_id": done.cancel_id,
        "request_cancel_price": done.requested,
        "remain_price": receipt.remain_price,
        "remain_tax_free": receipt.remain_tax_free,
        "cancelled_price": receipt.cancelled_price,
        "cancelled_tax_free": receipt.cancelled_tax_free,
        "revoked_at": v1_time(done.at_ms),
        "tid": receipt.tid,
    })
}

fn receipt(receipt: &ReceiptState) -> Value {
    let (status_en, status_ko) = words::status(receipt.status);
    json!({
        "receipt_id": receipt.receipt_id,
        "order_id": receipt.order_id,
        "name": receipt.name,
        "price": receipt.price,
        "tax_free": receipt.tax_free,
        "remain_price": receipt.remain_price,
        "remain_tax_free": receipt.remain_tax_free,
        "cancelled_price": receipt.cancelled_price,
        "cancelled_tax_free": receipt.cancelled_tax_free,
        "receipt_url": "",
        "unit": "krw",
        "pg": receipt.pg,
        "method": receipt.method,
        "pg_name": receipt.pg,
        "method_name": words::method(&receipt.method),
        "payment_data": { "tid": receipt.tid },
        "requested_at": v1_time(receipt.paid_at_unix_ms),
        "purchased_at": v1_time(receipt.paid_at_unix_ms),
        "revoked_at": receipt.revoked_at_unix_ms.map(v1_time),
        "status": receipt.status,
        "status_en": status_en,
        "status_ko": status_ko,
    })
}

pub(crate) fn refused(face: &Face) -> Answer {
    let mut envelope = Map::new();
    envelope.insert("status".to_owned(), json!(face.status));
    envelope.insert("code".to_owned(), json!(face.v1_code));
    envelope.insert("message".to_owned(), json!(face.message));
    if let Some((code, message)) = &face.pg {
        let data = json!({ "ResultCode": code, "ResultMsg": message });
        envelope.insert("data".to_owned(), data);
    }
    Answer { status: face.status, body: Value::Object(envelope) }
}
