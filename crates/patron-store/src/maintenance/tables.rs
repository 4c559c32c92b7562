//! What there is to read.

use crate::error::Outcome;
use crate::raw::Connection;

/// A table or view and its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableInfo {
    /// Its name.
    pub name: String,
    /// Whether it is computed from tables.
    pub is_view: bool,
    /// Columns in the order of `SELECT *`.
    pub columns: Vec<ColumnInfo>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
    /// The type it was declared with; in a file, empty where a view computes it.
    pub declared: String,
}

pub(super) fn read(connection: &Connection) -> Outcome<Vec<TableInfo>> {
    let mut statement = connection.prepare(match connection {
        Connection::Sqlite(_) => include_str!("sql/tables.sql"),
        Connection::Postgres(_) => include_str!("sql/tables_postgres.sql"),
    })?;
    let mut rows = statement.query([])?;
    let mut tables: Vec<TableInfo> = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        if tables.last().is_none_or(|last| last.name != name) {
            tables.push(TableInfo { name, is_view: row.get(1)?, columns: Vec::new() });
        }
        if let Some(table) = tables.last_mut() {
            table.columns.push(ColumnInfo { name: row.get(2)?, declared: row.get(3)? });
        }
    }
    Ok(tables)
}
