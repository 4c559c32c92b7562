//! How much of what is bought is brought back: by the shop, and by one customer. `docs/models/forecast.md`.

use patron_domain::Day;
use serde::{Deserialize, Serialize};

use crate::book::{Seen, View};
use crate::forecaster::is_usual;

/// Purchases of ordinary value that the shop's ratio counts for beside a customer's own.
const PRIOR_PURCHASES: f64 = 10.0;
/// Lags longer than this are counted as this long.
const LONGEST_LAG: u32 = 3_650;

/// What comes back and when: net days below zero, counted from the purchase before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Returns {
    /// Days after a purchase, ascending, and the share of what will come back that has come back by then.
    lags: Vec<(u32, f64)>,
    /// Value brought back ÷ value of the purchases that had time for it.
    ratio: f64,
    /// Value, in money, that the shop's ratio counts for in a customer's.
    prior: f64,
}

/// One day on which something was brought back.
struct Brought {
    lag: u32,
    /// Days from the purchase to the as-of date: longer lags could not have been seen.
    seen_for: u32,
}

impl Returns {
    /// Learns from the customers of `view`. Late returns of recent purchases are still to come, so a purchase counts only
    /// with the share that has had time: the lags are those of a right-truncated sample, by the product-limit estimator
    /// in reversed time (Lagakos, Barraj & De Gruttola 1988).
    pub(crate) fn fit(view: &View<'_>) -> Self {
        let lags = curve(view.seen.iter().flat_map(|seen| brought(seen, view)).collect());
        let mut learned = Self { lags, ratio: 0.0, prior: PRIOR_PURCHASES * view.mean_purchase() };
        let came_back: f64 = view.seen.iter().map(came_back).sum();
        let exposed: f64 = view.seen.iter().map(|seen| learned.exposed(seen, view)).sum();
        learned.ratio = if exposed > 0.0 { (came_back / exposed).clamp(0.0, 1.0) } else { 0.0 };
        learned
    }

    /// Share of the value of the shop's next purchases that stays.
    pub(crate) fn shop_net_share(&self) -> f64 {
        1.0 - self.ratio
    }

    /// Share of the value of this customer's next purchases that stays: the own record, drawn toward the shop's.
    pub(crate) fn net_share(&self, seen: &Seen<'_>, view: &View<'_>) -> f64 {
        let exposed = self.exposed(seen, view) + self.prior;
        let came_back = came_back(seen) + self.ratio * self.prior;
        if exposed > 0.0 { 1.0 - (came_back / exposed).clamp(0.0, 1.0) } else { self.shop_net_share() }
    }

    /// Whether every number in it can be one of a fit.
    pub(crate) fn is_sound(&self) -> bool {
        let share = |share: f64| (0.0..=1.0).contains(&share);
        let rising = self.lags.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1);
        rising
            && self.lags.iter().all(|lag| share(lag.1))
            && share(self.ratio)
            && self.prior >= 0.0
            && is_usual(self.prior)
    }

    /// Value of the purchases, each with the share of its returns that had time to come.
    fn exposed(&self, seen: &Seen<'_>, view: &View<'_>) -> f64 {
        let bought = seen.days.iter().filter(|day| day.is_purchase(view.rule));
        bought.map(|day| day.net().to_f64().max(0.0) * self.had_time(since(day.day, view.as_of))).sum()
    }

    fn had_time(&self, days: u32) -> f64 {
        match self.lags.partition_point(|&(lag, _)| lag <= days) {
            _ if self.lags.is_empty() => 1.0,
            0 => 0.0,
            place => self.lags[place - 1].1,
        }
    }
}

fn since(day: Day, as_of: Day) -> u32 {
    as_of.days_since(day).max(0) as u32
}

fn came_back(seen: &Seen<'_>) -> f64 {
    (-seen.history.return_value.to_f64()).max(0.0)
}

/// Days below zero with a purchase before them.
fn brought(seen: &Seen<'_>, view: &View<'_>) -> Vec<Brought> {
    let (mut bought, mut found) = (None, Vec::new());
    for day in seen.days {
        if day.is_purchase(view.rule) {
            bought = Some(day.day);
        } else if let (Some(bought), true) = (bought, day.net().ten_thousandths() < 0) {
            let lag = since(bought, day.day).min(LONGEST_LAG);
            found.push(Brought { lag, seen_for: since(bought, view.as_of) });
        }
    }
    found
}

/// Cumulative distribution of the lags.
fn curve(mut brought: Vec<Brought>) -> Vec<(u32, f64)> {
    brought.sort_unstable_by_key(|one| one.lag);
    let mut seen_for: Vec<u32> = brought.iter().map(|one| one.seen_for).collect();
    seen_for.sort_unstable();
    let (mut lags, mut share, mut end) = (Vec::new(), 1.0, brought.len());
    while end > 0 {
        let lag = brought[end - 1].lag;
        let start = brought[..end].partition_point(|one| one.lag < lag);
        lags.push((lag, share));
        // those with no longer lag that were watched for so long
        let at_risk = brought[..end].iter().filter(|one| one.seen_for >= lag).count();
        share *= 1.0 - (end - start) as f64 / at_risk.max(1) as f64;
        end = start;
    }
    lags.reverse();
    lags
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve_of(brought: &[(u32, u32)]) -> Vec<(u32, f64)> {
        curve(brought.iter().map(|&(lag, seen_for)| Brought { lag, seen_for }).collect())
    }

    #[test]
    fn lags_that_were_all_watched_are_counted() {
        let all = curve_of(&[(1, 99), (1, 99), (5, 99), (20, 99)]);
        assert_eq!(all, [(1, 0.5), (5, 0.75), (20, 1.0)]);
        assert!(curve(Vec::new()).is_empty());
    }

    #[test]
    fn what_was_watched_for_a_short_time_says_nothing_of_long_lags() {
        // of two watched for 20 days one came back after 5 and one after 20; two were watched for 5 days only
        let found = curve_of(&[(1, 5), (1, 5), (5, 30), (20, 30)]);
        // at 20: 1 of the 2 watched so long; at 5: 1 of 3
        assert_eq!(found.iter().map(|one| one.0).collect::<Vec<_>>(), [1, 5, 20]);
        let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(close(found[2].1, 1.0) && close(found[1].1, 0.5) && close(found[0].1, 0.5 * 2.0 / 3.0));
    }
}
