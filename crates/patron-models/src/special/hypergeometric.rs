//! Gauss's hypergeometric function where all terms of its series are positive.

use super::{ln_beta, ln_integral, ln_sum_exp};
use crate::ModelError;

/// Terms after which a series counts as diverged.
const MOST_TERMS: u64 = 20_000_000;

/// Arguments from which on an integral is shorter than the series.
const LONG_SERIES: f64 = 0.9;

/// ₂F₁(a, b; c; z) for a, b, c > 0 and z < 1. See [`ln_hyp2f1`].
///
/// # Errors
/// As [`ln_hyp2f1`].
pub fn hyp2f1(a: f64, b: f64, c: f64, z: f64) -> Result<f64, ModelError> {
    ln_hyp2f1(a, b, c, z).map(f64::exp)
}

/// ln ₂F₁(a, b; c; z) for a, b, c > 0 and z < 1; for z < 0 c must be above a or b.
///
/// The series: for 0 ≤ z all terms are positive, so nothing cancels; the sum is rescaled on the way, so nothing overflows.
/// Where c > a and c > b Euler's transformation (Abramowitz & Stegun 15.3.3) gives the shorter of two such series. Its
/// number of terms grows like 1 ÷ (1 − z), so beyond 0.9, and for z < 0, Euler's integral (15.3.1), whose integrand is
/// positive too, takes its place wherever c is above a or b: for any z from −10³⁰⁰ to the last number below 1.
///
/// # Errors
/// [`ModelError::BadParameter`] outside that range, [`ModelError::SeriesDiverged`] after 20 million terms.
pub fn ln_hyp2f1(a: f64, b: f64, c: f64, z: f64) -> Result<f64, ModelError> {
    for (name, value) in [("a", a), ("b", b), ("c", c)] {
        if !(value > 0.0 && value.is_finite()) {
            return Err(ModelError::BadParameter { name, allowed: "positive", value });
        }
    }
    if !(z < 1.0 && z.is_finite()) {
        return Err(ModelError::BadParameter { name: "z", allowed: "below 1", value: z });
    }
    if !(0.0..=LONG_SERIES).contains(&z) {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        // of the two the one that leaves more room below c
        if c > low {
            return Ok(ln_euler_integral(high, low, c, z));
        }
        if z < 0.0 {
            return Err(ModelError::BadParameter {
                name: "c",
                allowed: "above a or b where z is below 0",
                value: c,
            });
        }
    }
    let euler = c > a && c > b && c < a + b;
    if euler {
        return Ok((c - a - b) * (-z).ln_1p() + ln_series(c - a, c - b, c, z)?);
    }
    ln_series(a, b, c, z)
}

/// Euler's integral for c > b > 0, over v with t = eᵛ ÷ (1 + eᵛ):
/// ∫ e^bv (1 + eᵛ)^(a − c) (1 + (1 − z) eᵛ)^−a dv ÷ B(b, c − b).
fn ln_euler_integral(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let ln_rest = (-z).ln_1p();
    let ln_f = |v: f64| b * v + (a - c) * ln_one_plus_exp(v) - a * ln_one_plus_exp(v + ln_rest);
    let share = |v: f64| 1.0 / (1.0 + (-v).exp());
    let slope = |v: f64| b + (a - c) * share(v) - a * share(v + ln_rest);
    // one hump: from its top outwards in pieces of doubling length, so that a long slope hides no short bend
    let (mut below, mut above) = (-1e3 - ln_rest.abs(), 1e3 + ln_rest.abs());
    for _ in 0..60 {
        let middle = 0.5 * (below + above);
        if slope(middle) > 0.0 { below = middle } else { above = middle }
    }
    let top = below;
    let mut sum = f64::NEG_INFINITY;
    for side in [-1.0, 1.0] {
        let (mut near, mut far) = (0.0, 1.0);
        while ln_f(top + side * near) > ln_f(top) - 50.0 {
            let (one, other) = (top + side * near, top + side * far);
            sum = ln_sum_exp(sum, Some(ln_integral(ln_f, one.min(other), one.max(other))));
            (near, far) = (far, 2.0 * far);
        }
    }
    sum - ln_beta(b, c - b)
}

/// ln(1 + eᵛ).
fn ln_one_plus_exp(v: f64) -> f64 {
    v.max(0.0) + (-v.abs()).exp().ln_1p()
}

fn ln_series(a: f64, b: f64, c: f64, z: f64) -> Result<f64, ModelError> {
    let (mut term, mut sum) = (1.0_f64, ScaledSum::new(0.0));
    sum.add(&mut term);
    for index in 0..MOST_TERMS {
        let k = index as f64;
        let ratio = (a + k) * (b + k) / ((c + k) * (k + 1.0)) * z;
        term *= ratio;
        sum.add(&mut term);
        // from here on the ratio moves monotonically towards z
        let bound = ratio.max(z);
        if bound < 1.0 && k > a + b + c && sum.is_settled(term, bound) || term == 0.0 {
            return Ok(sum.ln());
        }
    }
    Err(ModelError::SeriesDiverged { function: "2F1", terms: MOST_TERMS, argument: z })
}

/// A sum of positive terms whose common factor is carried as a logarithm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScaledSum {
    sum: f64,
    ln_scale: f64,
}

impl ScaledSum {
    const LARGE: f64 = 1e200;

    /// An empty sum whose terms all carry the factor e^`ln_scale`.
    pub(crate) fn new(ln_scale: f64) -> Self {
        Self { sum: 0.0, ln_scale }
    }

    /// Adds `term`; where the sum grows too large, it and `term` are scaled down. Says by how much.
    pub(crate) fn add(&mut self, term: &mut f64) -> f64 {
        self.sum += *term;
        if self.sum < Self::LARGE {
            return 1.0;
        }
        let factor = 1.0 / Self::LARGE;
        self.sum *= factor;
        *term *= factor;
        self.ln_scale -= factor.ln();
        factor
    }

    /// Whether all that follows `term` at ratios of at most `ratio` is below the last digit of the sum.
    pub(crate) fn is_settled(&self, term: f64, ratio: f64) -> bool {
        term * ratio <= self.sum * (1.0 - ratio) * 1e-17
    }

    /// ln of the sum.
    pub(crate) fn ln(&self) -> f64 {
        self.sum.ln() + self.ln_scale
    }

    /// The sum.
    pub(crate) fn value(&self) -> f64 {
        if self.sum == 0.0 { 0.0 } else { self.ln().exp() }
    }
}
