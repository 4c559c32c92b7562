//! C.6: the data before and after cleaning.

use patron_analytics::Answers;
use patron_domain::{ImportReport, Overview, QuantilePoint};

use super::{NamedTable, words};
use crate::{Bridge, Table, format};

pub(super) fn tables<'a>(imports: &'a [ImportReport], answers: &Answers) -> Vec<NamedTable<'a>> {
    vec![
        NamedTable::new("overview.csv", "C.6", "The data before and after cleaning", overview(imports)),
        NamedTable::new(
            "columns.csv",
            "C.6",
            "Missing values, and quantiles of quantity and price",
            columns(imports),
        ),
        NamedTable::new(
            "cleaning.csv",
            "C.6",
            "The bridge from all lines to the revenue of known customers",
            Bridge::of(imports, answers).table(),
        ),
        NamedTable::new("rules.csv", "C.6", "Cleaning rules in the order applied", rules(imports)),
        NamedTable::new(
            "customer_counts.csv",
            "C.6",
            "From the customers in the file to the customers in the answers",
            customer_counts(imports, answers),
        ),
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

/// The rules of every import, flagged ones included.
pub(crate) fn rules(imports: &[ImportReport]) -> Table<'_> {
    let rows = imports.iter().flat_map(|import| import.rules.iter().map(move |rule| (import, rule)));
    Table::of(rows.collect())
        .text("file", "The file.", |(import, _)| &import.file.name)
        .text("rule", "The rule's name in the profile.", |(_, rule)| &rule.rule)
        .text("action", "What it does with the lines it owns.", |(_, rule)| words::action(rule.action))
        .integer("lines", "lines", "Lines it owns.", |(_, rule)| rule.lines)
        .money("amount", "Their summed value before discounts, as far as it could be read.", |(_, rule)| {
            rule.amount + rule.discount
        })
        .text("meaning", "In words.", |(_, rule)| &rule.meaning)
        .finish()
}

/// Customers at one point between the file and the answers.
struct CustomerCount {
    what: String,
    customers: u64,
    meaning: String,
}

/// How many customers there are, from those that the files name to those with a purchase.
pub(crate) fn customer_counts(imports: &[ImportReport], answers: &Answers) -> Table<'static> {
    let row = |what: String, customers: u64, meaning: String| CustomerCount { what, customers, meaning };
    let mut rows = Vec::new();
    for import in imports {
        let of = if imports.len() == 1 { String::new() } else { format!(" ({})", import.file.name) };
        let (named, accepted) = (import.before.customers, import.after.customers);
        let all = "Distinct customers of all readable lines.".to_owned();
        rows.push(row(format!("named in the file{of}"), named, all));
        let meaning = compared(named, accepted, "named only on lines that were set aside");
        rows.push(row(format!("on accepted lines{of}"), accepted, meaning));
    }
    let totals = &answers.totals;
    let traded = answers.customers.len() as u64;
    let meaning = match imports {
        [one] => compared(one.after.customers, traded, "with services only, such as postage or fees"),
        _ => "Over all files, each customer once.".to_owned(),
    };
    rows.push(row("with a sale or a return".to_owned(), traded, meaning));
    let meaning = compared(traded, totals.customers, "with returns only, and no order");
    rows.push(row("with an order".to_owned(), totals.customers, meaning));
    let nothing_left = "brought back or cancelled as much as they bought on each of their days";
    let meaning = compared(totals.customers, totals.purchasers, nothing_left);
    rows.push(row("with a purchase".to_owned(), totals.purchasers, meaning));
    Table::of(rows)
        .text("what", "Which customers.", |row: &CustomerCount| &row.what)
        .integer("customers", "customers", "How many they are.", |row| row.customers)
        .text("meaning", "What sets them apart from the row above.", |row| &row.meaning)
        .finish()
}

/// "9 fewer: named only on lines that were set aside."
fn compared(above: u64, here: u64, why: &str) -> String {
    match above.checked_sub(here) {
        Some(0) => "The same customers.".to_owned(),
        Some(fewer) => format!("{} fewer: {why}.", format::count(fewer as i64)),
        None => "More than in the file: sales that came another way.".to_owned(),
    }
}
