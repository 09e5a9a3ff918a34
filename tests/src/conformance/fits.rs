//! Whether an answer is what a case expects: everything that is expected must be there, and may be among more.

use serde_json::Value;

/// Says where the answer is not what is expected. A text that begins with `~` need only occur; `null` must be absent.
pub(super) fn misfit(expected: &Value, answered: &Value) -> Option<String> {
    misfit_at(expected, Some(answered), "")
}

fn misfit_at(expected: &Value, answered: Option<&Value>, at: &str) -> Option<String> {
    let differs = || {
        let shown = answered.map_or("nothing".to_owned(), Value::to_string);
        Some(format!("{at}: expected {expected}, but it is {shown}"))
    };
    match (expected, answered) {
        (Value::Null, None) => None,
        (Value::Object(members), Some(Value::Object(answered))) => {
            members.iter().find_map(|(name, expected)| misfit_at(expected, answered.get(name), &format!("{at}/{name}")))
        }
        (Value::Array(items), Some(Value::Array(answered))) if items.len() == answered.len() => items
            .iter()
            .zip(answered)
            .enumerate()
            .find_map(|(index, (expected, answered))| misfit_at(expected, Some(answered), &format!("{at}/{index}"))),
        (Value::String(text), Some(Value::String(answered))) if text.starts_with('~') => {
            if answered.contains(&text[1..]) { None } else { differs() }
        }
        (expected, Some(answered)) if expected == answered => None,
        _ => differs(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn more_than_expected_fits_and_less_does_not() {
        let answered = json!({ "a": { "b": [1, { "c": "원" }], "d": 2 } });
        assert_eq!(misfit(&json!({ "a": { "b": [1, { "c": "원" }] } }), &answered), None);
        assert_eq!(misfit(&json!({ "a": { "e": null } }), &answered), None);
        assert_eq!(
            misfit(&json!({ "a": { "b": [1, { "c": "won" }] } }), &answered).as_deref(),
            Some(r#"/a/b/1/c: expected "won", but it is "원""#)
        );
        assert!(misfit(&json!({ "a": { "b": [1] } }), &answered).is_some(), "a shorter list is another list");
        assert!(misfit(&json!({ "a": { "d": null } }), &answered).is_some(), "what must be absent is there");
        assert!(misfit(&json!({ "x": 1 }), &answered).is_some());
    }

    #[test]
    fn a_text_may_be_expected_in_part() {
        assert_eq!(misfit(&json!("~refused"), &json!("it was refused by kcp")), None);
        assert!(misfit(&json!("~refused"), &json!("cancelled")).is_some());
    }
}
