//! The shop's total: customers known at the as-of date, and newcomers.

use std::fmt;

use patron_domain::{Day, Horizon};
use serde::{Deserialize, Serialize};

use super::NewcomersExpected;
use crate::ranges::TotalRange;

/// Correlation of the errors of both parts: halfway between independent and moving together. They share season and
/// trend, and little else.
const TOGETHER: f64 = 0.5;

/// Whose revenue a row of totals is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TotalOf {
    /// Customers known at the as-of date; unclipped: returns are taken off without a floor.
    TotalKnown,
    /// Customers who buy for the first time in the horizon.
    Newcomers,
    /// Both.
    TotalShop,
}

impl fmt::Display for TotalOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TotalKnown => "total_known",
            Self::Newcomers => "newcomers",
            Self::TotalShop => "total_shop",
        })
    }
}

/// Net revenue expected in a horizon, with its range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForecastTotal {
    /// Whose.
    pub of: TotalOf,
    /// The horizon.
    pub horizon: Horizon,
    /// Its first day.
    pub from: Day,
    /// Its last day.
    pub to: Day,
    /// Expected net revenue, in money.
    pub expected: f64,
    /// Low end, in money.
    pub low: f64,
    /// High end, in money.
    pub high: f64,
    /// Share of cases the range is made for: 0.9.
    pub level: f64,
    /// Earlier dates at which the same forecast was made and compared with what came.
    pub tested_on_past: usize,
    /// What is to be known about it, in a sentence; empty where nothing is.
    pub note: String,
}

/// The three rows of a horizon. `season_unknown` is said where it matters.
pub(crate) fn rows(
    as_of: Day,
    known: &TotalRange,
    known_tested: usize,
    newcomers: &NewcomersExpected,
    season_unknown: bool,
) -> [ForecastTotal; 3] {
    let horizon = newcomers.horizon;
    let tested = newcomers.record.len();
    let notes = |tested: usize, more: &str| {
        let mut notes = Vec::new();
        if tested == 0 {
            notes.push("No forecast of this length could be tested on the past of this log.".to_owned());
        }
        if season_unknown {
            notes.push("The season is unknown; the range allows for one.".to_owned());
        }
        if !more.is_empty() {
            notes.push(more.to_owned());
        }
        notes.join(" ")
    };
    let row = |of, expected, low, high, tested, note| ForecastTotal {
        of,
        horizon,
        from: as_of.plus_days(1),
        to: horizon.end(as_of),
        expected,
        low,
        high,
        level: known.level,
        tested_on_past: tested,
        note,
    };
    let both = |a: f64, b: f64| (a * a + b * b + 2.0 * TOGETHER * a * b).sqrt();
    let expected = known.expected + newcomers.revenue;
    let low = expected - both(known.expected - known.low, newcomers.revenue - newcomers.low);
    let high = expected + both(known.high - known.expected, newcomers.high - newcomers.revenue);
    let arrivals = match newcomers.arrivals {
        0.0 => "Nobody new has come of late.".to_owned(),
        arrivals => {
            format!("{arrivals:.0} newcomers at {:.2} each are expected.", newcomers.value_per_newcomer)
        }
    };
    [
        row(
            TotalOf::TotalKnown,
            known.expected,
            known.low,
            known.high,
            known_tested,
            notes(known_tested, ""),
        ),
        row(
            TotalOf::Newcomers,
            newcomers.revenue,
            newcomers.low,
            newcomers.high,
            tested,
            notes(tested, &arrivals),
        ),
        row(
            TotalOf::TotalShop,
            expected,
            low,
            high,
            known_tested.min(tested),
            notes(known_tested.min(tested), ""),
        ),
    ]
}
