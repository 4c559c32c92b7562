//! Month by month: what was forecast, what came, and what to do about it.

use patron_domain::Month;
use serde::{Deserialize, Serialize};
use statrs::distribution::{Binomial, DiscreteCDF};

/// Chance below which so many misses are no accident.
const LEVEL: f64 = 0.05;
/// Months on the same side of the forecast that are looked at: by chance one in 32 series.
const SAME_SIDE: usize = 6;

/// What an earlier run forecast for a month.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MonthForecast {
    /// The month.
    pub month: Month,
    /// Expected net revenue, in money.
    pub expected: f64,
    /// Low end of its interval.
    pub low: f64,
    /// High end.
    pub high: f64,
    /// Share of cases the interval is made for.
    pub level: f64,
    /// What came, in money; `None` while the month is not over.
    pub actual: Option<f64>,
}

/// A month that is over.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MonthCheck {
    /// What was forecast and what came.
    pub forecast: MonthForecast,
    /// What came less what was expected, in money.
    pub error: f64,
    /// The same ÷ expected; `None` unless that is above zero.
    pub relative: Option<f64>,
    /// Whether it came within the interval, ends included.
    pub within: bool,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// No month is over yet.
    TooEarly,
    /// Nothing.
    Fine,
    /// Look at this.
    LookAtThis,
    /// Fit again.
    Refit,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignReason {
    /// The last two months were both above, or both below, their intervals.
    TwoInARow,
    /// More months outside than the intervals allow for, at 5 %.
    TooManyOutside,
    /// The last month was outside its interval.
    LastOutside,
    /// The last six months were all above, or all below, what was expected.
    SixOnOneSide,
}

/// Forecast against actual.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MonthsAnswer {
    /// Months that are over, in order of time.
    pub months: Vec<MonthCheck>,
    /// Months outside their interval.
    pub outside: u64,
    /// Chance of so many or more, were the intervals right and months independent; `None` before the first month.
    pub by_chance: Option<f64>,
    /// What to do.
    pub sign: Sign,
    /// Why; empty where nothing is to be done.
    pub reasons: Vec<SignReason>,
}

/// Checks the months that are over. Refit after two in a row beyond the same end, or where so many outside happen by chance in at
/// most one case of twenty and are two or more; look at it after one outside at last, or six on one side of the forecast.
///
/// Levels are taken to be the same for all months: the lowest one counts.
pub fn check_months(forecasts: &[MonthForecast]) -> MonthsAnswer {
    let mut months: Vec<MonthCheck> = forecasts.iter().filter_map(checked).collect();
    months.sort_by_key(|row| row.forecast.month);
    let outside = months.iter().filter(|row| !row.within).count() as u64;
    let level = months.iter().map(|row| row.forecast.level).fold(1.0_f64, f64::min);
    let chance = Binomial::new((1.0 - level).clamp(0.0, 1.0), months.len() as u64).ok();
    let by_chance = chance.filter(|_| !months.is_empty()).map(|of| match outside.checked_sub(1) {
        Some(fewer) => of.sf(fewer),
        None => 1.0,
    });
    let latest = |count: usize| months.len().checked_sub(count).and_then(|from| months.get(from..));
    let same_side = |rows: &[MonthCheck]| {
        rows.iter().all(|row| row.error > 0.0) || rows.iter().all(|row| row.error < 0.0)
    };
    let all_outside = |rows: &[MonthCheck]| rows.iter().all(|row| !row.within);
    let rules = [
        (SignReason::TwoInARow, latest(2).is_some_and(|rows| all_outside(rows) && same_side(rows))),
        (SignReason::TooManyOutside, outside >= 2 && by_chance.is_some_and(|chance| chance <= LEVEL)),
        (SignReason::LastOutside, latest(1).is_some_and(all_outside)),
        (SignReason::SixOnOneSide, latest(SAME_SIDE).is_some_and(same_side)),
    ];
    let reasons: Vec<SignReason> =
        rules.into_iter().filter(|(_, holds)| *holds).map(|(reason, _)| reason).collect();
    let refit = |reason: &SignReason| matches!(reason, SignReason::TwoInARow | SignReason::TooManyOutside);
    let sign = match months.len() {
        0 => Sign::TooEarly,
        _ if reasons.iter().any(refit) => Sign::Refit,
        _ if reasons.is_empty() => Sign::Fine,
        _ => Sign::LookAtThis,
    };
    MonthsAnswer { months, outside, by_chance, sign, reasons }
}

fn checked(forecast: &MonthForecast) -> Option<MonthCheck> {
    let actual = forecast.actual?;
    let error = actual - forecast.expected;
    Some(MonthCheck {
        forecast: *forecast,
        error,
        relative: crate::margins::share(error, forecast.expected),
        within: (forecast.low..=forecast.high).contains(&actual),
    })
}
