//! The ranked list of a campaign: whom, with what, and who is held back.

use serde::Serialize;

use super::assign::{Arm, Stratum, StratumCount, arm_of};
use super::break_even::{CostOfContact, break_even};
use super::plan::CampaignAsk;
use crate::{Customer, Margins, Shop};

/// Days of three months, over which the chance to buy is told.
const QUARTER: f64 = 91.3125;

/// What an extra buyer is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueOf {
    /// The expected value of one purchase: what such a buyer brings at least.
    #[default]
    OnePurchase,
    /// Expected revenue of 3 months ÷ chance to buy in them: what a customer brings in 3 months who buys at all.
    ThreeMonthsIfBought,
}

impl ValueOf {
    fn of(self, customer: &Customer<'_>) -> Option<f64> {
        let forecast = customer.forecast?;
        match self {
            Self::OnePurchase => Some(forecast.expected_value),
            Self::ThreeMonthsIfBought => {
                let chance = forecast.chance_to_buy_3m;
                (chance > 0.0).then(|| forecast.clv_3m / chance)
            }
        }
    }
}

/// A customer on the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Listed {
    /// From 1.
    pub rank: u32,
    /// The customer's code.
    pub customer: u32,
    /// Written to or held back.
    pub arm: Arm,
    /// The product to put in front, where there is one.
    pub product: Option<u32>,
    /// Margin of what an extra buyer brings, in currency units; `None` without margin or forecast.
    pub margin: Option<f64>,
    /// Share of customers like this one who must buy extra for the contact to pay; `None` where it cannot or is unknown.
    pub pays_from: Option<f64>,
}

/// A customer who may be on the list.
struct Ranked<'s> {
    customer: &'s Customer<'s>,
    /// Margin of what an extra buyer brings.
    margin: Option<f64>,
    /// What the rank is by: the margin, else the value.
    by: f64,
}

pub(super) fn listed(
    shop: &Shop<'_>,
    margins: &Margins,
    ask: &CampaignAsk<'_>,
    kept: &[usize],
    cost: Option<CostOfContact>,
) -> Vec<Listed> {
    let worth = |&place: &usize| {
        let customer = shop.customers.get(place)?;
        let value = ask.value_of.of(customer);
        let margin = value.zip(margins.rate(place)).map(|(value, rate)| value * rate);
        Some(Ranked { customer, margin, by: margin.or(value).unwrap_or(f64::NEG_INFINITY) })
    };
    let mut ranked: Vec<Ranked<'_>> = kept.iter().filter_map(worth).collect();
    ranked.sort_by(|a, b| b.by.total_cmp(&a.by).then(a.customer.code.cmp(&b.customer.code)));
    ranked.dedup_by_key(|ranked| ranked.customer.code);
    ranked.truncate(ask.most.unwrap_or(usize::MAX));
    let names = &shop.source.catalog().customers;
    let row = |(rank, Ranked { customer, margin, .. }): (u32, Ranked<'_>)| {
        let stratum = Stratum::of(customer.purchase_days());
        let alone =
            |cost: CostOfContact| break_even(cost, margin?, anyway(customer, ask.window_days)?, 1).share();
        Listed {
            rank,
            customer: customer.code,
            arm: arm_of(ask.seed, ask.name, stratum, names.text(customer.code), ask.control_share),
            product: (ask.product)(customer.code),
            margin,
            pays_from: cost.and_then(alone),
        }
    };
    (1..).zip(ranked).map(row).collect()
}

pub(super) fn strata(shop: &Shop<'_>, list: &[Listed]) -> Vec<StratumCount> {
    let mut counts = Stratum::ALL.map(|stratum| StratumCount { stratum, treated: 0, control: 0 });
    for listed in list {
        let days = customer(shop, listed.customer).map_or(0, Customer::purchase_days);
        if let Some(count) = counts.iter_mut().find(|count| count.stratum == Stratum::of(days)) {
            match listed.arm {
                Arm::Treated => count.treated += 1,
                Arm::Control => count.control += 1,
            }
        }
    }
    counts.into_iter().filter(|count| count.treated + count.control > 0).collect()
}

pub(super) fn customer<'s>(shop: &'s Shop<'_>, code: u32) -> Option<&'s Customer<'s>> {
    shop.customers.get(shop.place(code)?)
}

/// Chance to buy anyway within so many days: 1 − (1 − p)^(days ÷ 91.3) for a chance of p in 3 months.
pub(super) fn anyway(customer: &Customer<'_>, days: u32) -> Option<f64> {
    let chance = customer.forecast?.chance_to_buy_3m;
    Some(1.0 - (1.0 - chance).powf(f64::from(days) / QUARTER))
}
