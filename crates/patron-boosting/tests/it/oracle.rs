//! LightGBM's held-out losses on the same data with the same settings, made by `tests/oracle/lightgbm_losses.py`.

use linfa::Dataset;
use ndarray::{Array1, Axis};
use patron_boosting::{GradientBoosting, GradientBoostingParams, Loss, Monotone};

use crate::data::{Data, fit, friedman, predict, spend};

const LIGHTGBM: &str = include_str!("../oracle/lightgbm_losses.csv");
const LIGHTGBM_STOPPING: &str = include_str!("../oracle/lightgbm_stopping.csv");
const ROWS: usize = 4_000;

fn with_missing(data: Data) -> Data {
    Dataset::new(data.records.mapv(|x| if x < 0.2 { f64::NAN } else { x }), data.targets)
}

fn positive(data: Data) -> Data {
    let rows: Vec<usize> = (0..data.targets.len()).filter(|&row| data.targets[row] > 0.0).collect();
    Dataset::new(data.records.select(Axis(0), &rows), data.targets.select(Axis(0), &rows))
}

fn bought(data: Data) -> Data {
    Dataset::new(data.records, data.targets.mapv(|y| f64::from(y > 0.0)))
}

fn case(name: &str) -> (Loss, Box<dyn Fn(u64) -> Data>) {
    let (tweedie, quantile) = (|power| Loss::Tweedie { power }, |level| Loss::Quantile { level });
    match name {
        "squared_error" => (Loss::SquaredError, Box::new(|seed| friedman(seed, ROWS))),
        "squared_error_missing" => (Loss::SquaredError, Box::new(|seed| with_missing(friedman(seed, ROWS)))),
        "tweedie_1.5" => (tweedie(1.5), Box::new(|seed| spend(seed, ROWS))),
        "tweedie_1" => (tweedie(1.0), Box::new(|seed| spend(seed, ROWS))),
        "tweedie_1.2" => (tweedie(1.2), Box::new(|seed| spend(seed, ROWS))),
        "tweedie_1.5_missing" => (tweedie(1.5), Box::new(|seed| with_missing(spend(seed, ROWS)))),
        "gamma" => (Loss::Gamma, Box::new(|seed| positive(spend(seed, ROWS)))),
        "logistic" | "logistic_monotone" => (Loss::Logistic, Box::new(|seed| bought(spend(seed, ROWS)))),
        "squared_error_monotone" => (Loss::SquaredError, Box::new(|seed| friedman(seed, ROWS))),
        "tweedie_1.5_monotone" => (tweedie(1.5), Box::new(|seed| spend(seed, ROWS))),
        "absolute_error" => (Loss::AbsoluteError, Box::new(|seed| friedman(seed, ROWS))),
        "absolute_error_missing" => {
            (Loss::AbsoluteError, Box::new(|seed| with_missing(friedman(seed, ROWS))))
        }
        "quantile_0.1" => (quantile(0.1), Box::new(|seed| friedman(seed, ROWS))),
        "quantile_0.9" => (quantile(0.9), Box::new(|seed| friedman(seed, ROWS))),
        "quantile_0.5_spend" => (quantile(0.5), Box::new(|seed| spend(seed, ROWS))),
        "quantile_0.9_spend" => (quantile(0.9), Box::new(|seed| spend(seed, ROWS))),
        other => panic!("no such case: {other}"),
    }
}

/// What LightGBM was given, directions against the data among them.
fn settings(name: &str, loss: Loss) -> GradientBoostingParams {
    use Monotone::{Falling, Free, Rising};
    let settings = GradientBoosting::params().loss(loss).max_leaves(15).l2(1.0);
    match name {
        "squared_error_monotone" => {
            settings.monotone([Free, Free, Rising, Rising, Rising, Falling, Free, Free, Free, Free])
        }
        "tweedie_1.5_monotone" | "logistic_monotone" => {
            settings.monotone([Rising, Rising, Falling, Free, Free])
        }
        _ => settings,
    }
}

/// What LightGBM's script reports of the training rows: a ratio of means, or the share of targets below,
/// those less than a hundredth above included: predictions next to a target of exactly 0 are on either side of it.
fn on_training_rows(loss: Loss, targets: &Array1<f64>, predictions: &Array1<f64>) -> f64 {
    match loss {
        Loss::AbsoluteError | Loss::Quantile { .. } => {
            let below = targets.iter().zip(predictions).filter(|(y, mu)| **y < **mu + 0.01).count();
            below as f64 / targets.len() as f64
        }
        _ => predictions.mean().unwrap() / targets.mean().unwrap(),
    }
}

/// Difference between the losses, as a share, that is put down to bins and ties: LightGBM's leaves hold interpolated
/// quantiles, ours minimisers, which differ more far from the median.
fn allowed(name: &str) -> f64 {
    if name.starts_with("quantile") { 0.04 } else { 0.02 }
}

#[test]
fn held_out_losses_are_those_of_lightgbm() {
    let lines = LIGHTGBM.lines().skip(1);
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let [name, trees, loss, training_figure] = fields[..] else { panic!("four fields: {line}") };
        let [theirs, their_figure] = [loss, training_figure].map(|number| number.parse::<f64>().unwrap());
        let (loss, make) = case(name);
        let (training, test) = (make(1), make(2));
        let model = fit(&settings(name, loss).trees(trees.parse().unwrap()), &training);
        let held_out = predict(&model, &test.records);
        let ours = loss.mean_loss(test.targets.view(), held_out.view(), None).unwrap();
        let our_figure = on_training_rows(loss, &training.targets, &predict(&model, &training.records));
        println!("{name} {trees}: {ours:.6} {theirs:.6}, training {our_figure:.5} {their_figure:.5}");
        let allowed = allowed(name);
        assert!((ours - theirs).abs() < allowed * theirs.abs(), "{name} {trees}: {ours} against {theirs}");
        // half of the targets of `spend` are exactly 0, and a median next to 0 moves many of them at once
        let tolerance = if name == "quantile_0.5_spend" { 0.03 } else { 0.01 };
        assert!(
            (our_figure - their_figure).abs() < tolerance,
            "{name} {trees}: {our_figure} against {their_figure}"
        );
    }
}

#[test]
fn early_stopping_ends_no_worse_than_lightgbm() {
    for line in LIGHTGBM_STOPPING.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [name, trees, loss] = fields[..] else { panic!("three fields: {line}") };
        let theirs: f64 = loss.parse().unwrap();
        let (loss, make) = case(name);
        let settings = settings(name, loss).trees(400).early_stopping(Some(20));
        let model = settings.fit_with_validation(&make(1), &make(2)).unwrap();
        let ours = model.validation_losses()[model.trees() - 1];
        println!("{name}: {} {trees} trees, {ours:.6} {theirs:.6}", model.trees());
        assert!(ours < theirs * (1.0 + allowed(name)), "{name}: {ours} against {theirs}");
        // near its lowest point the loss is flat, and a small rise can end either: trees are not compared
        assert!(model.trees() < 400, "{name}: it stopped early");
    }
}
