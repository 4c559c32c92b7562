//! Looking at a database of a server.

use std::time::Duration;

use diesel::{PgConnection, RunQueryDsl};

use crate::connect::postgres;
use crate::error::{Fault, Outcome};
use crate::raw::Connection;
use crate::url::Server;
use crate::{Place, StoreError};

/// A look through a connection of its own; whoever looks begins a transaction that only reads.
pub(super) fn look<T>(
    server: &Server,
    patience: Duration,
    look: impl FnOnce(&Connection) -> Outcome<T>,
) -> Outcome<T> {
    look(&Connection::postgres(postgres::connect(server, patience)?))
}

/// Whether the schema is older than this program's; anything but a Patron database is an error.
pub(super) fn is_outdated(connection: &mut PgConnection, place: &Place) -> Outcome<bool> {
    let is_new = match postgres::inspect(connection, place) {
        // to look at it is all that is wanted
        Err(Fault::Store(StoreError::ReadOnly { .. })) => {
            let made = "SELECT 1 FROM pg_class WHERE oid = to_regclass('__diesel_schema_migrations')";
            diesel::sql_query(made).execute(connection)? == 0
        }
        inspected => inspected?,
    };
    if is_new {
        return Err(StoreError::NotFound { place: place.clone() }.into());
    }
    postgres::is_outdated(connection, place)
}
