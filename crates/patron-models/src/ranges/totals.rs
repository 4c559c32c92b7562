//! The shop's total, its range, and the record of such ranges.

use patron_domain::{Day, Horizon};
use serde::{Deserialize, Serialize};

use super::level::{LEVEL, POWER};
use super::{PastTotal, TotalSpread};
use crate::forecaster::is_size;

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

/// A total that is expected, and how much of it is left to the customers' own chance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Expected {
    /// Σ m, in money.
    pub(crate) total: f64,
    /// √u·Σ m^1.5 ÷ (Σ m)²: relative variance of the total per unit of dispersion.
    pub(crate) own_chance: f64,
}

impl Expected {
    /// Whether it can be one of a fit.
    pub(crate) fn is_sound(&self) -> bool {
        is_size(self.total) && is_size(self.own_chance)
    }

    /// Of customers with expected spend `values`, none below zero, and purchases worth `mean_purchase` on average.
    pub(crate) fn new(values: &[f64], mean_purchase: f64) -> Self {
        let total: f64 = values.iter().sum();
        let powers: f64 = values.iter().map(|value| value.max(0.0).powf(POWER)).sum();
        Self { total, own_chance: mean_purchase.max(0.0).powf(2.0 - POWER) * powers / (total * total) }
    }
}

/// Past totals of one horizon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TotalsTested {
    /// The horizon.
    pub horizon: Horizon,
    /// Forecasts and what came, the latest first; their horizons overlap.
    pub past: Vec<PastTotal>,
}

impl TotalsTested {
    /// What can be learned from all forecasts whose horizon has passed by `day`.
    pub(crate) fn spread(&self, day: Day, mean_purchase: f64) -> TotalSpread {
        let known: Vec<PastTotal> = self.past.iter().copied().filter(|total| total.end <= day).collect();
        TotalSpread::learn(self.horizon, &known, mean_purchase)
    }

    /// Each past forecast with the range it would have had on its day, from what was known by then.
    fn record(&self) -> Vec<PastForecast> {
        let one = |&PastTotal { origin, end, expected, came, own_chance, season_error, .. }: &PastTotal| {
            // the mean purchase is part of `own_chance` already
            let spread = self.spread(origin, 1.0).widened(season_error);
            let range = spread.range(Expected { total: expected, own_chance });
            let (low, high) = range.unwrap_or((expected, expected));
            PastForecast { origin, end, expected, low, high, came }
        };
        self.past.iter().map(one).collect()
    }

    /// The total `expected` at `as_of` with its range; `None` where nothing is expected.
    pub(crate) fn range(&self, expected: Expected, spread: &TotalSpread) -> Option<TotalRange> {
        let (low, high) = spread.range(expected)?;
        let (horizon, record) = (self.horizon, self.record());
        Some(TotalRange { horizon, expected: expected.total, low, high, level: LEVEL, record })
    }
}
