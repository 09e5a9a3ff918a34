//! How a fault changes what an answer says.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::call::{Answer, Dialect};
use crate::fault::{Delivery, Fault, FaultBody, Says};
use crate::reply::{HTML, JSON, Reply, ReplyBody};

const HTML_PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// A receipt that nobody has.
const OTHER_RECEIPT: &str = "ffffffffffffffffffffffff";

/// What the wrong figures are off by, in won.
const OFF_BY_WON: u64 = 777;

/// The answer as the fault has it, made from the true (or rehearsed) one.
pub(crate) fn spoil(fault: &Fault, dialect: Dialect, answer: Answer) -> Reply {
    let mut reply = match &fault.says {
        None => Reply::json(&answer),
        Some(says) => say(says, dialect, answer),
    };
    reply.retry_after_s = fault.retry_after_s;
    if let Some(Delivery::SlowDrip { bytes, interval_ms }) = fault.delivery {
        reply.body = reply.body.drip(bytes, Duration::from_millis(interval_ms));
    }
    reply
}

fn say(says: &Says, dialect: Dialect, mut answer: Answer) -> Reply {
    match says {
        Says::Status { code, body } => status(*code, body, dialect),
        // The world has already said it in its own words.
        Says::ExpiredToken => Reply::json(&answer),
        Says::Redirect(url) => Reply { location: Some(url.clone()), ..Reply::of(307, None, Bytes::new()) },
        Says::TruncatedJson => {
            let text = Bytes::from(answer.body.to_string());
            let half = text.slice(..text.len() / 2);
            Reply::of(answer.status, Some(JSON), half)
        }
        Says::MistypedJson => {
            *told(&mut answer, dialect) = mistyped(told(&mut answer, dialect).take());
            Reply::json(&answer)
        }
        Says::HugeBody(bytes) => {
            Reply { body: padded(answer.body, *bytes), ..Reply::of(answer.status, Some(JSON), Bytes::new()) }
        }
        Says::OtherReceipt => {
            overwrite(&mut answer, dialect, "receipt_id", json!(OTHER_RECEIPT));
            Reply::json(&answer)
        }
        Says::OtherFigures => {
            let cancelled = told(&mut answer, dialect).get("cancelled_price").and_then(Value::as_u64);
            if let Some(cancelled) = cancelled {
                let wrong = json!(cancelled + OFF_BY_WON);
                overwrite(&mut answer, dialect, "cancelled_price", wrong);
            }
            Reply::json(&answer)
        }
        Says::ReceiptStatus(status) => {
            overwrite(&mut answer, dialect, "status", json!(status));
            Reply::json(&answer)
        }
    }
}

fn status(code: u16, body: &FaultBody, dialect: Dialect) -> Reply {
    match body {
        FaultBody::Html => Reply::of(code, Some(HTML), Bytes::from_static(HTML_PAGE.as_bytes())),
        FaultBody::Empty => Reply::of(code, None, Bytes::new()),
        FaultBody::Raw(text) => Reply::of(code, Some(JSON), Bytes::from(text.clone())),
        FaultBody::Json(value) => Reply::of(code, Some(JSON), Bytes::from(value.to_string())),
        FaultBody::Envelope { code: symbol, message, pg_code } => {
            let mut body = match dialect {
                Dialect::V1 => json!({ "status": code, "code": symbol, "message": message }),
                Dialect::V2 => json!({ "error_code": symbol, "message": message }),
            };
            if let (Some(pg_code), Value::Object(members)) = (pg_code, &mut body) {
                let (name, value) = match dialect {
                    Dialect::V1 => ("data", json!({ "ResultCode": pg_code, "ResultMsg": message })),
                    Dialect::V2 => ("pg_error_code", json!(pg_code)),
                };
                members.insert(name.to_owned(), value);
            }
            Reply::of(code, Some(JSON), Bytes::from(body.to_string()))
        }
    }
}

/// What the answer tells, without v1's envelope around it.
fn told(answer: &mut Answer, dialect: Dialect) -> &mut Value {
    match dialect {
        Dialect::V1 if answer.body.get("data").is_some() => &mut answer.body["data"],
        _ => &mut answer.body,
    }
}

/// Only a success is falsified: a refusal has no receipt and no figures.
fn overwrite(answer: &mut Answer, dialect: Dialect, name: &str, value: Value) {
    if answer.is_success()
        && let Value::Object(members) = told(answer, dialect)
    {
        members.insert(name.to_owned(), value);
    }
}

/// Every number becomes a list, every text an object.
fn mistyped(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, mistyped(value))).collect::<Map<_, _>>())
        }
        Value::String(text) => json!({ "text": text }),
        other => json!([other]),
    }
}

/// A JSON body of exactly `bytes` (if the answer itself is not longer), without holding it in memory.
fn padded(body: Value, bytes: u64) -> ReplyBody {
    const BLOCK: &[u8] = &[b'x'; 64 * 1024];
    let text = body.to_string();
    // Everything but the outermost brace, which closes behind the padding.
    let open = text.strip_suffix('}').unwrap_or(&text);
    let head = format!("{open},\"padding\":\"");
    let tail = "\"}";
    let mut left = bytes.saturating_sub((head.len() + tail.len()) as u64);
    let mut pieces = VecDeque::from([Bytes::from(head)]);
    while left > 0 {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(BLOCK.len());
        pieces.push_back(Bytes::from_static(BLOCK).slice(..length));
        left -= length as u64;
    }
    pieces.push_back(Bytes::from_static(tail.as_bytes()));
    ReplyBody::in_pieces(pieces)
}
