//! The future of somebody who is there now.

use rand::{Rng, RngExt};
use rand_distr::{Beta, Distribution};

use super::BgBb;
use crate::ModelError;
use crate::special::{ScaledSum, hyp2f1_of_one, ln_rising};
use crate::transactions::{ActiveCustomer, checked_discount};

impl ActiveCustomer for BgBb {
    type Span = u32;

    /// (δ)ₙ ÷ (γ + δ)ₙ.
    fn still_active(&self, n: u32) -> Result<f64, ModelError> {
        Ok((ln_rising(self.delta, n) - ln_rising(self.gamma + self.delta, n)).exp())
    }

    /// α ÷ (α + β) Σ (δ)ᵢ ÷ (γ + δ)ᵢ over i = 1 … n; γ = 1 is nothing special.
    fn expected_purchases_in(&self, n: u32) -> Result<f64, ModelError> {
        let Self { alpha, beta, gamma, delta } = *self;
        let (mut stays, mut opportunities) = (1.0, 0.0);
        for i in 0..n {
            stays *= (delta + f64::from(i)) / (gamma + delta + f64::from(i));
            opportunities += stays;
        }
        Ok(alpha / (alpha + beta) * opportunities)
    }

    /// Equation (7) of the paper: k purchases among the first i opportunities and gone before the next, for every i, or
    /// still there at the end.
    fn chance_of_count(&self, count: u32, n: u32) -> Result<f64, ModelError> {
        let Self { alpha, beta, gamma, delta } = *self;
        if count > n {
            return Ok(0.0);
        }
        let ln_all_bought = ln_rising(alpha, count) - ln_rising(alpha + beta, count);
        let ln_stayed = ln_rising(delta, count) - ln_rising(gamma + delta, count);
        let mut sum = ScaledSum::new(ln_all_bought + ln_stayed);
        let (mut stays, k) = (1.0, f64::from(count));
        for step in count..n {
            let i = f64::from(step);
            let mut leaves = stays * gamma / (gamma + delta + i);
            stays *= sum.add(&mut leaves);
            let misses = (i + 1.0) / (i + 1.0 - k) * (beta + i - k) / (alpha + beta + i);
            stays *= misses * (delta + i) / (gamma + delta + i);
        }
        sum.add(&mut stays);
        Ok(sum.value().min(1.0))
    }

    /// α ÷ (α + β) Σ (δ)ᵢ ÷ (γ + δ)ᵢ (1 + d)^−i over i ≥ 1, a ₂F₁ with Pfaff's transformation.
    fn discounted_purchases(&self, discount: f64) -> Result<f64, ModelError> {
        let (Self { alpha, beta, gamma, delta }, d) = (*self, checked_discount(discount)?);
        let series = hyp2f1_of_one(gamma, gamma + delta + 1.0, 1.0 / d);
        Ok(alpha / (alpha + beta) * delta / (gamma + delta) / d * series)
    }

    fn draw_purchases(&self, n: u32, rng: &mut impl Rng) -> Result<Vec<u32>, ModelError> {
        let buys = draw(self.alpha, self.beta, rng)?;
        let leaves = if self.gamma > 0.0 { draw(self.gamma, self.delta, rng)? } else { 0.0 };
        let mut purchases = Vec::new();
        for opportunity in 1..=n {
            if rng.random::<f64>() < leaves {
                break;
            }
            if rng.random::<f64>() < buys {
                purchases.push(opportunity);
            }
        }
        Ok(purchases)
    }
}

fn draw(a: f64, b: f64, rng: &mut impl Rng) -> Result<f64, ModelError> {
    let refused =
        |_| ModelError::BadParameter { name: "a beta distribution's shape", allowed: "drawable", value: a };
    Ok(Beta::new(a, b).map_err(refused)?.sample(rng))
}
