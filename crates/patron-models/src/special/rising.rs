//! Rising factorials and one hypergeometric function in logarithms.

use super::{ln_gamma, stirling_rest};

/// ln of the rising factorial (a)ₙ = a (a + 1) … (a + n − 1) = Γ(a + n) ÷ Γ(a), for a > 0; 0 at n = 0.
///
/// A short product is taken as it stands; from a = 1,000 on the difference of two large ln Γ is taken through Stirling's
/// series with the leading terms subtracted by hand, so that no digit is lost to cancellation.
pub fn ln_rising(a: f64, n: u32) -> f64 {
    const SHORT: u32 = 24;
    let count = f64::from(n);
    if n <= SHORT {
        return (0..n).map(|j| (a + f64::from(j)).ln()).sum();
    }
    if a < 1e3 {
        return ln_gamma(a + count) - ln_gamma(a);
    }
    let sum = a + count;
    (a - 0.5) * (count / a).ln_1p() + count * (sum.ln() - 1.0) + stirling_rest(sum) - stirling_rest(a)
}

/// ₂F₁(1, b; c; −z) for c ≥ b ≥ 0, c > 0 and any z ≥ 0, between 0 and 1.
///
/// Gauss's continued fraction (Wall 1948, § 89.9), whose parts are all positive, so that nothing cancels; it takes
/// about √z steps.
pub(crate) fn hyp2f1_of_one(b: f64, c: f64, z: f64) -> f64 {
    const MOST_STEPS: u32 = 1_000_000;
    // modified Lentz: the fraction as a product of ratios of its successive numerators and denominators
    let (mut value, mut upper, mut lower) = (1.0_f64, 1.0_f64, 0.0_f64);
    for step in 1..MOST_STEPS {
        let m = f64::from(step / 2);
        let part = match step {
            1 => b / c,
            odd if odd % 2 == 1 => (b + m) * (c + m - 1.0) / ((c + 2.0 * m - 1.0) * (c + 2.0 * m)),
            _ => m * (c - b + m - 1.0) / ((c + 2.0 * m - 2.0) * (c + 2.0 * m - 1.0)),
        } * z;
        upper = 1.0 + part / upper;
        lower = 1.0 / (1.0 + part * lower);
        let ratio = upper * lower;
        value *= ratio;
        if (ratio - 1.0).abs() < 4e-16 || part == 0.0 {
            break;
        }
    }
    1.0 / value
}
