//! The products and the demand for them over time.

mod attributes;
mod pairs;
mod prices;
mod products;

use patron_domain::{Day, Money};

pub use pairs::PairKind;
pub use products::ProductRole;

pub(crate) use pairs::Pairs;
pub(crate) use products::Product;

use crate::chance::Weighted;
use crate::scenario::Scenario;
use crate::seed::{SeedTree, SynthRng};

/// All products, and what changes of them from period to period: months, cut where a promotion begins or ends.
#[derive(Clone, Debug)]
pub(crate) struct Catalogue {
    pub(crate) products: Vec<Product>,
    pub(crate) pairs: Pairs,
    start: Day,
    /// The period of each day since the start.
    periods: Vec<u32>,
    demand: Vec<Weighted>,
    /// Period by period; empty where prices never move.
    prices: Vec<Vec<Price>>,
    seed: SeedTree,
}

/// What a unit of a product costs in one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Price {
    pub(crate) list: Money,
    /// The list price less the promotions of the period.
    pub(crate) paid: Money,
}

impl Catalogue {
    pub(crate) fn new(scenario: &Scenario, seed: SeedTree) -> Self {
        let products = products::products(scenario, seed);
        let firsts = first_days(scenario);
        let prices = prices::prices(scenario, &products, &firsts, seed);
        let middle = f64::from(scenario.start.month().number() + scenario.end.month().number()) / 2.0;
        let demand = firsts.iter().enumerate().map(|(period, day)| {
            let month = day.month();
            let years = (f64::from(month.number()) - middle) / 12.0;
            let answer = |index| {
                let list_and_paid = prices.get(period)?.get(index)?;
                Some(prices::demand_factor(scenario, products.get(index)?, *list_and_paid, *day))
            };
            Weighted::new(products.iter().enumerate().map(|(index, product)| {
                product.demand(scenario, month, years) * answer(index).unwrap_or(1.0)
            }))
        });
        let demand = demand.collect();
        let days = (0..scenario.days()).map(|number| scenario.start.plus_days(number));
        let periods =
            days.map(|day| firsts.partition_point(|first| *first <= day).saturating_sub(1) as u32).collect();
        let pairs = Pairs::new(scenario, &products, seed);
        Self { products, pairs, start: scenario.start, periods, demand, prices, seed }
    }

    /// A product as it is wanted on `day`.
    pub(crate) fn draw(&self, rng: &mut SynthRng, day: Day) -> u32 {
        let demand = self.demand.get(self.period(day)).or(self.demand.last());
        demand.map_or(0, |demand| demand.draw(rng) as u32)
    }

    /// What a product costs on `day`, in whole cents.
    pub(crate) fn price(&self, product: u32, day: Day) -> Price {
        let moving = self.prices.get(self.period(day)).and_then(|prices| prices.get(product as usize));
        let steady = || {
            let price = self.products.get(product as usize).map_or(Money::ZERO, |product| product.price);
            Price { list: price, paid: price }
        };
        moving.copied().unwrap_or_else(steady)
    }

    /// Whether a product brings people back.
    pub(crate) fn brings_back(&self, product: u32) -> bool {
        self.products.get(product as usize).is_some_and(|product| product.role == ProductRole::BringsBack)
    }

    fn period(&self, day: Day) -> usize {
        let number = day.days_since(self.start).max(0) as usize;
        self.periods.get(number).copied().unwrap_or(u32::MAX) as usize
    }
}

/// The first day of each period, ascending.
fn first_days(scenario: &Scenario) -> Vec<Day> {
    let months = scenario.start.month().number() + 1..=scenario.end.month().number();
    let mut days = vec![scenario.start];
    days.extend(months.map(|month| patron_domain::Month::from_number(month).first_day()));
    days.extend(scenario.promotions.iter().flat_map(|p| [p.from, p.until.plus_days(1)]));
    days.retain(|day| (scenario.start..=scenario.end).contains(day));
    days.sort_unstable();
    days.dedup();
    days
}
