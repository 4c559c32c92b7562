//! Retention: who is about to leave, what rides on them, and when and why people come back.
//!
//! [`retention`] gives it all. The chance of no purchase is 1 − the calibrated chance to buy of the forecast; how well such
//! chances held on earlier dates (Brier score, reliability table) is what
//! [`Backtest`](patron_models::Backtest) tells, and is not worked out here again. Formulas: `docs/decisions/retention.md`.

mod moved_up;
mod next;
mod pairwise;
mod products;
mod risk;

pub use moved_up::{Habit, HabitDifference, MINIMUM_SIDE, MINIMUM_WINDOW, MovedUp, MovedUpAnswer, moved_up};
pub use next::{DaysUntil, MINIMUM_GROUP, NextGroup, NextPurchase, PURCHASES, next_purchases};
pub use products::{ProductRetention, product_retention};
pub use risk::{CustomerRisk, RiskTotals, WIN_BACK_BELOW, WinBack, customer_risks};
use serde::Serialize;

use crate::segments::CustomerRhythm;
use crate::{Seen, Shop};

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionOptions {
    /// Days within which a product counts as bought again, and as still bought (180).
    pub product_window: u32,
}

impl Default for RetentionOptions {
    fn default() -> Self {
        Self { product_window: 180 }
    }
}

/// All about coming back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Retention {
    /// Everybody together.
    pub totals: RiskTotals,
    /// Customer by customer, in order of [`Shop::customers`].
    pub risks: Vec<CustomerRisk>,
    /// Whom to win back, the most value at risk first; empty without forecasts.
    pub win_back: Vec<WinBack>,
    /// Time to the next purchase.
    pub next_purchases: Vec<NextPurchase>,
    /// Days of the window of `products`.
    pub product_window: u32,
    /// Products with the most buyers, and how many of them buy again.
    pub products: Vec<ProductRetention>,
    /// Medium-value customers who moved up.
    pub moved_up: MovedUpAnswer,
}

/// All about coming back; `rhythms` are those of [`crate::segments::rhythms`].
pub fn retention(
    shop: &Shop<'_>,
    seen: &Seen,
    rhythms: &[CustomerRhythm],
    options: &RetentionOptions,
) -> Retention {
    let risks = customer_risks(shop, rhythms);
    Retention {
        totals: risk::totals(shop, &risks),
        win_back: risk::win_back(shop, &risks),
        next_purchases: next_purchases(shop, seen),
        product_window: options.product_window,
        products: product_retention(shop, seen, options.product_window),
        moved_up: moved_up(shop, seen),
        risks,
    }
}

#[cfg(test)]
mod tests;
