//! Counts against what chance would make of them.

use statrs::distribution::{ContinuousCDF, Gamma};
use statrs::function::gamma::{gamma_lr, gamma_ur};

/// P(X ≥ count) of a Poisson variable with this mean; 1 for a count of zero, 0 for any other where the mean is zero.
pub(crate) fn poisson_at_least(count: u64, mean: f64) -> f64 {
    match count {
        0 => 1.0,
        _ if mean <= 0.0 => 0.0,
        count => gamma_lr(count as f64, mean).clamp(0.0, 1.0),
    }
}

/// P(X ≤ count).
pub(crate) fn poisson_at_most(count: u64, mean: f64) -> f64 {
    if mean <= 0.0 { 1.0 } else { gamma_ur(count as f64 + 1.0, mean).clamp(0.0, 1.0) }
}

/// Exact 95 % interval of the mean of a Poisson variable that came to `count`. Garwood (1936), Biometrika 28.
pub(crate) fn poisson_interval(count: u64) -> (f64, f64) {
    let quantile = |shape: f64, p: f64| Gamma::new(shape, 1.0).map_or(shape, |gamma| gamma.inverse_cdf(p));
    let low = if count == 0 { 0.0 } else { quantile(count as f64, 0.025) };
    (low, quantile(count as f64 + 1.0, 0.975))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_the_sums_of_the_probabilities() {
        let (mean, mut term, mut below) = (3.7_f64, (-3.7_f64).exp(), 0.0);
        for count in 0..30_u64 {
            assert!((poisson_at_least(count, mean) - (1.0 - below)).abs() < 1e-12, "{count}");
            below += term;
            assert!((poisson_at_most(count, mean) - below).abs() < 1e-12, "{count}");
            term *= mean / (count + 1) as f64;
        }
        // the published table: 0, 4 and 30 events
        for (count, low, high) in [(0, 0.0, 3.689), (4, 1.090, 10.242), (30, 20.241, 42.827)] {
            let found = poisson_interval(count);
            assert!((found.0 - low).abs() < 5e-4 && (found.1 - high).abs() < 5e-4, "{count}: {found:?}");
        }
        assert_eq!(
            (poisson_at_least(0, 0.0), poisson_at_least(1, 0.0), poisson_at_most(0, 0.0)),
            (1.0, 0.0, 1.0)
        );
    }
}
