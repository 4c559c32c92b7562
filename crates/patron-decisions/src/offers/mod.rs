//! What a lower price would do, and for whom one pays.
//!
//! [`price_response`] looks for price changes that can tell how demand answers, and says so when there are none or when
//! they cannot be trusted. [`break_even`] needs no such answer: it says what a discount must bring. [`best_discounts`]
//! chooses a discount for each segment where the answer is known, and [`personal_prices`] who gets it. Design, formulas and
//! measured figures: `docs/decisions/offers.md`.

mod break_even;
mod changes;
mod discount;
mod fit;
mod personal;
mod response;
mod series;
mod shop_offers;
#[cfg(test)]
mod tests;

pub use break_even::{BreakEven, NeededVolume, break_even};
pub use changes::{PriceChange, TierPrice};
pub use discount::{DiscountLimits, OfferSegment, SegmentDiscount, SegmentOffer, best_discounts};
pub use fit::Estimate;
pub use personal::{AUTOMATED, PersonalPrice, PersonalReason, personal_prices};
pub use response::{
    CategoryElasticity, LEAST_PRODUCTS, PriceResponse, ProductElasticity, Response, price_response,
};
pub use shop_offers::{Offers, offers};
