//! Databases in files.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::sqlite::Sqlite;
use diesel::{Connection as _, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use rusqlite::OpenFlags;

use super::{boxed, first_unknown, versions};
use crate::error::{Fault, Outcome};
use crate::{Place, StoreError};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// Marks a file as a Patron database ("PATS"); the first migration writes it.
pub(crate) const APPLICATION_ID: i64 = 0x5041_5453;

/// Bytes of a page of a new database: large enough to keep the tree of a million lines flat.
const PAGE_SIZE: i64 = 8192;

/// Opens the database at `path` and migrates it; with `create`, makes it first where there is none.
pub(super) fn open(path: &Path, create: bool, patience: Duration) -> Result<SqliteConnection, StoreError> {
    let place = Place::File(path.to_owned());
    if !create && !path.exists() {
        return Err(StoreError::NotFound { place });
    }
    let is_new = inspect(path, create, patience).map_err(|fault| fault.at(&place))?;
    if is_new && !create {
        return Err(StoreError::NotFound { place });
    }
    let mut connection = connect(path, patience)?;
    if !is_new {
        refuse_newer(&mut connection, path).map_err(|fault| fault.at(&place))?;
    }
    migrate(&mut connection, is_new).map_err(|fault| fault.at(&place))?;
    Ok(connection)
}

/// A connection for bulk work beside the one for queries.
pub(super) fn bulk(path: &Path, patience: Duration) -> Outcome<rusqlite::Connection> {
    let connection = rusqlite::Connection::open_with_flags(path, flags(false))?;
    connection.busy_timeout(patience)?;
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;")?;
    Ok(connection)
}

/// Sets how long a statement waits for another writer.
pub(super) fn set_patience(connection: &mut SqliteConnection, patience: Duration) -> Outcome<()> {
    Ok(connection.batch_execute(&format!("PRAGMA busy_timeout = {}", patience.as_millis()))?)
}

/// Versions of the migrations this program knows.
pub(crate) fn known_migrations() -> Outcome<BTreeSet<String>> {
    versions::<Sqlite>(&MIGRATIONS)
}

fn flags(create: bool) -> OpenFlags {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create { flags | OpenFlags::SQLITE_OPEN_CREATE } else { flags }
}

/// Whether the file is an empty database; anything but that and a Patron database is an error.
fn inspect(path: &Path, create: bool, patience: Duration) -> Outcome<bool> {
    let place = || Place::File(path.to_owned());
    let connection = rusqlite::Connection::open_with_flags(path, flags(create))?;
    connection.busy_timeout(patience)?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    let application_id: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let is_new = tables == 0 && application_id == 0;
    if !is_new && application_id != APPLICATION_ID {
        return Err(StoreError::NotPatron { place: place() }.into());
    }
    if connection.is_readonly("main")? {
        return Err(StoreError::ReadOnly { place: place() }.into());
    }
    if is_new && create {
        connection.pragma_update(None, "page_size", PAGE_SIZE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
    }
    Ok(is_new)
}

fn connect(path: &Path, patience: Duration) -> Result<SqliteConnection, StoreError> {
    let place = Place::File(path.to_owned());
    let cannot_open = || StoreError::CannotOpen { place: place.clone() };
    // A leading "./" keeps a file named "file:x" or "sqlite:x" a file name.
    let name = if path.is_relative() { Path::new(".").join(path) } else { path.to_owned() };
    let name = name.to_str().ok_or_else(cannot_open)?;
    let mut connection = SqliteConnection::establish(name).map_err(|_| cannot_open())?;
    // what is deleted or changed here may be personal: its place in the file is overwritten
    let settings = "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;";
    let set = connection.batch_execute(settings).map_err(Fault::from);
    set.and_then(|()| set_patience(&mut connection, patience)).map_err(|fault| fault.at(&place))?;
    Ok(connection)
}

fn refuse_newer(connection: &mut SqliteConnection, path: &Path) -> Outcome<()> {
    let applied = connection.applied_migrations().map_err(boxed)?;
    let applied = applied.iter().map(ToString::to_string).collect();
    match first_unknown(&applied, &known_migrations()?) {
        Some(version) => Err(StoreError::Newer { place: Place::File(path.to_owned()), version }.into()),
        None => Ok(()),
    }
}

/// Runs what is pending in one transaction: a database is made, or brought up to date, as a whole or not at all.
fn migrate(connection: &mut SqliteConnection, is_new: bool) -> Outcome<()> {
    if !is_new && !connection.has_pending_migration(MIGRATIONS).map_err(boxed)? {
        return Ok(());
    }
    connection.immediate_transaction(|connection| {
        let done = connection.run_pending_migrations(MIGRATIONS).map_err(boxed)?;
        tracing::info!(migrations = done.len(), "database schema brought up to date");
        Ok(())
    })
}
