//! The best split of one column, from its histogram.

use crate::bins::ColumnBins;
use crate::histogram::{ColumnHistogram, FixedPoint, Sums, add, subtract};
use crate::monotone::{Bounds, Monotone};
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
    /// Output per unit of G ÷ (H + λ).
    output_unit: f64,
    largest_output: f64,
}

/// A leaf to be split on one column, and what its children must obey.
#[derive(Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) column: usize,
    pub(crate) total: Sums,
    pub(crate) direction: Monotone,
    pub(crate) bounds: Bounds,
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
            output_unit: fixed.hessian_scale / fixed.gradient_scale,
            largest_output: params.loss.largest_step(),
        }
    }

    pub(crate) fn rows(&self, sums: Sums) -> usize {
        self.fixed.count(sums)
    }

    /// Whether a leaf has rows enough for two children.
    pub(crate) fn can_split(&self, sums: Sums) -> bool {
        self.rows(sums) / 2 >= self.min_samples_leaf
    }

    /// Output of a leaf before the learning rate: −G / (H + λ), kept within the loss's largest step and the bounds.
    #[inline]
    pub(crate) fn output(&self, sums: Sums, bounds: Bounds) -> f64 {
        let Score { denominator, .. } = self.score(sums);
        let newton = -(sums[0] as f64 / denominator) * self.output_unit;
        bounds.keep(newton.clamp(-self.largest_output, self.largest_output))
    }

    /// Best split of a leaf on one column; the first of equal ones, with bins in rising order and missing values
    /// right before left.
    ///
    /// The gain is that of Chen & Guestrin (2016, *XGBoost*, equation 7) without its factor ½:
    /// G_L² / (H_L + λ) + G_R² / (H_R + λ) − G² / (H + λ). Where the leaf has missing values in the column, both
    /// directions are tried; otherwise missing values will follow the larger child. Under a monotone constraint on
    /// the column, or bounds from one above, each term is what the bounded output saves: −2·G·w − (H + λ)·w².
    pub(crate) fn best(
        &self,
        leaf: Candidate,
        bins: &ColumnBins,
        histogram: &ColumnHistogram,
    ) -> Option<Split> {
        if leaf.direction == Monotone::Free && leaf.bounds == Bounds::NONE {
            let free = |_, left, right| Some(self.score(left).plus(self.score(right)));
            return self.best_by(leaf, bins, histogram, self.score(leaf.total), free);
        }
        let bounded = |bin: usize, left, right| {
            let outputs = [left, right].map(|sums| self.output(sums, leaf.bounds));
            // after the last bin it is values against missing ones, which have no order
            let ordered = bin + 1 == bins.values || leaf.direction.allows(outputs[0], outputs[1]);
            ordered.then(|| self.saved(left, outputs[0]).plus(self.saved(right, outputs[1])))
        };
        let whole = self.saved(leaf.total, self.output(leaf.total, leaf.bounds));
        self.best_by(leaf, bins, histogram, whole, bounded)
    }

    /// [`best`](Self::best) by the given score of a bin's two sides, against that of the whole leaf.
    #[inline]
    fn best_by(
        &self,
        Candidate { column, total, .. }: Candidate,
        bins: &ColumnBins,
        histogram: &ColumnHistogram,
        whole: Score,
        score: impl Fn(usize, Sums, Sums) -> Option<Score>,
    ) -> Option<Split> {
        let missing = if bins.missing { histogram.0[bins.values] } else { [0; 2] };
        let has_missing = self.fixed.count(missing) > 0;
        let values = &histogram.0[..bins.values];
        let but_last = &values[..bins.values.saturating_sub(1)];
        let on_right = if has_missing { values } else { but_last };
        let right = self.scan(on_right, [0; 2], total, &score).map(|found| (found, false));
        let left = has_missing.then(|| self.scan(but_last, missing, total, &score)).flatten();
        let ((score, bin, sums), missing_left) = match (right, left.map(|found| (found, true))) {
            (Some(right), Some(left)) if left.0.0.beats(&right.0.0) => left,
            (Some(right), _) => right,
            (None, left) => left?,
        };
        let (best, whole) = (score.value(), whole.value());
        let gain = (best - whole) * self.gain_unit;
        let larger_left = 2 * self.fixed.count(sums) >= self.fixed.count(total);
        let missing_left = if has_missing { missing_left } else { larger_left };
        (best - whole > NOISE * best.abs() && gain > self.min_gain).then_some(Split {
            gain,
            column,
            bin,
            missing_left,
            left: sums,
        })
    }

    /// Best place to part `bins`, with `start` already on the left.
    #[inline]
    fn scan(
        &self,
        bins: &[Sums],
        start: Sums,
        total: Sums,
        score: &impl Fn(usize, Sums, Sums) -> Option<Score>,
    ) -> Option<(Score, u8, Sums)> {
        let mut left = start;
        let mut best = None;
        let mut top = Score { numerator: f64::NEG_INFINITY, denominator: 1.0 };
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
            if let Some(score) = score(bin, left, right).filter(|score| score.beats(&top)) {
                top = score;
                best = Some((score, bin as u8, left));
            }
        }
        best
    }

    /// What a leaf saves with the output `output` instead of 0.
    #[inline]
    fn saved(&self, sums: Sums, output: f64) -> Score {
        let Score { denominator, .. } = self.score(sums);
        let output = output / self.output_unit;
        Score { numerator: -(2.0 * sums[0] as f64 + denominator * output) * output, denominator: 1.0 }
    }

    #[inline]
    fn score(&self, sums: Sums) -> Score {
        let gradient = sums[0] as f64;
        Score { numerator: gradient * gradient, denominator: self.fixed.hessian_units(sums) as f64 + self.l2 }
    }
}

impl Score {
    #[inline]
    fn plus(self, other: Self) -> Self {
        Self {
            numerator: self.numerator * other.denominator + other.numerator * self.denominator,
            denominator: self.denominator * other.denominator,
        }
    }

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
    fn by_trial(
        bins: &[u8],
        missing_bin: u8,
        rows: &[[f64; 2]],
        params: &Hyperparameters,
        (direction, bounds): (Monotone, Bounds),
    ) -> Option<f64> {
        let output = |sums: [f64; 3]| bounds.keep(-sums[0] / (sums[1] + params.l2));
        let score = |sums: [f64; 3]| {
            let w = output(sums);
            -2.0 * sums[0] * w - (sums[1] + params.l2) * w * w
        };
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
            let ordered = last + 1 == missing_bin || direction.allows(output(sides[0]), output(sides[1]));
            if sides.iter().all(allowed) && ordered {
                best = f64::max(best, score(sides[0]) + score(sides[1]) - score(sum(&|_| true)));
            }
        }
        (best > 1e-9).then_some(best)
    }

    #[test]
    fn the_best_split_is_the_best_of_all() {
        for case in 0_usize..600 {
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
            let direction = [Monotone::Free, Monotone::Rising, Monotone::Falling][case / 3 % 3];
            let bounds = match case / 9 % 3 {
                0 => Bounds::NONE,
                1 => Bounds::NONE.of_children(Monotone::Rising, [-1.0, 1.5])[case % 2],
                _ => Bounds::NONE.of_children(Monotone::Falling, [1.0, 2.0])[case % 2],
            };
            let leaf = Candidate { column: 0, total, direction, bounds };
            let found = rules.best(leaf, &binned.columns[0], &histogram);
            let limits = (direction, bounds);
            let expected = by_trial(&bins, binned.columns[0].values as u8, &rows, &params, limits);
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
