//! How a forecast is said: the only place where sentences about the future are made.
//!
//! The rules and their reasons stand in `docs/models/how-forecasts-are-said.md`. In short: dates and no "next 3
//! months"; two significant digits (what was spent and is expected together: down to the last of the expected); no
//! chance is nothing or certain; what was *spent so far*, what is *expected from … to …* and both *together* stand
//! apart; a total has its range and its record beside it; a reason is *mainly because*. A test reads every template
//! here over a grid of inputs, and the whole report.
//!
//! Sentences have no capital and no full stop unless they say otherwise: they are parts of longer ones.

mod customer;
mod decisions;
mod margin;
mod season;
mod shop;
mod test;
mod total;
mod verdict;

use patron_domain::{Day, Horizon, Money};

use crate::format::{self, Currency};

pub use customer::{
    CARRIED_OVER, HIGH_END_MEANS, LOW_END_MEANS, USUAL_SPEND_MEANS, because, customer, mainly_because,
    silent_and_unlikely, usual_spend,
};
pub use decisions::{campaign, decisions, play};
pub use margin::{expected_margin, margin_unknown};
pub use season::{season_of_long_periods, season_unknown, season_unknown_shortly};
pub use shop::{newcomers_are, newcomers_on_top, shop_range, too_uncertain_means, whose};
pub use test::tested_in_words;
pub use total::{
    NoRange, RANGE_HEADING, between, groups_without_range, made_before, missed, missed_between, range,
    record, total, total_without_range,
};
pub use verdict::{RULE_FILE, Verdict, verdict_reason};

/// The days that a forecast covers: `from 10 Dec 2011 to 9 Mar 2012`.
pub fn period(as_of: Day, horizon: Horizon) -> String {
    format!("from {} to {}", format::day(as_of.plus_days(1)), format::day(horizon.end(as_of)))
}

/// What stands before an expected amount, and above a column of them: `expected from 10 Dec 2011 to 9 Mar 2012`.
pub fn expected(as_of: Day, horizon: Horizon) -> String {
    format!("expected {}", period(as_of, horizon))
}

/// What stands above a column of expected amounts where it may be a rough number: `expected from 10 Dec 2011 to 9 Dec
/// 2012, rough`. `None` where the data are not enough: then there is no such column.
pub fn expected_column(as_of: Day, horizon: Horizon, verdict: Verdict) -> Option<String> {
    let expected = expected(as_of, horizon);
    match verdict {
        Verdict::Tested => Some(expected),
        Verdict::Rough => Some(format!("{expected}, {verdict}")),
        Verdict::NotEnoughData => None,
    }
}

/// What stands above a column of chances: `chance to buy by 9 Mar 2012`.
pub fn chance_by(by: Day) -> String {
    format!("chance to buy by {}", format::day(by))
}

/// A chance in words: `6 in 10`; `fewer than 1 in 20` and `more than 19 in 20` at the ends, `not known` for one that
/// is no number. Never 0 in 10 and never 10 in 10.
pub fn chance(probability: f64) -> String {
    if !probability.is_finite() {
        "not known".to_owned()
    } else if probability < 0.05 {
        "fewer than 1 in 20".to_owned()
    } else if probability > 0.95 {
        "more than 19 in 20".to_owned()
    } else {
        format!("{:.0} in 10", (probability * 10.0).round().clamp(1.0, 9.0))
    }
}

/// An expected amount, in currency units: two significant digits, never more than two decimals.
pub fn amount(expected: f64, currency: Currency<'_>) -> String {
    if expected.is_finite() { format!("about {}", currency.rough(expected)) } else { "not known".to_owned() }
}

/// What was spent up to the as-of date, returns taken off: `spent so far: GBP 8,300,066`. A fact, so not rounded as a
/// forecast is.
pub fn spent_so_far(spent: Money, currency: Currency<'_>) -> String {
    format!("spent so far: {}", currency.whole(spent))
}

/// Spent so far plus expected, to the last digit of the expected amount: `GBP 49,800` for 46,474 and about 3,300.
///
/// Two significant digits of the sum would say less of what was spent than is known.
pub fn together(spent: Money, expected: f64, currency: Currency<'_>) -> String {
    if expected.is_finite() { currency.sum(spent, expected) } else { "not known".to_owned() }
}

/// Spent so far, expected and together, always in this order and always apart.
pub fn worth(
    spent: Money,
    expected_amount: f64,
    as_of: Day,
    horizon: Horizon,
    currency: Currency<'_>,
) -> String {
    format!(
        "{}; {}: {}; together: {}{}",
        spent_so_far(spent, currency),
        expected(as_of, horizon),
        amount(expected_amount, currency),
        if expected_amount.is_finite() { "about " } else { "" },
        together(spent, expected_amount, currency),
    )
}
