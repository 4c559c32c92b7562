//! Permutation importance.

use linfa::Dataset;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, Axis, concatenate};
use patron_boosting::{BoostingError, Loss};

use crate::data::{fit, friedman, params, predict, spend, uniform_records};

#[test]
fn only_columns_that_matter_are_important() {
    let (training, test) = (friedman(1, 1_000), friedman(2, 1_000));
    let model = fit(&params(), &training);
    let importance = model.permutation_importance(&test, 3, 7).unwrap();
    let predictions = predict(&model, &test.records);
    let loss = model.loss().mean_loss(test.targets.view(), predictions.view(), None).unwrap();
    assert_eq!(importance.loss, loss);
    let least_real = importance.increase[..5].iter().copied().fold(f64::INFINITY, f64::min);
    let most_noise = importance.increase[5..].iter().map(|rise| rise.abs()).fold(0.0, f64::max);
    assert!(least_real > 10.0 * most_noise, "{:?}", importance.increase);
    assert!(importance.deviation[..5].iter().all(|&deviation| deviation > 0.0));
}

#[test]
fn a_step_loses_what_a_wrong_step_costs() {
    // half of the rows are 0, half 1, and the model knows it exactly: after a shuffle each row is wrong with chance
    // one half, by one
    let records =
        Array2::from_shape_fn((2_000, 2), |(row, column)| if column == 0 { (row % 2) as f64 } else { 5.0 });
    let data = Dataset::new(records.clone(), records.column(0).to_owned());
    let model = fit(&params().trees(1).learning_rate(1.0), &data);
    let importance = model.permutation_importance(&data, 20, 1).unwrap();
    assert_eq!(importance.loss, 0.0);
    assert!((importance.increase[0] - 0.5).abs() < 0.01, "{:?}", importance.increase);
    assert_eq!([importance.increase[1], importance.deviation[1]], [0.0, 0.0]);
    // of n pairs dealt at random the share of wrong ones has standard deviation 1 / (2 √n) about
    assert!((0.005..0.02).contains(&importance.deviation[0]), "{:?}", importance.deviation);
}

#[test]
fn repeats_are_averaged_and_seeded() {
    let data = spend(1, 500);
    let model = fit(&params().loss(Loss::Tweedie { power: 1.5 }), &data);
    let importance = |repeats, seed| model.permutation_importance(&data, repeats, seed).unwrap();
    assert_eq!(importance(3, 1), importance(3, 1));
    assert_ne!(importance(3, 1), importance(3, 2));
    assert_eq!(importance(1, 1).deviation, vec![0.0; 5]);
    // a repeat's draw does not depend on how many there are: one of two is the only one
    let (one, two) = (importance(1, 1), importance(2, 1));
    for column in 0..5 {
        let other = 2.0 * two.increase[column] - one.increase[column];
        let deviation = (one.increase[column] - other).abs() / 2.0_f64.sqrt();
        assert!((deviation - two.deviation[column]).abs() < 1e-9 * (1.0 + deviation));
    }
}

#[test]
fn rows_of_weight_zero_are_left_out_and_weights_count() {
    let data = friedman(1, 300);
    let model = fit(&params(), &data);
    let kept: Vec<usize> = (0..300).filter(|row| row % 3 != 0).collect();
    let fewer = Dataset::new(data.records.select(Axis(0), &kept), data.targets.select(Axis(0), &kept));
    let weights = Array1::from_shape_fn(300, |row| if row % 3 == 0 { 0.0 } else { 2.0 });
    let [weighted, plain] =
        [&data.with_weights(weights), &fewer].map(|data| model.permutation_importance(data, 2, 3).unwrap());
    for (a, b) in weighted.increase.iter().zip(&plain.increase) {
        assert!((a - b).abs() < 1e-9 * (1.0 + b.abs()));
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let data = friedman(1, 600);
    let model = fit(&params(), &data);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| model.permutation_importance(&data, 2, 5).unwrap())
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let data = friedman(1, 100);
    let model = params().fit(&data).unwrap();
    let none = model.permutation_importance(&data, 0, 1);
    assert!(matches!(none, Err(BoostingError::Parameter { parameter: "repeats", .. })));
    let wide =
        Dataset::new(concatenate![Axis(1), data.records, uniform_records(1, 100, 1)], data.targets.clone());
    let refused = model.permutation_importance(&wide, 1, 1);
    assert!(matches!(refused, Err(BoostingError::ColumnMismatch { expected: 10, found: 11 })));
    let empty = Dataset::new(Array2::zeros((0, 10)), Array1::zeros(0));
    assert!(matches!(model.permutation_importance(&empty, 1, 1), Err(BoostingError::NoRows)));
}
