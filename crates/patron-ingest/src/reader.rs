//! Reading a file to its end, batch by batch.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use patron_domain::{CustomerAttributes, Day, ImportReport, QuarantinedLine, SaleBatch};

use crate::cleaner::Cleaner;
use crate::inspect::{Inspection, Plan};
use crate::orders::Orders;
use crate::rows::Rows;
use crate::source::{open_file, shown};
use crate::{IngestError, Known, KnownOrder, ReadOptions};

/// Cleaned lines, and those set aside between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CleanBatch {
    /// Accepted lines, in file order.
    pub sales: SaleBatch,
    /// Lines set aside, in file order.
    pub quarantined: Vec<QuarantinedLine>,
}

/// How far the reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadProgress {
    /// Bytes taken from the disk (for workbooks and Parquet the share of their lines).
    pub bytes_read: u64,
    /// Bytes of the file.
    pub bytes_total: u64,
    /// Lines read.
    pub lines: u64,
}

/// What is known when a file has been read to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// The account of the import.
    pub report: ImportReport,
    /// Per product code of the batches: its most frequent description, empty where it has none.
    pub descriptions: Vec<String>,
    /// What the file tells of its customers beside their purchases, by the customer codes of the batches and sorted by
    /// them: the last known values. Empty for a file that tells nothing but a country.
    pub customers: Vec<(u32, CustomerAttributes)>,
    /// Day of the first accepted line.
    pub first_day: Option<Day>,
    /// Day of the last accepted line.
    pub last_day: Option<Day>,
    /// The orders of earlier imports that the file has again, in its order, whatever became of their lines. Empty for
    /// a log of lines, which only grows.
    pub known_orders: Vec<KnownOrder>,
}

impl Finished {
    /// Numbers of the orders that are others now than earlier imports hold, in the order of the file.
    pub fn changed_orders(&self) -> impl Iterator<Item = &str> {
        self.known_orders.iter().filter(|order| order.is_changed).map(|order| order.number.as_str())
    }
}

/// Yields the lines of a file in batches; may travel to another thread.
pub struct SaleReader {
    path: PathBuf,
    rows: Rows,
    cleaner: Cleaner,
    orders: Option<Orders>,
    inspection: Inspection,
    batch_lines: usize,
    ended: bool,
    read: Arc<AtomicU64>,
    known_rows: Option<u64>,
}

/// Lines after which a file of which hardly a line can be read is given up.
const PATIENCE: u64 = 20_000;

/// Begins to read the file that was inspected.
///
/// `known` tells what earlier imports hold. A line of theirs is set aside as often as they have it, by the rule
/// `already-imported`; logs without order numbers ignore that. Where the file's rows describe orders, each order of
/// theirs is compared as a whole too ([`Finished::known_orders`]): whoever stores the batches must take them back when
/// one has changed, and may put the file in the place of the earlier import instead.
///
/// # Errors
/// [`IngestError`] when the file cannot be opened or is not the one inspected.
pub fn open(
    path: &Path,
    inspection: &Inspection,
    options: &ReadOptions,
    known: Known,
) -> Result<SaleReader, IngestError> {
    let metadata = open_file(path)?.metadata().map_err(|source| crate::source::io_error(path, source))?;
    if metadata.len() != inspection.file.bytes {
        return Err(IngestError::Changed { file: shown(path) });
    }
    let plan: &Plan = &inspection.plan;
    let (rows, read) = plan.rows(path)?;
    Ok(SaleReader {
        path: path.to_owned(),
        rows,
        cleaner: Cleaner::new(inspection, &options.profile, known),
        orders: Orders::new(plan),
        known_rows: plan.known_rows(),
        inspection: inspection.clone(),
        batch_lines: options.batch_lines.max(1),
        ended: false,
        read,
    })
}

impl SaleReader {
    /// The next lines; `None` at the end of the file.
    ///
    /// # Errors
    /// [`IngestError`] when the file stops being readable, or when most of its lines cannot be read, which is told
    /// with the likely cause: at the end, or after 20,000 lines of which hardly one could be read. Whoever stores
    /// the batches must take them back then.
    pub fn next_batch(&mut self) -> Result<Option<CleanBatch>, IngestError> {
        let mut batch = CleanBatch::default();
        while !self.ended
            && batch.sales.len() < self.batch_lines
            && batch.quarantined.len() < self.batch_lines
        {
            let more = match &mut self.orders {
                Some(orders) => {
                    next_of_order(&self.path, &mut self.rows, orders, &mut self.cleaner, &mut batch)?
                }
                None if self.rows.advance()? => {
                    self.cleaner.take(&self.path, self.rows.row(), &mut batch)?;
                    true
                }
                None => false,
            };
            if !more {
                self.ended = true;
                self.check_readable(2)?;
            }
        }
        if self.cleaner.lines() >= PATIENCE {
            self.check_readable(100)?;
        }
        let some = !batch.sales.is_empty() || !batch.quarantined.is_empty();
        Ok(some.then_some(batch))
    }

    /// How far the reading is.
    pub fn progress(&self) -> ReadProgress {
        let bytes_total = self.inspection.file.bytes;
        let lines = self.cleaner.lines();
        let bytes_read = match self.known_rows {
            Some(rows) => {
                let share = u128::from(bytes_total) * u128::from(lines) / u128::from(rows.max(1));
                u64::try_from(share).unwrap_or(bytes_total).min(bytes_total)
            }
            None => self.read.load(Ordering::Relaxed).min(bytes_total),
        };
        ReadProgress { bytes_read, bytes_total, lines }
    }

    /// The account of what was read so far: of the whole file, once [`Self::next_batch`] has given `None`.
    pub fn finish(self) -> Finished {
        let statuses = self.orders.as_ref().map(Orders::statuses).unwrap_or_default();
        let orders = self.orders.map(|orders| orders.form(self.cleaner.orders.len()));
        self.cleaner.finish(&self.inspection, orders, statuses)
    }

    /// Refuses a file of which at most one line in `share` can be read.
    fn check_readable(&self, share: u64) -> Result<(), IngestError> {
        match self.cleaner.mostly_unreadable(share) {
            Some(error) => Err(error.named(shown(&self.path), &self.inspection.plan)),
            None => Ok(()),
        }
    }
}

/// Goes one step through a file of orders: takes a line of the order that was read, or a row of the next one.
/// `false` at the end.
fn next_of_order(
    path: &Path,
    rows: &mut Rows,
    orders: &mut Orders,
    cleaner: &mut Cleaner,
    batch: &mut CleanBatch,
) -> Result<bool, IngestError> {
    if orders.has_lines() {
        cleaner.take_waiting(path, orders, batch)?;
        orders.go_on();
        return Ok(true);
    }
    if orders.row_waits {
        orders.row_waits = !orders.take(rows.row(), &cleaner.reader);
        return Ok(true);
    }
    if rows.advance()? {
        if cleaner.take_damaged(rows.row(), batch) {
            orders.skip_row();
        } else if !orders.take(rows.row(), &cleaner.reader) {
            orders.row_waits = true;
            orders.assemble(&mut cleaner.reader);
            cleaner.known.meet(orders.number());
        }
        return Ok(true);
    }
    if orders.is_collecting() {
        orders.assemble(&mut cleaner.reader);
        cleaner.known.meet(orders.number());
        return Ok(true);
    }
    Ok(false)
}
