//! LightGBM's held-out losses on the same data with the same settings, made by `tests/oracle/lightgbm_losses.py`.

use linfa::Dataset;
use ndarray::Axis;
use patron_boosting::{GradientBoosting, Loss};

use crate::data::{Data, fit, friedman, predict, spend};

const LIGHTGBM: &str = include_str!("../oracle/lightgbm_losses.csv");
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
    let tweedie = |power| Loss::Tweedie { power };
    match name {
        "squared_error" => (Loss::SquaredError, Box::new(|seed| friedman(seed, ROWS))),
        "squared_error_missing" => (Loss::SquaredError, Box::new(|seed| with_missing(friedman(seed, ROWS)))),
        "tweedie_1.5" => (tweedie(1.5), Box::new(|seed| spend(seed, ROWS))),
        "tweedie_1.2" => (tweedie(1.2), Box::new(|seed| spend(seed, ROWS))),
        "tweedie_1.5_missing" => (tweedie(1.5), Box::new(|seed| with_missing(spend(seed, ROWS)))),
        "gamma" => (Loss::Gamma, Box::new(|seed| positive(spend(seed, ROWS)))),
        "logistic" => (Loss::Logistic, Box::new(|seed| bought(spend(seed, ROWS)))),
        other => panic!("no such case: {other}"),
    }
}

#[test]
fn held_out_losses_are_those_of_lightgbm() {
    let lines = LIGHTGBM.lines().skip(1);
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let [name, trees, loss, ratio] = fields[..] else { panic!("four fields: {line}") };
        let [theirs, their_ratio] = [loss, ratio].map(|number| number.parse::<f64>().unwrap());
        let (loss, make) = case(name);
        let (training, test) = (make(1), make(2));
        let settings = GradientBoosting::params()
            .loss(loss)
            .trees(trees.parse().unwrap())
            .learning_rate(0.1)
            .max_leaves(15)
            .min_samples_leaf(20)
            .l2(1.0);
        let model = fit(&settings, &training);
        let held_out = predict(&model, &test.records);
        let ours = loss.mean_loss(test.targets.view(), held_out.view(), None).unwrap();
        let our_ratio = predict(&model, &training.records).mean().unwrap() / training.targets.mean().unwrap();
        println!("{name} {trees}: {ours:.6} {theirs:.6}, mean ratio {our_ratio:.5} {their_ratio:.5}");
        assert!((ours - theirs).abs() < 0.02 * theirs.abs(), "{name} {trees}: {ours} against {theirs}");
        assert!((our_ratio - their_ratio).abs() < 0.01, "{name} {trees}: {our_ratio} against {their_ratio}");
    }
}
