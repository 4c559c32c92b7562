//! A database opened to be looked at.

mod postgres;
mod sqlite;

use std::path::Path;
use std::time::Duration;

pub(super) use sqlite::{SIDE_FILES, beside};

use super::backup::{self, BackupSummary};
use super::check::{self, Check, CheckResult};
use super::sql::{self, SqlLimits, SqlRows};
use super::tables::{self, TableInfo};
use crate::connect::PATIENCE;
use crate::error::Outcome;
use crate::raw::Connection;
use crate::url::Address;
use crate::{DatabaseUrl, StoreError};

/// A database opened to be looked at: nothing in it is made, migrated or changed, and no other program is kept from
/// writing to it. Each function shows one state of the database.
#[derive(Clone, Debug)]
pub struct Reader {
    url: DatabaseUrl,
    patience: Duration,
    outdated: bool,
}

impl Reader {
    /// Opens a database that is there, also one of an older schema.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::NotADatabase`], [`StoreError::NotPatron`], [`StoreError::Newer`],
    /// [`StoreError::CannotOpen`], [`StoreError::Damaged`]; of a server [`StoreError::Unavailable`] and
    /// [`StoreError::Refused`].
    pub fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let mut reader = Self { url: url.clone(), patience: PATIENCE, outdated: false };
        reader.outdated = reader.look(|connection| match (connection, url.address()) {
            (Connection::Sqlite(connection), Address::File(path)) => sqlite::is_outdated(connection, path),
            (Connection::Postgres(connection), _) => {
                postgres::is_outdated(&mut connection.borrow_mut(), &url.place())
            }
            (Connection::Sqlite(_), Address::Server(_)) => Ok(false), // no file has a server's address
        })?;
        Ok(reader)
    }

    /// Runs one statement that only reads.
    ///
    /// The statement ends at the row limit, at the limit of bytes or at the timeout. Files other than this database
    /// are out of its reach; on a server it has no more rights than to read, also where the address is a superuser's.
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

    /// Copies the database into the file `target`, one state of it, while others may write. The copy of a file is a
    /// database file, that of a server's database an archive for `pg_restore`.
    ///
    /// The copy comes into its place whole, checked and on disk, or not at all. `progress` hears how many of how
    /// many bytes are copied.
    ///
    /// # Errors
    /// [`StoreError::BackupExists`] unless `overwrite`; [`StoreError::BackupOntoItself`];
    /// [`StoreError::BackupInUse`] when a write-ahead log lies beside the target; [`StoreError::BackupFailed`],
    /// [`StoreError::BackupDiffers`], [`StoreError::DiskFull`]; for a database of a server, which `pg_dump` copies,
    /// [`StoreError::NoDump`] and [`StoreError::DumpFailed`]; what the database says.
    pub fn backup(
        &self,
        target: &Path,
        overwrite: bool,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<BackupSummary, StoreError> {
        self.look(|connection| Ok(backup::copy(connection, &self.url, target, overwrite, progress)?))
    }

    /// Checks file, references and every number that is stored twice. `progress` hears which check begins.
    ///
    /// One result for each of [`Check::ALL`], in that order.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] for a database of an older schema; what the database says.
    pub fn check(&self, progress: &mut dyn FnMut(Check)) -> Result<Vec<CheckResult>, StoreError> {
        if self.outdated {
            return Err(StoreError::Outdated { place: self.url.place() });
        }
        self.look(|connection| check::all(connection, progress))
    }

    /// A reader of a database that a store has opened, and so has brought up to date.
    pub(crate) fn of_open(url: &DatabaseUrl, patience: Duration) -> Self {
        Self { url: url.clone(), patience, outdated: false }
    }

    fn look<T>(&self, look: impl FnOnce(&Connection) -> Outcome<T>) -> Result<T, StoreError> {
        let looked = match self.url.address() {
            Address::File(path) if !path.exists() => {
                return Err(StoreError::NotFound { place: self.url.place() });
            }
            Address::File(path) => sqlite::look(path, self.patience, look),
            Address::Server(server) => postgres::look(server, self.patience, look),
        };
        looked.map_err(|fault| fault.at(&self.url.place()))
    }
}
