//! What winning a customer cost.

use std::collections::BTreeMap;

use patron_domain::{Attributes, Money, Month};

use super::words::Grouping;
use crate::facts::share;
use crate::{AcquisitionCost, Analysis, AnalyticsError};

/// One channel in one month.
#[derive(Default)]
struct Cell {
    spend: Option<Money>,
    new_customers: u64,
}

impl Analysis<'_> {
    pub(super) fn acquisition(
        &self,
        attributes: &Attributes,
    ) -> Result<Vec<AcquisitionCost>, AnalyticsError> {
        let spends = &attributes.costs.acquisition;
        if spends.is_empty() {
            return Ok(Vec::new());
        }
        let words: Vec<&str> = spends.iter().map(|spend| spend.channel.as_str()).collect();
        let channels = Grouping::new(&words, (0..words.len() as u32).map(Some));
        let mut cells: BTreeMap<(Month, usize), Cell> = BTreeMap::new();
        for (spend, &channel) in spends.iter().zip(&channels.of) {
            let cell = cells.entry((spend.month, channel)).or_default();
            let sum = cell.spend.unwrap_or_default().checked_add(spend.amount);
            cell.spend = Some(sum.ok_or_else(|| AnalyticsError::CostsTooLarge {
                name: spend.channel.clone(),
                amount: spend.amount,
            })?);
        }
        let (customers, known) = (self.with_order()?, &attributes.channel);
        let of_customers = Grouping::by(known, customers.iter().map(|customer| customer.customer));
        let spent: Vec<_> = of_customers.names.iter().map(|name| channels.find(name)).collect();
        let calendar = &self.orders().calendar;
        for (customer, &group) in customers.iter().zip(&of_customers.of) {
            let Some((&Some(channel), place)) = spent.get(group).zip(customer.new_in) else { continue };
            let cell = cells.entry((calendar.month(place.into()), channel)).or_default();
            cell.new_customers += 1;
        }
        let mut names = channels.names;
        for (name, channel) in of_customers.names.into_iter().zip(spent) {
            if let Some(channel) = channel {
                names[channel] = name; // spelled as in the answers by channel
            }
        }
        let first = self.calendar().map(|calendar| calendar.first);
        let row = |((month, channel), cell): ((Month, usize), Cell)| {
            let Cell { spend, new_customers } = cell;
            let holds_older_customers = Some(month) == first;
            let known = spend.filter(|_| !holds_older_customers);
            AcquisitionCost {
                month,
                channel: names.get(channel).cloned().unwrap_or_default(),
                spend,
                new_customers,
                per_customer: known.and_then(|spend| share(spend.to_f64(), new_customers as f64)),
                holds_older_customers,
            }
        };
        let mut rows: Vec<AcquisitionCost> = cells.into_iter().map(row).collect();
        rows.sort_by(|a, b| (a.month, &a.channel).cmp(&(b.month, &b.channel)));
        Ok(rows)
    }
}
