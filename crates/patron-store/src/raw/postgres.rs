//! Statements and rows of a server.

use std::borrow::Cow;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::row::{Field, Row};
use diesel::sql_types::{self, Untyped};
use diesel::{PgConnection, QueryResult, RunQueryDsl};
use rusqlite::types::Value as Cell;

use super::Value;
use crate::error::Outcome;

/// The values of a row, as SQLite has them.
pub(crate) type OwnedRow = Vec<Cell>;

/// A statement, cut at its parameters.
#[derive(Clone, Debug)]
pub(crate) struct Sql {
    pieces: Vec<String>,
    /// The place of the value behind each piece but the last.
    places: Vec<usize>,
}

impl Sql {
    pub(super) fn new(text: &str) -> Self {
        let (mut pieces, mut places) = (Vec::new(), Vec::new());
        let mut piece = String::new();
        let mut rest = text.chars().peekable();
        let mut quoted = None;
        while let Some(letter) = rest.next() {
            match (quoted, letter) {
                (None, '-') if rest.peek() == Some(&'-') => {
                    piece.push(letter);
                    while let Some(letter) = rest.next_if(|letter| *letter != '\n') {
                        piece.push(letter);
                    }
                    continue;
                }
                (None, '\'' | '"') => quoted = Some(letter),
                (Some(mark), letter) if mark == letter => quoted = None,
                (None, '?' | '$') => {
                    let mut number = String::new();
                    while let Some(digit) = rest.next_if(char::is_ascii_digit) {
                        number.push(digit);
                    }
                    let next = places.len();
                    places.push(number.parse().map_or(next, |number: usize| number.saturating_sub(1)));
                    pieces.push(std::mem::take(&mut piece));
                    continue;
                }
                _ => {}
            }
            piece.push(letter);
        }
        pieces.push(piece);
        Self { pieces, places }
    }

    pub(super) fn execute(&self, connection: &mut PgConnection, values: Vec<Value>) -> Outcome<usize> {
        Ok(self.bound(values).execute(connection)?)
    }

    pub(super) fn load(&self, connection: &mut PgConnection, values: Vec<Value>) -> Outcome<Vec<OwnedRow>> {
        let rows: Vec<Cells> = self.bound(values).load(connection)?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    fn bound(&self, mut values: Vec<Value>) -> Bound<'_> {
        for value in &mut values {
            if let Value::Text(Some(text)) = value
                && let Cow::Owned(other) = storable(text)
            {
                *text = other;
            }
        }
        Bound { sql: self, values }
    }
}

/// A text as a server keeps it, which has no room for the character U+0000.
pub(crate) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}").into() } else { text.into() }
}

/// A statement with its values.
struct Bound<'s> {
    sql: &'s Sql,
    values: Vec<Value>,
}

impl QueryId for Bound<'_> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Bound<'_> {
    type SqlType = Untyped;
}

impl RunQueryDsl<PgConnection> for Bound<'_> {}

impl QueryFragment<Pg> for Bound<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut places = self.sql.places.iter();
        for piece in &self.sql.pieces {
            pass.push_sql(piece);
            if let Some(place) = places.next() {
                let value = self.values.get(*place).ok_or_else(|| {
                    diesel::result::Error::QueryBuilderError(format!("no value for parameter {place}").into())
                })?;
                bind(&mut pass, value)?;
            }
        }
        Ok(())
    }
}

fn bind<'b>(pass: &mut AstPass<'_, 'b, Pg>, value: &'b Value) -> QueryResult<()> {
    match value {
        Value::Integer(value) => pass.push_bind_param::<sql_types::Nullable<sql_types::BigInt>, _>(value),
        Value::Bool(value) => pass.push_bind_param::<sql_types::Nullable<sql_types::Bool>, _>(value),
        Value::Real(value) => pass.push_bind_param::<sql_types::Nullable<sql_types::Double>, _>(value),
        Value::Text(value) => pass.push_bind_param::<sql_types::Nullable<sql_types::Text>, _>(value),
        Value::Day(value) => pass.push_bind_param::<sql_types::Nullable<sql_types::Date>, _>(value),
        Value::Time(value) => pass.push_bind_param::<sql_types::Nullable<sql_types::Timestamp>, _>(value),
        Value::Blob(value) => pass.push_bind_param::<sql_types::Nullable<sql_types::Binary>, _>(value),
    }
}

/// A row, read column by column.
pub(crate) struct Cells(pub(crate) OwnedRow);

impl FromSqlRow<Untyped, Pg> for Cells {
    fn build_from_row<'a>(row: &impl Row<'a, Pg>) -> deserialize::Result<Self> {
        let cell = |index| match row.get(index) {
            Some(field) => field.value().map_or(Ok(Cell::Null), cell),
            None => Ok(Cell::Null),
        };
        (0..row.field_count()).map(cell).collect::<deserialize::Result<_>>().map(Self)
    }
}

/// Numbers of the server's own types.
mod oid {
    pub(super) const BOOL: u32 = 16;
    pub(super) const BYTEA: u32 = 17;
    pub(super) const INT8: u32 = 20;
    pub(super) const INT2: u32 = 21;
    pub(super) const INT4: u32 = 23;
    pub(super) const OID: u32 = 26;
    pub(super) const FLOAT4: u32 = 700;
    pub(super) const FLOAT8: u32 = 701;
    pub(super) const DATE: u32 = 1082;
    pub(super) const TIMESTAMP: u32 = 1114;
    pub(super) const TIMESTAMPTZ: u32 = 1184;
    pub(super) const NUMERIC: u32 = 1700;
}

fn cell(value: PgValue<'_>) -> deserialize::Result<Cell> {
    Ok(match value.get_oid().get() {
        oid::BOOL => Cell::Integer(<bool as FromSql<sql_types::Bool, Pg>>::from_sql(value)?.into()),
        oid::INT2 => Cell::Integer(<i16 as FromSql<sql_types::SmallInt, Pg>>::from_sql(value)?.into()),
        oid::INT4 => Cell::Integer(<i32 as FromSql<sql_types::Integer, Pg>>::from_sql(value)?.into()),
        oid::INT8 => Cell::Integer(<i64 as FromSql<sql_types::BigInt, Pg>>::from_sql(value)?),
        oid::OID => Cell::Integer(<u32 as FromSql<sql_types::Oid, Pg>>::from_sql(value)?.into()),
        oid::FLOAT4 => Cell::Real(<f32 as FromSql<sql_types::Float, Pg>>::from_sql(value)?.into()),
        oid::FLOAT8 => Cell::Real(<f64 as FromSql<sql_types::Double, Pg>>::from_sql(value)?),
        oid::NUMERIC => numeric(value.as_bytes())?,
        oid::DATE => {
            let date = <chrono::NaiveDate as FromSql<sql_types::Date, Pg>>::from_sql(value)?;
            Cell::Text(date.format("%Y-%m-%d").to_string())
        }
        oid::TIMESTAMP | oid::TIMESTAMPTZ => {
            let time = <chrono::NaiveDateTime as FromSql<sql_types::Timestamp, Pg>>::from_sql(value)?;
            Cell::Text(time.format("%Y-%m-%d %H:%M:%S%.f").to_string())
        }
        oid::BYTEA => Cell::Blob(value.as_bytes().to_vec()),
        // words of all kinds come as they are
        _ => Cell::Text(String::from_utf8_lossy(value.as_bytes()).into_owned()),
    })
}

/// A number of any length: whole where it is whole and not too large, else the nearest number there is.
///
/// Sent as groups of four decimal digits: their count, the weight of the first (in powers of 10,000), sign, digits
/// behind the point, then the groups.
fn numeric(bytes: &[u8]) -> deserialize::Result<Cell> {
    let words: Vec<i16> = bytes.chunks_exact(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]])).collect();
    let [_, weight, sign, _, groups @ ..] = words.as_slice() else {
        return Err("a number is cut off".into());
    };
    let is_negative = match sign.cast_unsigned() {
        0 => false,
        0x4000 => true,
        0xD000 => return Ok(Cell::Real(f64::INFINITY)),
        0xF000 => return Ok(Cell::Real(f64::NEG_INFINITY)),
        _ => return Ok(Cell::Null), // no number, which SQLite has none of
    };
    let (mut whole, mut written) = (Some(0_i64), String::new());
    let places = usize::try_from(*weight + 1).unwrap_or(0).max(1);
    let digits = |place: i16| usize::try_from(place).ok().and_then(|place| groups.get(place)).copied();
    for place in 0..places as i16 {
        let group = if *weight < 0 { 0 } else { digits(place).unwrap_or(0) };
        whole = whole.and_then(|whole| whole.checked_mul(10_000)?.checked_add(i64::from(group)));
        written.push_str(&format!("{group:04}"));
    }
    written.push('.');
    let mut is_whole = true;
    for place in 0..-i32::from(*weight) - 1 {
        let _ = place;
        written.push_str("0000");
    }
    let behind = groups.iter().skip(usize::try_from(*weight + 1).unwrap_or(0));
    for group in behind {
        is_whole &= *group == 0;
        written.push_str(&format!("{group:04}"));
    }
    match whole {
        Some(whole) if is_whole => Ok(Cell::Integer(if is_negative { -whole } else { whole })),
        _ => {
            let number: f64 = written.parse()?;
            Ok(Cell::Real(if is_negative { -number } else { number }))
        }
    }
}
