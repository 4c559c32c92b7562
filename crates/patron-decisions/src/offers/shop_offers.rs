//! What a shop can know of discounts, cell by cell of its default segmentation.

use patron_columns::LineSource;
use serde::Serialize;

use super::personal::spared;
use super::{
    BreakEven, DiscountLimits, OfferSegment, PersonalPrice, PriceResponse, SegmentOffer, best_discounts,
    break_even, personal_prices, price_response,
};
use crate::segments::{Cell, Segmentation};
use crate::{DecisionError, Margins, Shop};

/// Discounts that the break-even is told for.
const DISCOUNTS: [f64; 4] = [0.05, 0.1, 0.2, 0.3];

/// All about discounts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Offers {
    /// How demand answers to prices, and why that is not known where it is not.
    pub response: PriceResponse,
    /// What would make the answer known; `None` where it is.
    pub unlocked_by: Option<&'static str>,
    /// What 5, 10, 20 and 30 % off must bring, at the margin rate of the whole shop.
    pub break_evens: Vec<BreakEven>,
    /// What no discount passes.
    pub limits: DiscountLimits,
    /// Customers with the highest chance to buy, who get no discount whatever the segment.
    pub spared: u64,
    /// A discount of 3 months, or why none, for every cell of the default segmentation in its order.
    pub segments: Vec<SegmentOffer>,
    /// Each customer's price, in order of the codes; empty where the answer of demand is not known.
    pub personal: Vec<PersonalPrice>,
}

/// All about discounts, for the cells of `segments`.
///
/// A cell's revenue is that expected for the next 3 months of those not spared, its margin rate that of their purchases so
/// far. The elasticity is the shop's, counted in units: a margin rests on them.
///
/// # Errors
/// As the source fails; [`DecisionError::CostsTooLarge`].
pub fn offers(
    shop: &Shop<'_>,
    margins: &Margins,
    segments: &Segmentation<Cell>,
    lines: &impl LineSource,
    limits: &DiscountLimits,
) -> Result<Offers, DecisionError> {
    let response = price_response(lines, shop.attributes, shop.as_of)?;
    let elasticity = response.units.elasticity();
    let is_spared = spared(&shop.customers, limits);
    let segment = |row: &crate::segments::SegmentRow<Cell>| {
        let offered = |place: &usize| {
            segments.of[*place] == row.segment && is_spared(&shop.customers[*place]) == Some(false)
        };
        let places: Vec<usize> = (0..shop.customers.len()).filter(offered).collect();
        let expected = places.iter().filter_map(|&place| shop.customers[place].forecast);
        Ok(OfferSegment {
            name: row.segment.name().to_owned(),
            expected_revenue: expected.map(|forecast| forecast.clv_3m).sum(),
            margin_rate: margins.of_group(places)?.rate.or(margins.shop.rate),
            elasticity,
        })
    };
    let cells: Vec<OfferSegment> = segments.rows.iter().map(segment).collect::<Result<_, DecisionError>>()?;
    let offers = best_discounts(&cells, limits);
    let cell_of = |customer: &crate::Customer<'_>| {
        let cell = *segments.of.get(shop.place(customer.code)?)?;
        segments.rows.iter().position(|row| row.segment == cell)
    };
    let personal = match elasticity {
        Some(_) => personal_prices(&shop.customers, cell_of, &offers, limits),
        None => Vec::new(),
    };
    Ok(Offers {
        unlocked_by: response.units.unlocked_by(),
        response,
        break_evens: DISCOUNTS.map(|discount| break_even(discount, margins.shop.rate)).to_vec(),
        limits: *limits,
        spared: shop.customers.iter().filter(|customer| is_spared(customer) == Some(true)).count() as u64,
        segments: offers,
        personal,
    })
}
