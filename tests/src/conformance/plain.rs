//! Fixed words in place of what differs from run to run by nature, so that reports can be compared byte for byte.

use std::collections::HashMap;

use bootpay_core::KoreanTime;
use serde_json::Value;

/// Everything that one case made, made comparable.
#[derive(Debug)]
pub(super) struct Plain {
    words: Vec<(String, &'static str)>,
    now_ms: i64,
    ids: HashMap<String, String>,
}

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

impl Plain {
    /// `words` are texts of this run and what stands for them.
    pub(super) fn new(words: Vec<(String, &'static str)>, now_ms: i64) -> Self {
        Self { words, now_ms, ids: HashMap::new() }
    }

    pub(super) fn value(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(members) => {
                let counts_down = members.get("kind").and_then(Value::as_str).is_some_and(is_a_conflict);
                for (name, member) in members.iter_mut() {
                    if counts_down && name == "retry_after_ms" && is_what_is_left(member) {
                        *member = "<wait>".into();
                    }
                    self.value(member);
                    if name == "together" {
                        in_order(member);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The texts that were replaced by `<id 1>` and its like, put back: a case names an id that it cannot know.
    pub(super) fn put_back(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (id, word)| text.replace(word, id))
    }

    pub(super) fn text(&mut self, text: &str) -> String {
        if is_canonical(text)
            && KoreanTime::parse(text).is_some_and(|time| (time.unix_millis() - self.now_ms).abs() < DAY_MS)
        {
            return "<now>".to_owned();
        }
        let mut text = text.to_owned();
        for (word, stands_for) in &self.words {
            text = text.replace(word, stands_for);
        }
        self.with_numbered_ids(&text)
    }

    /// `bp-3f…` becomes `<id 1>`, `fresh:9a…` becomes `<fresh 2>`: numbered as they first occur.
    fn with_numbered_ids(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((at, mark, word)) = [("bp-", "id"), ("fresh:", "fresh")]
            .into_iter()
            .filter_map(|(mark, word)| rest.find(mark).map(|at| (at, mark, word)))
            .min_by_key(|(at, ..)| *at)
        {
            let (before, from) = rest.split_at(at);
            let digits = from[mark.len()..].bytes().take_while(u8::is_ascii_hexdigit).count();
            let (id, after) = from.split_at(mark.len() + digits);
            out.push_str(before);
            if digits < 16 {
                out.push_str(id);
            } else {
                let next = self.ids.len() + 1;
                out.push_str(self.ids.entry(id.to_owned()).or_insert_with(|| format!("<{word} {next}>")));
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// `2026-11-23T12:00:01.250+09:00`, and nothing that merely reads like it.
fn is_canonical(text: &str) -> bool {
    text.len() == 29 && text.as_bytes()[10] == b'T' && text.as_bytes()[19] == b'.' && text.ends_with("+09:00")
}

/// The wait that a conflict tells is what is left of one, so it is less in a slower language. A server's is told in full.
fn is_a_conflict(kind: &str) -> bool {
    kind.starts_with("conflict.") || ["too_soon", "busy", "too_early_to_decide"].contains(&kind)
}

/// More than nothing, and no more than the longest wait that there is: a deadline and the settling time.
fn is_what_is_left(wait: &Value) -> bool {
    wait.as_u64().is_some_and(|ms| (1..=17 * 60 * 1_000).contains(&ms))
}

/// Calls that were made at once end in any order: what they answered is compared, and not who was first.
fn in_order(answers: &mut Value) {
    if let Value::Array(answers) = answers {
        answers.sort_by_key(Value::to_string);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plain() -> Plain {
        let now_ms = KoreanTime::parse("2026-11-23 12:00:00").unwrap().unix_millis();
        Plain::new(vec![("http://127.0.0.1:4711".to_owned(), "<base>")], now_ms)
    }

    #[test]
    fn what_differs_by_nature_becomes_a_word_and_the_rest_stays() {
        let mut value = json!({
            "at": "2026-11-23T12:00:01.250+09:00",
            "page": "2021-08-31T10:29:09.000+09:00",
            "id": "bp-00112233445566778899aabbccddeeff",
            "same": "of bp-00112233445566778899aabbccddeeff, at http://127.0.0.1:4711/cancel.json",
            "mine": "order-1/refund-1",
            "short": "bp-12",
        });
        plain().value(&mut value);
        let expected = json!({
            "at": "<now>",
            "page": "2021-08-31T10:29:09.000+09:00",
            "id": "<id 1>",
            "same": "of <id 1>, at <base>/cancel.json",
            "mine": "order-1/refund-1",
            "short": "bp-12",
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn a_numbered_id_is_put_back_where_a_case_names_it() {
        let mut plain = plain();
        let id = "bp-00112233445566778899aabbccddeeff";
        assert_eq!(plain.text(id), "<id 1>");
        assert_eq!(plain.put_back("<id 1>"), id);
        assert_eq!(plain.put_back("<id 2>"), "<id 2>");
    }

    #[test]
    fn a_wait_that_runs_down_is_a_word_and_a_servers_is_a_figure() {
        let mut value = json!([
            { "kind": "conflict.too_soon", "retry_after_ms": 9_871 },
            { "kind": "too_soon", "retry_after_ms": 9_871 },
            { "kind": "refused.rate_limited", "retry_after_ms": 3_000 },
        ]);
        plain().value(&mut value);
        assert_eq!(value[0]["retry_after_ms"], "<wait>");
        assert_eq!(value[1]["retry_after_ms"], "<wait>");
        assert_eq!(value[2]["retry_after_ms"], 3_000);
    }

    #[test]
    fn answers_of_calls_at_once_are_sorted() {
        let mut value = json!({ "together": [{ "b": 1 }, { "a": 1 }] });
        plain().value(&mut value);
        assert_eq!(value, json!({ "together": [{ "a": 1 }, { "b": 1 }] }));
    }
}
