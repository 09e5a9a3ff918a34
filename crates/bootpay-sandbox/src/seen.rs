//! The wire as the sandbox saw it, with everything secret left out.
//!
//! Tests of a client ask here what it really sent: under which names, over which connection, how often. Tokens, keys and
//! refund accounts are dropped before anything is written down.

use std::collections::VecDeque;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::call::{Dialect, Operation};

/// How many requests are remembered, unless told; beyond that the oldest are forgotten (the counts go on).
pub(crate) const REMEMBERED: usize = 100_000;

/// The members whose values are never written down, at any depth.
const MASKED: [&str; 12] = [
    "refund",
    "account",
    "accountholder",
    "bankcode",
    "bank_account",
    "bank_username",
    "bank_code",
    "private_key",
    "secret_key",
    "client_key",
    "token",
    "access_token",
];

/// The form of a request's `Authorization` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AuthorizationScheme {
    /// No such header.
    #[serde(rename = "none")]
    None,
    /// A bare token, as v1 wants it.
    #[serde(rename = "bare")]
    Bare,
    /// `Bearer …`
    Bearer,
    /// `Basic …`
    Basic,
}

impl AuthorizationScheme {
    pub(crate) fn of(header: Option<&str>) -> Self {
        match header {
            None => Self::None,
            Some(text) if text.starts_with("Bearer ") => Self::Bearer,
            Some(text) if text.starts_with("Basic ") => Self::Basic,
            Some(_) => Self::Bare,
        }
    }
}

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeenRequest {
    /// The HTTP method.
    pub method: String,
    /// The path, without its query.
    pub path: String,
    /// The query, if any.
    pub query: Option<String>,
    /// The dialect, as the path tells it.
    pub dialect: Dialect,
    /// What was asked for.
    pub operation: Operation,
    /// The receipt that it was about, if it named one.
    pub receipt_id: Option<String>,
    /// The headers' names, in lower case, in the order of their arrival.
    pub headers: Vec<String>,
    /// The form of the authorization; the secret itself is never kept.
    pub authorization: AuthorizationScheme,
    /// A cancel's body. A refund account's values are masked as `"***"`; its members are there.
    pub body: Option<Value>,
    /// The connection that it came over, counted from 1.
    pub connection: u64,
    /// When, in milliseconds since 1970 by the sandbox's clock.
    pub arrived_at_unix_ms: u64,
    /// False when a fault cut the request off before it had arrived whole.
    pub complete: bool,
}

/// The log of requests.
#[derive(Debug)]
pub(crate) struct Seen {
    requests: VecDeque<SeenRequest>,
    counts: [usize; 4],
    remembered: usize,
}

impl Seen {
    pub(crate) fn remembering(remembered: usize) -> Self {
        Self { requests: VecDeque::new(), counts: [0; 4], remembered }
    }

    /// Whether requests are kept, and not only counted.
    pub(crate) fn remembers(&self) -> bool {
        self.remembered > 0
    }

    /// Counts a request, and keeps what `request` says of it where requests are kept.
    pub(crate) fn note(&mut self, operation: Operation, request: impl FnOnce() -> SeenRequest) {
        self.counts[slot(operation)] += 1;
        if !self.remembers() {
            return;
        }
        if self.requests.len() == self.remembered {
            self.requests.pop_front();
        }
        self.requests.push_back(request());
    }

    pub(crate) fn all(&self) -> Vec<SeenRequest> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn count(&self, operation: Operation) -> usize {
        self.counts[slot(operation)]
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::remembering(self.remembered);
    }
}

fn slot(operation: Operation) -> usize {
    match operation {
        Operation::Token => 0,
        Operation::Cancel => 1,
        Operation::Lookup => 2,
        Operation::Other => 3,
    }
}

/// A cancel's body with the refund account masked, and the receipt that it names.
pub(crate) fn cancel_body(body: &Bytes) -> (Option<Value>, Option<String>) {
    let Ok(parsed) = serde_json::from_slice::<Value>(body) else {
        return (None, None);
    };
    let receipt_id = parsed.get("receipt_id").and_then(Value::as_str).map(str::to_owned);
    (Some(masked(parsed)), receipt_id)
}

fn masked(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| {
                    let value = if MASKED.contains(&name.as_str()) { blotted_out(value) } else { masked(value) };
                    (name, value)
                })
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(masked).collect()),
        other => other,
    }
}

fn blotted_out(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, blotted_out(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(blotted_out).collect()),
        // An absent value is worth knowing and gives nothing away.
        Value::Null => Value::Null,
        _ => Value::String("***".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_refund_accounts_members_are_kept_and_its_values_are_not() {
        let sent = json!({
            "receipt_id": "r",
            "price": 1000,
            "refund": { "account": "675601010124", "accountholder": "홍길동", "bankcode": "004" },
        });
        let (body, receipt_id) = cancel_body(&Bytes::from(sent.to_string()));
        assert_eq!(receipt_id.as_deref(), Some("r"));
        assert_eq!(
            body,
            Some(json!({
                "receipt_id": "r",
                "price": 1000,
                "refund": { "account": "***", "accountholder": "***", "bankcode": "***" },
            }))
        );
    }
}
