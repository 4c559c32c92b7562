//! What is said of a group or the shop: a total, the range around it, and the record of such ranges.

use patron_domain::{Day, Horizon};
use patron_models::{MIN_HISTORY, ModelsReport, PastForecast, TotalRange};

use super::amount;
use super::verdict::tested;
use crate::format::{self, Currency};

/// A total with its range and the record of such ranges: `about GBP 120,000; in 9 of 10 cases between GBP 96,000 and
/// 140,000; of 6 past forecasts made this way 5 landed inside`.
pub fn total(total: &TotalRange, currency: Currency<'_>) -> String {
    format!("{}; {}; {}", amount(total.expected, currency), range(total, currency), record(&total.record))
}

/// The range of a total: `in 9 of 10 cases between GBP 96,000 and 140,000`.
pub fn range(total: &TotalRange, currency: Currency<'_>) -> String {
    let tenths = if total.level.is_finite() { (total.level * 10.0).round().clamp(1.0, 9.0) } else { 9.0 };
    match between(total.low, total.high, currency) {
        Some(ends) => format!("in {tenths:.0} of 10 cases {ends}"),
        None => "how far off it may be is not known".to_owned(),
    }
}

/// What stands above a column of ranges made by [`between`].
pub const RANGE_HEADING: &str = "In 9 of 10 cases";

/// Two ends: `between GBP 96,000 and 140,000`, or `about GBP 96,000` where both read the same; `None` for ends that
/// are no numbers.
pub fn between(low: f64, high: f64, currency: Currency<'_>) -> Option<String> {
    let (low, high) = (low.min(high), low.max(high));
    if !(low.is_finite() && high.is_finite()) {
        return None;
    }
    let same = currency.rough(low) == currency.rough(high);
    Some(if same {
        format!("about {}", currency.rough(low))
    } else {
        format!("between {}", currency.rough_pair(low, "and", high))
    })
}

/// How often such ranges held: `of 6 past forecasts made this way 5 landed inside`.
pub fn record(past: &[PastForecast]) -> String {
    let inside = past.iter().filter(|past| past.landed_inside()).count();
    match (past.len(), inside) {
        (0, _) => "no past forecast made this way could be checked".to_owned(),
        (1, 0) => "the only past forecast made this way landed outside".to_owned(),
        (1, _) => "the only past forecast made this way landed inside".to_owned(),
        (all, 0) => format!("of {all} past forecasts made this way none landed inside"),
        (all, inside) => format!("of {all} past forecasts made this way {inside} landed inside"),
    }
}

/// Why a total has no range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRange {
    /// The log is too short to test such a forecast on the past.
    TooShort,
    /// The log would do, but this run tested no forecast of this length.
    NotTested,
    /// It was tested, and there was too little to measure an error by, as where nothing is expected.
    TooLittle,
}

impl NoRange {
    /// Why there is no range for this horizon.
    pub fn of(models: &ModelsReport, horizon: Horizon) -> Self {
        let check = &models.data_check;
        if tested(models, horizon) {
            Self::TooLittle
        } else if check.history_days <= horizon.days(check.as_of) + MIN_HISTORY {
            Self::TooShort
        } else {
            Self::NotTested
        }
    }

    /// What it takes, or took, to know the range.
    const fn takes(self) -> &'static str {
        match self {
            Self::TooShort => "it takes a test on the past, for which the log must reach back further",
            Self::NotTested => "a forecast of this length was not tested in this run",
            Self::TooLittle => "past forecasts gave too little to measure it by",
        }
    }
}

/// A total without a range: what it is, that its error is not known, and what it takes.
pub fn total_without_range(expected: f64, why: NoRange, currency: Currency<'_>) -> String {
    format!("{}; how far off it may be is not known: {}", amount(expected, currency), why.takes())
}

/// What is said once of groups none of which has a range: a whole sentence.
pub fn groups_without_range(why: NoRange) -> String {
    format!("How far off the expected amounts of these groups may be is not known: {}.", why.takes())
}

/// One forecast of the past against what came, both in currency units: `made in the same way on 9 Sep 2011, the
/// forecast up to 9 Dec 2011 was 5% less than came: GBP 1,100,000 against 1,200,000`. Where nothing came it cannot be
/// judged, and that is said.
pub fn made_before(origin: Day, end: Day, predicted: f64, came: f64, currency: Currency<'_>) -> String {
    let made =
        format!("made in the same way on {}, the forecast up to {}", format::day(origin), format::day(end));
    if came > 0.0 && predicted.is_finite() {
        let pair = currency.rough_pair(predicted, "against", came);
        format!("{made} was {}: {pair}", missed(predicted / came - 1.0))
    } else {
        format!("{made} cannot be judged: nothing came")
    }
}

/// Forecast ÷ what came, less 1, in words: `5% less than came`, `as much as came`.
pub fn missed(change: f64) -> String {
    side(change).map_or_else(|| "as much as came".to_owned(), |words| format!("{words} than came"))
}

/// The worst and the best of several, as [`missed`] measures them: `between 35% less and 2% more than came`; `None`
/// of none.
pub fn missed_between(changes: &[f64]) -> Option<String> {
    let (low, high) = changes
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &change| (low.min(change), high.max(change)));
    if !(low.is_finite() && high.is_finite()) {
        return None;
    }
    Some(match (side(low), side(high)) {
        (None, None) => missed(0.0),
        (Some(one), None) | (None, Some(one)) => format!("up to {one} than came"),
        (Some(one), Some(other)) if one == other => missed(low),
        (Some(one), Some(other)) => format!("between {one} and {other} than came"),
    })
}

/// `5% less`; `None` for what rounds to nothing.
fn side(change: f64) -> Option<String> {
    let word = if change < 0.0 { "less" } else { "more" };
    let percent = (change.abs() * 100.0).round();
    match percent {
        percent if percent < 1.0 => None,
        percent if percent == 100.0 || (percent > 100.0 && change < 0.0) => Some(format!("over 99% {word}")),
        percent if percent > 100.0 => Some(format!("{}% {word}", format::two_digits(percent))),
        percent => Some(format!("{percent:.0}% {word}")),
    }
}
