//! Databases of a PostgreSQL server. All tables lie in the connection's own schema, the first one of its search path.

use std::collections::BTreeSet;
use std::time::Duration;

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{boxed, first_unknown, versions};
use crate::error::{Fault, Outcome};
use crate::url::Server;
use crate::{Place, StoreError};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Begins a transaction that shows one state of the database, whatever others write.
pub(crate) const BEGIN_TO_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Waits until nobody else writes, and keeps everybody else from it until the transaction ends; each schema of a
/// database is a shop of its own. Reading goes on meanwhile.
pub(crate) const LOCK: &str = "SELECT pg_advisory_xact_lock(1346458707, hashtext(current_schema()))"; // "PATS"

/// What must not depend on how the server is set up: how days are written; that a commit waits for the disk; that
/// long work is not cut off.
const SETTINGS: &str = "SET DateStyle = 'ISO, YMD'; SET bytea_output = 'hex'; SET extra_float_digits = 1; \
    SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; \
    SET standard_conforming_strings = on; SET default_transaction_isolation = 'read committed'; \
    SELECT set_config('synchronous_commit', 'on', false) \
     WHERE current_setting('synchronous_commit') = 'off'";

/// Opens a database and migrates it; with `create`, fills an empty schema.
pub(super) fn open(server: &Server, create: bool, patience: Duration) -> Result<PgConnection, StoreError> {
    let place = Place::Server(server.to_string());
    let opened = connect(server, patience).and_then(|mut connection| {
        let is_new = inspect(&mut connection, &place)?;
        if is_new && !create {
            return Err(StoreError::NotFound { place: place.clone() }.into());
        }
        if is_new || is_outdated(&mut connection, &place)? {
            migrate(&mut connection, &place)?;
        }
        Ok(connection)
    });
    opened.map_err(|fault| fault.at(&place))
}

/// Connects, and changes nothing in the database.
pub(crate) fn connect(server: &Server, patience: Duration) -> Outcome<PgConnection> {
    if server.needs_tls() && !cfg!(feature = "postgres-tls") {
        return Err(StoreError::NoTls { place: Place::Server(server.to_string()) }.into());
    }
    let mut connection = PgConnection::establish(&server.connection_string())?;
    connection.batch_execute(SETTINGS)?;
    set_patience(&mut connection, patience)?;
    // messages in English are understood; only a superuser may ask for them
    if let Err(error) = connection.batch_execute("SET lc_messages = 'C'") {
        tracing::debug!(%error, "the server keeps its language");
    }
    Ok(connection)
}

/// Sets how long a statement waits for another writer.
pub(crate) fn set_patience(connection: &mut PgConnection, patience: Duration) -> Outcome<()> {
    let milliseconds = patience.as_millis().clamp(1, i32::MAX as u128); // 0 would be for ever
    Ok(connection.batch_execute(&format!("SET lock_timeout = {milliseconds}"))?)
}

/// Inside a transaction: waits until nobody else writes.
pub(crate) fn lock(connection: &mut PgConnection) -> Outcome<()> {
    connection.batch_execute(LOCK).map_err(|error| match Fault::from(error) {
        fault if fault.is_lost() => fault,
        _ => Fault::Locked, // it is all that can happen to this statement
    })
}

/// Inside a transaction: an error unless it can be committed. The server makes a commit after an error a rollback,
/// and does not call it one.
pub(crate) fn prove_sound(connection: &mut PgConnection) -> Outcome<()> {
    Ok(connection.batch_execute("SELECT 1")?)
}

/// Versions of the migrations this program knows.
pub(crate) fn known_migrations() -> Outcome<BTreeSet<String>> {
    versions::<Pg>(&MIGRATIONS)
}

#[derive(QueryableByName)]
struct Inspected {
    #[diesel(sql_type = Bool)]
    has_schema: bool,
    #[diesel(sql_type = Bool)]
    is_read_only: bool,
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Integer)]
    relations: i32,
    #[diesel(sql_type = Integer)]
    own: i32,
}

/// Whether the schema is empty; anything but that and a Patron database is an error.
pub(crate) fn inspect(connection: &mut PgConnection, place: &Place) -> Outcome<bool> {
    let seen: Inspected =
        diesel::sql_query(include_str!("../sql/inspect_postgres.sql")).get_result(connection)?;
    let refused = |reason: String| Err(StoreError::Refused { place: place.clone(), reason }.into());
    if !seen.has_schema {
        return refused("it has no schema to make tables in".to_owned());
    }
    if seen.encoding != "UTF8" {
        return refused(format!("its encoding is {}, and must be UTF8", seen.encoding));
    }
    let first = "SELECT 1 FROM __diesel_schema_migrations WHERE version = '20261122000001'";
    let is_ours = seen.own == 2 && diesel::sql_query(first).execute(connection)? == 1;
    if seen.relations > 0 && !is_ours {
        return Err(StoreError::NotPatron { place: place.clone() }.into());
    }
    if seen.is_read_only {
        return Err(StoreError::ReadOnly { place: place.clone() }.into());
    }
    Ok(seen.relations == 0)
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

/// Whether migrations are pending; a schema of a newer program is an error.
pub(crate) fn is_outdated(connection: &mut PgConnection, place: &Place) -> Outcome<bool> {
    let sql = "SELECT version FROM __diesel_schema_migrations";
    let applied: Vec<Applied> = diesel::sql_query(sql).load(connection)?;
    let applied: BTreeSet<String> = applied.into_iter().map(|row| row.version).collect();
    let known = known_migrations()?;
    match first_unknown(&applied, &known) {
        Some(version) => Err(StoreError::Newer { place: place.clone(), version }.into()),
        None => Ok(applied.len() < known.len()),
    }
}

/// Runs what is pending in one transaction: a database is made, or brought up to date, as a whole or not at all.
fn migrate(connection: &mut PgConnection, place: &Place) -> Outcome<()> {
    connection.transaction(|connection| {
        lock(connection)?;
        inspect(connection, place)?; // somebody else may have been faster
        let done = connection.run_pending_migrations(MIGRATIONS).map_err(boxed)?;
        tracing::info!(migrations = done.len(), "database schema brought up to date");
        Ok(())
    })
}
