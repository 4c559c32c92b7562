//! Gauss's hypergeometric function where all terms of its series are positive.

use crate::ModelError;

/// Terms after which a series counts as diverged.
const MOST_TERMS: u64 = 20_000_000;

/// ₂F₁(a, b; c; z) for a, b, c > 0 and 0 ≤ z < 1. See [`ln_hyp2f1`].
///
/// # Errors
/// As [`ln_hyp2f1`].
pub fn hyp2f1(a: f64, b: f64, c: f64, z: f64) -> Result<f64, ModelError> {
    ln_hyp2f1(a, b, c, z).map(f64::exp)
}

/// ln ₂F₁(a, b; c; z) for a, b, c > 0 and 0 ≤ z < 1.
///
/// All terms are positive, so nothing cancels; the sum is rescaled on the way, so nothing overflows. Where
/// c > a and c > b Euler's transformation (Abramowitz & Stegun 15.3.3) gives the shorter of two such series.
/// The number of terms grows like 1 ÷ (1 − z).
///
/// # Errors
/// [`ModelError::BadParameter`] outside that range, [`ModelError::SeriesDiverged`] after 20 million terms.
pub fn ln_hyp2f1(a: f64, b: f64, c: f64, z: f64) -> Result<f64, ModelError> {
    for (name, value) in [("a", a), ("b", b), ("c", c)] {
        if !(value > 0.0 && value.is_finite()) {
            return Err(ModelError::BadParameter { name, allowed: "positive", value });
        }
    }
    if !(0.0..1.0).contains(&z) {
        return Err(ModelError::BadParameter { name: "z", allowed: "at least 0 and below 1", value: z });
    }
    let euler = c > a && c > b && c < a + b;
    if euler {
        return Ok((c - a - b) * (-z).ln_1p() + ln_series(c - a, c - b, c, z)?);
    }
    ln_series(a, b, c, z)
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
