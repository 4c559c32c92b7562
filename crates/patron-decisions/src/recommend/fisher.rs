//! Whether two things meet more often than by chance, and many such tests at once.

use statrs::function::gamma::ln_gamma;

/// P(X ≥ `both`) for the overlap X of two random subsets of sizes `one` and `other` of `all`: the one-sided test of
/// Fisher (1935). Exact by summing the hypergeometric tail; 1 for an impossible table.
pub(super) fn overlap_p_value(both: u32, one: u32, other: u32, all: u32) -> f64 {
    let most = one.min(other);
    if both == 0 || both > most || one > all || other > all {
        return 1.0;
    }
    let (both, one, other, all) = (f64::from(both), f64::from(one), f64::from(other), f64::from(all));
    let least = (one + other - all).max(0.0);
    if both <= least {
        return 1.0;
    }
    let ln_choose = |n: f64, k: f64| ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
    let ln_first = ln_choose(one, both) + ln_choose(all - one, other - both) - ln_choose(all, other);
    // terms from `both` on, as multiples of the first; far out they fall faster than a geometric series
    let (mut x, mut term, mut sum) = (both, 1.0, 1.0);
    while x < f64::from(most) {
        term *= (one - x) * (other - x) / ((x + 1.0) * (all - one - other + x + 1.0));
        x += 1.0;
        sum += term;
        if term < sum * 1e-17 && x > one * other / all {
            break;
        }
    }
    (ln_first + f64::ln(sum)).exp().min(1.0)
}

/// p-values adjusted for the false discovery rate, in the order given, where `tests` were made and those not given
/// have p = 1. Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57.
pub(super) fn false_discovery(p_values: &[f64], tests: u64) -> Vec<f64> {
    let tests = tests.max(p_values.len() as u64) as f64;
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_unstable_by(|&a, &b| p_values[a].total_cmp(&p_values[b]).then(a.cmp(&b)));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least: f64 = 1.0;
    for (rank, &index) in order.iter().enumerate().rev() {
        least = least.min(p_values[index] * tests / (rank + 1) as f64);
        adjusted[index] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lady_tasting_tea() {
        // 4 of 4 right: 1 ÷ C(8, 4); 3 or more: 17 ÷ 70
        assert!((overlap_p_value(4, 4, 4, 8) - 1.0 / 70.0).abs() < 1e-12);
        assert!((overlap_p_value(3, 4, 4, 8) - 17.0 / 70.0).abs() < 1e-12);
        assert!((overlap_p_value(1, 4, 4, 8) - 69.0 / 70.0).abs() < 1e-12);
        assert_eq!(overlap_p_value(0, 4, 4, 8), 1.0);
        // 5 and 6 of 8 always share 3
        assert_eq!(overlap_p_value(3, 5, 6, 8), 1.0);
    }

    #[test]
    fn untested_pairs_count_as_tests() {
        let adjusted = false_discovery(&[0.01, 0.04, 0.03], 10);
        // sorted .01, .03, .04: ×10, ×10/2, ×10/3
        for (found, wanted) in adjusted.iter().zip([0.1, 0.4 / 3.0, 0.4 / 3.0]) {
            assert!((found - wanted).abs() < 1e-12, "{adjusted:?}");
        }
    }
}
