//! The products: codes, prices, popularity and what is planted in them.

use patron_domain::{Day, Money, Month};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

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
    /// Comes out while the log runs.
    Launched,
    /// Is given up while the log runs.
    Retired,
}

/// A product of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) sku: String,
    pub(crate) description: String,
    /// First level of the category.
    pub(crate) department: &'static str,
    /// Second level.
    pub(crate) kind: String,
    /// Whole cents; where prices move, the first one.
    pub(crate) price: Money,
    pub(crate) role: ProductRole,
    /// 1 is the most popular before its role is taken into account.
    pub(crate) rank: u32,
    /// First day on sale, where it is in the log.
    pub(crate) launched: Option<Day>,
    /// Last day on sale, where it is in the log.
    pub(crate) retired: Option<Day>,
}

impl Product {
    /// Demand in `month`, which lies `years` after the middle of the scenario: Zipf's law times the role's factor.
    pub(crate) fn demand(&self, scenario: &Scenario, month: Month, years: f64) -> f64 {
        let catalogue = &scenario.catalogue;
        let base = f64::from(self.rank).powf(-catalogue.zipf_exponent);
        let in_season =
            |months: &[u32]| if months.contains(&month.of_year()) { catalogue.seasonal_factor } else { 1.0 };
        base * match self.role {
            ProductRole::Steady | ProductRole::BringsBack => 1.0,
            ProductRole::Launched | ProductRole::Retired if !self.is_on_sale(month.first_day()) => 0.0,
            ProductRole::Launched | ProductRole::Retired => 1.0,
            ProductRole::Rising => catalogue.trend_per_year.powf(years),
            ProductRole::Fading => catalogue.trend_per_year.powf(-years),
            ProductRole::Christmas => in_season(&[11, 12]),
            ProductRole::Summer => in_season(&[6, 7, 8]),
        }
    }

    fn is_on_sale(&self, day: Day) -> bool {
        self.launched.is_none_or(|first| first <= day) && self.retired.is_none_or(|last| day <= last)
    }
}

pub(crate) fn products(scenario: &Scenario, seed: SeedTree) -> Vec<Product> {
    let mut ranks: Vec<u32> = (1..=scenario.products).collect();
    ranks.shuffle(&mut seed.child("ranks", 0));
    let roles = roles(scenario, seed);
    let product = |(index, rank): (u32, u32)| {
        let role = roles.get(rank as usize - 1).copied().unwrap_or(ProductRole::Steady);
        let (design, variant) = design(index);
        let plain = words::description(design, variant.unwrap_or(design as usize % words::VARIANTS));
        let (shelf, kind) = words::shelf(design);
        let (description, department, kind) = match role {
            ProductRole::Christmas => (format!("CHRISTMAS {plain}"), words::SEASONAL, "Christmas".to_owned()),
            ProductRole::Summer => (format!("SUMMER {plain}"), words::SEASONAL, "Summer".to_owned()),
            ProductRole::BringsBack => {
                let number = earlier(&roles, rank, role);
                let (department, kind) = words::consumable_shelf(number);
                (words::consumable(number), department, kind)
            }
            _ => (plain, shelf, kind),
        };
        let price = price(scenario, &mut seed.child("price", u64::from(index)));
        let (launched, retired) = life(scenario, role, &mut seed.child("life", u64::from(index)));
        let sku = sku(design, variant);
        Product { sku, description, department, kind, price, role, rank, launched, retired }
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
        (ProductRole::Launched, catalogue.launched),
        (ProductRole::Retired, catalogue.retired),
    ];
    let mut roles: Vec<ProductRole> =
        kinds.into_iter().flat_map(|(role, count)| std::iter::repeat_n(role, count as usize)).collect();
    let popular = (scenario.products as usize / 3).max(roles.len());
    roles.resize(popular, ProductRole::Steady);
    roles.shuffle(&mut seed.child("roles", 0));
    roles
}

/// When a product comes out or is given up: at the turn of any month in the log.
fn life(scenario: &Scenario, role: ProductRole, rng: &mut SynthRng) -> (Option<Day>, Option<Day>) {
    let (first, last) = (scenario.start.month().number(), scenario.end.month().number());
    let turn = rng.random_range(first..last.max(first + 1));
    match role {
        ProductRole::Launched if last > first => (Some(Month::from_number(turn + 1).first_day()), None),
        ProductRole::Retired if last > first => (None, Some(Month::from_number(turn).last_day())),
        _ => (None, None),
    }
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
    use crate::catalogue::Catalogue;

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
            let product = Product {
                sku: String::new(),
                description: String::new(),
                department: "",
                kind: String::new(),
                price: Money::ZERO,
                role,
                rank,
                launched: None,
                retired: None,
            };
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
    fn products_come_out_and_go_at_the_turn_of_a_month() {
        let mut scenario = Scenario::demo();
        (scenario.catalogue.launched, scenario.catalogue.retired) = (5, 7);
        let catalogue = Catalogue::new(&scenario, SeedTree::new(1));
        let turns = |role, day: fn(&Product) -> Option<Day>| -> Vec<Day> {
            catalogue.products.iter().filter(|p| p.role == role).map(|p| day(p).unwrap()).collect()
        };
        let (launched, retired) =
            (turns(ProductRole::Launched, |p| p.launched), turns(ProductRole::Retired, |p| p.retired));
        assert_eq!((launched.len(), retired.len()), (5, 7));
        assert!(
            launched
                .iter()
                .all(|day| *day == day.month().first_day() && *day > scenario.start && *day <= scenario.end)
        );
        assert!(retired.iter().all(|day| *day == day.month().last_day() && *day < scenario.end));
        let product = catalogue.products.iter().find(|p| p.role == ProductRole::Launched).unwrap();
        let month = product.launched.unwrap().month();
        assert_eq!(product.demand(&scenario, month.plus(-1), 0.0), 0.0);
        assert!(product.demand(&scenario, month, 0.0) > 0.0);
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
