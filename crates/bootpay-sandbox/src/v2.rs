//! The v2 dialect: flat objects, and refusals as `{error_code, message}` with the PG's own code beside them when it was
//! the PG that refused. A cancel's answer is the whole receipt, which has no `remain_price`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::body::{self, CancelNames};
use crate::call::{Answer, Call, Operation};
use crate::clock::v2_time;
use crate::receipt::ReceiptState;
use crate::refusal::{Face, Refusal};
use crate::words;
use crate::world::World;

const NAMES: CancelNames = CancelNames {
    amount: "cancel_price",
    tax_free: "cancel_tax_free",
    refund_account: ["bank_account", "bank_username", "bank_code"],
};

pub(crate) fn answer(world: &mut World, call: &Call, now_ms: u64, act: bool) -> Result<Answer, Refusal> {
    let body = match call.route.operation {
        Operation::Token => {
            let members = body::object(call.says_json, &call.body)?;
            world.check_key_pair(&members)?;
            let token = world.v2_tokens.issue(now_ms);
            json!({
                "access_token": token.value,
                "expire_in": token.expires_ms.saturating_sub(now_ms) / 1000,
            })
        }
        Operation::Cancel => {
            authorise(world, call, now_ms)?;
            let members = body::object(call.says_json, &call.body)?;
            let order = body::cancel_order(&members, &NAMES)?;
            let done = world.cancel(&order, now_ms, act)?;
            let mut answer = receipt(&done.after);
            if let Value::Object(members) = &mut answer {
                members.insert("cancel_id".to_owned(), json!(done.cancel_id));
            }
            answer
        }
        Operation::Lookup => {
            authorise(world, call, now_ms)?;
            let id = call.route.receipt_id.as_deref().unwrap_or_default();
            receipt(&world.lookup(id, now_ms)?)
        }
        Operation::Other => return Err(Refusal::NoSuchPath),
    };
    Ok(Answer { status: 200, body })
}

fn authorise(world: &World, call: &Call, now_ms: u64) -> Result<(), Refusal> {
    let (scheme, credentials) =
        call.authorization.as_deref().and_then(|header| header.split_once(' ')).ok_or(Refusal::TokenInvalid)?;
    match scheme {
        "Bearer" if world.v2_tokens.is_valid(credentials, now_ms) => Ok(()),
        "Basic" => {
            let pair = STANDARD
                .decode(credentials)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or(Refusal::ClientKeyUnknown)?;
            let (client_key, secret_key) = pair.split_once(':').ok_or(Refusal::ClientKeyUnknown)?;
            world.check_basic_pair(client_key, secret_key)
        }
        _ => Err(Refusal::TokenInvalid),
    }
}

fn receipt(receipt: &ReceiptState) -> Value {
    let (_, status_ko) = words::status(receipt.status);
    json!({
        "receipt_id": receipt.receipt_id,
        "order_id": receipt.order_id,
        "price": receipt.price,
        "tax_free": receipt.tax_free,
        "cancelled_price": receipt.cancelled_price,
        "cancelled_tax_free": receipt.cancelled_tax_free,
        "order_name": receipt.name,
        "pg": receipt.pg,
        "method": words::method(&receipt.method),
        "method_symbol": receipt.method,
        "purchased_at": v2_time(receipt.paid_at_unix_ms),
        "requested_at": v2_time(receipt.paid_at_unix_ms),
        "cancelled_at": receipt.revoked_at_unix_ms.map(v2_time),
        "status": receipt.status,
        "status_locale": status_ko,
        "receipt_url": "",
        "sandbox": receipt.test_mode,
    })
}

pub(crate) fn refused(face: &Face) -> Answer {
    let mut body = Map::new();
    body.insert("error_code".to_owned(), json!(face.v2_symbol));
    body.insert("message".to_owned(), json!(face.message));
    if let Some((code, _)) = &face.pg {
        body.insert("pg_error_code".to_owned(), json!(code));
    }
    Answer { status: face.status, body: Value::Object(body) }
}
