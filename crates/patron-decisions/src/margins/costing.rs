//! What stands behind the margin of each product.

use patron_domain::{Attributes, Money};

use super::group::MarginSum;
use super::rates::MarginRates;

/// What is known of the margin of a product.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Known {
    UnitCost(Money),
    /// Ten-thousandths.
    CategoryRate(i64),
    OneRate(i64),
    Nothing,
}

/// The same for all products.
#[derive(Clone, Debug, Default)]
pub(crate) struct Costing {
    of_product: Vec<Known>,
    overall: Option<i64>,
}

impl Costing {
    pub(super) fn new(attributes: &Attributes, products: usize, rates: &MarginRates) -> Self {
        let overall = rates.overall();
        let otherwise = overall.map_or(Known::Nothing, Known::OneRate);
        let of_word: Vec<_> = attributes.category.words.iter().map(|word| rates.of_category(word)).collect();
        let known = |product: u32| {
            if let Some(cost) = attributes.unit_cost(product) {
                return Known::UnitCost(cost);
            }
            let category = attributes.category.code(product);
            let rate = category.and_then(|word| of_word.get(word as usize).copied().flatten());
            rate.map_or(otherwise, Known::CategoryRate)
        };
        Self { of_product: (0..products as u32).map(known).collect(), overall }
    }

    /// Adds net units and revenue of a product.
    pub(crate) fn add(&self, sum: &mut MarginSum, product: u32, quantity: i64, revenue: Money) {
        sum.add_sold(self.of(product), quantity, revenue);
    }

    /// Adds revenue that names no product.
    pub(crate) fn add_nameless(&self, sum: &mut MarginSum, revenue: Money) {
        if revenue != Money::ZERO {
            sum.add_sold(self.overall.map_or(Known::Nothing, Known::OneRate), 0, revenue);
        }
    }

    pub(crate) fn of(&self, product: u32) -> Known {
        self.of_product.get(product as usize).copied().unwrap_or(Known::Nothing)
    }
}
