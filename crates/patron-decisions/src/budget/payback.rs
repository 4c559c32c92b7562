//! The highest cost per new customer that pays back.

use std::collections::BTreeMap;

use patron_domain::{Day, Horizon};
use patron_models::{DiscountRate, NewcomersExpected};
use serde::Serialize;

use super::actual::{ActualCost, PaysBack, actual_cost};
use super::newcomers::{Newcomer, NewcomersBy, newcomers};
use crate::campaigns::mean_with_range;
use crate::{ArmFacts, DecisionError, Margins, Missing, Range, Shop};

/// Months within which a cost is to come back.
const HORIZONS: [u32; 3] = [3, 12, 24];
/// Months of arrivals that are looked at, the latest ones that are old enough.
const ARRIVALS: u32 = 12;
/// Fewer new customers tell nothing.
const FEWEST: u64 = 30;
/// Countries, channels and products shown, those with the most new customers.
const MOST: usize = 20;

/// Where a highest cost comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaybackBasis {
    /// New customers who came long enough ago, those who never returned among them.
    Cohorts {
        /// First day of arrivals that counts.
        from: Day,
        /// Last day.
        to: Day,
        /// New customers.
        customers: u64,
    },
    /// The forecast of newcomers: they arrive over the horizon and have on average half of it behind them, so the cost is
    /// too low rather than too high.
    NewcomerModel,
    /// Not known.
    Unknown {
        /// And what would unlock it.
        missing: Vec<Missing>,
    },
}

/// The highest cost of a new customer that is back within some months: the margin earned in them, discounted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HighestCost {
    /// The months.
    pub months: u32,
    /// It, with its 95 % interval (cohorts) or range of 9 in 10 (newcomer model), in currency units; `None` where unknown.
    pub cost: Option<Range>,
    /// Where it comes from.
    pub basis: PaybackBasis,
    /// Against what a new customer did cost; `None` where either is unknown.
    pub pays_back: Option<PaysBack>,
}

/// What new customers may cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Payback {
    /// What they are told apart by.
    pub by: NewcomersBy,
    /// Channel (in lower case), country or SKU; empty for all.
    pub name: String,
    /// New customers since the log's first month.
    pub new_customers: u64,
    /// In 3, 12 and 24 months.
    pub highest: Vec<HighestCost>,
    /// What they did cost: all of them, and by channel; `None` where no spend is known.
    pub actual: Option<ActualCost>,
}

/// What new customers may cost: all of them, then by channel, country and first product, those with the most new
/// customers first (at most 20 of each, each with at least 30 new customers; ties by name).
///
/// The margin of each new customer counts from the first purchase, which is among it; revenue whose margin is not known
/// at the shop's rate. Customers of the log's first month may have come earlier and are left out. `expected`: the
/// forecast of newcomers, which stands in for all of them where no cohort is old enough.
///
/// # Errors
/// As the source fails.
pub fn payback(
    shop: &Shop<'_>,
    margins: &Margins,
    expected: &[NewcomersExpected],
    discount: DiscountRate,
) -> Result<Vec<Payback>, DecisionError> {
    let all = newcomers(shop, margins)?;
    let rows: Vec<&Newcomer> = all.iter().collect();
    let one = |by, name: String, of: &[&Newcomer], model: &[NewcomersExpected]| {
        let actual = match by {
            NewcomersBy::All => actual_cost(shop, None),
            NewcomersBy::Channel => actual_cost(shop, Some(&name)),
            NewcomersBy::Country | NewcomersBy::FirstProduct => None,
        };
        let spent = actual.and_then(|actual| actual.per_customer);
        let highest = HORIZONS.map(|months| highest(shop.as_of, margins, of, model, months, discount, spent));
        Payback { by, name, new_customers: of.len() as u64, highest: highest.into(), actual }
    };
    let mut answers = vec![one(NewcomersBy::All, String::new(), &rows, expected)];
    let skus = &shop.source.catalog().skus;
    for by in [NewcomersBy::Channel, NewcomersBy::Country, NewcomersBy::FirstProduct] {
        let mut groups: BTreeMap<String, Vec<&Newcomer>> = BTreeMap::new();
        for newcomer in &all {
            let name = match by {
                NewcomersBy::All => None,
                NewcomersBy::Channel => newcomer.channel.clone(),
                NewcomersBy::Country => newcomer.country.clone(),
                NewcomersBy::FirstProduct => {
                    newcomer.product.and_then(|code| skus.get(code)).map(str::to_owned)
                }
            };
            if let Some(name) = name {
                groups.entry(name).or_default().push(newcomer);
            }
        }
        let mut groups: Vec<_> = groups.into_iter().filter(|(_, of)| of.len() as u64 >= FEWEST).collect();
        groups.sort_by_key(|(_, of)| std::cmp::Reverse(of.len()));
        groups.truncate(MOST);
        answers.extend(groups.into_iter().map(|(name, of)| one(by, name, &of, &[])));
    }
    Ok(answers)
}

fn highest(
    as_of: Day,
    margins: &Margins,
    of: &[&Newcomer],
    model: &[NewcomersExpected],
    months: u32,
    discount: DiscountRate,
    spent: Option<f64>,
) -> HighestCost {
    let unknown = |missing| HighestCost {
        months,
        cost: None,
        basis: PaybackBasis::Unknown { missing: vec![missing] },
        pays_back: None,
    };
    let Some(rate) = margins.shop.rate else { return unknown(Missing::UnitCostsOrMarginRate) };
    let to = as_of.minus_months(months);
    let from = to.minus_months(ARRIVALS).plus_days(1);
    let old_enough = of.iter().filter(|newcomer| (from..=to).contains(&newcomer.first));
    let facts = ArmFacts::of(old_enough.map(|newcomer| (true, earned(newcomer, months, rate, discount))));
    let (cost, basis) = match mean_with_range(&facts).filter(|_| facts.customers >= FEWEST) {
        Some(cost) => (cost, PaybackBasis::Cohorts { from, to, customers: facts.customers }),
        None => match model.iter().find(|expected| expected.horizon == Horizon::Months(months)) {
            Some(expected) if expected.revenue > 0.0 => {
                (of_model(expected, rate), PaybackBasis::NewcomerModel)
            }
            _ => return unknown(Missing::OlderCustomers),
        },
    };
    let pays_back = spent.map(|spent| PaysBack::of(spent, &cost));
    HighestCost { months, cost: Some(cost), basis, pays_back }
}

/// Margin of one new customer in the months after the first purchase, that one at its full worth.
fn earned(newcomer: &Newcomer, months: u32, rate: f64, discount: DiscountRate) -> f64 {
    let [first, to_3, to_12, to_24] = newcomer.spans.map(|span| span.money(rate));
    let worth = discount.discounted([to_3, to_3 + to_12, to_3 + to_12 + to_24]);
    let place = HORIZONS.iter().position(|&horizon| horizon == months).unwrap_or_default();
    first + worth[place]
}

fn of_model(expected: &NewcomersExpected, rate: f64) -> Range {
    let middle = rate * expected.value_per_newcomer;
    let end = |revenue: f64| middle * revenue / expected.revenue;
    Range { low: end(expected.low), middle, high: end(expected.high) }
}
