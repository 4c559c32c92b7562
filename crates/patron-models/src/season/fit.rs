//! The cells a season is learned from: net spend by first-purchase cohort and calendar month.

use std::collections::BTreeMap;

use patron_domain::{Day, Month};

use super::regression::Cell;
use crate::book::{Seen, View};

/// Months looked back at; older cohorts are one.
const MOST_MONTHS: i32 = 60;
/// Mean length of a month, in days.
const DAYS_PER_MONTH: f64 = 365.25 / 12.0;

/// Cohort × month, and how spend scatters.
pub(super) struct Cells {
    pub(super) cells: Vec<Cell>,
    /// Variance of a cell's spend ÷ its mean.
    pub(super) dispersion: f64,
}

impl Cells {
    /// Of the customers and days of `view`.
    pub(super) fn of(view: &View<'_>, first: Day) -> Self {
        let last = view.as_of.month().number();
        let start = first.month().number().max(last - MOST_MONTHS + 1);
        let cohort = |day: Day| (day.month().number() - start).max(0) as usize;
        let mut arrivals: BTreeMap<Day, f64> = BTreeMap::new();
        let periods = (last - start + 1).max(1) as usize;
        let mut spend = vec![0.0; periods * periods];
        let mut scatter = Scatter::default();
        for seen in &view.seen {
            *arrivals.entry(seen.history.first).or_default() += 1.0;
            let own = cohort(seen.history.first);
            let months = later_months(seen);
            for &(month, net) in months.iter().filter(|(month, _)| *month >= start) {
                spend[own * periods + (month - start) as usize] += net;
            }
            scatter.add(&months, last - seen.history.first.month().number() + 1);
        }
        let (mut exposure, mut age) = (vec![0.0; periods * periods], vec![0.0; periods * periods]);
        for (&day, &customers) in &arrivals {
            for period in cohort(day)..periods {
                let month = Month::from_number(start + period as i32);
                let from = month.first_day().max(day.plus_days(1));
                let days = f64::from(month.last_day().min(view.as_of).days_since(from) + 1).max(0.0);
                let middle = f64::from(from.days_since(day)) + days / 2.0;
                let place = cohort(day) * periods + period;
                exposure[place] += customers * days;
                age[place] += customers * days * middle / DAYS_PER_MONTH;
            }
        }
        let cell = |place: usize| {
            let (cohort, period) = (place / periods, place % periods);
            (exposure[place] > 0.0).then(|| Cell {
                cohort,
                period,
                month: (start + period as i32).rem_euclid(12) as usize,
                // the pooled cohort of a long log has no first month
                first: cohort == period && (cohort > 0 || start == first.month().number()),
                age: age[place] / exposure[place],
                exposure: exposure[place],
                spend: spend[place],
            })
        };
        Self { cells: (0..periods * periods).filter_map(cell).collect(), dispersion: scatter.dispersion() }
    }
}

/// Net spend per month after the day of the first purchase.
fn later_months(seen: &Seen<'_>) -> Vec<(i32, f64)> {
    let mut months: Vec<(i32, f64)> = Vec::new();
    for day in seen.days.iter().filter(|day| day.day > seen.history.first) {
        let (month, net) = (day.day.month().number(), day.net().to_f64());
        match months.last_mut() {
            Some((other, sum)) if *other == month => *sum += net,
            _ => months.push((month, net)),
        }
    }
    months
}

/// Variance of a customer's months around the customer's own mean, over all customers.
#[derive(Default)]
struct Scatter {
    squares: f64,
    spend: f64,
}

impl Scatter {
    fn add(&mut self, months: &[(i32, f64)], count: i32) {
        if count < 2 {
            return;
        }
        let n = f64::from(count);
        let sum: f64 = months.iter().map(|(_, net)| net).sum();
        let squares: f64 = months.iter().map(|(_, net)| net * net).sum();
        self.squares += (squares - sum * sum / n).max(0.0) * n / (n - 1.0);
        self.spend += sum;
    }

    fn dispersion(&self) -> f64 {
        self.squares / self.spend
    }
}
