//! A journal's cells as PostgreSQL's values.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::journal::record::{self, Cell};

impl ToSql for Cell {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Flag(flag) => flag.to_sql_checked(kind, out),
            Self::Integer(integer) => integer.to_sql_checked(kind, out),
            Self::Text(text) => without_nul(text).to_sql_checked(kind, out),
            Self::Json(value) => json_without_nul(value.clone()).to_sql_checked(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        // Each variant looks for itself.
        true
    }

    to_sql_checked!();
}

/// The one character that PostgreSQL cannot keep, and that an answer's text may hold.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn json_without_nul(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) => Value::String(without_nul(&text)),
        Value::Array(values) => values.into_iter().map(json_without_nul).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (without_nul(&name), json_without_nul(value))).collect()
        }
        plain => plain,
    }
}

impl record::Row for Row {
    fn flag(&self, position: usize) -> Result<bool, String> {
        cell(self, position)
    }

    fn integer(&self, position: usize) -> Result<Option<i64>, String> {
        cell(self, position)
    }

    fn text(&self, position: usize) -> Result<Option<String>, String> {
        cell(self, position)
    }

    fn json(&self, position: usize) -> Result<Option<serde_json::Value>, String> {
        cell(self, position)
    }
}

fn cell<'a, T: FromSql<'a>>(row: &'a Row, position: usize) -> Result<T, String> {
    row.try_get(position).map_err(|error| error.to_string())
}
