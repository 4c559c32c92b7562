//! BG/NBD: customers buy at random at their own rate and drop out after a purchase with their own probability.
//!
//! Fader, Hardie & Lee (2005), "Counting your customers" the easy way. All formulas: `docs/models/bg-nbd.md`.

mod active;
pub(crate) mod compressed;
mod drop_out;
mod expectation;
mod fit;
mod sample;

use patron_domain::{DayHistory, PurchaseHistory};
use serde::{Deserialize, Serialize};

pub use drop_out::DropOutTest;
pub(crate) use fit::SAME_DROP_OUT;
pub use fit::{BgNbdFit, BgNbdParams, BgNbdValidParams};

use crate::ModelError;
use crate::special::{ln_beta, ln_gamma, ln_sum_exp};
use crate::transactions::ActiveCustomer;

/// A BG/NBD model with known parameters, in the time unit it was fitted in (weeks everywhere in Patron).
///
/// A customer buys at a rate drawn from a gamma distribution (shape r, rate α) and drops out after each purchase
/// with a probability drawn from a beta distribution (a, b). At a = 0 nobody drops out: the model is the NBD, b has
/// no meaning and P(alive) is 1.
///
/// ```
/// use patron_domain::PurchaseHistory;
/// use patron_models::BgNbd;
///
/// // the printed estimates for CDNOW, and their printed answer for a customer with x = 2, t_x = 30.43, T = 38.86
/// let model = BgNbd::new(0.243, 4.414, 0.793, 2.426)?;
/// let history = PurchaseHistory::new(2, 30.43, 38.86)?;
/// assert!((model.expected_purchases(&history, 39.0)? - 1.226).abs() < 5e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BgNbd {
    r: f64,
    alpha: f64,
    a: f64,
    b: f64,
}

impl BgNbd {
    /// A model from its parameters: r, α and b above zero, a zero (nobody drops out) or above.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] otherwise.
    pub fn new(r: f64, alpha: f64, a: f64, b: f64) -> Result<Self, ModelError> {
        for (name, value) in [("r", r), ("alpha", alpha), ("b", b)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(ModelError::BadParameter { name, allowed: "above zero", value });
            }
        }
        if !(a >= 0.0 && a.is_finite()) {
            return Err(ModelError::BadParameter { name: "a", allowed: "zero or above", value: a });
        }
        Ok(Self { r, alpha, a, b })
    }

    /// Parameters to be fitted.
    pub fn params() -> BgNbdParams {
        BgNbdParams::default()
    }

    /// r, the shape of the purchase rates.
    pub fn r(&self) -> f64 {
        self.r
    }

    /// α, the rate parameter of the purchase rates, in time units.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// a of the drop-out probabilities; 0 where nobody drops out.
    pub fn a(&self) -> f64 {
        self.a
    }

    /// b of the drop-out probabilities; without meaning at a = 0.
    pub fn b(&self) -> f64 {
        self.b
    }

    /// ln of the likelihood of one history. Equation (6) of the paper, in logarithms.
    pub fn ln_likelihood(&self, history: &PurchaseHistory) -> f64 {
        let (Self { r, alpha, a, b }, (x, t_x, t_cal)) = (*self, history.symbols());
        let ln_a1 = ln_gamma(r + x) - ln_gamma(r) + r * alpha.ln();
        let ln_a2 = if a > 0.0 { ln_beta(a, b + x) - ln_beta(a, b) } else { 0.0 };
        let ln_a3 = -(r + x) * (alpha + t_cal).ln();
        let dropped = x > 0.0 && a > 0.0;
        let ln_a4 = dropped.then(|| a.ln() - (b + x - 1.0).ln() - (r + x) * (alpha + t_x).ln());
        ln_a1 + ln_a2 + ln_sum_exp(ln_a3, ln_a4)
    }

    /// P(alive): the probability that the customer has not dropped out by T. 1 for every one-time buyer, because
    /// drop-out happens after repeat purchases only; 1 for all at a = 0.
    pub fn p_alive(&self, history: &PurchaseHistory) -> f64 {
        let (Self { r, alpha, a, b }, (x, t_x, t_cal)) = (*self, history.symbols());
        if x == 0.0 || a == 0.0 {
            return 1.0;
        }
        let ln_odds = a.ln() - (b + x - 1.0).ln() + (r + x) * ((t_cal - t_x) / (alpha + t_x)).ln_1p();
        1.0 / (1.0 + ln_odds.exp())
    }

    /// P(alive) at T + `later`, seen from T: alive now, and no drop-out among the purchases until then.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] for a negative or infinite `later`, [`ModelError::SeriesDiverged`].
    pub fn p_alive_at(&self, history: &PurchaseHistory, later: f64) -> Result<f64, ModelError> {
        Ok(self.p_alive(history) * self.survival_if_alive(history, later)?)
    }

    /// P(X(T, T + horizon) = 0): the chance of no purchase in the horizon, given the history.
    pub fn no_purchase(&self, history: &PurchaseHistory, horizon: f64) -> f64 {
        1.0 - self.p_alive(history) * self.buys_if_alive(history, horizon)
    }

    /// 1 − (1 + t ÷ (α + T))^−(r + x): the chance to buy of a customer who is alive at T.
    pub(crate) fn buys_if_alive(&self, history: &PurchaseHistory, horizon: f64) -> f64 {
        let (Self { r, alpha, .. }, (x, _, t_cal)) = (*self, history.symbols());
        // without cancellation for short horizons
        -(-(r + x) * (horizon / (alpha + t_cal)).ln_1p()).exp_m1()
    }

    /// P(X(t) = count): the chance that a new customer makes `count` repeat purchases in t. Equation (8).
    pub fn probability_of(&self, count: u32, t: f64) -> f64 {
        self.chance_of_count(count, t).unwrap_or(0.0)
    }

    /// A model for too few customers to fit one: nobody drops out, and everybody's rate is shrunk toward the mean
    /// rate with the weight of one purchase. `None` without a customer of positive age.
    pub fn prior_guess(histories: &[DayHistory], days_per_unit: f64) -> Option<Self> {
        let purchases: f64 = histories.iter().map(|h| f64::from(h.frequency)).sum();
        let exposure: f64 = histories.iter().map(|h| f64::from(h.customer_age) / days_per_unit).sum();
        let rate = (purchases + 0.5) / exposure;
        (exposure > 0.0).then_some(Self { r: 1.0, alpha: 1.0 / rate, a: 0.0, b: 1.0 })
    }
}

#[cfg(test)]
mod tests;
