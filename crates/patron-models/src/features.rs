//! Numbers that describe a customer's history at an as-of date.

use ndarray::Array2;
use patron_domain::{CustomerDay, Day, PurchaseRule};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::book::{Seen, View};

/// Trailing windows, in days.
const WINDOWS: [i32; 7] = [7, 14, 30, 60, 90, 180, 365];
/// Spend further back, and the day where it ends.
const FURTHER: [(&str, i32); 2] = [("spend_days_90_to_180", 180), ("spend_same_season_last_year", 365)];
/// Days in a trailing quarter.
const QUARTER: i32 = 91;
/// Share of the customers a country needs for a feature of its own, and most such countries.
const COUNTRY_SHARE: f64 = 0.05;
const MOST_COUNTRIES: usize = 5;
/// Customers that one thread is done with before others have begun.
pub(crate) const FEW: usize = 256;

/// Names without the windows, quarters and countries that follow them.
const HEAD: [&str; 25] = [
    "customer_age_days",
    "inactivity_days",
    "recency_days",
    "purchases",
    "orders",
    "net_spent",
    "mean_purchase",
    "highest_purchase",
    "lowest_purchase",
    "sd_purchase",
    "first_purchase",
    "last_purchase",
    "lines_per_purchase",
    "products_per_purchase",
    "units_per_purchase",
    "purchases_per_day",
    "spend_per_day",
    "mean_gap_days",
    "sd_gap_days",
    "last_gap_to_mean",
    "inactivity_to_mean_gap",
    "returned",
    "returned_90d",
    "return_days",
    "recent_to_mean_purchase",
];

/// Which features a model was trained on; countries by name, so that codes may change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureSpec {
    /// Days that every date learned from has behind it: longer windows would mean something else at each of them.
    longest_window: i32,
    /// Countries with a 0/1 feature of their own.
    countries: Vec<String>,
}

impl FeatureSpec {
    /// Windows up to `longest_window` days, and countries that hold at least 5 % of the customers, the largest five at
    /// most.
    pub(crate) fn of(view: &View<'_>, longest_window: i32) -> Self {
        let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
        view.seen
            .iter()
            .filter_map(|seen| seen.country)
            .for_each(|name| *counts.entry(name).or_default() += 1);
        let enough = view.len() as f64 * COUNTRY_SHARE;
        let mut large: Vec<_> = counts.into_iter().filter(|&(_, count)| count as f64 >= enough).collect();
        large.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        large.truncate(MOST_COUNTRIES);
        Self { longest_window, countries: large.into_iter().map(|(name, _)| name.to_owned()).collect() }
    }

    /// Names of the features, in the order of the columns.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = HEAD.iter().map(|&name| name.to_owned()).collect();
        for days in WINDOWS.into_iter().filter(|&days| self.covers(days)) {
            names.push(format!("spend_{days}d"));
            names.push(format!("purchases_{days}d"));
        }
        for (name, end) in FURTHER {
            names.extend(self.covers(end).then(|| name.to_owned()));
        }
        for quarter in (1..=4).filter(|&quarter| self.covers(quarter * QUARTER)) {
            names.push(format!("quarter_{quarter}_sum"));
            names.push(format!("quarter_{quarter}_mean"));
            names.push(format!("quarter_{quarter}_count"));
        }
        names.extend(self.countries.iter().map(|name| format!("country: {name}")));
        names
    }

    /// Countries with a feature of their own.
    pub(crate) fn countries(&self) -> &[String] {
        &self.countries
    }

    /// Whether a fit may have chosen these.
    pub(crate) fn is_sound(&self) -> bool {
        self.countries.len() <= MOST_COUNTRIES
    }

    /// One row per customer of the view, in its order; NaN where a number does not exist (a gap of a one-time buyer).
    pub(crate) fn matrix(&self, view: &View<'_>) -> Array2<f64> {
        let columns = self.columns();
        let mut cells = vec![0.0; view.len() * columns];
        let fill = |(row, seen): (&mut [f64], &Seen<'_>)| self.fill(seen, view.as_of, view.rule, row);
        if view.len() < FEW {
            cells.chunks_mut(columns).zip(&view.seen).for_each(fill);
        } else {
            cells.par_chunks_mut(columns).zip(&view.seen).with_min_len(FEW).for_each(fill);
        }
        Array2::from_shape_vec((view.len(), columns), cells).unwrap_or_default()
    }

    /// Whether a country has a feature of its own.
    pub(crate) fn knows_country(&self, name: &str) -> bool {
        self.countries.iter().any(|known| known == name)
    }

    /// Number of features.
    pub(crate) fn columns(&self) -> usize {
        let windows = WINDOWS.into_iter().filter(|&days| self.covers(days)).count();
        let further = FURTHER.into_iter().filter(|&(_, end)| self.covers(end)).count();
        let quarters = (1..=4).filter(|&quarter| self.covers(quarter * QUARTER)).count();
        HEAD.len() + 2 * windows + further + 3 * quarters + self.countries.len()
    }

    fn covers(&self, days: i32) -> bool {
        days <= self.longest_window
    }

    fn fill(&self, seen: &Seen<'_>, as_of: Day, rule: PurchaseRule, row: &mut [f64]) {
        let ago = |day: &CustomerDay| as_of.days_since(day.day);
        let mut purchases = Purchases::default();
        let (mut windows, mut quarters) = ([(0.0, 0.0); WINDOWS.len()], [(0.0, 0.0); 4]);
        let (mut middle, mut last_year) = (0.0, 0.0);
        let (mut returned, mut returned_90, mut return_days) = (0.0, 0.0, 0.0);
        let (mut orders, mut lines, mut products, mut units) = (0.0, 0.0, 0.0, 0.0);
        for day in seen.days {
            let (net, age) = (day.net().to_f64(), ago(day));
            returned -= day.returns.to_f64();
            if age < 90 {
                returned_90 -= day.returns.to_f64();
            }
            return_days += f64::from(u8::from(day.returns.ten_thousandths() < 0));
            orders += f64::from(day.orders);
            let bought = f64::from(u8::from(day.is_purchase(rule)));
            for (window, (spend, count)) in WINDOWS.iter().zip(&mut windows) {
                if age < *window {
                    *spend += net;
                    *count += bought;
                }
            }
            if let Some((sum, count)) = quarters.get_mut((age / QUARTER).max(0) as usize) {
                *sum += net;
                *count += bought;
            }
            if (90..180).contains(&age) {
                middle += net;
            }
            if (275..365).contains(&age) {
                last_year += net;
            }
            if bought > 0.0 {
                purchases.add(day.day, net);
                lines += f64::from(day.lines);
                products += f64::from(day.products);
                units += day.quantity as f64;
            }
        }
        let (history, n) = (&seen.history.history, purchases.count.max(1.0));
        let (age, inactivity) =
            (f64::from(history.customer_age), f64::from(history.customer_age - history.recency));
        let spent = seen.history.spent_to_date().to_f64();
        let mean = purchases.sum / n;
        let mean_gap = purchases.mean_gap();
        let head = [
            age,
            inactivity,
            f64::from(history.recency),
            purchases.count,
            orders,
            spent,
            mean,
            purchases.highest,
            purchases.lowest,
            purchases.deviation(),
            purchases.first,
            purchases.last,
            lines / n,
            products / n,
            units / n,
            purchases.count / (age + 1.0),
            spent / (age + 1.0),
            mean_gap,
            purchases.gap_deviation(),
            purchases.last_gap / mean_gap,
            inactivity / mean_gap,
            returned,
            returned_90,
            return_days,
            if mean > 0.0 { purchases.last / mean } else { f64::NAN },
        ];
        let windows = WINDOWS.iter().zip(windows).filter(|&(&days, _)| self.covers(days));
        let window_cells = windows.flat_map(|(_, (spend, count))| [spend, count]);
        let further = FURTHER.iter().zip([middle, last_year]).filter(|&(&(_, end), _)| self.covers(end));
        let quarters = (1..).zip(quarters).filter(|&(quarter, _)| self.covers(quarter * QUARTER));
        let mean = |sum: f64, count: f64| if count > 0.0 { sum / count } else { 0.0 };
        let quarter_cells = quarters.flat_map(|(_, (sum, count))| [sum, mean(sum, count), count]);
        let is_home = |name: &String| f64::from(u8::from(seen.country == Some(name.as_str())));
        let country_cells = self.countries.iter().map(is_home);
        let all = head
            .into_iter()
            .chain(window_cells)
            .chain(further.map(|(_, spend)| spend))
            .chain(quarter_cells)
            .chain(country_cells);
        row.iter_mut().zip(all).for_each(|(cell, value)| *cell = value);
    }
}

/// Running sums over purchase days.
#[derive(Default)]
struct Purchases {
    count: f64,
    sum: f64,
    squares: f64,
    highest: f64,
    lowest: f64,
    first: f64,
    last: f64,
    last_day: Option<Day>,
    gaps: f64,
    gap_sum: f64,
    gap_squares: f64,
    last_gap: f64,
}

impl Purchases {
    fn add(&mut self, day: Day, net: f64) {
        if let Some(last) = self.last_day {
            let gap = f64::from(day.days_since(last));
            self.gaps += 1.0;
            self.gap_sum += gap;
            self.gap_squares += gap * gap;
            self.last_gap = gap;
            self.highest = self.highest.max(net);
            self.lowest = self.lowest.min(net);
        } else {
            (self.first, self.highest, self.lowest) = (net, net, net);
        }
        self.count += 1.0;
        self.sum += net;
        self.squares += net * net;
        self.last = net;
        self.last_day = Some(day);
    }

    /// Standard deviation of the values, 0 for one purchase.
    fn deviation(&self) -> f64 {
        spread(self.count, self.sum, self.squares).unwrap_or(0.0)
    }

    fn mean_gap(&self) -> f64 {
        if self.gaps > 0.0 { self.gap_sum / self.gaps } else { f64::NAN }
    }

    fn gap_deviation(&self) -> f64 {
        spread(self.gaps, self.gap_sum, self.gap_squares).unwrap_or(f64::NAN)
    }
}

fn spread(count: f64, sum: f64, squares: f64) -> Option<f64> {
    (count > 1.0).then(|| ((squares - sum * sum / count) / (count - 1.0)).max(0.0).sqrt())
}
