//! What moves many rows at once, with prepared statements on a connection of its own.

mod codes;
mod days;
mod known;
mod lines;
mod scan;
mod undo;
mod writer;

use std::path::Path;
use std::time::Duration;

pub(crate) use known::KnownLines;
use patron_domain::SaleBatch;
pub(crate) use undo::undo;
pub use writer::ImportWriter;

use crate::{StoreError, connect};

/// Lines of a batch when a scan's batches are our own business.
pub(crate) const SCAN_LINES: usize = 8192;

/// A scan of the database at `path`, which shows one state of it.
pub(crate) fn scan<E: From<StoreError>>(
    path: &Path,
    patience: Duration,
    batch_lines: usize,
    sink: impl FnMut(SaleBatch) -> Result<(), E>,
) -> Result<u64, E> {
    let begun = connect::bulk(path, patience).and_then(|connection| {
        connection.execute_batch("BEGIN")?;
        Ok(connection)
    });
    let connection = begun.map_err(|fault| fault.at(path))?;
    scan::scan(&connection, batch_lines, sink).map_err(|stopped| stopped.at(path))
}
