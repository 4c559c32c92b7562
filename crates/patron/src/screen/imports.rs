//! After an import, a list, an undo.

use patron_domain::{ImportReport, RuleAction};
use patron_store::{ImportId, ImportRecord, UndoSummary};

use super::{grouped, read_lines};

/// A file came in.
pub(crate) fn imported(id: ImportId, report: &ImportReport, database: &str) -> String {
    let mut lines = read_lines(report);
    lines.push(format!(
        "Accepted    {} lines worth {}; set aside {} lines",
        grouped(report.lines_accepted),
        report.after.amount,
        grouped(report.lines_quarantined)
    ));
    let rejecting = report.rules.iter().filter(|rule| rule.action == RuleAction::Reject && rule.lines > 0);
    lines.extend(rejecting.map(|rule| {
        format!(
            "            {:>9}  {} ({}), worth {}",
            grouped(rule.lines),
            rule.meaning,
            rule.rule,
            rule.amount + rule.discount
        )
    }));
    lines.push(format!(
        "Import      {id} in {database}; take it back with: patron imports undo {id} --database {database}"
    ));
    lines.join("\n")
}

/// The file was known.
pub(crate) fn already_there(record: &ImportRecord) -> String {
    format!(
        "Nothing changed: this file was imported before, as {} on {} (import {}, {} lines).",
        record.file_name,
        record.imported_at.format("%Y-%m-%d %H:%M"),
        record.id,
        grouped(record.lines_accepted)
    )
}

/// One line per import.
pub(crate) fn imports(records: &[ImportRecord], database: &str) -> String {
    if records.is_empty() {
        return format!("{database} holds no imports yet.");
    }
    let mut lines = vec![format!(
        "{:>4}  {:16}  {:>10}  {:>10}  {:10}  {:10}  {:17}  file",
        "id", "imported", "accepted", "set aside", "from", "to", "profile"
    )];
    lines.extend(records.iter().map(|record| {
        let day = |day: Option<patron_domain::Day>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
        format!(
            "{:>4}  {:16}  {:>10}  {:>10}  {:10}  {:10}  {:17}  {}",
            record.id.0,
            record.imported_at.format("%Y-%m-%d %H:%M").to_string(),
            grouped(record.lines_accepted),
            grouped(record.lines_quarantined),
            day(record.first_day),
            day(record.last_day),
            record.profile,
            record.file_name
        )
    }));
    lines.join("\n")
}

/// An import went.
pub(crate) fn undone(id: i64, undone: &UndoSummary) -> String {
    let parts = [
        (undone.sales, "sale lines"),
        (undone.quarantined, "lines of the quarantine"),
        (undone.transactions, "orders"),
        (undone.customers, "customers"),
        (undone.products, "products"),
        (undone.model_runs, "model runs that had seen it"),
    ];
    let gone: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(*count)))
        .collect();
    format!("Import {id} ({}) is taken back: {} removed.", undone.file_name, gone.join(", "))
}
