//! One connection type over both kinds of databases.

use diesel::{PgConnection, SqliteConnection};

/// The connection all queries use.
#[derive(diesel::MultiConnection)]
pub(crate) enum AnyConnection {
    /// To a file.
    Sqlite(SqliteConnection),
    /// To a server.
    Postgres(PgConnection),
}
