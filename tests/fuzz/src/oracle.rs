//! What an answer is, by the page and the table of proofs: the judge that a client's word is held against.
//!
//! Written without a look at the codecs, on plain `serde_json` values. It is lenient where Bootpay's own texts are (a number
//! may be a text), and it says only what it is sure of.

use bootpay_core::{Dialect, Won};
use serde_json::{Map, Value};

/// A body in one of Bootpay's two forms.
pub(crate) enum Form {
    /// A success: the members of v1's `data`, or of v2's flat object.
    Success(Map<String, Value>),
    /// A refusal: its code, and everything beside it.
    Refusal { code: String, body: Map<String, Value> },
    /// Not Bootpay's word.
    Foreign,
}

/// Reads a body as the dialect's table in `docs/protocol.md` §1 has it.
pub(crate) fn form(dialect: Dialect, status: u16, body: &[u8]) -> Form {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else { return Form::Foreign };
    match dialect {
        // The envelope repeats the HTTP status; its code is 0 for success and below 0 for everything else.
        Dialect::V1 => {
            let code = body.get("code").and_then(whole);
            if body.get("status").and_then(whole) != Some(i128::from(status)) {
                return Form::Foreign;
            }
            match (status, code, body.get("data")) {
                (200, Some(0), Some(Value::Object(data))) => Form::Success(data.clone()),
                (400.., Some(..0), _) => Form::Refusal { code: text(body.get("code")), body },
                _ => Form::Foreign,
            }
        }
        // An error has a code, and a status other than 200.
        Dialect::V2 => {
            let code = body.get("error_code").filter(|code| !code.is_null());
            match (status, code) {
                (200, None) => Form::Success(body),
                (400.., Some(code)) => Form::Refusal { code: text(Some(code)), body },
                _ => Form::Foreign,
            }
        }
    }
}

/// A whole number, however it is written: `3000`, `"3000"`, `3000.0`, `3e3`.
pub(crate) fn whole(value: &Value) -> Option<i128> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    if let Ok(whole) = text.parse() {
        return Some(whole);
    }
    let number: f64 = text.parse().ok()?;
    (number.fract() == 0.0 && number.abs() < 1e16).then_some(number as i128)
}

/// A text, or a number as one.
pub(crate) fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Whether a figure is the one that the body has under this name: the same number, or none in both.
pub(crate) fn is_figure_of(figure: Option<Won>, name: &str, members: &Map<String, Value>) -> bool {
    match members.get(name) {
        None | Some(Value::Null) => figure.is_none(),
        Some(value) => figure.is_some() && whole(value) == figure.map(|won| i128::from(won.get())),
    }
}

/// The symbols by which v2 is known to refuse.
const SYMBOLS: [&str; 8] = [
    "RC_NOT_FOUND",
    "RC_ALREADY_CANCELLED",
    "RC_CANCEL_SERVER_ERROR",
    "APP_KEY_NOT_FOUND",
    "APP_KEY_NOT_REST",
    "APP_SK_NOT_MATCHED",
    "APP_CLIENT_KEY_NOT_FOUND",
    "TOKEN_KEY_INVALID",
];

/// Whether a server error names anybody's definite word: a documented symbol, or some result code of the gateway's.
pub(crate) fn names_a_definite_word(code: &str, body: &Map<String, Value>) -> bool {
    let symbol = code.trim().to_ascii_uppercase();
    if SYMBOLS.contains(&symbol.as_str()) {
        return true;
    }
    let data = body.get("data").and_then(Value::as_object);
    let codes = ["pg_error_code", "ResultCode", "resultCode", "result_code", "res_cd", "resCd"];
    [Some(body), data].into_iter().flatten().any(|members| {
        codes.iter().any(|name| {
            let code = text(members.get(*name));
            // Zeros alone are everybody's success.
            !code.trim().trim_matches('0').is_empty()
        })
    })
}

/// Whether nothing that may never be printed is in these words.
pub(crate) fn keeps_secrets(words: &str, secrets: &[&str]) -> bool {
    secrets.iter().all(|secret| !words.contains(secret))
}
