//! What is said of the whole shop: customers known today, newcomers, and both.

use patron_domain::Day;
use patron_models::{ForecastTotal, MOST_TO_PLAN_WITH, NewcomersExpected, TotalOf};

use super::amount;
use super::total::between;
use crate::format::{self, Currency};

/// Whose revenue a total is, as a heading of a row: `Newcomers`.
pub const fn whose(of: TotalOf) -> &'static str {
    match of {
        TotalOf::TotalKnown => "Customers known today",
        TotalOf::Newcomers => "Newcomers",
        TotalOf::TotalShop => "The whole shop",
    }
}

/// The range of a total of the shop and what it is worth: `in 9 of 10 cases between GBP 96,000 and 140,000`; `range not
/// known: not tested` where no forecast of this length was compared with what came, and in both cases `too uncertain to
/// plan with` where the range is far too wide.
pub fn shop_range(total: &ForecastTotal, currency: Currency<'_>) -> String {
    let tenths = if total.level.is_finite() { (total.level * 10.0).round().clamp(1.0, 9.0) } else { 9.0 };
    let range = match between(total.low, total.high, currency).filter(|_| total.range_tested()) {
        Some(ends) => format!("in {tenths:.0} of 10 cases {ends}"),
        None => "range not known: not tested".to_owned(),
    };
    if total.too_uncertain() { format!("{range}; too uncertain to plan with") } else { range }
}

/// What newcomers are and what their forecast rests on, in two whole sentences: `Newcomers are customers whose first
/// purchase comes after 9 Dec 2011. What is expected of them rests on how many came of late and on what earlier newcomers
/// brought in as long a time: 410 of them from 10 Dec 2011 to 9 Mar 2012 at GBP 600 each.`
pub fn newcomers_are(expected: &NewcomersExpected, as_of: Day, currency: Currency<'_>) -> String {
    let come = if expected.arrivals >= 0.5 && expected.arrivals.is_finite() {
        format!(
            "{} of them {} at {} each",
            format::two_digits(expected.arrivals),
            super::period(as_of, expected.horizon),
            amount(expected.value_per_newcomer, currency)
        )
    } else {
        "nobody new has come of late, so none are expected".to_owned()
    };
    format!(
        "Newcomers are customers whose first purchase comes after {}. What is expected of them rests on how many came of late \
         and on what earlier newcomers brought in as long a time: {come}.",
        format::day(as_of)
    )
}

/// What newcomers add, after the sentence on the known customers: `Newcomers come on top, with about GBP 250,000: about
/// GBP 1,100,000 for the whole shop`.
pub fn newcomers_on_top(newcomers: f64, shop: f64, currency: Currency<'_>) -> String {
    if newcomers > 0.0 && newcomers.is_finite() && shop.is_finite() {
        let (newcomers, shop) = (amount(newcomers, currency), amount(shop, currency));
        format!("Newcomers come on top, with {newcomers}: {shop} for the whole shop")
    } else {
        "Whoever buys for the first time comes on top".to_owned()
    }
}

/// When a range is too wide to plan with, a whole sentence.
pub fn too_uncertain_means() -> String {
    format!(
        "Too uncertain to plan with: the high end of the range is more than {MOST_TO_PLAN_WITH:.0} times the low end, also \
         where the range is carried over from shorter forecasts and was not tested."
    )
}
