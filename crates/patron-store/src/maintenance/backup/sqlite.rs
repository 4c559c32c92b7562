//! A copy of a file, made by SQLite while others write.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::{BackupSummary, Partial, count, failed};
use crate::connect::APPLICATION_ID;
use crate::error::{Fault, Outcome};
use crate::maintenance::reader::{SIDE_FILES, beside};
use crate::{Counts, Place, StoreError, raw};

/// Pages copied at a time: a few megabytes.
const PAGES: i32 = 512;

/// Wait before a step is tried again that found the file busy.
const PAUSE: Duration = Duration::from_millis(20);

/// Copies what `source` shows of the database at `database` into the file `target`.
///
/// One read transaction spans the copying, so the copy is one state however much is written meanwhile, and never
/// begins anew.
pub(super) fn copy(
    source: &raw::Connection,
    pages: &Connection,
    database: &Path,
    target: &Path,
    overwrite: bool,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<BackupSummary, StoreError> {
    let (from, to) = (Place::File(database.to_owned()), Place::File(target.to_owned()));
    refuse(database, target, overwrite)?;
    let like = fs::metadata(database).map_err(|error| failed(target, error))?.permissions();
    let partial = Partial::create(target, like)?;
    let counts = source.begin_to_read().and_then(|()| count(source)).map_err(|fault| fault.at(&from))?;
    let copied = fill(pages, &partial.path, &counts, progress);
    let matches = copied.map_err(|fault| fault.at(&to))?;
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
    super::refuse_existing(target, overwrite)?;
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
    let copy = raw::Connection::Sqlite(copy);
    let differs = difference(&copy, counts)?;
    match copy {
        raw::Connection::Sqlite(copy) => copy.close().map_err(|(_, error)| Fault::from(error))?,
        raw::Connection::Postgres(_) => {} // a file is no server
    }
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

fn difference(copy: &raw::Connection, expected: &Counts) -> Outcome<Option<String>> {
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
