//! The rollup `OrderMonth`, dense.

use patron_columns::RollupSource;
use patron_domain::Money;

use super::{Calendar, country_slot};
use crate::AnalyticsError;

/// Orders and money of a month or a country.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OrderCell {
    pub(crate) orders: u64,
    pub(crate) revenue: Money,
    /// Of the revenue: lines without a customer.
    pub(crate) unknown: Money,
    /// Whether there was a line at all.
    pub(crate) any: bool,
}

/// Orders and revenue by month and by country of the line.
#[derive(Clone, Debug)]
pub(crate) struct OrderFacts {
    pub(crate) calendar: Calendar,
    /// By place of the month.
    pub(crate) month: Vec<OrderCell>,
    /// By country, the unknown one last.
    pub(crate) country: Vec<OrderCell>,
    /// Revenue without a customer at country × months + month.
    pub(crate) unknown: Vec<Money>,
}

impl OrderFacts {
    pub(crate) fn read(source: &dyn RollupSource) -> Result<Self, AnalyticsError> {
        let mut rows = Vec::new();
        for batch in source.order_months() {
            rows.extend(batch?);
        }
        let ends = rows.iter().map(|row| row.month).min().zip(rows.iter().map(|row| row.month).max());
        let calendar = Calendar::new(ends, source.span(), rows.iter().map(|row| row.orders).sum())?;
        let (months, countries) = (calendar.len(), source.catalog().countries.len());
        let mut facts = Self {
            calendar,
            month: vec![OrderCell::default(); months],
            country: vec![OrderCell::default(); countries + 1],
            unknown: vec![Money::ZERO; (countries + 1) * months],
        };
        for row in rows {
            let (month, country) = (facts.calendar.place(row.month), country_slot(row.country, countries));
            for cell in [&mut facts.month[month], &mut facts.country[country]] {
                cell.any = true;
                cell.orders += row.orders;
                cell.revenue += row.revenue;
                if !row.known_customer {
                    cell.unknown += row.revenue;
                }
            }
            if !row.known_customer {
                facts.unknown[country * months + month] += row.revenue;
            }
        }
        Ok(facts)
    }

    /// Net revenue of the log.
    pub(crate) fn revenue(&self) -> Money {
        self.month.iter().map(|cell| cell.revenue).sum()
    }

    /// Orders of the log.
    pub(crate) fn orders(&self) -> u64 {
        self.month.iter().map(|cell| cell.orders).sum()
    }
}
