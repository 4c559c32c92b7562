//! Repeat customers.

use std::collections::BTreeMap;

use patron_domain::Money;
use rayon::prelude::*;

use crate::facts::{Cell, Spenders, count_share, money_share, product_ref};
use crate::stats::median;
use crate::{
    Analysis, AnalyticsError, ProductRole, ProductSpend, RepeatDefinition, RepeatShare, SpendSummary,
    SpenderGroup,
};

/// Each group of spenders and the bit that marks it in [`Spenders`].
const GROUPS: [(SpenderGroup, u8); 5] = [
    (SpenderGroup::ProductOnTwoDays, 1 << 3),
    (SpenderGroup::TwoOrdersInMonth, 1),
    (SpenderGroup::BoughtBefore, 1 << 1),
    (SpenderGroup::TwoDaysEver, 1 << 2),
    (SpenderGroup::AllBuyers, 0),
];

impl Analysis<'_> {
    /// Repeat customers of the whole log and of each month, all countries together.
    ///
    /// # Errors
    /// As the source fails.
    pub fn repeat_shares(&self) -> Result<Vec<RepeatShare>, AnalyticsError> {
        let (orders, customers) = (self.orders(), self.customer_facts()?);
        let mut rows = Vec::new();
        for place in std::iter::once(None).chain((0..orders.calendar.len()).map(Some)) {
            let revenue = place.map_or_else(|| orders.revenue(), |place| orders.month[place].revenue);
            self.push_shares(&mut rows, None, place, customers.cell(None, place), revenue);
        }
        Ok(rows)
    }

    /// The same by country of the customer's first line; countries in the order of their names.
    ///
    /// # Errors
    /// As the source fails.
    pub fn repeat_by_country(&self) -> Result<Vec<RepeatShare>, AnalyticsError> {
        let (orders, customers) = (self.orders(), self.customer_facts()?);
        let months = orders.calendar.len();
        let mut named: Vec<(String, usize)> =
            (0..orders.country.len()).map(|slot| (self.country_name(slot), slot)).collect();
        named.sort_unstable();
        let mut rows = Vec::new();
        for (name, slot) in named {
            let unknown = &orders.unknown[slot * months..(slot + 1) * months];
            for place in std::iter::once(None).chain((0..months).map(Some)) {
                let cell = customers.cell(Some(slot), place);
                let without = place.map_or_else(|| unknown.iter().copied().sum(), |place| unknown[place]);
                let revenue: Money = cell.revenue + without;
                if cell.active > 0 || revenue != Money::ZERO {
                    self.push_shares(&mut rows, Some(&name), place, cell, revenue);
                }
            }
        }
        Ok(rows)
    }

    /// What repeat customers spend each: in the whole log, in each month, and in the whole log by country (in the
    /// order of the countries' names).
    ///
    /// # Errors
    /// As the source fails.
    pub fn repeat_spend(&self) -> Result<Vec<SpendSummary>, AnalyticsError> {
        let customers = self.customer_facts()?;
        let whole: Vec<(Money, u8)> = customers.customers.iter().map(|c| (c.revenue, c.kinds)).collect();
        let mut countries: BTreeMap<&str, Vec<(Money, u8)>> = BTreeMap::new();
        let names = &self.source.catalog().countries;
        for customer in &customers.customers {
            if let Some(name) = names.get(customer.country) {
                countries.entry(name).or_default().push((customer.revenue, customer.kinds));
            }
        }
        let months = customers.spend.iter().enumerate();
        let periods = std::iter::once((None, None, &whole))
            .chain(months.map(|(place, spend)| (Some(self.orders().calendar.month(place)), None, spend)))
            .chain(countries.iter().map(|(&name, spend)| (None, Some(name), spend)));
        let periods: Vec<_> = periods.collect();
        let summaries = periods.into_par_iter().flat_map_iter(|(month, country, spend)| {
            RepeatDefinition::ALL.into_iter().zip([1, 2, 4]).filter_map(move |(definition, bit)| {
                let (customers, minimum, maximum, mean, median) = summary(spend, bit)?;
                let country = country.map(str::to_owned);
                Some(SpendSummary { month, country, definition, customers, minimum, maximum, mean, median })
            })
        });
        Ok(summaries.collect())
    }

    /// Spend on the product with the most repeat customers, and on the popular product.
    ///
    /// # Errors
    /// As the source fails.
    pub fn product_spend(&self) -> Result<Vec<ProductSpend>, AnalyticsError> {
        let pairs = self.pair_facts()?;
        let roles = [
            (ProductRole::MostRepeatCustomers, &pairs.most_repeated),
            (ProductRole::MostUnits, &pairs.favourite),
        ];
        let mut rows = Vec::new();
        for (role, spenders) in roles {
            let Some(Spenders { product, spend }) = spenders else { continue };
            for (group, bit) in GROUPS {
                if let Some((customers, minimum, maximum, mean, median)) = summary(spend, bit) {
                    let product = product_ref(self.source, *product);
                    rows.push(ProductSpend {
                        role,
                        product,
                        group,
                        customers,
                        minimum,
                        maximum,
                        mean,
                        median,
                    });
                }
            }
        }
        Ok(rows)
    }

    fn push_shares(
        &self,
        rows: &mut Vec<RepeatShare>,
        country: Option<&str>,
        place: Option<usize>,
        cell: &Cell,
        revenue: Money,
    ) {
        for (definition, repeat) in RepeatDefinition::ALL.into_iter().zip(cell.repeat) {
            rows.push(RepeatShare {
                month: place.map(|place| self.orders().calendar.month(place)),
                country: country.map(str::to_owned),
                definition,
                customers: cell.active,
                repeat_customers: repeat.customers,
                share_of_customers: count_share(repeat.customers, cell.active),
                repeat_revenue: repeat.revenue,
                known_revenue: cell.revenue,
                revenue,
                share_of_revenue: true_share(repeat.revenue, revenue),
                share_of_known_revenue: true_share(repeat.revenue, cell.revenue),
            });
        }
    }
}

/// A share of revenue; nothing where returns make it none (below 0 or above 1).
fn true_share(part: Money, whole: Money) -> Option<f64> {
    money_share(part, whole).filter(|share| (0.0..=1.0).contains(share))
}

/// Count, minimum, maximum, mean and median of the spend that bears the bit (all spend for bit 0).
fn summary(spend: &[(Money, u8)], bit: u8) -> Option<(u64, Money, Money, f64, f64)> {
    let bears = |&&(_, kinds): &&(Money, u8)| kinds & bit == bit;
    let mut own: Vec<Money> = spend.iter().filter(bears).map(|&(spend, _)| spend).collect();
    let (minimum, maximum) = (*own.iter().min()?, *own.iter().max()?);
    let total: Money = own.iter().copied().sum();
    let middle = median(&mut own, Money::to_f64)?;
    Some((own.len() as u64, minimum, maximum, total.to_f64() / own.len() as f64, middle))
}
