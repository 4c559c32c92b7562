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

/// Every customer of the dictionary, by code; each within a span of days of its own, both ends in it, `None` for
/// customers who do not count.
pub(crate) fn earned(
    source: &dyn RollupSource,
    costing: &Costing,
    span: impl Fn(u32) -> Option<(Day, Day)>,
) -> Result<Vec<Earned>, DecisionError> {
    let mut all = vec![Earned::default(); source.catalog().customers.len()];
    let rule = source.purchase_rule();
    for batch in source.customer_days() {
        for own in batch?.iter() {
            let (Some((from, until)), Some(one)) = (span(own.customer), all.get_mut(own.customer as usize))
            else {
                continue;
            };
            for day in own.days.iter().filter(|day| (from..=until).contains(&day.day)) {
                one.bought |= day.is_purchase(rule);
                one.revenue += day.net();
            }
        }
    }
    let mut named = vec![Money::ZERO; all.len()];
    for batch in source.customer_product_days() {
        for row in batch? {
            let Some((from, until)) = span(row.customer) else { continue };
            let Some(one) = all.get_mut(row.customer as usize) else { continue };
            if (from..=until).contains(&row.day) {
                costing.add(&mut one.margin, row.product, row.quantity, row.revenue);
                named[row.customer as usize] += row.revenue;
            }
        }
    }
    for (one, named) in all.iter_mut().zip(named) {
        costing.add_nameless(&mut one.margin, one.revenue - named);
    }
    Ok(all)
}
