//! SQL as text on both kinds of databases: one statement, written once.
//!
//! Parameters are `?`, `?1` or `$1`; all of one statement in the same way. Values that come back look as SQLite has
//! them: whole numbers (truth is 0 or 1), numbers, text (days as `2011-12-09`), bytes.

mod postgres;
mod value;

use std::cell::RefCell;
use std::fmt;

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use rusqlite::types::{FromSql, ValueRef};

pub(crate) use postgres::{Cells, storable};
pub(crate) use value::{Params, Value, params};

use crate::connect;
use crate::error::{Fault, Outcome};

/// A connection that is told SQL.
pub(crate) enum Connection {
    /// To a file.
    Sqlite(rusqlite::Connection),
    /// To a server.
    Postgres(RefCell<PgConnection>),
}

impl Connection {
    /// Over a connection to a server.
    pub(crate) fn postgres(connection: PgConnection) -> Self {
        Self::Postgres(RefCell::new(connection))
    }

    /// Runs a statement; how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> Outcome<usize> {
        match self {
            Self::Sqlite(_) => self.prepare(sql)?.execute(params),
            Self::Postgres(connection) => {
                postgres::Sql::new(sql).execute(&mut connection.borrow_mut(), params.values())
            }
        }
    }

    /// What `read` makes of the first row; [`optional`](crate::error::OptionalExtension::optional) where there may be
    /// none.
    pub(crate) fn query_row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Outcome<T>,
    ) -> Outcome<T> {
        self.prepare(sql)?.query_row(params, read)
    }

    /// A statement to be run many times.
    pub(crate) fn prepare(&self, sql: &str) -> Outcome<Statement<'_>> {
        Ok(match self {
            Self::Sqlite(connection) if sql.contains('$') => {
                Statement::Sqlite(connection.prepare(&sql.replace('$', "?"))?)
            }
            Self::Sqlite(connection) => Statement::Sqlite(connection.prepare(sql)?),
            Self::Postgres(connection) => Statement::Postgres(connection, postgres::Sql::new(sql)),
        })
    }

    /// Begins a transaction that shows one state of the database, whatever others write.
    pub(crate) fn begin_to_read(&self) -> Outcome<()> {
        self.execute_batch(match self {
            Self::Sqlite(_) => "BEGIN",
            Self::Postgres(_) => connect::postgres::BEGIN_TO_READ,
        })
    }

    /// Begins a transaction in which nobody else writes.
    pub(crate) fn begin_to_write(&self) -> Outcome<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch("BEGIN IMMEDIATE")?),
            Self::Postgres(connection) => {
                let connection = &mut *connection.borrow_mut();
                connection.batch_execute("BEGIN")?;
                connect::postgres::lock(connection)
            }
        }
    }

    /// Like [`Connection::begin_to_write`], with references that nobody checks where that may be had: the caller
    /// proves that all of them lead somewhere before the commit.
    pub(crate) fn begin_without_checks(&self) -> Outcome<()> {
        match self {
            Self::Sqlite(connection) => {
                connection.pragma_update(None, "foreign_keys", false)?;
                self.begin_to_write()
            }
            Self::Postgres(_) => {
                self.begin_to_write()?;
                self.execute_batch("SAVEPOINT checks")?;
                // only a superuser, or somebody a superuser allows it, may
                match self.execute_batch("SET LOCAL session_replication_role = replica") {
                    Ok(()) => self.execute_batch("RELEASE checks"),
                    Err(fault) if fault.is_lost() => Err(fault),
                    Err(_) => self.execute_batch("ROLLBACK TO checks; RELEASE checks"),
                }
            }
        }
    }

    /// Makes what was written final.
    pub(crate) fn commit(&self) -> Outcome<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch("COMMIT")?),
            Self::Postgres(connection) => {
                let connection = &mut *connection.borrow_mut();
                connect::postgres::prove_sound(connection)?;
                connection.batch_execute("COMMIT").map_err(Fault::Commit)
            }
        }
    }

    /// Runs statements without parameters, one after the other.
    pub(crate) fn execute_batch(&self, sql: &str) -> Outcome<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Self::Postgres(connection) => Ok(connection.borrow_mut().batch_execute(sql)?),
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Sqlite",
            Self::Postgres(_) => "Postgres",
        })
    }
}

/// A statement to be run many times.
pub(crate) enum Statement<'c> {
    Sqlite(rusqlite::Statement<'c>),
    Postgres(&'c RefCell<PgConnection>, postgres::Sql),
}

impl Statement<'_> {
    /// Runs it; how many rows it changed.
    pub(crate) fn execute(&mut self, params: impl Params) -> Outcome<usize> {
        match self {
            Self::Sqlite(statement) => {
                value::bind(statement, &params.values())?;
                Ok(statement.raw_execute()?)
            }
            Self::Postgres(connection, sql) => sql.execute(&mut connection.borrow_mut(), params.values()),
        }
    }

    /// Its rows.
    pub(crate) fn query(&mut self, params: impl Params) -> Outcome<Rows<'_>> {
        match self {
            Self::Sqlite(statement) => {
                value::bind(statement, &params.values())?;
                Ok(Rows::Sqlite(statement.raw_query()))
            }
            Self::Postgres(connection, sql) => {
                let rows = sql.load(&mut connection.borrow_mut(), params.values())?;
                Ok(Rows::Postgres { rows: rows.into_iter(), current: Vec::new() })
            }
        }
    }

    /// What `read` makes of each row.
    pub(crate) fn query_map<T>(
        &mut self,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Outcome<T>,
    ) -> Outcome<impl Iterator<Item = Outcome<T>>> {
        let mut rows = self.query(params)?;
        Ok(std::iter::from_fn(move || match rows.next() {
            Ok(row) => row.map(|row| read(&row)),
            Err(fault) => Some(Err(fault)),
        }))
    }

    /// What `read` makes of the first row.
    pub(crate) fn query_row<T>(
        &mut self,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Outcome<T>,
    ) -> Outcome<T> {
        let mut rows = self.query(params)?;
        match rows.next()? {
            Some(row) => read(&row),
            None => Err(rusqlite::Error::QueryReturnedNoRows.into()),
        }
    }

    /// Whether there is a row.
    pub(crate) fn exists(&mut self, params: impl Params) -> Outcome<bool> {
        Ok(self.query(params)?.next()?.is_some())
    }
}

/// Rows of a statement. Those of a server are all in memory.
pub(crate) enum Rows<'s> {
    Sqlite(rusqlite::Rows<'s>),
    Postgres { rows: std::vec::IntoIter<postgres::OwnedRow>, current: postgres::OwnedRow },
}

impl Rows<'_> {
    /// The next row.
    pub(crate) fn next(&mut self) -> Outcome<Option<Row<'_>>> {
        match self {
            Self::Sqlite(rows) => Ok(rows.next()?.map(Row::Sqlite)),
            Self::Postgres { rows, current } => {
                let Some(next) = rows.next() else { return Ok(None) };
                *current = next;
                Ok(Some(Row::Postgres(current)))
            }
        }
    }
}

/// A row.
pub(crate) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r [rusqlite::types::Value]),
}

impl Row<'_> {
    /// The value in a column, counted from 0.
    pub(crate) fn get<T: FromSql>(&self, column: usize) -> Outcome<T> {
        match self {
            Self::Sqlite(row) => Ok(row.get(column)?),
            Self::Postgres(_) => {
                let value = self.get_ref(column)?;
                T::column_result(value).map_err(|error| {
                    let (kind, source) = (value.data_type(), Box::new(error));
                    rusqlite::Error::FromSqlConversionFailure(column, kind, source).into()
                })
            }
        }
    }

    /// The value in a column as it is.
    pub(crate) fn get_ref(&self, column: usize) -> Outcome<ValueRef<'_>> {
        match self {
            Self::Sqlite(row) => Ok(row.get_ref(column)?),
            Self::Postgres(row) => {
                let value = row.get(column).ok_or(rusqlite::Error::InvalidColumnIndex(column))?;
                Ok(ValueRef::from(value))
            }
        }
    }
}

#[cfg(test)]
mod tests;
