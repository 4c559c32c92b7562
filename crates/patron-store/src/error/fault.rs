//! Errors of the two databases, before it is known which database they belong to.

use std::error::Error;

use diesel::ConnectionError;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use rusqlite::ErrorCode;

use super::StoreError;
use crate::Place;

/// An error before it is known which database it belongs to.
#[derive(Debug)]
pub(crate) enum Fault {
    Bulk(rusqlite::Error),
    Query(QueryError),
    Connect(ConnectionError),
    /// Of a statement that makes changes final.
    Commit(QueryError),
    /// The wait for another writer is over.
    Locked,
    Store(StoreError),
}

/// What inner functions return.
pub(crate) type Outcome<T> = Result<T, Fault>;

/// No row is no error.
pub(crate) trait OptionalExtension<T> {
    /// `None` where there is no row.
    fn optional(self) -> Outcome<Option<T>>;
}

impl<T> OptionalExtension<T> for Outcome<T> {
    fn optional(self) -> Outcome<Option<T>> {
        match self {
            Err(Fault::Bulk(rusqlite::Error::QueryReturnedNoRows) | Fault::Query(QueryError::NotFound)) => {
                Ok(None)
            }
            other => other.map(Some),
        }
    }
}

impl Fault {
    /// The error of the database at `place`.
    pub(crate) fn at(self, place: &Place) -> StoreError {
        match self {
            Self::Store(error) => error,
            Self::Locked => StoreError::Locked { place: place.clone() },
            Self::Bulk(error) => match error.sqlite_error_code() {
                Some(code) => named(code, place).unwrap_or_else(|| other(place, error)),
                None => other(place, error),
            },
            Self::Connect(error) => refused(&error, place),
            Self::Query(error) => of_query(error, place),
            Self::Commit(error) => match of_query(error, place) {
                StoreError::Unavailable { place, .. } => StoreError::OutcomeUnknown { place },
                error => error,
            },
        }
    }

    /// Whether the connection is lost with it.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            Self::Query(error) | Self::Commit(error) => is_lost(error),
            Self::Connect(_) => true,
            Self::Bulk(_) | Self::Locked | Self::Store(_) => false,
        }
    }
}

fn other(place: &Place, source: impl Error + Send + Sync + 'static) -> StoreError {
    StoreError::Other { place: place.clone(), source: Box::new(source) }
}

fn named(code: ErrorCode, place: &Place) -> Option<StoreError> {
    let place = place.clone();
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Some(StoreError::Locked { place }),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Some(StoreError::ReadOnly { place }),
        ErrorCode::DiskFull => Some(StoreError::DiskFull { place }),
        ErrorCode::DatabaseCorrupt => Some(StoreError::Damaged { place }),
        ErrorCode::NotADatabase => Some(StoreError::NotADatabase { place }),
        ErrorCode::CannotOpen => Some(StoreError::CannotOpen { place }),
        _ => None,
    }
}

fn of_query(error: QueryError, place: &Place) -> StoreError {
    let named = match place {
        Place::File(_) => code_of(&error.to_string()).and_then(|code| named(code, place)),
        Place::Server(_) => of_server(&error, place),
    };
    named.unwrap_or_else(|| other(place, error))
}

/// The query layer passes on SQLite's message without its code.
fn code_of(message: &str) -> Option<ErrorCode> {
    let known = [
        ("database is locked", ErrorCode::DatabaseBusy),
        ("database table is locked", ErrorCode::DatabaseLocked),
        ("attempt to write a readonly database", ErrorCode::ReadOnly),
        ("database or disk is full", ErrorCode::DiskFull),
        ("database disk image is malformed", ErrorCode::DatabaseCorrupt),
        ("file is not a database", ErrorCode::NotADatabase),
        ("unable to open database file", ErrorCode::CannotOpen),
    ];
    known.into_iter().find(|(text, _)| message.contains(text)).map(|(_, code)| code)
}

/// Messages, as a server words them in English, of a database that is full, that is waited for and that goes away:
/// the query layer passes on only some of the codes.
const FULL: [&str; 4] =
    ["No space left on device", "Disk quota exceeded", "File too large", "could not extend file"];
const WAITING: [&str; 3] = ["due to lock timeout", "deadlock detected", "could not obtain lock"];
const LEAVING: [&str; 7] = [
    "terminating connection",
    "the database system is",
    "server closed the connection",
    "connection to server",
    "no connection to the server",
    "could not receive data from server",
    "SSL connection has been closed",
];

fn of_server(error: &QueryError, place: &Place) -> Option<StoreError> {
    if is_lost(error) {
        return Some(StoreError::Unavailable { place: place.clone(), reason: one_line(&error.to_string()) });
    }
    let QueryError::DatabaseError(kind, said) = error else { return None };
    let (place, said) = (place.clone(), said.message());
    let is_one_of = |known: &[&str]| known.iter().any(|known| said.contains(known));
    match kind {
        DatabaseErrorKind::ReadOnlyTransaction => Some(StoreError::ReadOnly { place }),
        DatabaseErrorKind::SerializationFailure => Some(StoreError::Locked { place }),
        _ if is_one_of(&FULL) => Some(StoreError::DiskFull { place }),
        _ if is_one_of(&WAITING) => Some(StoreError::Locked { place }),
        _ => None,
    }
}

fn is_lost(error: &QueryError) -> bool {
    use DatabaseErrorKind::{ClosedConnection, UnableToSendCommand, Unknown};
    match error {
        QueryError::DatabaseError(ClosedConnection | UnableToSendCommand, _) => true,
        QueryError::DatabaseError(Unknown, said) => {
            LEAVING.iter().any(|known| said.message().contains(known))
        }
        QueryError::BrokenTransactionManager => true,
        _ => false,
    }
}

/// Words of a server that lets nobody in under an address, and will not in a while either.
const REFUSING: [&str; 9] = [
    "authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "does not exist",
    "permission denied",
    "is not permitted to log in",
    "invalid",
    "does not support SSL",
    "certificate",
];

/// Of a connection that could not be made.
fn refused(error: &ConnectionError, place: &Place) -> StoreError {
    let (place, reason) = (place.clone(), one_line(&error.to_string()));
    if REFUSING.iter().any(|known| reason.contains(known)) {
        StoreError::Refused { place, reason }
    } else {
        StoreError::Unavailable { place, reason }
    }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Bulk(error)
    }
}

impl From<QueryError> for Fault {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

impl From<ConnectionError> for Fault {
    fn from(error: ConnectionError) -> Self {
        Self::Connect(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Store(StoreError::Json(error))
    }
}
