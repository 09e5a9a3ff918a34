//! A request and an answer, free of sockets.
//!
//! Two dialects live on one port. v1, the page's, at `/`: envelopes with a status and a code, a bare token. v2 at
//! `/v2`: flat objects, error symbols, `Bearer` or `Basic`. Which one is spoken shows in the path alone.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A dialect of Bootpay's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// The page's dialect, at `/`.
    V1,
    /// Today's dialect, at `/v2`.
    V2,
}

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// `POST /request/token`
    Token,
    /// `POST /cancel`
    Cancel,
    /// `GET /receipt/{id}`
    Lookup,
    /// Anything that the sandbox does not know.
    Other,
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) dialect: Dialect,
    pub(crate) operation: Operation,
    /// The receipt in the path of a lookup.
    pub(crate) receipt_id: Option<String>,
}

impl Route {
    /// `path` without its query.
    pub(crate) fn of(method: &str, path: &str) -> Self {
        let (dialect, rest) = match path.strip_prefix("/v2") {
            Some(rest) if rest.starts_with('/') => (Dialect::V2, rest),
            _ => (Dialect::V1, path),
        };
        // Only v1 knows the `.json` suffix.
        let rest = match dialect {
            Dialect::V1 => rest.strip_suffix(".json").unwrap_or(rest),
            Dialect::V2 => rest,
        };
        let receipt_id = rest.strip_prefix("/receipt/").filter(|id| !id.is_empty() && !id.contains('/'));
        let operation = match (method, rest) {
            ("POST", "/request/token") => Operation::Token,
            ("POST", "/cancel") => Operation::Cancel,
            ("GET", _) if receipt_id.is_some() => Operation::Lookup,
            _ => Operation::Other,
        };
        Self { dialect, operation, receipt_id: receipt_id.map(str::to_owned) }
    }
}

/// A whole request, as the fake Bootpay judges it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) route: Route,
    pub(crate) authorization: Option<String>,
    /// Whether the content type says JSON.
    pub(crate) says_json: bool,
    pub(crate) body: Bytes,
}

/// An answer: an HTTP status and a JSON body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(method: &str, path: &str) -> (Dialect, Operation) {
        let route = Route::of(method, path);
        (route.dialect, route.operation)
    }

    #[test]
    fn v1_paths_take_an_optional_json_suffix() {
        for path in ["/request/token", "/request/token.json"] {
            assert_eq!(route("POST", path), (Dialect::V1, Operation::Token));
        }
        for path in ["/cancel", "/cancel.json"] {
            assert_eq!(route("POST", path), (Dialect::V1, Operation::Cancel));
        }
        let lookup = Route::of("GET", "/receipt/5df6e8034f74b4002177e0bb.json");
        assert_eq!(lookup.operation, Operation::Lookup);
        assert_eq!(lookup.receipt_id.as_deref(), Some("5df6e8034f74b4002177e0bb"));
    }

    #[test]
    fn v2_lives_under_its_own_prefix() {
        assert_eq!(route("POST", "/v2/request/token"), (Dialect::V2, Operation::Token));
        assert_eq!(route("POST", "/v2/cancel"), (Dialect::V2, Operation::Cancel));
        assert_eq!(route("GET", "/v2/receipt/abc"), (Dialect::V2, Operation::Lookup));
        assert_eq!(route("POST", "/v2cancel"), (Dialect::V1, Operation::Other));
    }

    #[test]
    fn a_wrong_method_is_no_operation() {
        assert_eq!(route("GET", "/cancel"), (Dialect::V1, Operation::Other));
        assert_eq!(route("POST", "/receipt/abc"), (Dialect::V1, Operation::Other));
    }
}
