//! Pareto/NBD: customers buy at random at their own rate and drop out at any moment at a rate of their own.
//!
//! Schmittlein, Morrison & Colombo (1987); Fader & Hardie (2005). All formulas: `docs/models/pareto-nbd.md`.

mod active;
mod fit;
pub(crate) mod grid;

use patron_domain::PurchaseHistory;
use serde::{Deserialize, Serialize};

use crate::ModelError;
use crate::special::{ln_integral, ln_rising};
use crate::transactions::{TransactionModel, TransactionParams, continuous_history};

/// A Pareto/NBD model with known parameters, in the time unit it was fitted in (weeks everywhere in Patron).
///
/// A customer buys at a rate drawn from a gamma distribution (shape r, rate α) during a lifetime that ends at a rate drawn
/// from another (shape s, rate β). At s = 0 nobody drops out: the model is the NBD and β has no meaning.
///
/// ```
/// use patron_domain::PurchaseHistory;
/// use patron_models::{ParetoNbd, TransactionModel};
///
/// // the estimates for CDNOW, and the customer with x = 26 of the BTYD walkthrough
/// let model = ParetoNbd::new(0.5534, 10.5802, 0.6061, 11.6562)?;
/// let history = PurchaseHistory::new(26, 30.857_14, 31.0)?;
/// assert!((model.p_alive(&history) - 0.9979).abs() < 5e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParetoNbd {
    r: f64,
    alpha: f64,
    s: f64,
    beta: f64,
}

impl ParetoNbd {
    /// A model from its parameters: r, α and β above zero, s zero (nobody drops out) or above.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] otherwise.
    pub fn new(r: f64, alpha: f64, s: f64, beta: f64) -> Result<Self, ModelError> {
        for (name, value) in [("r", r), ("alpha", alpha), ("beta", beta)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(ModelError::BadParameter { name, allowed: "above zero", value });
            }
        }
        if !(s >= 0.0 && s.is_finite()) {
            return Err(ModelError::BadParameter { name: "s", allowed: "zero or above", value: s });
        }
        Ok(Self { r, alpha, s, beta })
    }

    /// Parameters to be fitted.
    pub fn params() -> TransactionParams<Self> {
        TransactionParams::default()
    }

    /// r, the shape of the purchase rates.
    pub fn r(&self) -> f64 {
        self.r
    }

    /// α, the rate parameter of the purchase rates, in time units.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// s, the shape of the drop-out rates; 0 where nobody drops out.
    pub fn s(&self) -> f64 {
        self.s
    }

    /// β, the rate parameter of the drop-out rates, in time units; without meaning at s = 0.
    pub fn beta(&self) -> f64 {
        self.beta
    }

    /// Two parts of the likelihood that add up to it but for a common factor: (still alive at T, dropped out between t_x
    /// and T), in logarithms. Both are 0 at most where the common factor is f(t_x), f as below.
    ///
    /// With f(τ) = (1 + τ/α)^−(r + x) (1 + τ/β)^−(s + 1), someone alive at T contributes f(T) (1 + T/β), and someone
    /// who dropped out s/β ∫ f over [t_x, T]: equation (A6) of Fader & Hardie (2005) before the integral is
    /// taken apart into a difference of two ₂F₁.
    fn ln_parts(&self, history: &PurchaseHistory) -> (f64, f64) {
        let (Self { r, alpha, s, beta }, (x, t_x, t_cal)) = (*self, history.symbols());
        let (m, n) = (r + x, s + 1.0);
        // in ln(τ + the smaller of α and β) no singularity comes closer than π to the line of integration
        let from = alpha.min(beta) + t_x;
        let ln_fall = |gone: f64| m * (gone / (alpha + t_x)).ln_1p() + n * (gone / (beta + t_x)).ln_1p();
        let silent = t_cal - t_x;
        let alive = (t_cal / beta).ln_1p() - ln_fall(silent);
        if s == 0.0 {
            return (alive, f64::NEG_INFINITY);
        }
        let integral = ln_integral(|v| v - ln_fall(from * v.exp_m1()), 0.0, (silent / from).ln_1p());
        (alive, (s / beta).ln() + from.ln() + integral)
    }
}

impl TransactionModel for ParetoNbd {
    type History = PurchaseHistory;
    type Span = f64;
    type Active = Self;

    fn ln_likelihood(&self, history: &PurchaseHistory) -> f64 {
        let (Self { r, alpha, s, beta }, (x, t_x, _)) = (*self, history.symbols());
        let ln_bought = ln_rising(r, history.frequency()) - x * alpha.ln();
        let ln_at_last = -(r + x) * (t_x / alpha).ln_1p() - (s + 1.0) * (t_x / beta).ln_1p();
        let (alive, gone) = self.ln_parts(history);
        ln_bought + ln_at_last + crate::special::ln_sum_exp(alive, Some(gone))
    }

    fn p_alive(&self, history: &PurchaseHistory) -> f64 {
        let (alive, gone) = self.ln_parts(history);
        1.0 / (1.0 + (gone - alive).exp())
    }

    fn if_alive(&self, history: &PurchaseHistory) -> Self {
        let (Self { r, alpha, s, beta }, (x, _, t_cal)) = (*self, history.symbols());
        Self { r: r + x, alpha: alpha + t_cal, s, beta: beta + t_cal }
    }

    fn newcomer(&self) -> (f64, Self) {
        (1.0, *self)
    }

    fn history_of(&self, purchases: &[f64], age: f64) -> Result<PurchaseHistory, ModelError> {
        continuous_history(purchases, age)
    }
}

#[cfg(test)]
mod tests;
