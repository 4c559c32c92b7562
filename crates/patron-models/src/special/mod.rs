//! Special functions: what the papers' formulas are made of.

mod hypergeometric;
mod polygamma;
mod quadrature;
mod rising;

pub(crate) use hypergeometric::ScaledSum;
pub use hypergeometric::{hyp2f1, ln_hyp2f1};
pub use polygamma::trigamma;
pub(crate) use quadrature::{GAUSS_5, GAUSS_16, ln_integral};
pub(crate) use rising::hyp2f1_of_one;
pub use rising::ln_rising;
pub use statrs::function::gamma::{digamma, ln_gamma};

/// ln B(a, b), for a, b > 0.
///
/// Where one argument is much larger than the other the difference of two large ln Γ is taken through their
/// Stirling series, so that ln B(1, 1e12) keeps its digits.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    if large < 1e3 {
        return ln_gamma(small) + ln_gamma(large) - ln_gamma(small + large);
    }
    // ln Γ(L) − ln Γ(s + L) with the leading terms of Stirling's series subtracted by hand
    let sum = small + large;
    let leading = -(large - 0.5) * (small / large).ln_1p() - small * (sum.ln() - 1.0);
    ln_gamma(small) + leading + stirling_rest(large) - stirling_rest(sum)
}

/// ln(eᵃ + eᵇ), with nothing lost to overflow; `None` is a term that is not there.
pub fn ln_sum_exp(a: f64, b: Option<f64>) -> f64 {
    let Some(b) = b else { return a };
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if high == f64::NEG_INFINITY {
        return high;
    }
    high + (low - high).exp().ln_1p()
}

/// What Stirling's series adds to (x − ½) ln x − x + ½ ln 2π, for x ≥ 1e3.
fn stirling_rest(x: f64) -> f64 {
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square / 1260.0))
}

#[cfg(test)]
mod tests;
