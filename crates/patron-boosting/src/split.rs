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
