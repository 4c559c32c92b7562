//! Rows of somebody's own SQL, what there is to read, a backup, checks.

use std::fmt::Write;
use std::path::Path;

use patron_report::{CsvReader, quoted};
use patron_store::{BackupSummary, CheckResult, SqlCell, SqlRows, TableInfo};
use serde_json::{Value, json};

use super::grouped;

/// Longest text shown in a column on the screen.
const SHOWN: usize = 48;

const HOW_STORED: &str = "
How things are stored: money is a whole number of ten-thousandths of the shop's currency unit (12.50 is 125000), in
the columns amount, unit_price, discount, price, unit_cost, cost and spent_to_date; a timestamp counts seconds since
1970-01-01 00:00 on the shop's clock, so datetime(timestamp, 'unixepoch') shows it, on PostgreSQL
to_timestamp(timestamp) AT TIME ZONE 'UTC'; date_id and dates.id count days since 1970-01-01. The views *_readable
show both the way people write them.";

/// Rows side by side.
pub(crate) fn sql_table(found: &SqlRows) -> String {
    let head: Vec<String> = found.columns.iter().map(|name| cut(name)).collect();
    let rows: Vec<Vec<String>> =
        found.rows.iter().map(|row| row.iter().map(|cell| cut(&shown(cell))).collect()).collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            let cells = rows.iter().map(|row| width(&row[column]));
            cells.chain([width(&head[column])]).max().unwrap_or_default()
        })
        .collect();
    let is_number =
        |row: usize, column: usize| matches!(found.rows[row][column], SqlCell::Integer(_) | SqlCell::Real(_));
    let numeric: Vec<bool> =
        (0..head.len()).map(|column| (0..rows.len()).any(|row| is_number(row, column))).collect();
    let line = |cells: &[String], on_right: &dyn Fn(usize) -> bool| {
        let cells = cells.iter().enumerate().map(|(column, cell)| {
            let blanks = " ".repeat(widths[column].saturating_sub(width(cell)));
            if on_right(column) { format!("{blanks}{cell}") } else { format!("{cell}{blanks}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(&head, &|column| numeric[column])];
    lines.push(widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>().join("  "));
    lines.extend(rows.iter().enumerate().map(|(row, cells)| line(cells, &|column| is_number(row, column))));
    if rows.is_empty() {
        lines.push("(no rows)".to_owned());
    }
    lines.join("\n")
}

/// A heading line, then a line per row; nothing where a cell is null.
pub(crate) fn sql_csv(found: &SqlRows, reader: CsvReader) -> String {
    let text = |text: &str| quoted(&reader.text(text)).into_owned();
    let cell = |cell: &SqlCell| match cell {
        SqlCell::Null => String::new(),
        // an empty text is no null
        SqlCell::Text(words) if words.is_empty() => "\"\"".to_owned(),
        SqlCell::Text(words) => text(words),
        number => shown(number),
    };
    let head = found.columns.iter().map(|name| text(name)).collect::<Vec<_>>().join(",");
    let rows = found.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(","));
    std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n")
}

/// `{"columns": […], "rows": [[…]], "more": …}`; bytes as hexadecimal digits, what is infinite as words.
pub(crate) fn sql_json(found: &SqlRows) -> String {
    let cell = |cell: &SqlCell| match cell {
        SqlCell::Null => Value::Null,
        SqlCell::Integer(number) => json!(number),
        SqlCell::Real(number) if number.is_finite() => json!(number),
        other => Value::String(shown(other)),
    };
    let rows: Vec<Vec<Value>> = found.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    json!({ "columns": found.columns, "rows": rows, "more": found.more }).to_string()
}

/// A Markdown table.
pub(crate) fn sql_markdown(found: &SqlRows) -> String {
    let escaped = |text: &str| one_line(text).replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;");
    let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let mut lines = vec![row(found.columns.iter().map(|name| escaped(name)).collect())];
    lines.push(row(found.columns.iter().map(|_| "---".to_owned()).collect()));
    lines
        .extend(found.rows.iter().map(|cells| row(cells.iter().map(|cell| escaped(&shown(cell))).collect())));
    lines.join("\n")
}

/// A cell in words.
fn shown(cell: &SqlCell) -> String {
    match cell {
        SqlCell::Null => "NULL".to_owned(),
        SqlCell::Integer(number) => number.to_string(),
        SqlCell::Real(number) if number.is_infinite() => {
            if *number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
        }
        SqlCell::Real(number) => format!("{number:?}"),
        SqlCell::Text(text) => text.clone(),
        SqlCell::Blob(bytes) => bytes.iter().fold(String::new(), |mut hex, byte| {
            // writing to memory does not fail
            let _ = write!(hex, "{byte:02x}");
            hex
        }),
    }
}

/// A text that fits a column: in one line, without what a terminal would obey, not too long.
fn cut(text: &str) -> String {
    let line = one_line(text);
    if width(&line) <= SHOWN {
        return line;
    }
    let head: String = line.chars().take(SHOWN - 1).collect();
    format!("{head}…")
}

/// Control characters written as their escapes.
fn one_line(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut line, letter| {
        if letter.is_control() {
            line.extend(letter.escape_default())
        } else {
            line.push(letter)
        }
        line
    })
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// Tables and views with their columns.
pub(crate) fn tables(tables: &[TableInfo]) -> String {
    let mut lines = Vec::new();
    for (is_view, title) in [(false, "Tables:"), (true, "Views:")] {
        lines.push(title.to_owned());
        lines.extend(tables.iter().filter(|table| table.is_view == is_view).map(|table| {
            let columns = table.columns.iter().map(|column| match column.declared.as_str() {
                "" => column.name.clone(),
                declared if !is_view => format!("{} {}", column.name, declared.to_lowercase()),
                _ => column.name.clone(),
            });
            format!("  {}: {}", table.name, columns.collect::<Vec<_>>().join(", "))
        }));
    }
    lines.push(HOW_STORED.to_owned());
    lines.join("\n")
}

/// A backup was made: a database file, or an archive of a server's database.
pub(crate) fn backed_up(made: &BackupSummary, database: &str, file: &Path, is_archive: bool) -> String {
    let counts = &made.counts;
    let use_it = if is_archive {
        format!("Make a database of it again: pg_restore --no-owner --dbname NEW_DATABASE {}", file.display())
    } else {
        format!("Use it like any database: --database {}", file.display())
    };
    format!(
        "Backup of {database} in {}: {} bytes{}.\n  {} imports with {} sale lines and {} lines set aside, \
         {} customers, {} products, {} orders, {} model runs\n{use_it}",
        file.display(),
        grouped(made.bytes),
        if is_archive { "" } else { ", checked" },
        grouped(counts.imports),
        grouped(counts.sales),
        grouped(counts.quarantined),
        grouped(counts.customers),
        grouped(counts.products),
        grouped(counts.transactions),
        grouped(counts.model_runs)
    )
}

/// One line per check, and what is wrong below it.
pub(crate) fn checked(results: &[CheckResult]) -> String {
    let mut lines = Vec::new();
    for result in results {
        let (name, meaning) = (result.check.name(), result.check.meaning());
        if result.is_ok() {
            lines.push(format!("ok     {name:21} {meaning}"));
            continue;
        }
        lines.push(format!("WRONG  {name:21} not true {} times: {meaning}", grouped(result.found)));
        lines.extend(result.examples.iter().map(|finding| {
            let place = match (&finding.table, finding.id) {
                (Some(table), Some(id)) => format!("{table} {id} "),
                (Some(table), None) => format!("{table}: "),
                (None, _) => String::new(),
            };
            format!("         {place}{}", one_line(&finding.what))
        }));
        let more = result.found - result.examples.len() as u64;
        if more > 0 {
            lines.push(format!("         … and {} more", grouped(more)));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> SqlRows {
        let text = |text: &str| SqlCell::Text(text.to_owned());
        SqlRows {
            columns: vec!["n".to_owned(), "what, then".to_owned(), "=x".to_owned()],
            rows: vec![
                vec![SqlCell::Integer(-5), text("=1+1"), SqlCell::Null],
                vec![SqlCell::Real(0.5), text("a\u{1b}[31m\n|<b"), SqlCell::Blob(vec![0, 255])],
                vec![SqlCell::Real(f64::INFINITY), text(""), text("-2")],
            ],
            more: true,
        }
    }

    #[test]
    fn a_table_stands_in_columns_and_no_text_reaches_the_terminal_as_a_command() {
        let expected = [
            "       n  what, then        =x",
            "--------  ----------------  ----",
            "      -5  =1+1              NULL",
            r"     0.5  a\u{1b}[31m\n|<b  00ff",
            "Infinity                    -2",
        ];
        assert_eq!(sql_table(&rows()).lines().collect::<Vec<_>>(), expected);
        let long = SqlRows {
            rows: vec![vec![SqlCell::Text("x".repeat(60))]],
            columns: vec!["t".into()],
            more: false,
        };
        assert!(sql_table(&long).ends_with(&format!("{}…", "x".repeat(47))));
        let none = SqlRows { columns: vec!["id".to_owned()], ..SqlRows::default() };
        assert_eq!(sql_table(&none), "id\n--\n(no rows)");
    }

    #[test]
    fn texts_in_csv_are_defused_for_people_and_numbers_are_not() {
        let expected = "n,\"what, then\",'=x\n-5,'=1+1,\n0.5,\"a\u{1b}[31m\n|<b\",00ff\nInfinity,\"\",'-2";
        assert_eq!(sql_csv(&rows(), CsvReader::Spreadsheet), expected);
        assert_eq!(sql_csv(&rows(), CsvReader::Machine), expected.replace('\'', ""));
    }

    #[test]
    fn json_keeps_types_and_markdown_keeps_its_columns() {
        let expected = r#"{"columns":["n","what, then","=x"],"more":true,"rows":[[-5,"=1+1",null],[0.5,"a\u001b[31m\n|<b","00ff"],["Infinity","","-2"]]}"#;
        assert_eq!(sql_json(&rows()), expected);
        let expected = "| n | what, then | =x |\n| --- | --- | --- |\n| -5 | =1+1 | NULL |\n\
                        | 0.5 | a\\\\u{1b}[31m\\\\n\\|&lt;b | 00ff |\n| Infinity |  | -2 |";
        assert_eq!(sql_markdown(&rows()), expected);
    }
}
