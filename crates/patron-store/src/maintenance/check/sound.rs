//! What a database proves of itself: that it can be read, and that its references lead somewhere.

use diesel::result::{DatabaseErrorKind, Error as QueryError};
use rusqlite::ErrorCode;

use super::{CheckResult, Finding};
use crate::error::{Fault, Outcome};
use crate::raw::Connection;

/// Messages of a server that cannot read what it has written.
const DAMAGE: [&str; 4] =
    ["invalid page in block", "could not read block", "is corrupt", "could not open file"];

/// Whether the database could not be read any further.
fn is_damage(fault: &Fault) -> bool {
    match fault {
        Fault::Bulk(error) => error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt),
        Fault::Query(QueryError::DatabaseError(DatabaseErrorKind::Unknown, said)) => {
            DAMAGE.iter().any(|known| said.message().contains(known))
        }
        Fault::Query(_) | Fault::Connect(_) | Fault::Commit(_) | Fault::Locked | Fault::Store(_) => false,
    }
}

/// Makes a check; what it has seen, or `None` where the database could not be read any further.
pub(super) fn made<T>(connection: &Connection, make: impl FnOnce() -> Outcome<T>) -> Outcome<Option<T>> {
    if let Connection::Postgres(_) = connection {
        connection.execute_batch("SAVEPOINT made")?;
    }
    match make() {
        Err(fault) if is_damage(&fault) => {
            if let Connection::Postgres(_) = connection {
                connection.execute_batch("ROLLBACK TO made")?;
            }
            Ok(None)
        }
        made => made.map(Some),
    }
}

/// On a server: every value of every table is read, and indexes and conditions are those that hold. Where the
/// extension `amcheck` is there, it looks at the indexes too.
pub(super) fn file(connection: &Connection, result: &mut CheckResult) -> Outcome<()> {
    match connection {
        Connection::Sqlite(_) => {
            let mut said = texts(connection, "PRAGMA integrity_check")?;
            said.retain(|what| what != "ok");
            said.into_iter().for_each(|what| add(result, what));
        }
        Connection::Postgres(_) => {
            let unsound = texts(connection, include_str!("../sql/unsound_postgres.sql"))?;
            unsound.into_iter().for_each(|what| add(result, what));
            for read in texts(connection, include_str!("../sql/read_all_postgres.sql"))? {
                let read = || connection.query_row(&read, [], |row| row.get::<Option<i64>>(0));
                if let Err(said) = guarded(connection, read)? {
                    add(result, said);
                }
            }
        }
    }
    Ok(())
}

/// What `look` says, or the server's complaint, which does not spoil the transaction.
fn guarded<T>(connection: &Connection, look: impl FnOnce() -> Outcome<T>) -> Outcome<Result<T, String>> {
    connection.execute_batch("SAVEPOINT look")?;
    match look() {
        Ok(seen) => {
            connection.execute_batch("RELEASE look")?;
            Ok(Ok(seen))
        }
        Err(Fault::Query(QueryError::DatabaseError(_, said))) => {
            // where the connection is lost this fails too, and says so
            connection.execute_batch("ROLLBACK TO look; RELEASE look")?;
            Ok(Err(said.message().to_owned()))
        }
        Err(fault) => Err(fault),
    }
}

/// References to imports are another check's.
pub(super) fn references(connection: &Connection, result: &mut CheckResult) -> Outcome<()> {
    let mut add = |table: String, id: Option<i64>, parent: &str| {
        if parent != "imports" {
            let what = format!("refers to a row of {parent} that does not exist");
            result.add_finding(Finding { table: Some(table), id, what });
        }
    };
    match connection {
        Connection::Sqlite(_) => {
            let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                add(row.get(0)?, row.get(1)?, &row.get::<String>(2)?);
            }
        }
        Connection::Postgres(_) => {
            let mut links = connection.prepare(include_str!("../sql/references_postgres.sql"))?;
            let mut links = links.query([])?;
            while let Some(link) = links.next()? {
                let (table, parent): (String, String) = (link.get(0)?, link.get(1)?);
                let mut lost = connection.prepare(&link.get::<String>(2)?)?;
                let mut lost = lost.query([])?;
                while let Some(row) = lost.next()? {
                    add(table.clone(), row.get(0)?, &parent);
                }
            }
        }
    }
    Ok(())
}

fn add(result: &mut CheckResult, what: String) {
    result.add_finding(Finding { table: None, id: None, what });
}

fn texts(connection: &Connection, sql: &str) -> Outcome<Vec<String>> {
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}
