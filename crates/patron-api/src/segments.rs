//! Customers by the quarter their expected value is in.

use patron_domain::{Money, Segment};
use patron_models::CustomerForecast;
use serde::Serialize;
use utoipa::ToSchema;

use crate::rows::amount;

/// A quarter of the customers by what they are expected to bring in 12 months.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SegmentSummary {
    /// A is the highest quarter, D the lowest.
    #[schema(example = "A", pattern = "^[ABCD]$")]
    pub segment: String,
    /// Customers in it.
    pub customers: u64,
    /// Least net revenue one of them is expected to bring in the 12 months after the as-of date; absent where nobody
    /// is in it.
    #[schema(example = "310.25")]
    pub lowest_clv_12m: Option<String>,
    /// Most.
    #[schema(example = "9120.5")]
    pub highest_clv_12m: Option<String>,
    /// Net revenue all of them together are expected to bring in the 12 months after the as-of date.
    #[schema(example = "120345.75")]
    pub clv_12m: String,
    /// Their part of what all customers are expected to bring; absent where nothing is expected.
    pub share_of_clv_12m: Option<f64>,
    /// Net revenue of all of them up to the as-of date, returns taken off.
    #[schema(example = "300120.50")]
    pub spent_to_date: String,
    /// Mean chance of at least one purchase in the 3 months after the as-of date; absent where nobody is in it.
    pub mean_chance_to_buy_3m: Option<f64>,
}

/// The four segments, A first.
pub(crate) fn summaries(forecasts: &[CustomerForecast]) -> Vec<SegmentSummary> {
    let all: f64 = forecasts.iter().map(|forecast| forecast.clv_12m).sum();
    Segment::ALL.map(|segment| summary(segment, forecasts, all)).to_vec()
}

fn summary(segment: Segment, forecasts: &[CustomerForecast], all: f64) -> SegmentSummary {
    let members = || forecasts.iter().filter(|forecast| forecast.segment == segment);
    let customers = members().count();
    let values = || members().map(|forecast| forecast.clv_12m);
    let clv_12m: f64 = values().sum();
    let chances: f64 = members().map(|forecast| forecast.chance_to_buy_3m).sum();
    SegmentSummary {
        segment: segment.to_string(),
        customers: customers as u64,
        lowest_clv_12m: values().min_by(f64::total_cmp).map(amount),
        highest_clv_12m: values().max_by(f64::total_cmp).map(amount),
        clv_12m: amount(clv_12m),
        share_of_clv_12m: (all > 0.0).then(|| clv_12m / all),
        spent_to_date: members().map(|forecast| forecast.spent_to_date).sum::<Money>().to_string(),
        mean_chance_to_buy_3m: (customers > 0).then(|| chances / customers as f64),
    }
}
