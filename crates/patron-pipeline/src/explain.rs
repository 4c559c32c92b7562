//! The lines behind a number.

use std::path::Path;

use chrono::DateTime;
use patron_domain::{ImportReport, LineKind, Money, QuarantinedLine};
use patron_report::{CsvReader, defused};
use patron_store::{ExplainedLine, ImportId, LineFilter, QuarantineEntry, QuarantineRule, Store, StoreError};

use crate::{PipelineError, write_file};

/// Quarantined lines fetched at a time.
const PAGE: u32 = 10_000;

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

/// What one cleaning rule set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// The rule, its lines and what they are worth after discounts.
    pub rule: QuarantineRule,
    /// What they are worth before discounts, as in the bridge.
    pub before_discounts: Money,
    /// The first lines, each with the name of its file.
    pub first: Vec<(String, QuarantinedLine)>,
}

/// What one cleaning rule set aside (after, then before discounts), and the first `keep` lines of it with the names of their files; with `csv`, writes
/// all of them there.
///
/// # Errors
/// [`PipelineError::Store`] for a rule that set nothing aside; [`PipelineError::Write`].
pub fn explain_set_aside(
    store: &mut Store,
    rule: &str,
    keep: usize,
    csv: Option<(&Path, CsvReader)>,
) -> Result<SetAside, PipelineError> {
    let files = file_names(store)?;
    let name = |entry: &QuarantineEntry| file_name(&files, entry);
    let page = u32::try_from(keep).unwrap_or(u32::MAX);
    let first = store.quarantine_of_rule(rule, 0, page)?;
    let counts = set_aside_rules(store)?.into_iter().find(|(counts, _)| counts.rule == rule);
    let (counts, before) = counts
        .unwrap_or((QuarantineRule { rule: rule.to_owned(), lines: 0, amount: Money::ZERO }, Money::ZERO));
    if let Some((path, reader)) = csv {
        write_set_aside(path, reader, &mut |after| store.quarantine_of_rule(rule, after, PAGE), &name)?;
    }
    let first = first.into_iter().map(|entry| (name(&entry), entry.line)).collect();
    Ok(SetAside { rule: counts, before_discounts: before, first })
}

/// Lines that were set aside and whose text names an order, with the names of their files: where an order that is not
/// in the revenue went.
///
/// # Errors
/// What the database says.
pub fn order_set_aside(
    store: &mut Store,
    number: &str,
) -> Result<Vec<(String, QuarantinedLine)>, PipelineError> {
    let files = file_names(store)?;
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let page = store.quarantine(None, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.id;
        let named = page.into_iter().filter(|entry| names(&entry.line.raw, number));
        found.extend(named.map(|entry| (file_name(&files, &entry), entry.line)));
    }
}

/// Whether a raw line has `number` in it as a whole word, a leading `#` aside.
fn names(raw: &str, number: &str) -> bool {
    let number = number.trim_start_matches('#');
    let is_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let bounded = |(start, text): (usize, &str)| {
        let before = raw[..start].chars().next_back();
        let behind = raw[start + text.len()..].chars().next();
        !before.is_some_and(is_word) && !behind.is_some_and(is_word)
    };
    !number.is_empty() && raw.match_indices(number).any(bounded)
}

fn file_names(store: &mut Store) -> Result<Vec<(ImportId, String)>, PipelineError> {
    Ok(store.imports()?.into_iter().map(|record| (record.id, record.file_name)).collect())
}

fn file_name(files: &[(ImportId, String)], entry: &QuarantineEntry) -> String {
    let found = files.iter().find(|(id, _)| *id == entry.import);
    found.map_or_else(String::new, |(_, name)| name.clone())
}

/// What each rule set aside over all imports, before discounts as in the bridge; beside it what the quarantine adds up
/// to, after discounts.
///
/// # Errors
/// What the database says.
pub fn set_aside_rules(store: &mut Store) -> Result<Vec<(QuarantineRule, Money)>, PipelineError> {
    let reports: Vec<ImportReport> = store.imports()?.into_iter().map(|record| record.report).collect();
    let discount = |rule: &str| -> Money {
        let rules = reports.iter().flat_map(|report| &report.rules);
        rules.filter(|counted| counted.rule == rule).map(|counted| counted.discount).sum()
    };
    let rules = store.quarantine_rules()?.into_iter();
    Ok(rules.map(|rule| (discount(&rule.rule) + rule.amount, rule)).map(|(all, rule)| (rule, all)).collect())
}

/// Writes lines that were set aside, page by page: file, line, rule, reason, amount, raw text.
pub(crate) fn write_set_aside(
    path: &Path,
    reader: CsvReader,
    page_after: &mut dyn FnMut(i64) -> Result<Vec<QuarantineEntry>, StoreError>,
    file_name: &dyn Fn(&QuarantineEntry) -> String,
) -> Result<(), PipelineError> {
    let text = |text: &str| match reader {
        CsvReader::Machine => text.to_owned(),
        CsvReader::Spreadsheet => defused(text).into_owned(),
    };
    let mut failed: Option<PipelineError> = None;
    write_file(path, |file| {
        let mut csv = csv::Writer::from_writer(file);
        csv.write_record(["file", "line", "rule", "reason", "amount", "raw"])?;
        let mut after = 0;
        loop {
            let page = match page_after(after) {
                Ok(page) => page,
                Err(error) => {
                    failed = Some(error.into());
                    return Err(std::io::Error::other("the quarantine could not be read"));
                }
            };
            let Some(last) = page.last() else { break };
            after = last.id;
            for entry in &page {
                let line = &entry.line;
                csv.write_record([
                    text(&file_name(entry)),
                    line.line.to_string(),
                    text(&line.rule),
                    text(&line.reason),
                    line.amount.map_or_else(String::new, |amount| amount.to_string()),
                    text(&line.raw),
                ])?;
            }
        }
        csv.flush()
    })
    .map_err(|error| failed.take().unwrap_or(error))
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
    let text = |text: Option<&str>| match reader {
        CsvReader::Machine => text.unwrap_or_default().to_owned(),
        CsvReader::Spreadsheet => defused(text.unwrap_or_default()).into_owned(),
    };
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

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn an_order_number_is_a_whole_word() {
        for raw in ["#1032,a@b.org,paid", "\"#1032\";x", "x,1032", "1032"] {
            assert!(names(raw, "#1032") && names(raw, "1032"), "{raw}");
        }
        for raw in ["#10321,x", "A-1032,x", "x,91032", ""] {
            assert!(!names(raw, "#1032"), "{raw}");
        }
    }
}
