//! Price changes that can tell something: two levels, each held long enough, at one order size.

use std::ops::Range;

use patron_domain::{Day, Money};
use serde::Serialize;

use super::series::{Series, Weeks};

/// Weeks that a level is held, at least.
const LEAST_WEEKS: usize = 4;
/// Orders of its tier at a level, at least.
const LEAST_ORDERS: u32 = 30;
/// Weeks between two levels, at most: further apart, much else has changed.
const MOST_BETWEEN: usize = 2;
/// Weeks of a level that demand is looked at, at most: those next to the change.
const MOST_WEEKS: usize = 8;
/// Weeks at the change that demand is not looked at, on either side: both prices hold in them, and people wait or hoard.
const LEFT_OUT: usize = 1;
/// Prices that differ by less are one level (logarithm).
const SAME: f64 = 0.005;

/// A price that was held.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TierPrice {
    /// The most frequent price of a week's orders in the tier, in whole hundredths.
    pub price: Money,
    /// First day of the first week of the level.
    pub from: Day,
    /// Last day of its last week.
    pub until: Day,
    /// Orders in the tier.
    pub orders: u32,
}

/// One product's price before and after.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PriceChange {
    /// Product code.
    pub product: u32,
    /// Units of a line in the tier, fewest.
    pub from_units: i32,
    /// Most; `None`: any number.
    pub to_units: Option<i32>,
    /// The level before.
    pub before: TierPrice,
    /// The level after.
    pub after: TierPrice,
    #[serde(skip)]
    pub(super) of_orders: Moves,
    #[serde(skip)]
    pub(super) of_units: Moves,
}

/// How demand moved, beside all products in the same weeks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moves {
    /// ln of demand after ÷ before.
    pub(super) effect: Move,
    /// ln of demand in the second ÷ first half of the weeks before: it must not know what comes.
    pub(super) placebo: Move,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Move {
    pub(super) ln_ratio: f64,
    /// Of the logarithm, from counting orders alone.
    pub(super) variance: f64,
}

impl PriceChange {
    /// ln of the price after ÷ before.
    pub fn ln_ratio(&self) -> f64 {
        (self.after.price.to_f64() / self.before.price.to_f64()).ln()
    }
}

/// In order of the products, then of time.
pub(super) fn price_changes(weeks: &Weeks) -> Vec<PriceChange> {
    let mut changes = Vec::new();
    for series in &weeks.products {
        let levels = levels(series);
        for pair in levels.windows(2) {
            // a level may come back after a week or two at another price
            let differ = (pair[0].1 as f64 / pair[1].1 as f64).ln().abs() >= SAME;
            if differ && pair[1].0.start - pair[0].0.end <= MOST_BETWEEN {
                changes.push(change(weeks, series, &pair[0], &pair[1]));
            }
        }
    }
    changes
}

/// Weeks and price of every level that was held.
fn levels(series: &Series) -> Vec<(Range<usize>, i64)> {
    let mut runs: Vec<(Range<usize>, i64)> = Vec::new();
    for (week, price) in series.price.iter().enumerate().filter_map(|(week, price)| Some((week, (*price)?))) {
        match runs.last_mut() {
            Some((run, own)) if (price as f64 / *own as f64).ln().abs() < SAME => run.end = week + 1,
            _ => runs.push((week..week + 1, price)),
        }
    }
    runs.retain(|(run, _)| run.len() >= LEAST_WEEKS && tier_orders(series, run) >= LEAST_ORDERS);
    runs
}

fn tier_orders(series: &Series, run: &Range<usize>) -> u32 {
    series.tier_orders[run.clone()].iter().sum()
}

fn change(
    weeks: &Weeks,
    series: &Series,
    before: &(Range<usize>, i64),
    after: &(Range<usize>, i64),
) -> PriceChange {
    let held = |(run, price): &(Range<usize>, i64)| TierPrice {
        price: Money::from_ten_thousandths(price * 100),
        from: weeks.first.plus_days(run.start as i32 * 7),
        until: weeks.first.plus_days(run.end as i32 * 7 - 1),
        orders: tier_orders(series, run),
    };
    let end = before.0.end - LEFT_OUT;
    let earlier = before.0.start.max(end.saturating_sub(MOST_WEEKS))..end;
    let start = after.0.start + LEFT_OUT;
    let later = start..after.0.end.min(start + MOST_WEEKS);
    let half = earlier.start + earlier.len() / 2;
    let moves = |own: &[f64], all: &[f64]| {
        let between = |from: Range<usize>, to: Range<usize>| {
            let sum = |of: &[f64], range: &Range<usize>| of[range.clone()].iter().sum::<f64>();
            let level = |range: &Range<usize>| ((sum(own, range) + 0.5) / sum(all, range).max(0.5)).ln();
            let orders = |range: &Range<usize>| 1.0 / (sum(&series.orders, range) + 0.5);
            Move { ln_ratio: level(&to) - level(&from), variance: orders(&from) + orders(&to) }
        };
        Moves {
            effect: between(earlier.clone(), later.clone()),
            placebo: between(earlier.start..half, half..earlier.end),
        }
    };
    PriceChange {
        product: series.product,
        from_units: series.tier.0,
        to_units: series.tier.1,
        before: held(before),
        after: held(after),
        of_orders: moves(&series.orders, &weeks.orders),
        of_units: moves(&series.units, &weeks.units),
    }
}
