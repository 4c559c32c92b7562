//! Somebody's own SQL.

mod postgres;
mod sqlite;
mod text;

use std::time::Duration;

use rusqlite::types::Value;

use crate::error::Outcome;
use crate::raw::Connection;

/// How much a statement may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SqlLimits {
    /// Rows.
    pub rows: usize,
    /// Bytes of all cells together.
    pub bytes: usize,
    /// Time.
    pub timeout: Duration,
}

impl Default for SqlLimits {
    /// 1,000 rows, 64 MiB, 10 seconds.
    fn default() -> Self {
        Self { rows: 1_000, bytes: 64 << 20, timeout: Duration::from_secs(10) }
    }
}

/// What a statement yields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SqlRows {
    /// Names of the columns; the same name may come twice.
    pub columns: Vec<String>,
    /// Rows, each with a cell for every column.
    pub rows: Vec<Vec<SqlCell>>,
    /// Whether a limit ended it: there are more rows.
    pub more: bool,
}

/// A value as it is stored. A server's truth is 0 or 1, its days and times are text, and a number with more digits than
/// fit is the nearest one.
#[derive(Clone, Debug, PartialEq)]
pub enum SqlCell {
    /// Nothing.
    Null,
    /// A whole number; money is one too, in ten-thousandths.
    Integer(i64),
    /// A number; may be infinite.
    Real(f64),
    /// Words; what is no UTF-8 is replaced.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl SqlCell {
    /// What it takes in memory, about.
    fn bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Text(text) => text.len(),
                Self::Blob(bytes) => bytes.len(),
                Self::Null | Self::Integer(_) | Self::Real(_) => 0,
            }
    }
}

impl From<Value> for SqlCell {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(number) => Self::Integer(number),
            Value::Real(number) => Self::Real(number),
            Value::Text(text) => Self::Text(text),
            Value::Blob(bytes) => Self::Blob(bytes),
        }
    }
}

/// Runs one statement that reads; `connection` is of no use for anything else afterwards.
pub(super) fn run(connection: &Connection, text: &str, limits: &SqlLimits) -> Outcome<SqlRows> {
    match connection {
        Connection::Sqlite(connection) => sqlite::run(connection, text, limits),
        Connection::Postgres(connection) => postgres::run(&mut connection.borrow_mut(), text, limits),
    }
}

/// Line and column, both from 1, of a byte of the text.
fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (1 + before.matches('\n').count(), 1 + line.chars().count())
}
