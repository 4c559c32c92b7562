//! The products: codes, prices, popularity and what is planted in them.

use patron_domain::{Money, Month};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use crate::chance::Weighted;
use crate::scenario::Scenario;
use crate::seed::{SeedTree, SynthRng};
use crate::words;

/// What is planted in a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProductRole {
    /// Nothing: its share of the demand stays the same.
    Steady,
    /// Demand grows by the scenario's factor per year.
    Rising,
    /// Demand shrinks by the scenario's factor per year.
    Fading,
    /// Wanted in November and December.
    Christmas,
    /// Wanted from June to August.
    Summer,
    /// Customers with it in their first order buy more often, and this product again.
    BringsBack,
}

/// A product of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) sku: String,
    pub(crate) description: String,
    /// Whole cents, constant.
    pub(crate) price: Money,
    pub(crate) role: ProductRole,
    /// 1 is the most popular before its role is taken into account.
    pub(crate) rank: u32,
}

/// All products and the demand for them month by month.
#[derive(Clone, Debug)]
pub(crate) struct Catalogue {
    pub(crate) products: Vec<Product>,
    first_month: Month,
    demand: Vec<Weighted>,
}

impl Catalogue {
    pub(crate) fn new(scenario: &Scenario, seed: SeedTree) -> Self {
        let products = products(scenario, seed);
        let (first, last) = (scenario.start.month(), scenario.end.month());
        let months = (first.number()..=last.number()).map(Month::from_number);
        let middle = f64::from(first.number() + last.number()) / 2.0;
        let demand = months.map(|month| {
            let years = (f64::from(month.number()) - middle) / 12.0;
            Weighted::new(products.iter().map(|product| product.demand(scenario, month, years)))
        });
        Self { demand: demand.collect(), products, first_month: first }
    }

    /// A product as it is wanted in `month`.
    pub(crate) fn draw(&self, rng: &mut SynthRng, month: Month) -> u32 {
        let index = (month.number() - self.first_month.number()).max(0) as usize;
        let demand = self.demand.get(index).or(self.demand.last());
        demand.map_or(0, |demand| demand.draw(rng) as u32)
    }

    /// The price of a product, in whole cents.
    pub(crate) fn price(&self, product: u32) -> Money {
        self.products.get(product as usize).map_or(Money::ZERO, |product| product.price)
    }

    /// Whether a product brings people back.
    pub(crate) fn brings_back(&self, product: u32) -> bool {
        self.products.get(product as usize).is_some_and(|product| product.role == ProductRole::BringsBack)
    }
}

impl Product {
    /// Demand in `month`, which lies `years` after the middle of the scenario: Zipf's law times the role's factor.
    fn demand(&self, scenario: &Scenario, month: Month, years: f64) -> f64 {
        let catalogue = &scenario.catalogue;
        let base = f64::from(self.rank).powf(-catalogue.zipf_exponent);
        let in_season =
            |months: &[u32]| if months.contains(&month.of_year()) { catalogue.seasonal_factor } else { 1.0 };
        base * match self.role {
            ProductRole::Steady | ProductRole::BringsBack => 1.0,
            ProductRole::Rising => catalogue.trend_per_year.powf(years),
            ProductRole::Fading => catalogue.trend_per_year.powf(-years),
            ProductRole::Christmas => in_season(&[11, 12]),
            ProductRole::Summer => in_season(&[6, 7, 8]),
        }
    }
}

fn products(scenario: &Scenario, seed: SeedTree) -> Vec<Product> {
    let mut ranks: Vec<u32> = (1..=scenario.products).collect();
    ranks.shuffle(&mut seed.child("ranks", 0));
    let roles = roles(scenario, seed);
    let product = |(index, rank): (u32, u32)| {
        let role = roles.get(rank as usize - 1).copied().unwrap_or(ProductRole::Steady);
        let (design, variant) = design(index);
        let plain = words::description(design, variant.unwrap_or(design as usize % words::VARIANTS));
        let description = match role {
            ProductRole::Christmas => format!("CHRISTMAS {plain}"),
            ProductRole::Summer => format!("SUMMER {plain}"),
            ProductRole::BringsBack => words::consumable(earlier(&roles, rank, role)),
            ProductRole::Steady | ProductRole::Rising | ProductRole::Fading => plain,
        };
        let price = price(scenario, &mut seed.child("price", u64::from(index)));
        Product { sku: sku(design, variant), description, price, role, rank }
    };
    (0..scenario.products).zip(ranks).map(product).collect()
}

/// The role of each rank: planted ones are spread by chance over the more popular third.
fn roles(scenario: &Scenario, seed: SeedTree) -> Vec<ProductRole> {
    let catalogue = &scenario.catalogue;
    let kinds = [
        (ProductRole::Rising, catalogue.rising),
        (ProductRole::Fading, catalogue.fading),
        (ProductRole::Christmas, catalogue.christmas),
        (ProductRole::Summer, catalogue.summer),
        (ProductRole::BringsBack, catalogue.brings_back),
    ];
    let mut roles: Vec<ProductRole> =
        kinds.into_iter().flat_map(|(role, count)| std::iter::repeat_n(role, count as usize)).collect();
    let popular = (scenario.products as usize / 3).max(roles.len());
    roles.resize(popular, ProductRole::Steady);
    roles.shuffle(&mut seed.child("roles", 0));
    roles
}

/// How many products of a better rank share the role.
fn earlier(roles: &[ProductRole], rank: u32, role: ProductRole) -> u32 {
    roles.iter().take(rank as usize - 1).filter(|&&other| other == role).count() as u32
}

/// Of ten products seven are designs of their own; the other three are one design in the colours A, B and C.
fn design(index: u32) -> (u32, Option<usize>) {
    let (block, place) = (index / 10, index % 10);
    match place {
        0..=6 => (block * 8 + place, None),
        _ => (block * 8 + 7, Some(place as usize - 7)),
    }
}

/// Five digits, and a letter where a design comes in several colours. One to one for 80,000 designs.
fn sku(design: u32, variant: Option<usize>) -> String {
    let number = 20_000 + u64::from(design) * 30_011 % 80_000;
    let letter = variant.and_then(|variant| ["A", "B", "C"].get(variant)).copied().unwrap_or("");
    format!("{number}{letter}")
}

/// Log-normal, at least 0.29, ending in 5 or 9 as prices do.
fn price(scenario: &Scenario, rng: &mut SynthRng) -> Money {
    let normal: f64 = StandardNormal.sample(rng);
    let units = scenario.catalogue.median_price * (scenario.catalogue.price_spread * normal).exp();
    let ending = if rng.random::<f64>() < 0.7 { 5 } else { 9 };
    let cents = ((units.min(1e6) * 10.0).floor() as i64) * 10 + ending;
    Money::from_ten_thousandths(cents.max(29) * 100)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_five_digits_and_perhaps_a_letter_and_never_repeat() {
        let codes: HashSet<String> =
            (0..20_000).map(design).map(|(design, variant)| sku(design, variant)).collect();
        assert_eq!(codes.len(), 20_000);
        for code in &codes {
            let (digits, letter) = code.split_at(5);
            assert!(
                digits.bytes().all(|byte| byte.is_ascii_digit()) && ["", "A", "B", "C"].contains(&letter),
                "{code}"
            );
        }
        assert!(codes.iter().any(|code| code.ends_with('B')));
    }

    #[test]
    fn the_planted_roles_are_there_in_number_and_popular() {
        let scenario = Scenario::demo();
        let catalogue = Catalogue::new(&scenario, SeedTree::new(1));
        let of = |role| catalogue.products.iter().filter(move |product| product.role == role);
        assert_eq!(of(ProductRole::Rising).count(), 10);
        assert_eq!(of(ProductRole::BringsBack).count(), 8);
        assert_eq!(of(ProductRole::Steady).count(), 400 - 44);
        assert!(
            of(ProductRole::Summer)
                .all(|product| product.rank <= 133 && product.description.contains("SUMMER"))
        );
    }

    #[test]
    fn demand_follows_rank_and_role() {
        let scenario = Scenario::demo();
        let demand = |role, rank, month: u32, years| {
            let product =
                Product { sku: String::new(), description: String::new(), price: Money::ZERO, role, rank };
            product.demand(&scenario, Month::from_number(2024 * 12 + month as i32 - 1), years)
        };
        let base = demand(ProductRole::Steady, 10, 1, 0.3);
        assert!((base - 10_f64.powf(-0.7)).abs() < 1e-12);
        assert!((demand(ProductRole::Rising, 10, 1, 1.0) / base - 3.0).abs() < 1e-12);
        assert!((demand(ProductRole::Fading, 10, 1, 1.0) * 3.0 / base - 1.0).abs() < 1e-12);
        assert!((demand(ProductRole::Christmas, 10, 12, 1.0) / base - 6.0).abs() < 1e-12);
        assert!((demand(ProductRole::Summer, 10, 12, 1.0) / base - 1.0).abs() < 1e-12);
    }

    #[test]
    fn prices_are_whole_cents_around_the_median() {
        let scenario = Scenario { products: 2_001, ..Scenario::demo() };
        let mut prices: Vec<i64> = Catalogue::new(&scenario, SeedTree::new(1))
            .products
            .iter()
            .map(|p| p.price.ten_thousandths())
            .collect();
        assert!(prices.iter().all(|price| price % 100 == 0 && *price >= 2_900));
        prices.sort_unstable();
        assert!((42_000..48_500).contains(&prices[1_000]), "{}", prices[1_000]);
    }
}
