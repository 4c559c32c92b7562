//! BG/BB: at each opportunity (a yearly appeal, a monthly box) a customer who is still there buys or does not.
//!
//! Fader, Hardie & Shang (2010). All formulas: `docs/models/bg-bb.md`.

mod active;
mod fit;
mod likelihood;

use serde::{Deserialize, Serialize};

pub use fit::{BgBbFit, BgBbParams, BgBbValidParams};

use crate::ModelError;
use crate::special::{ln_rising, ln_sum_exp};
use crate::transactions::TransactionModel;

/// What BG/BB sees of a customer: purchases at numbered opportunities after the first purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OpportunityHistory {
    purchases: u32,
    last: u32,
    opportunities: u32,
}

impl OpportunityHistory {
    /// x purchases at `opportunities` (n) opportunities, the last of them at number `last` (t_x), counted from 1; 0
    /// when there was none.
    ///
    /// # Errors
    /// [`ModelError::BadOpportunities`] unless x ≤ t_x ≤ n and (x = 0) = (t_x = 0).
    pub fn new(purchases: u32, last: u32, opportunities: u32) -> Result<Self, ModelError> {
        let possible = purchases <= last && last <= opportunities && (purchases == 0) == (last == 0);
        let refused = ModelError::BadOpportunities { purchases, last, opportunities };
        possible.then_some(Self { purchases, last, opportunities }).ok_or(refused)
    }

    /// The history in which each opportunity, in order of time, was taken or not.
    pub fn of_choices(bought: &[bool]) -> Self {
        let last = bought.iter().rposition(|&bought| bought).map_or(0, |place| place + 1);
        let purchases = bought.iter().filter(|&&bought| bought).count();
        Self { purchases: purchases as u32, last: last as u32, opportunities: bought.len() as u32 }
    }

    /// x.
    pub fn purchases(&self) -> u32 {
        self.purchases
    }

    /// t_x: the number of the last opportunity that was taken; 0 without one.
    pub fn last(&self) -> u32 {
        self.last
    }

    /// n.
    pub fn opportunities(&self) -> u32 {
        self.opportunities
    }
}

/// A BG/BB model with known parameters; time is a count of opportunities.
///
/// Before each opportunity a customer drops out for good with a probability drawn from a beta distribution (γ, δ); who is
/// still there buys with a probability drawn from another (α, β). At γ = 0 nobody drops out and δ has no meaning.
///
/// ```
/// use patron_models::{BgBb, OpportunityHistory, TransactionModel};
///
/// // the printed estimates for 11,104 donors, and the printed answer for one who gave 4 times in 6 years
/// let model = BgBb::new(1.204, 0.750, 0.657, 2.783)?;
/// let history = OpportunityHistory::new(4, 5, 6)?;
/// assert!((model.expected_purchases(&history, 10)? - 3.628).abs() < 1e-3);
/// # Ok::<(), patron_models::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BgBb {
    alpha: f64,
    beta: f64,
    gamma: f64,
    delta: f64,
}

impl BgBb {
    /// A model from its parameters: α, β and δ above zero, γ zero (nobody drops out) or above.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] otherwise.
    pub fn new(alpha: f64, beta: f64, gamma: f64, delta: f64) -> Result<Self, ModelError> {
        for (name, value) in [("alpha", alpha), ("beta", beta), ("delta", delta)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(ModelError::BadParameter { name, allowed: "above zero", value });
            }
        }
        if !(gamma >= 0.0 && gamma.is_finite()) {
            return Err(ModelError::BadParameter { name: "gamma", allowed: "zero or above", value: gamma });
        }
        Ok(Self { alpha, beta, gamma, delta })
    }

    /// Parameters to be fitted.
    pub fn params() -> BgBbParams {
        BgBbParams::default()
    }

    /// α of the purchase probabilities.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// β of the purchase probabilities.
    pub fn beta(&self) -> f64 {
        self.beta
    }

    /// γ of the drop-out probabilities; 0 where nobody drops out.
    pub fn gamma(&self) -> f64 {
        self.gamma
    }

    /// δ of the drop-out probabilities; without meaning at γ = 0.
    pub fn delta(&self) -> f64 {
        self.delta
    }

    /// Two parts of the likelihood without the factor of what happened up to t_x: (still there after n, dropped out
    /// between t_x and n), in logarithms.
    fn ln_parts(&self, history: &OpportunityHistory) -> (f64, f64) {
        let Self { alpha, beta, gamma, delta } = *self;
        let (x, last, n) = (f64::from(history.purchases), history.last, history.opportunities);
        let t_x = f64::from(last);
        let silent = n - last;
        let (mut stays, mut gone) = (1.0, 0.0);
        for step in 0..silent {
            let k = t_x + f64::from(step);
            gone += stays * gamma / (gamma + delta + k);
            stays *= (beta + k - x) / (alpha + beta + k) * (delta + k) / (gamma + delta + k);
        }
        let ln_silence = ln_rising(beta + t_x - x, silent) - ln_rising(alpha + beta + t_x, silent);
        let ln_stays = ln_rising(delta + t_x, silent) - ln_rising(gamma + delta + t_x, silent);
        (ln_silence + ln_stays, f64::ln(gone))
    }
}

impl TransactionModel for BgBb {
    type History = OpportunityHistory;
    type Span = u32;
    type Active = Self;

    fn ln_likelihood(&self, history: &OpportunityHistory) -> f64 {
        let Self { alpha, beta, gamma, delta } = *self;
        let (x, t_x) = (history.purchases, history.last);
        let ln_bought = ln_rising(alpha, x) + ln_rising(beta, t_x - x) - ln_rising(alpha + beta, t_x);
        let ln_stayed = ln_rising(delta, t_x) - ln_rising(gamma + delta, t_x);
        let (alive, gone) = self.ln_parts(history);
        ln_bought + ln_stayed + ln_sum_exp(alive, Some(gone))
    }

    /// The chance to be there still after opportunity n; before opportunity n + 1 another drop-out may come.
    fn p_alive(&self, history: &OpportunityHistory) -> f64 {
        let (alive, gone) = self.ln_parts(history);
        1.0 / (1.0 + (gone - alive).exp())
    }

    fn if_alive(&self, history: &OpportunityHistory) -> Self {
        let Self { alpha, beta, gamma, delta } = *self;
        let (x, n) = (f64::from(history.purchases), f64::from(history.opportunities));
        Self { alpha: alpha + x, beta: beta + n - x, gamma, delta: delta + n }
    }

    fn newcomer(&self) -> (f64, Self) {
        (1.0, *self)
    }

    fn history_of(&self, purchases: &[u32], age: u32) -> Result<OpportunityHistory, ModelError> {
        let last = purchases.last().copied().unwrap_or(0);
        OpportunityHistory::new(purchases.len() as u32, last, age)
    }
}

#[cfg(test)]
mod tests;
