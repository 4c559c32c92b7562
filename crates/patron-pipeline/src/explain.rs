//! The lines behind a number.

use std::path::Path;

use chrono::DateTime;
use patron_domain::{LineKind, Money};
use patron_report::CsvReader;
use patron_store::{ExplainedLine, LineFilter, Store};

use crate::{PipelineError, write_file};

/// A number and the lines it is the sum of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explained {
    /// Lines of goods sold, and their value after discounts.
    pub sales: Tally,
    /// Lines of goods returned or cancelled, and their value (zero or negative).
    pub returns: Tally,
    /// Postage, tax, tips, gift cards and fees under the same filter: never in the revenue.
    pub services: Tally,
    /// Discounts taken off the lines sold.
    pub discounts: Money,
    /// The first lines of goods, in time order.
    pub first: Vec<ExplainedLine>,
}

/// Lines and their value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines.
    pub lines: u64,
    /// Their summed value.
    pub amount: Money,
}

impl Tally {
    fn add(&mut self, amount: Money) {
        self.lines += 1;
        self.amount += amount;
    }
}

impl Explained {
    /// Product revenue: sales less returns.
    pub fn revenue(&self) -> Money {
        self.sales.amount + self.returns.amount
    }

    fn add(&mut self, line: ExplainedLine, keep: usize) {
        match line.kind {
            LineKind::Sale => {
                self.sales.add(line.amount);
                self.discounts += line.discount;
            }
            LineKind::Return => self.returns.add(line.amount),
            LineKind::Service => {
                self.services.add(line.amount);
                return;
            }
        }
        if self.first.len() < keep {
            self.first.push(line);
        }
    }
}

/// Sums the lines that fit `filter` and keeps the first `keep` of goods; with `csv`, writes all lines of goods there.
///
/// The sum is made line by line from the database: the same number the answers give for that month, customer,
/// product or country.
///
/// # Errors
/// [`PipelineError::Store`] for a customer, product or country the shop does not have; [`PipelineError::Write`].
pub fn explain_revenue(
    store: &mut Store,
    filter: &LineFilter,
    keep: usize,
    csv: Option<(&Path, CsvReader)>,
) -> Result<Explained, PipelineError> {
    let mut explained = Explained::default();
    let Some((path, reader)) = csv else {
        store.explain_lines(filter, |line| {
            explained.add(line, keep);
            Ok::<(), PipelineError>(())
        })?;
        return Ok(explained);
    };
    let mut failed: Option<PipelineError> = None;
    write_file(path, |file| {
        let mut csv = csv::Writer::from_writer(file);
        csv.write_record(HEAD)?;
        let read = store.explain_lines(filter, |line| {
            if line.kind != LineKind::Service {
                let written = csv.write_record(record(&line, reader)).map_err(std::io::Error::from);
                written.map_err(|source| PipelineError::Write { path: path.to_owned(), source })?;
            }
            explained.add(line, keep);
            Ok::<(), PipelineError>(())
        });
        read.map_err(|error| {
            failed = Some(error);
            std::io::Error::other("the lines could not be written")
        })?;
        csv.flush()
    })
    .map_err(|error| failed.take().unwrap_or(error))?;
    Ok(explained)
}

const HEAD: [&str; 13] = [
    "file",
    "line",
    "order",
    "time",
    "customer",
    "country",
    "product",
    "description",
    "kind",
    "quantity",
    "unit_price",
    "discount",
    "amount",
];

fn record(line: &ExplainedLine, reader: CsvReader) -> [String; 13] {
    let text = |text: Option<&str>| reader.text(text.unwrap_or_default()).into_owned();
    [
        text(line.file_name.as_deref()),
        line.line.map_or_else(String::new, |line| line.to_string()),
        text(Some(&line.invoice)),
        line_time(line),
        text(line.customer.as_deref()),
        text(line.country.as_deref()),
        text(line.sku.as_deref()),
        text(Some(&line.description)),
        line.kind.word().to_owned(),
        line.quantity.to_string(),
        line.unit_price.to_string(),
        line.discount.to_string(),
        line.amount.to_string(),
    ]
}

/// A line's time on the shop's clock: `2011-11-30 08:26:00`.
pub fn line_time(line: &ExplainedLine) -> String {
    DateTime::from_timestamp(line.timestamp, 0)
        .map_or_else(String::new, |time| time.format("%Y-%m-%d %H:%M:%S").to_string())
}
