//! What to do, as tables: what `decisions/*.csv` hold.

mod segments;

use patron_columns::Catalog;
use patron_decisions::Decisions;

use super::NamedTable;

/// Every table, in the order of the questions; `catalog` resolves the codes.
pub fn decisions<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Vec<NamedTable<'a>> {
    segments::tables(decisions, catalog)
}
