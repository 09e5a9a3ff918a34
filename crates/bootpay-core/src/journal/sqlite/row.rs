//! A journal's cells as SQLite's values. SQLite has no truth values and no JSON: 0 or 1, and text.

use rusqlite::Row;
use rusqlite::types::{FromSql, ToSql, ToSqlOutput, Value};

use crate::journal::record::{self, Cell};

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Flag(flag) => i64::from(*flag).into(),
            Self::Integer(integer) => (*integer).into(),
            Self::Text(text) => text.as_str().into(),
            Self::Json(value) => value.to_string().into(),
        })
    }
}

impl record::Row for Row<'_> {
    fn flag(&self, position: usize) -> Result<bool, String> {
        match cell::<i64>(self, position)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err("neither 0 nor 1".to_owned()),
        }
    }

    fn integer(&self, position: usize) -> Result<Option<i64>, String> {
        cell(self, position)
    }

    fn text(&self, position: usize) -> Result<Option<String>, String> {
        cell(self, position)
    }

    fn json(&self, position: usize) -> Result<Option<serde_json::Value>, String> {
        let Some(text) = cell::<Option<String>>(self, position)? else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|_| "it is no JSON".to_owned())
    }
}

fn cell<T: FromSql>(row: &Row<'_>, position: usize) -> Result<T, String> {
    row.get(position).map_err(|error| error.to_string())
}
