//! What the goods cost.

use patron_domain::{Attributes, Money, Names};

use crate::facts::money_share;
use crate::{AnalyticsError, Margin};

/// Revenue and cost of some lines, those of products without a known cost left out.
///
/// Sums of whole units × unit cost are exact and cannot overflow here; whether they fit an amount is asked once, by
/// [`Costs::margin`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct CostSum {
    revenue: Money,
    ten_thousandths: i128,
    /// Whether there was a line with a known cost.
    any: bool,
}

impl CostSum {
    pub(super) fn add_units(&mut self, quantity: i64, revenue: Money, unit_cost: Money) {
        self.revenue += revenue;
        self.ten_thousandths += i128::from(quantity) * i128::from(unit_cost.ten_thousandths());
        self.any = true;
    }

    pub(super) fn add(&mut self, other: Self) {
        self.revenue += other.revenue;
        self.ten_thousandths += other.ten_thousandths;
        self.any |= other.any;
    }
}

/// Unit costs, and the stock codes that an error names.
pub(super) struct Costs<'a> {
    pub(super) attributes: &'a Attributes,
    pub(super) skus: &'a Names,
}

impl Costs<'_> {
    pub(super) fn of(&self, product: u32) -> Option<Money> {
        self.attributes.unit_cost(product)
    }

    /// Whether the cost of any product is known.
    pub(super) fn any(&self) -> bool {
        self.attributes.unit_cost.iter().any(Option::is_some)
    }

    /// The margin of some lines out of all that bring `revenue`; `None` where none has a known cost.
    pub(super) fn margin(&self, sum: CostSum, revenue: Money) -> Result<Option<Margin>, AnalyticsError> {
        if !sum.any {
            return Ok(None);
        }
        let exact = |count: i128| i64::try_from(count).map(Money::from_ten_thousandths);
        let margin = i128::from(sum.revenue.ten_thousandths()) - sum.ten_thousandths;
        let (Ok(cost), Ok(margin)) = (exact(sum.ten_thousandths), exact(margin)) else {
            return Err(self.too_large());
        };
        Ok(Some(Margin {
            revenue: sum.revenue,
            cost,
            margin,
            share: money_share(margin, sum.revenue),
            covered: money_share(sum.revenue, revenue),
        }))
    }

    fn too_large(&self) -> AnalyticsError {
        let known = (0..).zip(&self.attributes.unit_cost).filter_map(|(code, cost)| Some((code, (*cost)?)));
        let (code, amount) = known.max_by_key(|&(_, cost)| cost).unwrap_or_default();
        AnalyticsError::CostsTooLarge { name: self.skus.text(code).to_owned(), amount }
    }
}
