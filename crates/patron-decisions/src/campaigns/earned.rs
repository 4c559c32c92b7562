//! Who bought in a span of days, and what was earned on it.

use patron_columns::RollupSource;
use patron_domain::{Day, Money};

use crate::DecisionError;
use crate::margins::{Costing, MarginSum};

/// One customer in a span of days.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Earned {
    /// Whether there was a purchase day.
    pub(crate) bought: bool,
    /// Net revenue.
    pub(crate) revenue: Money,
    /// What was earned on it.
    pub(crate) margin: MarginSum,
}

impl Earned {
    /// In currency units: the margin where one is known, `otherwise` × revenue where none is.
    pub(crate) fn money(&self, otherwise: f64) -> f64 {
        self.margin.margin_f64() + otherwise * self.margin.unknown_revenue().to_f64()
    }
}

/// Every customer of the dictionary, by code, in a span of days, both ends in it.
pub(crate) fn earned(
    source: &dyn RollupSource,
    costing: &Costing,
    (from, until): (Day, Day),
) -> Result<Vec<Earned>, DecisionError> {
    let all = earned_in::<1>(source, costing, |_, day| (from..=until).contains(&day).then_some(0))?;
    Ok(all.into_iter().map(|[one]| one).collect())
}

/// Every customer of the dictionary, by code, in N spans: `span` says which one a customer's day lies in, if any.
pub(crate) fn earned_in<const N: usize>(
    source: &dyn RollupSource,
    costing: &Costing,
    span: impl Fn(u32, Day) -> Option<usize>,
) -> Result<Vec<[Earned; N]>, DecisionError> {
    let mut all = vec![[Earned::default(); N]; source.catalog().customers.len()];
    let rule = source.purchase_rule();
    for batch in source.customer_days() {
        for own in batch?.iter() {
            let Some(spans) = all.get_mut(own.customer as usize) else { continue };
            for day in own.days {
                let of = span(own.customer, day.day);
                if let Some(one) = of.and_then(|of| spans.get_mut(of)) {
                    one.bought |= day.is_purchase(rule);
                    one.revenue += day.net();
                }
            }
        }
    }
    for batch in source.customer_product_days() {
        for row in batch? {
            let Some(spans) = all.get_mut(row.customer as usize) else { continue };
            let of = span(row.customer, row.day);
            if let Some(one) = of.and_then(|of| spans.get_mut(of)) {
                costing.add(&mut one.margin, row.product, row.quantity, row.revenue);
            }
        }
    }
    for one in all.iter_mut().flatten() {
        let named = one.margin.known_revenue() + one.margin.unknown_revenue();
        costing.add_nameless(&mut one.margin, one.revenue - named);
    }
    Ok(all)
}
