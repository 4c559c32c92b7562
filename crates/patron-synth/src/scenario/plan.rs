//! When people buy, where they come from, what happens on the way, and what goes wrong.

use patron_domain::Day;
use serde::{Deserialize, Serialize};

use super::one;

/// When people buy; only the proportions count.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rhythm {
    /// Weight of each day of the week, Monday first.
    pub weekday: [f64; 7],
    /// Weight of each hour of the day, from midnight.
    pub hour: [f64; 24],
}

/// A country and the customers who live there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountryShare {
    /// Its name, as the log writes it.
    pub name: String,
    /// Share of the customers, 0 to 1; the shares of all countries add up to 1.
    pub share: f64,
    /// Factor on the purchase rate λ of its customers (1: as everywhere).
    #[serde(default = "one")]
    pub buying_factor: f64,
    /// Factor on their drop-out: on the probability p, which stays at most 1, or on the rate μ.
    #[serde(default = "one")]
    pub dropout_factor: f64,
    /// Factor on the value of their orders.
    #[serde(default = "one")]
    pub spend_factor: f64,
}

/// A channel and the customers it brought in first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelShare {
    /// Its name.
    pub name: String,
    /// Share of the customers, 0 to 1; the shares of all channels add up to 1.
    pub share: f64,
    /// Factor on the purchase rate λ of its customers (1: as everywhere).
    #[serde(default = "one")]
    pub buying_factor: f64,
    /// Factor on their drop-out: on the probability p, which stays at most 1, or on the rate μ.
    #[serde(default = "one")]
    pub dropout_factor: f64,
    /// Factor on the value of their orders.
    #[serde(default = "one")]
    pub spend_factor: f64,
}

/// Customers who came from a day on, up to the day of the next cohort.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cohort {
    /// First day.
    pub from: Day,
    /// Factor on their purchase rate λ.
    #[serde(default = "one")]
    pub buying_factor: f64,
    /// Factor on their drop-out: on the probability p, which stays at most 1, or on the rate μ.
    #[serde(default = "one")]
    pub dropout_factor: f64,
    /// Factor on the value of their orders.
    #[serde(default = "one")]
    pub spend_factor: f64,
}

/// Something that changes the shop from a day on, at once (a shock) or little by little (a drift).
///
/// A purchase rate that is twice as high is a time that runs twice as fast: in Pareto/NBD, whose customers stop in
/// that time, drop-out follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// First day.
    pub from: Day,
    /// Last day; absent: to the end of the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
    /// Factor on everybody's purchase rate.
    #[serde(default = "one")]
    pub buying_factor: f64,
    /// Factor per year, counted from `from`, on everybody's purchase rate.
    #[serde(default = "one")]
    pub buying_per_year: f64,
    /// Factor on the arrival of new customers.
    #[serde(default = "one")]
    pub arrivals_factor: f64,
    /// Factor on the value of orders.
    #[serde(default = "one")]
    pub spend_factor: f64,
}

/// Products for less, for a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// Its name.
    pub name: String,
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
    /// Department; absent: everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// What is taken off the price, in per cent.
    pub percent_off: f64,
    /// Factor on the demand for these products; absent: what their elasticity makes of the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demand_factor: Option<f64>,
    /// Factor on everybody's purchase rate while it lasts.
    #[serde(default = "one")]
    pub buying_factor: f64,
}

/// A letter or a mail to customers, and what it does.
///
/// Asked are customers who came before its day and may be contacted, whether they still buy or not; of those chosen
/// a random share is held back to compare with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// Its name.
    pub name: String,
    /// Day it goes out.
    pub day: Day,
    /// The way of contact: letter, e-mail, call …
    pub channel: String,
    /// Share of the customers who could be asked that are chosen.
    pub chosen: f64,
    /// Share of those chosen that are held back.
    #[serde(default)]
    pub held_back: f64,
    /// What it adds to the purchase rate of those who get it, week by week from its day, as a share of that rate: 0.5
    /// for half again as often. All zero, or empty: it has no effect.
    pub response: Vec<f64>,
    /// What one contact costs, in currency units.
    #[serde(default)]
    pub cost: f64,
}

/// What is wrong with the log, each kind at its own rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DirtRates {
    /// Share of the product lines that stand in the log twice, equal in every column.
    pub duplicates: f64,
    /// Share of the orders that are cancelled shortly after, one line or all of them.
    pub cancellations: f64,
    /// Share of the other orders of which some units of a line come back two to eight weeks later.
    pub returns: f64,
    /// Share of the orders without a customer id, in addition to the orders of the customers; below 1.
    pub without_customer: f64,
    /// Share of the orders with a sample: one more product at price zero.
    pub zero_prices: f64,
    /// Share of the orders after which a debt is written off: an entry of its own with a negative price (`B`, number
    /// beginning with `A`) and no customer.
    pub negative_prices: f64,
    /// Share of the orders with a postage line (`POST` abroad, `DOT` at home).
    pub services: f64,
}

/// What is wrong with a file of the log, each kind at its own rate; on top of what is wrong with the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileDirt {
    /// Share of the rows with a field too few or too many.
    pub ragged: f64,
    /// Share of the rows whose date is none, or of another century.
    pub wrong_dates: f64,
    /// Share of the rows with `È` in the description that are written in Windows-1252 instead of UTF-8. Above zero,
    /// the colour CREAM is spelt `CRÈME` everywhere.
    pub encodings: f64,
    /// Days before the last one whose rows stand in the file a second time, as after an overlapping export.
    pub overlap_days: u32,
}

impl Event {
    /// Whether it has begun and not ended.
    pub(crate) fn lasts_on(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

impl Promotion {
    /// Whether it has begun and not ended.
    pub(crate) fn lasts_on(&self, day: Day) -> bool {
        (self.from..=self.until).contains(&day)
    }
}

impl Campaign {
    /// Weeks over which its orders are counted: those of its response, at least four.
    pub(crate) fn weeks(&self) -> usize {
        self.response.len().max(4)
    }
}

impl Rhythm {
    /// Busiest around noon and from Tuesday to Thursday, little on weekends, nothing before seven.
    pub fn office_hours() -> Self {
        Self {
            weekday: [1.1, 1.2, 1.25, 1.3, 1.0, 0.45, 0.7],
            hour: [
                0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 2.0, 5.0, 7.0, 8.0, 9.5, 9.0, 8.0, 7.5, 6.0, 4.0,
                3.0, 3.0, 3.0, 2.0, 1.0, 0.3,
            ],
        }
    }
}

impl CountryShare {
    /// A country whose customers buy `buying_factor` times as often as they would elsewhere, and are otherwise alike.
    pub fn new(name: &str, share: f64, buying_factor: f64) -> Self {
        Self { name: name.to_owned(), share, buying_factor, dropout_factor: 1.0, spend_factor: 1.0 }
    }

    pub(crate) fn demo() -> Vec<Self> {
        let countries = [
            ("United Kingdom", 0.56, 1.0),
            ("Germany", 0.12, 1.5),
            ("France", 0.09, 1.1),
            ("Ireland", 0.05, 1.3),
            ("Netherlands", 0.045, 1.7),
            ("Spain", 0.04, 0.6),
            ("Belgium", 0.03, 1.0),
            ("Italy", 0.03, 0.5),
            ("Sweden", 0.02, 0.9),
            ("Norway", 0.015, 0.8),
        ];
        countries.map(|(name, share, buying_factor)| Self::new(name, share, buying_factor)).into()
    }
}
