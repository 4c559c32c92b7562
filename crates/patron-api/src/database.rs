//! The database behind all requests: one writer that commits in groups, and connections for those who read.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::NaiveDateTime;
use patron_store::{DatabaseUrl, LiveSettings, LiveWriter, Reading, Store, StoreError, Writing};
use tokio::sync::oneshot;

use crate::work::apart;
use crate::{ApiError, Clock};

/// How long a change waits for another program that is writing.
const PATIENCE: Duration = Duration::from_secs(1);
/// Reads that take their time, at once; more of them wait for each other.
const LONG_READS: usize = 8;

/// The database, shared by all requests.
#[derive(Clone)]
pub(crate) struct Database(Arc<Inner>);

struct Inner {
    url: DatabaseUrl,
    clock: Clock,
    writer: LiveWriter,
    free: Mutex<Vec<Store>>,
    long_reads: Mutex<usize>,
    less_to_do: Condvar,
}

impl Database {
    /// Opens a database that is there; `clock` tells the time of what is written.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn open(url: &DatabaseUrl, clock: Clock) -> Result<Self, ApiError> {
        let settings = LiveSettings { patience: PATIENCE, ..LiveSettings::default() };
        Ok(Self(Arc::new(Inner {
            url: url.clone(),
            clock,
            writer: LiveWriter::open(url, settings)?,
            free: Mutex::default(),
            long_reads: Mutex::default(),
            less_to_do: Condvar::new(),
        })))
    }

    /// Where it lies: for bulk work that opens it anew.
    pub(crate) fn url(&self) -> &DatabaseUrl {
        &self.0.url
    }

    /// How many changes have been asked for and not been answered.
    pub(crate) fn writes_waiting(&self) -> usize {
        self.0.writer.waiting()
    }

    /// The clock.
    pub(crate) fn clock(&self) -> Clock {
        self.0.clock
    }

    /// The time, in UTC.
    pub(crate) fn now(&self) -> NaiveDateTime {
        (self.0.clock)()
    }

    /// Reads on the thread of the request: for what is found at once, by number or by the shop's own word.
    ///
    /// # Errors
    /// As `look` fails; what the database says.
    pub(crate) fn look<T>(
        &self,
        look: impl FnOnce(&mut Reading<'_>) -> Result<T, StoreError>,
    ) -> Result<T, ApiError> {
        Ok(self.0.with(|store| look(&mut store.reading()))?)
    }

    /// Reads one state of the database on a thread of its own kind: for lists, and all that may take its time.
    ///
    /// # Errors
    /// As `look` fails; what the database says; [`ApiError::TooSlow`].
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Reading<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let inner = Arc::clone(&self.0);
        apart(move || {
            let _turn = inner.long_turn();
            Ok(inner.with(|store| store.read(look))?)
        })
        .await
    }

    /// Changes the database; when it is answered with `Ok`, the change is on disk.
    ///
    /// A request that goes away does not take its change with it.
    ///
    /// # Errors
    /// As `change` fails; what the database says; [`StoreError::Busy`] when too many changes are waiting.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let (answer, answered) = oneshot::channel();
        // an answer that nobody waits for any more is dropped
        self.0.writer.submit(change, move |result| drop(answer.send(result)))?;
        Ok(answered.await.map_err(|_| ApiError::Lost)??)
    }
}

impl Inner {
    /// Hands a connection to `use_it`: one that is free, else a new one. After an error of the database itself the
    /// connection is given up, so that one that is lost is not used again.
    fn with<T>(&self, use_it: impl FnOnce(&mut Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let free = self.free().pop();
        let mut store = match free {
            Some(store) => store,
            None => {
                let mut store = Store::open_existing(&self.url)?;
                store.set_patience(PATIENCE)?;
                store
            }
        };
        let result = use_it(&mut store);
        if result.as_ref().err().is_none_or(is_of_the_request) {
            self.free().push(store);
        }
        result
    }

    fn free(&self) -> MutexGuard<'_, Vec<Store>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there are not too many long reads.
    fn long_turn(&self) -> LongTurn<'_> {
        let count = self.long_reads.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.less_to_do.wait_while(count, |count| *count >= LONG_READS);
        *waited.unwrap_or_else(PoisonError::into_inner) += 1;
        LongTurn(self)
    }
}

/// One of the long reads, until it is dropped.
struct LongTurn<'a>(&'a Inner);

impl Drop for LongTurn<'_> {
    fn drop(&mut self) {
        *self.0.long_reads.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.less_to_do.notify_one();
    }
}

/// Whether an error is about what was asked for, and the connection is as good as before.
fn is_of_the_request(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Missing { .. }
            | StoreError::Invalid { .. }
            | StoreError::UnknownName { .. }
            | StoreError::UnknownRun(_)
            | StoreError::UnknownImport(_)
            | StoreError::UnknownRule { .. }
    )
}
