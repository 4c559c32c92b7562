//! Shares and their differences.

use statrs::distribution::{ContinuousCDF, Normal};

use super::Z_95;

/// 95 % interval of a share of `hits` in `trials`; (0, 1) without trials. Wilson (1927), J. Am. Stat. Assoc. 22.
pub fn wilson(hits: u64, trials: u64) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 1.0);
    }
    let (n, p, z) = (trials as f64, hits as f64 / trials as f64, Z_95);
    let middle = p + z * z / (2.0 * n);
    let reach = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    // rounding aside, the interval holds the share itself
    (((middle - reach) / scale).clamp(0.0, p), ((middle + reach) / scale).clamp(p, 1.0))
}

/// Two-sided p-value of two equal proportions, by the pooled normal approximation; 1 where it cannot be told.
pub(crate) fn two_proportions_p(one: (u64, u64), other: (u64, u64)) -> f64 {
    let ((hits, n), (other_hits, m)) = (one, other);
    if n == 0 || m == 0 {
        return 1.0;
    }
    let pooled = (hits + other_hits) as f64 / (n + m) as f64;
    let variance = pooled * (1.0 - pooled) * (1.0 / n as f64 + 1.0 / m as f64);
    if variance <= 0.0 {
        return 1.0;
    }
    let z = (hits as f64 / n as f64 - other_hits as f64 / m as f64) / variance.sqrt();
    (2.0 * Normal::standard().sf(z.abs())).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// statsmodels 0.15.0 (`tests/oracle/statistics.py`): `proportion_confint(18, 60, method="wilson")`,
    /// `proportions_ztest([18, 40], [60, 220])`.
    #[test]
    fn as_statsmodels_does() {
        let (low, high) = wilson(18, 60);
        assert!((low - 0.198_981_661_387_691_08).abs() < 1e-12, "{low}");
        assert!((high - 0.425_087_079_469_144_87).abs() < 1e-12, "{high}");
        let p = two_proportions_p((18, 60), (40, 220));
        assert!((p - 0.045_253_954_264_376_24).abs() < 1e-9, "{p}");
        assert_eq!((wilson(0, 0), two_proportions_p((0, 5), (0, 9))), ((0.0, 1.0), 1.0));
    }
}
