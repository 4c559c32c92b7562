//! How far a forecast may be off, and what moves it.

use patron_domain::{Day, Horizon};
use serde::{Deserialize, Serialize};

/// A total and the range it lies in, in 9 of 10 cases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TotalRange {
    /// The horizon.
    pub horizon: Horizon,
    /// Expected net revenue of the customers known at the as-of date, in money.
    pub expected: f64,
    /// Low end, in money.
    pub low: f64,
    /// High end, in money.
    pub high: f64,
    /// Share of cases the range is made for: 0.9.
    pub level: f64,
    /// Forecasts of the past made in this way, the latest first, each with the range it would have had then.
    pub record: Vec<PastForecast>,
}

/// A forecast of the past and what came.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastForecast {
    /// Last day it has seen.
    pub origin: Day,
    /// Last day forecast.
    pub end: Day,
    /// Expected net revenue, in money.
    pub expected: f64,
    /// Low end, in money.
    pub low: f64,
    /// High end, in money.
    pub high: f64,
    /// Net revenue that came, in money.
    pub came: f64,
}

impl PastForecast {
    /// Whether what came lies in the range.
    pub fn landed_inside(&self) -> bool {
        (self.low..=self.high).contains(&self.came)
    }
}

/// What moves a customer's chance to buy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChanceReason {
    /// Which fact.
    pub fact: ChanceFact,
    /// Whether it raises the chance (else it lowers it).
    pub raises: bool,
    /// How far, on the scale of log-odds (absolute value).
    pub effect: f64,
}

/// A fact about a customer that moves the chance to buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChanceFact {
    /// Buying rhythm and silence together, as the BG/NBD model reads them.
    History,
    /// Days since the last purchase.
    Inactivity,
    /// Number of purchases.
    Purchases,
    /// Silence measured in the customer's own usual gaps.
    Lateness,
    /// Purchases in the last three months.
    RecentPurchases,
}
