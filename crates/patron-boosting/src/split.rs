//! The best split of one column, from its histogram.

use crate::bins::ColumnBins;
use crate::histogram::{ColumnHistogram, FixedPoint, Sums, add, subtract};
use crate::params::Hyperparameters;

/// A split that could be made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Split {
    /// Loss it saves, in units of 2·Σ w·ℓ.
    pub(crate) gain: f64,
    pub(crate) column: usize,
    /// Last bin of values that goes left.
    pub(crate) bin: u8,
    pub(crate) missing_left: bool,
    /// Sums of the rows that go left.
    pub(crate) left: Sums,
}

/// What a split must satisfy, in the units of one tree's [`Sums`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct SplitRules {
    fixed: FixedPoint,
    min_samples_leaf: usize,
    min_hessian: i64,
    min_gain: f64,
    l2: f64,
    /// Loss per unit of the scores below.
    gain_unit: f64,
}

/// A leaf's score G² / (H + λ) summed over two leaves, as a fraction: comparing two needs no division.
#[derive(Clone, Copy)]
struct Score {
    numerator: f64,
    denominator: f64,
}

/// Gains below this share of the parent's score are rounding.
const NOISE: f64 = 1e-12;

impl SplitRules {
    pub(crate) fn new(params: &Hyperparameters, fixed: FixedPoint) -> Self {
        Self {
            fixed,
            min_samples_leaf: params.min_samples_leaf,
            // a float too large for an integer becomes the largest one; an empty side never passes
            min_hessian: ((params.min_hessian * fixed.hessian_scale).ceil() as i64).max(1),
            min_gain: params.min_gain,
            l2: params.l2 * fixed.hessian_scale,
            gain_unit: fixed.hessian_scale / fixed.gradient_scale / fixed.gradient_scale,
        }
    }

    pub(crate) fn rows(&self, sums: Sums) -> usize {
        self.fixed.count(sums)
    }

    /// Whether a leaf has rows enough for two children.
    pub(crate) fn can_split(&self, sums: Sums) -> bool {
        self.rows(sums) / 2 >= self.min_samples_leaf
    }

    /// Best split of a leaf with sums `total` on `column`; the first of equal ones, with bins in rising order and
    /// missing values right before left.
    ///
    /// The gain is that of Chen & Guestrin (2016, *XGBoost*, equation 7) without its factor ½:
    /// G_L² / (H_L + λ) + G_R² / (H_R + λ) − G² / (H + λ). Where the leaf has missing values in the column, both
    /// directions are tried; otherwise missing values will follow the larger child.
    pub(crate) fn best(
        &self,
        column: usize,
        bins: &ColumnBins,
        histogram: &ColumnHistogram,
        total: Sums,
    ) -> Option<Split> {
        let missing = if bins.missing { histogram.0[bins.values] } else { [0; 2] };
        let has_missing = self.fixed.count(missing) > 0;
        let last = if has_missing { bins.values } else { bins.values.saturating_sub(1) };
        let right = self.scan(&histogram.0[..last], [0; 2], total).map(|found| (found, false));
        let left = if has_missing {
            self.scan(&histogram.0[..bins.values.saturating_sub(1)], missing, total)
                .map(|found| (found, true))
        } else {
            None
        };
        let ((score, bin, sums), missing_left) = match (right, left) {
            (Some(right), Some(left)) => {
                if left.0.0.beats(&right.0.0) {
                    left
                } else {
                    right
                }
            }
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => return None,
        };
        let whole = self.score(total);
        let (best, whole) = (score.value(), whole.value());
        let gain = (best - whole) * self.gain_unit;
        let larger_left = 2 * self.fixed.count(sums) >= self.fixed.count(total);
        let missing_left = if has_missing { missing_left } else { larger_left };
        (best - whole > NOISE * best && gain > self.min_gain).then_some(Split {
            gain,
            column,
            bin,
            missing_left,
            left: sums,
        })
    }

    /// Best place to part `bins`, with `start` already on the left.
    fn scan(&self, bins: &[Sums], start: Sums, total: Sums) -> Option<(Score, u8, Sums)> {
        let mut left = start;
        let mut best = None;
        let mut top = Score { numerator: 0.0, denominator: 1.0 };
        for (bin, &sums) in bins.iter().enumerate() {
            if sums[1] == 0 {
                continue;
            }
            left = add(left, sums);
            let right = subtract(total, left);
            if self.fixed.count(left) < self.min_samples_leaf {
                continue;
            }
            if self.fixed.count(right) < self.min_samples_leaf {
                break;
            }
            if self.fixed.hessian_units(left) < self.min_hessian {
                continue;
            }
            if self.fixed.hessian_units(right) < self.min_hessian {
                break;
            }
            let (one, other) = (self.score(left), self.score(right));
            let score = Score {
                numerator: one.numerator * other.denominator + other.numerator * one.denominator,
                denominator: one.denominator * other.denominator,
            };
            if score.beats(&top) {
                top = score;
                best = Some((score, bin as u8, left));
            }
        }
        best
    }

    #[inline]
    fn score(&self, sums: Sums) -> Score {
        let gradient = sums[0] as f64;
        Score { numerator: gradient * gradient, denominator: self.fixed.hessian_units(sums) as f64 + self.l2 }
    }
}

impl Score {
    #[inline]
    fn beats(&self, other: &Self) -> bool {
        self.numerator * other.denominator > other.numerator * self.denominator
    }

    fn value(&self) -> f64 {
        self.numerator / self.denominator
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bins::BinnedRecords;
    use ndarray::Array2;

    /// Best gain by trying every bin and direction on plain sums.
    fn by_trial(bins: &[u8], missing_bin: u8, rows: &[[f64; 2]], params: &Hyperparameters) -> Option<f64> {
        let score = |sums: [f64; 3]| sums[0] * sums[0] / (sums[1] + params.l2);
        let sum = |chosen: &dyn Fn(u8) -> bool| {
            let chosen = bins.iter().zip(rows).filter(|(bin, _)| chosen(**bin));
            chosen.fold([0.0; 3], |sum, (_, row)| [sum[0] + row[0], sum[1] + row[1], sum[2] + 1.0])
        };
        let mut best = 1e-9;
        for (last, missing_left) in (0..missing_bin).flat_map(|last| [(last, false), (last, true)]) {
            let left = |bin: u8| bin <= last || (missing_left && bin == missing_bin);
            let sides = [sum(&left), sum(&|bin| !left(bin))];
            let allowed =
                |side: &[f64; 3]| side[2] >= params.min_samples_leaf as f64 && side[1] >= params.min_hessian;
            if sides.iter().all(allowed) {
                best = f64::max(best, score(sides[0]) + score(sides[1]) - score(sum(&|_| true)));
            }
        }
        (best > 1e-9).then_some(best)
    }

    #[test]
    fn the_best_split_is_the_best_of_all() {
        for case in 0_usize..200 {
            let hash = |i: usize| (((case * 131 + i) * 2_654_435_761) >> 7) % 1_000;
            let count = 5 + hash(1) % 60;
            let column = Array2::from_shape_fn((count, 1), |(row, _)| match hash(row + 100) {
                value if value % 5 == 0 && case % 3 > 0 => f64::NAN,
                value => (value % 17) as f64,
            });
            let rows: Vec<[f64; 2]> = (0..count)
                .map(|row| [hash(row + 500) as f64 / 100.0 - 5.0, 0.1 + hash(row + 900) as f64 / 300.0])
                .collect();
            let params = Hyperparameters {
                min_samples_leaf: 1 + case % 4,
                min_hessian: (case % 5) as f64,
                l2: (case % 2) as f64,
                ..Hyperparameters::default()
            };
            let binned = BinnedRecords::new(column.view(), None, 255, 0);
            let bins: Vec<u8> = binned.blocks[0].iter().map(|row| row[0]).collect();
            let absolute = rows.iter().map(|row| row[0].abs()).sum();
            let fixed = FixedPoint::new(count, absolute, rows.iter().map(|row| row[1]).sum()).unwrap();
            let mut histogram = ColumnHistogram::EMPTY;
            let mut total = [0; 2];
            for (&bin, &row) in bins.iter().zip(&rows) {
                let sums = &mut histogram.0[usize::from(bin)];
                (*sums, total) = (add(*sums, fixed.pack(row)), add(total, fixed.pack(row)));
            }
            let rules = SplitRules::new(&params, fixed);
            let found = rules.best(0, &binned.columns[0], &histogram, total);
            let expected = by_trial(&bins, binned.columns[0].values as u8, &rows, &params);
            match (found, expected) {
                (Some(split), Some(gain)) => {
                    assert!((split.gain - gain).abs() < 1e-6 * gain.max(1.0), "{case}: {split:?} {gain}");
                    let missing = binned.columns[0].values as u8;
                    let left = |bin: u8| bin <= split.bin || (split.missing_left && bin == missing);
                    let on_left = bins.iter().filter(|bin| left(**bin)).count();
                    assert_eq!(fixed.count(split.left), on_left, "{case}");
                }
                (None, None) => {}
                other => panic!("{case}: {other:?}"),
            }
        }
    }
}
