//! Products and those who buy them again.

use patron_analytics::{WatchTimes, wilson};
use serde::Serialize;

use crate::segments::Bought;
use crate::{Seen, Shop};

/// Products shown.
const LARGEST: usize = 20;

/// How well a product keeps its buyers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProductRetention {
    /// The product's code.
    pub product: u32,
    /// SKU.
    pub sku: String,
    /// Description.
    pub description: String,
    /// Customers who have bought it.
    pub buyers: u64,
    /// Share of them who buy it again within the window of their first purchase of it, those watched for less counted as long
    /// as they were (Kaplan & Meier); `None` where nobody was watched for the whole window.
    pub bought_again: Option<f64>,
    /// Its 95 % interval; `None` at 0 and 1.
    pub bought_again_interval: Option<(f64, f64)>,
    /// Buyers whose first purchase of it is a whole window or more ago.
    pub long_known: u64,
    /// Of these, the share who have bought it within the last window: still buying it.
    pub still_buying: Option<f64>,
    /// Its 95 % interval (Wilson).
    pub still_buying_interval: Option<(f64, f64)>,
}

/// The 20 products with the most buyers, ties by SKU; `window` in days.
///
/// Bought again is another day with the product, whoever else the customer buys from the shop in between.
pub fn product_retention(shop: &Shop<'_>, seen: &Seen, window: u32) -> Vec<ProductRetention> {
    let skus = &shop.source.catalog().skus;
    let mut products: Vec<&[Bought]> = seen.products().collect();
    let by_sku = |a: &[Bought], b: &[Bought]| skus.text(a[0].product).cmp(skus.text(b[0].product));
    products.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| by_sku(a, b)));
    products.truncate(LARGEST);
    products.into_iter().map(|buyers| row(shop, buyers, window)).collect()
}

fn row(shop: &Shop<'_>, buyers: &[Bought], window: u32) -> ProductRetention {
    let catalog = shop.source.catalog();
    let ago = |day: patron_domain::Day| shop.as_of.days_since(day) as u32;
    let mut times = WatchTimes::default();
    for bought in buyers {
        times.add(ago(bought.first), bought.second.map(|second| second.days_since(bought.first) as u32));
    }
    let again = times.estimate(window).get(window as usize).copied();
    let known = || buyers.iter().filter(|bought| ago(bought.first) >= window);
    let (long_known, still) =
        (known().count() as u64, known().filter(|bought| ago(bought.last) < window).count() as u64);
    let product = buyers[0].product;
    ProductRetention {
        product,
        sku: catalog.skus.text(product).to_owned(),
        description: catalog.descriptions.text(product).to_owned(),
        buyers: buyers.len() as u64,
        bought_again: again.map(|point| point.share),
        bought_again_interval: again.and_then(|point| point.interval),
        long_known,
        still_buying: (long_known > 0).then(|| still as f64 / long_known as f64),
        still_buying_interval: (long_known > 0).then(|| wilson(still, long_known)),
    }
}
