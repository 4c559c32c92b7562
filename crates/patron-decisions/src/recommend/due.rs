//! How long until somebody buys a product again: the own wait, pooled with what is usual.

use super::{Purchased, Purchases};

/// Both chosen on origins up to 2011-06-12 of Online Retail: `docs/decisions/recommendations.md`.
///
/// Purchases that the product's pooled wait is worth beside a customer's own.
const OWN_PRIOR: f64 = 2.0;
/// Purchases that the wait over all products is worth beside one product's own.
const PRODUCT_PRIOR: f64 = 20.0;

/// By product the days from one purchase to the next, pooled over its buyers and drawn towards all products.
///
/// Waits that have not ended count: days ÷ repeat purchases, where the days run from a customer's first purchase of the
/// product to the as-of date. That is the rate of a Poisson process under a gamma prior (Schmittlein, Morrison &
/// Colombo 1987 for whole customers), so somebody who has waited long makes the wait longer.
#[derive(Clone, Debug)]
pub struct RepeatWaits {
    days: Vec<f64>,
}

impl RepeatWaits {
    /// From everything bought by the as-of date of `purchases`. Where nobody ever bought anything again all waits are
    /// infinite.
    pub fn of(purchases: &Purchases) -> Self {
        let mut sums = vec![(0.0, 0.0); purchases.products()];
        for customer in 0..purchases.customers() as u32 {
            for row in purchases.of(customer) {
                let (repeats, days) = &mut sums[row.product as usize];
                *repeats += f64::from(row.times) - 1.0;
                *days += purchases.since_first(row);
            }
        }
        let (repeats, days) = sums.iter().fold((0.0, 0.0), |all, own| (all.0 + own.0, all.1 + own.1));
        let usual = if repeats > 0.0 { days / repeats } else { f64::INFINITY };
        let pooled = |(repeats, days): (f64, f64)| (days + PRODUCT_PRIOR * usual) / (repeats + PRODUCT_PRIOR);
        Self { days: sums.into_iter().map(pooled).collect() }
    }

    /// Usual days to the next purchase of a product; infinite for one that is unknown.
    pub fn usual(&self, product: u32) -> f64 {
        self.days.get(product as usize).copied().unwrap_or(f64::INFINITY)
    }

    /// This customer's days to the next purchase: (days since the first + 2 · usual days) ÷ (repeat purchases + 2).
    pub fn own(&self, purchases: &Purchases, row: &Purchased) -> f64 {
        let repeats = f64::from(row.times) - 1.0;
        (purchases.since_first(row) + OWN_PRIOR * self.usual(row.product)) / (repeats + OWN_PRIOR)
    }
}
