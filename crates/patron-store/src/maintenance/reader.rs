//! A database opened to be looked at.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::backup::{self, BackupSummary};
use super::check::{self, Check, CheckResult};
use super::sql::{self, SqlLimits, SqlRows};
use super::tables::{self, TableInfo};
use crate::connect::{self, APPLICATION_ID, PATIENCE};
use crate::error::Outcome;
use crate::{DatabaseUrl, StoreError};

/// A database opened to be looked at: nothing in it is made, migrated or changed, and no other program is kept from
/// writing to it. Each function shows one state of the database.
#[derive(Clone, Debug)]
pub struct Reader {
    path: PathBuf,
    patience: Duration,
    outdated: bool,
}

impl Reader {
    /// Opens a database that is there, also one of an older schema.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::NotADatabase`], [`StoreError::NotPatron`], [`StoreError::Newer`],
    /// [`StoreError::CannotOpen`], [`StoreError::Damaged`].
    pub fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let path = url.path().to_owned();
        if !path.exists() {
            return Err(StoreError::NotFound { path });
        }
        let mut reader = Self { path, patience: PATIENCE, outdated: false };
        reader.outdated = reader.look(|connection| is_outdated(connection, &reader.path))?;
        Ok(reader)
    }

    /// Runs one statement that only reads.
    ///
    /// The statement ends at the row limit, at the limit of bytes or at the timeout. Files other than this database
    /// are out of its reach.
    ///
    /// # Errors
    /// [`StoreError::SqlEmpty`], [`StoreError::SqlSeveral`], [`StoreError::SqlNotReading`], [`StoreError::Sql`] with
    /// the place in the text, [`StoreError::SqlTimeout`], [`StoreError::SqlTooLarge`]; what the database says.
    pub fn sql(&self, text: &str, limits: &SqlLimits) -> Result<SqlRows, StoreError> {
        self.look(|connection| sql::run(connection, text, limits))
    }

    /// Tables, then views, by name, with their columns.
    ///
    /// # Errors
    /// What the database says.
    pub fn tables(&self) -> Result<Vec<TableInfo>, StoreError> {
        self.look(tables::read)
    }

    /// Copies the database into the file `target`, one state of it, while others may write.
    ///
    /// The copy comes into its place whole, checked and on disk, or not at all. `progress` hears how many of how
    /// many bytes are copied.
    ///
    /// # Errors
    /// [`StoreError::BackupExists`] unless `overwrite`; [`StoreError::BackupOntoItself`];
    /// [`StoreError::BackupInUse`] when a write-ahead log lies beside the target; [`StoreError::BackupFailed`],
    /// [`StoreError::BackupDiffers`], [`StoreError::DiskFull`]; what the database says.
    pub fn backup(
        &self,
        target: &Path,
        overwrite: bool,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<BackupSummary, StoreError> {
        self.look(|connection| Ok(backup::copy(connection, &self.path, target, overwrite, progress)?))
    }

    /// Checks file, references and every number that is stored twice. `progress` hears which check begins.
    ///
    /// One result for each of [`Check::ALL`], in that order.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] for a database of an older schema; what the database says.
    pub fn check(&self, progress: &mut dyn FnMut(Check)) -> Result<Vec<CheckResult>, StoreError> {
        if self.outdated {
            return Err(StoreError::Outdated { path: self.path.clone() });
        }
        self.look(|connection| check::all(connection, progress))
    }

    /// A reader of a database that a store has opened, and so has brought up to date.
    pub(crate) fn of_open(path: &Path, patience: Duration) -> Self {
        Self { path: path.to_owned(), patience, outdated: false }
    }

    fn look<T>(&self, look: impl FnOnce(&Connection) -> Outcome<T>) -> Result<T, StoreError> {
        let had_log = beside(&self.path, "-wal").exists();
        let looked = connect_to_read(&self.path, self.patience).and_then(|connection| look(&connection));
        if !had_log {
            tidy(&self.path);
        }
        looked.map_err(|fault| fault.at(&self.path))
    }
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
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Whether the schema is older than this program's; anything but a Patron database is an error.
fn is_outdated(connection: &Connection, path: &Path) -> Outcome<bool> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let application_id: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if tables == 0 && application_id == 0 {
        return Err(StoreError::NotFound { path: path.to_owned() }.into());
    }
    if application_id != APPLICATION_ID {
        return Err(StoreError::NotPatron { path: path.to_owned() }.into());
    }
    let mut statement = connection.prepare("SELECT version FROM __diesel_schema_migrations")?;
    let applied = statement.query_map([], |row| row.get(0))?.collect::<Result<BTreeSet<String>, _>>()?;
    let known = connect::known_migrations()?;
    match applied.difference(&known).next() {
        Some(version) => Err(StoreError::Newer { path: path.to_owned(), version: version.clone() }.into()),
        None => Ok(applied.len() < known.len()),
    }
}
