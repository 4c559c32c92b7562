//! Margins: what is earned on what, and where.

use patron_columns::Catalog;
use patron_decisions::{Decisions, Missing, NamedMargin};

use super::campaigns::basis;
use super::description;
use crate::Table;
use crate::tables::NamedTable;

/// By category only where a category is known.
pub(super) fn tables<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Vec<NamedTable<'a>> {
    let margins = &decisions.margins;
    let named = |file, title, table| NamedTable::new(file, "D.9", title, table);
    let mut tables = vec![named(
        "product_margins.csv",
        "What each product earned, most first",
        products(&margins.products, catalog),
    )];
    if !margins.categories.is_empty() {
        let by_category = groups(&margins.categories, "category", "The category; empty where not known.");
        tables.push(named("category_margins.csv", "What each category earned, most first", by_category));
    }
    let by_country = groups(&margins.countries, "country", "The country; empty where not known.");
    tables.push(named("country_margins.csv", "What each country earned, most first", by_country));
    tables.push(named(
        "earns_nothing.csv",
        "Products that sell much and earn nothing, the highest revenue first",
        products(&margins.sells_much_earns_nothing, catalog),
    ));
    tables
}

fn products<'a>(rows: &'a [NamedMargin], catalog: &'a Catalog) -> Table<'a> {
    let table = Table::over(rows)
        .text("sku", "SKU exactly as in the file; empty for lines without a product.", |row| &row.name)
        .composed("description", "Description.", |row| description(catalog, row.code));
    sums(table).finish()
}

fn groups<'a>(rows: &'a [NamedMargin], key: &'static str, meaning: &'static str) -> Table<'a> {
    sums(Table::over(rows).text(key, meaning, |row| &row.name)).finish()
}

fn sums(table: crate::TableBuilder<'_, NamedMargin>) -> crate::TableBuilder<'_, NamedMargin> {
    table
        .integer("units", "units", "Units sold, those brought back taken off.", |row| row.quantity)
        .money("revenue", "Net revenue.", |row| row.margin.revenue)
        .money("known_revenue", "Net revenue whose margin is known.", |row| row.margin.known_revenue)
        .money("margin", "Margin on that.", |row| row.margin.margin)
        .share("margin_rate", "Margin of the revenue whose margin is known.", |row| row.margin.rate)
        .composed("rests_on", "What the margin rests on.", |row| basis(row.margin.basis).to_owned())
        .composed("unlocked_by", "What would make it known.", |row| match row.margin.margin {
            Some(_) => String::new(),
            None => Missing::UnitCostsOrMarginRate.unlocked_by().to_owned(),
        })
}
