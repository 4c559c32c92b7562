//! Exact sums of revenue and margin, and what they rest on.

use patron_domain::Money;
use serde::Serialize;

use super::costing::Known;
use crate::DecisionError;

/// What stands behind a margin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarginBasis {
    /// Unit costs of the products.
    UnitCosts,
    /// Rates the user stated per category.
    CategoryRates,
    /// One rate the user stated.
    OneRate,
    /// More than one of these: [`RestsOn`] says how much on which.
    Mixed,
    /// Nothing: the margin is unknown.
    #[default]
    Unknown,
}

/// Net revenue by what its margin rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RestsOn {
    /// On unit costs.
    pub unit_costs: Money,
    /// On rates per category.
    pub category_rates: Money,
    /// On one rate for all.
    pub one_rate: Money,
    /// On nothing: no margin is known of it.
    pub unknown: Money,
}

/// What was earned on some sales.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct GroupMargin {
    /// Net revenue of all of them.
    pub revenue: Money,
    /// Net revenue whose margin is known.
    pub known_revenue: Money,
    /// Margin on that, rounded once, half away from zero; `None` where nothing is known.
    pub margin: Option<Money>,
    /// Margin ÷ known revenue; `None` where nothing is known or the known revenue is not above zero.
    pub rate: Option<f64>,
    /// Known revenue ÷ revenue; `None` unless the revenue is above zero. Returns may carry it out of 0 … 1.
    pub covered: Option<f64>,
    /// What the margin rests on.
    pub basis: MarginBasis,
    /// How much of the revenue on which.
    pub rests_on: RestsOn,
}

/// The margin of a product, category or country.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NamedMargin {
    /// Its code; [`patron_domain::NO_CODE`] for what is not known. Categories: a word of that category.
    pub code: u32,
    /// SKU, category or country; empty where unknown.
    pub name: String,
    /// Net units.
    pub quantity: i64,
    /// What was earned.
    pub margin: GroupMargin,
}

/// Revenue by what is known of it, and margin in units of 10⁻⁸, exact.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct MarginSum {
    rests_on: RestsOn,
    margin: i128,
    /// Which of unit costs, category rates and one rate there was a line of.
    seen: [bool; 3],
}

impl MarginSum {
    pub(super) fn add_sold(&mut self, known: Known, quantity: i64, revenue: Money) {
        let exact = i128::from(revenue.ten_thousandths());
        let (slot, of) = match known {
            Known::UnitCost(cost) => {
                let cost = i128::from(quantity) * i128::from(cost.ten_thousandths());
                self.margin += (exact - cost) * i128::from(Money::SCALE);
                (&mut self.rests_on.unit_costs, 0)
            }
            Known::CategoryRate(rate) => {
                self.margin += exact * i128::from(rate);
                (&mut self.rests_on.category_rates, 1)
            }
            Known::OneRate(rate) => {
                self.margin += exact * i128::from(rate);
                (&mut self.rests_on.one_rate, 2)
            }
            Known::Nothing => (&mut self.rests_on.unknown, 3),
        };
        *slot += revenue;
        if let Some(seen) = self.seen.get_mut(of) {
            *seen = true;
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.rests_on.unit_costs += other.rests_on.unit_costs;
        self.rests_on.category_rates += other.rests_on.category_rates;
        self.rests_on.one_rate += other.rests_on.one_rate;
        self.rests_on.unknown += other.rests_on.unknown;
        self.margin += other.margin;
        self.seen.iter_mut().zip(other.seen).for_each(|(seen, other)| *seen |= other);
    }

    pub(crate) fn any_known(&self) -> bool {
        self.seen.contains(&true)
    }

    pub(crate) fn unknown_revenue(&self) -> Money {
        self.rests_on.unknown
    }

    pub(crate) fn known_revenue(&self) -> Money {
        self.rests_on.unit_costs + self.rests_on.category_rates + self.rests_on.one_rate
    }

    /// Margin on the known revenue, in currency units.
    pub(crate) fn margin_f64(&self) -> f64 {
        self.margin as f64 / 1e8
    }

    /// The sum as an answer; `name` is what an error is about.
    pub(crate) fn group(&self, name: &str) -> Result<GroupMargin, DecisionError> {
        let half = i128::from(Money::SCALE / 2) * self.margin.signum();
        let rounded = i64::try_from((self.margin + half) / i128::from(Money::SCALE));
        let margin = rounded.map_err(|_| DecisionError::CostsTooLarge { name: name.to_owned() })?;
        let known_revenue = self.known_revenue();
        let revenue = known_revenue + self.rests_on.unknown;
        let known = self.any_known();
        Ok(GroupMargin {
            revenue,
            known_revenue,
            margin: known.then_some(Money::from_ten_thousandths(margin)),
            rate: share(self.margin_f64(), known_revenue.to_f64()).filter(|_| known),
            covered: share(known_revenue.to_f64(), revenue.to_f64()),
            basis: match self.seen {
                [false, false, false] => MarginBasis::Unknown,
                [true, false, false] => MarginBasis::UnitCosts,
                [false, true, false] => MarginBasis::CategoryRates,
                [false, false, true] => MarginBasis::OneRate,
                _ => MarginBasis::Mixed,
            },
            rests_on: self.rests_on,
        })
    }
}

/// Part ÷ whole; `None` unless the whole is above zero.
pub(crate) fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}
