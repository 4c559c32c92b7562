//! Columns of numbers become columns of bytes: quantile bins, packed four columns to a row.

use ndarray::ArrayView2;
use rayon::prelude::*;

use crate::sample::{self, Purpose};

/// Columns packed into one block; a row of a block is one 4-byte load.
pub(crate) const LANES: usize = 4;

/// Rows looked at to place the bins of a column.
const SAMPLE: usize = 200_000;

/// Upper bounds of a column's bins. Bin b holds values in (bounds\[b − 1\], bounds\[b\]], the last bin everything
/// above; missing values (NaN) have the bin after the last.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ColumnBins {
    /// One less than there are bins of values, strictly increasing, never ∞.
    bounds: Vec<f64>,
    /// Bins of values, 0 when all are missing.
    pub(crate) values: usize,
    /// Whether any training row is missing.
    pub(crate) missing: bool,
}

impl ColumnBins {
    /// Places at most `max_bins` bins so that each holds about the same number of rows; a value frequent enough for
    /// a bin of its own gets one, and with few distinct values each has its own.
    fn fit(column: &[f64], max_bins: usize, seed: u64) -> Self {
        let missing = column.iter().any(|value| value.is_nan());
        let mut keys: Vec<u64> = if column.len() <= SAMPLE {
            column.iter().filter(|value| !value.is_nan()).map(|&value| sort_key(value)).collect()
        } else {
            let rows = sample::without_replacement(column.len(), SAMPLE, seed, 0, Purpose::Bins);
            let sampled = rows.iter().map(|&row| column[row as usize]);
            sampled.filter(|value| !value.is_nan()).map(sort_key).collect()
        };
        keys.sort_unstable();
        let distinct: Vec<(f64, usize)> =
            keys.chunk_by(|a, b| a == b).map(|run| (value_of(run[0]), run.len())).collect();
        let bounds = if distinct.len() <= max_bins {
            distinct.windows(2).map(|pair| between(pair[0].0, pair[1].0)).collect()
        } else {
            quantile_bounds(&distinct, keys.len(), max_bins)
        };
        // a sample without any value may still stand for a column with some
        let values = if column.iter().all(|value| value.is_nan()) { 0 } else { bounds.len() + 1 };
        Self { bounds, values, missing }
    }

    /// Largest value that goes left at a split after `bin`; ∞ after the last, which parts values from missing.
    pub(crate) fn threshold(&self, bin: u8) -> f64 {
        self.bounds.get(usize::from(bin)).copied().unwrap_or(f64::INFINITY)
    }

    /// Whether a split on this column can part any rows.
    pub(crate) fn splits(&self) -> bool {
        self.values + usize::from(self.missing) > 1
    }

    fn mapper(&self) -> impl Fn(f64) -> u8 + use<> {
        let mut padded = [f64::INFINITY; 256];
        padded[..self.bounds.len()].copy_from_slice(&self.bounds);
        let missing = self.values as u8;
        move |value: f64| {
            if value.is_nan() {
                return missing;
            }
            let mut bin = 0;
            for step in [128, 64, 32, 16, 8, 4, 2, 1] {
                // 255 is the largest sum of steps, so the mask changes nothing but the bounds check
                bin += if padded[(bin + step - 1) & 255] < value { step } else { 0 };
            }
            bin as u8
        }
    }
}

/// All columns of the training rows as bins, `LANES` columns to a block.
pub(crate) struct BinnedRecords {
    pub(crate) columns: Vec<ColumnBins>,
    /// Block b holds columns b·LANES..; `blocks[b][row]` are their bins, 0 in lanes without a column.
    pub(crate) blocks: Vec<Vec<[u8; LANES]>>,
}

impl BinnedRecords {
    /// Bins the rows `rows` (all when `None`) of `records`; row i of the result is the i-th of them.
    pub(crate) fn new(
        records: ArrayView2<'_, f64>,
        rows: Option<&[u32]>,
        max_bins: usize,
        seed: u64,
    ) -> Self {
        let starts: Vec<usize> = (0..records.ncols()).step_by(LANES).collect();
        let bin_block = |&start: &usize| {
            let mut block = vec![[0; LANES]; rows.map_or(records.nrows(), <[u32]>::len)];
            let mut fitted = Vec::with_capacity(LANES);
            for column in start..records.ncols().min(start + LANES) {
                let all = records.column(column);
                let column: Vec<f64> = match rows {
                    None => all.to_vec(),
                    Some(rows) => rows.iter().map(|&row| all[row as usize]).collect(),
                };
                let bins = ColumnBins::fit(&column, max_bins, seed);
                let (lane, bin_of) = (fitted.len(), bins.mapper());
                block.iter_mut().zip(&column).for_each(|(row, &value)| row[lane] = bin_of(value));
                fitted.push(bins);
            }
            (fitted, block)
        };
        let binned: Vec<(Vec<ColumnBins>, Vec<[u8; LANES]>)> = if records.len() < PARALLEL_CELLS {
            starts.iter().map(bin_block).collect()
        } else {
            starts.par_iter().map(bin_block).collect()
        };
        let (columns, blocks): (Vec<_>, Vec<_>) = binned.into_iter().unzip();
        Self { columns: columns.concat(), blocks }
    }

    pub(crate) fn rows(&self) -> usize {
        self.blocks.first().map_or(0, Vec::len)
    }
}

/// Cells below which threads cost more than they save.
const PARALLEL_CELLS: usize = 50_000;

/// Bounds that give every bin about the same number of rows.
///
/// Values with at least an average bin's rows keep a bin each; the others fill up the remaining bins in order, and a
/// bin closes early, when at least half full, in front of such a frequent value.
fn quantile_bounds(distinct: &[(f64, usize)], rows: usize, max_bins: usize) -> Vec<f64> {
    let even = rows as f64 / max_bins as f64;
    let frequent = |count: usize| count as f64 >= even;
    let (frequent_values, frequent_rows) = distinct
        .iter()
        .filter(|(_, count)| frequent(*count))
        .fold((0, 0), |(values, sum), (_, count)| (values + 1, sum + count));
    let mut bins_left = max_bins - frequent_values;
    let mut rows_left = rows - frequent_rows;
    let share = |rows_left: usize, bins_left: usize| rows_left as f64 / bins_left.max(1) as f64;
    let mut full = share(rows_left, bins_left);
    let mut bounds = Vec::with_capacity(max_bins - 1);
    let mut filled = 0;
    for pair in distinct.windows(2) {
        let [(value, count), (next, next_count)] = [pair[0], pair[1]];
        filled += count;
        if !frequent(count) {
            rows_left -= count;
        }
        let in_bin = filled as f64;
        if frequent(count) || in_bin >= full || (frequent(next_count) && in_bin >= (full / 2.0).max(1.0)) {
            bounds.push(between(value, next));
            if bounds.len() == max_bins - 1 {
                break;
            }
            filled = 0;
            if !frequent(count) {
                bins_left = bins_left.saturating_sub(1);
                full = share(rows_left, bins_left);
            }
        }
    }
    bounds
}

/// A bound with `low` ≤ bound < `high`: the middle where floating point has one.
fn between(low: f64, high: f64) -> f64 {
    let middle = low / 2.0 + high / 2.0;
    if low <= middle && middle < high { middle } else { low }
}

/// Integers in the order of the numbers; −0 and 0 are one.
fn sort_key(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn value_of(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn bins(column: &[f64], max_bins: usize) -> (ColumnBins, Vec<u8>) {
        let fitted = ColumnBins::fit(column, max_bins, 0);
        let binned = column.iter().map(|&value| fitted.mapper()(value)).collect();
        (fitted, binned)
    }

    #[test]
    fn few_values_have_a_bin_each_and_nan_the_last() {
        let (fitted, binned) = bins(&[3.0, f64::NAN, -1.0, 3.0, 0.0, -0.0], 255);
        assert_eq!(binned, [2, 3, 0, 2, 1, 1]);
        assert_eq!((fitted.values, fitted.missing), (3, true));
        assert_eq!([0, 1, 2].map(|bin| fitted.threshold(bin)), [-0.5, 1.5, f64::INFINITY]);
    }

    #[test]
    fn infinities_are_the_outermost_values() {
        let (_, binned) = bins(&[f64::INFINITY, f64::NEG_INFINITY, 0.0, f64::MAX], 255);
        assert_eq!(binned, [3, 0, 1, 2]);
    }

    #[test]
    fn neighbouring_floats_are_told_apart() {
        let next = f64::from_bits(1.0_f64.to_bits() + 1);
        assert_eq!(bins(&[1.0, next, 1.0], 255).1, [0, 1, 0]);
    }

    #[test]
    fn columns_without_any_choice_do_not_split() {
        assert!(!bins(&[f64::NAN; 3], 255).0.splits());
        assert!(!bins(&[2.0; 3], 255).0.splits());
        assert!(bins(&[2.0, f64::NAN], 255).0.splits());
    }

    #[test]
    fn many_values_share_bins_evenly() {
        let column: Vec<f64> = (0..10_000).map(|i| f64::from(i * 7919 % 10_000)).collect();
        let (fitted, binned) = bins(&column, 100);
        assert_eq!(fitted.values, 100);
        let mut counts = [0; 100];
        binned.iter().for_each(|&bin| counts[usize::from(bin)] += 1);
        assert!(counts.iter().all(|&count| count == 100), "{counts:?}");
    }

    #[test]
    fn a_frequent_value_keeps_a_bin_of_its_own() {
        let column: Vec<f64> =
            (0..3_000).map(|i| if i < 1_500 { 0.0 } else { f64::from(i - 2_000) }).collect();
        let (fitted, binned) = bins(&column, 16);
        let zeros: Vec<f64> = column
            .iter()
            .zip(&binned)
            .filter(|(_, bin)| **bin == binned[0])
            .map(|(value, _)| *value)
            .collect();
        assert!(zeros.iter().all(|&value| value == 0.0));
        assert!((12..=16).contains(&fitted.values), "{}", fitted.values);
    }

    #[test]
    fn bins_keep_the_order_of_values_and_agree_with_thresholds() {
        let column: Vec<f64> = (0..5_000).map(|i| (f64::from(i) * 0.7).sin().powi(3) * 1e6).collect();
        let (fitted, binned) = bins(&column, 255);
        for (&value, &bin) in column.iter().zip(&binned) {
            assert!(value <= fitted.threshold(bin));
            assert!(bin == 0 || value > fitted.threshold(bin - 1));
        }
    }

    #[test]
    fn blocks_hold_four_columns_of_the_chosen_rows() {
        let records = Array2::from_shape_fn((6, 5), |(row, column)| (row * (column + 1)) as f64);
        let binned = BinnedRecords::new(records.view(), Some(&[1, 3, 5]), 255, 0);
        assert_eq!((binned.rows(), binned.blocks.len(), binned.columns.len()), (3, 2, 5));
        assert_eq!(binned.blocks[0], [[0; 4], [1; 4], [2; 4]]);
        assert_eq!(binned.blocks[1], [[0; 4], [1, 0, 0, 0], [2, 0, 0, 0]]);
    }
}
