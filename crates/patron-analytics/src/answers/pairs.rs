//! Products that are bought together, or seldom.

use serde::Serialize;

use super::ProductRef;

/// How two products belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PairKind {
    /// More visits hold both than by chance: complements.
    Together,
    /// Fewer visits hold both than by chance: substitutes, or goods for different customers.
    Apart,
}

/// Two products that share more or fewer visits than by chance.
///
/// A visit is what a known customer bought on one day; lines without a customer are left out. Looked at are the products
/// in the most orders (300). By chance means: each visit keeps how many of these products it holds, each product keeps in
/// how many visits of each month it is, and which goes with which is drawn. So neither popular products, nor long
/// baskets, nor a common season make a pair.
///
/// Only pairs whose adjusted p-value is below the level, and whose lift lies beyond a factor of 1.5 with its whole
/// interval: whoever can afford dear goods buys them together a little more often, which makes no pair. Those together before those apart, each by the number of visits
/// more or fewer than by chance, ties by SKU. `first` comes before `second` in the order of the SKUs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProductPair {
    /// Which way.
    pub kind: PairKind,
    /// One product.
    pub first: ProductRef,
    /// The other.
    pub second: ProductRef,
    /// Visits with both.
    pub visits: u64,
    /// Visits with both by chance.
    pub by_chance: f64,
    /// Lift: visits ÷ by chance.
    pub lift: f64,
    /// 95 % interval of the lift (exact for a Poisson count), lower end.
    pub lift_low: f64,
    /// Upper end.
    pub lift_high: f64,
    /// Support: visits with both ÷ all visits.
    pub support: f64,
    /// Visits with both ÷ visits with the first.
    pub share_of_first: f64,
    /// Visits with both ÷ visits with the second.
    pub share_of_second: f64,
    /// p-value of a count so far from chance (Poisson, two-sided), adjusted over all pairs looked at
    /// (Benjamini–Hochberg).
    pub q_value: f64,
}
