//! What every model of purchase values answers.

use rand::Rng;

use super::GammaGamma;
use crate::ModelError;
use crate::chance::gamma_with_rate;

/// A model of what a purchase of a customer is worth, with known parameters; money in the currency's unit.
///
/// `frequency` counts the purchases that are known of a customer and `mean` is their mean value; without any of them the
/// customer is one of the population.
pub trait SpendModel {
    /// ln of the density of `mean` over `frequency` purchases, at least one.
    fn ln_likelihood(&self, frequency: u32, mean: f64) -> f64;

    /// Expected value of the next purchase.
    fn expected_value(&self, frequency: u32, mean: Option<f64>) -> f64;

    /// Draws the values of the customer's next `count` purchases.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] for parameters beyond what can be drawn from.
    fn sample_values(
        &self,
        frequency: u32,
        mean: Option<f64>,
        count: usize,
        rng: &mut impl Rng,
    ) -> Result<Vec<f64>, ModelError>;
}

impl SpendModel for GammaGamma {
    fn ln_likelihood(&self, frequency: u32, mean: f64) -> f64 {
        Self::ln_likelihood(self, frequency, mean)
    }

    fn expected_value(&self, frequency: u32, mean: Option<f64>) -> f64 {
        Self::expected_value(self, frequency, mean)
    }

    /// The customer's ν given z̄ is gamma distributed (p x + q, v + x z̄), and each value (p, ν).
    fn sample_values(
        &self,
        frequency: u32,
        mean: Option<f64>,
        count: usize,
        rng: &mut impl Rng,
    ) -> Result<Vec<f64>, ModelError> {
        let (x, z_bar) = (f64::from(frequency), mean.unwrap_or(0.0).max(0.0));
        let known = if mean.is_some() { x } else { 0.0 };
        let rate = gamma_with_rate(self.p * known + self.q, self.v + known * z_bar, rng)?;
        (0..count).map(|_| gamma_with_rate(self.p, rate, rng)).collect()
    }
}
