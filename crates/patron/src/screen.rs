//! What is printed when a command is done: words and numbers, no decoration that a pipe would choke on.

mod attributes;
mod backtest;
mod decide;
mod explain;
mod imports;
mod key;
mod maintenance;
mod model;
mod query;
mod reading;
mod summary;

pub(crate) use attributes::added;
pub(crate) use backtest::backtest;
pub(crate) use decide::decide;
pub(crate) use explain::{explained, order_set_aside, set_aside, set_aside_by};
pub(crate) use imports::{already_there, imported, imports, undone};
pub(crate) use key::{key_made, key_revoked, keys};
pub(crate) use maintenance::{backed_up, checked, sql_csv, sql_json, sql_markdown, sql_table, tables};
pub(crate) use model::{model_loaded, model_saved, model_used, models};
pub(crate) use query::{answered, queries, query_example};
pub(crate) use reading::inspection;
pub(crate) use summary::{Summary, summary, timings};

use patron_domain::{FileFacts, ImportReport, StatusMeaning};
use patron_report::format::counted;

/// 541909 as `541,909`.
pub(crate) fn grouped(number: u64) -> String {
    patron_report::format::count(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Terminals and logs get plain spaces and a plain minus sign.
pub(crate) fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ").replace('\u{2212}', "-")
}

/// What kind of file it is, in the words that are known: format, delimiter, encoding, compression.
pub(crate) fn kinds(file: &FileFacts) -> String {
    let kinds = [
        Some(file.format.as_str()),
        file.delimiter.as_deref(),
        file.encoding.as_deref(),
        file.compression.as_deref(),
    ];
    let known: Vec<&str> = kinds.into_iter().flatten().filter(|kind| !kind.is_empty()).collect();
    known.join(", ")
}

/// What was read and how: file, lines, span, mapping, dates.
pub(crate) fn read_lines(report: &ImportReport) -> Vec<String> {
    let file = &report.file;
    let recognised = file.recognised.as_ref().map_or_else(String::new, |name| format!("{name}, "));
    let span = match (report.after.first_day, report.after.last_day) {
        (Some(first), Some(last)) => format!(", {first} to {last}"),
        _ => String::new(),
    };
    let columns: Vec<String> = report.mapping.iter().map(|m| format!("{} = {}", m.field, m.column)).collect();
    let mut lines = vec![
        format!(
            "Read        {} lines of {} ({recognised}{}){span}",
            grouped(report.lines_read),
            file.name,
            kinds(file)
        ),
        format!("Columns     {}", columns.join(", ")),
        format!("Dates       {}", report.dates),
    ];
    if report.times != AS_WRITTEN {
        lines.push(format!("Times       {}", report.times));
    }
    if let Some(currency) = &report.currency {
        lines.push(format!("Currency    {currency}"));
    }
    if let Some(form) = &report.order_form {
        lines.push(format!(
            "Orders      {} rows hold {}; {} lines were made from their fields (shipping, tax, tips, refunds)",
            grouped(form.rows),
            orders(form.orders),
            grouped(form.lines_made)
        ));
        if form.disagreeing_orders > 0 {
            lines.push(format!(
                "            {} whose parts do not add up to the total the file gives: together off by {}",
                orders(form.disagreeing_orders),
                form.disagreeing_amount
            ));
        }
    }
    for status in report.statuses.iter().filter(|status| status.meaning == StatusMeaning::Unknown) {
        lines.push(format!(
            "Status      '{}' is not known: {} with it count as sales",
            status.status,
            orders(status.orders)
        ));
    }
    lines.extend(report.notices.iter().map(|notice| format!("Note        {notice}")));
    let joined = report.joined_by_email;
    if joined.orders > 0 {
        lines.push(format!(
            "Guests      {} know their customer by e-mail address only; {} of them joined a customer with an id",
            orders(joined.orders),
            grouped(joined.joined_an_account)
        ));
    }
    lines
}

fn orders(number: u64) -> String {
    plain(&counted(i64::try_from(number).unwrap_or(i64::MAX), "order", "orders"))
}

/// How times are read unless something happens to them.
const AS_WRITTEN: &str = "as written";

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            ["0", "999", "1,000", "541,909"],
            [0, 999, 1_000, 541_909].map(grouped).each_ref().map(String::as_str)
        );
    }
}
