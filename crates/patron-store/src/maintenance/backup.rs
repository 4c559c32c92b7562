//! A copy of the database, made while others write.

mod postgres;
mod sqlite;

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::path::{Path, PathBuf};

use super::reader::{SIDE_FILES, beside};
use crate::error::Outcome;
use crate::raw::Connection;
use crate::url::Address;
use crate::{Counts, DatabaseUrl, Place, StoreError};

/// What a backup holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupSummary {
    /// Size of the file.
    pub bytes: u64,
    /// Rows in it.
    pub counts: Counts,
}

/// Copies what `source` shows of the database at `database` into the file `target`.
pub(super) fn copy(
    source: &Connection,
    database: &DatabaseUrl,
    target: &Path,
    overwrite: bool,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<BackupSummary, StoreError> {
    match (source, database.address()) {
        (Connection::Sqlite(pages), Address::File(path)) => {
            sqlite::copy(source, pages, path, target, overwrite, progress)
        }
        (_, Address::Server(server)) => postgres::copy(source, server, target, overwrite, progress),
        (Connection::Postgres(_), Address::File(path)) => {
            Err(StoreError::BackupOntoItself { path: path.clone() }) // no server is at a file's address
        }
    }
}

/// Refuses a target where there is something that is not to be written over.
fn refuse_existing(target: &Path, overwrite: bool) -> Result<(), StoreError> {
    if fs::symlink_metadata(target).is_ok() && (!overwrite || target.is_dir()) {
        return Err(StoreError::BackupExists { path: target.to_owned() });
    }
    Ok(())
}

fn count(connection: &Connection) -> Outcome<Counts> {
    let rows = |table: &str| -> Outcome<u64> {
        let sql = format!("SELECT count(*) FROM {table}");
        connection.query_row(&sql, [], |row| row.get(0).map(i64::unsigned_abs))
    };
    Ok(Counts {
        customers: rows("customers")?,
        products: rows("products")?,
        transactions: rows("transactions")?,
        countries: rows("countries")?,
        dates: rows("dates")?,
        sales: rows("sales")?,
        cancellations: rows("cancellations")?,
        imports: rows("imports")?,
        quarantined: rows("quarantine")?,
        model_runs: rows("model_runs")?,
        predictions: rows("predictions")?,
    })
}

fn failed(path: &Path, source: io::Error) -> StoreError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::StorageFull => StoreError::DiskFull { place: Place::File(path) },
        _ => StoreError::BackupFailed { path, source },
    }
}

/// A file in the making; goes when it is dropped.
struct Partial {
    path: PathBuf,
}

impl Partial {
    /// Makes it in the folder of `target`, as open to others as `like`: as the database is, which holds the same.
    fn create(target: &Path, like: Permissions) -> Result<Self, StoreError> {
        let path = beside(target, &format!(".{}.partial", std::process::id()));
        let made = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = made.map_err(|error| failed(target, error))?;
        let partial = Self { path };
        file.set_permissions(like).map_err(|error| failed(target, error))?;
        Ok(partial)
    }

    /// Brings it to disk and into its place; returns its size.
    fn move_to(self, target: &Path) -> io::Result<u64> {
        let file = OpenOptions::new().write(true).open(&self.path)?;
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        drop(file);
        fs::rename(&self.path, target)?;
        sync_folder(target)?;
        Ok(bytes)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // after the move there is nothing left to remove
        let _ = fs::remove_file(&self.path);
        for ending in SIDE_FILES {
            let _ = fs::remove_file(beside(&self.path, ending));
        }
    }
}

/// The new name is on disk only when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}
