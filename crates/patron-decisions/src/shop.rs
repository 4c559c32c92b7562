//! What every decision starts from: the shop's customers as they were known on a day, beside what is expected of them.

use patron_columns::{CustomerDays, RollupSource};
use patron_domain::{Attributes, CustomerHistory, Day, Money, PurchaseRule};
use patron_models::CustomerForecast;

use crate::DecisionError;

/// A shop on the day of a decision. Nothing in it is later than that day.
pub struct Shop<'a> {
    /// The rollups. They reach to the end of the log: whoever reads them leaves out what is later than
    /// [`as_of`](Self::as_of).
    pub source: &'a dyn RollupSource,
    /// What is known of customers and products beyond the log, by the codes of the source.
    pub attributes: &'a Attributes,
    /// The day of the decision.
    pub as_of: Day,
    /// Everybody with a purchase by then, in order of their codes.
    pub customers: Vec<Customer<'a>>,
}

/// A customer with a purchase on or before the as-of date. Money is net: returns taken off.
#[derive(Clone, Debug, PartialEq)]
pub struct Customer<'a> {
    /// The customer's code.
    pub code: u32,
    /// Code of the country of the first line, [`patron_domain::NO_CODE`] where unknown.
    pub country: u32,
    /// First and last purchase, purchase days, what they were worth.
    pub history: CustomerHistory,
    /// Orders with a sale line.
    pub orders: u32,
    /// Lines, returns included.
    pub lines: u32,
    /// Net units over all days.
    pub quantity: i64,
    /// Value of the sale lines before returns.
    pub sales: Money,
    /// Median of the days between the customer's own purchase days; `None` below two purchase days.
    pub usual_gap: Option<f64>,
    /// What is expected; `None` where there is no forecast.
    pub forecast: Option<&'a CustomerForecast>,
}

impl Customer<'_> {
    /// Days with a purchase.
    pub fn purchase_days(&self) -> u32 {
        self.history.history.frequency + 1
    }

    /// Net value of everything so far; may be negative.
    pub fn revenue(&self) -> Money {
        self.history.spent_to_date()
    }

    /// Days from the last purchase to the as-of date.
    pub fn inactivity(&self) -> u32 {
        self.history.history.customer_age - self.history.history.recency
    }
}

impl<'a> Shop<'a> {
    /// Reads the customers of `source` as they were on `as_of`. `forecasts` are matched by code; they may be fewer.
    ///
    /// # Errors
    /// [`DecisionError::Rollup`] as the source fails; [`DecisionError::NobodyYet`] where nobody had bought by then.
    pub fn new(
        source: &'a dyn RollupSource,
        attributes: &'a Attributes,
        as_of: Day,
        forecasts: &'a [CustomerForecast],
    ) -> Result<Self, DecisionError> {
        let mut by_code: Vec<Option<&CustomerForecast>> = vec![None; source.catalog().customers.len()];
        for forecast in forecasts {
            let slot = forecast.customer.and_then(|code| by_code.get_mut(code as usize));
            if let Some(slot) = slot {
                *slot = Some(forecast);
            }
        }
        let rule = source.purchase_rule();
        let mut customers = Vec::new();
        for batch in source.customer_days() {
            let batch = batch?;
            let known = |days: CustomerDays<'_>| {
                Customer::seen(&days, rule, as_of).map(|customer| Customer {
                    forecast: by_code.get(customer.code as usize).copied().flatten(),
                    ..customer
                })
            };
            customers.extend(batch.iter().filter_map(known));
        }
        if customers.is_empty() {
            return Err(DecisionError::NobodyYet { as_of });
        }
        Ok(Self { source, attributes, as_of, customers })
    }

    /// Place of a customer in [`customers`](Self::customers).
    pub fn place(&self, code: u32) -> Option<usize> {
        self.customers.binary_search_by_key(&code, |customer| customer.code).ok()
    }
}

impl Customer<'_> {
    fn seen(of: &CustomerDays<'_>, rule: PurchaseRule, as_of: Day) -> Option<Self> {
        let history = CustomerHistory::fold(of.days, rule, as_of)?;
        let seen = &of.days[..of.days.partition_point(|day| day.day <= as_of)];
        let bought: Vec<Day> = seen.iter().filter(|day| day.is_purchase(rule)).map(|day| day.day).collect();
        let gaps = bought.windows(2).map(|pair| f64::from(pair[1].days_since(pair[0]))).collect();
        Some(Self {
            code: of.customer,
            country: of.country,
            history,
            orders: seen.iter().map(|day| day.orders).sum(),
            lines: seen.iter().map(|day| day.lines).sum(),
            quantity: seen.iter().map(|day| day.quantity).sum(),
            sales: seen.iter().map(|day| day.sales).sum(),
            usual_gap: median(gaps),
            forecast: None,
        })
    }
}

/// The middle value, the mean of the two middle ones for an even number; `None` without any.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        count if count % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_an_even_number_lies_between_two() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![7.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(2.5));
    }
}
