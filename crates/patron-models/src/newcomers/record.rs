//! The forecast of newcomers on earlier dates, and the range that follows from it.

use patron_domain::{Day, Horizon};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::{Forecast, Newcomers};
use crate::candidates::MIN_HISTORY;
use crate::forecaster::{is_size, is_usual};

/// Share of cases a range is made for.
pub(super) const LEVEL: f64 = 0.9;
/// Earlier dates looked at, and the part of the horizon between them.
pub(super) const MOST_ORIGINS: usize = 6;
const STEP: i32 = 3;
/// Spread of ln(came ÷ expected) over a quarter before a log has a record: the forecasts it weighs as much as. It grows
/// with the root of the horizon up to `LARGEST`.
const PRIOR_SCALE: f64 = 0.3;
const PRIOR_FREEDOM: f64 = 3.0;
const QUARTER: f64 = 91.0;
const LARGEST: f64 = 0.8;
/// Variance of a newcomer's value ÷ its square.
const OWN_VARIANCE: f64 = 4.0;
/// Newcomers that can come even where the stream has ended long ago.
const FEW: f64 = 3.0;
/// No range reaches higher, in money.
const MOST: f64 = 1e15;
/// Errors beyond this factor count as such.
const LARGEST_FACTOR: f64 = 20.0;

/// A forecast of newcomers on an earlier date, and what came.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastNewcomers {
    /// Last day it has seen.
    pub origin: Day,
    /// Last day forecast.
    pub end: Day,
    /// Newcomers expected.
    pub arrivals: f64,
    /// Newcomers who came.
    pub came: u64,
    /// Net revenue expected of them, in money.
    pub expected: f64,
    /// Low end, in money.
    pub low: f64,
    /// High end, in money.
    pub high: f64,
    /// Net revenue they brought, in money.
    pub brought: f64,
}

impl PastNewcomers {
    /// Whether what they brought lies in the range.
    pub fn landed_inside(&self) -> bool {
        (self.low..=self.high).contains(&self.brought)
    }

    pub(super) fn is_sound(&self) -> bool {
        [self.arrivals, self.expected, self.low, self.high].into_iter().all(is_size) && is_usual(self.brought)
    }

    /// ln(brought ÷ expected) within bounds; `None` where nothing was expected.
    fn ln_error(&self) -> Option<f64> {
        let factor = || (self.brought / self.expected).clamp(1.0 / LARGEST_FACTOR, LARGEST_FACTOR);
        (self.expected > 0.0).then(|| factor().ln())
    }

    fn overlap(&self, other: &Self) -> f64 {
        let common = self.end.min(other.end).days_since(self.origin.max(other.origin)).max(0);
        f64::from(common) / f64::from(self.end.days_since(self.origin).max(1))
    }
}

/// Forecasts at dates whose horizon has passed, the latest first; each with the range it would have had then.
pub(super) fn past(newcomers: &Newcomers<'_>, horizon: Horizon) -> Vec<PastNewcomers> {
    let as_of = newcomers.view.as_of;
    let latest = match horizon {
        Horizon::Months(months) => as_of.minus_months(months),
        Horizon::Days(days) => as_of.plus_days(-(days.min(100_000) as i32)),
    };
    let step = (as_of.days_since(latest) / STEP).max(1);
    let origins = (0..MOST_ORIGINS as i32).map(|k| latest.plus_days(-k * step));
    let old_enough = |origin: &Day| origin.days_since(newcomers.first) >= MIN_HISTORY as i32;
    let mut origins: Vec<Day> = origins.take_while(old_enough).collect();
    origins.reverse();
    let mut record: Vec<PastNewcomers> = Vec::new();
    for origin in origins {
        let (forecast, end) = (newcomers.at(origin, horizon), horizon.end(origin));
        let (came, brought) = newcomers.came(origin, end);
        let known: Vec<PastNewcomers> = record.iter().copied().filter(|past| past.end <= origin).collect();
        let (low, high) = interval(&forecast, horizon.days(origin), &known);
        let (arrivals, expected) = (forecast.arrivals, forecast.revenue());
        record.push(PastNewcomers { origin, end, arrivals, came, expected, low, high, brought });
    }
    record.reverse();
    record
}

impl Newcomers<'_> {
    /// Customers who first bought in (origin, end], and their net revenue in it.
    pub(super) fn came(&self, origin: Day, end: Day) -> (u64, f64) {
        let new =
            self.view.seen.iter().filter(|seen| seen.history.first > origin && seen.history.first <= end);
        let (mut came, mut brought) = (0, 0.0);
        for seen in new {
            came += 1;
            let days = seen.days.iter().filter(|day| day.day > origin && day.day <= end);
            brought += days.map(|day| day.net().to_f64()).sum::<f64>();
        }
        (came, brought)
    }
}

/// Low and high end of the revenue of newcomers.
pub(super) fn interval(forecast: &Forecast, days: u32, past: &[PastNewcomers]) -> (f64, f64) {
    let revenue = forecast.revenue();
    if revenue <= 0.0 {
        return (0.0, forecast.unseen.max(FEW) * forecast.value.max(0.0));
    }
    let errors: Vec<(&PastNewcomers, f64)> =
        past.iter().filter_map(|past| Some((past, past.ln_error()?))).collect();
    let n = errors.len() as f64;
    let overlaps: f64 = errors.iter().flat_map(|(a, _)| errors.iter().map(|(b, _)| a.overlap(b))).sum();
    let independent = if n > 0.0 { n * n / overlaps } else { 0.0 };
    let squares = independent * errors.iter().map(|(_, error)| error * error).sum::<f64>() / n.max(1.0);
    let prior = (PRIOR_SCALE * (f64::from(days.max(1)) / QUARTER).sqrt().max(1.0)).min(LARGEST);
    let freedom = PRIOR_FREEDOM + independent;
    let own = (1.0 + OWN_VARIANCE) / forecast.arrivals.max(0.1) + 1.0 / forecast.seen.max(1.0);
    let scale = ((PRIOR_FREEDOM * prior * prior + squares) / freedom + own.ln_1p()).sqrt();
    let reach = StudentsT::new(0.0, 1.0, freedom).map_or(f64::INFINITY, |t| t.inverse_cdf(0.5 + LEVEL / 2.0));
    let factor = (reach * scale).exp();
    (revenue / factor, (revenue * factor).min(MOST))
}
