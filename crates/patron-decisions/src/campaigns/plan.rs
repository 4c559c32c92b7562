//! A campaign before it is sent.

use patron_domain::{Attributes, Day, Money};
use patron_models::ForecastTotal;
use serde::Serialize;

use super::arms::ArmFacts;
use super::assign::{Arm, StratumCount};
use super::break_even::{BreakEven, CostOfContact, break_even};
use super::contact::{Contactable, LeftOut};
use super::earned::earned;
use super::effect::{SmallestEffect, smallest_difference_of_means, smallest_extra_share};
use super::list::{Listed, ValueOf, anyway, customer, listed, strata};
use super::play::{Incentive, Play};
use super::response::{Gain, Response};
use crate::{DecisionError, MarginBasis, Margins, Missing, Shop};

/// What is planned.
#[derive(Clone, Copy)]
pub struct CampaignAsk<'a> {
    /// Its name: part of the draw of those held back.
    pub name: &'a str,
    /// What it is for.
    pub play: Play,
    /// Places of its customers in [`Shop::customers`].
    pub places: &'a [usize],
    /// The way of contact, as the costs file names it.
    pub channel: &'a str,
    /// What a contact costs, where it is stated; else the cost of the channel in the costs file.
    pub contact_cost: Option<Money>,
    /// What is given, and what that costs; an unknown cost makes the break-even unknown.
    pub incentive: Option<(Incentive, Option<CostOfContact>)>,
    /// What an extra buyer is worth.
    pub value_of: ValueOf,
    /// Low and high end of the value as factors of it ([`value_factors`]).
    pub value_factors: Option<[f64; 2]>,
    /// What those written to will do more, where stated or measured.
    pub response: Option<&'a Response>,
    /// Share held back, 0 to 1.
    pub control_share: f64,
    /// Seed of the draw.
    pub seed: u64,
    /// Days over which it will be measured.
    pub window_days: u32,
    /// The best so many only.
    pub most: Option<usize>,
    /// Who may be written to, by customer code; beyond its end nobody was asked.
    pub consent: &'a [Contactable],
    /// The product to put in front of a customer, by code.
    pub product: &'a dyn Fn(u32) -> Option<u32>,
}

/// A campaign before it is sent. In currency units where not money.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CampaignPlan {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub play: Play,
    /// What fits, none of it a lower price.
    pub fitting_incentives: &'static [Incentive],
    /// The day of the plan.
    pub as_of: Day,
    /// Customers it is for, before anybody is left out.
    pub customers: u64,
    /// Left out, and why.
    pub left_out: LeftOut,
    /// Both arms, the customers whose purchase would earn most first (where no margin is known: bring most), ties by code.
    pub list: Vec<Listed>,
    /// How the arms came out by number of purchases.
    pub strata: Vec<StratumCount>,
    /// Written to.
    pub treated: u64,
    /// Held back.
    pub control: u64,
    /// What a contact costs, incentive included; `None` where unknown.
    pub cost: Option<CostOfContact>,
    /// Contacts × the cost of one; what is paid for buyers comes on top.
    pub contacts_cost: Option<Money>,
    /// What an extra buyer is.
    pub value_of: ValueOf,
    /// Mean margin of what an extra buyer brings; `None` without margins or forecasts.
    pub margin: Option<f64>,
    /// What the margin rests on.
    pub margin_basis: MarginBasis,
    /// Share who buy anyway within the window, from the forecasts; `None` without.
    pub baseline: Option<f64>,
    /// How many extra buyers it takes.
    pub break_even: BreakEven,
    /// What it would bring under a response; `None` without one, or where the break-even is unknown.
    pub gain: Option<Gain>,
    /// What the control group can show; `None` without a control or forecasts.
    pub smallest_effect: Option<SmallestEffect>,
    /// Whether an effect that just pays would be seen; `None` where either is unknown.
    pub shows_break_even: Option<bool>,
    /// What would make more of it known.
    pub missing: Vec<Missing>,
}

/// Ends of the value of known customers as factors of it, from the shop's total and its range over the same horizon.
pub fn value_factors(total: &ForecastTotal) -> Option<[f64; 2]> {
    let factor = |end: f64| (end / total.expected).max(0.0);
    (total.expected > 0.0).then(|| [factor(total.low), factor(total.high)])
}

/// Plans a campaign: break-even, list, product, control, and the smallest effect it can show. Gender, birthday, city
/// and name have no part in it.
///
/// # Errors
/// [`DecisionError::Asked`] for a control share outside 0 … 1 or a window of no days; as the source fails.
pub fn plan_campaign(
    shop: &Shop<'_>,
    margins: &Margins,
    ask: &CampaignAsk<'_>,
) -> Result<CampaignPlan, DecisionError> {
    check(ask)?;
    let known = ask.places.iter().filter_map(|&place| Some((place, shop.customers.get(place)?.code)));
    let customers = known.clone().count() as u64;
    let (kept, left_out) = LeftOut::sift(known, ask.consent);
    let cost = cost(shop.attributes, ask);
    let list = listed(shop, margins, ask, &kept, cost);
    let strata = strata(shop, &list);
    let count = |arm: Arm| list.iter().filter(|listed| listed.arm == arm).count() as u64;
    let (treated, control) = (count(Arm::Treated), count(Arm::Control));
    let margin = mean(list.iter().map(|listed| listed.margin));
    let baseline = mean(list.iter().map(|listed| anyway(customer(shop, listed.customer)?, ask.window_days)));
    let has_forecasts = baseline.is_some();
    let mut missing = Vec::new();
    let mut note = |what: Missing, is: bool| is.then(|| missing.push(what));
    note(Missing::UnitCostsOrMarginRate, margins.shop.rate.is_none());
    note(Missing::Forecasts, !has_forecasts);
    note(Missing::ContactCost, contact_cost(shop.attributes, ask).is_none());
    note(Missing::IncentiveCost, ask.incentive.is_some_and(|(_, cost)| cost.is_none()));
    let unknown = missing.clone();
    let mut note = |what: Missing, is: bool| is.then(|| missing.push(what));
    note(Missing::Consent, list.is_empty() && left_out.no_consent > 0);
    note(Missing::Response, ask.response.is_none());
    note(Missing::ControlGroup, control == 0);
    let all = margin.zip(baseline).zip(cost);
    let break_even = match all {
        Some(((margin, baseline), cost)) => break_even(cost, margin, baseline, treated),
        None => BreakEven::Unknown { missing: unknown },
    };
    let gain = all.zip(ask.response).map(|(((margin, baseline), cost), response)| {
        Gain::of(response, cost, margin, baseline, treated, ask.value_factors)
    });
    let smallest_effect = match baseline.filter(|_| control > 0) {
        Some(baseline) => Some(smallest_effect(shop, margins, ask, &list, baseline)?),
        None => None,
    };
    let shown = smallest_effect.and_then(|effect| effect.extra_share);
    Ok(CampaignPlan {
        name: ask.name.to_owned(),
        play: ask.play,
        fitting_incentives: ask.play.incentives(),
        as_of: shop.as_of,
        customers,
        left_out,
        strata,
        treated,
        control,
        cost,
        contacts_cost: cost.and_then(|cost| cost.per_contact.times(i64::try_from(treated).ok()?)),
        value_of: ask.value_of,
        margin,
        margin_basis: margins.basis(),
        baseline,
        shows_break_even: break_even.share().zip(shown).map(|(pays, shown)| shown <= pays),
        break_even,
        gain,
        smallest_effect,
        missing,
        list,
    })
}

fn check(ask: &CampaignAsk<'_>) -> Result<(), DecisionError> {
    if !(0.0..=1.0).contains(&ask.control_share) {
        let (name, allowed) = ("the share held back", "between 0 and 1 (0.1 for 10 %)");
        return Err(DecisionError::Asked { name, allowed, value: ask.control_share });
    }
    if !(1..=3_650).contains(&ask.window_days) {
        let (name, allowed) = ("the days over which a campaign is measured", "from 1 to 3650");
        return Err(DecisionError::Asked { name, allowed, value: f64::from(ask.window_days) });
    }
    Ok(())
}

fn contact_cost(attributes: &Attributes, ask: &CampaignAsk<'_>) -> Option<Money> {
    let key = |word: &str| word.trim().to_lowercase();
    let of_channel = || {
        let found = attributes.costs.contacts.iter().find(|cost| key(&cost.channel) == key(ask.channel));
        found.map(|cost| cost.cost)
    };
    ask.contact_cost.or_else(of_channel)
}

fn cost(attributes: &Attributes, ask: &CampaignAsk<'_>) -> Option<CostOfContact> {
    let contact = CostOfContact { per_contact: contact_cost(attributes, ask)?, per_buyer: Money::ZERO };
    match ask.incentive {
        None => Some(contact),
        Some((_, incentive)) => contact.and(incentive?),
    }
}

/// Mean of those known; `None` without any.
fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let (sum, count) = values.flatten().fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

fn smallest_effect(
    shop: &Shop<'_>,
    margins: &Margins,
    ask: &CampaignAsk<'_>,
    list: &[Listed],
    baseline: f64,
) -> Result<SmallestEffect, DecisionError> {
    let count = |arm: Arm| list.iter().filter(|listed| listed.arm == arm).count() as u64;
    let (treated, control) = (count(Arm::Treated), count(Arm::Control));
    let from = shop.as_of.plus_days(1 - i32::try_from(ask.window_days).unwrap_or(i32::MAX));
    let before = earned(shop.source, margins.costing(), (from, shop.as_of))?;
    let rate = margins.shop.rate;
    let money = |listed: &Listed| {
        let one = before.get(listed.customer as usize).copied().unwrap_or_default();
        (one.bought, rate.map_or(one.revenue.to_f64(), |rate| one.money(rate)))
    };
    let money_deviation = ArmFacts::of(list.iter().map(money)).variance.sqrt();
    Ok(SmallestEffect {
        extra_share: smallest_extra_share(baseline, treated, control),
        baseline,
        extra_money: smallest_difference_of_means(money_deviation, treated, control),
        money_deviation,
    })
}
