//! Opening a database: look before touching, refuse what is not ours, then bring the schema up to date. Transactions
//! as both kinds of databases know them.

mod link;
mod multi;
pub(crate) mod postgres;
pub(crate) mod sqlite;

use std::collections::BTreeSet;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::migration::{Migration, MigrationSource};

pub(crate) use link::Link;
pub(crate) use multi::{AnyConnection as Connection, MultiBackend as Backend};
pub(crate) use sqlite::APPLICATION_ID;

use crate::error::{Fault, Outcome};
use crate::raw;
use crate::url::Address;
use crate::{DatabaseUrl, StoreError};

/// How long a statement waits for another writer before it gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Opens a database and migrates it; with `create`, makes it first where there is none.
pub(crate) fn open(url: &DatabaseUrl, create: bool, patience: Duration) -> Result<Connection, StoreError> {
    match url.address() {
        Address::File(path) => Ok(Connection::Sqlite(sqlite::open(path, create, patience)?)),
        Address::Server(server) => Ok(Connection::Postgres(postgres::open(server, create, patience)?)),
    }
}

/// A connection for bulk work beside the one for queries; the database was opened before.
pub(crate) fn bulk(url: &DatabaseUrl, patience: Duration) -> Outcome<raw::Connection> {
    Ok(match url.address() {
        Address::File(path) => raw::Connection::Sqlite(sqlite::bulk(path, patience)?),
        Address::Server(server) => raw::Connection::postgres(postgres::connect(server, patience)?),
    })
}

/// Sets how long a statement waits for another writer.
pub(crate) fn set_patience(connection: &mut Connection, patience: Duration) -> Outcome<()> {
    match connection {
        Connection::Sqlite(connection) => sqlite::set_patience(connection, patience),
        Connection::Postgres(connection) => postgres::set_patience(connection, patience),
    }
}

/// Makes changes in one transaction, all of them or none; nobody else writes meanwhile.
pub(crate) fn write<T>(
    connection: &mut Connection,
    change: impl FnOnce(&mut Connection) -> Outcome<T>,
) -> Outcome<T> {
    begin_to_write(connection)?;
    let made = change(connection);
    finish(connection, made)
}

/// Several looks at one state of the database, whatever others write.
pub(crate) fn read<T>(
    connection: &mut Connection,
    look: impl FnOnce(&mut Connection) -> Outcome<T>,
) -> Outcome<T> {
    match connection {
        Connection::Sqlite(connection) => AnsiTransactionManager::begin_transaction(connection)?,
        Connection::Postgres(connection) => {
            AnsiTransactionManager::begin_transaction_sql(connection, postgres::BEGIN_TO_READ)?;
        }
    }
    let seen = look(connection);
    finish(connection, seen)
}

/// Begins a transaction in which nobody else writes, for somebody who ends it with SQL of his own.
pub(crate) fn begin(connection: &mut Connection) -> Outcome<()> {
    match connection {
        Connection::Sqlite(connection) => Ok(connection.batch_execute("BEGIN IMMEDIATE")?),
        Connection::Postgres(connection) => {
            connection.batch_execute("BEGIN")?;
            let locked = postgres::lock(connection);
            if locked.is_err() {
                roll_back(|| connection.batch_execute("ROLLBACK"));
            }
            locked
        }
    }
}

/// Begins a transaction in which nobody else writes.
fn begin_to_write(connection: &mut Connection) -> Outcome<()> {
    match connection {
        Connection::Sqlite(connection) => {
            AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")?;
        }
        Connection::Postgres(connection) => {
            AnsiTransactionManager::begin_transaction(connection)?;
            if let Err(fault) = postgres::lock(connection) {
                roll_back(|| AnsiTransactionManager::rollback_transaction(connection));
                return Err(fault);
            }
        }
    }
    Ok(())
}

fn finish<T>(connection: &mut Connection, done: Outcome<T>) -> Outcome<T> {
    let committed = done.and_then(|done| {
        if let Connection::Postgres(connection) = connection {
            postgres::prove_sound(connection)?;
        }
        <Connection as diesel::Connection>::TransactionManager::commit_transaction(connection)
            .map_err(Fault::Commit)?;
        Ok(done)
    });
    if committed.is_err() {
        roll_back(|| {
            <Connection as diesel::Connection>::TransactionManager::rollback_transaction(connection)
        });
    }
    committed
}

fn roll_back(roll_back: impl FnOnce() -> diesel::QueryResult<()>) {
    if let Err(error) = roll_back() {
        tracing::debug!(%error, "the transaction was rolled back already");
    }
}

/// The first migration that was applied and this program does not know.
fn first_unknown(applied: &BTreeSet<String>, known: &BTreeSet<String>) -> Option<String> {
    applied.difference(known).next().cloned()
}

/// Versions of the migrations this program knows.
fn versions<DB: diesel::backend::Backend>(source: &impl MigrationSource<DB>) -> Outcome<BTreeSet<String>> {
    let known: Vec<Box<dyn Migration<DB>>> = source.migrations().map_err(boxed)?;
    Ok(known.iter().map(|one| one.name().version().to_string()).collect())
}

fn boxed(error: Box<dyn std::error::Error + Send + Sync>) -> Fault {
    match error.downcast::<diesel::result::Error>() {
        Ok(error) => Fault::Query(*error),
        Err(error) => Fault::Query(diesel::result::Error::QueryBuilderError(error)),
    }
}
