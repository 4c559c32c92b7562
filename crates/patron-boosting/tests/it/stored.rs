//! Models and settings written by earlier versions.

use patron_boosting::{BoostingError, GradientBoosting, GradientBoostingParams, Loss, Monotone};

use crate::data::{fit, friedman, params, predict};

/// Written by the version that had format 1: squared error, `params()` with 3 trees of 4 leaves, `friedman(1, 60)`
/// validated on `friedman(2, 40)`.
const FORMAT_1: &str = include_str!("../stored/format_1.json");

fn format_1() -> GradientBoosting {
    serde_json::from_str(FORMAT_1).unwrap()
}

#[test]
fn models_of_format_1_predict_as_they_did() {
    let old = format_1();
    let settings = params().trees(3).max_leaves(4);
    let new = settings.fit_with_validation(&friedman(1, 60), &friedman(2, 40)).unwrap();
    let records = friedman(3, 200).records;
    assert_eq!(predict(&old, &records), predict(&new, &records));
    assert_eq!(old.validation_losses(), new.validation_losses());
    assert_eq!(old.feature_importance(), new.feature_importance());
}

#[test]
fn models_of_format_1_say_why_they_cannot_be_explained() {
    let old = format_1();
    let error = old.contributions_row(&[0.0; 10]).unwrap_err();
    assert!(matches!(error, BoostingError::NoLeafWeights));
    assert_eq!(
        error.to_string(),
        "the model was stored without the weights of its leaves: train it again to explain its predictions"
    );
    assert!(old.expected_score().is_err());
    // and stay what they are when they are stored again
    let again: serde_json::Value = serde_json::to_value(&old).unwrap();
    assert_eq!(again["format"], 1);
    assert_eq!(serde_json::from_value::<GradientBoosting>(again).unwrap(), old);
}

#[test]
fn models_of_every_kind_come_back_bit_for_bit() {
    let data = friedman(4, 200);
    let directions = [Monotone::Free, Monotone::Rising, Monotone::Falling].repeat(4);
    for loss in [Loss::AbsoluteError, Loss::Quantile { level: 0.3 }, Loss::SquaredError] {
        let settings = params().loss(loss).trees(5).monotone(&directions[..10]);
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(settings, serde_json::from_str(&text).unwrap());
        let model = fit(&settings, &data);
        let back: GradientBoosting = serde_json::from_str(&serde_json::to_string(&model).unwrap()).unwrap();
        assert_eq!(model, back);
        let [one, other] = [&model, &back].map(|model| model.contributions(data.records.view()).unwrap());
        assert_eq!(one, other);
    }
}

#[test]
fn settings_without_the_newer_names_are_read() {
    let settings: GradientBoostingParams = serde_json::from_str(r#"{"trees": 7, "loss": "gamma"}"#).unwrap();
    assert_eq!(settings, GradientBoosting::params().trees(7).loss(Loss::Gamma));
    let settings: GradientBoostingParams =
        serde_json::from_str(r#"{"loss": {"quantile": {"level": 0.9}}, "monotone": ["rising", "free"]}"#)
            .unwrap();
    let same = GradientBoosting::params().loss(Loss::Quantile { level: 0.9 });
    assert_eq!(settings, same.monotone([Monotone::Rising, Monotone::Free]));
}
