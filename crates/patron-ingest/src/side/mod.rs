//! Files beside the sales log: who the customers are, what the products are and cost, what marketing costs.
//!
//! They come in every dialect in which sales come. Columns are found by their headings. A file is taken whole or
//! refused whole, with the line, the column and the way out.

mod costs;
mod customers;
mod error;
mod fields;
mod headings;
mod products;
mod table;
mod values;

use patron_domain::{AttributeKind, FileFacts, MappedColumn};

pub use costs::read_costs;
pub use customers::read_customers;
pub use error::{Place, SideError};
pub use products::read_products;

use crate::{DateOrder, DecimalMark};
use headings::SideField;
use table::Table;

/// What the person may tell about such a file instead of leaving it to detection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideOptions {
    /// Which of day, month and year comes first.
    pub date_order: Option<DateOrder>,
    /// The decimal mark.
    pub decimal: Option<DecimalMark>,
    /// The sheet of a workbook; needed only where several sheets fit.
    pub sheet: Option<String>,
}

/// A file that was read, and how it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideFile<T> {
    /// The file.
    pub file: FileFacts,
    /// Lines that the content holds. Left out are lines that repeat another and lines without anything that was
    /// understood, each with a warning, and empty lines.
    pub rows: u64,
    /// What was found in which column.
    pub columns: Vec<MappedColumn>,
    /// Headings that were not understood; their columns are not read.
    pub ignored: Vec<String>,
    /// How dates were read, in words; `None` where there are none.
    pub dates: Option<String>,
    /// What may not be as it was meant, in sentences.
    pub warnings: Vec<String>,
    /// What the lines say.
    pub content: T,
}

impl<T> SideFile<T> {
    /// `left_out` of the table's lines repeat another.
    fn new<F: SideField>(
        table: Table<F>,
        left_out: u64,
        warnings: impl IntoIterator<Item = String>,
        content: T,
    ) -> Self {
        let repeats = counted(left_out, "line that repeats another", "lines that repeat another");
        let repeats = (left_out > 0).then(|| format!("left out {repeats}"));
        Self {
            rows: table.len() as u64 - left_out,
            columns: table.columns.shown(&table.headings),
            ignored: table.columns.ignored(&table.headings),
            file: table.facts,
            dates: table.dates,
            warnings: table.warnings.into_iter().chain(repeats).chain(warnings).collect(),
            content,
        }
    }
}

/// A file of a kind to start from, as CSV: its headings, then an example line (two for costs: the cost of a contact
/// and the spend of a month).
pub fn template(kind: AttributeKind) -> String {
    match kind {
        AttributeKind::Customers => customers::TEMPLATE,
        AttributeKind::Products => products::TEMPLATE,
        AttributeKind::Costs => costs::TEMPLATE,
    }
    .to_owned()
}

/// `1 line`, `2 lines`.
fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
