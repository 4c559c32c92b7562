//! Many tests at once.

/// p-values adjusted for the false discovery rate, in the order given.
///
/// Step-up: q₍ᵢ₎ = min over j ≥ i of p₍ⱼ₎ · m ÷ j. Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_unstable_by(|&a, &b| p_values[a].total_cmp(&p_values[b]).then(a.cmp(&b)));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least: f64 = 1.0;
    for (rank, &index) in order.iter().enumerate().rev() {
        least = least.min(p_values[index] * p_values.len() as f64 / (rank + 1) as f64);
        adjusted[index] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy 1.17.1 (`tests/oracle/statistics.py`): `stats.false_discovery_control([.01, .04, .03, .005, .5, .2, .04])`.
    #[test]
    fn adjusted_as_scipy_does() {
        let adjusted = benjamini_hochberg(&[0.01, 0.04, 0.03, 0.005, 0.5, 0.2, 0.04]);
        let expected = [0.035, 0.056, 0.056, 0.035, 0.5, 0.233_333_333_333_333_34, 0.056];
        for (found, wanted) in adjusted.iter().zip(expected) {
            assert!((found - wanted).abs() < 1e-12, "{adjusted:?}");
        }
        assert!(benjamini_hochberg(&[]).is_empty());
    }
}
