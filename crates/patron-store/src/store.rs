//! The repository: one set of functions, whatever database is behind it.

use std::time::Duration;

use patron_domain::{Attributes, CustomerRow, MarketingCosts, ProductRow, SaleBatch};

use crate::access;
use crate::bulk::{self, ImportWriter};
use crate::connect::{self, Connection, Link, PATIENCE};
use crate::crud::{Reading, Writing};
use crate::error::{Fault, Outcome};
use crate::maintenance::{CheckResult, Reader};
use crate::queries::{attribute_files, counts, imports, quarantine, ready, runs, shop};
use crate::{
    AttributeFileRecord, Counts, DatabaseUrl, ExplainedLine, ImportId, ImportRecord, KnownSales, LineFilter,
    Matched, ModelRun, NewAttributeFile, NewImport, NewModelRun, Prediction, QuarantineEntry, QuarantineRule,
    ReadyAnswer, ReadyGiven, ReadyQuery, RunId, Shop, StoreError, UndoSummary,
};

/// An open database.
///
/// Every function that changes something does so in one transaction, and the change is on disk when the function
/// returns `Ok`. One program writes at a time; others wait for it for five seconds and then get
/// [`StoreError::Locked`]. Reading never waits.
pub struct Store {
    link: Link,
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
        let set = self.link.set_patience(patience);
        set.map_err(|fault| fault.at(self.link.place()))
    }

    fn open_with(url: &DatabaseUrl, create: bool, patience: Duration) -> Result<Self, StoreError> {
        Ok(Self { link: Link::open(url, create, patience)? })
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
        ImportWriter::begin(self.link.url(), self.link.patience(), import)
    }

    /// Removes an import: its sale lines and quarantined lines, the customers, products and orders that came with
    /// an import and to which nothing refers any more, and the model runs that have seen it.
    ///
    /// Undoing the latest import restores exactly the state before it. Contact data that came with the import give
    /// way to what was known before, unless something has written over them since; what files of customers and
    /// products have told goes only with the customers and products that go, and when nothing of it is left, the
    /// records of these files go too. The links of cancellations that the import changed are again those before it;
    /// further links that are unique only without its lines come with the next import. Currency and time zone of the
    /// shop stay.
    ///
    /// # Errors
    /// [`StoreError::UnknownImport`]; [`StoreError::Locked`] if another program is writing.
    pub fn undo_import(&mut self, import: ImportId) -> Result<UndoSummary, StoreError> {
        bulk::undo(self.link.url(), self.link.patience(), import).map_err(|fault| fault.at(self.link.place()))
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
        bulk::scan(self.link.url(), self.link.patience(), batch_lines, sink)
    }

    /// Which lines and orders are held: what a growing export is compared with.
    ///
    /// # Errors
    /// What the database says.
    pub fn known_sales(&mut self) -> Result<KnownSales, StoreError> {
        bulk::known_sales(self.link.url(), self.link.patience()).map_err(|fault| fault.at(self.link.place()))
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

    /// Which rules have set lines aside, and how many worth how much, over all imports; by name.
    ///
    /// # Errors
    /// What the database says.
    pub fn quarantine_rules(&mut self) -> Result<Vec<QuarantineRule>, StoreError> {
        self.query(quarantine::rules)
    }

    /// A page of what one rule has set aside, like [`Store::quarantine`].
    ///
    /// # Errors
    /// [`StoreError::UnknownRule`] for a rule that has set nothing aside, with those that have.
    pub fn quarantine_of_rule(
        &mut self,
        rule: &str,
        after: i64,
        limit: u32,
    ) -> Result<Vec<QuarantineEntry>, StoreError> {
        self.query(|connection| quarantine::of_rule(connection, rule, after, limit))
    }

    /// Hands the sale lines that fit `filter` to `sink`, all kinds of them, by time and in the order of import
    /// where the time is the same; returns their number.
    ///
    /// # Errors
    /// [`StoreError::UnknownName`] for a customer, product, country or order the shop does not have (a month
    /// without lines is no error); what the database says; or the first error of `sink`, which ends the reading.
    pub fn explain_lines<E: From<StoreError>>(
        &mut self,
        filter: &LineFilter,
        sink: impl FnMut(ExplainedLine) -> Result<(), E>,
    ) -> Result<u64, E> {
        bulk::explain_lines(self.link.url(), self.link.patience(), filter, sink)
    }

    /// Notes what files tell about the shop's customers and products and what marketing costs: all of these files or
    /// none. What a file leaves open stays as it was. Returns what became of each, in the order given.
    ///
    /// A row of `customers` means the customer with its `external_id`; where the shop has none, the one whose id is the
    /// e-mail address, or of whom alone that address is noted (without regard to case). A row of `products` means the
    /// product with its stock code, else the only one whose code differs in case alone. Rows about one customer or
    /// product may complete each other. What a file says, undoing an import does not take back, unless the customer or
    /// product goes.
    ///
    /// `costs` take the place of what was noted for the same channels, and for the same months and channels; everything
    /// else stays. All their lines count as matched.
    ///
    /// # Errors
    /// [`StoreError::NothingMatched`] when no row of a file means anybody, [`StoreError::Contradiction`] when two rows
    /// say different things of one customer or product, [`StoreError::Locked`]; nothing of any file is stored then.
    pub fn set_files(
        &mut self,
        customers: Option<(&NewAttributeFile, &[CustomerRow])>,
        products: Option<(&NewAttributeFile, &[ProductRow])>,
        costs: Option<(&NewAttributeFile, &MarketingCosts)>,
    ) -> Result<[Option<Matched>; 3], StoreError> {
        let set = bulk::set_files(self.link.url(), self.link.patience(), customers, products, costs);
        set.map_err(|fault| fault.at(self.link.place()))
    }

    /// The files of customers, products and costs, in the order in which they were stored last. The same file of
    /// the same kind is there once. Files of customers are forgotten when an import is undone or replaced and nothing
    /// they have told is left, files of products likewise.
    ///
    /// # Errors
    /// What the database says.
    pub fn attribute_files(&mut self) -> Result<Vec<AttributeFileRecord>, StoreError> {
        self.query(attribute_files::all)
    }

    /// What is known of all customers and products, by the codes that [`Store::scan`] gives them.
    ///
    /// Words of a trait have codes in the order in which customers or products bring them. `country` is only what
    /// the shop's own customer list says. Costs come by channel, and by month, then channel.
    ///
    /// # Errors
    /// What the database says.
    pub fn attributes(&mut self) -> Result<Attributes, StoreError> {
        bulk::attributes(self.link.url(), self.link.patience()).map_err(|fault| fault.at(self.link.place()))
    }

    /// Answers a ready-made query from one state of the database, with at most `limit` rows.
    ///
    /// # Errors
    /// [`StoreError::MissingParameter`] and [`StoreError::UnwantedParameter`] as [`ReadyQuery::check`];
    /// [`StoreError::UnknownName`] for a customer, country or payment method the shop does not have; what the
    /// database says. A shop without sales gives an answer without rows.
    pub fn ready(
        &mut self,
        query: &ReadyQuery,
        given: &ReadyGiven,
        limit: Option<u64>,
    ) -> Result<ReadyAnswer, StoreError> {
        ready::read(self.link.url(), self.link.patience(), query, given, limit)
            .map_err(|fault| fault.at(self.link.place()))
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

    /// Checks file, references and every number that is stored twice: [`Reader::check`].
    ///
    /// # Errors
    /// What the database says.
    pub fn check(&self) -> Result<Vec<CheckResult>, StoreError> {
        self.reader().check(&mut |_| ())
    }

    /// Empties the log of the latest changes into the file of the database; with `rewrite` writes the whole file anew
    /// first (so much free space is needed; writing waits), so that nothing that was deleted is left in it. `false`
    /// where others were reading just now: the log is then emptied a little later.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::DiskFull`] and what else the database says.
    pub fn wipe(&self, rewrite: bool) -> Result<bool, StoreError> {
        access::wipe(self.link.url(), self.link.patience(), rewrite)
            .map_err(|fault| fault.at(self.link.place()))
    }

    /// The same database to look at: own SQL, backup, check.
    pub fn reader(&self) -> Reader {
        Reader::of_open(self.link.url(), self.link.patience())
    }

    /// Single rows and lists of them; each call shows the latest state.
    pub fn reading(&mut self) -> Reading<'_> {
        let (connection, place) = self.link.tried();
        Reading::new(connection, place)
    }

    /// Several looks at one state of the database, whatever others write.
    ///
    /// # Errors
    /// What `look` says; what the database says.
    pub fn read<T>(
        &mut self,
        look: impl FnOnce(&mut Reading<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (connection, place) = self.link.both()?;
        let read = connect::read(connection, |connection| Ok(look(&mut Reading::new(connection, place))?));
        read.map_err(|fault: Fault| fault.at(place))
    }

    /// Makes changes, all of them or, when `change` returns an error, none.
    ///
    /// # Errors
    /// What `change` says; [`StoreError::Locked`] if another program is writing, and what else the database says.
    pub fn write<T>(
        &mut self,
        change: impl FnOnce(&mut Writing<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (connection, place) = self.link.both()?;
        let written =
            connect::write(connection, |connection| Ok(change(&mut Writing::new(connection, place))?));
        written.map_err(|fault: Fault| fault.at(place))
    }

    pub(crate) fn query<T>(
        &mut self,
        query: impl FnOnce(&mut Connection) -> Outcome<T>,
    ) -> Result<T, StoreError> {
        let (connection, place) = self.link.both()?;
        query(connection).map_err(|fault| fault.at(place))
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("place", self.link.place()).finish_non_exhaustive()
    }
}
