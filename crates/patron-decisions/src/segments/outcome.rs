//! What became of a group of customers: the only place that looks beyond the day of the decision, to judge it.

use patron_domain::Money;
use serde::Serialize;

use crate::{DecisionError, Shop};

/// What was expected of a group for the 3 calendar months after the as-of date, and what came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Outcome {
    /// Customers.
    pub customers: u64,
    /// Sum of the expected net revenue, in money.
    pub expected_revenue: f64,
    /// Net revenue that came; a return counts on its day.
    pub revenue: Money,
    /// Customers expected to buy: the sum of the chances.
    pub expected_buyers: f64,
    /// Customers who had a purchase day.
    pub buyers: u64,
}

/// The outcome of `groups` groups, `group` naming that of each place of [`Shop::customers`] (`None`: in no group), in order.
///
/// `None` where the log ends before the 3 months do, or where somebody has no forecast: then there is nothing to judge.
///
/// # Errors
/// [`DecisionError::Rollup`] as the source fails.
pub fn outcomes_3m(
    shop: &Shop<'_>,
    groups: usize,
    group: impl Fn(usize) -> Option<usize>,
) -> Result<Option<Vec<Outcome>>, DecisionError> {
    let until = shop.as_of.plus_months(3);
    if shop.source.span().is_none_or(|span| span.last < until) {
        return Ok(None);
    }
    let rule = shop.source.purchase_rule();
    let mut outcomes = vec![Outcome::default(); groups];
    for batch in shop.source.customer_days() {
        for days in batch?.iter() {
            let Some(place) = shop.place(days.customer) else { continue };
            let Some(outcome) = group(place).and_then(|number| outcomes.get_mut(number)) else { continue };
            let Some(forecast) = shop.customers[place].forecast else { return Ok(None) };
            let later = || days.days.iter().filter(|day| day.day > shop.as_of && day.day <= until);
            outcome.customers += 1;
            outcome.expected_revenue += forecast.clv_3m;
            outcome.expected_buyers += forecast.chance_to_buy_3m;
            outcome.revenue += later().map(|day| day.net()).sum();
            outcome.buyers += u64::from(later().any(|day| day.is_purchase(rule)));
        }
    }
    Ok(Some(outcomes))
}
