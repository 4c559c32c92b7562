//! Every answer as a named table: what `analytics/*.csv` and the manifest hold.

mod attributes;
mod backtest;
mod countries;
mod customers;
mod decisions;
pub(crate) mod months;
pub(crate) mod overview;
mod predictions;
mod products;
mod repeat;
mod totals;
mod trends;
pub(crate) mod words;

use patron_analytics::{Answers, AttributeAnswers};
use patron_columns::Catalog;
use patron_domain::ImportReport;
use serde_json::{Value, json};

pub use backtest::{backtest, backtest_comparisons, backtest_means, scored};
pub use decisions::decisions;
pub use predictions::{prediction_columns, predictions};

pub use totals::forecast_totals;

use crate::format::Currency;
use crate::{ForecastInput, MONEY, Table};

/// Files that are only written when there is something in them; one of an earlier run is to be removed where [`all`]
/// does not name it.
pub const OPTIONAL: [&str; 5] = [
    "customer_groups.csv",
    "product_groups.csv",
    "product_margins.csv",
    "acquisition_costs.csv",
    "price_elasticities.csv",
];

/// A table with the question it answers and the file it goes to.
#[derive(Debug)]
pub struct NamedTable<'a> {
    /// File name within the folder of the answers: `monthly.csv`.
    pub file: &'static str,
    /// The question's number: `C.1` repeat customers, `C.2` products, `C.3` trends, `C.4` countries, `C.5`
    /// customers, `C.6` data overview, `C.7` what is known of customers and products; `D.1` to `D.10` what to do.
    pub question: &'static str,
    /// What it holds, and in which order.
    pub title: &'static str,
    /// The table.
    pub table: Table<'a>,
}

impl<'a> NamedTable<'a> {
    fn new(file: &'static str, question: &'static str, title: &'static str, table: Table<'a>) -> Self {
        Self { file, question, title, table }
    }
}

/// Every table, in the order of the questions.
///
/// `catalog` resolves the codes of customers, products and countries; `imports` are the reports of the files
/// behind the answers. What is known of customers and products adds those of [`OPTIONAL`] that have something in
/// them; `forecast` adds to groups of customers how far off what is expected of them may be.
pub fn all<'a>(
    answers: &'a Answers,
    catalog: &'a Catalog,
    imports: &'a [ImportReport],
    attributes: Option<&'a AttributeAnswers>,
    forecast: Option<&ForecastInput<'_>>,
) -> Vec<NamedTable<'a>> {
    let mut tables = repeat::tables(answers);
    tables.extend(products::tables(answers));
    tables.extend(months::tables(answers, catalog));
    tables.extend(trends::tables(answers));
    tables.extend(countries::tables(answers));
    tables.extend(customers::tables(answers, catalog));
    tables.extend(overview::tables(imports, answers));
    tables.extend(attributes.into_iter().flat_map(|attributes| attributes::tables(attributes, forecast)));
    tables
}

/// The manifest: `{"tables": [{file, question, title, rows, columns: [{key, heading, meaning, unit, kind}]}]}`.
///
/// `folder` is put before each file name; money's unit is the currency, where it is known.
pub fn manifest(tables: &[NamedTable<'_>], folder: &str, currency: Currency<'_>) -> Value {
    let described = tables.iter().map(|named| {
        let mut columns = named.table.columns_json();
        for column in columns.as_array_mut().into_iter().flatten() {
            if column["unit"] == MONEY {
                column["unit"] = json!(currency.unit());
            }
        }
        json!({
            "file": format!("{folder}{}", named.file),
            "question": named.question,
            "title": named.title,
            "rows": named.table.rows(),
            "columns": columns,
        })
    });
    json!({ "tables": described.collect::<Value>() })
}
