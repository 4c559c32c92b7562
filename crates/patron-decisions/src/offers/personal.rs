//! Who gets which price.

use serde::Serialize;

use super::{DiscountLimits, SegmentDiscount, SegmentOffer};
use crate::Customer;

/// What every export says beside a personal price.
pub const AUTOMATED: &str = "set by automated analysis";

/// Why a customer has this price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalReason {
    /// The segment's discount.
    Segment,
    /// Among those with the highest chance to buy anyway.
    BuysAnyway,
    /// The segment has no discount.
    NoDiscount,
    /// There is no forecast: nobody knows whether the customer would buy anyway.
    NoForecast,
}

/// One customer's price.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PersonalPrice {
    /// Customer code.
    pub customer: u32,
    /// The segment.
    pub segment: String,
    /// Share of the price taken off; 0: none.
    pub discount: f64,
    /// Why.
    pub reason: PersonalReason,
    /// [`AUTOMATED`], in every row.
    pub set_by: &'static str,
}

/// Prices of the customers, in the order given. `segment_of` names the place of a customer's segment among `offers`; who is
/// in none is left out.
///
/// Nobody gets a discount who is among the share [`DiscountLimits::spared`] with the highest chance to buy in the next
/// 3 months (ties at the border are spared too), nor anybody without a forecast.
pub fn personal_prices(
    customers: &[Customer<'_>],
    segment_of: impl Fn(&Customer<'_>) -> Option<usize>,
    offers: &[SegmentOffer],
    limits: &DiscountLimits,
) -> Vec<PersonalPrice> {
    let spared = spared(customers, limits);
    let price = |customer: &Customer<'_>| {
        let offer = offers.get(segment_of(customer)?)?;
        let (discount, reason) = match (offer.answer, spared(customer)) {
            (SegmentDiscount::Discount { .. }, Some(true)) => (0.0, PersonalReason::BuysAnyway),
            (SegmentDiscount::Discount { discount, .. }, Some(false)) => (discount, PersonalReason::Segment),
            (SegmentDiscount::Discount { .. }, None) => (0.0, PersonalReason::NoForecast),
            _ => (0.0, PersonalReason::NoDiscount),
        };
        let segment = offer.segment.clone();
        Some(PersonalPrice { customer: customer.code, segment, discount, reason, set_by: AUTOMATED })
    };
    customers.iter().filter_map(price).collect()
}

/// Says whether a customer is spared a discount, being likely to buy anyway; `None` without a forecast.
pub(super) fn spared(
    customers: &[Customer<'_>],
    limits: &DiscountLimits,
) -> impl Fn(&Customer<'_>) -> Option<bool> + use<> {
    let chance = |customer: &Customer<'_>| customer.forecast.map(|forecast| forecast.chance_to_buy_3m);
    let mut chances: Vec<f64> = customers.iter().filter_map(chance).collect();
    chances.sort_unstable_by(|a, b| b.total_cmp(a));
    let spared = (chances.len() as f64 * limits.spared.clamp(0.0, 1.0)).round() as usize;
    let border = spared.checked_sub(1).and_then(|last| chances.get(last).copied());
    move |customer| chance(customer).map(|chance| border.is_some_and(|border| chance >= border))
}
