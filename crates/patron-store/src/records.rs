//! What goes into the database and comes out of it, besides sale lines.

mod attributes;
pub(crate) mod crud;
mod explain;
mod known;

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDateTime;
use patron_domain::{Day, ImportReport, Money, QuarantinedLine, Segment, Suitability};

pub use attributes::{AttributeFileRecord, Matched, NewAttributeFile};
pub use explain::{ExplainedLine, LineFilter, QuarantineRule};
pub use known::{HeldLines, KnownSales};

/// Number of an import, never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImportId(pub i64);

impl fmt::Display for ImportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ImportId {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Number of a model run, never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub i64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The shop the database belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shop {
    /// Its name; empty until somebody gives it one.
    pub name: String,
    /// Currency of all amounts, as an ISO 4217 code.
    pub currency: Option<String>,
    /// The time zone its clock shows, as an IANA name.
    pub time_zone: Option<String>,
}

/// An import about to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImport {
    /// Name of the file without folders.
    pub file_name: String,
    /// SHA-256 of its bytes, in hexadecimal: two imports never have the same.
    pub sha256: String,
    /// SHA-256 over profile, overlay and mapping.
    pub settings_sha256: String,
    /// Name of the cleaning profile.
    pub profile: String,
    /// When, by the caller's clock.
    pub imported_at: NaiveDateTime,
    /// The imports it takes the place of: undone in the same transaction.
    pub replace: Vec<ImportId>,
}

/// A finished import.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportRecord {
    /// Its number.
    pub id: ImportId,
    /// Name of the file without folders.
    pub file_name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// SHA-256 over profile, overlay and mapping.
    pub settings_sha256: String,
    /// Name of the cleaning profile.
    pub profile: String,
    /// When it was imported.
    pub imported_at: NaiveDateTime,
    /// Data lines in the file.
    pub lines_read: u64,
    /// Lines accepted: they are sales now.
    pub lines_accepted: u64,
    /// Lines set aside: they are in the quarantine.
    pub lines_quarantined: u64,
    /// Day of the earliest accepted line; `None` when there is none.
    pub first_day: Option<Day>,
    /// Day of the latest accepted line.
    pub last_day: Option<Day>,
    /// Whether orders were made from customer and day because the file has no order numbers.
    pub derived_orders: bool,
    /// Everything the import had to tell.
    pub report: ImportReport,
}

/// What an undone import took with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoSummary {
    /// Name of the file it came from.
    pub file_name: String,
    /// Sale lines removed.
    pub sales: u64,
    /// Quarantined lines removed.
    pub quarantined: u64,
    /// Customers removed: they came with an import and nothing refers to them any more.
    pub customers: u64,
    /// Products removed, likewise.
    pub products: u64,
    /// Orders removed, likewise.
    pub transactions: u64,
    /// Model runs removed, with their predictions, because they had seen the import.
    pub model_runs: u64,
}

/// How many rows there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Customers.
    pub customers: u64,
    /// Products.
    pub products: u64,
    /// Orders.
    pub transactions: u64,
    /// Countries.
    pub countries: u64,
    /// Days in the calendar table.
    pub dates: u64,
    /// Sale lines.
    pub sales: u64,
    /// Cancellations linked to the purchase they take back.
    pub cancellations: u64,
    /// Imports.
    pub imports: u64,
    /// Quarantined lines.
    pub quarantined: u64,
    /// Model runs.
    pub model_runs: u64,
    /// Predictions.
    pub predictions: u64,
}

/// A quarantined line as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineEntry {
    /// Its place in the quarantine, ascending in the order written: give the last one seen to get the next page.
    pub id: i64,
    /// The import that set it aside.
    pub import: ImportId,
    /// The line.
    pub line: QuarantinedLine,
}

/// A model run about to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct NewModelRun {
    /// When, by the caller's clock.
    pub created_at: NaiveDateTime,
    /// The day up to which it has seen.
    pub as_of: Day,
    /// Name of the forecaster.
    pub forecaster: String,
    /// Parameters and settings.
    pub parameters: serde_json::Value,
    /// Scores.
    pub metrics: serde_json::Value,
    /// The fitted forecaster in its own form, where it can be loaded again.
    pub fitted: Option<Vec<u8>>,
}

/// A stored model run.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelRun {
    /// Its number.
    pub id: RunId,
    /// As it was stored.
    pub run: NewModelRun,
}

/// The forecast for one customer: one line of `predictions.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// The customer's id as the shop writes it.
    pub customer: String,
    /// Orders up to the as-of date.
    pub orders: u64,
    /// Day of the last purchase.
    pub last_purchase: Day,
    /// Net spend up to the as-of date; may be negative.
    pub spent_to_date: Money,
    /// Probability of at least one purchase in the next 3 months.
    pub chance_to_buy_3m: f64,
    /// Probability of not having dropped out, under the model.
    pub p_alive: f64,
    /// Expected purchases in the next 3 months.
    pub expected_purchases_3m: f64,
    /// Expected value of a purchase, in currency units.
    pub expected_value: f64,
    /// Expected net revenue in the next 3, 12 and 24 months, in currency units.
    pub clv: [f64; 3],
    /// How far the data carry each of these horizons.
    pub grades: [Suitability; 3],
    /// Value by the textbook formula; `None` where it does not exist.
    pub formula_clv: Option<f64>,
    /// Quartile of the value in 12 months.
    pub segment: Segment,
    /// Expected net revenue in an exact number of days, where one was asked for.
    pub predicted_clv: Option<f64>,
}
