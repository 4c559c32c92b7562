//! An import: one transaction from the first batch to the report.

use std::path::{Path, PathBuf};
use std::time::Duration;

use patron_domain::{Day, ImportReport, Money, NO_CODE, QuarantinedLine, SaleBatch, Timestamp};
use rusqlite::{Connection, OptionalExtension, Statement, params};

use super::codes::{Codes, next_id};
use super::days::Days;
use super::{scan::scan, undo};
use crate::error::Outcome;
use crate::{ImportId, NewImport, StoreError, connect};

/// Kibibytes of page cache: pages of the growing tables are written once and not needed again.
const SETTINGS: &str = "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 0;";

/// Writes one import. Nothing of it is visible to others before [`ImportWriter::finish`], and nothing stays
/// when the writer is dropped, or the process killed, before that.
///
/// It has a connection of its own and can move to another thread.
#[derive(Debug)]
pub struct ImportWriter {
    path: PathBuf,
    connection: Connection,
    import: ImportId,
    replaced: bool,
    first_sale_id: i64,
    next_sale_id: i64,
    quarantined: u64,
    span: Option<(Timestamp, Timestamp)>,
    customers: Codes,
    products: Codes,
    orders: Codes,
    countries: Codes,
    days: Days,
}

impl ImportWriter {
    pub(crate) fn begin(path: &Path, patience: Duration, new: &NewImport) -> Result<Self, StoreError> {
        Self::start(path, patience, new).map_err(|fault| fault.at(path))
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
        let written = self.write_sales(sales).and_then(|()| self.write_quarantine(quarantined));
        written.map_err(|fault| fault.at(&self.path))
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
        scan(&self.connection, batch_lines, sink).map_err(|stopped| stopped.at(&self.path))
    }

    /// Stores what is known at the end, and commits: when this returns `Ok`, the import is on disk.
    ///
    /// `descriptions`: the final description by product code of the stream (missing or empty: none); it becomes
    /// the description of the product. `links`: sale id of a cancellation and of the purchase it takes back.
    ///
    /// # Errors
    /// [`StoreError::CountMismatch`] unless the report counts exactly the lines written; what the database says.
    pub fn finish(
        self,
        report: &ImportReport,
        descriptions: &[String],
        links: &[(i64, i64)],
    ) -> Result<ImportId, StoreError> {
        let finished = self.complete(report, descriptions, links);
        finished.map_err(|fault| fault.at(&self.path))?;
        Ok(self.import)
    }

    #[cfg(test)]
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn start(path: &Path, patience: Duration, new: &NewImport) -> Outcome<Self> {
        let connection = connect::bulk(path, patience)?;
        connection.execute_batch(SETTINGS)?;
        if new.replace.is_some() {
            connection.pragma_update(None, "foreign_keys", false)?; // checked at the end: see `undo`
        }
        connection.execute_batch("BEGIN IMMEDIATE")?;
        if let Some(replaced) = new.replace {
            undo::remove(&connection, replaced)?;
        }
        let first_sale_id = next_id(&connection, "sales")?;
        let import = insert_import(&connection, new, first_sale_id)?;
        Ok(Self {
            path: path.to_owned(),
            import,
            replaced: new.replace.is_some(),
            first_sale_id,
            next_sale_id: first_sale_id,
            quarantined: 0,
            span: None,
            customers: Codes::new(&connection, "customer", "customers")?,
            products: Codes::new(&connection, "product", "products")?,
            orders: Codes::new(&connection, "order", "transactions")?,
            countries: Codes::new(&connection, "country", "countries")?,
            days: Days::load(&connection)?,
            connection,
        })
    }

    fn write_sales(&mut self, sales: &SaleBatch) -> Outcome<()> {
        check_columns(sales)?;
        let firsts = FirstLines::of(sales, self.customers.len(), self.orders.len());
        self.add_countries(sales)?;
        self.add_customers(sales, &firsts.customers)?;
        self.add_products(sales)?;
        self.add_orders(sales, &firsts.orders)?;
        self.add_lines(sales)
    }

    fn add_countries(&mut self, sales: &SaleBatch) -> Outcome<()> {
        let mut insert = self
            .connection
            .prepare("INSERT INTO countries (id, name) VALUES (?, ?) ON CONFLICT DO NOTHING")?;
        let mut find = self.connection.prepare("SELECT id FROM countries WHERE name = ?")?;
        sales
            .added
            .countries
            .iter()
            .try_for_each(|name| self.countries.add(&mut insert, &mut find, name, &[]))
    }

    fn add_customers(&mut self, sales: &SaleBatch, first_lines: &[Option<usize>]) -> Outcome<()> {
        let mut insert = self.connection.prepare(
            "INSERT INTO customers (id, external_id, country_id, imported) VALUES (?, ?, ?, TRUE) ON CONFLICT DO NOTHING",
        )?;
        let mut find = self.connection.prepare("SELECT id FROM customers WHERE external_id = ?")?;
        for (name, first) in sales.added.customers.iter().zip(first_lines) {
            let country = first.map_or(Ok(None), |row| self.countries.id(sales.country[row]))?;
            self.customers.add(&mut insert, &mut find, name, &[&country])?;
        }
        Ok(())
    }

    fn add_products(&mut self, sales: &SaleBatch) -> Outcome<()> {
        let mut insert = self.connection.prepare(
            "INSERT INTO products (id, sku, description, imported) VALUES (?, ?, ?, TRUE) ON CONFLICT DO NOTHING",
        )?;
        let mut find = self.connection.prepare("SELECT id FROM products WHERE sku = ?")?;
        for product in &sales.added.products {
            self.products.add(&mut insert, &mut find, &product.sku, &[&product.description])?;
        }
        Ok(())
    }

    fn add_orders(&mut self, sales: &SaleBatch, first_lines: &[Option<usize>]) -> Outcome<()> {
        let mut insert = self.connection.prepare(
            "INSERT INTO transactions \
             (id, invoice_number, derived, timestamp, payment_method, customer_id, country_id, imported) \
             VALUES (?, ?, ?, ?, ?, ?, ?, TRUE) ON CONFLICT DO NOTHING",
        )?;
        let mut find = self.connection.prepare("SELECT id FROM transactions WHERE invoice_number = ?")?;
        for (order, first) in sales.added.orders.iter().zip(first_lines) {
            let row = first.ok_or_else(|| StoreError::OrderWithoutLine { number: order.number.clone() })?;
            let customer = self.customers.id(sales.customer[row])?;
            let country = self.countries.id(sales.country[row])?;
            let rest: [&dyn rusqlite::ToSql; 5] =
                [&order.derived, &sales.timestamp[row], &order.payment, &customer, &country];
            self.orders.add(&mut insert, &mut find, &order.number, &rest)?;
        }
        Ok(())
    }

    fn add_lines(&mut self, sales: &SaleBatch) -> Outcome<()> {
        let mut insert_day = Days::statement(&self.connection)?;
        let mut insert = self.connection.prepare(
            "INSERT INTO sales (id, transaction_id, product_id, customer_id, country_id, date_id, timestamp, \
             quantity, unit_price, discount, amount, kind, line) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        )?;
        for row in 0..sales.len() {
            let timestamp = sales.timestamp[row];
            let day = self.days.add(&mut insert_day, Day::of(timestamp))?;
            let order = self.orders.id(sales.order[row])?;
            insert.raw_bind_parameter(1, self.next_sale_id)?;
            insert.raw_bind_parameter(2, order.ok_or(UNKNOWN_ORDER)?)?;
            insert.raw_bind_parameter(3, self.products.id(sales.product[row])?)?;
            insert.raw_bind_parameter(4, self.customers.id(sales.customer[row])?)?;
            insert.raw_bind_parameter(5, self.countries.id(sales.country[row])?)?;
            insert.raw_bind_parameter(6, day)?;
            insert.raw_bind_parameter(7, timestamp)?;
            insert.raw_bind_parameter(8, sales.quantity[row])?;
            bind_money(&mut insert, 9, sales.unit_price[row])?;
            bind_money(&mut insert, 10, sales.discount[row])?;
            bind_money(&mut insert, 11, sales.amount[row])?;
            insert.raw_bind_parameter(12, sales.kind[row].word())?;
            insert.raw_bind_parameter(13, sales.line[row] as i64)?;
            insert.raw_execute()?;
            self.next_sale_id += 1;
            let (first, last) = self.span.unwrap_or((timestamp, timestamp));
            self.span = Some((first.min(timestamp), last.max(timestamp)));
        }
        Ok(())
    }

    fn write_quarantine(&mut self, quarantined: &[QuarantinedLine]) -> Outcome<()> {
        let mut insert = self.connection.prepare(
            "INSERT INTO quarantine (import_id, line, rule, reason, raw, amount) VALUES (?, ?, ?, ?, ?, ?)",
        )?;
        for line in quarantined {
            let amount = line.amount.map(Money::ten_thousandths);
            let number = line.line as i64;
            insert.execute(params![self.import.0, number, line.rule, line.reason, line.raw, amount])?;
        }
        self.quarantined += quarantined.len() as u64;
        Ok(())
    }

    fn complete(&self, report: &ImportReport, descriptions: &[String], links: &[(i64, i64)]) -> Outcome<()> {
        let written = (self.next_sale_id - self.first_sale_id).unsigned_abs();
        check_count("accepted lines", report.lines_accepted, written)?;
        check_count("quarantined lines", report.lines_quarantined, self.quarantined)?;
        self.describe_products(descriptions)?;
        let mut link =
            self.connection.prepare("INSERT INTO cancellations (sale_id, purchase_id) VALUES (?, ?)")?;
        for (cancellation, purchase) in links {
            link.execute([cancellation, purchase])?;
        }
        self.connection.execute(
            "UPDATE imports SET lines_read = ?2, lines_accepted = ?3, lines_quarantined = ?4, first_day = ?5, \
             last_day = ?6, derived_orders = ?7, last_sale_id = ?8, report = ?9 WHERE id = ?1",
            params![
                self.import.0,
                report.lines_read as i64,
                report.lines_accepted as i64,
                report.lines_quarantined as i64,
                self.span.map(|(first, _)| Day::of(first).to_string()),
                self.span.map(|(_, last)| Day::of(last).to_string()),
                report.derived_orders,
                self.next_sale_id - 1,
                serde_json::to_string(report)?,
            ],
        )?;
        if self.replaced {
            undo::check_references(&self.connection)?;
        }
        self.connection.execute_batch("COMMIT")?;
        // Committed and on disk. Folding the log into the file is housekeeping, and others may be reading.
        if let Err(error) = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
            tracing::debug!(%error, "the write-ahead log was not folded in");
        }
        Ok(())
    }

    fn describe_products(&self, descriptions: &[String]) -> Outcome<()> {
        let mut insert = self.connection.prepare(
            "INSERT INTO product_descriptions (import_id, product_id, description) VALUES (?, ?, ?) \
             ON CONFLICT DO NOTHING",
        )?;
        let mut update = self.connection.prepare("UPDATE products SET description = ?2 WHERE id = ?1")?;
        for (code, description) in (0..).zip(descriptions).filter(|(_, description)| !description.is_empty())
        {
            if let Some(id) = self.products.id(code)? {
                insert.execute(params![self.import.0, id, description])?;
                update.execute(params![id, description])?;
            }
        }
        Ok(())
    }
}

const UNKNOWN_ORDER: StoreError = StoreError::UnknownCode { dictionary: "order", code: NO_CODE };

/// The line in which a batch's new customers and orders appear first.
struct FirstLines {
    customers: Vec<Option<usize>>,
    orders: Vec<Option<usize>>,
}

impl FirstLines {
    fn of(sales: &SaleBatch, known_customers: usize, known_orders: usize) -> Self {
        let mut firsts = Self {
            customers: vec![None; sales.added.customers.len()],
            orders: vec![None; sales.added.orders.len()],
        };
        for row in 0..sales.len() {
            note(&mut firsts.customers, sales.customer[row], known_customers, row);
            note(&mut firsts.orders, sales.order[row], known_orders, row);
        }
        firsts
    }
}

fn note(firsts: &mut [Option<usize>], code: u32, known: usize, row: usize) {
    let new = (code as usize).checked_sub(known);
    if let Some(first) = new.and_then(|new| firsts.get_mut(new)) {
        first.get_or_insert(row);
    }
}

fn bind_money(statement: &mut Statement<'_>, index: usize, money: Money) -> Outcome<()> {
    Ok(statement.raw_bind_parameter(index, money.ten_thousandths())?)
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
    connection.execute(
        "INSERT INTO imports (file_name, sha256, settings_sha256, profile, imported_at, lines_read, \
         lines_accepted, lines_quarantined, derived_orders, first_sale_id, last_sale_id, report) \
         VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0, FALSE, ?6, ?6 - 1, '')",
        params![
            new.file_name,
            new.sha256,
            new.settings_sha256,
            new.profile,
            new.imported_at.format("%Y-%m-%d %H:%M:%S").to_string(),
            first_sale_id,
        ],
    )?;
    Ok(ImportId(connection.last_insert_rowid()))
}

fn check_columns(sales: &SaleBatch) -> Result<(), StoreError> {
    let columns = [
        ("customer", sales.customer.len()),
        ("product", sales.product.len()),
        ("order", sales.order.len()),
        ("country", sales.country.len()),
        ("timestamp", sales.timestamp.len()),
        ("quantity", sales.quantity.len()),
        ("unit_price", sales.unit_price.len()),
        ("discount", sales.discount.len()),
        ("kind", sales.kind.len()),
        ("line", sales.line.len()),
    ];
    let expected = sales.len();
    match columns.into_iter().find(|(_, found)| *found != expected) {
        Some((column, found)) => Err(StoreError::UnevenBatch { column, found, expected }),
        None => Ok(()),
    }
}

fn check_count(what: &'static str, reported: u64, written: u64) -> Result<(), StoreError> {
    if reported == written { Ok(()) } else { Err(StoreError::CountMismatch { what, reported, written }) }
}
