//! Prices that move, and what that does to demand.

use patron_domain::{Day, Money};
use rand_distr::{Distribution, StandardNormal};

use super::{Price, Product};
use crate::chance::happens;
use crate::scenario::{Promotion, Scenario};
use crate::seed::SeedTree;

/// How far a price may move from the first one before inflation, as a factor either way.
const FARTHEST: f64 = 2.5;

/// The prices of all products in the periods that begin on `firsts`; nothing where no price ever moves.
pub(super) fn prices(
    scenario: &Scenario,
    products: &[Product],
    firsts: &[Day],
    seed: SeedTree,
) -> Vec<Vec<Price>> {
    let prices = &scenario.prices;
    let moves = prices.changes_per_year > 0.0 || prices.inflation_per_year != 1.0;
    if !moves && scenario.promotions.is_empty() {
        return Vec::new();
    }
    let first_month = scenario.start.month().number();
    let months = (scenario.end.month().number() - first_month + 1) as usize;
    let paths: Vec<Vec<f64>> =
        (0..products.len() as u64).map(|index| path(scenario, months, seed, index)).collect();
    let period = |day: &Day| {
        let month = (day.month().number() - first_month) as usize;
        let inflation = prices.inflation_per_year.powf(month as f64 / 12.0);
        let price = |(product, path): (&Product, &Vec<f64>)| {
            let list = rounded(product.price, path.get(month).copied().unwrap_or(1.0) * inflation);
            let off: f64 = on(scenario, product, *day).map(|p| 1.0 - p.percent_off / 100.0).product();
            Price { list, paid: rounded(list, off) }
        };
        products.iter().zip(&paths).map(price).collect()
    };
    firsts.iter().map(period).collect()
}

/// What the price of the period that begins on `day` makes of the demand: (list ÷ first price)^−elasticity without
/// inflation, times for each promotion its own factor or what the elasticity makes of it.
pub(super) fn demand_factor(scenario: &Scenario, product: &Product, price: Price, day: Day) -> f64 {
    let elasticity = scenario.prices.elasticity.get(product.department).copied().unwrap_or(0.0);
    let months = day.month().number() - scenario.start.month().number();
    let inflation = scenario.prices.inflation_per_year.powf(f64::from(months) / 12.0);
    let relative = price.list.to_f64() / (product.price.to_f64() * inflation);
    let promotions = on(scenario, product, day).map(|promotion| {
        let cheaper = 1.0 - promotion.percent_off / 100.0;
        promotion.demand_factor.unwrap_or_else(|| cheaper.powf(-elasticity))
    });
    relative.powf(-elasticity) * promotions.product::<f64>()
}

fn on<'a>(scenario: &'a Scenario, product: &'a Product, day: Day) -> impl Iterator<Item = &'a Promotion> {
    let fits = move |promotion: &&Promotion| {
        promotion.lasts_on(day)
            && promotion.department.as_deref().is_none_or(|department| department == product.department)
    };
    scenario.promotions.iter().filter(fits)
}

/// Month by month, what the first price is multiplied by.
fn path(scenario: &Scenario, months: usize, seed: SeedTree, index: u64) -> Vec<f64> {
    let prices = &scenario.prices;
    let mut rng = seed.child("price path", index);
    let mut factor: f64 = 1.0;
    let step = |month| {
        let changes = happens(&mut rng, prices.changes_per_year / 12.0);
        let normal: f64 = StandardNormal.sample(&mut rng);
        if month > 0 && changes {
            factor = (factor * (prices.change_spread * normal).exp()).clamp(1.0 / FARTHEST, FARTHEST);
        }
        factor
    };
    (0..months).map(step).collect()
}

/// In whole cents, at least one.
fn rounded(price: Money, factor: f64) -> Money {
    if factor == 1.0 {
        return price;
    }
    let cents = (price.ten_thousandths() as f64 / 100.0 * factor).round().max(1.0);
    Money::from_ten_thousandths(cents as i64 * 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn sale(department: Option<&str>, demand_factor: Option<f64>) -> Promotion {
        Promotion {
            name: "Sale".into(),
            from: day("2023-07-10"),
            until: day("2023-07-16"),
            department: department.map(str::to_owned),
            percent_off: 25.0,
            demand_factor,
            buying_factor: 1.0,
        }
    }

    #[test]
    fn a_promotion_takes_its_share_off_its_department_on_its_days() {
        let mut scenario = Scenario::demo();
        scenario.promotions = vec![sale(Some("Garden"), None)];
        let catalogue = Catalogue::new(&scenario, SeedTree::new(1));
        for (index, product) in catalogue.products.iter().enumerate() {
            let before = catalogue.price(index as u32, day("2023-07-09"));
            let during = catalogue.price(index as u32, day("2023-07-16"));
            assert_eq!((before.list, before.paid), (product.price, product.price));
            assert_eq!(during.list, product.price);
            let expected = if product.department == "Garden" { 0.75 } else { 1.0 };
            assert!((during.paid.to_f64() - product.price.to_f64() * expected).abs() <= 0.005);
            assert_eq!(catalogue.price(index as u32, day("2023-07-17")), before);
        }
    }

    #[test]
    fn demand_answers_to_the_price_as_the_elasticity_has_it() {
        let mut scenario = Scenario::demo();
        scenario.prices.elasticity = [("Garden".to_owned(), 2.0)].into();
        let catalogue = Catalogue::new(&scenario, SeedTree::new(1));
        let product = catalogue.products.iter().find(|product| product.department == "Garden").unwrap();
        let price = |factor: i64| {
            let list = Money::from_ten_thousandths(product.price.ten_thousandths() * factor);
            Price { list, paid: list }
        };
        let answer =
            |scenario: &Scenario, factor| demand_factor(scenario, product, price(factor), day("2023-07-12"));
        assert!((answer(&scenario, 1) - 1.0).abs() < 1e-12);
        assert!((answer(&scenario, 2) - 0.25).abs() < 1e-12);
        scenario.promotions = vec![sale(None, None)];
        assert!((answer(&scenario, 1) - 16.0 / 9.0).abs() < 1e-12);
        scenario.promotions = vec![sale(None, Some(3.0))];
        assert!((answer(&scenario, 2) - 0.75).abs() < 1e-12);
    }

    #[test]
    fn prices_move_so_often_and_so_far() {
        let mut scenario = Scenario::demo();
        (scenario.prices.changes_per_year, scenario.prices.change_spread) = (3.0, 0.1);
        let (mut changes, mut squares) = (0.0, 0.0);
        for index in 0..2_000 {
            for pair in path(&scenario, 24, SeedTree::new(1), index).windows(2) {
                changes += f64::from(u8::from(pair[0] != pair[1]));
                squares += (pair[1] / pair[0]).ln().powi(2);
            }
        }
        assert!((changes / (2_000.0 * 23.0) - 0.25).abs() < 0.01);
        assert!((squares / changes / 0.01 - 1.0).abs() < 0.05);
        scenario.prices.inflation_per_year = 1.1;
        scenario.prices.changes_per_year = 0.0;
        let catalogue = Catalogue::new(&scenario, SeedTree::new(1));
        let first = catalogue.products[0].price.to_f64();
        let price = catalogue.price(0, day("2024-12-01")).list.to_f64();
        assert!((price / (first * 1.1_f64.powf(23.0 / 12.0)) - 1.0).abs() < 0.01);
    }
}
