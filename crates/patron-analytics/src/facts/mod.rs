//! What the answers are made of: each rollup read once, in one pass, into dense columns.

mod calendar;
mod customers;
mod orders;
mod pairs;
mod products;
mod together;
mod visits;

pub(crate) use calendar::Calendar;
pub(crate) use customers::{Cell, CustomerFacts, CustomerRecord};
pub(crate) use orders::OrderFacts;
pub(crate) use pairs::{PairFacts, Spenders, bought};
pub(crate) use products::{ProductFacts, ProductRecord, product_ref};
pub(crate) use together::Together;
pub(crate) use visits::{Again, VisitFacts};

/// Place of a country in a table of all countries: its code, or one past the last where the log names none.
pub(crate) fn country_slot(code: u32, countries: usize) -> usize {
    (code as usize).min(countries)
}

/// Part of a whole, or nothing where the whole is not above zero.
pub(crate) fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// [`share`] of two counts.
pub(crate) fn count_share(part: u64, whole: u64) -> Option<f64> {
    share(part as f64, whole as f64)
}

/// [`share`] of two amounts.
pub(crate) fn money_share(part: patron_domain::Money, whole: patron_domain::Money) -> Option<f64> {
    share(part.to_f64(), whole.to_f64())
}
