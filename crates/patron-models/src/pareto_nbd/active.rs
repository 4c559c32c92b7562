//! The future of somebody who is active now.

use rand::Rng;
use rand_distr::{Distribution, Exp};

use super::ParetoNbd;
use crate::ModelError;
use crate::chance::gamma_with_rate;
use crate::special::{ln_integral, ln_rising};
use crate::transactions::{ActiveCustomer, checked_discount, checked_time};

impl ParetoNbd {
    /// ln of the chance of `count` purchases in (0, t] of somebody who is active all the time.
    fn ln_while_active(&self, count: u32, t: f64) -> f64 {
        let Self { r, alpha, .. } = *self;
        let ln_count = if count > 0 { f64::from(count) * (t / (alpha + t)).ln() } else { 0.0 };
        ln_rising(r, count) - ln_rising(1.0, count) - r * (t / alpha).ln_1p() + ln_count
    }
}

impl ActiveCustomer for ParetoNbd {
    type Span = f64;

    /// (β ÷ (β + t))ˢ.
    fn still_active(&self, t: f64) -> Result<f64, ModelError> {
        Ok((-self.s * (checked_time(t)? / self.beta).ln_1p()).exp())
    }

    /// r ÷ α · ∫ (β ÷ (β + τ))ˢ dτ over [0, t], of which s = 1 is nothing special.
    fn expected_purchases_in(&self, t: f64) -> Result<f64, ModelError> {
        let Self { r, alpha, s, beta } = *self;
        let length = (checked_time(t)? / beta).ln_1p();
        let exponent = (1.0 - s) * length;
        let mean = if exponent == 0.0 { 1.0 } else { exponent.exp_m1() / exponent };
        // far below zero expm1 is −1, far above it the product may overflow where the parts do not
        Ok(r / alpha * beta * length * mean)
    }

    /// The count while active all the time, weighted with P(active at t), and with the density of leaving before.
    fn chance_of_count(&self, count: u32, t: f64) -> Result<f64, ModelError> {
        let (Self { alpha, s, beta, .. }, t) = (*self, checked_time(t)?);
        if t == 0.0 {
            return Ok(if count == 0 { 1.0 } else { 0.0 });
        }
        let stayed = (self.ln_while_active(count, t) - s * (t / beta).ln_1p()).exp();
        if s == 0.0 {
            return Ok(stayed);
        }
        let from = alpha.min(beta);
        let ln_left = |v: f64| {
            let gone = from * v.exp_m1();
            v - (s + 1.0) * (gone / beta).ln_1p() + self.ln_while_active(count, gone)
        };
        let left = (s / beta).ln() + from.ln() + ln_integral(ln_left, 0.0, (t / from).ln_1p());
        Ok((stayed + left.exp()).min(1.0))
    }

    /// r ÷ α · ∫ e^−δτ (β ÷ (β + τ))ˢ dτ over [0, ∞).
    fn discounted_purchases(&self, discount: f64) -> Result<f64, ModelError> {
        let Self { r, alpha, s, beta } = *self;
        let z = checked_discount(discount)? * beta;
        // beyond z (e^v − 1) = 200 nothing is left to count
        let integral = ln_integral(|v| (1.0 - s) * v - z * v.exp_m1(), 0.0, (200.0 / z).ln_1p());
        Ok(r / alpha * beta * integral.exp())
    }

    fn draw_purchases(&self, t: f64, rng: &mut impl Rng) -> Result<Vec<f64>, ModelError> {
        let Self { r, alpha, s, beta } = *self;
        let (rate, end) = (gamma_with_rate(r, alpha, rng)?, checked_time(t)?);
        let end = if s > 0.0 { end.min(wait(gamma_with_rate(s, beta, rng)?, rng)) } else { end };
        let mut times = Vec::new();
        let mut time = wait(rate, rng);
        while time <= end {
            times.push(time);
            time += wait(rate, rng);
        }
        Ok(times)
    }
}

/// An exponential wait; forever at rate 0.
fn wait(rate: f64, rng: &mut impl Rng) -> f64 {
    Exp::new(rate).map_or(f64::INFINITY, |waits| waits.sample(rng))
}
