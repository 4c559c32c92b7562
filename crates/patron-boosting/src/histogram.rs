//! Sums of gradients per bin, in fixed point.
//!
//! A row's gradient and second derivative become two integers before a tree is grown, so a histogram is a sum of
//! integers: the same whatever the order or the number of threads, and a sibling's histogram is an exact
//! subtraction. The second integer carries the row count in its low bits, so one 16-byte addition per row and column
//! keeps all three sums.

use crate::bins::LANES;

/// Gradient, and second derivative above a row count.
pub(crate) type Sums = [i64; 2];

/// Most rows the counters hold: the second derivatives keep at least 15 bits for a row of average size.
pub(crate) const MAX_ROWS: usize = (1 << 24) - 1;

/// How [`Sums`] are read for one tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FixedPoint {
    count_bits: u32,
    pub(crate) gradient_scale: f64,
    pub(crate) hessian_scale: f64,
}

impl FixedPoint {
    /// Scales for `rows` rows whose absolute gradients and second derivatives add up to at most the given sums;
    /// `None` when either sum is 0, so that no split can gain.
    pub(crate) fn new(rows: usize, sum_abs_gradient: f64, sum_hessian: f64) -> Option<Self> {
        let count_bits = usize::BITS - rows.leading_zeros();
        let positive = sum_abs_gradient > 0.0 && sum_hessian > 0.0;
        // half of each field is left for what rounding adds: at most half a unit a row
        positive.then(|| Self {
            count_bits,
            gradient_scale: power_of_two_below(61, sum_abs_gradient),
            hessian_scale: power_of_two_below(62 - count_bits as i32, sum_hessian),
        })
    }

    #[inline]
    pub(crate) fn pack(&self, [gradient, hessian]: [f64; 2]) -> Sums {
        let whole = (hessian * self.hessian_scale + 0.5) as i64;
        let gradient = gradient * self.gradient_scale;
        [(gradient + 0.5_f64.copysign(gradient)) as i64, (whole << self.count_bits) | 1]
    }

    #[inline]
    pub(crate) fn count(&self, sums: Sums) -> usize {
        (sums[1] & ((1 << self.count_bits) - 1)) as usize
    }

    /// Sum of second derivatives in units of 1 / `hessian_scale`.
    #[inline]
    pub(crate) fn hessian_units(&self, sums: Sums) -> i64 {
        sums[1] >> self.count_bits
    }
}

/// Largest power of two whose product with `sum` is at most 2^`exponent`, kept within the range of a float.
fn power_of_two_below(exponent: i32, sum: f64) -> f64 {
    let room = f64::from(exponent) - sum.log2();
    2.0_f64.powi(((room - 1e-9).floor() as i32).clamp(-1000, 1000))
}

#[inline]
pub(crate) fn add(a: Sums, b: Sums) -> Sums {
    [a[0].wrapping_add(b[0]), a[1].wrapping_add(b[1])]
}

#[inline]
pub(crate) fn subtract(a: Sums, b: Sums) -> Sums {
    [a[0].wrapping_sub(b[0]), a[1].wrapping_sub(b[1])]
}

/// Sums of one column's bins; 256 entries so that a byte never needs a bounds check.
#[derive(Clone)]
pub(crate) struct ColumnHistogram(pub(crate) [Sums; 256]);

impl ColumnHistogram {
    pub(crate) const EMPTY: Self = Self([[0; 2]; 256]);

    /// Turns a parent's histogram into that of one child, given the other child's.
    pub(crate) fn subtract(&mut self, sibling: &Self) {
        for (sums, part) in self.0.iter_mut().zip(&sibling.0) {
            *sums = subtract(*sums, *part);
        }
    }
}

/// The rows of a leaf: all of them in order, or those listed.
#[derive(Clone, Copy)]
pub(crate) enum LeafRows<'a> {
    All,
    Listed(&'a [u32]),
}

/// Overwrites `histograms` with the sums over a leaf's rows of the block's `lanes`, one histogram per lane.
/// `gradients` are those of the leaf's rows, in the rows' order.
pub(crate) fn fill(
    block: &[[u8; LANES]],
    lanes: &[usize],
    rows: LeafRows<'_>,
    gradients: &[Sums],
    histograms: &mut [ColumnHistogram],
) {
    match (lanes, histograms) {
        ([_, _, _, _], [a, b, c, d]) => fill_lanes(block, [0, 1, 2, 3], rows, gradients, [a, b, c, d]),
        (&[i, j, k], [a, b, c]) => fill_lanes(block, [i, j, k], rows, gradients, [a, b, c]),
        (&[i, j], [a, b]) => fill_lanes(block, [i, j], rows, gradients, [a, b]),
        (&[i], [a]) => fill_lanes(block, [i], rows, gradients, [a]),
        _ => debug_assert!(false, "one histogram per lane, at most {LANES} lanes"),
    }
}

#[inline(always)]
fn fill_lanes<const N: usize>(
    block: &[[u8; LANES]],
    lanes: [usize; N],
    rows: LeafRows<'_>,
    gradients: &[Sums],
    histograms: [&mut ColumnHistogram; N],
) {
    let histograms = histograms.map(|histogram| {
        histogram.0.fill([0; 2]);
        &mut histogram.0
    });
    let mut add_row = |bins: &[u8; LANES], gradient: Sums| {
        for lane in 0..N {
            let sums = &mut histograms[lane][usize::from(bins[lanes[lane] & (LANES - 1)])];
            *sums = add(*sums, gradient);
        }
    };
    match rows {
        LeafRows::All => block.iter().zip(gradients).for_each(|(bins, &gradient)| add_row(bins, gradient)),
        LeafRows::Listed(rows) => {
            rows.iter().zip(gradients).for_each(|(&row, &gradient)| add_row(&block[row as usize], gradient));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl FixedPoint {
        fn gradient(&self, sums: Sums) -> f64 {
            sums[0] as f64 / self.gradient_scale
        }

        fn hessian(&self, sums: Sums) -> f64 {
            self.hessian_units(sums) as f64 / self.hessian_scale
        }
    }

    fn gradients(rows: usize) -> Vec<[f64; 2]> {
        (0..rows).map(|i| [(i as f64 * 1.7 + 0.3).sin() * 1e3, 0.1 + (i as f64).cos().abs()]).collect()
    }

    #[test]
    fn sums_come_back_with_exact_counts() {
        for rows in [1, 2, 1_000, 70_000] {
            let values = gradients(rows);
            let absolute: f64 = values.iter().map(|v| v[0].abs()).sum();
            let hessian: f64 = values.iter().map(|v| v[1]).sum();
            let fixed = FixedPoint::new(rows, absolute, hessian).unwrap();
            let sums = values.iter().fold([0; 2], |sums, &value| add(sums, fixed.pack(value)));
            assert_eq!(fixed.count(sums), rows);
            let gradient: f64 = values.iter().map(|v| v[0]).sum();
            assert!((fixed.gradient(sums) - gradient).abs() < 1e-9 * absolute);
            assert!((fixed.hessian(sums) - hessian).abs() < 1e-7 * hessian);
        }
    }

    #[test]
    fn extreme_sums_stay_in_range() {
        for size in [1e-200, 1.0, 1e300] {
            let fixed = FixedPoint::new(MAX_ROWS, size, size).unwrap();
            let all = fixed.pack([-size, size]);
            assert_eq!(fixed.count(all), 1);
            assert!((fixed.gradient(all) / -size - 1.0).abs() < 1e-9);
            assert!((fixed.hessian(all) / size - 1.0).abs() < 1e-9);
        }
        assert_eq!(FixedPoint::new(5, 0.0, 1.0), None);
        assert_eq!(FixedPoint::new(5, 1.0, 0.0), None);
    }

    #[test]
    fn unit_hessians_are_exact() {
        let fixed = FixedPoint::new(1_000, 12.3, 1_000.0).unwrap();
        let sums = (0..777).fold([0; 2], |sums, _| add(sums, fixed.pack([0.5, 1.0])));
        assert_eq!(fixed.hessian(sums), 777.0);
    }

    #[test]
    fn lanes_and_listed_rows_agree_with_a_plain_sum() {
        let rows = 500;
        let block: Vec<[u8; LANES]> =
            (0..rows).map(|i| [i as u8, (i * 7) as u8, (i / 3) as u8, (i % 5) as u8]).collect();
        let sums: Vec<Sums> = (0..rows).map(|i| [i as i64 * 3 - 700, i as i64]).collect();
        let listed: Vec<u32> = (0..rows as u32).filter(|row| row % 3 == 0).collect();
        let gathered: Vec<Sums> = listed.iter().map(|&row| sums[row as usize]).collect();
        for lanes in [&[0, 1, 2, 3][..], &[0, 2, 3], &[1, 3], &[2]] {
            for (leaf, of_leaf) in [(LeafRows::All, &sums), (LeafRows::Listed(&listed), &gathered)] {
                let mut histograms = vec![ColumnHistogram([[9; 2]; 256]); lanes.len()];
                fill(&block, lanes, leaf, of_leaf, &mut histograms);
                for (lane, histogram) in lanes.iter().zip(&histograms) {
                    let mut plain = ColumnHistogram::EMPTY;
                    let chosen: Vec<u32> = match leaf {
                        LeafRows::All => (0..rows as u32).collect(),
                        LeafRows::Listed(rows) => rows.to_vec(),
                    };
                    for row in chosen {
                        let bin = usize::from(block[row as usize][*lane]);
                        plain.0[bin] = add(plain.0[bin], sums[row as usize]);
                    }
                    assert_eq!(histogram.0, plain.0);
                }
            }
        }
    }
}
