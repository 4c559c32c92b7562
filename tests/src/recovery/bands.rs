//! How far chance alone may carry a count or a mean.

use std::ops::RangeInclusive;

use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, FisherSnedecor, StudentsT};

/// How much of what chance does a band holds that leaves out this share, as the tables say it.
pub(super) fn held(left_out: f64) -> String {
    format!("{} %", (1e8 * (1.0 - left_out)).round() / 1e6)
}

/// The counts that `n` trials of probability `p` give but for a share of at most half of `left_out` on either side:
/// exact, from the binomial distribution.
pub(super) fn of_counts(n: u64, p: f64, left_out: f64) -> RangeInclusive<u64> {
    let binomial = Binomial::new(p.clamp(0.0, 1.0), n).expect("a probability");
    let low = first(n, |count| binomial.cdf(count) > left_out / 2.0);
    let high = first(n, |count| binomial.sf(count) <= left_out / 2.0);
    low..=high
}

/// The least count up to `n` from which on `holds` is true.
fn first(n: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

/// Mean of `values` and how far it may lie from the true one by chance (Student's t); `None` for fewer than two.
pub(super) fn of_mean(values: &[f64], left_out: f64) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let freedom = n - 1.0;
    let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(1.0 - left_out / 2.0);
    Some((mean, t * (squares / freedom / n).sqrt()))
}

/// How many times as large as another a mean of `n` squared errors may be by chance, where both measure the same (F).
pub(super) fn of_squares(n: usize, left_out: f64) -> f64 {
    let freedom = n as f64;
    FisherSnedecor::new(freedom, freedom).map_or(f64::INFINITY, |f| f.inverse_cdf(1.0 - left_out / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Binomial probabilities summed by hand.
    fn tails(n: u64, p: f64, band: &RangeInclusive<u64>) -> (f64, f64) {
        let mut probability = (1.0 - p).powi(n as i32);
        let (mut below, mut above) = (0.0, 0.0);
        for count in 0..=n {
            if count < *band.start() {
                below += probability;
            } else if count > *band.end() {
                above += probability;
            }
            probability *= (n - count) as f64 / (count + 1) as f64 * p / (1.0 - p);
        }
        (below, above)
    }

    #[test]
    fn a_band_is_as_narrow_as_the_binomial_distribution_lets_it_be() {
        for (n, p) in [(200, 0.95), (200, 0.05), (20, 0.95), (1_000, 0.5)] {
            let band = of_counts(n, p, 0.001);
            let (below, above) = tails(n, p, &band);
            assert!(below <= 0.0005 && above <= 0.0005, "{n} {p}: {band:?} leaves {below} and {above}");
            let narrower = band.start() + 1..=band.end() - 1;
            let (below, above) = tails(n, p, &narrower);
            assert!(below > 0.0005 && above > 0.0005, "{n} {p}: {band:?} could be narrower");
        }
        assert_eq!(of_counts(200, 0.95, 0.001), 179..=198);
    }

    #[test]
    fn what_a_band_holds_is_said() {
        assert_eq!((held(0.001), held(1e-5)), ("99.9 %".to_owned(), "99.999 %".to_owned()));
    }

    #[test]
    fn a_mean_by_hand() {
        // 1, 2, 3: mean 2, standard error 1 ÷ √3; t of 2 degrees of freedom leaves 5 % out at 4.3027
        let (mean, by_chance) = of_mean(&[1.0, 2.0, 3.0], 0.05).unwrap();
        assert!((mean - 2.0).abs() < 1e-12 && (by_chance - 4.3027 / 3.0_f64.sqrt()).abs() < 1e-3);
        assert!(of_mean(&[1.0], 0.05).is_none());
        // F of 20 and 20 degrees of freedom leaves 2.5 % above 2.4645
        assert!((of_squares(20, 0.05) - 2.4645).abs() < 1e-3);
    }
}
