//! Weighted quantiles: the constants that minimise absolute error and quantile loss.

/// Shares of the weight closer to the level than this count as the level itself.
const TIE: f64 = 1e-12;

/// The value below which a share `level` of `values` lies, a minimiser of their quantile loss; `values` get another
/// order. Where a whole interval minimises it, its middle: definition 2 of Hyndman & Fan (1996, *Sample quantiles in
/// statistical packages*, The American Statistician 50). NaN for no values.
pub(crate) fn quantile(values: &mut [f64], level: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return f64::NAN };
    let position = level * values.len() as f64;
    let whole = position.round();
    let tie = (position - whole).abs() <= TIE * values.len() as f64 && whole >= 1.0;
    let rank = if tie { whole as usize - 1 } else { position as usize };
    let (_, &mut low, above) = values.select_nth_unstable_by(rank.min(last), f64::total_cmp);
    match above.iter().copied().reduce(f64::min) {
        Some(high) if tie => low / 2.0 + high / 2.0,
        _ => low,
    }
}

/// [`quantile`] of values with weights above 0: as of each value repeated in proportion to its weight.
pub(crate) fn weighted_quantile(values: &mut [(f64, f64)], level: f64) -> f64 {
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let total: f64 = values.iter().map(|(_, weight)| weight).sum();
    let (position, tie) = (level * total, TIE * total);
    let mut sum = 0.0;
    let reaches = |(_, weight): &(f64, f64)| {
        sum += weight;
        sum >= position - tie
    };
    let Some(rank) = values.iter().position(reaches) else { return f64::NAN };
    let (low, reached) = (values[rank].0, sum);
    match values.get(rank + 1) {
        Some((high, _)) if reached <= position + tie => low / 2.0 + high / 2.0,
        _ => low,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(values: &[f64], level: f64) -> f64 {
        let plain = quantile(&mut values.to_vec(), level);
        let mut weighted: Vec<_> = values.iter().map(|&value| (value, 0.3)).collect();
        assert_eq!(plain, weighted_quantile(&mut weighted, level), "{values:?} {level}");
        plain
    }

    #[test]
    fn quantiles_are_the_textbooks() {
        assert_eq!(both(&[3.0, 1.0, 2.0], 0.5), 2.0);
        assert_eq!(both(&[4.0, 1.0, 2.0, 8.0], 0.5), 3.0);
        assert_eq!(both(&[4.0, 1.0, 2.0, 8.0], 0.25), 1.5);
        assert_eq!(both(&[4.0, 1.0, 2.0, 8.0], 0.3), 2.0);
        assert_eq!(both(&[4.0, 1.0, 2.0, 8.0], 0.99), 8.0);
        assert_eq!(both(&[4.0, 1.0, 2.0, 8.0], 0.01), 1.0);
        assert_eq!(both(&[7.0], 0.5), 7.0);
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!([0.1, 0.3, 0.9, 0.95].map(|level| both(&ten, level)), [1.5, 3.5, 9.5, 10.0]);
        assert!(quantile(&mut [], 0.5).is_nan() && weighted_quantile(&mut [], 0.5).is_nan());
    }

    #[test]
    fn weights_are_repetitions() {
        let mut weighted = vec![(5.0, 1.0), (1.0, 2.0), (9.0, 4.0), (2.0, 3.0)];
        let mut repeated: Vec<f64> =
            weighted.iter().flat_map(|&(value, count)| vec![value; count as usize]).collect();
        for step in 1..40 {
            let level = f64::from(step) / 40.0;
            assert_eq!(weighted_quantile(&mut weighted, level), quantile(&mut repeated, level), "{level}");
        }
    }

    #[test]
    fn no_other_constant_has_a_smaller_loss() {
        let values: Vec<f64> = (0..23).map(|i| (f64::from(i) * 1.7).sin() * 10.0).collect();
        let loss = |level: f64, at: f64| -> f64 {
            values.iter().map(|y| (level * (y - at)).max((level - 1.0) * (y - at))).sum()
        };
        for level in [0.05, 0.3, 0.5, 0.77, 0.95] {
            let best = loss(level, both(&values, level));
            assert!(values.iter().all(|&other| loss(level, other) >= best - 1e-12), "{level}");
        }
    }
}
