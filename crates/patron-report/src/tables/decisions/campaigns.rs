//! Campaigns: what they must bring to pay, and whom they go to.

use patron_columns::Catalog;
use patron_decisions::{Arm, BreakEven, CampaignPlan, Decisions, Incentive, Listed, MarginBasis};

use super::{customer, description, sku, unlocked_by};
use crate::tables::NamedTable;
use crate::{MONEY, Table, say};

pub(super) fn tables<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Vec<NamedTable<'a>> {
    vec![
        NamedTable::new(
            "campaigns.csv",
            "D.2",
            "What each campaign must bring to pay, and what it would bring under the response that was stated or measured",
            plans(decisions),
        ),
        NamedTable::new(
            "campaign_list.csv",
            "D.2",
            "Whom each campaign goes to, who is held back, and the product to put in front of each; first those whose \
             purchase earns most",
            lists(decisions, catalog),
        ),
    ]
}

fn plans(decisions: &Decisions) -> Table<'_> {
    Table::over(&decisions.campaigns)
        .text("campaign", "Its name.", |plan| &plan.name)
        .composed("play", "What it is for.", |plan| say::play(plan.play).to_owned())
        .day("as_of", "The day of the plan.", |plan| plan.as_of)
        .integer("customers", "customers", "Customers it is for, before anybody is left out.", |plan| {
            plan.customers
        })
        .integer(
            "left_out_no_consent",
            "customers",
            "Left out: never asked, or the answer is not known.",
            |plan| plan.left_out.no_consent,
        )
        .integer("left_out_objected", "customers", "Left out: said no.", |plan| plan.left_out.objected)
        .integer("left_out_erased", "customers", "Left out: erased.", |plan| plan.left_out.erased)
        .integer("written_to", "customers", "Written to.", |plan| plan.treated)
        .integer("held_back", "customers", "Held back at random, to compare with.", |plan| plan.control)
        .money("cost_per_contact", "What writing to one customer costs.", |plan| {
            plan.cost.map(|cost| cost.per_contact)
        })
        .money("cost_per_buyer", "What is paid on top for each of them who buys.", |plan| {
            plan.cost.map(|cost| cost.per_buyer)
        })
        .money("contacts_cost", "What writing to all of them costs.", |plan| plan.contacts_cost)
        .forecast("margin_per_extra_buyer", MONEY, "Mean margin of what one extra buyer brings.", |plan| {
            plan.margin
        })
        .composed("margin_rests_on", "What the margin rests on.", |plan| basis(plan.margin_basis).to_owned())
        .chance("buy_anyway", "Share of them who are expected to buy without being written to.", |plan| {
            plan.baseline
        })
        .integer(
            "pays_from_of_1000",
            "customers of 1,000",
            "It pays if so many of 1,000 written to buy who would not have bought anyway.",
            of_thousand,
        )
        .yes_no(
            "can_pay",
            "Whether it can pay at all: no where not even everybody's buying would do.",
            |plan| match plan.break_even {
                BreakEven::PaysFrom { .. } => Some(true),
                BreakEven::NotEvenIfAll => Some(false),
                BreakEven::Unknown { .. } => None,
            },
        )
        .share(
            "smallest_effect",
            "The smallest extra share of buyers that the customers held back would show four times in five.",
            |plan| plan.smallest_effect.and_then(|effect| effect.extra_share),
        )
        .yes_no("shows_break_even", "Whether an effect that just pays would be seen.", |plan| {
            plan.shows_break_even
        })
        .forecast("extra_buyers_low", "customers", "Extra buyers, low end.", |plan| {
            plan.gain.as_ref().map(|gain| gain.extra_buyers.low)
        })
        .forecast("extra_buyers_high", "customers", "Extra buyers, high end.", |plan| {
            plan.gain.as_ref().map(|gain| gain.extra_buyers.high)
        })
        .forecast("gain_low", MONEY, "What it brings less all it costs, low end.", |plan| {
            plan.gain.as_ref().map(|gain| gain.gain.low)
        })
        .forecast("gain", MONEY, "What it brings less all it costs, in between.", |plan| {
            plan.gain.as_ref().map(|gain| gain.gain.middle)
        })
        .forecast("gain_high", MONEY, "What it brings less all it costs, high end.", |plan| {
            plan.gain.as_ref().map(|gain| gain.gain.high)
        })
        .text_if("gain_rests_on", "What extra buyers and gain rest on.", |plan| {
            plan.gain.as_ref().map(|gain| gain.rests_on.as_str())
        })
        .composed("fitting_incentives", "What may be given, none of it a lower price.", |plan| {
            plan.fitting_incentives.iter().map(|&one| incentive(one)).collect::<Vec<_>>().join(", ")
        })
        .composed("unlocked_by", "What would make more of it known.", |plan| unlocked_by(&plan.missing))
        .finish()
}

fn of_thousand(plan: &CampaignPlan) -> Option<u32> {
    match plan.break_even {
        BreakEven::PaysFrom { of_thousand, .. } => Some(of_thousand),
        BreakEven::NotEvenIfAll | BreakEven::Unknown { .. } => None,
    }
}

fn lists<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Table<'a> {
    let rows: Vec<(&CampaignPlan, &Listed)> = decisions
        .campaigns
        .iter()
        .flat_map(|plan| plan.list.iter().map(move |listed| (plan, listed)))
        .collect();
    Table::of(rows)
        .text("campaign", "Its name.", |(plan, _)| &plan.name)
        .integer("rank", "rank", "From 1, within the campaign.", |(_, listed)| listed.rank)
        .composed("customer_id", "Id exactly as in the file.", |(_, listed)| {
            customer(catalog, listed.customer)
        })
        .composed("arm", "Written to, or held back to compare with.", |(_, listed)| {
            match listed.arm {
                Arm::Treated => "written to",
                Arm::Control => "held back",
            }
            .to_owned()
        })
        .composed("sku", "The product to put in front.", |(_, listed)| {
            listed.product.map_or("", |product| sku(catalog, product)).to_owned()
        })
        .composed("description", "Its description.", |(_, listed)| {
            listed.product.map_or_else(String::new, |product| description(catalog, product))
        })
        .forecast(
            "margin",
            MONEY,
            "Margin of what this customer brings by an extra purchase.",
            |(_, listed)| listed.margin,
        )
        .share(
            "pays_from",
            "Of customers like this one: the share who must buy extra for the contact to pay.",
            |(_, listed)| listed.pays_from,
        )
        .finish()
}

/// What a margin rests on.
pub(super) fn basis(basis: MarginBasis) -> &'static str {
    match basis {
        MarginBasis::UnitCosts => "unit costs",
        MarginBasis::CategoryRates => "your margin rates by category",
        MarginBasis::OneRate => "your margin rate",
        MarginBasis::Mixed => "unit costs and your margin rates",
        MarginBasis::Unknown => "",
    }
}

fn incentive(incentive: Incentive) -> &'static str {
    match incentive {
        Incentive::EarlyAccess => "early access",
        Incentive::Points => "points",
        Incentive::FreeShipping => "free shipping",
        Incentive::Gift => "gift",
    }
}
