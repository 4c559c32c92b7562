//! Medium-value customers: what those who moved up since did differently before they did.

use patron_analytics::benjamini_hochberg;
use patron_domain::{Day, Money};
use serde::Serialize;

use super::pairwise::{MoreOften, more_often};
use crate::segments::{ValueTier, Visit, value_tiers};
use crate::shop::median;
use crate::{Seen, Shop};

/// Days a window needs.
pub const MINIMUM_WINDOW: u32 = 90;
/// Customers each side needs.
pub const MINIMUM_SIDE: usize = 10;
const YEAR: u32 = 365;

/// What a customer did in the earlier window, as it was known at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Habit {
    /// Days with a purchase in the window.
    PurchaseDays,
    /// Net revenue in the window.
    Revenue,
    /// Net revenue per day with a purchase.
    PurchaseValue,
    /// Lines per day with a purchase.
    Lines,
    /// Products per day with a purchase.
    Products,
    /// Days since the last purchase.
    Inactivity,
    /// Days since the very first purchase.
    CustomerAge,
    /// Net revenue of the second half of the window less that of the first.
    Rise,
}

impl Habit {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::PurchaseDays,
        Self::Revenue,
        Self::PurchaseValue,
        Self::Lines,
        Self::Products,
        Self::Inactivity,
        Self::CustomerAge,
        Self::Rise,
    ];
}

/// One habit, of those who moved up against those who did not.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HabitDifference {
    /// The habit.
    pub habit: Habit,
    /// Its median among those who moved up.
    pub moved_up: f64,
    /// Its median among those who did not.
    pub stayed: f64,
    /// Chance that one who moved up had more of it than one who did not, equals counting half: one half is no difference.
    pub more_often: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
    /// Two-sided p-value (Brunner & Munzel), adjusted for the number of habits (Benjamini & Hochberg).
    pub adjusted_p: f64,
}

/// Medium-value customers of an earlier day, and what became of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MovedUp {
    /// The earlier day: habits are as known on it.
    pub then: Day,
    /// Days of each of the two windows: up to `then`, and from it to the as-of date.
    pub window: u32,
    /// Customers of the medium tier by revenue of the earlier window.
    pub medium_then: u64,
    /// Of these, in the high tier by revenue of the later one.
    pub moved_up: u64,
    /// Still in the medium tier.
    pub stayed: u64,
    /// In the low tier, those who bought nothing included.
    pub moved_down: u64,
    /// Habit by habit, the smallest adjusted p-value first; empty where a side has fewer than [`MINIMUM_SIDE`] customers.
    pub differences: Vec<HabitDifference>,
}

/// What the log has to say about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub enum MovedUpAnswer {
    /// The comparison.
    Compared(MovedUp),
    /// The log is too short for two windows of [`MINIMUM_WINDOW`] days.
    NotEnoughHistory {
        /// Days from the first purchase to the as-of date.
        days: u32,
        /// Days needed.
        needed: u32,
    },
}

/// Compares the medium tier of a year before the as-of date with now; of half the log where it holds less than two years.
///
/// Both tiers are by net revenue of windows of the same length, among the customers known at the earlier day: neither sees
/// anything later than its own window. Nothing is said about causes: those near the upper bound move up by chance more easily,
/// which is why the revenue of the earlier window stands among the habits.
pub fn moved_up(shop: &Shop<'_>, seen: &Seen) -> MovedUpAnswer {
    let first = shop.customers.iter().map(|customer| customer.history.first).min().unwrap_or(shop.as_of);
    let days = shop.as_of.days_since(first).max(0) as u32;
    let window = (days / 2).min(YEAR);
    if window < MINIMUM_WINDOW {
        return MovedUpAnswer::NotEnoughHistory { days, needed: 2 * MINIMUM_WINDOW };
    }
    let then = shop.as_of.plus_days(-(window as i32));
    let begin = then.plus_days(-(window as i32));
    let known: Vec<usize> =
        (0..shop.customers.len()).filter(|&place| shop.customers[place].history.first <= then).collect();
    let tiers = |after: Day, until: Day| {
        let revenue = |&place: &usize| net(between(seen.visits(place), after, until)).to_f64();
        value_tiers(&known.iter().map(revenue).collect::<Vec<f64>>())
    };
    let (earlier, later) = (tiers(begin, then), tiers(then, shop.as_of));
    let medium = || (0..known.len()).filter(|&row| earlier[row] == ValueTier::Medium);
    let (up, rest): (Vec<usize>, Vec<usize>) = medium().partition(|&row| later[row] == ValueTier::High);
    let stayed = rest.iter().filter(|&&row| later[row] == ValueTier::Medium).count();
    let habits = |rows: &[usize], habit: Habit| -> Vec<f64> {
        rows.iter().map(|&row| value(habit, seen.visits(known[row]), begin, then)).collect()
    };
    let enough = up.len() >= MINIMUM_SIDE && rest.len() >= MINIMUM_SIDE;
    let compared = |habit: Habit| Some((habit, habits(&up, habit), habits(&rest, habit)));
    let differences = Habit::ALL.into_iter().filter(|_| enough).filter_map(compared).collect();
    MovedUpAnswer::Compared(MovedUp {
        then,
        window,
        medium_then: medium().count() as u64,
        moved_up: up.len() as u64,
        stayed: stayed as u64,
        moved_down: (rest.len() - stayed) as u64,
        differences: tested(differences),
    })
}

fn tested(habits: Vec<(Habit, Vec<f64>, Vec<f64>)>) -> Vec<HabitDifference> {
    let row = |(habit, up, rest): (Habit, Vec<f64>, Vec<f64>)| {
        let MoreOften { chance, interval, p } = more_often(&up, &rest)?;
        let (moved_up, stayed) = (median(up)?, median(rest)?);
        Some(HabitDifference { habit, moved_up, stayed, more_often: chance, interval, adjusted_p: p })
    };
    let mut rows: Vec<HabitDifference> = habits.into_iter().filter_map(row).collect();
    let p_values: Vec<f64> = rows.iter().map(|row| row.adjusted_p).collect();
    rows.iter_mut().zip(benjamini_hochberg(&p_values)).for_each(|(row, adjusted)| row.adjusted_p = adjusted);
    rows.sort_by(|a, b| a.adjusted_p.total_cmp(&b.adjusted_p));
    rows
}

/// A habit over the window (begin, then]; of a customer with a purchase in it.
fn value(habit: Habit, visits: &[Visit], begin: Day, then: Day) -> f64 {
    let inside = between(visits, begin, then);
    let days = inside.len().max(1) as f64;
    let sum = |of: fn(&Visit) -> u32| inside.iter().map(of).map(f64::from).sum::<f64>();
    let since = |visit: Option<&Visit>| visit.map_or(0.0, |visit| f64::from(then.days_since(visit.day)));
    match habit {
        Habit::PurchaseDays => inside.len() as f64,
        Habit::Revenue => net(inside).to_f64(),
        Habit::PurchaseValue => net(inside).to_f64() / days,
        Habit::Lines => sum(|visit| visit.lines) / days,
        Habit::Products => sum(|visit| visit.products) / days,
        Habit::Inactivity => since(inside.last()),
        Habit::CustomerAge => since(visits.first()),
        Habit::Rise => {
            let middle = begin.plus_days(then.days_since(begin) / 2);
            net(between(inside, middle, then)).to_f64() - net(between(inside, begin, middle)).to_f64()
        }
    }
}

/// The visits in (after, until].
fn between(visits: &[Visit], after: Day, until: Day) -> &[Visit] {
    let at = |day: Day| visits.partition_point(|visit| visit.day <= day);
    &visits[at(after)..at(until)]
}

fn net(visits: &[Visit]) -> Money {
    visits.iter().map(|visit| visit.net).sum()
}
