//! MBG/NBD: BG/NBD in which a customer may drop out right after the first purchase too.
//!
//! Batislam, Denizel & Filiztekin (2007); Hoppe & Wagner (2007). All formulas: `docs/models/mbg-nbd.md`.

mod fit;

use patron_domain::PurchaseHistory;
use serde::{Deserialize, Serialize};

use crate::special::{ln_rising, ln_sum_exp};
use crate::transactions::{TransactionModel, TransactionParams, continuous_history};
use crate::{BgNbd, ModelError};

/// An MBG/NBD model with known parameters, in the time unit it was fitted in (weeks everywhere in Patron).
///
/// A customer buys at a rate drawn from a gamma distribution (shape r, rate α) and drops out after each purchase, the
/// first one included, with a probability drawn from a beta distribution (a, b). At a = 0 nobody drops out: the model is
/// the NBD and b has no meaning.
///
/// ```
/// use patron_domain::PurchaseHistory;
/// use patron_models::{MbgNbd, TransactionModel};
///
/// // the estimates for CDNOW: even a one-time buyer may have left
/// let model = MbgNbd::new(0.524843, 6.183085, 0.891359, 1.614002)?;
/// let once = PurchaseHistory::new(0, 0.0, 39.0)?;
/// assert!((model.p_alive(&once) - 0.389_327_77).abs() < 1e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MbgNbd {
    r: f64,
    alpha: f64,
    a: f64,
    b: f64,
}

impl MbgNbd {
    /// A model from its parameters: r, α and b above zero, a zero (nobody drops out) or above.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] otherwise.
    pub fn new(r: f64, alpha: f64, a: f64, b: f64) -> Result<Self, ModelError> {
        BgNbd::new(r, alpha, a, b).map(|_| Self { r, alpha, a, b })
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

    /// a of the drop-out probabilities; 0 where nobody drops out.
    pub fn a(&self) -> f64 {
        self.a
    }

    /// b of the drop-out probabilities; without meaning at a = 0.
    pub fn b(&self) -> f64 {
        self.b
    }

    /// ln of the odds of having dropped out at t_x; −∞ at a = 0.
    fn ln_odds(&self, history: &PurchaseHistory) -> f64 {
        let (Self { r, alpha, a, b }, (x, t_x, t_cal)) = (*self, history.symbols());
        (a / (b + x)).ln() + (r + x) * ((t_cal - t_x) / (alpha + t_x)).ln_1p()
    }
}

impl TransactionModel for MbgNbd {
    type History = PurchaseHistory;
    type Span = f64;
    type Active = BgNbd;

    fn ln_likelihood(&self, history: &PurchaseHistory) -> f64 {
        let (Self { r, alpha, a, b }, (x, _, t_cal)) = (*self, history.symbols());
        let count = history.frequency();
        let ln_bought = ln_rising(r, count) - x * alpha.ln() - (r + x) * (t_cal / alpha).ln_1p();
        let ln_stayed = if a > 0.0 { ln_rising(b, count + 1) - ln_rising(a + b, count + 1) } else { 0.0 };
        ln_bought + ln_stayed + ln_sum_exp(0.0, Some(self.ln_odds(history)))
    }

    /// 1 ÷ (1 + a ÷ (b + x) ((α + T) ÷ (α + t_x))^(r + x)), below 1 for a one-time buyer too.
    fn p_alive(&self, history: &PurchaseHistory) -> f64 {
        1.0 / (1.0 + self.ln_odds(history).exp())
    }

    /// Under both stories a later purchase is followed by drop-out with the same probability: BG/NBD goes on.
    fn if_alive(&self, history: &PurchaseHistory) -> BgNbd {
        let (Self { r, alpha, a, b }, (x, _, t_cal)) = (*self, history.symbols());
        BgNbd::active(r + x, alpha + t_cal, a, b + x + 1.0)
    }

    fn newcomer(&self) -> (f64, BgNbd) {
        let Self { r, alpha, a, b } = *self;
        (b / (a + b), BgNbd::active(r, alpha, a, b + 1.0))
    }

    fn history_of(&self, purchases: &[f64], age: f64) -> Result<PurchaseHistory, ModelError> {
        continuous_history(purchases, age)
    }
}

#[cfg(test)]
mod tests;
