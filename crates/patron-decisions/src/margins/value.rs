//! What a forecast of revenue is worth in margin today.

use patron_models::{CustomerForecast, DiscountRate};
use serde::Serialize;

/// Effective annual rate at which later margin is discounted where no other is asked for: that of
/// [`DiscountRate::default`].
pub const YEARLY_DISCOUNT: f64 = 0.10;

/// Margin expected of a customer, discounted to the as-of date, in currency units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MarginValue {
    /// Of the coming 3 calendar months.
    pub months_3: f64,
    /// Of 12.
    pub months_12: f64,
    /// Of 24.
    pub months_24: f64,
    /// Margin ÷ revenue it was reckoned with.
    pub rate: f64,
    /// Effective annual rate it was discounted at.
    pub discount: DiscountRate,
}

/// Margin rate × expected revenue, discounted: [`CustomerForecast::margin`].
pub fn margin_value(rate: f64, forecast: &CustomerForecast, discount: DiscountRate) -> MarginValue {
    let [months_3, months_12, months_24] = forecast.margin(rate, discount);
    MarginValue { months_3, months_12, months_24, rate, discount }
}
