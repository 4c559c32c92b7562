//! How sure a mean difference is, by drawing customers again.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::Serialize;

const DRAWS: usize = 1_000;

/// A value with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The value.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The mean of differences within customers and its percentile bootstrap interval (Efron & Tibshirani 1993, chapter 13);
/// all 0 without customers.
pub(super) fn paired_difference(differences: &[f64], seed: u64) -> Interval {
    let count = differences.len();
    if count == 0 {
        return Interval { value: 0.0, low: 0.0, high: 0.0 };
    }
    let mean = |sum: f64| sum / count as f64;
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut draw = || mean((0..count).map(|_| differences[rng.random_range(0..count)]).sum());
    let mut means: Vec<f64> = (0..DRAWS).map(|_| draw()).collect();
    means.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| means[((DRAWS - 1) as f64 * share).round() as usize];
    Interval { value: mean(differences.iter().sum()), low: at(0.025), high: at(0.975) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_as_wide_as_its_error() {
        // 400 values, half 1 and half −1: the mean's standard error is 1/20
        let differences: Vec<f64> = (0..400).map(|n| f64::from(n % 2 * 2 - 1)).collect();
        let found = paired_difference(&differences, 7);
        assert!(found.value.abs() < 1e-12);
        assert!(
            (found.high - 1.96 / 20.0).abs() < 0.02 && (found.low + 1.96 / 20.0).abs() < 0.02,
            "{found:?}"
        );
        assert_eq!(found, paired_difference(&differences, 7));
        assert_eq!(paired_difference(&[0.25; 9], 1), Interval { value: 0.25, low: 0.25, high: 0.25 });
        assert_eq!(paired_difference(&[], 1).high, 0.0);
    }
}
