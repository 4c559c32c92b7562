//! What new customers did cost.

use patron_domain::{Money, Month};
use serde::Serialize;

use super::newcomers::{channel, first_month, key};
use crate::margins::share;
use crate::{Range, Shop};

/// Months looked at.
const MONTHS: i32 = 12;

/// Acquisition spend ÷ new customers over the last twelve whole months, the log's first one left out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ActualCost {
    /// The first month that counts.
    pub from: Month,
    /// The last one.
    pub to: Month,
    /// Spend.
    pub spend: Money,
    /// Customers whose first purchase lies in these months.
    pub new_customers: u64,
    /// Spend ÷ new customers, in currency units; `None` without any.
    pub per_customer: Option<f64>,
}

/// Whether a new customer pays back what was spent on winning one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaysBack {
    /// The cost lies below the whole interval of what a new customer earns.
    Yes,
    /// Above it.
    No,
    /// Within it.
    TooCloseToTell,
}

impl PaysBack {
    pub(super) fn of(cost: f64, earns: &Range) -> Self {
        match () {
            () if cost <= earns.low => Self::Yes,
            () if cost > earns.high => Self::No,
            () => Self::TooCloseToTell,
        }
    }
}

/// Of a channel, by its key, or of all of them; `None` without spend in these months.
pub(super) fn actual_cost(shop: &Shop<'_>, of: Option<&str>) -> Option<ActualCost> {
    let month = shop.as_of.month();
    let to = if month.last_day() == shop.as_of { month } else { month.plus(-1) };
    let from = to.plus(1 - MONTHS).max(first_month(shop)?.plus(1));
    let counts = |month: Month| (from..=to).contains(&month);
    let spends = shop.attributes.costs.acquisition.iter();
    let spends = spends.filter(|spend| counts(spend.month) && of.is_none_or(|of| key(&spend.channel) == of));
    let mut any = false;
    let spend = spends.fold(Money::ZERO, |sum, spend| {
        any = true;
        sum.checked_add(spend.amount).unwrap_or(sum)
    });
    let is_new = |customer: &&crate::Customer<'_>| {
        counts(customer.history.first.month())
            && of.is_none_or(|of| channel(shop.attributes, customer.code).as_deref() == Some(of))
    };
    let new_customers = shop.customers.iter().filter(is_new).count() as u64;
    let per_customer = share(spend.to_f64(), new_customers as f64);
    any.then_some(ActualCost { from, to, spend, new_customers, per_customer })
}
