//! How demand answers to prices.

use serde::Serialize;

/// What of the demand answers to a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ElasticityMeasure {
    /// Orders that hold the product: how many buy.
    Orders,
    /// Net units: how much is bought. Whoever has so much to spend takes more units of what is cheaper, so this answers
    /// more strongly than the orders do.
    Units,
}

/// By how many per cent demand changes where a price is one per cent higher: −2 for two per cent less.
///
/// Told from price changes within products, month by month over the complete months (at most 36): the product's own level
/// and all that moves the whole shop (season, growth, inflation of all prices) drop out. The price of a month is the
/// median of its days' mean prices, days weighted by their orders, so that one order for a better price moves nothing; a
/// month without a sale keeps the price of the month before. Only products with at least three orders a month between
/// their first and their last one. Prices that were raised because demand rose look like demand that rose with the
/// price; promotions shorter than half a month are not seen.
///
/// Ordered by measure; all products first, then categories by name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PriceElasticity {
    /// What answers.
    pub measure: ElasticityMeasure,
    /// First level of the category (what stands before a `>`); `None` for all products together.
    pub category: Option<String>,
    /// Products looked at.
    pub products: u64,
    /// Those whose price changed, by more than half a per cent from one month to the next.
    pub products_with_changes: u64,
    /// Such changes.
    pub changes: u64,
    /// Per cent of demand per per cent of price; `None` where fewer than five products had a change, or prices cannot
    /// be told from what moved the whole shop.
    pub elasticity: Option<f64>,
    /// 95 % interval, errors clustered by product; lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}
