//! Customers by the quarter their expected value is in.

use patron_domain::{Money, Segment};
use patron_models::CustomerForecast;
use patron_report::{MONEY, Table};
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

/// The numbers of a quarter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quarter {
    segment: Segment,
    customers: u64,
    lowest_clv_12m: Option<f64>,
    highest_clv_12m: Option<f64>,
    clv_12m: f64,
    share_of_clv_12m: Option<f64>,
    spent_to_date: Money,
    mean_chance_to_buy_3m: Option<f64>,
}

impl Quarter {
    /// The four quarters, A first.
    pub(crate) fn all(forecasts: &[CustomerForecast]) -> Vec<Self> {
        let all: f64 = forecasts.iter().map(|forecast| forecast.clv_12m).sum();
        Segment::ALL.map(|segment| Self::of(segment, forecasts, all)).to_vec()
    }

    fn of(segment: Segment, forecasts: &[CustomerForecast], all: f64) -> Self {
        let members = || forecasts.iter().filter(|forecast| forecast.segment == segment);
        let customers = members().count();
        let values = || members().map(|forecast| forecast.clv_12m);
        let clv_12m: f64 = values().sum();
        let chances: f64 = members().map(|forecast| forecast.chance_to_buy_3m).sum();
        Self {
            segment,
            customers: customers as u64,
            lowest_clv_12m: values().min_by(f64::total_cmp),
            highest_clv_12m: values().max_by(f64::total_cmp),
            clv_12m,
            share_of_clv_12m: (all > 0.0).then(|| clv_12m / all),
            spent_to_date: members().map(|forecast| forecast.spent_to_date).sum(),
            mean_chance_to_buy_3m: (customers > 0).then(|| chances / customers as f64),
        }
    }

    /// As JSON has it.
    pub(crate) fn summary(&self) -> SegmentSummary {
        SegmentSummary {
            segment: self.segment.to_string(),
            customers: self.customers,
            lowest_clv_12m: self.lowest_clv_12m.map(amount),
            highest_clv_12m: self.highest_clv_12m.map(amount),
            clv_12m: amount(self.clv_12m),
            share_of_clv_12m: self.share_of_clv_12m,
            spent_to_date: self.spent_to_date.to_string(),
            mean_chance_to_buy_3m: self.mean_chance_to_buy_3m,
        }
    }
}

/// The quarters as a table.
pub(crate) fn table(quarters: &[Quarter]) -> Table<'_> {
    Table::over(quarters)
        .composed("segment", "A is the highest quarter, D the lowest.", |row| row.segment.to_string())
        .integer("customers", "customers", "Customers in it.", |row| row.customers)
        .forecast(
            "lowest_clv_12m",
            MONEY,
            "Least net revenue one of them is expected to bring in the 12 months after the as-of date.",
            |row| row.lowest_clv_12m,
        )
        .forecast("highest_clv_12m", MONEY, "Most.", |row| row.highest_clv_12m)
        .forecast(
            "clv_12m",
            MONEY,
            "Net revenue all of them together are expected to bring in the 12 months after the as-of date.",
            |row| row.clv_12m,
        )
        .share("share_of_clv_12m", "Their part of what all customers are expected to bring.", |row| {
            row.share_of_clv_12m
        })
        .money(
            "spent_to_date",
            "Net revenue of all of them up to the as-of date, returns taken off.",
            |row| row.spent_to_date,
        )
        .chance(
            "mean_chance_to_buy_3m",
            "Mean chance of at least one purchase in the 3 months after the as-of date.",
            |row| row.mean_chance_to_buy_3m,
        )
        .finish()
}
