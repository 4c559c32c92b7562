//! An import: one transaction from the first batch to the report.

mod lists;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

use patron_domain::{CustomerAttributes, ImportReport, QuarantinedLine, SaleBatch};

use super::codes::next_id;
use super::details::Detailed;
use super::lines::LineWriter;
use super::told::Told;
use super::{contacts, erased, kept, known, links, quarantine, references, scan::scan, undo};
use crate::crud::indexes;
use crate::error::{OptionalExtension, Outcome};
use crate::raw::{Connection, params};
use crate::{DatabaseUrl, ImportId, KnownSales, NewImport, Place, StoreError, connect};

/// Kibibytes of page cache: pages of the growing tables are written once and not needed again.
///
/// Foreign keys are off, as checking them costs as much as writing the lines. They hold all the same: `Codes` gives
/// out only ids of rows that this transaction has written or found, and a link is written only between sales that
/// exist. Where replaced imports are removed first, `references::prove` proves all of them. On a server, to whose
/// tables others may do what they like, new references are proved in any case.
const SETTINGS: &str =
    "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = OFF;";

/// Writes one import. Nothing of it is visible to others before [`ImportWriter::finish`], and nothing stays
/// when the writer is dropped, or the process killed, before that.
///
/// It has a connection of its own and can move to another thread.
#[derive(Debug)]
pub struct ImportWriter {
    place: Place,
    connection: Connection,
    import: ImportId,
    /// What files had told before other imports gave way to this one.
    replaced: Option<Told>,
    first_sale_id: i64,
    lines: LineWriter,
    next_quarantine_id: i64,
    quarantined: u64,
    /// Statements that make the indexes that are out of the way.
    indexes: Vec<String>,
}

impl ImportWriter {
    pub(crate) fn begin(url: &DatabaseUrl, patience: Duration, new: &NewImport) -> Result<Self, StoreError> {
        Self::start(url, patience, new).map_err(|fault| fault.at(&url.place()))
    }

    /// The database id of the first sale line: line i of the stream (from 0) gets `first_sale_id() + i`.
    pub fn first_sale_id(&self) -> i64 {
        self.first_sale_id
    }

    /// The number this import will have.
    pub fn import(&self) -> ImportId {
        self.import
    }

    /// Writes a batch of sale lines and some quarantined lines.
    ///
    /// The codes of `sales` continue those of the batches before; an order that the batch brings has its first
    /// line in it. A customer, product, order or country that the database holds under the same id, SKU, number
    /// or name is the same one.
    ///
    /// # Errors
    /// [`StoreError::UnevenBatch`], [`StoreError::UnknownCode`], [`StoreError::OrderWithoutLine`] for a batch that
    /// breaks this contract; [`StoreError::DiskFull`] and what else the database says. After an error the writer
    /// is of no more use: drop it.
    pub fn write(&mut self, sales: &SaleBatch, quarantined: &[QuarantinedLine]) -> Result<(), StoreError> {
        let written =
            self.lines.write(&self.connection, sales).and_then(|()| self.write_quarantine(quarantined));
        written.map_err(|fault| fault.at(&self.place))
    }

    /// Like [`Store::scan`](crate::Store::scan), and sees what this import has written so far.
    ///
    /// # Errors
    /// What the database says, or the first error of `sink`.
    pub fn scan<E: From<StoreError>>(
        &mut self,
        batch_lines: usize,
        sink: impl FnMut(SaleBatch) -> Result<(), E>,
    ) -> Result<u64, E> {
        scan(&self.connection, batch_lines, sink).map_err(|stopped| stopped.at(&self.place))
    }

    /// Like [`Store::known_sales`](crate::Store::known_sales), without the imports that this one replaces: ask before
    /// the first [`write`](Self::write).
    ///
    /// # Errors
    /// What the database says.
    pub fn known_sales(&mut self) -> Result<KnownSales, StoreError> {
        known::read(&self.connection).map_err(|fault| fault.at(&self.place))
    }

    /// Stores what is known at the end, and commits: when this returns `Ok`, the import is on disk.
    ///
    /// `descriptions`: the final description by product code of the stream (missing or empty: none); it becomes
    /// the description of the product.
    ///
    /// `customers`: contact data that the file itself held, by customer code of the stream, in any order (of one who
    /// comes twice the later word counts). What is `Some` takes the place of what was known, what is `None` leaves it.
    /// When another import has lines of a later day, its words stay above, and so does what files of customers have
    /// told; what is unknown is filled. Undoing the import brings back what was known before.
    ///
    /// `links`: sale id of a cancellation and of the purchase it takes back: all links of the database, those between
    /// lines of other imports included. They take the place of the links there are; undoing the import brings those
    /// back.
    ///
    /// # Errors
    /// [`StoreError::CountMismatch`] unless the report counts exactly the lines written; [`StoreError::UnknownCode`]
    /// for a customer no batch has brought; what the database says.
    pub fn finish(
        self,
        report: &ImportReport,
        descriptions: &[String],
        customers: &[(u32, CustomerAttributes)],
        links: &[(i64, i64)],
    ) -> Result<ImportId, StoreError> {
        let finished = self.complete(report, descriptions, customers, links);
        finished.map_err(|fault| fault.at(&self.place))?;
        Ok(self.import)
    }

    /// Whether people were erased from this database: what a file calls them is not what they are called here, so a
    /// table of the shop is to be made from [`scan`](Self::scan), not from the file.
    pub fn knows_erased(&self) -> bool {
        !self.lines.erased().is_empty()
    }

    #[cfg(test)]
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn start(url: &DatabaseUrl, patience: Duration, new: &NewImport) -> Outcome<Self> {
        let connection = connect::bulk(url, patience)?;
        if let Connection::Sqlite(connection) = &connection {
            connection.execute_batch(SETTINGS)?;
        }
        connection.begin_without_checks()?;
        let replaced = undo::replace(&connection, &new.replace)?;
        let first_sale_id = next_id(&connection, "sales")?;
        let import = insert_import(&connection, new, first_sale_id)?;
        let indexes = indexes::set_aside(&connection)?;
        Ok(Self {
            place: url.place(),
            import,
            replaced,
            first_sale_id,
            lines: LineWriter::new(&connection, first_sale_id)?,
            next_quarantine_id: next_id(&connection, "quarantine")?,
            quarantined: 0,
            indexes,
            connection,
        })
    }

    fn write_quarantine(&mut self, quarantined: &[QuarantinedLine]) -> Outcome<()> {
        if quarantined.is_empty() {
            return Ok(());
        }
        let lines = quarantined.iter().map(|line| erased::without_names(self.lines.erased(), line));
        quarantine::write(&self.connection, self.import, self.next_quarantine_id, lines)?;
        self.next_quarantine_id += quarantined.len() as i64;
        self.quarantined += quarantined.len() as u64;
        Ok(())
    }

    fn complete(
        &self,
        report: &ImportReport,
        descriptions: &[String],
        customers: &[(u32, CustomerAttributes)],
        links: &[(i64, i64)],
    ) -> Outcome<()> {
        let written = (self.lines.next_id() - self.first_sale_id).unsigned_abs();
        check_count("accepted lines", report.lines_accepted, written)?;
        check_count("quarantined lines", report.lines_quarantined, self.quarantined)?;
        self.describe_products(descriptions)?;
        if self.replaced.is_some() {
            kept::give_back(&self.connection)?;
        }
        self.connection.execute(
            "UPDATE imports SET lines_read = ?2, lines_accepted = ?3, lines_quarantined = ?4, first_day = ?5, \
             last_day = ?6, derived_orders = ?7, last_sale_id = ?8, report = ?9 WHERE id = ?1",
            params![
                self.import.0,
                report.lines_read as i64,
                report.lines_accepted as i64,
                report.lines_quarantined as i64,
                self.lines.span().map(|(first, _)| first),
                self.lines.span().map(|(_, last)| last),
                report.derived_orders,
                self.lines.next_id() - 1,
                serde_json::to_string(report)?,
            ],
        )?;
        self.describe_customers(customers)?; // by the last day of this import, among others
        links::set(&self.connection, self.import, self.first_sale_id, links)?;
        if let Some(told) = self.replaced {
            told.forget_gone(&self.connection)?;
            references::prove(&self.connection)?;
        } else if let Connection::Postgres(_) = self.connection {
            self.lines.prove(&self.connection, self.first_sale_id)?;
        }
        indexes::put_back(&self.connection, &self.indexes)?;
        self.connection.commit()?;
        if let Connection::Sqlite(connection) = &self.connection {
            fold_log(connection);
        }
        Ok(())
    }

    fn describe_customers(&self, customers: &[(u32, CustomerAttributes)]) -> Outcome<()> {
        let mut by_id: BTreeMap<i64, Cow<'_, CustomerAttributes>> = BTreeMap::new();
        for (code, said) in customers {
            let unknown = StoreError::UnknownCode { dictionary: "customer", code: *code };
            let id = self.lines.customer_id(*code)?.ok_or(unknown)?;
            if self.lines.is_stand_in(id) || erased::is_told_of(self.lines.erased(), said) {
                continue;
            }
            match by_id.entry(id) {
                Entry::Vacant(first) => drop(first.insert(Cow::Borrowed(said))),
                Entry::Occupied(again) => again.into_mut().to_mut().lay_over(said),
            }
        }
        contacts::write(&self.connection, self.import, &by_id)
    }

    fn describe_products(&self, descriptions: &[String]) -> Outcome<()> {
        let mut insert = self.connection.prepare(
            "INSERT INTO product_descriptions (import_id, product_id, description) VALUES (?, ?, ?) \
             ON CONFLICT DO NOTHING",
        )?;
        let mut update = self.connection.prepare("UPDATE products SET description = ?2 WHERE id = ?1")?;
        for (code, description) in (0..).zip(descriptions).filter(|(_, description)| !description.is_empty())
        {
            if let Some(id) = self.lines.product_id(code)? {
                insert.execute(params![self.import.0, id, description])?;
                update.execute(params![id, description])?;
            }
        }
        Ok(())
    }
}

fn insert_import(connection: &Connection, new: &NewImport, first_sale_id: i64) -> Outcome<ImportId> {
    let earlier = connection
        .query_row("SELECT id, file_name FROM imports WHERE sha256 = ?", [&new.sha256], |row| {
            Ok((ImportId(row.get(0)?), row.get(1)?))
        })
        .optional()?;
    if let Some((import, earlier)) = earlier {
        let file_name = new.file_name.clone();
        return Err(StoreError::AlreadyImported { file_name, import, earlier }.into());
    }
    let id = connection.query_row(
        "INSERT INTO imports (file_name, sha256, settings_sha256, profile, imported_at, lines_read, \
         lines_accepted, lines_quarantined, derived_orders, first_sale_id, last_sale_id, report) \
         VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0, FALSE, ?6, ?6 - 1, '') RETURNING id",
        params![
            &new.file_name,
            &new.sha256,
            &new.settings_sha256,
            &new.profile,
            new.imported_at,
            first_sale_id,
        ],
        |row| row.get(0),
    )?;
    Ok(ImportId(id))
}

/// Brings what was committed from the write-ahead log into the file. Housekeeping: while others are reading it is
/// left for later.
fn fold_log(connection: &rusqlite::Connection) {
    let fold = connection.busy_timeout(Duration::ZERO);
    let folded =
        fold.and_then(|()| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)));
    match folded {
        Ok(false) => {}
        Ok(true) => tracing::debug!("others are reading: the write-ahead log is folded in later"),
        Err(error) => tracing::debug!(%error, "the write-ahead log was not folded in"),
    }
}

fn check_count(what: &'static str, reported: u64, written: u64) -> Result<(), StoreError> {
    if reported == written { Ok(()) } else { Err(StoreError::CountMismatch { what, reported, written }) }
}
