//! JSON as it comes: an answer's members in a row, their names still in the answer's own bytes, and those of its `data`
//! likewise. Most are read once, by name, and dropped; a tree with a copy of each name is only made of those that nobody
//! asked for. What lies deeper is read as [`Value`] reads it: it knows how numbers come where another crate of the same
//! program has them come as text (`arbitrary_precision`), and takes no more room than it needs.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// An object's members. Where a name comes twice its last value counts, as in most parsers.
#[derive(Default)]
pub(super) struct Parts<'a>(Vec<(Cow<'a, str>, Option<Part<'a>>)>);

/// A value.
pub(super) enum Part<'a> {
    Object(Parts<'a>),
    /// Whatever is not an object, and whatever lies deeper.
    Plain(Value),
}

impl<'a> Parts<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&Part<'a>> {
        self.0.iter().rev().find(|(each, _)| each == name)?.1.as_ref()
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Part<'a>> {
        let mut last = None;
        for (each, part) in &mut self.0 {
            if each == name {
                last = part.take();
            }
        }
        last
    }

    pub(super) fn put(&mut self, name: &str, part: Part<'a>) {
        self.0.push((Cow::Owned(name.to_owned()), Some(part)));
    }

    /// What was not taken.
    pub(super) fn into_map(self) -> Map<String, Value> {
        let left = self.0.into_iter().filter_map(|(name, part)| Some((name.into_owned(), part?.into_value())));
        left.collect()
    }
}

impl Part<'_> {
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Plain(Value::Null))
    }

    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Object(parts) => Value::Object(parts.into_map()),
            Self::Plain(value) => value,
        }
    }
}

impl<'de> Deserialize<'de> for Part<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading { has_data: true })
    }
}

/// Reads a part.
struct Reading {
    /// Whether it is an answer, whose `data` has members of its own.
    has_data: bool,
}

impl<'de> DeserializeSeed<'de> for Reading {
    type Value = Part<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Part<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reading {
    type Value = Part<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Part<'de>, E> {
        Ok(Part::Plain(Value::Null))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Part<'de>, E> {
        Ok(Part::Plain(flag.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Part<'de>, E> {
        Ok(Part::Plain(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Part<'de>, E> {
        Ok(Part::Plain(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Part<'de>, E> {
        Ok(Part::Plain(number.into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Part<'de>, E> {
        Ok(Part::Plain(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Part<'de>, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(items)).map(Part::Plain)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Part<'de>, A::Error> {
        // As many as most answers have.
        let mut parts = Vec::with_capacity(16);
        while let Some(Name(name)) = members.next_key()? {
            let part = match self.has_data && name == "data" {
                true => members.next_value_seed(Reading { has_data: false })?,
                false => Part::Plain(members.next_value()?),
            };
            parts.push((name, Some(part)));
        }
        Ok(Part::Object(Parts(parts)))
    }
}

/// A name, copied only where it is written with escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(ReadingName)
    }
}

struct ReadingName;

impl<'de> Visitor<'de> for ReadingName {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Part<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_nobody_takes_is_what_a_tree_would_be() {
        for json in [
            r#"{"a":{"b":[{"c":null},1.5e3,-7,18446744073709551615],"d":true},"a":{"e":"\u00e9\n"},"\"":""}"#,
            r#"[{"x":{}},[],"",false]"#,
            r#"{"data":{"data":{"data":1},"data":2},"data":{"":{},"x":[{}]}}"#,
            r#"{"a":1e400}"#,
            "null",
            "{}",
        ] {
            let tree = serde_json::from_str::<Value>(json);
            assert_eq!(serde_json::from_str(json).map(Part::into_value).ok(), tree.ok(), "{json}");
        }
    }

    #[test]
    fn the_last_of_one_name_counts_and_is_taken_with_the_others() {
        let Part::Object(mut parts) = read(r#"{"a":1,"\u0061":2,"b":3}"#) else { panic!() };
        assert!(matches!(parts.get("a"), Some(Part::Plain(Value::Number(two))) if two.as_i64() == Some(2)));
        assert_eq!(parts.take("a").map(Part::into_value), Some(2.into()));
        assert!(parts.get("a").is_none() && parts.take("a").is_none());
        parts.put("c", Part::Plain(4.into()));
        assert_eq!(Value::Object(parts.into_map()), serde_json::json!({ "b": 3, "c": 4 }));
    }

    #[test]
    fn depth_is_bounded() {
        for deep in ["{\"a\":", "{\"data\":", "["] {
            let deep = deep.repeat(100_000);
            assert!(serde_json::from_str::<Part<'_>>(&deep).is_err_and(|error| !error.is_eof()));
        }
    }
}
