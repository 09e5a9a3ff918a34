//! JSON Lines: an object per line, with the columns' English names as members.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::columns::Column;
use super::file::{Cells, Reading};
use super::problem::BulkProblemKind;

pub(super) fn read(text: &str, reading: &mut Reading) {
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        match cells(text) {
            Some(cells) => {
                if !reading.row(line, &cells) {
                    return;
                }
            }
            None if reading.no_row(line, BulkProblemKind::BadObject) => {}
            None => return,
        }
    }
}

/// `None` for anything but an object of known members, each once, with texts, whole numbers or nulls.
fn cells(text: &str) -> Option<Cells> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let members = deserializer.deserialize_map(Members).ok()?;
    deserializer.end().ok()?;
    let mut cells = Cells::default();
    let mut seen = [false; Column::ALL.len()];
    for (name, value) in members {
        let column = Column::ALL.into_iter().find(|column| column.name() == name)?;
        if std::mem::replace(&mut seen[column as usize], true) {
            return None;
        }
        cells[column as usize] = match value {
            // A missing kind and a kind that is null are the same; so is everything else that is null.
            Value::Null => continue,
            Value::String(text) => Some(text),
            Value::Number(number) if number.is_u64() => Some(number.to_string()),
            _ => return None,
        };
    }
    Some(cells)
}

/// An object's members as they come: a map would keep the last of two that have one name.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}
