//! Rows in the server's binary format for COPY.

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use patron_domain::{Day, Money};

use crate::raw::storable;

/// Copies rows into columns of a table.
macro_rules! copy {
    ($connection:expr, $rows:expr, $table:ident: $($column:ident),+) => {{
        let rows = $rows.finished();
        let copy = diesel::copy_from($table::table)
            .from_raw_data(($($table::$column,)+), |out: &mut dyn std::io::Write| {
                $crate::bulk::copy::send(&rows, out)
            })
            .with_format(diesel::pg::CopyFormat::Binary);
        diesel::ExecuteCopyFromDsl::execute(copy, $connection)
    }};
}
pub(super) use copy;

/// Hands rows over.
pub(super) fn send(rows: &[u8], out: &mut dyn std::io::Write) -> QueryResult<()> {
    out.write_all(rows)
        .map_err(|error| QueryError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(error.to_string())))
}

/// 2000-01-01, counted from 1970-01-01.
const FIRST_DAY: i32 = 10_957;
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// Rows on their way to a table.
pub(super) struct Rows {
    bytes: Vec<u8>,
    columns: i16,
}

impl Rows {
    /// No rows yet, of a table of so many columns.
    pub(super) fn new(columns: i16) -> Self {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([0; 8]); // no flags, no extension
        Self { bytes, columns }
    }

    /// Begins a row; its values follow in the order of the columns.
    pub(super) fn row(&mut self) -> &mut Self {
        self.bytes.extend(self.columns.to_be_bytes());
        self
    }

    pub(super) fn bigint(&mut self, value: Option<i64>) -> &mut Self {
        match value {
            Some(value) => self.value(&value.to_be_bytes()),
            None => self.null(),
        }
    }

    pub(super) fn money(&mut self, value: Money) -> &mut Self {
        self.bigint(Some(value.ten_thousandths()))
    }

    pub(super) fn integer(&mut self, value: i32) -> &mut Self {
        self.value(&value.to_be_bytes())
    }

    pub(super) fn boolean(&mut self, value: bool) -> &mut Self {
        self.value(&[value.into()])
    }

    pub(super) fn maybe_boolean(&mut self, value: Option<bool>) -> &mut Self {
        match value {
            Some(value) => self.boolean(value),
            None => self.null(),
        }
    }

    /// A day, which the server counts from 2000-01-01.
    pub(super) fn day(&mut self, value: Option<Day>) -> &mut Self {
        match value {
            Some(day) => self.integer(day.number() - FIRST_DAY),
            None => self.null(),
        }
    }

    pub(super) fn text(&mut self, value: &str) -> &mut Self {
        self.value(storable(value).as_bytes())
    }

    pub(super) fn maybe_text(&mut self, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.text(value),
            None => self.null(),
        }
    }

    fn null(&mut self) -> &mut Self {
        self.bytes.extend((-1_i32).to_be_bytes());
        self
    }

    fn value(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend((bytes.len() as i32).to_be_bytes());
        self.bytes.extend(bytes);
        self
    }

    /// All of them.
    pub(super) fn finished(mut self) -> Vec<u8> {
        self.bytes.extend((-1_i16).to_be_bytes()); // the end
        self.bytes
    }
}
