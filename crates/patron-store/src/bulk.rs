//! What moves many rows at once, with prepared statements on a connection of its own.

mod attributes;
mod codes;
mod contacts;
mod days;
mod details;
mod erased;
mod explain;
mod files;
mod find;
mod kept;
mod known;
mod lines;
mod links;
mod scan;
mod told;
mod undo;
mod writer;

use std::path::Path;
use std::time::Duration;

pub(crate) use explain::{COUNTRY, CUSTOMER, Named, find_named};
pub(crate) use files::set as set_files;
use patron_domain::{Attributes, SaleBatch};
pub(crate) use undo::undo;
pub use writer::ImportWriter;

use crate::error::Outcome;
use crate::{ExplainedLine, KnownSales, LineFilter, StoreError, connect};

/// Lines of a batch when a scan's batches are our own business.
const SCAN_LINES: usize = 8192;

/// A scan of the database at `path`, which shows one state of it.
pub(crate) fn scan<E: From<StoreError>>(
    path: &Path,
    patience: Duration,
    batch_lines: usize,
    sink: impl FnMut(SaleBatch) -> Result<(), E>,
) -> Result<u64, E> {
    let connection = snapshot(path, patience).map_err(|fault| fault.at(path))?;
    scan::scan(&connection, batch_lines, sink).map_err(|stopped| stopped.at(path))
}

/// Sale lines that fit a filter, by time, from one state of the database at `path`.
pub(crate) fn explain_lines<E: From<StoreError>>(
    path: &Path,
    patience: Duration,
    filter: &LineFilter,
    sink: impl FnMut(ExplainedLine) -> Result<(), E>,
) -> Result<u64, E> {
    let connection = snapshot(path, patience).map_err(|fault| fault.at(path))?;
    explain::lines(&connection, filter, sink).map_err(|stopped| stopped.at(path))
}

/// Lines and orders that one state of the database at `path` holds.
pub(crate) fn known_sales(path: &Path, patience: Duration) -> Outcome<KnownSales> {
    known::read(&snapshot(path, patience)?)
}

/// What is known of customers and products, from one state of the database at `path`.
pub(crate) fn attributes(path: &Path, patience: Duration) -> Outcome<Attributes> {
    attributes::read(&snapshot(path, patience)?)
}

/// A connection that shows one state of the database, whatever others write.
pub(crate) fn snapshot(path: &Path, patience: Duration) -> Outcome<rusqlite::Connection> {
    let connection = connect::bulk(path, patience)?;
    connection.execute_batch("BEGIN")?;
    Ok(connection)
}
