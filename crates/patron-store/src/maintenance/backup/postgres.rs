//! A copy of a server's database, made by PostgreSQL's own `pg_dump`.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{BackupSummary, Partial, count, failed, refuse_existing};
use crate::error::Outcome;
use crate::raw::Connection;
use crate::url::Server;
use crate::{Counts, Place, StoreError};

/// What an archive begins with.
const MAGIC: &[u8] = b"PGDMP";

/// Where Debian and its relatives keep the programs of each version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// One state of the database, which stays to be seen as long as the transaction of its connection lasts.
struct State {
    counts: Counts,
    snapshot: String,
    schema: String,
    /// The server's version: 15.
    version: u32,
}

/// Copies what `source` shows of a server's database into the archive `target`.
pub(super) fn copy(
    source: &Connection,
    server: &Server,
    target: &Path,
    overwrite: bool,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<BackupSummary, StoreError> {
    let place = Place::Server(server.to_string());
    refuse_existing(target, overwrite)?;
    let state = begin(source).map_err(|fault| fault.at(&place))?;
    let program = program(state.version, &place)?;
    let partial = Partial::create(target, private(target)?)?;
    dump(&program, server, &state, &partial.path, target)?;
    let mut magic = Vec::new();
    let file = fs::File::open(&partial.path).map_err(|error| failed(target, error))?;
    file.take(MAGIC.len() as u64).read_to_end(&mut magic).map_err(|error| failed(target, error))?;
    if magic != MAGIC {
        let what = "it is no archive of pg_dump".to_owned();
        return Err(StoreError::BackupDiffers { path: target.to_owned(), what });
    }
    refuse_existing(target, overwrite)?; // what has come there meanwhile stays
    let bytes = partial.move_to(target).map_err(|error| failed(target, error))?;
    progress(bytes, bytes);
    Ok(BackupSummary { bytes, counts: state.counts })
}

fn begin(source: &Connection) -> Outcome<State> {
    source.begin_to_read()?;
    let counts = count(source)?;
    let sql = "SELECT pg_export_snapshot(), current_schema(), CAST(current_setting('server_version_num') AS INTEGER)";
    source.query_row(sql, [], |row| {
        let version: u32 = row.get(2)?;
        Ok(State { counts, snapshot: row.get(0)?, schema: row.get(1)?, version: version / 10_000 })
    })
}

/// A `pg_dump` that is not older than the server: it would refuse to work.
fn program(version: u32, place: &Place) -> Result<PathBuf, StoreError> {
    let folders = fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let mut installed: Vec<PathBuf> = folders.map(|folder| folder.path().join("bin/pg_dump")).collect();
    installed.sort();
    let mut newest = None;
    for program in [PathBuf::from("pg_dump")].into_iter().chain(installed) {
        match version_of(&program) {
            Some(found) if found >= version => return Ok(program),
            found => newest = newest.max(found),
        }
    }
    Err(StoreError::NoDump { place: place.clone(), needed: version, found: newest })
}

/// The number in `pg_dump (PostgreSQL) 15.14`.
fn version_of(program: &Path) -> Option<u32> {
    let said = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    let number =
        said.split_whitespace().find(|word| word.starts_with(|letter: char| letter.is_ascii_digit()))?;
    number.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

fn dump(
    program: &Path,
    server: &Server,
    state: &State,
    partial: &Path,
    target: &Path,
) -> Result<(), StoreError> {
    let file = OpenOptions::new().write(true).open(partial).map_err(|error| failed(target, error))?;
    let mut command = Command::new(program);
    command.args(["--format=custom", "--no-password", "--snapshot", &state.snapshot, "--dbname"]);
    command.arg(server.to_string()).envs(server.environment());
    if state.schema != "public" {
        // other schemas of the database are other shops
        command.arg(format!("--schema=\"{}\"", state.schema.replace('"', "\"\"")));
    }
    let ran = command.stdin(Stdio::null()).stdout(file).stderr(Stdio::piped()).output();
    let ran = ran.map_err(|error| failed(target, error))?;
    if ran.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ran.stderr);
    if said.contains("No space left on device") {
        return Err(failed(target, ErrorKind::StorageFull.into()));
    }
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    Err(StoreError::DumpFailed { place: Place::Server(server.to_string()), said })
}

/// Nobody but its owner may read what holds the names and addresses of customers.
#[cfg(unix)]
fn private(_: &Path) -> Result<fs::Permissions, StoreError> {
    Ok(std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
fn private(target: &Path) -> Result<fs::Permissions, StoreError> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(fs::metadata(folder).map_err(|error| failed(target, error))?.permissions())
}
