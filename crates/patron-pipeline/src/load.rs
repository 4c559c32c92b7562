//! The shop in memory: as an earlier import left it, or straight from a file.

use std::path::Path;

use patron_columns::{SalesTable, TableBuilder};
use patron_domain::{ImportReport, PurchaseRule};
use patron_ingest::{Known, ReadOptions};
use patron_store::{Shop, Store};

use crate::import::scan_into_table;
use crate::progress::step;
use crate::{BATCH_LINES, PipelineError, Progress, Step};

/// A shop in memory: every line, and how each came in.
#[derive(Debug)]
pub struct LoadedShop {
    /// Name, currency, time zone.
    pub shop: Shop,
    /// Every line.
    pub table: SalesTable,
    /// The reports of all imports, oldest first; none where every line was written live.
    pub reports: Vec<ImportReport>,
}

/// Scans the database into a table. What a purchase is, the imports say; where there is none, a day on which more was
/// bought than brought back.
///
/// # Errors
/// [`PipelineError::NoSales`] for a database without any line, unless an import without one stands in it;
/// [`PipelineError::Stopped`].
pub fn load(store: &mut Store, database: &str, progress: &dyn Progress) -> Result<LoadedShop, PipelineError> {
    let reports: Vec<ImportReport> = store.imports()?.into_iter().map(|record| record.report).collect();
    let rule = reports.last().map_or(PurchaseRule::NetPositive, |last| last.purchase_rule);
    let (table, _) =
        step(progress, Step::Load, || scan_into_table(rule, progress, |sink| store.scan(BATCH_LINES, sink)))?;
    if reports.is_empty() && table.is_empty() {
        return Err(PipelineError::NoSales { database: database.to_owned() });
    }
    Ok(LoadedShop { shop: store.shop()?, table, reports })
}

/// Reads and cleans a file into a table, without any database.
///
/// # Errors
/// [`PipelineError::Ingest`] for a file that cannot be read as sales.
pub fn read_table(path: &Path, reading: &ReadOptions) -> Result<(SalesTable, ImportReport), PipelineError> {
    let inspection = patron_ingest::inspect(path, reading)?;
    let mut reader = patron_ingest::open(path, &inspection, reading, Known::default())?;
    let mut builder = TableBuilder::new(reading.profile.purchase_rule());
    while let Some(batch) = reader.next_batch()? {
        builder.push(&batch.sales);
    }
    let finished = reader.finish();
    builder.describe(&finished.descriptions);
    Ok((builder.finish().0, finished.report))
}
