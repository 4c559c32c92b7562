//! The slope that a few wild months cannot move.

use crate::SlopeInterval;
use crate::stats::Z_95;

/// Median of the slopes between all pairs of equally spaced values, and Sen's 95 % interval with the variance
/// corrected for equal values; all zero below two values.
///
/// Theil (1950); Sen (1968), J. Am. Stat. Assoc. 63, section 2.6. The interval's ranks are rounded to the nearest.
pub(crate) fn theil_sen(y: &[f64], slopes: &mut Vec<f64>) -> SlopeInterval {
    slopes.clear();
    for (from, start) in y.iter().enumerate() {
        let after = y[from + 1..].iter().enumerate();
        slopes.extend(after.map(|(step, end)| (end - start) / (step + 1) as f64));
    }
    if slopes.is_empty() {
        return SlopeInterval { slope: 0.0, low: 0.0, high: 0.0 };
    }
    let pairs = slopes.len();
    let reach = Z_95 * kendall_variance(y).sqrt();
    let high = (((pairs as f64 + reach) / 2.0).round_ties_even() as usize).min(pairs - 1);
    let low = (((pairs as f64 - reach) / 2.0).round_ties_even() - 1.0).max(0.0) as usize;
    let [low, below, above, high] = at_ranks(slopes, [low, (pairs - 1) / 2, pairs / 2, high]);
    SlopeInterval { slope: (below + above) / 2.0, low, high }
}

/// The values that sorting would put at four ascending places.
fn at_ranks(values: &mut [f64], places: [usize; 4]) -> [f64; 4] {
    let mut found = [0.0; 4];
    let mut from = 0;
    for (value, &place) in found.iter_mut().zip(&places) {
        // everything before `from` is already no greater than the rest
        let (_, &mut at, _) = values[from..].select_nth_unstable_by(place - from, f64::total_cmp);
        (*value, from) = (at, place);
    }
    found
}

/// Variance of Kendall's S: [n(n−1)(2n+5) − Σ t(t−1)(2t+5)] ÷ 18 over groups of t equal values.
fn kendall_variance(y: &[f64]) -> f64 {
    let term = |t: f64| t * (t - 1.0) * (2.0 * t + 5.0);
    let mut sorted = y.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let ties: f64 = sorted.chunk_by(|a, b| a == b).map(|group| term(group.len() as f64)).sum();
    (term(y.len() as f64) - ties) / 18.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.theilslopes(y, arange(n), 0.95)` of scipy 1.17.1, by `tests/oracle/statistics.py`.
    fn check(y: &[f64], expected: (f64, f64, f64)) {
        let SlopeInterval { slope, low, high } = theil_sen(y, &mut Vec::new());
        for (found, wanted) in [(slope, expected.0), (low, expected.1), (high, expected.2)] {
            assert!((found - wanted).abs() < 1e-12, "{found} is not {wanted}");
        }
    }

    #[test]
    fn slopes_and_intervals_as_scipy_gives_them() {
        let plain = [12., 15., 9., 20., 22., 18., 30., 25., 27., 35., 31., 40., 38.];
        check(&plain, (2.5, 1.777_777_777_777_777_7, 3.0));
        let tied = [5., 5., 7., 5., 9., 7., 7., 2., 9., 9., 5., 11.];
        check(&tied, (0.4, 0.0, 0.666_666_666_666_666_6));
        check(&[3.0], (0.0, 0.0, 0.0));
        check(&[2.0; 9], (0.0, 0.0, 0.0));
    }
}
