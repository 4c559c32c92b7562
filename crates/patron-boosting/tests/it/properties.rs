use linfa::Dataset;
use ndarray::{Array1, Array2};
use patron_boosting::Loss;
use proptest::prelude::*;

use crate::data::{fit, params, predict};

/// Records with ties and missing values, and targets that any loss but gamma accepts.
fn rows() -> impl Strategy<Value = (Array2<f64>, Array1<f64>)> {
    let cell = prop_oneof![6 => -20.0..20.0, 2 => (-3_i32..3).prop_map(f64::from), 1 => Just(f64::NAN)];
    let target = prop_oneof![Just(0.0), Just(1.0), 0.0..1.0];
    (2_usize..120, 1_usize..7).prop_flat_map(move |(rows, columns)| {
        let records = prop::collection::vec(cell.clone(), rows * columns)
            .prop_map(move |cells| Array2::from_shape_vec((rows, columns), cells).expect("counted"));
        (records, prop::collection::vec(target.clone(), rows).prop_map(Array1::from))
    })
}

fn any_loss() -> impl Strategy<Value = Loss> {
    prop_oneof![
        Just(Loss::SquaredError),
        (1.0..1.95).prop_map(|power| Loss::Tweedie { power }),
        Just(Loss::Logistic),
        Just(Loss::AbsoluteError),
        (0.05..0.95).prop_map(|level| Loss::Quantile { level }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn predictions_are_finite_and_in_the_range_of_the_loss(
        (records, targets) in rows(), loss in any_loss(), leaves in 2_usize..20, seed in any::<u64>(),
    ) {
        let settings = params().loss(loss).trees(20).max_leaves(leaves).min_samples_leaf(1).seed(seed);
        let settings = settings.row_fraction(0.7).column_fraction(0.6).l2(1.0);
        let model = fit(&settings, &Dataset::new(records.clone(), targets));
        for prediction in predict(&model, &records) {
            prop_assert!(prediction.is_finite());
            let link = matches!(loss, Loss::Tweedie { .. } | Loss::Logistic);
            prop_assert!(!link || prediction >= 0.0);
            prop_assert!(loss != Loss::Logistic || prediction <= 1.0);
        }
    }

    #[test]
    fn squared_error_without_sampling_keeps_the_mean_and_never_fits_worse((records, targets) in rows()) {
        let data = Dataset::new(records.clone(), targets.clone());
        let mut before = f64::INFINITY;
        for trees in [1, 5, 20] {
            let predictions = predict(&fit(&params().trees(trees).min_samples_leaf(1), &data), &records);
            let mean = targets.sum() / targets.len() as f64;
            prop_assert!((predictions.sum() / targets.len() as f64 - mean).abs() < 1e-9);
            let loss = Loss::SquaredError.mean_loss(targets.view(), predictions.view(), None).expect("rows");
            prop_assert!(loss <= before + 1e-12);
            before = loss;
        }
    }

    #[test]
    fn order_is_all_that_matters_of_a_column((records, targets) in rows(), loss in any_loss()) {
        // a strictly increasing map keeps every bin, hence every prediction on the training rows
        let moved = records.mapv(|x| x.powi(3) + x.exp());
        let settings = params().loss(loss).trees(10).min_samples_leaf(2);
        let one = fit(&settings, &Dataset::new(records.clone(), targets.clone()));
        let other = fit(&settings, &Dataset::new(moved.clone(), targets));
        prop_assert_eq!(predict(&one, &records), predict(&other, &moved));
    }

    #[test]
    fn scaling_targets_scales_predictions((records, targets) in rows(), exponent in -20_i32..20) {
        let factor = 2.0_f64.powi(exponent);
        let settings = params().trees(10).min_samples_leaf(2);
        let one = fit(&settings, &Dataset::new(records.clone(), targets.clone()));
        let other = fit(&settings, &Dataset::new(records.clone(), &targets * factor));
        prop_assert_eq!(predict(&one, &records) * factor, predict(&other, &records));
    }
}
