//! The customers of a log, with nothing after a given day.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ndarray::Array2;
use patron_columns::RollupSource;
use patron_domain::{CustomerDay, CustomerHistory, Day, PurchaseRule};
use rayon::prelude::*;

use crate::ModelError;

/// All days of all customers up to a day; later days never get in. Customers stand in an order that only these days
/// decide: by first day, then id. Codes do not: they follow the file, and in a file that begins with the newest line
/// what comes later would move who comes first, and with it whatever is drawn by place.
pub(crate) struct Book {
    pub(crate) rule: PurchaseRule,
    customers: Vec<Entry>,
    days: Vec<CustomerDay>,
    countries: Vec<String>,
}

#[derive(Clone, Copy)]
struct Entry {
    customer: u32,
    country: u32,
    start: usize,
    end: usize,
}

impl Book {
    /// Reads `source` up to and including `as_of`.
    pub(crate) fn until(source: &dyn RollupSource, as_of: Day) -> Result<Self, ModelError> {
        let (mut customers, mut days) = (Vec::new(), Vec::new());
        for batch in source.customer_days() {
            for customer in batch?.iter() {
                let seen = customer.days.partition_point(|day| day.day <= as_of);
                if seen > 0 {
                    let start = days.len();
                    days.extend_from_slice(&customer.days[..seen]);
                    let (customer, country) = (customer.customer, customer.country);
                    customers.push(Entry { customer, country, start, end: days.len() });
                }
            }
        }
        let (names, day) = (&source.catalog().customers, |entry: &Entry| days[entry.start].day);
        let id = |entry: &Entry| names.text(entry.customer);
        customers.par_sort_unstable_by(|a, b| day(a).cmp(&day(b)).then_with(|| id(a).cmp(id(b))));
        let countries = source.catalog().countries.iter().map(str::to_owned).collect();
        Ok(Self { rule: source.purchase_rule(), customers, days, countries })
    }

    /// Customers with any day.
    pub(crate) fn len(&self) -> usize {
        self.customers.len()
    }

    /// The customers with a purchase on or before `as_of`, as they were on that day.
    pub(crate) fn view(&self, as_of: Day) -> View<'_> {
        let seen = (0..self.customers.len())
            .into_par_iter()
            .with_min_len(1024)
            .filter_map(|index| {
                let entry = &self.customers[index];
                let days = self.days_of(index);
                let days = &days[..days.partition_point(|day| day.day <= as_of)];
                let history = CustomerHistory::fold(days, self.rule, as_of)?;
                let country = self.countries.get(entry.country as usize).map(String::as_str);
                Some(Seen { index, customer: entry.customer, country, days, history })
            })
            .collect();
        View::new(as_of, self.rule, seen)
    }

    /// Every customer with a purchase, at the later of `from` and the own last day: a view for each such day, in time
    /// order, its customers in the book's.
    pub(crate) fn latest(&self, from: Day) -> Vec<View<'_>> {
        let mut by_day: BTreeMap<Day, Vec<Seen<'_>>> = BTreeMap::new();
        for (index, entry) in self.customers.iter().enumerate() {
            let days = self.days_of(index);
            let as_of = days.last().map_or(from, |last| last.day.max(from));
            let Some(history) = CustomerHistory::fold(days, self.rule, as_of) else { continue };
            let country = self.countries.get(entry.country as usize).map(String::as_str);
            let seen = Seen { index, customer: entry.customer, country, days, history };
            by_day.entry(as_of).or_default().push(seen);
        }
        by_day.into_iter().map(|(as_of, seen)| View::new(as_of, self.rule, seen)).collect()
    }

    /// Every day of the customer at a place of the book.
    pub(crate) fn days_of(&self, index: usize) -> &[CustomerDay] {
        let Entry { start, end, .. } = self.customers[index];
        &self.days[start..end]
    }

    /// max(0, net of all days in (from, to]) for each customer of `view`.
    pub(crate) fn outcomes(&self, view: &View<'_>, to: Day) -> Vec<Outcome> {
        let one = |seen: &Seen<'_>| {
            let days = self.days_of(seen.index);
            let start = days.partition_point(|day| day.day <= view.as_of);
            let later = days[start..].iter().take_while(|day| day.day <= to);
            let (mut net, mut purchases) = (0.0, 0);
            for day in later {
                net += day.net().to_f64();
                purchases += u32::from(day.is_purchase(self.rule));
            }
            Outcome { net, value: net.max(0.0), purchases }
        };
        view.seen.par_iter().with_min_len(1024).map(one).collect()
    }
}

/// What a customer did in a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outcome {
    /// Net revenue.
    pub(crate) net: f64,
    /// Net revenue, at least 0: the target of every forecast.
    pub(crate) value: f64,
    /// Purchase days.
    pub(crate) purchases: u32,
}

/// A customer as of a day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    /// Place in the book.
    pub(crate) index: usize,
    pub(crate) customer: u32,
    pub(crate) country: Option<&'a str>,
    /// Days on or before the as-of date.
    pub(crate) days: &'a [CustomerDay],
    pub(crate) history: CustomerHistory,
}

/// Customers as of a day, in the order of their book.
pub(crate) struct View<'a> {
    pub(crate) as_of: Day,
    pub(crate) rule: PurchaseRule,
    pub(crate) seen: Vec<Seen<'a>>,
    inputs: OnceLock<Array2<f64>>,
}

impl<'a> View<'a> {
    pub(crate) fn new(as_of: Day, rule: PurchaseRule, seen: Vec<Seen<'a>>) -> Self {
        Self { as_of, rule, seen, inputs: OnceLock::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.seen.len()
    }

    /// The first of every so many customers.
    pub(crate) fn every(self, step: usize) -> Self {
        let Self { as_of, rule, mut seen, .. } = self;
        let mut place = 0;
        seen.retain(|_| {
            place += 1;
            (place - 1) % step.max(1) == 0
        });
        Self::new(as_of, rule, seen)
    }

    /// Day of the first purchase of all.
    pub(crate) fn first_purchase(&self) -> Option<Day> {
        self.seen.iter().map(|seen| seen.history.first).min()
    }

    /// Mean value of a purchase, in money; 0 without purchases.
    pub(crate) fn mean_purchase(&self) -> f64 {
        let value: f64 = self.seen.iter().map(|seen| seen.history.purchase_value.to_f64()).sum();
        let purchases: f64 =
            self.seen.iter().map(|seen| f64::from(seen.history.history.frequency) + 1.0).sum();
        if purchases > 0.0 { (value / purchases).max(0.0) } else { 0.0 }
    }

    /// What learned candidates see of all customers, made once: one view always meets one fit.
    pub(crate) fn inputs(&self, make: impl FnOnce() -> Array2<f64>) -> &Array2<f64> {
        self.inputs.get_or_init(make)
    }
}
