//! The shop in memory: as an earlier import left it, or straight from a file.

use std::path::Path;

use patron_columns::{SalesTable, TableBuilder};
use patron_domain::ImportReport;
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
    /// The reports of all imports, oldest first.
    pub reports: Vec<ImportReport>,
}

/// Scans the database into a table.
///
/// # Errors
/// [`PipelineError::NoSales`] for a database without imports; [`PipelineError::Stopped`].
pub fn load(store: &mut Store, database: &str, progress: &dyn Progress) -> Result<LoadedShop, PipelineError> {
    let reports: Vec<ImportReport> = store.imports()?.into_iter().map(|record| record.report).collect();
    let Some(last) = reports.last() else {
        return Err(PipelineError::NoSales { database: database.to_owned() });
    };
    let rule = last.purchase_rule;
    let (table, _) =
        step(progress, Step::Load, || scan_into_table(rule, progress, |sink| store.scan(BATCH_LINES, sink)))?;
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
