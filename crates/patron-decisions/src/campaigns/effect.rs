//! The smallest effect a control group can show, known before anything is sent.

use serde::Serialize;

/// Standard normal quantiles of a two-sided level of 5 % and a power of 80 %.
const LEVEL: f64 = 1.959_963_984_540_054;
const POWER: f64 = 0.841_621_233_572_914_3;

/// The smallest effects that a campaign would show in 8 of 10 cases, at a level of 5 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SmallestEffect {
    /// Extra buyers as a share of those written to; `None` where even everybody buying would not do, or an arm is empty.
    pub extra_share: Option<f64>,
    /// The share who buy anyway it was reckoned with.
    pub baseline: f64,
    /// Extra money per customer written to, in currency units; `None` where an arm is empty.
    pub extra_money: Option<f64>,
    /// Standard deviation of money per customer it was reckoned with: that of the same customers in as many days
    /// before.
    pub money_deviation: f64,
}

/// Smallest extra share of buyers: the e with e = z₁ √(p̄(1 − p̄)(1/n + 1/k)) + z₂ √(p(1 − p)/n + b(1 − b)/k), p = b + e,
/// p̄ the share of both arms together (Fleiss, Levin & Paik 2003, section 4.2, without correction), for n written to and k
/// held back.
pub fn smallest_extra_share(baseline: f64, treated: u64, control: u64) -> Option<f64> {
    if treated == 0 || control == 0 {
        return None;
    }
    let (n, k) = (treated as f64, control as f64);
    let shown = |extra: f64| {
        let share = baseline + extra;
        let both = (n * share + k * baseline) / (n + k);
        let alike = (both * (1.0 - both) * (1.0 / n + 1.0 / k)).max(0.0).sqrt();
        let apart = (share * (1.0 - share) / n + baseline * (1.0 - baseline) / k).max(0.0).sqrt();
        extra >= LEVEL * alike + POWER * apart
    };
    let (mut low, mut high) = (0.0, 1.0 - baseline);
    if high <= 0.0 || !shown(high) {
        return None;
    }
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if shown(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

/// Smallest difference of means: (z₁ + z₂) σ √(1/n + 1/k).
pub fn smallest_difference_of_means(deviation: f64, treated: u64, control: u64) -> Option<f64> {
    let both = 1.0 / treated as f64 + 1.0 / control as f64;
    (treated > 0 && control > 0).then(|| (LEVEL + POWER) * deviation * both.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test] // 10 % against 15 % needs 686 in each arm (Fleiss, Levin & Paik's formula without correction: 685.6)
    fn as_in_tables_of_sample_sizes() {
        let found = smallest_extra_share(0.10, 686, 686).unwrap();
        assert!((found - 0.05).abs() < 5e-5, "{found}");
    }

    #[test]
    fn larger_groups_show_less_and_empty_ones_nothing() {
        let at = |n, k| smallest_extra_share(0.2, n, k);
        assert!(at(9_000, 1_000) < at(900, 100) && at(500, 500) < at(900, 100));
        assert_eq!((at(0, 10), at(10, 0), at(1, 1)), (None, None, None));
        let money = smallest_difference_of_means(10.0, 200, 50).unwrap();
        assert!((money - 2.801_585 * 10.0 * 0.025_f64.sqrt()).abs() < 1e-4, "{money}");
    }
}
