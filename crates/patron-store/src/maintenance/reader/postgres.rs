//! Looking at a database of a server.

use std::time::Duration;

use diesel::PgConnection;
use diesel::connection::SimpleConnection;

use crate::connect::postgres;
use crate::error::{Fault, Outcome};
use crate::raw::Connection;
use crate::url::Server;
use crate::{Place, StoreError};

/// A look through a connection that only reads.
pub(super) fn look<T>(
    server: &Server,
    patience: Duration,
    look: impl FnOnce(&Connection) -> Outcome<T>,
) -> Outcome<T> {
    let mut connection = postgres::connect(server, patience)?;
    connection.batch_execute("SET default_transaction_read_only = on")?;
    look(&Connection::postgres(connection))
}

/// Whether the schema is older than this program's; anything but a Patron database is an error.
pub(super) fn is_outdated(connection: &mut PgConnection, place: &Place) -> Outcome<bool> {
    match postgres::inspect(connection, place) {
        Ok(true) => return Err(StoreError::NotFound { place: place.clone() }.into()),
        // to look at it is all that is wanted
        Ok(false) | Err(Fault::Store(StoreError::ReadOnly { .. })) => {}
        Err(fault) => return Err(fault),
    }
    postgres::is_outdated(connection, place)
}
