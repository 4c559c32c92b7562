//! What is in an order: products, and quantities that approach the value the spend model has drawn.

use patron_domain::{Day, Money};
use rand::RngExt;

use crate::catalogue::Catalogue;
use crate::chance::{geometric, unit_wait};
use crate::seed::{SeedTree, SynthRng};

/// Units of one product in one order, at most.
const MAX_QUANTITY: i64 = 100_000;
/// Value of one order, at most, in currency units.
const MAX_VALUE: f64 = 1e8;
/// Products of one order, at most.
const MAX_LINES: usize = 200;

/// A product and how many of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BasketLine {
    pub(crate) product: u32,
    pub(crate) quantity: i32,
    /// Of one unit, as it is paid.
    pub(crate) price: Money,
    /// Of one unit, before promotions.
    pub(crate) list_price: Money,
}

/// What the customer wants from an order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    /// Value to approach, in currency units.
    pub(crate) value: f64,
    /// Mean of the products drawn.
    pub(crate) mean_lines: f64,
    /// When.
    pub(crate) day: Day,
    /// A product the customer wants again.
    pub(crate) again: Option<u32>,
    /// Where chance comes from for what goes with what.
    pub(crate) seed: SeedTree,
}

/// Fills a basket with different products.
///
/// Products are drawn as they are wanted in the month; while one unit of each costs more than the wished value, the
/// dearest is put back; what is left of the value is split among the rest by exponential weights, in whole units,
/// and the remainder goes to the dearest products it buys another unit of. The basket's value then differs from the
/// wish by at most half the price of its cheapest product, except that one unit is bought even where it costs more
/// (and that no order is worth more than 100 million or holds more than 100,000 of a product).
pub(crate) fn basket(rng: &mut SynthRng, catalogue: &Catalogue, wish: &Wish) -> Vec<BasketLine> {
    let mut lines = chosen(rng, catalogue, wish);
    let mut dearest_first: Vec<usize> = (0..lines.len()).collect();
    dearest_first.sort_by_key(|&at| (std::cmp::Reverse(lines[at].price), lines[at].product));
    let value = (wish.value.min(MAX_VALUE) * Money::SCALE as f64) as i64;
    let mut cost: i64 = lines.iter().map(|line| line.price.ten_thousandths()).sum();
    let mut put_back = 0;
    while cost > value && put_back + 1 < lines.len() {
        cost -= lines[dearest_first[put_back]].price.ten_thousandths();
        put_back += 1;
    }
    let (dropped, kept) = dearest_first.split_at(put_back);
    let weights: Vec<f64> = kept.iter().map(|_| unit_wait(rng)).collect();
    let (all, free) = (weights.iter().sum::<f64>(), (value - cost).max(0));
    let mut left = free;
    for (&at, weight) in kept.iter().zip(weights) {
        left -= lines[at].add_for((free as f64 * weight / all) as i64);
    }
    for &at in kept {
        left -= lines[at].add_for(left);
    }
    if let Some(&cheapest) = kept.last()
        && left * 2 > lines[cheapest].price.ten_thousandths()
    {
        lines[cheapest].add(1);
    }
    let mut at = 0;
    lines.retain(|_| {
        at += 1;
        !dropped.contains(&(at - 1))
    });
    lines
}

/// Different products, one unit each, in the order they came to mind; at least one.
fn chosen(rng: &mut SynthRng, catalogue: &Catalogue, wish: &Wish) -> Vec<BasketLine> {
    let count = geometric(rng, wish.mean_lines, MAX_LINES.min(catalogue.products.len()));
    let mut products: Vec<u32> = Vec::with_capacity(count);
    products.extend(wish.again);
    while products.len() < count {
        match another(rng, catalogue, wish.day, |product| products.contains(&product)) {
            Some(product) => products.push(product),
            None => break,
        }
    }
    if !catalogue.pairs.is_empty() {
        catalogue.pairs.apply(&mut wish.seed.child("pairs", 0), &mut products);
    }
    let line = |product| {
        let price = catalogue.price(product, wish.day);
        BasketLine { product, quantity: 1, price: price.paid, list_price: price.list }
    };
    products.into_iter().map(line).collect()
}

/// A product that is not `taken`; `None` after twenty draws in vain, which takes a very small catalogue.
pub(crate) fn another(
    rng: &mut SynthRng,
    catalogue: &Catalogue,
    day: Day,
    taken: impl Fn(u32) -> bool,
) -> Option<u32> {
    (0..20).map(|_| catalogue.draw(rng, day)).find(|&product| !taken(product))
}

/// A share of the units, at least one.
pub(crate) fn part_of(rng: &mut SynthRng, quantity: i32) -> i32 {
    rng.random_range(1..=quantity.max(1))
}

impl BasketLine {
    pub(crate) fn amount(&self) -> Money {
        Money::from_ten_thousandths(self.price.ten_thousandths() * i64::from(self.quantity))
    }

    /// What promotions take off.
    pub(crate) fn discount(&self) -> Money {
        let off = self.list_price.ten_thousandths() - self.price.ten_thousandths();
        Money::from_ten_thousandths(off * i64::from(self.quantity))
    }

    /// Adds as many units as `money` buys and returns what they cost.
    fn add_for(&mut self, money: i64) -> i64 {
        let price = self.price.ten_thousandths().max(1);
        self.add(money / price) * price
    }

    /// Adds units up to the limit and returns how many.
    fn add(&mut self, units: i64) -> i64 {
        let units = units.clamp(0, MAX_QUANTITY - i64::from(self.quantity));
        self.quantity += units as i32;
        units
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::Scenario;

    fn fill(seed: u64, value: f64, mean_lines: f64, again: Option<u32>) -> Vec<BasketLine> {
        let scenario = Scenario { products: 60, ..Scenario::demo() };
        let catalogue = Catalogue::new(&scenario, SeedTree::new(1));
        let seed = SeedTree::new(seed);
        let wish = Wish { value, mean_lines, day: scenario.start, again, seed };
        basket(&mut seed.child("basket", 0), &catalogue, &wish)
    }

    proptest! {
        #[test]
        fn the_value_is_met_to_half_the_cheapest_price(seed: u64, value in 0.0..500.0_f64, mean in 1.0..10.0_f64) {
            let lines = fill(seed, value, mean, None);
            let products: HashSet<u32> = lines.iter().map(|line| line.product).collect();
            prop_assert_eq!(products.len(), lines.len());
            let total: Money = lines.iter().map(BasketLine::amount).sum();
            let cheapest = lines.iter().map(|line| line.price).min().unwrap().to_f64();
            let single_unit = lines.len() == 1 && lines[0].quantity == 1;
            prop_assert!(
                (total.to_f64() - value).abs() <= cheapest / 2.0 + 1e-3 || (single_unit && total.to_f64() > value),
                "{} for {value}", total
            );
        }

        #[test]
        fn what_is_wanted_again_is_bought_where_the_value_allows(seed: u64, product in 0_u32..60) {
            let lines = fill(seed, 2_000.0, 4.0, Some(product));
            prop_assert!(lines.iter().any(|line| line.product == product));
        }
    }

    #[test]
    fn no_value_overflows() {
        let lines = fill(1, f64::INFINITY, 3.0, None);
        assert!(lines.iter().all(|line| i64::from(line.quantity) <= MAX_QUANTITY));
    }
}
