//! The data and settings that `tests/oracle/lightgbm_speed.py` gives LightGBM.

use std::f64::consts::PI;
use std::ops::Range;

use linfa::Dataset;
use ndarray::{Array1, Array2, Ix1};
use patron_boosting::{GradientBoosting, GradientBoostingParams, Loss};

/// Uniform in [0, 1), a function of the index alone (SplitMix64).
fn uniform(index: u64) -> f64 {
    let z = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Uniform columns, of which every fifth is a count and every fifth has a tenth missing; the target is 0 for half of
/// the rows and a curved function of the first five columns for the others.
pub(crate) fn data(rows: Range<usize>, columns: usize) -> Dataset<f64, f64, Ix1> {
    let value = |row: usize, column: usize| uniform(((rows.start + row) * columns + column + 1) as u64);
    let records = Array2::from_shape_fn((rows.len(), columns), |(row, column)| {
        match (column % 5, value(row, column)) {
            (3, x) => (x * 20.0).floor(),
            (4, x) if x < 0.1 => f64::NAN,
            (_, x) => x,
        }
    });
    let targets = Array1::from_shape_fn(rows.len(), |row| {
        let x = |column| value(row, column);
        let curve = 10.0 * (PI * x(0) * x(1)).sin() + 20.0 * (x(2) - 0.5).powi(2) + 10.0 * x(3) + 5.0 * x(4);
        let chance = uniform((1 << 40) + (rows.start + row) as u64);
        if chance < 0.5 { 0.0 } else { curve * (0.5 + chance) }
    });
    Dataset::new(records, targets)
}

pub(crate) fn settings() -> GradientBoostingParams {
    GradientBoosting::params()
        .loss(Loss::Tweedie { power: 1.5 })
        .trees(100)
        .learning_rate(0.05)
        .max_leaves(15)
        .min_samples_leaf(30)
        .l2(1.0)
        .seed(7)
}
