//! The shop's total, with those who are not customers yet.

use serde::{Deserialize, Serialize};

use crate::newcomers::{ForecastTotal, MOST_TO_PLAN_WITH, NewcomersExpected};
use crate::report::ModelsReport;

/// Known customers, newcomers and the whole shop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardShop {
    /// What newcomers are and what their forecast rests on, in whole sentences.
    pub said: String,
    /// Known customers, newcomers and both, for every horizon.
    pub totals: Vec<CardTotal>,
    /// Arrivals and value of newcomers per horizon, with the same forecast made on earlier dates.
    pub newcomers: Vec<NewcomersExpected>,
}

/// A total and what its range is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardTotal {
    /// The total, its range and what is to be known about it.
    #[serde(flatten)]
    pub total: ForecastTotal,
    /// Whether such forecasts were made at earlier dates and compared with what came; else the range is carried over from
    /// shorter ones, or assumed.
    pub range_tested: bool,
    /// Whether the range is too wide to plan with.
    pub too_uncertain: bool,
}

impl CardShop {
    pub(super) fn new(report: &ModelsReport) -> Self {
        let total = |total: &ForecastTotal| CardTotal {
            total: total.clone(),
            range_tested: total.range_tested(),
            too_uncertain: total.too_uncertain(),
        };
        let said = format!(
            "Newcomers are customers whose first purchase comes after {}. What is expected of them is how many came of late \
             × what earlier newcomers brought in as long a time. A range whose high end is more than {MOST_TO_PLAN_WITH:.0} \
             times its low end is too uncertain to plan with.",
            report.as_of
        );
        Self {
            said,
            totals: report.forecast_totals.iter().map(total).collect(),
            newcomers: report.newcomers.clone(),
        }
    }
}
