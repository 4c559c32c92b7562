//! What a forecast of revenue is worth in margin today.

use patron_models::CustomerForecast;
use serde::Serialize;

use crate::DecisionError;

/// Effective annual rate at which later margin is discounted where no other is asked for.
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
    pub discount: f64,
}

/// Margin rate × expected revenue, discounted at an effective annual rate.
///
/// The revenue of (0, 3], (3, 12] and (12, 24] months (differences of the forecasts) is spread evenly over each stretch:
/// the mean of (1 + d)^−t from t₀ to t₁ years is ((1 + d)^−t₀ − (1 + d)^−t₁) ÷ (ln(1 + d) (t₁ − t₀)).
///
/// # Errors
/// [`DecisionError::Asked`] for a discount below 0 or above 10.
pub fn margin_value(
    rate: f64,
    forecast: &CustomerForecast,
    discount: f64,
) -> Result<MarginValue, DecisionError> {
    let yearly = self::rate(discount)?;
    let mut value = 0.0;
    let mut before = (0.0, 0.0);
    let ends = [(0.25, forecast.clv_3m), (1.0, forecast.clv_12m), (2.0, forecast.clv_24m)];
    let [months_3, months_12, months_24] = ends.map(|(end, revenue)| {
        value += rate * (revenue - before.1) * mean_factor(yearly, before.0, end);
        before = (end, revenue);
        value
    });
    Ok(MarginValue { months_3, months_12, months_24, rate, discount: yearly })
}

/// A yearly discount that can be reckoned with.
pub(crate) fn rate(discount: f64) -> Result<f64, DecisionError> {
    let can_be = (0.0..=10.0).contains(&discount);
    let refused = DecisionError::Asked {
        name: "the yearly discount",
        allowed: "from 0 to 10 (0.1 for 10 %)",
        value: discount,
    };
    can_be.then_some(discount).ok_or(refused)
}

fn mean_factor(yearly: f64, from: f64, to: f64) -> f64 {
    let at = |years: f64| (1.0 + yearly).powf(-years);
    if yearly < 1e-9 { 1.0 } else { (at(from) - at(to)) / (yearly.ln_1p() * (to - from)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_discounted_at_its_mean() {
        // (1 − 1/1.1) ÷ ln 1.1 = .0909090909 ÷ .0953101798
        assert!((mean_factor(0.1, 0.0, 1.0) - 0.953_823_5).abs() < 1e-6);
        assert_eq!(mean_factor(0.0, 0.25, 1.0), 1.0);
        assert!(rate(-0.1).is_err() && rate(f64::NAN).is_err() && rate(0.0).is_ok());
    }
}
