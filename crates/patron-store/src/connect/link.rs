//! A connection that comes back.

use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};

use super::{Connection, open, set_patience};
use crate::error::Outcome;
use crate::{DatabaseUrl, Place, StoreError};

/// After this long without use a server is asked whether it is still there.
const REST: Duration = Duration::from_secs(1);

/// A connection to a database, made again when a server has gone away and come back.
pub(crate) struct Link {
    url: DatabaseUrl,
    place: Place,
    patience: Duration,
    connection: Connection,
    used: Instant,
}

impl Link {
    /// Opens a database: [`open`].
    pub(crate) fn open(url: &DatabaseUrl, create: bool, patience: Duration) -> Result<Self, StoreError> {
        let connection = open(url, create, patience)?;
        Ok(Self { url: url.clone(), place: url.place(), patience, connection, used: Instant::now() })
    }

    pub(crate) fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    /// Sets how long a statement waits for another writer, now and after every reconnection.
    pub(crate) fn set_patience(&mut self, patience: Duration) -> Outcome<()> {
        self.patience = patience;
        set_patience(self.ready()?, patience)
    }

    /// The connection, made again if it is lost.
    pub(crate) fn ready(&mut self) -> Result<&mut Connection, StoreError> {
        if let Connection::Postgres(connection) = &mut self.connection {
            let is_broken = AnsiTransactionManager::is_broken_transaction_manager(connection);
            let is_stale = || self.used.elapsed() > REST;
            if is_broken || (is_stale() && connection.batch_execute("SELECT 1").is_err()) {
                self.connection = open(&self.url, false, self.patience)?;
                tracing::info!(database = %self.place, "connected to the database again");
            }
            self.used = Instant::now();
        }
        Ok(&mut self.connection)
    }

    /// The connection as it is, in the middle of a transaction.
    pub(crate) fn held(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The connection, made again if that can be done; else whatever is asked of it will say why not.
    pub(crate) fn tried(&mut self) -> (&mut Connection, &Place) {
        if let Err(error) = self.ready() {
            tracing::debug!(%error, "the database is away");
        }
        (&mut self.connection, &self.place)
    }

    /// The connection, made again if it is lost, and the name of the database.
    pub(crate) fn both(&mut self) -> Result<(&mut Connection, &Place), StoreError> {
        self.ready()?;
        Ok((&mut self.connection, &self.place))
    }
}
