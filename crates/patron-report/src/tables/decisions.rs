//! What to do, as tables: what `decisions/*.csv` hold.

mod budget;
mod campaigns;
mod margins;
mod products;
mod retention;
pub(crate) mod segments;
pub(crate) mod why;

use patron_columns::Catalog;
use patron_decisions::{Decisions, Missing};
use patron_domain::NO_CODE;

use super::NamedTable;

/// Every table, in the order of the questions: `D.1` segments, `D.2` campaigns, `D.3` retention, `D.5` budget, `D.7`
/// what goes together and what to put in front of whom, `D.9` margins. `catalog` resolves the codes.
///
/// What is not known is an empty cell; where something would make it known, a column `unlocked_by` says what.
pub fn decisions<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Vec<NamedTable<'a>> {
    let mut tables = segments::tables(decisions, catalog);
    tables.extend(campaigns::tables(decisions, catalog));
    tables.extend(retention::tables(decisions, catalog));
    tables.extend(budget::tables(decisions));
    tables.extend(products::tables(decisions, catalog));
    tables.extend(margins::tables(decisions, catalog));
    tables
}

/// Id of a customer exactly as in the file.
fn customer(catalog: &Catalog, code: u32) -> String {
    catalog.customers.text(code).to_owned()
}

/// SKU of a product; empty where it is not known.
pub(crate) fn sku(catalog: &Catalog, code: u32) -> &str {
    if code == NO_CODE { "" } else { catalog.skus.text(code) }
}

/// Description of a product, in one line; empty where it has none.
pub(crate) fn description(catalog: &Catalog, code: u32) -> String {
    let words = if code == NO_CODE { "" } else { catalog.descriptions.text(code) };
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What would make it known, a sentence each.
pub(crate) fn unlocked_by(missing: &[Missing]) -> String {
    missing.iter().map(|missing| missing.unlocked_by()).collect::<Vec<_>>().join(" ")
}
