//! A statement on SQLite.

use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::types::ValueRef;
use rusqlite::{Batch, Connection, ErrorCode, Row, Statement};

use super::{SqlCell, SqlLimits, SqlRows, line_and_column};
use crate::StoreError;
use crate::error::{Fault, Outcome};
use crate::maintenance::lock;

/// Runs one statement that reads; `connection` is of no use for anything else afterwards.
pub(super) fn run(connection: &Connection, text: &str, limits: &SqlLimits) -> Outcome<SqlRows> {
    let refused = lock::down(connection, limits.timeout)?;
    read(connection, text, limits).map_err(|fault| match (fault, refused.take()) {
        (Fault::Bulk(_), Some(what)) => StoreError::SqlNotReading { what }.into(),
        (Fault::Bulk(error), None) => explained(error, text, limits),
        (fault, _) => fault,
    })
}

fn read(connection: &Connection, text: &str, limits: &SqlLimits) -> Outcome<SqlRows> {
    let mut statement = only_statement(connection, text)?;
    if !statement.readonly() {
        return Err(StoreError::SqlNotReading { what: "a change of the database".to_owned() }.into());
    }
    if statement.parameter_count() > 0 {
        let message = "a parameter has no value here: write the value itself".to_owned();
        return Err(StoreError::Sql { message, at: None }.into());
    }
    let columns = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut found = SqlRows { columns, ..SqlRows::default() };
    let mut bytes = 0;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        if found.rows.len() == limits.rows {
            found.more = true;
            break;
        }
        match cells(row, found.columns.len(), limits.bytes, &mut bytes)? {
            Some(cells) => found.rows.push(cells),
            None if found.rows.is_empty() => {
                return Err(StoreError::SqlTooLarge { bytes: limits.bytes }.into());
            }
            None => {
                found.more = true;
                break;
            }
        }
    }
    Ok(found)
}

fn only_statement<'c>(connection: &'c Connection, text: &str) -> Outcome<Statement<'c>> {
    let mut batch = Batch::new(connection, text);
    let statement = batch.next()?.ok_or(StoreError::SqlEmpty)?;
    match batch.next() {
        Ok(None) => Ok(statement),
        Ok(Some(_)) | Err(_) => Err(StoreError::SqlSeveral.into()),
    }
}

/// The cells of a row, unless they go beyond `most` bytes.
fn cells(row: &Row<'_>, columns: usize, most: usize, bytes: &mut usize) -> Outcome<Option<Vec<SqlCell>>> {
    let mut cells = Vec::with_capacity(columns);
    for column in 0..columns {
        let value = row.get_ref(column)?;
        *bytes += size_of::<SqlCell>()
            + match value {
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.len(),
                ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => 0,
            };
        if *bytes > most {
            return Ok(None);
        }
        cells.push(match value {
            ValueRef::Null => SqlCell::Null,
            ValueRef::Integer(number) => SqlCell::Integer(number),
            ValueRef::Real(number) => SqlCell::Real(number),
            ValueRef::Text(text) => SqlCell::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => SqlCell::Blob(bytes.to_vec()),
        });
    }
    Ok(Some(cells))
}

/// An error of the statement, as opposed to one of the database.
fn explained(error: rusqlite::Error, text: &str, limits: &SqlLimits) -> Fault {
    match error {
        rusqlite::Error::SqlInputError { msg, sql, offset, .. } => {
            // `sql` is what is left of the text after empty statements
            let offset = usize::try_from(offset).ok().map(|offset| text.len() - sql.len() + offset);
            StoreError::Sql { message: msg, at: offset.map(|offset| line_and_column(text, offset)) }.into()
        }
        rusqlite::Error::SqliteFailure(failure, message) => match failure.code {
            ErrorCode::OperationInterrupted => StoreError::SqlTimeout { after: limits.timeout }.into(),
            ErrorCode::TooBig => {
                let message = "a value or the statement is too long".to_owned();
                StoreError::Sql { message, at: None }.into()
            }
            ErrorCode::Unknown | ErrorCode::TypeMismatch | ErrorCode::ParameterOutOfRange => {
                let message = message.unwrap_or_else(|| failure.to_string());
                StoreError::Sql { message, at: None }.into()
            }
            _ => rusqlite::Error::SqliteFailure(failure, message).into(),
        },
        other => other.into(),
    }
}
