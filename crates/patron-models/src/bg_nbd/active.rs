//! BG/NBD as a [`TransactionModel`]: somebody who is active at T is a newcomer with r + x, α + T and b + x.

use patron_domain::PurchaseHistory;
use rand::Rng;

use super::BgNbd;
use crate::ModelError;
use crate::special::{hyp2f1_of_one, ln_gamma, ln_integral, ln_rising};
use crate::transactions::{
    ActiveCustomer, TransactionModel, checked_discount, checked_time, continuous_history,
};

impl BgNbd {
    /// A customer who is active now, whose rate has this shape and rate parameter and whose drop-out probability is beta
    /// distributed (a, b).
    pub(crate) fn active(r: f64, alpha: f64, a: f64, b: f64) -> Self {
        Self { r, alpha, a, b }
    }

    /// ln of the chance that k purchases in t are not fewer or more than nobody's drop-out would cut short.
    fn ln_uncut(&self, k: u32, t: f64) -> f64 {
        let Self { r, alpha, .. } = *self;
        let ln_count = if k > 0 { f64::from(k) * (t / (alpha + t)).ln() } else { 0.0 };
        ln_rising(r, k) - ln_gamma(f64::from(k) + 1.0) - r * (t / alpha).ln_1p() + ln_count
    }

    /// Chance of `count` or more purchases in t that nobody's drop-out would cut short.
    fn uncut_from(&self, count: u32, t: f64) -> f64 {
        let (Self { r, alpha, .. }, y, k) = (*self, t / (self.alpha + t), f64::from(count));
        let mut term = self.ln_uncut(count, t).exp();
        if k > r * t / alpha {
            // beyond the mean: the tail itself, of ever smaller terms
            let (mut sum, mut j) = (0.0, k);
            while term > sum * 1e-17 * (1.0 - y) {
                sum += term;
                term *= (r + j) / (j + 1.0) * y;
                j += 1.0;
            }
            return sum;
        }
        let (mut fewer, mut j) = (0.0, k);
        while j > 0.0 && term > fewer * 1e-18 {
            term *= j / ((r + j - 1.0) * y);
            fewer += term;
            j -= 1.0;
        }
        (1.0 - fewer).max(0.0)
    }
}

impl ActiveCustomer for BgNbd {
    type Span = f64;

    fn still_active(&self, t: f64) -> Result<f64, ModelError> {
        self.survival_of_newcomer(checked_time(t)?)
    }

    fn expected_purchases_in(&self, t: f64) -> Result<f64, ModelError> {
        self.expected_purchases_of_newcomer(t)
    }

    /// Equation (8) of the paper, every term positive: `count` purchases and none of them the last, or the `count`th one
    /// the last, however many would have followed.
    fn chance_of_count(&self, count: u32, t: f64) -> Result<f64, ModelError> {
        let (Self { a, b, .. }, t) = (*self, checked_time(t)?);
        if t == 0.0 {
            return Ok(if count == 0 { 1.0 } else { 0.0 });
        }
        let ln_stayed = |k: u32| if a > 0.0 { ln_rising(b, k) - ln_rising(a + b, k) } else { 0.0 };
        let uncut = (ln_stayed(count) + self.ln_uncut(count, t)).exp();
        if count == 0 || a == 0.0 {
            return Ok(uncut.min(1.0));
        }
        let last = ln_stayed(count - 1).exp() * a / (a + b + f64::from(count - 1));
        Ok((uncut + last * self.uncut_from(count, t)).min(1.0))
    }

    /// E[λ ÷ (δ + λp)]. One λ is drawn into the gamma distribution, whose shape is then above 1; over p it is Gauss's
    /// function, over ln λ a quadrature.
    fn discounted_purchases(&self, discount: f64) -> Result<f64, ModelError> {
        let (Self { r, alpha, a, b }, delta) = (*self, checked_discount(discount)?);
        if a == 0.0 {
            return Ok(r / alpha / delta);
        }
        let shape = r + 1.0;
        let ln_density = |v: f64| shape * (v - v.exp_m1());
        let reach = 50.0 / shape;
        let (low, high) = (-(reach + (2.0 * reach).sqrt()), (2.0 * reach).sqrt());
        let ln_given = |v: f64| hyp2f1_of_one(a, a + b, shape / alpha * v.exp() / delta).ln();
        let weighted = ln_integral(|v| ln_density(v) + ln_given(v), low, high);
        Ok(r / alpha / delta * (weighted - ln_integral(ln_density, low, high)).exp())
    }

    fn draw_purchases(&self, t: f64, rng: &mut impl Rng) -> Result<Vec<f64>, ModelError> {
        self.draw_times(checked_time(t)?, rng)
    }
}

impl TransactionModel for BgNbd {
    type History = PurchaseHistory;
    type Span = f64;
    type Active = Self;

    fn ln_likelihood(&self, history: &PurchaseHistory) -> f64 {
        Self::ln_likelihood(self, history)
    }

    fn p_alive(&self, history: &PurchaseHistory) -> f64 {
        Self::p_alive(self, history)
    }

    fn if_alive(&self, history: &PurchaseHistory) -> Self {
        let (Self { r, alpha, a, b }, (x, _, t_cal)) = (*self, history.symbols());
        Self::active(r + x, alpha + t_cal, a, b + x)
    }

    fn newcomer(&self) -> (f64, Self) {
        (1.0, *self)
    }

    fn history_of(&self, purchases: &[f64], age: f64) -> Result<PurchaseHistory, ModelError> {
        continuous_history(purchases, age)
    }
}
