//! A part of the report: a heading, a table and what is off.

use patron_report::Table;

use super::Recovered;

/// Puts a part together.
pub(super) fn part(
    title: &str,
    note: &str,
    headings: &[String],
    rows: Vec<Vec<String>>,
    off: Vec<String>,
) -> Recovered {
    let mut builder = Table::of(rows);
    for (place, heading) in headings.iter().enumerate() {
        let cell = move |row: &Vec<String>| row.get(place).cloned().unwrap_or_default();
        let kind = if place == 0 { patron_report::Kind::Text } else { patron_report::Kind::Integer };
        builder = builder.column(kind, "cell", "", "", cell).heading(heading.clone());
    }
    Recovered { text: format!("### {title}\n\n{note}\n\n{}", builder.finish().to_markdown()), off }
}

/// One cell for all sizes.
pub(super) fn across(values: impl IntoIterator<Item = String>) -> String {
    values.into_iter().collect::<Vec<_>>().join(" · ")
}
