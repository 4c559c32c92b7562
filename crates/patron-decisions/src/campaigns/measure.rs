//! What a campaign added: those written to against those held back.

use patron_columns::RollupSource;
use patron_domain::Day;
use serde::Serialize;

use super::arms::{ArmFacts, Difference, means_differ, shares_differ};
use super::break_even::CostOfContact;
use super::earned::{Earned, earned};
use super::response::{Range, Response};
use crate::{DecisionError, MarginBasis, Margins, Missing};

/// Who was written to and who was held back, as it was stored when the list was made.
#[derive(Clone, Copy, Debug)]
pub struct Assignment<'a> {
    /// Name of the campaign.
    pub campaign: &'a str,
    /// Day it went out: the first day that counts.
    pub sent: Day,
    /// The last day that counts.
    pub until: Day,
    /// Codes of those to be written to, whether it reached them or not (intention to treat).
    pub treated: &'a [u32],
    /// Codes of those held back; nobody is in both.
    pub control: &'a [u32],
    /// What a contact cost, where known.
    pub cost: Option<CostOfContact>,
}

/// What the money of a result is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoneyIs {
    /// Margin. Revenue whose margin is not known counts at the shop's rate.
    Margin {
        /// What it rests on.
        basis: MarginBasis,
    },
    /// Net revenue: no margin is known.
    Revenue,
}

/// What a campaign brought. Every customer counts in the arm assigned, whatever happened later.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CampaignResult {
    /// Name of the campaign.
    pub campaign: String,
    /// First day that counts.
    pub sent: Day,
    /// Last day that counts.
    pub until: Day,
    /// Whether that day has passed: if not, more may come.
    pub complete: bool,
    /// Those to be written to.
    pub treated: ArmFacts,
    /// Those held back.
    pub control: ArmFacts,
    /// What the money is.
    pub money_is: MoneyIs,
    /// Extra buyers as a share of those assigned; `None` where an arm is empty.
    pub extra_buyers: Option<Difference>,
    /// Extra money per customer assigned; `None` where an arm has fewer than two.
    pub extra_money: Option<Difference>,
    /// Extra margin of all written to, less what it cost; `None` where margin, cost or control is unknown.
    pub net: Option<Range>,
    /// What would make more of it known.
    pub missing: Vec<Missing>,
}

impl CampaignResult {
    /// The response it has shown, which takes the place of an assumption in the next plan; `None` without a control.
    pub fn response(&self) -> Option<Response> {
        let extra = self.extra_buyers?;
        let campaign = self.campaign.clone();
        Some(Response::Measured { share: extra.difference, low: extra.low, high: extra.high, campaign })
    }
}

/// Compares the arms of a campaign by what they bought from `sent` to `until`, nothing later than `as_of` among it.
///
/// # Errors
/// As the source fails.
pub fn measure(
    source: &dyn RollupSource,
    assignment: &Assignment<'_>,
    margins: &Margins,
    as_of: Day,
) -> Result<CampaignResult, DecisionError> {
    let until = assignment.until.min(as_of);
    let all = earned(source, margins.costing(), (assignment.sent, until))?;
    let rate = margins.shop.rate;
    let outcomes = |codes: &[u32]| {
        let known = codes.iter().map(|&code| all.get(code as usize).copied().unwrap_or_default());
        let money = |one: &Earned| rate.map_or(one.revenue.to_f64(), |rate| one.money(rate));
        ArmFacts::of(known.map(|one| (one.bought, money(&one))))
    };
    let (treated, control) = (outcomes(assignment.treated), outcomes(assignment.control));
    let extra_money = means_differ(&treated, &control);
    let cost = assignment.cost.filter(|_| rate.is_some());
    let net = extra_money.zip(cost).map(|(extra, cost)| {
        let people = treated.customers as f64;
        let spent = people * cost.per_contact.to_f64() + treated.buyers as f64 * cost.per_buyer.to_f64();
        let less = |money: f64| people * money - spent;
        Range { low: less(extra.low), middle: less(extra.difference), high: less(extra.high) }
    });
    let missing = [
        (Missing::UnitCostsOrMarginRate, rate.is_none()),
        (Missing::ContactCost, assignment.cost.is_none()),
        (Missing::ControlGroup, control.customers < 2),
    ];
    Ok(CampaignResult {
        campaign: assignment.campaign.to_owned(),
        sent: assignment.sent,
        until: assignment.until,
        complete: assignment.until <= as_of,
        treated,
        control,
        money_is: rate.map_or(MoneyIs::Revenue, |_| MoneyIs::Margin { basis: margins.basis() }),
        extra_buyers: shares_differ(&treated, &control),
        extra_money,
        net,
        missing: missing.into_iter().filter(|&(_, is)| is).map(|(what, _)| what).collect(),
    })
}
