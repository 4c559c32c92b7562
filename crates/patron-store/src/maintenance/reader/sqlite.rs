//! Looking at a database in a file.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::connect::{self, APPLICATION_ID};
use crate::error::Outcome;
use crate::{Place, StoreError, raw};

/// Endings of the files that SQLite keeps beside a database.
pub(in crate::maintenance) const SIDE_FILES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// A look at one state of the file.
pub(super) fn look<T>(
    path: &Path,
    patience: Duration,
    look: impl FnOnce(&raw::Connection) -> Outcome<T>,
) -> Outcome<T> {
    let had_log = beside(path, "-wal").exists();
    let looked =
        connect_to_read(path, patience).and_then(|connection| look(&raw::Connection::Sqlite(connection)));
    if !had_log {
        tidy(path);
    }
    looked
}

fn connect_to_read(path: &Path, patience: Duration) -> Outcome<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(patience)?;
    connection.execute_batch("PRAGMA query_only = ON")?;
    Ok(connection)
}

/// A connection that may only read leaves an empty log behind, which the last one that may write takes away.
fn tidy(path: &Path) {
    if !fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() == 0) {
        return;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let tidied = Connection::open_with_flags(path, flags)
        .and_then(|connection| connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())));
    if let Err(error) = tidied {
        tracing::debug!(%error, "the empty write-ahead log stays");
    }
}

/// The file SQLite keeps beside a database under this ending.
pub(in crate::maintenance) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Whether the schema is older than this program's; anything but a Patron database is an error.
pub(super) fn is_outdated(connection: &Connection, path: &Path) -> Outcome<bool> {
    let place = || Place::File(path.to_owned());
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let application_id: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if tables == 0 && application_id == 0 {
        return Err(StoreError::NotFound { place: place() }.into());
    }
    if application_id != APPLICATION_ID {
        return Err(StoreError::NotPatron { place: place() }.into());
    }
    let mut statement = connection.prepare("SELECT version FROM __diesel_schema_migrations")?;
    let applied = statement.query_map([], |row| row.get(0))?.collect::<Result<BTreeSet<String>, _>>()?;
    let known = connect::sqlite::known_migrations()?;
    match applied.difference(&known).next() {
        Some(version) => Err(StoreError::Newer { place: place(), version: version.clone() }.into()),
        None => Ok(applied.len() < known.len()),
    }
}
