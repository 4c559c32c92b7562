//! Which service is which: each holds a number of its own for as long as it lives.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use crate::connect::{PATIENCE, postgres};
use crate::error::{Fault, Outcome};
use crate::url::{Address, Server};
use crate::{DatabaseUrl, Place, StoreError};

/// Services of one database at most.
const MOST: i64 = 1_000;
/// Takes a number; the server gives it back when the connection ends, however it ends.
const TAKE: &str =
    "SELECT pg_try_advisory_lock(1346458698, hashtext(current_schema() || ' service ' || $1)) AS taken"; // "PATJ"
/// A computer that vanishes from the network without a word is missed within a minute.
const MISSED: &str =
    "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3";

/// The number of a service among those that serve one database at a time, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(pub i64);

impl fmt::Display for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A service's number. Nobody else can hold it until this is dropped or the process ends, however it ends; there is no
/// clock in it.
///
/// Beside an SQLite file it is a lock on a file, `shop.db.service-1`; in PostgreSQL it is an advisory lock of a
/// connection, which is lost when the server goes away: [`Lease::renew`].
pub struct Lease {
    id: ServiceId,
    url: DatabaseUrl,
    held: Held,
}

enum Held {
    File { _locked: File, path: PathBuf },
    Server(Box<PgConnection>),
    Lost,
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = Bool)]
    taken: bool,
}

impl Lease {
    /// The lowest number that nobody holds: 1 where there is no other service.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where a thousand services are there; what the database says, or the disk.
    pub fn lowest(url: &DatabaseUrl) -> Result<Self, StoreError> {
        for id in 1..=MOST {
            if let Some(lease) = Self::take(url, ServiceId(id))? {
                return Ok(lease);
            }
        }
        Err(StoreError::Busy)
    }

    /// A certain number; `None` where somebody holds it.
    ///
    /// # Errors
    /// What the database says, or the disk.
    pub fn take(url: &DatabaseUrl, id: ServiceId) -> Result<Option<Self>, StoreError> {
        let held = match url.address() {
            Address::File(path) => lock_file(path, id)
                .map_err(|source| StoreError::Other { place: url.place(), source: Box::new(source) })?,
            Address::Server(server) => take(server, id).map_err(|fault| fault.at(&url.place()))?,
        };
        Ok(held.map(|held| Self { id, url: url.clone(), held }))
    }

    /// The number.
    pub fn id(&self) -> ServiceId {
        self.id
    }

    /// Whether it is still held; where a server has gone away and come back it is taken again, and `false` says that
    /// somebody else was faster.
    ///
    /// # Errors
    /// What the database says: it is not held then.
    pub fn renew(&mut self) -> Result<bool, StoreError> {
        let is_held = match &mut self.held {
            Held::File { .. } => true,
            Held::Server(connection) => connection.batch_execute("SELECT 1").is_ok(),
            Held::Lost => false,
        };
        if is_held {
            return Ok(true);
        }
        self.held = Held::Lost;
        let Some(mut again) = Self::take(&self.url, self.id)? else { return Ok(false) };
        std::mem::swap(&mut self.held, &mut again.held);
        Ok(true)
    }

    /// Where the database is.
    pub fn place(&self) -> Place {
        self.url.place()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Held::File { path, .. } = &self.held {
            // the lock is still held: whoever finds the file gone makes another
            let _ = std::fs::remove_file(path);
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").field("id", &self.id).field("place", &self.place()).finish_non_exhaustive()
    }
}

fn lock_file(database: &Path, id: ServiceId) -> io::Result<Option<Held>> {
    let mut name = database.file_name().unwrap_or_default().to_owned();
    name.push(format!(".service-{id}"));
    let path = database.with_file_name(name);
    loop {
        let file = File::options().create(true).truncate(false).write(true).open(&path)?;
        match file.try_lock() {
            Ok(()) if is_at(&file, &path)? => return Ok(Some(Held::File { _locked: file, path })),
            Ok(()) => {} // who held it has just removed it
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Whether a file is still the one of that name.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let own = file.metadata()?;
    match std::fs::metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (own.dev(), own.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// A file that is open cannot be replaced by another of its name here.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}

fn take(server: &Server, id: ServiceId) -> Outcome<Option<Held>> {
    let mut connection = postgres::connect(server, PATIENCE)?;
    connection.batch_execute(MISSED).map_err(Fault::from)?;
    let asked = diesel::sql_query(TAKE).bind::<BigInt, _>(id.0);
    let Taken { taken } = asked.get_result(&mut connection)?;
    Ok(taken.then(|| Held::Server(Box::new(connection))))
}
