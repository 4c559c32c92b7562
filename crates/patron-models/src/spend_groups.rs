//! What a purchase is worth in a country and in a cohort, as a factor of the shop's: where one customer's own purchases say
//! little, these say the rest.

use std::collections::BTreeMap;

use patron_domain::{Day, Month};
use serde::{Deserialize, Serialize};

use crate::book::{Seen, View};

/// Effective customers that a group needs to be looked at.
const LEAST: f64 = 5.0;
/// Nothing is worth more or less than this many times the shop's.
const MOST_LN: f64 = 2.0;

/// ln of the factor by country and by month of the first purchase. `docs/models/gamma-gamma.md`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct SpendGroups {
    countries: Vec<(String, f64)>,
    cohorts: Vec<(Month, f64)>,
}

impl SpendGroups {
    /// Learns the factors of the customers of `view`. On logarithms, so that no single customer decides a group; a customer
    /// of n purchases counts n ÷ (n + κ), κ the variance of one purchase over that of customers; groups are drawn toward
    /// the shop by empirical Bayes.
    pub(crate) fn fit(view: &View<'_>) -> Self {
        let rows: Vec<Row<'_>> = view.seen.iter().filter_map(Row::of).collect();
        let total: f64 = rows.iter().map(|row| row.weight).sum();
        if total <= 0.0 {
            return Self::default();
        }
        let mean = rows.iter().map(|row| row.weight * row.ln_value).sum::<f64>() / total;
        let countries = effects(&rows, |row| row.country, |row| row.ln_value - mean);
        let of_country =
            |row: &Row<'_>| row.country.and_then(|name| countries.get(name)).copied().unwrap_or(0.0);
        let cohorts = effects(&rows, |row| Some(row.cohort), |row| row.ln_value - mean - of_country(row));
        let countries = countries.into_iter().map(|(name, effect)| (name.to_owned(), effect)).collect();
        Self { countries, cohorts: cohorts.into_iter().collect() }
    }

    /// What a purchase of this customer is worth before any of them was seen, as a factor of the shop's.
    pub(crate) fn factor(&self, country: Option<&str>, first: Day) -> f64 {
        let place =
            country.and_then(|name| self.countries.binary_search_by(|(own, _)| own.as_str().cmp(name)).ok());
        let country = place.map_or(0.0, |place| self.countries[place].1);
        let place = self.cohorts.binary_search_by_key(&first.month(), |(month, _)| *month).ok();
        let cohort = place.map_or(0.0, |place| self.cohorts[place].1);
        (country + cohort).exp()
    }

    /// Whether every number in it can be one of a fit.
    pub(crate) fn is_sound(&self) -> bool {
        let effects = self
            .countries
            .iter()
            .map(|(_, effect)| effect)
            .chain(self.cohorts.iter().map(|(_, effect)| effect));
        let sorted = self.countries.is_sorted() && self.cohorts.is_sorted();
        sorted && effects.into_iter().all(|effect| effect.abs() <= MOST_LN)
    }
}

struct Row<'a> {
    country: Option<&'a str>,
    cohort: Month,
    ln_value: f64,
    weight: f64,
}

impl<'a> Row<'a> {
    fn of(seen: &Seen<'a>) -> Option<Self> {
        let purchases = f64::from(seen.history.history.frequency) + 1.0;
        let mean = seen.history.purchase_value.to_f64() / purchases;
        (mean > 0.0).then(|| Self {
            country: seen.country,
            cohort: seen.history.first.month(),
            ln_value: mean.ln(),
            weight: purchases / (purchases + 1.0),
        })
    }
}

/// Mean of `value` by group, drawn toward 0.
fn effects<'r, K: Ord + Copy>(
    rows: &'r [Row<'r>],
    group: impl Fn(&Row<'r>) -> Option<K>,
    value: impl Fn(&Row<'r>) -> f64,
) -> BTreeMap<K, f64> {
    // Σ weight, Σ weight², Σ weight × value
    let mut sums: BTreeMap<K, [f64; 3]> = BTreeMap::new();
    let (mut squares, mut weights) = (0.0, 0.0);
    for row in rows {
        let Some(key) = group(row) else { continue };
        let (value, weight) = (value(row), row.weight);
        let own = sums.entry(key).or_default();
        [weight, weight * weight, weight * value].into_iter().zip(own).for_each(|(more, sum)| *sum += more);
        squares += weight * value * value;
        weights += weight;
    }
    let groups: Vec<(K, f64, f64)> = sums
        .into_iter()
        .map(|(key, [weight, square, sum])| (key, sum / weight, weight * weight / square))
        .filter(|&(_, _, customers)| customers >= LEAST)
        .collect();
    if groups.len() < 2 || weights <= 0.0 {
        return BTreeMap::new();
    }
    // method of moments: what means of groups differ beyond what their sizes explain
    let within = squares / weights;
    let excess: f64 = groups.iter().map(|(_, mean, customers)| customers * mean * mean - within).sum();
    let customers: f64 = groups.iter().map(|(.., customers)| customers).sum();
    let between = (excess / customers).max(0.0);
    let shrunk = |(key, mean, customers): (K, f64, f64)| {
        let weight = if between > 0.0 { customers / (customers + within / between) } else { 0.0 };
        (key, (mean * weight).clamp(-MOST_LN, MOST_LN))
    };
    groups.into_iter().map(shrunk).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use patron_domain::{CustomerDay, CustomerHistory, Money, PurchaseRule};

    fn bought(day: Day, value: f64) -> CustomerDay {
        let sales = Money::from_f64(value).unwrap();
        CustomerDay { day, orders: 1, lines: 1, products: 1, quantity: 1, sales, returns: Money::ZERO }
    }

    /// Groups of 40 one-time buyers each; values of a group lie evenly around its own.
    fn groups(of: &[(&'static str, f64)], extreme: f64) -> SpendGroups {
        let first: Day = "2024-01-10".parse().unwrap();
        let days: Vec<(&str, CustomerDay)> = of
            .iter()
            .flat_map(|&(country, value)| {
                (0..40).map(move |n| (country, bought(first, value * (f64::from(n - 20) / 40.0).exp())))
            })
            .chain([(of[0].0, bought(first, extreme))])
            .collect();
        let seen = days.iter().enumerate().map(|(index, (country, day))| {
            let days = std::slice::from_ref(day);
            let history = CustomerHistory::fold(days, PurchaseRule::NetPositive, first).unwrap();
            Seen { index, customer: index as u32, country: Some(country), days, history }
        });
        SpendGroups::fit(&View::new(first, PurchaseRule::NetPositive, seen.collect()))
    }

    #[test]
    fn a_country_that_buys_for_more_is_told_apart_and_drawn_toward_the_shop() {
        let first: Day = "2024-01-10".parse().unwrap();
        let found = groups(&[("France", 10.0), ("Italy", 20.0)], 12.0);
        let (france, italy) = (found.factor(Some("France"), first), found.factor(Some("Italy"), first));
        let ratio = italy / france;
        assert!((1.8..2.0).contains(&ratio), "{ratio}");
        assert_eq!(found.factor(Some("Spain"), first), found.factor(None, first));
        assert!(found.is_sound());
    }

    #[test]
    fn one_customer_of_great_value_does_not_make_a_country() {
        let first: Day = "2024-01-10".parse().unwrap();
        let found = groups(&[("France", 10.0), ("Italy", 10.0)], 1e6);
        // the mean of France is now thousands of times that of Italy
        let ratio = found.factor(Some("France"), first) / found.factor(Some("Italy"), first);
        assert!((1.0..1.3).contains(&ratio), "{ratio}");
        // countries that do not differ beyond chance do not differ
        assert_eq!(groups(&[("France", 10.0), ("Italy", 10.0)], 10.0).factor(Some("Italy"), first), 1.0);
    }
}
