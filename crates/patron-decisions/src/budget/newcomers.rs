//! New customers: when they came, what brought them in, and what they earned since.

use patron_domain::{Attributes, Day, Money, Month, NO_CODE};
use serde::Serialize;

use crate::campaigns::{Earned, earned_in};
use crate::{DecisionError, Margins, Shop};

/// What new customers are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NewcomersBy {
    /// All of them together.
    All,
    /// The channel that brought them in.
    Channel,
    /// Country of the first line.
    Country,
    /// The product that brought most on the day of the first purchase.
    FirstProduct,
}

/// Spans since the first purchase: its day, to 3, to 12, to 24 months.
pub(super) type Spans = [Earned; 4];

/// One new customer.
pub(super) struct Newcomer {
    pub(super) first: Day,
    pub(super) channel: Option<String>,
    pub(super) country: Option<String>,
    pub(super) product: Option<u32>,
    pub(super) spans: Spans,
}

/// What makes two channels one.
pub(super) fn key(word: &str) -> String {
    word.trim().to_lowercase()
}

/// The first month of the log, which calls older customers new.
pub(super) fn first_month(shop: &Shop<'_>) -> Option<Month> {
    shop.customers.iter().map(|customer| customer.history.first).min().map(Day::month)
}

/// The channel of a customer, as its key.
pub(super) fn channel(attributes: &Attributes, code: u32) -> Option<String> {
    attributes.channel.get(code).map(key).filter(|word| !word.is_empty())
}

/// All customers who came after the log's first month, in order of their codes.
pub(super) fn newcomers(shop: &Shop<'_>, margins: &Margins) -> Result<Vec<Newcomer>, DecisionError> {
    let Some(log_began) = first_month(shop) else { return Ok(Vec::new()) };
    let mut first = vec![None; shop.source.catalog().customers.len()];
    for customer in shop.customers.iter().filter(|customer| customer.history.first.month() > log_began) {
        if let Some(slot) = first.get_mut(customer.code as usize) {
            let day = customer.history.first;
            *slot = Some([day, day.plus_months(3), day.plus_months(12), day.plus_months(24)]);
        }
    }
    let span = |customer: u32, day: Day| {
        let ends = first.get(customer as usize).copied().flatten()?;
        if day < ends[0] || day > shop.as_of {
            return None;
        }
        ends.iter().position(|&end| day <= end)
    };
    let spans = earned_in::<4>(shop.source, margins.costing(), span)?;
    let products = first_products(shop, &first)?;
    let names = &shop.source.catalog().countries;
    let one = |customer: &crate::Customer<'_>| {
        let place = customer.code as usize;
        let [day, ..] = first.get(place).copied().flatten()?;
        Some(Newcomer {
            first: day,
            channel: channel(shop.attributes, customer.code),
            country: names.get(customer.country).map(str::to_owned),
            product: products.get(place).copied().flatten(),
            spans: spans.get(place).copied().unwrap_or_default(),
        })
    };
    Ok(shop.customers.iter().filter_map(one).collect())
}

/// By customer code.
fn first_products(shop: &Shop<'_>, first: &[Option<[Day; 4]>]) -> Result<Vec<Option<u32>>, DecisionError> {
    let mut best: Vec<Option<(Money, u32)>> = vec![None; first.len()];
    for batch in shop.source.customer_product_days() {
        for row in batch?.iter().filter(|row| row.revenue > Money::ZERO && row.product != NO_CODE) {
            let place = row.customer as usize;
            let begins = first.get(place).copied().flatten().is_some_and(|[day, ..]| day == row.day);
            if let Some(slot) = best.get_mut(place).filter(|_| begins) {
                // products come in order of their codes: the first one keeps a tie
                if slot.is_none_or(|(most, _)| row.revenue > most) {
                    *slot = Some((row.revenue, row.product));
                }
            }
        }
    }
    Ok(best.into_iter().map(|found| found.map(|(_, product)| product)).collect())
}
