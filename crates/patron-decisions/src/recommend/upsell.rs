//! The dearer neighbour of a product.

use std::collections::BTreeMap;

use patron_columns::{RollupError, RollupSource};
use patron_domain::{Attributes, Day, Money};
use serde::{Deserialize, Serialize};

use super::purchases::is_bought;
use super::{Neighbours, Recommender};

/// Which steps up are sensible.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpSellSettings {
    /// The dearer product's price ÷ the product's, at least.
    pub least_ratio: f64,
    /// At most.
    pub most_ratio: f64,
    /// Customers that the dearer product needs.
    pub least_buyers: u32,
    /// Where no categories are known: share of the words of both descriptions that both have, at least.
    pub least_shared: f64,
}

impl Default for UpSellSettings {
    fn default() -> Self {
        Self { least_ratio: 1.1, most_ratio: 2.5, least_buyers: 10, least_shared: 0.25 }
    }
}

/// Why the dearer product is taken for a neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "basis", rename_all = "snake_case")]
pub enum UpSellBasis {
    /// Both are of one category.
    Category,
    /// No category is known: the same customers buy both, and the descriptions share words.
    SharedWords {
        /// Words of both ÷ words of either.
        share: f64,
    },
}

/// A product and the dearer one to show beside it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct UpSell {
    /// Product code.
    pub product: u32,
    /// Its price: the most frequent one of a customer's day, net amount ÷ units, in whole hundredths.
    pub price: Money,
    /// Code of the dearer one.
    pub to: u32,
    /// Its price.
    pub to_price: Money,
    /// Customers who bought both.
    pub both: u32,
    /// Why they are neighbours.
    #[serde(flatten)]
    pub basis: UpSellBasis,
}

/// For every product at most one dearer neighbour, in order of the products' codes.
///
/// Within a category it is the nearest by co-purchase (then the smaller step in price); where the product's category is
/// unknown, the one with the largest co-purchase weight × share of common words. Products without such a neighbour are
/// left out.
///
/// # Errors
/// As the source fails.
pub fn up_sells(
    source: &dyn RollupSource,
    attributes: &Attributes,
    recommender: &Recommender,
    settings: &UpSellSettings,
) -> Result<Vec<UpSell>, RollupError> {
    let prices = modal_prices(source, recommender.purchases().last_day())?;
    let descriptions = &source.catalog().descriptions;
    let words: Vec<Vec<String>> =
        (0..prices.len() as u32).map(|product| words(descriptions.text(product))).collect();
    let search = Search {
        buyers: recommender.purchases().buyers(),
        neighbours: recommender.neighbours(),
        by_category: by_category(attributes, prices.len()),
        attributes,
        prices,
        words,
        settings,
    };
    Ok((0..search.prices.len() as u32).filter_map(|product| search.dearer(product)).collect())
}

struct Search<'a> {
    prices: Vec<Option<Money>>,
    buyers: Vec<u32>,
    neighbours: &'a Neighbours,
    attributes: &'a Attributes,
    by_category: BTreeMap<u32, Vec<u32>>,
    words: Vec<Vec<String>>,
    settings: &'a UpSellSettings,
}

impl Search<'_> {
    fn dearer(&self, product: u32) -> Option<UpSell> {
        let price = self.prices[product as usize]?;
        let near = self.neighbours.of_product(product);
        let step = |to: u32| -> Option<f64> {
            let ratio = self.prices[to as usize]?.to_f64() / price.to_f64();
            let fits = (self.settings.least_ratio..=self.settings.most_ratio).contains(&ratio)
                && self.buyers[to as usize] >= self.settings.least_buyers;
            (to != product && fits).then_some(ratio)
        };
        let known = |to: u32| near.iter().find(|own| own.product == to).copied().unwrap_or_default();
        let category = self.attributes.category.code(product);
        let (to, both, basis) = match category.and_then(|code| self.by_category.get(&code)) {
            Some(own) => {
                let fits = own.iter().filter_map(|&to| Some((to, step(to)?, known(to))));
                let (to, _, near) = fits.min_by(|a, b| {
                    b.2.weight.total_cmp(&a.2.weight).then(a.1.total_cmp(&b.1)).then(a.0.cmp(&b.0))
                })?;
                (to, near.both, UpSellBasis::Category)
            }
            None => {
                let shared = |to: u32| shared(&self.words[product as usize], &self.words[to as usize]);
                let fits = near.iter().filter(|own| step(own.product).is_some());
                let told = fits.map(|own| (own, shared(own.product)));
                let enough = told.filter(|(_, share)| *share >= self.settings.least_shared);
                let value = |(own, share): &(&super::Neighbour, f64)| f64::from(own.weight) * share;
                let (own, share) = enough
                    .min_by(|a, b| value(b).total_cmp(&value(a)).then(a.0.product.cmp(&b.0.product)))?;
                (own.product, own.both, UpSellBasis::SharedWords { share })
            }
        };
        Some(UpSell { product, price, to, to_price: self.prices[to as usize]?, both, basis })
    }
}

fn by_category(attributes: &Attributes, products: usize) -> BTreeMap<u32, Vec<u32>> {
    let mut found: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for product in 0..products as u32 {
        if let Some(code) = attributes.category.code(product) {
            found.entry(code).or_default().push(product);
        }
    }
    found
}

/// By product the most frequent price of the days until `as_of`, in whole hundredths; of equally frequent ones the lowest.
fn modal_prices(source: &dyn RollupSource, as_of: Day) -> Result<Vec<Option<Money>>, RollupError> {
    let mut prices = vec![None; source.catalog().skus.len()];
    let rule = source.purchase_rule();
    for batch in source.customer_product_days() {
        for own in batch?.chunk_by(|a, b| a.product == b.product) {
            let mut seen: BTreeMap<i64, u32> = BTreeMap::new();
            for row in own.iter().filter(|row| row.day <= as_of && row.quantity > 0 && is_bought(row, rule)) {
                let price =
                    (row.revenue.ten_thousandths() as f64 / row.quantity as f64 / 100.0).round() as i64;
                *seen.entry(price).or_default() += u32::from(price > 0);
            }
            let most = seen.into_iter().filter(|(_, days)| *days > 0);
            let modal = most.min_by_key(|&(price, days)| (std::cmp::Reverse(days), price));
            prices[own[0].product as usize] =
                modal.map(|(price, _)| Money::from_ten_thousandths(price * 100));
        }
    }
    Ok(prices)
}

/// Different words of at least three letters, in lower case, ascending.
fn words(description: &str) -> Vec<String> {
    let letters = description.split(|letter: char| !letter.is_alphanumeric());
    let mut words: Vec<String> =
        letters.filter(|word| word.chars().count() >= 3).map(str::to_lowercase).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Words of both ÷ words of either (Jaccard); 0 without words.
fn shared(one: &[String], other: &[String]) -> f64 {
    let both = one.iter().filter(|word| other.binary_search(word).is_ok()).count();
    let either = one.len() + other.len() - both;
    if either == 0 { 0.0 } else { both as f64 / either as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_share_words() {
        let (red, pink) = (words("RED RETROSPOT CAKE STAND, 2"), words("Pink Retrospot cake stand large"));
        assert_eq!(red, ["cake", "red", "retrospot", "stand"]);
        assert!((shared(&red, &pink) - 3.0 / 6.0).abs() < 1e-12);
        assert_eq!(shared(&words("a b"), &[]), 0.0);
    }
}
