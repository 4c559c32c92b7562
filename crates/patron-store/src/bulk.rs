//! What moves many rows at once, with prepared statements on a connection of its own.

mod attributes;
mod codes;
mod contacts;
mod copy;
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
mod quarantine;
mod references;
mod scan;
mod told;
mod undo;
mod writer;

use std::time::Duration;

pub(crate) use explain::{COUNTRY, CUSTOMER, Named, find_named};
pub(crate) use files::set as set_files;
use patron_domain::{Attributes, SaleBatch};
pub(crate) use undo::undo;
pub use writer::ImportWriter;

use crate::error::Outcome;
use crate::raw::Connection;
use crate::{DatabaseUrl, ExplainedLine, KnownSales, LineFilter, StoreError, connect};

/// Lines of a batch when a scan's batches are our own business.
const SCAN_LINES: usize = 8192;

/// A scan of the database at `url`, which shows one state of it.
pub(crate) fn scan<E: From<StoreError>>(
    url: &DatabaseUrl,
    patience: Duration,
    batch_lines: usize,
    sink: impl FnMut(SaleBatch) -> Result<(), E>,
) -> Result<u64, E> {
    let connection = snapshot(url, patience).map_err(|fault| fault.at(&url.place()))?;
    scan::scan(&connection, batch_lines, sink).map_err(|stopped| stopped.at(&url.place()))
}

/// Sale lines that fit a filter, by time, from one state of the database at `url`.
pub(crate) fn explain_lines<E: From<StoreError>>(
    url: &DatabaseUrl,
    patience: Duration,
    filter: &LineFilter,
    sink: impl FnMut(ExplainedLine) -> Result<(), E>,
) -> Result<u64, E> {
    let connection = snapshot(url, patience).map_err(|fault| fault.at(&url.place()))?;
    explain::lines(&connection, filter, sink).map_err(|stopped| stopped.at(&url.place()))
}

/// Lines and orders that one state of the database at `url` holds.
pub(crate) fn known_sales(url: &DatabaseUrl, patience: Duration) -> Outcome<KnownSales> {
    known::read(&snapshot(url, patience)?)
}

/// What is known of customers and products, from one state of the database at `url`.
pub(crate) fn attributes(url: &DatabaseUrl, patience: Duration) -> Outcome<Attributes> {
    attributes::read(&snapshot(url, patience)?)
}

/// A connection that shows one state of the database, whatever others write.
pub(crate) fn snapshot(url: &DatabaseUrl, patience: Duration) -> Outcome<Connection> {
    let connection = connect::bulk(url, patience)?;
    connection.begin_to_read()?;
    Ok(connection)
}
