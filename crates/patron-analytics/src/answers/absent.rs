//! What a log cannot be asked.

use serde::Serialize;

/// Something that no sale or return line of the log names, so that the answers about it are empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AbsentAnswers {
    /// No customer is named: no repeat customers, cohorts, second purchases, customers one by one.
    Customers,
    /// No product is named (a file with one row per order): no product summaries, rankings, trends, repeat items,
    /// first products, best sellers by country, categories or margins.
    Products,
    /// No country is named: everything about countries is one row, the unknown country.
    Countries,
}
