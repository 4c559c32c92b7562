//! The ready-made queries and their answers.

use patron_report::format::Currency;
use patron_report::{Kind, Table};
use patron_store::{ReadyNeed, ReadyParameter, ReadyQuery};

use super::{grouped, plain};

/// Longest text shown of a cell.
const SHOWN: usize = 40;

/// All queries with what they ask for.
pub(crate) fn queries() -> String {
    let mut lines = vec!["Ready-made queries; run one with: patron query NAME (or its number)".to_owned()];
    for query in ReadyQuery::all() {
        let asked: String = query.parameters.iter().map(parameter).collect();
        lines.push(format!("{:>4}  {}{asked}", query.number, query.name));
        lines.push(format!("      {}", query.meaning));
    }
    lines.push("What is in brackets may be left out. docs/queries.md tells what each one counts.".to_owned());
    lines.join("\n")
}

/// A command line that works.
pub(crate) fn query_example(query: &ReadyQuery) -> String {
    let required = query.parameters.iter().filter(|parameter| parameter.need == ReadyNeed::Required);
    format!("patron query {}{}", query.name, required.map(parameter).collect::<String>())
}

fn parameter(parameter: &ReadyParameter) -> String {
    let (word, example) = (parameter.kind.word(), parameter.kind.example());
    match parameter.need {
        ReadyNeed::Required => format!(" --{word} {example}"),
        ReadyNeed::Optional => format!(" [--{word} {example}]"),
        ReadyNeed::Default(default) => format!(" [--{word} {default}]"),
    }
}

/// The rows in columns, and how many more there are.
pub(crate) fn answered(query: &ReadyQuery, table: &Table<'_>, total: u64, currency: Currency<'_>) -> String {
    let mut lines = vec![query.meaning.to_owned()];
    if total == 0 {
        lines.push("There is nothing to answer with: no rows.".to_owned());
        return lines.join("\n");
    }
    let is_money = |kind| matches!(kind, Kind::Money { .. });
    if let (Some(name), true) = (currency.name(), table.columns().iter().any(|column| is_money(column.kind)))
    {
        lines.push(format!("Money in {name}."));
    }
    lines.push(String::new());
    lines.extend(in_columns(table));
    let more = total.saturating_sub(table.rows() as u64);
    if more > 0 {
        let rows = if more == 1 { "row" } else { "rows" };
        lines.push(format!(
            "… and {} more {rows}: --limit N shows more, --format csv writes all.",
            grouped(more)
        ));
    }
    plain(&lines.join("\n"))
}

/// Heading and rows; numbers on the right.
pub(super) fn in_columns(table: &Table<'_>) -> Vec<String> {
    let columns = table.columns().iter().map(|column| {
        let cells = (0..table.rows()).map(|row| cut(&column.cell(row).shown(column.kind)));
        let cells: Vec<String> = std::iter::once(column.key.to_string()).chain(cells).collect();
        let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
        (column.kind.is_numeric(), width, cells)
    });
    let columns: Vec<(bool, usize, Vec<String>)> = columns.collect();
    let line = |row: usize| {
        let cells = columns.iter().map(|(on_the_right, width, cells)| match on_the_right {
            true => format!("{:>width$}", cells[row]),
            false => format!("{:width$}", cells[row]),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    (0..=table.rows()).map(line).collect()
}

/// A text on one line of the screen.
fn cut(text: &str) -> String {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.chars().count() <= SHOWN {
        return text;
    }
    let head: String = text.chars().take(SHOWN - 1).collect();
    format!("{}…", head.trim_end())
}
