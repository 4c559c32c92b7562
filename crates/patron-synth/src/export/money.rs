//! Splitting cents without losing one.

/// `amount` × `part` ÷ `whole`, rounded half up to the cent; 0 where `whole` is 0. All are cents and not negative.
pub(crate) fn proportion(amount: i64, part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let (amount, part, whole) = (i128::from(amount), i128::from(part), i128::from(whole));
    ((2 * amount * part + whole) / (2 * whole)) as i64
}

/// `amount` spread in proportion to `weights`, to the cent: what rounding down leaves over goes, cent by cent, to the
/// largest remainders, ties in order of the lines. Same length and order as `weights`; all 0 where they sum to 0.
pub(crate) fn spread(amount: i64, weights: &[i64]) -> Vec<i64> {
    let whole: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
    if whole <= 0 {
        return vec![0; weights.len()];
    }
    let exact = weights.iter().map(|&weight| i128::from(amount) * i128::from(weight));
    let (mut shares, remainders): (Vec<i64>, Vec<i128>) =
        exact.map(|product| ((product / whole) as i64, product % whole)).unzip();
    let mut left = amount - shares.iter().sum::<i64>();
    let mut by_remainder: Vec<(usize, i128)> = remainders.into_iter().enumerate().collect();
    by_remainder.sort_by_key(|&(line, remainder)| (std::cmp::Reverse(remainder), line));
    for (line, _) in by_remainder {
        if let Some(share) = shares.get_mut(line)
            && left > 0
        {
            *share += 1;
            left -= 1;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn halves_go_up() {
        assert_eq!(proportion(1, 1, 2), 1);
        assert_eq!(proportion(10, 1, 3), 3);
        assert_eq!(proportion(500, 2000, 2380), 420); // 420.17
        assert_eq!(proportion(500, 1, 0), 0);
    }

    #[test]
    fn what_is_left_goes_to_the_largest_remainders_and_then_by_line() {
        assert_eq!(spread(100, &[1, 1, 1]), [34, 33, 33]);
        // 7 × (5, 3, 2) ÷ 10 = 3.5, 2.1, 1.4: the one cent left goes to the first.
        assert_eq!(spread(7, &[5, 3, 2]), [4, 2, 1]);
        // 5 × (1, 2, 4) ÷ 7 = 0.71, 1.43, 2.86: the last one is nearest to its next cent, then the first.
        assert_eq!(spread(5, &[1, 2, 4]), [1, 1, 3]);
        assert_eq!(spread(5, &[0, 0]), [0, 0]);
    }

    proptest! {
        #[test]
        fn a_spread_amount_stays_whole_and_within_a_cent_of_its_share(
            amount in 0_i64..1_000_000,
            weights in proptest::collection::vec(0_i64..10_000_000, 1..20),
        ) {
            let shares = spread(amount, &weights);
            let whole: i64 = weights.iter().sum();
            prop_assert_eq!(shares.iter().sum::<i64>(), if whole == 0 { 0 } else { amount });
            for (share, weight) in shares.iter().zip(&weights) {
                let exact = amount as f64 * *weight as f64 / (whole.max(1)) as f64;
                prop_assert!((*share as f64 - exact).abs() < 1.0);
            }
        }
    }
}
