use linfa::Dataset;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, array};
use patron_boosting::{BoostingError, GradientBoosting, GradientBoostingParams, Loss};

use crate::data::{fit, friedman, params};

const TWEEDIE: Loss = Loss::Tweedie { power: 1.5 };

fn check(params: GradientBoostingParams, records: Array2<f64>, targets: Array1<f64>, message: &str) {
    let error = params.fit(&Dataset::new(records, targets)).unwrap_err();
    assert_eq!(error.to_string(), message);
}

#[test]
fn parameters_out_of_range_are_named() {
    let p = params;
    for (params, parameter, value) in [
        (p().trees(0), "trees", 0.0),
        (p().learning_rate(0.0), "learning_rate", 0.0),
        (p().learning_rate(1.5), "learning_rate", 1.5),
        (p().max_leaves(1), "max_leaves", 1.0),
        (p().max_leaves(5_000), "max_leaves", 5_000.0),
        (p().max_depth(Some(0)), "max_depth", 0.0),
        (p().min_samples_leaf(0), "min_samples_leaf", 0.0),
        (p().min_hessian(-1.0), "min_hessian", -1.0),
        (p().min_gain(f64::INFINITY), "min_gain", f64::INFINITY),
        (p().l2(-0.5), "l2", -0.5),
        (p().max_bins(256), "max_bins", 256.0),
        (p().max_bins(1), "max_bins", 1.0),
        (p().row_fraction(1.1), "row_fraction", 1.1),
        (p().row_frequency(0), "row_frequency", 0.0),
        (p().column_fraction(0.0), "column_fraction", 0.0),
        (p().early_stopping(Some(0)), "early_stopping", 0.0),
        (p().loss(Loss::Tweedie { power: 2.0 }), "loss.power", 2.0),
        (p().loss(Loss::Tweedie { power: 0.9 }), "loss.power", 0.9),
        (p().loss(Loss::Quantile { level: 0.0 }), "loss.level", 0.0),
        (p().loss(Loss::Quantile { level: 1.0 }), "loss.level", 1.0),
    ] {
        match params.fit(&friedman(1, 50)) {
            Err(BoostingError::Parameter { parameter: named, value: told, .. }) => {
                assert_eq!((named, told), (parameter, value));
            }
            other => panic!("{parameter} = {value}: {other:?}"),
        }
    }
    assert!(params().l2(f64::NAN).fit(&friedman(1, 50)).is_err());
    let error = params().row_fraction(1.1).fit(&friedman(1, 50)).unwrap_err();
    assert_eq!(error.to_string(), "parameter `row_fraction` is 1.1, expected more than 0 and at most 1");
}

#[test]
fn bad_data_are_told_with_their_row() {
    let x = || array![[1.0], [2.0], [3.0]];
    check(
        params(),
        Array2::zeros((0, 1)),
        Array1::zeros(0),
        "no rows to learn from: the data set is empty or all weights are 0",
    );
    check(params(), Array2::zeros((3, 0)), Array1::zeros(3), "the records have no columns");
    check(params(), x(), array![1.0, 2.0], "3 rows of records but 2 targets");
    check(params(), x(), array![1.0, f64::NAN, 2.0], "target of row 1 is NaN: targets must be finite");
    check(params(), x(), array![1.0, 2.0, f64::INFINITY], "target of row 2 is inf: targets must be finite");
    check(
        params().loss(TWEEDIE),
        x(),
        array![0.0, -2.5, 1.0],
        "target of row 1 is -2.5: Tweedie { power: 1.5 } needs targets of at least 0",
    );
    check(
        params().loss(Loss::Gamma),
        x(),
        array![0.0, 2.5, 1.0],
        "target of row 0 is 0: Gamma needs targets above 0",
    );
    check(
        params().loss(Loss::Logistic),
        x(),
        array![0.0, 1.0, 2.0],
        "target of row 2 is 2: Logistic needs targets from 0 to 1",
    );
}

#[test]
fn bad_weights_are_told_with_their_row() {
    let data = friedman(1, 3);
    let message =
        |weights: Array1<f32>| params().fit(&data.clone().with_weights(weights)).unwrap_err().to_string();
    assert_eq!(
        message(array![1.0, -1.0, 1.0]),
        "weight of row 1 is -1: weights must be finite and at least 0"
    );
    assert!(message(array![1.0, 1.0, f32::NAN]).starts_with("weight of row 2 is NaN"));
    assert_eq!(message(array![1.0]), "3 rows of records but 1 weights");
    assert!(message(array![0.0, 0.0, 0.0]).starts_with("no rows to learn from"));
}

#[test]
fn other_widths_are_refused() {
    let model = fit(&params(), &friedman(1, 100));
    let expected = "the model was trained on 10 columns, the records have 9";
    assert_eq!(model.try_predict(Array2::zeros((4, 9)).view()).unwrap_err().to_string(), expected);
    assert_eq!(model.predict_row(&[0.0; 9]).unwrap_err().to_string(), expected);
    let narrow = Dataset::new(Array2::zeros((4, 9)), Array1::zeros(4));
    assert_eq!(params().fit_with_validation(&friedman(1, 100), &narrow).unwrap_err().to_string(), expected);
}

#[test]
fn targets_beyond_floating_point_are_an_error_not_a_number() {
    let data = Dataset::new(array![[1.0], [2.0], [3.0], [4.0]], array![-1e308, 1e308, 1e308, 1e308]);
    let result = params().min_samples_leaf(1).fit(&data);
    assert!(matches!(result, Err(BoostingError::Diverged { tree: 0 })), "{result:?}");
}

#[test]
fn damaged_models_are_refused() {
    let model = fit(&params().trees(2).max_leaves(3), &friedman(1, 100));
    let stored = serde_json::to_value(&model).unwrap();
    let refuse = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut damaged = stored.clone();
        change(&mut damaged);
        serde_json::from_value::<GradientBoosting>(damaged).unwrap_err().to_string()
    };
    let damaged = "stored model is damaged: tree 1 is not a tree over 10 columns";
    assert_eq!(refuse(&|model| model["trees"][1]["left"][0] = (-9).into()), damaged);
    assert_eq!(refuse(&|model| model["trees"][1]["right"][1] = 0.into()), damaged); // a loop
    assert_eq!(refuse(&|model| model["trees"][1]["columns"][0] = 10.into()), damaged);
    assert_eq!(refuse(&|model| model["trees"][1]["leaves"] = serde_json::json!([1, 2])), damaged);
    assert_eq!(refuse(&|model| model["trees"][1]["leaf_weights"] = serde_json::json!([1, 2])), damaged);
    assert_eq!(refuse(&|model| model["trees"][1]["leaf_weights"][0] = 0.into()), damaged);
    assert_eq!(refuse(&|model| model["trees"][1]["gains"] = serde_json::json!([])), damaged);
    assert_eq!(refuse(&|model| model["trees"][1]["thresholds"] = serde_json::json!([])), damaged);
    assert_eq!(
        refuse(&|model| model["format"] = 9.into()),
        "stored model has format 9, this version reads formats 1 to 2"
    );
    assert!(
        refuse(&|model| model["loss"] = serde_json::json!({"tweedie": {"power": 3.0}}))
            .contains("loss.power")
    );
}
