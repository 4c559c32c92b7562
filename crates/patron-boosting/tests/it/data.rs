use std::f64::consts::PI;

use linfa::Dataset;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, Ix1};
use patron_boosting::{GradientBoosting, GradientBoostingParams};

pub(crate) type Data = Dataset<f64, f64, Ix1>;

/// Uniform in [0, 1), a function of seed and index alone (SplitMix64).
pub(crate) fn uniform(seed: u64, index: usize) -> f64 {
    let z = (seed << 32).wrapping_add(index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

pub(crate) fn uniform_records(seed: u64, rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(row, column)| uniform(seed, row * columns + column))
}

/// Friedman (1991, *Multivariate adaptive regression splines*, Annals of Statistics 19), equation 61: ten uniform
/// columns, of which five matter; noise here is uniform with standard deviation 1.
pub(crate) fn friedman(seed: u64, rows: usize) -> Data {
    let records = uniform_records(seed, rows, 10);
    let targets = Array1::from_shape_fn(rows, |row| {
        let x = |column| records[[row, column]];
        let noise = (uniform(seed + 1_000, row) - 0.5) * 12.0_f64.sqrt();
        10.0 * (PI * x(0) * x(1)).sin() + 20.0 * (x(2) - 0.5).powi(2) + 10.0 * x(3) + 5.0 * x(4) + noise
    });
    Dataset::new(records, targets)
}

/// Half of the targets 0, the others skewed and growing with the first two columns; three columns do not matter.
pub(crate) fn spend(seed: u64, rows: usize) -> Data {
    let records = uniform_records(seed, rows, 5);
    let targets = Array1::from_shape_fn(rows, |row| {
        let buys = uniform(seed + 2_000, row) < 0.2 + 0.6 * records[[row, 0]];
        let amount = 50.0 * (2.0 * records[[row, 1]]).exp() * -(1.0 - uniform(seed + 3_000, row)).ln();
        if buys { amount } else { 0.0 }
    });
    Dataset::new(records, targets)
}

pub(crate) fn params() -> GradientBoostingParams {
    GradientBoosting::params().trees(60).learning_rate(0.1).max_leaves(15).min_samples_leaf(5)
}

pub(crate) fn fit(params: &GradientBoostingParams, data: &Data) -> GradientBoosting {
    params.fit(data).expect("the data are in order")
}

pub(crate) fn predict(model: &GradientBoosting, records: &Array2<f64>) -> Array1<f64> {
    model.try_predict(records.view()).expect("the width is that of the training records")
}
