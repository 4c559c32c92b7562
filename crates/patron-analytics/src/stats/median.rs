//! The middle value.

/// Median; the order of `values` changes. The mean of the middle two for an even number, `None` without values.
pub(crate) fn median<T: Copy + Ord>(values: &mut [T], as_f64: impl Fn(T) -> f64) -> Option<f64> {
    let count = values.len();
    if count == 0 {
        return None;
    }
    let (below, &mut upper, _) = values.select_nth_unstable(count / 2);
    let lower = if count.is_multiple_of(2) { below.iter().max() } else { None };
    Some(lower.map_or(as_f64(upper), |&lower| (as_f64(lower) + as_f64(upper)) / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_or_the_mean_of_the_middle_two() {
        assert_eq!(median(&mut [5, 1, 3], f64::from), Some(3.0));
        assert_eq!(median(&mut [5, 1, 4, 3], f64::from), Some(3.5));
        assert_eq!(median(&mut [7], f64::from), Some(7.0));
        assert_eq!(median(&mut [0_i32; 0], f64::from), None);
    }
}
