//! What was set aside: rule by rule, line by line, and where an order went that is not in the revenue.

use std::path::Path;

use patron_domain::{Money, QuarantinedLine};
use patron_report::CsvReader;
use patron_store::{ImportRecord, QuarantineEntry, QuarantineRule, Store, StoreError};

use crate::{PipelineError, write_file};

/// Quarantined lines fetched at a time.
const PAGE: u32 = 10_000;

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

/// What one cleaning rule set aside, and the first `keep` lines of it with the names of their files; with `csv`, writes
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
    let records = store.imports()?;
    let first = store.quarantine_of_rule(rule, 0, u32::try_from(keep).unwrap_or(u32::MAX))?;
    let found = rules(store, &records)?.into_iter().find(|(counts, _)| counts.rule == rule);
    let none = || (QuarantineRule { rule: rule.to_owned(), lines: 0, amount: Money::ZERO }, Money::ZERO);
    let (counts, before_discounts) = found.unwrap_or_else(none);
    if let Some((path, reader)) = csv {
        write_set_aside(path, reader, &records, |after| store.quarantine_of_rule(rule, after, PAGE))?;
    }
    let first = first.into_iter().map(|entry| (file_name(&records, &entry), entry.line)).collect();
    Ok(SetAside { rule: counts, before_discounts, first })
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
    let records = store.imports()?;
    let mut found = Vec::new();
    for_each(
        |after| store.quarantine(None, after, PAGE),
        |entry| {
            if names(&entry.line.raw, number) {
                found.push((file_name(&records, &entry), entry.line));
            }
            Ok::<(), StoreError>(())
        },
    )?;
    Ok(found)
}

/// What each rule set aside over all imports: its lines with what they are worth after discounts, and what they are
/// worth before, as in the bridge.
///
/// # Errors
/// What the database says.
pub fn set_aside_rules(store: &mut Store) -> Result<Vec<(QuarantineRule, Money)>, PipelineError> {
    let records = store.imports()?;
    rules(store, &records)
}

/// Writes every line that was set aside, import by import.
pub(crate) fn write_quarantine(
    path: &Path,
    reader: CsvReader,
    store: &mut Store,
    records: &[ImportRecord],
) -> Result<(), PipelineError> {
    write_set_aside(path, reader, records, |after| store.quarantine(None, after, PAGE))
}

fn rules(store: &mut Store, records: &[ImportRecord]) -> Result<Vec<(QuarantineRule, Money)>, PipelineError> {
    let discount = |rule: &str| -> Money {
        let rules = records.iter().flat_map(|record| &record.report.rules);
        rules.filter(|counted| counted.rule == rule).map(|counted| counted.discount).sum()
    };
    let with_discount = |rule: QuarantineRule| {
        let before = rule.amount + discount(&rule.rule);
        (rule, before)
    };
    Ok(store.quarantine_rules()?.into_iter().map(with_discount).collect())
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

fn file_name(records: &[ImportRecord], entry: &QuarantineEntry) -> String {
    let found = records.iter().find(|record| record.id == entry.import);
    found.map_or_else(String::new, |record| record.file_name.clone())
}

/// Page by page through the quarantine.
fn for_each<E: From<StoreError>>(
    mut page_after: impl FnMut(i64) -> Result<Vec<QuarantineEntry>, StoreError>,
    mut visit: impl FnMut(QuarantineEntry) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = 0;
    loop {
        let page = page_after(after)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.id;
        page.into_iter().try_for_each(&mut visit)?;
    }
}

/// Writes file, line, rule, reason, amount and raw text of lines that were set aside.
fn write_set_aside(
    path: &Path,
    reader: CsvReader,
    records: &[ImportRecord],
    page_after: impl FnMut(i64) -> Result<Vec<QuarantineEntry>, StoreError>,
) -> Result<(), PipelineError> {
    let text = |text: &str| reader.text(text).into_owned();
    let mut failed: Option<PipelineError> = None;
    write_file(path, |file| {
        let mut csv = csv::Writer::from_writer(file);
        csv.write_record(["file", "line", "rule", "reason", "amount", "raw"])?;
        let written = for_each(page_after, |entry| {
            let line = &entry.line;
            let record = [
                text(&file_name(records, &entry)),
                line.line.to_string(),
                text(&line.rule),
                text(&line.reason),
                line.amount.map_or_else(String::new, |amount| amount.to_string()),
                text(&line.raw),
            ];
            let written = csv.write_record(record).map_err(std::io::Error::from);
            written.map_err(|source| PipelineError::Write { path: path.to_owned(), source })
        });
        written.map_err(|error| {
            failed = Some(error);
            std::io::Error::other("the lines could not be written")
        })?;
        csv.flush()
    })
    .map_err(|error| failed.take().unwrap_or(error))
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
