use linfa::Dataset;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2, Axis, Ix1, ShapeBuilder, Slice, concatenate};
use patron_boosting::{BoostingError, GradientBoosting, Loss, Monotone};

use crate::data::{Data, fit, friedman, params, predict, spend, uniform, uniform_records};

const TWEEDIE: Loss = Loss::Tweedie { power: 1.5 };

fn mean_loss(loss: Loss, data: &Data, predictions: &Array1<f64>) -> f64 {
    loss.mean_loss(data.targets.view(), predictions.view(), None).unwrap()
}

/// Ordinary least squares with an intercept, by Gaussian elimination on the normal equations.
fn linear_predictions(training: &Data, test: &Data) -> Array1<f64> {
    let design = |records: &Array2<f64>| {
        concatenate(Axis(1), &[records.view(), Array2::ones((records.nrows(), 1)).view()]).unwrap()
    };
    let x = design(&training.records);
    let (mut a, mut b) = (x.t().dot(&x), x.t().dot(&training.targets));
    let n = b.len();
    for pivot in 0..n {
        for row in pivot + 1..n {
            let factor = a[[row, pivot]] / a[[pivot, pivot]];
            let upper = a.row(pivot).to_owned();
            a.row_mut(row).scaled_add(-factor, &upper);
            b[row] -= factor * b[pivot];
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|column| a[[row, column]] * b[column]).sum();
        b[row] = (b[row] - known) / a[[row, row]];
    }
    design(&test.records).dot(&b)
}

#[test]
fn beats_a_linear_fit_on_friedmans_function() {
    let (training, test) = (friedman(1, 2_000), friedman(2, 2_000));
    let model = fit(&params().trees(200), &training);
    let boosted = mean_loss(Loss::SquaredError, &test, &predict(&model, &test.records));
    let linear = mean_loss(Loss::SquaredError, &test, &linear_predictions(&training, &test));
    assert!((5.0..9.0).contains(&linear), "linear {linear}"); // noise 1 plus what a plane cannot follow
    assert!(boosted < 0.35 * linear, "boosted {boosted}, linear {linear}");
}

#[test]
fn importance_finds_the_columns_that_matter() {
    let shares = fit(&params(), &friedman(1, 2_000)).feature_importance();
    let gain = shares.gain_shares();
    assert!((gain.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    let least_real = gain[..5].iter().copied().fold(f64::INFINITY, f64::min);
    let most_noise = gain[5..].iter().copied().fold(0.0, f64::max);
    assert!(least_real > 3.0 * most_noise, "{gain:?}");
    assert_eq!(shares.splits.iter().sum::<usize>(), 60 * 14);
}

#[test]
fn gains_add_up_to_the_loss_saved() {
    let data = friedman(1, 500);
    let model = fit(&params().trees(1).learning_rate(1.0), &data);
    let mean = Array1::from_elem(500, data.targets.mean().unwrap());
    let [before, after] = [mean, predict(&model, &data.records)]
        .map(|predictions| 500.0 * mean_loss(Loss::SquaredError, &data, &predictions));
    let gain: f64 = model.feature_importance().gain.iter().sum();
    assert!((gain - (before - after)).abs() < 1e-6 * gain, "{gain} {before} {after}");
}

#[test]
fn log_links_and_logits_keep_the_mean() {
    let data = spend(1, 4_000);
    let positive: Vec<usize> = (0..4_000).filter(|&row| data.targets[row] > 0.0).collect();
    let amounts =
        Dataset::new(data.records.select(Axis(0), &positive), data.targets.select(Axis(0), &positive));
    let bought = Dataset::new(data.records.clone(), data.targets.mapv(|y| f64::from(y > 0.0)));
    // only the logistic loss has its canonical link, which keeps the mean exactly at the optimum
    for (loss, data, tolerance) in
        [(TWEEDIE, &data, 0.05), (Loss::Gamma, &amounts, 0.05), (Loss::Logistic, &bought, 0.005)]
    {
        let settings = params().loss(loss).max_leaves(4).min_samples_leaf(50);
        let predictions = predict(&fit(&settings, data), &data.records);
        let ratio = predictions.mean().unwrap() / data.targets.mean().unwrap();
        assert!((ratio - 1.0).abs() < tolerance, "{loss:?}: {ratio}");
    }
}

#[test]
fn each_loss_beats_the_mean_out_of_sample() {
    let (training, test) = (spend(1, 4_000), spend(2, 4_000));
    let bought = |data: &Data| Dataset::new(data.records.clone(), data.targets.mapv(|y| f64::from(y > 0.0)));
    let positive = |data: &Data| {
        let rows: Vec<usize> = (0..data.targets.len()).filter(|&row| data.targets[row] > 0.0).collect();
        Dataset::new(data.records.select(Axis(0), &rows), data.targets.select(Axis(0), &rows))
    };
    for (loss, training, test) in [
        (Loss::SquaredError, training.clone(), test.clone()),
        (TWEEDIE, training.clone(), test.clone()),
        (Loss::Gamma, positive(&training), positive(&test)),
        (Loss::Logistic, bought(&training), bought(&test)),
    ] {
        let model = fit(&params().loss(loss).max_leaves(4).min_samples_leaf(50), &training);
        let mean = Array1::from_elem(test.targets.len(), training.targets.mean().unwrap());
        let [ours, constant] = [predict(&model, &test.records), mean].map(|p| mean_loss(loss, &test, &p));
        assert!(ours < constant, "{loss:?}: {ours} against {constant}");
    }
}

#[test]
fn missing_values_take_the_side_they_belong_to() {
    // missing means 10, present means its value
    let records =
        Array2::from_shape_fn((600, 1), |(row, _)| if row % 3 == 0 { f64::NAN } else { (row % 7) as f64 });
    let targets = records.column(0).mapv(|x| if x.is_nan() { 10.0 } else { x });
    let model = fit(&params().learning_rate(0.5), &Dataset::new(records, targets));
    for (x, y) in [(f64::NAN, 10.0), (0.0, 0.0), (3.0, 3.0), (6.0, 6.0)] {
        let predicted = model.predict_row(&[x]).unwrap();
        assert!((predicted - y).abs() < 1e-3, "{x}: {predicted}");
    }
}

#[test]
fn missing_values_never_seen_follow_the_larger_child() {
    let records = Array2::from_shape_fn((100, 1), |(row, _)| if row < 70 { 0.0 } else { 1.0 });
    let data = Dataset::new(records.clone(), records.column(0).to_owned());
    let model = fit(&params().trees(1), &data);
    assert_eq!(model.predict_row(&[f64::NAN]).unwrap(), model.predict_row(&[0.0]).unwrap());
    assert_ne!(model.predict_row(&[f64::NAN]).unwrap(), model.predict_row(&[1.0]).unwrap());
}

#[test]
fn a_column_of_missing_or_equal_values_is_never_split_on() {
    let mut records = uniform_records(1, 500, 4);
    records.column_mut(1).fill(f64::NAN);
    records.column_mut(2).fill(3.0);
    let targets = &records.column(0) + &records.column(3);
    let model = fit(&params().column_fraction(0.5), &Dataset::new(records, targets));
    let splits = model.feature_importance().splits;
    assert!(splits[0] > 0 && splits[3] > 0);
    assert_eq!(splits[1..3], [0, 0]);
}

#[test]
fn leaves_obey_their_limits() {
    let data = friedman(3, 500);
    // one tree, full step: predictions are leaf means, so rows of one leaf share a prediction
    let one = params().trees(1).learning_rate(1.0);
    let leaves = |params| {
        let mut predictions = predict(&fit(&params, &data), &data.records).to_vec();
        predictions.sort_by(f64::total_cmp);
        predictions.chunk_by(|a, b| a == b).map(<[f64]>::len).collect::<Vec<_>>()
    };
    let sizes = leaves(one.clone().max_leaves(9).min_samples_leaf(30));
    assert_eq!(sizes.len(), 9);
    assert!(sizes.iter().all(|&size| size >= 30), "{sizes:?}");
    assert!(leaves(one.clone().max_leaves(100).min_hessian(40.0)).iter().all(|&size| size >= 40));
    assert!(leaves(one.clone().max_leaves(100).max_depth(Some(3))).len() <= 8);
    assert_eq!(leaves(one.clone().max_leaves(100).max_depth(Some(1))).len(), 2);
    assert_eq!(leaves(one.clone().min_samples_leaf(251)).len(), 1);
    assert_eq!(leaves(one.min_gain(1e12)).len(), 1);
}

#[test]
fn penalty_shrinks_leaves() {
    let data = Dataset::new(
        Array2::from_shape_fn((20, 1), |(row, _)| (row % 2) as f64),
        Array1::from_shape_fn(20, |row| (row % 2) as f64),
    );
    let model = fit(&params().trees(1).learning_rate(1.0).l2(10.0), &data);
    // ten residuals of −½ and of ½: −Σg / (Σh + λ) = ±5 / 20
    assert_eq!([0.0, 1.0].map(|x| model.predict_row(&[x]).unwrap()), [0.25, 0.75]);
}

#[test]
fn early_stopping_keeps_the_best_trees() {
    let (training, validation) = (friedman(1, 300), friedman(2, 300));
    let settings = params().trees(500).learning_rate(0.3).early_stopping(Some(20));
    let model = settings.fit_with_validation(&training, &validation).unwrap();
    let losses = model.validation_losses();
    assert!(model.trees() < 300);
    assert_eq!(losses.len(), model.trees() + 20);
    let best = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(losses[model.trees() - 1], best);
    let own = mean_loss(Loss::SquaredError, &validation, &predict(&model, &validation.records));
    assert_eq!(own, best);
    // the same trees as a fit without validation of that length
    let plain = fit(&settings.clone().trees(model.trees()), &training);
    assert_eq!(predict(&plain, &validation.records), predict(&model, &validation.records));
    assert!(plain.validation_losses().is_empty());
}

#[test]
fn validation_without_patience_only_watches() {
    let (training, validation) = (friedman(1, 300), friedman(2, 300));
    let model = params().fit_with_validation(&training, &validation).unwrap();
    assert_eq!((model.trees(), model.validation_losses().len()), (60, 60));
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    // large enough to cross every threshold below which the work stays on one thread
    let data = spend(1, 40_000);
    let mut records = data.records.clone();
    records.column_mut(2).mapv_inplace(|x| if x < 0.2 { f64::NAN } else { x });
    let data = Dataset::new(concatenate![Axis(1), records, uniform_records(9, 40_000, 6)], data.targets);
    let directions: Vec<Monotone> =
        (0..11).map(|column| if column < 2 { Monotone::Rising } else { Monotone::Free }).collect();
    let settings = params().trees(6).row_fraction(0.7).row_frequency(2).column_fraction(0.8).seed(3);
    for settings in [
        settings.clone().loss(TWEEDIE),
        settings.clone().loss(TWEEDIE).monotone(&directions[..]),
        settings.clone().loss(Loss::AbsoluteError).trees(3),
        settings.loss(Loss::Quantile { level: 0.9 }).monotone(&directions[..]).trees(3),
    ] {
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let model = settings.fit_with_validation(&data, &data).unwrap();
                (predict(&model, &data.records), model)
            })
        };
        let (predictions, model) = run(1);
        for threads in [2, 4] {
            let (others, other) = run(threads);
            assert_eq!(model, other, "{threads} threads");
            assert!(
                predictions.iter().zip(&others).all(|(a, b)| a.to_bits() == b.to_bits()),
                "{threads} threads"
            );
        }
    }
}

#[test]
fn seeds_matter_only_where_rows_or_columns_are_drawn() {
    let data = friedman(1, 500);
    let sampled = params().row_fraction(0.5);
    assert_eq!(fit(&sampled.clone().seed(1), &data), fit(&sampled.clone().seed(1), &data));
    assert_ne!(fit(&sampled.clone().seed(1), &data), fit(&sampled.seed(2), &data));
    assert_eq!(fit(&params().seed(1), &data), fit(&params().seed(2), &data));
}

#[test]
fn scores_outside_the_bag_are_kept_up() {
    // if rows outside the bag missed a tree's value, training would lose its footing
    let (training, test) = (friedman(1, 2_000), friedman(2, 2_000));
    let model = fit(&params().trees(200).row_fraction(0.5).column_fraction(0.5), &training);
    let loss = mean_loss(Loss::SquaredError, &test, &predict(&model, &test.records));
    assert!(loss < 2.5, "{loss}");
}

#[test]
fn weights_count_like_repetition() {
    let data = friedman(1, 300);
    let counts = Array1::from_shape_fn(300, |row| (uniform(8, row) * 4.0).floor() as usize);
    let repeated: Vec<usize> = (0..300).flat_map(|row| vec![row; counts[row]]).collect();
    let repeated =
        Dataset::new(data.records.select(Axis(0), &repeated), data.targets.select(Axis(0), &repeated));
    let weighted = data.clone().with_weights(counts.mapv(|count| count as f32));
    // rows are counted, not weighed, so only the limit on second derivatives may bind
    for loss in [Loss::SquaredError, TWEEDIE] {
        let shift = |data: &Data| {
            let moved = Dataset::new(data.records.clone(), data.targets.mapv(|y| y.max(0.0)));
            moved.with_weights(data.weights.clone())
        };
        let settings = params().loss(loss).min_samples_leaf(1).min_hessian(3.0);
        let [one, other] =
            [&shift(&weighted), &shift(&repeated)].map(|d| predict(&fit(&settings, d), &data.records));
        let apart = one.iter().zip(&other).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart < 1e-7, "{loss:?}: {apart}");
    }
}

#[test]
fn rows_of_weight_zero_are_as_if_absent() {
    let data = friedman(1, 400);
    let kept: Vec<usize> = (0..400).filter(|row| row % 4 != 1).collect();
    let fewer = Dataset::new(data.records.select(Axis(0), &kept), data.targets.select(Axis(0), &kept));
    let weights = Array1::from_shape_fn(400, |row| if row % 4 == 1 { 0.0 } else { 1.0 });
    let settings = params().row_fraction(0.8);
    assert_eq!(fit(&settings, &data.with_weights(weights)), fit(&settings, &fewer));
}

#[test]
fn the_memory_layout_of_records_does_not_matter() {
    let data = friedman(1, 300);
    let (rows, columns) = data.records.dim();
    let mut column_major = Array2::zeros((rows, columns).f());
    column_major.assign(&data.records);
    let wide = concatenate![Axis(1), data.records, data.records];
    let model = fit(&params(), &data);
    assert_eq!(model, fit(&params(), &Dataset::new(column_major.clone(), data.targets.clone())));
    let view = linfa::DatasetBase::new(wide.slice_axis(Axis(1), Slice::from(..columns)), data.targets.view());
    assert_eq!(model, params().fit(&view).unwrap());
    let predictions = predict(&model, &data.records);
    assert_eq!(predictions, model.try_predict(column_major.view()).unwrap());
    assert_eq!(predictions, model.try_predict(wide.slice_axis(Axis(1), Slice::from(..columns))).unwrap());
    let through_linfa: Array1<f64> = model.predict(&data);
    assert_eq!(predictions, through_linfa);
    for (row, prediction) in data.records.rows().into_iter().zip(&predictions) {
        assert_eq!(model.predict_row(row.as_slice().unwrap()).unwrap(), *prediction);
    }
}

#[test]
fn stored_models_predict_the_same_bits() {
    let (data, settings) = (spend(1, 2_000), params().loss(TWEEDIE));
    let model = settings.fit_with_validation(&data, &spend(2, 500)).unwrap();
    let text = serde_json::to_string(&model).unwrap();
    let back: GradientBoosting = serde_json::from_str(&text).unwrap();
    assert_eq!(model, back);
    let [before, after] = [&model, &back].map(|model| predict(model, &data.records));
    assert!(before.iter().zip(&after).all(|(a, b)| a.to_bits() == b.to_bits()));
    let settings_back = serde_json::from_str(&serde_json::to_string(&settings).unwrap()).unwrap();
    assert_eq!(settings, settings_back);
}

#[test]
fn constant_targets_give_that_constant() {
    let records = uniform_records(1, 100, 3);
    for (loss, value) in [
        (Loss::SquaredError, -0.1),
        (TWEEDIE, 0.0),
        (TWEEDIE, 7.7),
        (Loss::Gamma, 3.3),
        (Loss::Logistic, 0.0),
        (Loss::Logistic, 1.0),
        (Loss::AbsoluteError, -3.7),
        (Loss::Quantile { level: 0.9 }, 0.3),
    ] {
        let data: Dataset<f64, f64, Ix1> = Dataset::new(records.clone(), Array1::from_elem(100, value));
        let model = fit(&params().loss(loss), &data);
        assert_eq!(model.trees(), 0);
        assert!((model.predict_row(&[0.5; 3]).unwrap() - value).abs() < 1e-14, "{loss:?} {value}");
        assert_eq!(model, serde_json::from_str(&serde_json::to_string(&model).unwrap()).unwrap());
    }
}

#[test]
fn a_single_row_and_no_rows_are_answered() {
    let one = Dataset::new(Array2::zeros((1, 2)), Array1::from_elem(1, 4.0));
    let model = fit(&params(), &one);
    assert_eq!(model.predict_row(&[1.0, 2.0]).unwrap(), 4.0);
    assert_eq!(predict(&model, &Array2::zeros((0, 2))).len(), 0);
    let none = Dataset::new(Array2::zeros((0, 2)), Array1::zeros(0));
    assert!(matches!(params().fit(&none), Err(BoostingError::NoRows)));
}
