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

/// High end ÷ low end of a range from which on a total is too uncertain to plan with. Below it the worst case is at least a
/// third of the best guess (√10 ≈ 3.2, ranges being about even on the scale of logarithms), which a budget can still allow
/// for. A convention, learned from no log.
pub const MOST_TO_PLAN_WITH: f64 = 10.0;

impl ForecastTotal {
    /// Whether forecasts of this length were made at earlier dates and compared with what came; else the range is carried
    /// over from shorter ones, or assumed.
    pub fn range_tested(&self) -> bool {
        self.tested_on_past > 0
    }

    /// Whether its range is too wide to be of use: high end ÷ low end above [`MOST_TO_PLAN_WITH`], or a low end of nothing.
    /// Never where nothing is expected.
    pub fn too_uncertain(&self) -> bool {
        self.expected > 0.0 && self.low * MOST_TO_PLAN_WITH < self.high
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data::day;

    #[test]
    fn a_range_of_more_than_tenfold_is_no_plan() {
        let total = |expected, low, high| ForecastTotal {
            of: TotalOf::Newcomers,
            horizon: Horizon::Months(24),
            from: day("2024-01-01"),
            to: day("2025-12-31"),
            expected,
            low,
            high,
            level: 0.9,
            tested_on_past: 0,
            note: String::new(),
        };
        assert!(total(300.0, 99.0, 1_000.0).too_uncertain());
        assert!(!total(300.0, 100.0, 1_000.0).too_uncertain());
        assert!(total(300.0, 0.0, 1_000.0).too_uncertain() && total(300.0, -5.0, 400.0).too_uncertain());
        assert!(!total(0.0, 0.0, 1_000.0).too_uncertain(), "nobody is expected");
        assert!(!total(0.0, 0.0, 0.0).range_tested());
    }
}
