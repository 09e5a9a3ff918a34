//! Tolerant reading of JSON, shared by both dialects.
//!
//! Bootpay's own texts differ about types: the page types `price` as a string where its answers have a number, and a
//! member may be absent or null (`protocol.md` §3). So a number is also read from a string of digits, and null is
//! absent. What cannot be an amount is not tolerated: such an answer is [`Foreign`], never a success with a guess in
//! it. Members that do not decide about money, times above all, are more lenient: one that cannot be read stays in
//! [`Extra`] as it came, since a refund is not unknown because of a date.

mod parts;

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use self::parts::{Part, Parts};
use super::WireAnswer;
use crate::cancel::ReceiptId;
use crate::korean_time::KoreanTime;
use crate::money::Won;
use crate::receipt::Extra;
use crate::secret::Secret;

/// What is wrong with an answer, in words that hold nothing of it.
pub(super) type What = &'static str;

/// The members of a JSON object. Those that are taken leave it; the rest becomes [`Extra`].
pub(super) struct Members<'a>(Parts<'a>);

impl<'a> Members<'a> {
    /// The object that an answer's body is.
    pub(super) fn of(answer: &'a WireAnswer) -> Result<Self, What> {
        if (300..400).contains(&answer.status) {
            return Err("a redirect");
        }
        let body = answer.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&answer.body).trim_ascii();
        match body.first() {
            None => return Err("an empty answer"),
            Some(b'<') => return Err("an HTML page"),
            Some(_) => {}
        }
        match serde_json::from_slice(body) {
            Ok(Part::Object(members)) => Ok(Self(members)),
            Ok(Part::Plain(_)) => Err("JSON that is not an object"),
            Err(error) if error.is_eof() => Err("JSON that is cut off"),
            Err(_) => Err("not JSON"),
        }
    }

    /// Whether there is a member of this name that is not null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|part| !part.is_null())
    }

    /// An amount in won.
    pub(super) fn take_won(&mut self, name: &str) -> Result<Option<Won>, What> {
        match self.take_integer(name) {
            Ok(None) => Ok(None),
            Ok(Some(won)) => u64::try_from(won).map(|won| Some(Won::new(won))).map_err(|_| "an amount below zero"),
            Err(_) => Err("an amount that is not a whole number"),
        }
    }

    /// A whole number, or a text that is one.
    pub(super) fn take_integer(&mut self, name: &str) -> Result<Option<i64>, What> {
        match self.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => whole_number(&value).map(Some).ok_or("a number that cannot be read"),
        }
    }

    /// A name that something depends on: a text or a whole number, or else the answer is not understood.
    pub(super) fn take_name(&mut self, name: &str) -> Result<Option<String>, What> {
        match self.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => plain_text(value).map(Some).map_err(|_| "a text that is something else"),
        }
    }

    /// The receipt's id.
    pub(super) fn take_receipt_id(&mut self) -> Result<Option<ReceiptId>, What> {
        let Some(id) = self.take_name("receipt_id")? else { return Ok(None) };
        ReceiptId::new(id).map(Some).map_err(|_| "a receipt id that cannot be one")
    }

    /// A text that nothing depends on. An empty one is absent, and one that is something else stays where it is.
    pub(super) fn take_text(&mut self, name: &str) -> Option<String> {
        match plain_text(self.take(name)?) {
            Ok(text) => Some(text).filter(|text| !text.is_empty()),
            Err(value) => self.put_back(name, value),
        }
    }

    /// A time. One that cannot be read stays where it is.
    pub(super) fn take_time(&mut self, name: &str) -> Option<KoreanTime> {
        match self.take(name)? {
            Value::String(text) => match KoreanTime::parse(&text) {
                Some(time) => Some(time),
                None => self.put_back(name, Value::String(text)),
            },
            value => self.put_back(name, value),
        }
    }

    fn put_back<T>(&mut self, name: &str, value: Value) -> Option<T> {
        if !value.is_null() {
            self.0.put(name, Part::Plain(value));
        }
        None
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.0.take(name).map(Part::into_value)
    }

    /// An access token: visible ASCII, since it goes into a header. It is moved and never copied.
    pub(super) fn take_token(&mut self, name: &str) -> Result<Secret, What> {
        let Some(Value::String(token)) = self.take(name) else { return Err("an answer without a token") };
        let token = Secret::new(token);
        if token.is_empty() || !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("a token that cannot be one");
        }
        Ok(token)
    }

    /// An object inside this one.
    pub(super) fn take_object(&mut self, name: &str) -> Option<Self> {
        match self.0.take(name)? {
            Part::Object(members) => Some(Self(members)),
            Part::Plain(value) => self.put_back(name, value),
        }
    }

    /// What nobody took.
    pub(super) fn into_extra(self) -> Extra {
        Extra(self.0.into_map())
    }
}

fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole_float(number.as_f64()?)),
        Value::String(text) => {
            // "3000.0" is how some servers write a decimal that is a whole number.
            let whole = match text.split_once('.') {
                Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
                Some(_) => return None,
                None => text,
            };
            let digits = whole.strip_prefix('-').unwrap_or(whole);
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| whole.parse().ok())?
        }
        _ => None,
    }
}

/// A float whose fraction is zero, within the range where floats are exact.
fn whole_float(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// A text, or a whole number as text; the value itself where it is neither.
fn plain_text(value: Value) -> Result<String, Value> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) if !number.is_f64() => Ok(number.to_string()),
        value => Err(value),
    }
}

/// A token's lifetime. Bootpay's is 30 minutes at most (`protocol.md` §2); one of no time at all, or of more than a day,
/// is a misunderstanding about units or clocks, and trusting it would mean sending with a dead token.
pub(super) fn lifetime(seconds: i64) -> Result<Duration, What> {
    const DAY: u64 = 24 * 60 * 60;
    let seconds = u64::try_from(seconds).ok().filter(|seconds| (1..=DAY).contains(seconds));
    seconds.map(Duration::from_secs).ok_or("a token whose lifetime cannot be right")
}

/// A request's body. It can hold a private key or an account number, so it is measured first and then written once:
/// a buffer that grows leaves unwiped copies behind.
pub(super) fn body<T: Serialize>(request: &T) -> Zeroizing<Vec<u8>> {
    let mut length = Length(0);
    let measured = serde_json::to_writer(&mut length, request);
    let mut body = Zeroizing::new(Vec::with_capacity(length.0));
    let written = serde_json::to_writer(&mut *body, request);
    // Plain structs of texts and numbers cannot fail. If one ever did, an empty body is one that no server acts on.
    if measured.is_err() || written.is_err() { Zeroizing::default() } else { body }
}

struct Length(usize);

impl std::io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(json: &str) -> Members<'_> {
        match serde_json::from_str(json) {
            Ok(Part::Object(members)) => Members(members),
            _ => panic!("{json}"),
        }
    }

    #[test]
    fn an_amount_is_a_whole_number_however_it_is_written() {
        for json in ["3000", "\"3000\"", "3000.0", "3e3", "\"3000.00\""] {
            let won = members(&format!(r#"{{"price":{json}}}"#)).take_won("price");
            assert_eq!(won, Ok(Some(Won::new(3_000))), "{json}");
        }
        assert_eq!(members(r#"{"price":null}"#).take_won("price"), Ok(None));
        assert_eq!(members("{}").take_won("price"), Ok(None));
        assert_eq!(members(r#"{"price":9223372036854775807}"#).take_won("price"), Ok(Some(Won::MAX)));
    }

    #[test]
    fn what_is_no_amount_is_never_guessed_at() {
        let values = [
            "-1",
            "\"-3000\"",
            "0.5",
            "\"abc\"",
            "\"\"",
            "\"1,000\"",
            "\" 1\"",
            "\"+1\"",
            "\"1.5\"",
            "\".0\"",
            "\"1.\"",
            "true",
            "[]",
            "{}",
            "1e30",
            "9223372036854775808",
            "\"99999999999999999999\"",
            "\"３０００\"",
            "\"-\"",
        ];
        for json in values {
            assert!(members(&format!(r#"{{"price":{json}}}"#)).take_won("price").is_err(), "{json}");
        }
    }

    #[test]
    fn an_unreadable_time_stays_as_it_came() {
        let mut read = members(r#"{"revoked_at":"어제","purchased_at":7,"requested_at":null}"#);
        for name in ["revoked_at", "purchased_at", "requested_at", "absent"] {
            assert_eq!(read.take_time(name), None);
        }
        assert_eq!(read.into_extra(), members(r#"{"revoked_at":"어제","purchased_at":7}"#).into_extra());
    }

    #[test]
    fn bodies_are_told_apart_by_what_they_are() {
        let what =
            |status, body: &[u8]| Members::of(&WireAnswer { status, retry_after: None, body: body.to_vec() }).map(drop);
        assert_eq!(what(200, b""), Err("an empty answer"));
        assert_eq!(what(200, b" \r\n"), Err("an empty answer"));
        assert_eq!(what(302, b"{}"), Err("a redirect"));
        assert_eq!(what(502, b"\n<html>"), Err("an HTML page"));
        assert_eq!(what(200, b"\xEF\xBB\xBF<html>"), Err("an HTML page"));
        assert_eq!(what(200, br#"{"status":2"#), Err("JSON that is cut off"));
        assert_eq!(what(200, b"[]"), Err("JSON that is not an object"));
        assert_eq!(what(200, b"null"), Err("JSON that is not an object"));
        assert_eq!(what(200, b"OK"), Err("not JSON"));
        assert_eq!(what(200, b"{}{}"), Err("not JSON"));
        assert_eq!(what(200, b"{\"a\":\"\xFF\"}"), Err("not JSON"));
        assert_eq!(what(200, "[".repeat(100_000).as_bytes()), Err("not JSON"), "depth is bounded");
        assert_eq!(what(200, b"\xEF\xBB\xBF {} "), Ok(()));
    }

    #[test]
    fn a_body_is_written_into_a_buffer_that_never_grew() {
        let body = body(&("가\"\n", 1));
        assert_eq!((body.as_slice(), body.capacity()), ("[\"가\\\"\\n\",1]".as_bytes(), body.len()));
    }
}
