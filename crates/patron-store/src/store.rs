//! The repository: one set of functions, whatever database is behind it.

use std::path::PathBuf;
use std::time::Duration;

use patron_domain::SaleBatch;
use rustc_hash::FxHashMap;

use crate::bulk::{self, ImportWriter, KnownLines, SCAN_LINES};
use crate::connect::{self, Connection, PATIENCE};
use crate::error::Outcome;
use crate::queries::{counts, imports, quarantine, runs, shop};
use crate::{
    Counts, DatabaseUrl, ImportId, ImportRecord, ModelRun, NewImport, NewModelRun, Prediction,
    QuarantineEntry, RunId, Shop, StoreError, UndoSummary,
};

/// An open database.
///
/// Every function that changes something does so in one transaction, and the change is on disk when the function
/// returns `Ok`. One program writes at a time; others wait for it for five seconds and then get
/// [`StoreError::Locked`]. Reading never waits.
pub struct Store {
    path: PathBuf,
    patience: Duration,
    connection: Connection,
}

impl Store {
    /// Opens a database, makes it where there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::NotADatabase`], [`StoreError::NotPatron`] and [`StoreError::Newer`] for files that are left
    /// untouched; [`StoreError::ReadOnly`], [`StoreError::Locked`], [`StoreError::CannotOpen`],
    /// [`StoreError::DiskFull`], [`StoreError::Damaged`].
    pub fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        Self::open_with(url, true, PATIENCE)
    }

    /// Opens a database that is there.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where there is none, else as [`Store::open`].
    pub fn open_existing(url: &DatabaseUrl) -> Result<Self, StoreError> {
        Self::open_with(url, false, PATIENCE)
    }

    /// Sets how long a change waits for another program that is writing, instead of five seconds.
    ///
    /// # Errors
    /// What the database says.
    pub fn set_patience(&mut self, patience: Duration) -> Result<(), StoreError> {
        self.patience = patience;
        self.query(|connection| connect::set_patience(connection, patience))
    }

    fn open_with(url: &DatabaseUrl, create: bool, patience: Duration) -> Result<Self, StoreError> {
        let path = url.path().to_owned();
        let connection = connect::open(&path, create, patience)?;
        Ok(Self { path, patience, connection })
    }

    /// The shop.
    ///
    /// # Errors
    /// What the database says.
    pub fn shop(&mut self) -> Result<Shop, StoreError> {
        self.query(shop::read)
    }

    /// Sets name, currency and time zone of the shop.
    ///
    /// # Errors
    /// What the database says.
    pub fn set_shop(&mut self, shop: &Shop) -> Result<(), StoreError> {
        self.query(|connection| shop::write(connection, shop))
    }

    /// How many rows each table has.
    ///
    /// # Errors
    /// What the database says.
    pub fn counts(&mut self) -> Result<Counts, StoreError> {
        self.query(counts::read)
    }

    /// All imports, oldest first.
    ///
    /// # Errors
    /// What the database says; [`StoreError::Json`] for a report that cannot be read.
    pub fn imports(&mut self) -> Result<Vec<ImportRecord>, StoreError> {
        self.query(imports::all)
    }

    /// The import of the file with this SHA-256, under whatever settings.
    ///
    /// # Errors
    /// As [`Store::imports`].
    pub fn import_of_file(&mut self, sha256: &str) -> Result<Option<ImportRecord>, StoreError> {
        self.query(|connection| imports::of_file(connection, sha256))
    }

    /// Begins an import: one transaction, held by the writer until it is finished or dropped.
    ///
    /// # Errors
    /// [`StoreError::AlreadyImported`] if another import holds the same file, [`StoreError::UnknownImport`] if there
    /// is nothing to replace, [`StoreError::Locked`] if another program is writing.
    pub fn begin_import(&mut self, import: &NewImport) -> Result<ImportWriter, StoreError> {
        ImportWriter::begin(&self.path, self.patience, import)
    }

    /// Removes an import: its sale lines and quarantined lines, the customers, products and orders that came with
    /// an import and to which nothing refers any more, and the model runs that have seen it.
    ///
    /// Undoing the latest import restores exactly the state before it.
    ///
    /// # Errors
    /// [`StoreError::UnknownImport`]; [`StoreError::Locked`] if another program is writing.
    pub fn undo_import(&mut self, import: ImportId) -> Result<UndoSummary, StoreError> {
        bulk::undo(&self.path, self.patience, import).map_err(|fault| fault.at(&self.path))
    }

    /// Hands every sale line to `sink`, oldest id first, in batches of `batch_lines`, and returns their number.
    ///
    /// Codes are the places of customers, products, orders and countries in the order of their ids, so the first
    /// import of a database comes back with the codes it came with. `line` is the id of the sale. Rows without a
    /// sale line come with the last batch.
    ///
    /// # Errors
    /// What the database says, or the first error of `sink`, which ends the scan.
    pub fn scan<E: From<StoreError>>(
        &mut self,
        batch_lines: usize,
        sink: impl FnMut(SaleBatch) -> Result<(), E>,
    ) -> Result<u64, E> {
        bulk::scan(&self.path, self.patience, batch_lines, sink)
    }

    /// How often each line is held, by its [`line_key`](patron_domain::line_key): what a growing export is
    /// compared with.
    ///
    /// # Errors
    /// What the database says.
    pub fn known_lines(&mut self) -> Result<FxHashMap<u128, u32>, StoreError> {
        KnownLines::collect(|sink| self.scan(SCAN_LINES, sink))
    }

    /// A page of the quarantine, in the order written: at most `limit` lines after the entry `after` (0 for the
    /// first page), of one import or of all.
    ///
    /// # Errors
    /// What the database says.
    pub fn quarantine(
        &mut self,
        import: Option<ImportId>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<QuarantineEntry>, StoreError> {
        self.query(|connection| quarantine::page(connection, import, after, limit))
    }

    /// Stores a model run with its predictions, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::UnknownCustomer`] for a prediction about somebody who is not there; a prediction that is not a
    /// number, or comes twice for one customer, is refused by the database.
    pub fn save_model_run(
        &mut self,
        run: &NewModelRun,
        predictions: &[Prediction],
    ) -> Result<RunId, StoreError> {
        self.query(|connection| runs::save(connection, run, predictions))
    }

    /// The model run stored last.
    ///
    /// # Errors
    /// What the database says.
    pub fn latest_run(&mut self) -> Result<Option<ModelRun>, StoreError> {
        self.query(runs::latest)
    }

    /// The predictions of a run, by the order in which the customers came into the database.
    ///
    /// # Errors
    /// [`StoreError::UnknownRun`].
    pub fn predictions(&mut self, run: RunId) -> Result<Vec<Prediction>, StoreError> {
        self.query(|connection| runs::predictions(connection, run))
    }

    pub(crate) fn query<T>(
        &mut self,
        query: impl FnOnce(&mut Connection) -> Outcome<T>,
    ) -> Result<T, StoreError> {
        query(&mut self.connection).map_err(|fault| fault.at(&self.path))
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}
