//! Gamma-gamma: what a purchase of a customer is worth.
//!
//! Fader & Hardie (2013), The gamma-gamma model of monetary value. All formulas: `docs/models/gamma-gamma.md`.

mod fit;
mod spend_model;

use serde::{Deserialize, Serialize};

pub use fit::{GammaGammaFit, GammaGammaParams, GammaGammaValidParams, RepeatSpend};
pub use spend_model::SpendModel;

use crate::ModelError;
use crate::special::ln_gamma;

/// A gamma-gamma model with known parameters.
///
/// The value of each purchase of a customer is gamma distributed (shape p, rate ν), and ν differs between customers
/// by a gamma distribution (shape q, rate v). p and q are pure numbers, v is money.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GammaGamma {
    p: f64,
    q: f64,
    v: f64,
    /// Mean of a customer without repeat purchases: p v ÷ (q − 1), or the observed mean where that is infinite.
    population_mean: f64,
}

impl GammaGamma {
    /// A model from its parameters, all above zero; q above 1, or the mean over customers would be infinite.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] otherwise.
    pub fn new(p: f64, q: f64, v: f64) -> Result<Self, ModelError> {
        for (name, value) in [("p", p), ("v", v)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(ModelError::BadParameter { name, allowed: "above zero", value });
            }
        }
        if !(q > 1.0 && q.is_finite()) {
            return Err(ModelError::BadParameter { name: "q", allowed: "above 1", value: q });
        }
        Ok(Self { p, q, v, population_mean: p * v / (q - 1.0) })
    }

    /// Parameters to be fitted.
    pub fn params() -> GammaGammaParams {
        GammaGammaParams::default()
    }

    /// A model for too few customers to fit one: the customer's own mean, shrunk toward `mean` with the weight of
    /// one purchase.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] unless `mean` is above zero.
    pub fn prior_guess(mean: f64) -> Result<Self, ModelError> {
        Self::new(1.0, 2.0, mean)
    }

    /// p, the shape of a customer's purchase values.
    pub fn p(&self) -> f64 {
        self.p
    }

    /// q, the shape of the customers' rates.
    pub fn q(&self) -> f64 {
        self.q
    }

    /// v, the rate parameter of the customers' rates, in money.
    pub fn v(&self) -> f64 {
        self.v
    }

    /// Expected value of a purchase of a customer nothing is known of.
    pub fn population_mean(&self) -> f64 {
        self.population_mean
    }

    /// E(Z | z̄, x): expected value of a purchase of a customer with `frequency` repeat purchases of mean value
    /// `mean`, in money. Without repeat purchases (`mean` is `None` or `frequency` 0) the population's mean; a mean
    /// below zero counts as zero. Equation (5) of the paper.
    pub fn expected_value(&self, frequency: u32, mean: Option<f64>) -> f64 {
        let (Self { p, q, v, .. }, x) = (*self, f64::from(frequency));
        match mean {
            Some(z_bar) if frequency > 0 && p * x + q > 1.0 => {
                p * (v + x * z_bar.max(0.0)) / (p * x + q - 1.0)
            }
            _ => self.population_mean,
        }
    }

    /// ln of the density of z̄ for one customer with x repeat purchases. Equation (1a) of the paper, in logarithms.
    pub fn ln_likelihood(&self, frequency: u32, mean: f64) -> f64 {
        let (Self { p, q, v, .. }, x, z_bar) = (*self, f64::from(frequency), mean);
        let ln_gammas = ln_gamma(p * x + q) - ln_gamma(p * x) - ln_gamma(q);
        let ln_powers = q * v.ln() + (p * x - 1.0) * z_bar.ln() + p * x * x.ln();
        ln_gammas + ln_powers - (p * x + q) * (v + x * z_bar).ln()
    }
}

#[cfg(test)]
mod tests;
