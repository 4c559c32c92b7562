//! A copy of the database, made while others write.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::reader::beside;
use crate::connect::APPLICATION_ID;
use crate::error::{Fault, Outcome};
use crate::{Counts, StoreError};

/// Pages copied at a time: a few megabytes.
const PAGES: i32 = 512;

/// Wait before a step is tried again that found the file busy.
const PAUSE: Duration = Duration::from_millis(20);

/// Endings of the files that SQLite keeps beside a database.
const SIDE_FILES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// What a backup holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupSummary {
    /// Size of the file.
    pub bytes: u64,
    /// Rows in it.
    pub counts: Counts,
}

/// Copies what `source` shows of the database at `database` into the file `target`.
///
/// One read transaction spans the copying, so the copy is one state however much is written meanwhile, and never
/// begins anew.
pub(super) fn copy(
    source: &Connection,
    database: &Path,
    target: &Path,
    overwrite: bool,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<BackupSummary, StoreError> {
    refuse(database, target, overwrite)?;
    let partial = Partial::create(database, target)?;
    let counts = begin(source).map_err(|fault| fault.at(database))?;
    let copied = fill(source, &partial.path, &counts, progress);
    let matches = copied.map_err(|fault| fault.at(target))?;
    if let Some(what) = matches {
        return Err(StoreError::BackupDiffers { path: target.to_owned(), what });
    }
    refuse(database, target, overwrite)?; // what has come there meanwhile stays
    let bytes = partial.move_to(target).map_err(|error| failed(target, error))?;
    Ok(BackupSummary { bytes, counts })
}

/// Refuses a target that is not to be written over.
fn refuse(database: &Path, target: &Path, overwrite: bool) -> Result<(), StoreError> {
    let itself = is_same_file(database, target)
        || SIDE_FILES.iter().any(|ending| is_same_place(&beside(database, ending), target));
    if itself {
        return Err(StoreError::BackupOntoItself { path: target.to_owned() });
    }
    if fs::symlink_metadata(target).is_ok() && (!overwrite || target.is_dir()) {
        return Err(StoreError::BackupExists { path: target.to_owned() });
    }
    // a log would be taken for one of the copy, which it would destroy
    let logs = ["-wal", "-journal"].map(|ending| beside(target, ending));
    match logs.into_iter().find(|log| fs::metadata(log).is_ok_and(|log| log.len() > 0)) {
        Some(log) => Err(StoreError::BackupInUse { path: target.to_owned(), log }),
        None => Ok(()),
    }
}

/// Whether both names lead to one file, through whatever links.
fn is_same_file(one: &Path, other: &Path) -> bool {
    is_same_place(one, other) || is_same_node(one, other)
}

/// Whether both names are of one place in one folder.
fn is_same_place(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| -> io::Result<PathBuf> {
        path.canonicalize().or_else(|_| {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new(".")).canonicalize()?;
            path.file_name().map(|name| folder.join(name)).ok_or_else(|| io::ErrorKind::NotFound.into())
        })
    };
    place(one).is_ok_and(|one| place(other).is_ok_and(|other| one == other))
}

#[cfg(unix)]
fn is_same_node(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let node = |path| fs::metadata(path).map(|file| (file.dev(), file.ino()));
    node(one).is_ok_and(|one| node(other).is_ok_and(|other| one == other))
}

#[cfg(not(unix))]
fn is_same_node(_: &Path, _: &Path) -> bool {
    false
}

/// Begins to read, and counts what there is at that moment.
fn begin(source: &Connection) -> Outcome<Counts> {
    source.execute_batch("BEGIN")?;
    count(source)
}

/// Copies and compares; returns what differs.
fn fill(
    source: &Connection,
    partial: &Path,
    counts: &Counts,
    progress: &mut dyn FnMut(u64, u64),
) -> Outcome<Option<String>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut copy = Connection::open_with_flags(partial, flags)?;
    // until it stands in its place nobody needs a half of it: the file is brought to disk as a whole
    copy.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    copy_pages(source, &mut copy, progress)?;
    let differs = difference(&copy, counts)?;
    copy.close().map_err(|(_, error)| Fault::from(error))?;
    Ok(differs)
}

fn copy_pages(source: &Connection, copy: &mut Connection, progress: &mut dyn FnMut(u64, u64)) -> Outcome<()> {
    let page_size: u32 = source.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let backup = Backup::new(source, copy)?;
    loop {
        let step = backup.step(PAGES)?;
        let pages = backup.progress();
        let bytes = |pages: i32| u64::from(pages.unsigned_abs()) * u64::from(page_size);
        progress(bytes(pages.pagecount - pages.remaining), bytes(pages.pagecount));
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => std::thread::sleep(PAUSE),
        }
    }
}

fn difference(copy: &Connection, expected: &Counts) -> Outcome<Option<String>> {
    let sound: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        return Ok(Some(sound));
    }
    let application_id: i64 = copy.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if application_id != APPLICATION_ID {
        return Ok(Some(format!("the application id is {application_id}")));
    }
    let counts = count(copy)?;
    Ok((counts != *expected).then(|| format!("it holds {counts:?}, the database {expected:?}")))
}

fn count(connection: &Connection) -> Outcome<Counts> {
    let rows = |table: &str| -> Outcome<u64> {
        let sql = format!("SELECT count(*) FROM {table}");
        Ok(connection.query_row(&sql, [], |row| row.get(0).map(i64::unsigned_abs))?)
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
        io::ErrorKind::StorageFull => StoreError::DiskFull { path },
        _ => StoreError::BackupFailed { path, source },
    }
}

/// A file in the making; goes when it is dropped.
struct Partial {
    path: PathBuf,
}

impl Partial {
    /// Makes it in the folder of `target`, as open to others as the database is: it holds the same.
    fn create(database: &Path, target: &Path) -> Result<Self, StoreError> {
        let path = beside(target, &format!(".{}.partial", std::process::id()));
        let made = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = made.map_err(|error| failed(target, error))?;
        let partial = Self { path };
        let allowed =
            fs::metadata(database).and_then(|database| file.set_permissions(database.permissions()));
        allowed.map_err(|error| failed(target, error))?;
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
