//! Directions that hold exactly.

use linfa::Dataset;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};
use patron_boosting::{BoostingError, GradientBoosting, Loss, Monotone};
use proptest::prelude::*;

use crate::data::{fit, friedman, params, predict, uniform, uniform_records};

use Monotone::{Falling, Free, Rising};

fn any_loss() -> impl Strategy<Value = Loss> {
    prop_oneof![
        Just(Loss::SquaredError),
        (1.05..1.95).prop_map(|power| Loss::Tweedie { power }),
        Just(Loss::Gamma),
        Just(Loss::Logistic),
        Just(Loss::AbsoluteError),
        (0.05..0.95).prop_map(|level| Loss::Quantile { level }),
    ]
}

/// Raw scores of a row as one column takes each of `values`.
fn scores_along(model: &GradientBoosting, row: &[f64], column: usize, values: &[f64]) -> Vec<f64> {
    let records = Array2::from_shape_fn((values.len(), row.len()), |(index, other)| {
        if other == column { values[index] } else { row[other] }
    });
    model.try_scores(records.view()).unwrap().to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_prediction_goes_the_wrong_way(
        loss in any_loss(), seed in 0_u64..1_000_000, leaves in 2_usize..24, sampled in any::<bool>(),
        directions in prop::collection::vec(prop_oneof![Just(Free), Just(Rising), Just(Falling)], 4),
    ) {
        // noise and missing values, so that the data pull every way
        let rows = 120;
        let mut records = uniform_records(seed, rows, 4).mapv(|x| (x * 40.0).floor());
        records.indexed_iter_mut().filter(|((row, column), _)| uniform(seed + 7, 4 * row + column) < 0.1)
            .for_each(|(_, cell)| *cell = f64::NAN);
        let target = |row| match uniform(seed + 9, row) {
            u if loss == Loss::Logistic => u.round(),
            u => 0.01 + 20.0 * u.powi(3),
        };
        let data = Dataset::new(records.clone(), Array1::from_shape_fn(rows, target));
        let settings = params().loss(loss).trees(15).learning_rate(0.4).max_leaves(leaves).min_samples_leaf(2);
        let settings = settings.l2(0.3).monotone(directions.clone()).seed(seed);
        let settings = if sampled { settings.row_fraction(0.7).column_fraction(0.7) } else { settings };
        let model = fit(&settings, &data);
        let mut values: Vec<f64> = (-1..42).map(|step| f64::from(step) - 0.25).collect();
        values.extend([f64::MAX, f64::INFINITY]);
        values.insert(0, f64::NEG_INFINITY);
        for row in records.rows().into_iter().take(30) {
            for (column, direction) in directions.iter().enumerate() {
                let scores = scores_along(&model, &row.to_vec(), column, &values);
                let ordered = match direction {
                    Free => true,
                    Rising => scores.windows(2).all(|pair| pair[0] <= pair[1]),
                    Falling => scores.windows(2).all(|pair| pair[0] >= pair[1]),
                };
                prop_assert!(ordered, "column {column} {direction:?}: {scores:?}");
            }
        }
    }
}

#[test]
fn a_direction_against_the_data_leaves_the_column_alone() {
    let data = Dataset::new(
        Array2::from_shape_fn((200, 1), |(row, _)| row as f64),
        Array1::from_shape_fn(200, |row| -(row as f64)),
    );
    for loss in [Loss::SquaredError, Loss::AbsoluteError] {
        let settings = params().loss(loss);
        assert_eq!(fit(&settings.clone().monotone([Rising]), &data).trees(), 0);
        let falling = fit(&settings.clone().monotone([Falling]), &data);
        assert!(falling.predict_row(&[0.0]).unwrap() > falling.predict_row(&[199.0]).unwrap() + 100.0);
        // all-free directions are no directions
        assert_eq!(fit(&settings.clone().monotone([Free]), &data), fit(&settings, &data));
    }
}

#[test]
fn values_may_part_from_missing_ones_under_any_direction() {
    let records =
        Array2::from_shape_fn((200, 1), |(row, _)| if row % 2 == 0 { f64::NAN } else { row as f64 });
    let targets = Array1::from_shape_fn(200, |row| if row % 2 == 0 { 5.0 } else { -(row as f64) });
    for direction in [Rising, Falling] {
        let model = fit(&params().monotone([direction]), &Dataset::new(records.clone(), targets.clone()));
        assert!((model.predict_row(&[f64::NAN]).unwrap() - 5.0).abs() < 0.5, "{direction:?}");
        assert!(model.predict_row(&[100.0]).unwrap() < -50.0, "{direction:?}");
    }
}

#[test]
fn true_directions_help_where_rows_are_few() {
    let (training, test) = (friedman(21, 150), friedman(22, 2_000));
    let loss = |directions: Vec<Monotone>| {
        let model = fit(&params().trees(200).monotone(directions), &training);
        let predictions = predict(&model, &test.records);
        Loss::SquaredError.mean_loss(test.targets.view(), predictions.view(), None).unwrap()
    };
    let mut directions = vec![Free; 10];
    directions[3..5].fill(Rising);
    let (free, kept) = (loss(Vec::new()), loss(directions));
    assert!(kept < free, "{kept} against {free}");
}

#[test]
fn directions_must_match_the_columns() {
    let error = params().monotone([Rising; 3]).fit(&friedman(1, 50)).unwrap_err();
    assert!(matches!(error, BoostingError::MonotoneMismatch { expected: 10, found: 3 }));
    assert_eq!(error.to_string(), "3 monotone directions for 10 columns: give one per column, or none");
}
