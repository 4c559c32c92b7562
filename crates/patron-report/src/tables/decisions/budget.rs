//! What new customers may cost, and where a budget goes.

use patron_decisions::{
    BudgetAnswer, BudgetShare, CurvePoint, Decisions, HighestCost, NewcomersBy, NextLoses, Payback,
    PaybackBasis, PaysBack,
};

use super::unlocked_by;
use crate::tables::NamedTable;
use crate::{MONEY, Table};

/// Tables of a budget only where one was named and could be split.
pub(super) fn tables(decisions: &Decisions) -> Vec<NamedTable<'_>> {
    let mut tables = vec![NamedTable::new(
        "payback.csv",
        "D.5",
        "The highest cost of a new customer that is earned back in so many months",
        payback(&decisions.payback),
    )];
    if let BudgetAnswer::Split(split) = &decisions.budget {
        tables.push(NamedTable::new(
            "budget.csv",
            "D.5",
            "The best split of the budget under the response that was stated or measured",
            shares(&split.shares),
        ));
        tables.push(NamedTable::new(
            "budget_curve.csv",
            "D.5",
            "Gain against budget, each budget split as well as can be",
            curve(&split.curve, split.next_loses),
        ));
    }
    tables
}

fn payback(rows: &[Payback]) -> Table<'_> {
    let each: Vec<(&Payback, &HighestCost)> =
        rows.iter().flat_map(|row| row.highest.iter().map(move |highest| (row, highest))).collect();
    Table::of(each)
        .composed("by", "What new customers are told apart by.", |(row, _)| by(row.by).to_owned())
        .text("name", "Channel, country or SKU of the first product; empty for all.", |(row, _)| &row.name)
        .integer(
            "new_customers",
            "customers",
            "New customers since the first month of the log.",
            |(row, _)| row.new_customers,
        )
        .integer("months", "months", "Months within which the cost is to come back.", |(_, highest)| {
            highest.months
        })
        .forecast("highest_cost", MONEY, "The highest cost that comes back.", |(_, highest)| {
            highest.cost.map(|cost| cost.middle)
        })
        .forecast("highest_cost_low", MONEY, "Its low end.", |(_, highest)| highest.cost.map(|cost| cost.low))
        .forecast("highest_cost_high", MONEY, "Its high end.", |(_, highest)| {
            highest.cost.map(|cost| cost.high)
        })
        .composed("rests_on", "Where it comes from.", |(_, highest)| match &highest.basis {
            PaybackBasis::Cohorts { .. } => "customers who came".to_owned(),
            PaybackBasis::NewcomerModel => "the forecast of newcomers".to_owned(),
            PaybackBasis::Unknown { .. } => String::new(),
        })
        .day("came_from", "First day of the arrivals it rests on.", |(_, highest)| match highest.basis {
            PaybackBasis::Cohorts { from, .. } => Some(from),
            PaybackBasis::NewcomerModel | PaybackBasis::Unknown { .. } => None,
        })
        .day("came_until", "Last day of them.", |(_, highest)| match highest.basis {
            PaybackBasis::Cohorts { to, .. } => Some(to),
            PaybackBasis::NewcomerModel | PaybackBasis::Unknown { .. } => None,
        })
        .integer(
            "rests_on_customers",
            "customers",
            "New customers it rests on.",
            |(_, highest)| match highest.basis {
                PaybackBasis::Cohorts { customers, .. } => Some(customers),
                PaybackBasis::NewcomerModel | PaybackBasis::Unknown { .. } => None,
            },
        )
        .number(2, "did_cost", MONEY, "What a new customer did cost.", |(row, _)| {
            row.actual.and_then(|actual| actual.per_customer)
        })
        .composed("pays_back", "Whether that comes back.", |(_, highest)| {
            match highest.pays_back {
                Some(PaysBack::Yes) => "yes",
                Some(PaysBack::No) => "no",
                Some(PaysBack::TooCloseToTell) => "too close to tell",
                None => "",
            }
            .to_owned()
        })
        .composed("unlocked_by", "What would make it known.", |(_, highest)| match &highest.basis {
            PaybackBasis::Unknown { missing } => unlocked_by(missing),
            PaybackBasis::Cohorts { .. } | PaybackBasis::NewcomerModel => String::new(),
        })
        .finish()
}

/// What new customers are told apart by.
pub(crate) fn by(by: NewcomersBy) -> &'static str {
    match by {
        NewcomersBy::All => "all",
        NewcomersBy::Channel => "channel",
        NewcomersBy::Country => "country",
        NewcomersBy::FirstProduct => "first product",
    }
}

fn shares(shares: &[BudgetShare]) -> Table<'_> {
    Table::over(shares)
        .text("spent_on", "The campaign.", |share| &share.name)
        .integer("customers", "customers", "Customers in it.", |share| share.customers)
        .money("spend", "What is best spent on it.", |share| share.spend)
        .forecast("extra_buyers_low", "customers", "Extra buyers, low end.", |share| share.extra_buyers.low)
        .forecast("extra_buyers_high", "customers", "Extra buyers, high end.", |share| {
            share.extra_buyers.high
        })
        .forecast("gain_low", MONEY, "What that brings less the spend, low end.", |share| share.gain.low)
        .forecast("gain", MONEY, "What that brings less the spend, in between.", |share| share.gain.middle)
        .forecast("gain_high", MONEY, "What that brings less the spend, high end.", |share| share.gain.high)
        .text("rests_on", "What extra buyers and gain rest on.", |share| &share.rests_on)
        .finish()
}

fn curve(curve: &[CurvePoint], loses: NextLoses) -> Table<'_> {
    Table::over(curve)
        .money("spend", "Spend.", |point| point.spend)
        .forecast("gain_low", MONEY, "What it brings less the spend, low end.", |point| point.gain.low)
        .forecast("gain", MONEY, "What it brings less the spend, in between.", |point| point.gain.middle)
        .forecast("gain_high", MONEY, "What it brings less the spend, high end.", |point| point.gain.high)
        .yes_no(
            "next_unit_pays",
            "Whether the next unit still brings more than it costs, in between of response and value.",
            move |point| loses.middle.is_none_or(|from| point.spend < from),
        )
        .finish()
}
