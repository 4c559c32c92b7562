//! What to do, in sentences.

use patron_decisions::segments::{Rhythm, ValueTier};
use patron_decisions::{BreakEven, BudgetAnswer, CampaignPlan, Decisions, Missing, Play};

use patron_domain::{Horizon, Money};

use super::{amount, chance_by};
use crate::format::{self, Currency};

/// The most important of all decisions, a sentence each, with capital and full stop.
pub fn decisions(decisions: &Decisions, currency: Currency<'_>) -> Vec<String> {
    let mut said = vec![segments(decisions, currency), at_risk(decisions, currency)];
    said.extend(decisions.campaigns.iter().map(campaign));
    said.extend(budget(&decisions.budget, currency));
    if !decisions.consent_known {
        said.push(format!(
            "Nobody's consent to be written to is known: campaigns are planned for all, but nobody may be written to yet. {}",
            Missing::Consent.unlocked_by()
        ));
    }
    said
}

fn segments(decisions: &Decisions, currency: Currency<'_>) -> String {
    let rows = &decisions.segments.default.rows;
    let high = || rows.iter().filter(|row| row.segment.value == ValueTier::High);
    let customers: u64 = high().map(|row| row.customers).sum();
    let all: u64 = rows.iter().map(|row| row.customers).sum();
    let overdue: u64 =
        high().filter(|row| row.segment.rhythm == Rhythm::Overdue).map(|row| row.customers).sum();
    let expected: Option<f64> = high().map(|row| row.clv_12m.or((row.customers == 0).then_some(0.0))).sum();
    let of_high = format::counted(customers as i64, "customer", "customers");
    match expected {
        Some(expected) => format!(
            "Half of what is {} of known customers rides on {of_high} of {}: {}; {} of them are overdue against their \
             own rhythm.",
            super::expected(decisions.as_of, Horizon::Months(12)),
            format::count(all as i64),
            amount(expected, currency),
            format::count(overdue as i64),
        ),
        None => format!(
            "{of_high} of {} brought half of the revenue so far; {} of them are overdue against their own rhythm.",
            format::count(all as i64),
            format::count(overdue as i64),
        ),
    }
}

fn at_risk(decisions: &Decisions, currency: Currency<'_>) -> String {
    let totals = &decisions.retention.totals;
    if totals.with_forecast == 0 {
        return "How much rides on customers who may not come back is unknown: there is no forecast."
            .to_owned();
    }
    let to_win = decisions.retention.win_back.len();
    let end = Horizon::Months(3).end(decisions.as_of);
    format!(
        "Of the {} {} of known customers, {} rides on customers who may not buy by {}; {} worth winning back, with a \
         {} below one half.",
        amount(totals.clv_12m, currency),
        super::expected(decisions.as_of, Horizon::Months(12)),
        amount(totals.value_at_risk, currency),
        format::day(end),
        format::counted(to_win as i64, "customer is", "customers are"),
        chance_by(end),
    )
}

/// What a campaign is called: `Win back`.
pub fn play(play: Play) -> &'static str {
    match play {
        Play::ThankAndRaise => "Thank and raise",
        Play::SecondPurchase => "Second purchase",
        Play::WinBack => "Win back",
        Play::LeaveBe => "Leave be",
        Play::LetGo => "Let go",
    }
}

/// What a campaign must bring to pay, a sentence.
pub fn campaign(plan: &CampaignPlan) -> String {
    let named =
        format!("{} ({})", play(plan.play), format::counted(plan.customers as i64, "customer", "customers"));
    match &plan.break_even {
        BreakEven::PaysFrom { of_thousand, .. } => format!(
            "{named}: pays if at least {of_thousand} of 1,000 written to buy who would not have bought anyway{}.",
            match plan.shows_break_even {
                Some(true) => "; the control group would show that",
                Some(false) => "; the control group is too small to show that",
                None => "",
            }
        ),
        BreakEven::NotEvenIfAll => format!("{named}: does not pay, even if everybody written to bought."),
        BreakEven::Unknown { missing } => {
            format!("{named}: what it must bring to pay is unknown. {}", unlocks(missing))
        }
    }
}

fn unlocks(missing: &[Missing]) -> String {
    missing.iter().map(|missing| missing.unlocked_by()).collect::<Vec<_>>().join(" ")
}

fn budget(answer: &BudgetAnswer, currency: Currency<'_>) -> Option<String> {
    match answer {
        BudgetAnswer::NotAsked => None,
        BudgetAnswer::Unknown { needs } => {
            Some(format!("Where your budget should go is unknown. {}", needs.join(" ")))
        }
        BudgetAnswer::Split(split) if split.spend_nothing => Some(format!(
            "Spend nothing: the first unit of the budget would lose money already ({}).",
            split.shares.first().map_or("no campaign to spend on", |share| share.rests_on.as_str()),
        )),
        BudgetAnswer::Split(split) => {
            let shares = split.shares.iter().filter(|share| share.spend > Money::ZERO);
            let shares: Vec<String> =
                shares.map(|share| format!("{} on {}", currency.exact(share.spend), share.name)).collect();
            let rests_on = split.shares.first().map_or("", |share| share.rests_on.as_str());
            Some(format!(
                "Of {}, spend {}: {}. That brings {} more than it costs ({rests_on}).",
                currency.exact(split.budget),
                currency.exact(split.spent),
                shares.join(", "),
                currency.rough_pair(split.gain.low, "to", split.gain.high),
            ))
        }
    }
}
