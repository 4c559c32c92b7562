//! Values that go into a statement.

use chrono::{NaiveDate, NaiveDateTime};
use patron_domain::{Day, Money};
use rusqlite::Statement;
use rusqlite::types::{Null, ToSqlOutput};

use crate::error::Outcome;

/// A value for a parameter. A server wants to know what kind of value is missing, so nothing has a kind too.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Integer(Option<i64>),
    Bool(Option<bool>),
    Real(Option<f64>),
    Text(Option<String>),
    Day(Option<NaiveDate>),
    Time(Option<NaiveDateTime>),
    Blob(Option<Vec<u8>>),
}

/// What a statement is given.
pub(crate) trait Params {
    fn values(self) -> Vec<Value>;
}

impl Params for Vec<Value> {
    fn values(self) -> Vec<Value> {
        self
    }
}

/// `[]`: nothing.
impl Params for [Value; 0] {
    fn values(self) -> Vec<Value> {
        Vec::new()
    }
}

macro_rules! params_of {
    ($($count:literal)+) => {
        $(impl<T: Into<Value>> Params for [T; $count] {
            fn values(self) -> Vec<Value> {
                self.into_iter().map(Into::into).collect()
            }
        })+
    };
}
params_of!(1 2 3 4);

/// Values of several kinds.
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::raw::Value::from($value)),*] };
}
pub(crate) use params;

macro_rules! value_from {
    ($($kind:ident: $($from:ty => $make:expr),+;)+) => {
        $($(
            impl From<$from> for Value {
                fn from(value: $from) -> Self {
                    let make: fn($from) -> _ = $make;
                    Self::$kind(Some(make(value)))
                }
            }

            impl From<Option<$from>> for Value {
                fn from(value: Option<$from>) -> Self {
                    let make: fn($from) -> _ = $make;
                    Self::$kind(value.map(make))
                }
            }
        )+)+
    };
}

value_from! {
    Integer: i64 => |value| value, i32 => i64::from, u32 => i64::from, Money => Money::ten_thousandths;
    Bool: bool => |value| value;
    Real: f64 => |value| value;
    Text: &str => str::to_owned, String => |value| value, &String => String::clone;
    Day: Day => Day::date, NaiveDate => |value| value;
    Time: NaiveDateTime => |value| value;
    Blob: Vec<u8> => |value| value;
}

impl From<&i64> for Value {
    fn from(value: &i64) -> Self {
        Self::Integer(Some(*value))
    }
}

impl From<&Option<String>> for Value {
    fn from(value: &Option<String>) -> Self {
        Self::Text(value.clone())
    }
}

/// Binds values; those beyond the statement's parameters are not asked for.
pub(super) fn bind(statement: &mut Statement<'_>, values: &[Value]) -> Outcome<()> {
    let asked = statement.parameter_count();
    for (index, value) in (1..=asked).zip(values) {
        statement.raw_bind_parameter(index, value)?;
    }
    Ok(())
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Integer(Some(number)) => (*number).into(),
            Self::Bool(Some(truth)) => (*truth).into(),
            Self::Real(Some(number)) => (*number).into(),
            Self::Text(Some(text)) => text.as_str().into(),
            Self::Day(Some(day)) => day.format("%Y-%m-%d").to_string().into(),
            Self::Time(Some(time)) => time.format("%Y-%m-%d %H:%M:%S").to_string().into(),
            Self::Blob(Some(bytes)) => bytes.as_slice().into(),
            Self::Integer(None)
            | Self::Bool(None)
            | Self::Real(None)
            | Self::Text(None)
            | Self::Day(None)
            | Self::Time(None)
            | Self::Blob(None) => Null.into(),
        })
    }
}
