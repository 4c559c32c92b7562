//! Absolute error and quantile loss.

use linfa::Dataset;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, Axis, array};
use patron_boosting::{BoostingError, Loss};

use crate::data::{Data, fit, friedman, params, predict, spend, uniform, uniform_records};

const STRAIGHT: [Loss; 3] =
    [Loss::AbsoluteError, Loss::Quantile { level: 0.1 }, Loss::Quantile { level: 0.8 }];

fn mean_loss(loss: Loss, data: &Data, predictions: &Array1<f64>) -> f64 {
    loss.mean_loss(data.targets.view(), predictions.view(), None).unwrap()
}

#[test]
fn leaves_are_quantiles_of_their_rows() {
    let records = Array2::from_shape_fn((10, 1), |(row, _)| (row / 5) as f64);
    let targets = array![1.0, 2.0, 3.0, 4.0, 90.0, 10.0, 11.0, 12.0, 13.0, 14.0];
    let data = Dataset::new(records, targets);
    let settings = params().trees(1).learning_rate(1.0).min_samples_leaf(1).max_leaves(2);
    for (loss, low, high) in [
        (Loss::AbsoluteError, 3.0, 12.0),
        (Loss::Quantile { level: 0.5 }, 3.0, 12.0),
        (Loss::Quantile { level: 0.2 }, 1.5, 10.5),
        (Loss::Quantile { level: 0.7 }, 4.0, 13.0),
    ] {
        let model = fit(&settings.clone().loss(loss), &data);
        assert_eq!([0.0, 1.0].map(|x| model.predict_row(&[x]).unwrap()), [low, high], "{loss:?}");
        // a tenth of the way from the base, which lies between 4 and 10 for the median
        let part = fit(&settings.clone().loss(loss).learning_rate(0.1), &data).predict_row(&[0.0]).unwrap();
        let base = fit(&settings.clone().loss(loss).min_samples_leaf(6), &data).predict_row(&[0.0]).unwrap();
        assert!((part - (base + 0.1 * (low - base))).abs() < 1e-12, "{loss:?}: {part} {base}");
    }
}

#[test]
fn the_training_loss_never_rises() {
    let data = friedman(4, 500);
    for loss in STRAIGHT {
        let losses = [0, 1, 3, 10, 30, 100].map(|trees| match trees {
            0 => mean_loss(
                loss,
                &data,
                &predict(&fit(&params().loss(loss).min_samples_leaf(251), &data), &data.records),
            ),
            _ => mean_loss(
                loss,
                &data,
                &predict(&fit(&params().loss(loss).trees(trees), &data), &data.records),
            ),
        });
        assert!(losses.windows(2).all(|pair| pair[1] <= pair[0] + 1e-9), "{loss:?}: {losses:?}");
        assert!(losses[5] < 0.5 * losses[0], "{loss:?}: {losses:?}");
    }
}

#[test]
fn held_out_shares_below_are_the_levels() {
    // the spread of the target grows with the first column, so its quantiles fan out
    let make = |seed: u64| {
        let records = uniform_records(seed, 4_000, 2);
        let noise = |row| uniform(seed + 500, row) - 0.5;
        let targets = Array1::from_shape_fn(4_000, |row| 10.0 * (0.1 + records[[row, 0]]) * noise(row));
        Dataset::new(records, targets)
    };
    let (training, test) = (make(1), make(2));
    for level in [0.05, 0.25, 0.5, 0.9] {
        let settings = params().loss(Loss::Quantile { level }).max_leaves(8).min_samples_leaf(100);
        let predictions = predict(&fit(&settings, &training), &test.records);
        let below = |wide: bool| {
            let rows = (0..4_000).filter(|&row| (test.records[[row, 0]] > 0.5) == wide);
            let rows: Vec<usize> = rows.collect();
            rows.iter().filter(|&&row| test.targets[row] <= predictions[row]).count() as f64
                / rows.len() as f64
        };
        // binomial over 2,000 rows: standard deviation at most 0.011
        for wide in [false, true] {
            assert!((below(wide) - level).abs() < 0.05, "{level} {wide}: {}", below(wide));
        }
    }
}

#[test]
fn a_few_wild_targets_hardly_move_a_median() {
    let clean = friedman(1, 2_000);
    let mut wild = clean.clone();
    wild.targets.iter_mut().step_by(50).for_each(|y| *y = 1e9);
    let test = friedman(2, 1_000);
    let settings = params().loss(Loss::AbsoluteError).min_samples_leaf(20);
    let [clean, wild] = [&clean, &wild]
        .map(|d| mean_loss(Loss::AbsoluteError, &test, &predict(&fit(&settings, d), &test.records)));
    assert!(wild < 1.25 * clean, "{clean} {wild}");
}

#[test]
fn weights_count_like_repetition() {
    let data = spend(3, 300);
    let counts = Array1::from_shape_fn(300, |row| (uniform(8, row) * 4.0).floor() as usize);
    let repeated: Vec<usize> = (0..300).flat_map(|row| vec![row; counts[row]]).collect();
    let repeated =
        Dataset::new(data.records.select(Axis(0), &repeated), data.targets.select(Axis(0), &repeated));
    let weighted = data.clone().with_weights(counts.mapv(|count| count as f32));
    // levels that floating point holds exactly, as equal gains are common and must stay equal
    for loss in [Loss::AbsoluteError, Loss::Quantile { level: 0.125 }, Loss::Quantile { level: 0.75 }] {
        let settings = params().loss(loss).min_samples_leaf(1).min_hessian(5.0);
        let [one, other] = [&weighted, &repeated].map(|d| predict(&fit(&settings, d), &data.records));
        let apart = one.iter().zip(&other).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart < 1e-9, "{loss:?}: {apart}");
    }
}

#[test]
fn the_median_is_the_quantile_at_one_half() {
    let data = friedman(5, 400);
    let test = uniform_records(9, 200, 10);
    let [median, half] = [Loss::AbsoluteError, Loss::Quantile { level: 0.5 }]
        .map(|loss| predict(&fit(&params().loss(loss).trees(20).min_hessian(0.0), &data), &test));
    // gradients of the median are twice as large, which changes no split; rows at the median itself may differ
    let apart = (&median - &half).mapv(f64::abs).mean().unwrap();
    assert!(apart < 0.2, "{apart}");
}

#[test]
fn residuals_beyond_floating_point_are_an_error_not_a_number() {
    let data = Dataset::new(array![[1.0], [2.0], [3.0], [4.0]], array![-1.7e308, 1.7e308, 1.7e308, 1.7e308]);
    let result = params().loss(Loss::AbsoluteError).min_samples_leaf(1).fit(&data);
    assert!(matches!(result, Err(BoostingError::Diverged { tree: 0 })), "{result:?}");
}
