//! `export`: the shop as one file for other programs.

use patron_pipeline::{export_parquet, load};
use patron_store::Store;

use super::Failure;
use super::imports::{database, shown};
use crate::args::ExportArgs;
use crate::screen::grouped;
use crate::terminal::{Terminal, print};

/// Writes all sale lines into a Parquet file.
pub(crate) fn run(args: &ExportArgs) -> Result<(), Failure> {
    let url = database(&args.database)?;
    let loaded = load(&mut Store::open_existing(&url)?, &shown(&url), &Terminal::new())?;
    let (table, catalog) = (&loaded.table, loaded.table.catalog());
    let bytes = export_parquet(table, &args.parquet)?;
    print(&format!(
        "{} sale lines of {} customers and {} products in {}: {} bytes",
        grouped(table.len() as u64),
        grouped(table.customers() as u64),
        grouped(catalog.skus.len() as u64),
        args.parquet.display(),
        grouped(bytes)
    ))?;
    Ok(())
}
