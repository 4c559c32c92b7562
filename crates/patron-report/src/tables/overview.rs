//! C.6: the data before and after cleaning.

use patron_domain::{ImportReport, Overview, QuantilePoint};

use super::{NamedTable, words};
use crate::Table;

pub(super) fn tables(imports: &[ImportReport]) -> Vec<NamedTable<'_>> {
    vec![
        NamedTable::new("overview.csv", "C.6", "The data before and after cleaning", overview(imports)),
        NamedTable::new(
            "columns.csv",
            "C.6",
            "Missing values, and quantiles of quantity and price",
            columns(imports),
        ),
        NamedTable::new("cleaning.csv", "C.6", "Cleaning rules in the order applied", cleaning(imports)),
    ]
}

fn sides(import: &ImportReport) -> [(&ImportReport, &'static str, &Overview); 2] {
    [(import, "before", &import.before), (import, "after", &import.after)]
}

pub(crate) fn overview(imports: &[ImportReport]) -> Table<'_> {
    Table::of(imports.iter().flat_map(sides).collect())
        .text("file", "The file.", |(import, _, _)| &import.file.name)
        .text("cleaning", "Before cleaning: all readable lines; after: the accepted ones.", |(_, side, _)| {
            side
        })
        .integer("lines", "lines", "Lines.", |(_, _, facts)| facts.lines)
        .integer("orders", "orders", "Distinct orders.", |(_, _, facts)| facts.orders)
        .integer("customers", "customers", "Distinct customers.", |(_, _, facts)| facts.customers)
        .integer("products", "products", "Distinct products.", |(_, _, facts)| facts.products)
        .integer("countries", "countries", "Distinct countries.", |(_, _, facts)| facts.countries)
        .day("first_day", "Day of the first line.", |(_, _, facts)| facts.first_day)
        .day("last_day", "Day of the last line.", |(_, _, facts)| facts.last_day)
        .money("amount", "Sum of the lines' amounts.", |(_, _, facts)| facts.amount)
        .finish()
}

fn columns(imports: &[ImportReport]) -> Table<'_> {
    let rows = imports.iter().flat_map(sides).flat_map(|(import, side, facts)| {
        facts.columns.iter().flat_map(move |column| {
            let missing = std::iter::once((import, side, column, None));
            let quantiles = column.quantiles.iter().map(Some);
            missing.chain(quantiles.map(move |point: Option<&QuantilePoint>| (import, side, column, point)))
        })
    });
    Table::of(rows.collect())
        .text("file", "The file.", |(import, _, _, _)| &import.file.name)
        .text("cleaning", "Before or after cleaning.", |(_, side, _, _)| side)
        .text("field", "The field.", |(_, _, column, _)| &column.field)
        .composed("statistic", "What the value is.", |(_, _, _, point)| {
            point.map_or("missing lines".to_owned(), |point| format!("quantile {}", point.probability))
        })
        .number(
            2,
            "value",
            "lines, or as the field",
            "Lines without a value, or the value at the quantile.",
            |row| row.3.map_or(row.2.missing as f64, |point| point.value),
        )
        .finish()
}

pub(crate) fn cleaning(imports: &[ImportReport]) -> Table<'_> {
    let rows = imports.iter().flat_map(|import| import.rules.iter().map(move |rule| (import, rule)));
    Table::of(rows.collect())
        .text("file", "The file.", |(import, _)| &import.file.name)
        .text("rule", "The rule's name in the profile.", |(_, rule)| &rule.rule)
        .text("action", "What it does with the lines it owns.", |(_, rule)| words::action(rule.action))
        .integer("lines", "lines", "Lines it owns.", |(_, rule)| rule.lines)
        .money("amount", "Their summed value, as far as it could be read.", |(_, rule)| rule.amount)
        .text("meaning", "In words.", |(_, rule)| &rule.meaning)
        .finish()
}
