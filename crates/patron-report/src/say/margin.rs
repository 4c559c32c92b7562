//! What is said of the margin that is expected.

use patron_domain::{Day, Horizon};
use patron_models::DiscountRate;

use super::{amount, expected};
use crate::format::{self, Currency};

/// What customers are expected to leave in some periods, a whole sentence: `Margin of the customers known today, discounted
/// at 10% a year: about GBP 96,000 expected from 10 Dec 2011 to 9 Mar 2012, about GBP 310,000 expected from 10 Dec 2011 to 9
/// Dec 2012.` `None` without a period.
pub fn expected_margin(
    periods: &[(Horizon, f64)],
    rate: DiscountRate,
    as_of: Day,
    currency: Currency<'_>,
) -> Option<String> {
    let one = |&(horizon, worth): &(Horizon, f64)| {
        format!("{} {}", amount(worth, currency), expected(as_of, horizon))
    };
    let all: Vec<String> = periods.iter().map(one).collect();
    let discounted = if rate.get() > 0.0 {
        format!(", discounted at {}% a year", format::two_digits(rate.get() * 100.0))
    } else {
        String::new()
    };
    (!all.is_empty())
        .then(|| format!("Margin of the customers known today{discounted}: {}.", format::listed(&all)))
}

/// That the margin of customers is not known, and what would tell it.
pub fn margin_unknown() -> String {
    "expected margin: not known without product costs; patron template products writes an empty file for them, patron import \
     --products FILE reads it, and --margin SHARE takes one share of revenue for all"
        .to_owned()
}
