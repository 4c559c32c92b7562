//! Whom money may be spent on, and what more of it brings.

use patron_domain::Money;
use serde::Serialize;

use crate::{CostOfContact, Range, Response};

/// How much of a response a spend brings about. Both fall off: the next unit never brings more than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResponseCurve {
    /// One contact each: the response in proportion to the customers reached, until all are.
    OneContact,
    /// More contacts to the same customers bring less and less: half of the response at this spend per customer, three
    /// quarters at twice of it, and so on. Your assumption.
    Saturating {
        /// Spend per customer at which half of the response is reached.
        half_at: Money,
    },
}

/// A segment, or one customer, that money may be spent on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BudgetItem {
    /// Name of the segment, or id of the customer.
    pub name: String,
    /// Customers in it who may be written to.
    pub customers: u64,
    /// Mean margin of what an extra buyer brings, in currency units.
    pub margin: f64,
    /// Ends of that margin as factors of it; `None` where its own uncertainty is not known.
    pub value_factors: Option<[f64; 2]>,
    /// Share who buy anyway, who are paid the buyers' part of the cost too.
    pub baseline: f64,
    /// What a contact costs: that of one contact is the unit of [`ResponseCurve::OneContact`]; the buyers' part is taken
    /// off the gain, not off the budget.
    pub cost: CostOfContact,
    /// Extra buyers at full response, as a share of the customers.
    pub response: Response,
    /// How it grows with the spend.
    pub curve: ResponseCurve,
}

/// Low, between and high.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Low,
    Middle,
    High,
}

impl Case {
    pub(super) const ALL: [Self; 3] = [Self::Low, Self::Middle, Self::High];
}

impl BudgetItem {
    /// What the item brings at full response, before what is spent on it: n (e (m − g) − g b). A measured response that
    /// may as well be nothing counts as nothing.
    pub(super) fn at_full(&self, case: Case) -> f64 {
        let extra = self.extra_share(case);
        let [low, high] = self.value_factors.unwrap_or([1.0, 1.0]);
        let factor = match case {
            Case::Low => low,
            Case::Middle => 1.0,
            Case::High => high,
        };
        let buyer = self.cost.per_buyer.to_f64();
        self.customers as f64 * (extra * (self.margin * factor - buyer) - buyer * self.baseline)
    }

    /// Extra buyers at full response as a share of the customers.
    pub(super) fn extra_share(&self, case: Case) -> f64 {
        let range = match self.response.too_small_to_tell() {
            true => Range { low: 0.0, middle: 0.0, high: 0.0 },
            false => self.response.range(),
        };
        let extra = match case {
            Case::Low => range.low,
            Case::Middle => range.middle,
            Case::High => range.high,
        };
        extra.clamp(0.0, (1.0 - self.baseline).max(0.0))
    }

    /// Share of the full response that a spend on the item reaches: concave, 0 at 0, at most 1.
    pub(super) fn reach(&self, spend: f64) -> f64 {
        match (self.full_cost(), self.curve) {
            (full, _) if full <= 0.0 => 1.0,
            (full, ResponseCurve::OneContact) => (spend / full).min(1.0),
            (full, ResponseCurve::Saturating { .. }) => -(-spend / full * std::f64::consts::LN_2).exp_m1(),
        }
    }

    /// The most that can be spent on it; `None` without an end.
    pub(super) fn most(&self) -> Option<Money> {
        match self.curve {
            ResponseCurve::OneContact => self.cost.per_contact.times(i64::try_from(self.customers).ok()?),
            ResponseCurve::Saturating { .. } => None,
        }
    }

    /// Spend at which all are reached, or half of a saturating response.
    fn full_cost(&self) -> f64 {
        let each = match self.curve {
            ResponseCurve::OneContact => self.cost.per_contact,
            ResponseCurve::Saturating { half_at } => half_at,
        };
        each.to_f64() * self.customers as f64
    }
}
