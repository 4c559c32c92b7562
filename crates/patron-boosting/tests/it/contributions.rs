//! Contributions against Shapley values by enumeration, and against LightGBM's.

use linfa::Dataset;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, Axis};
use patron_boosting::{BoostingError, GradientBoosting, Loss, Monotone};
use serde_json::Value;

use crate::data::{Data, fit, params, spend, uniform, uniform_records};

const LIGHTGBM: &str = include_str!("../oracle/lightgbm_contributions.json");

/// A stored tree as its fields tell it.
struct Plain {
    columns: Vec<usize>,
    thresholds: Vec<f64>,
    missing_left: Vec<bool>,
    children: Vec<[i64; 2]>,
    leaves: Vec<f64>,
    weights: Vec<f64>,
}

fn plain_trees(model: &GradientBoosting) -> (f64, Vec<Plain>) {
    let stored = serde_json::to_value(model).unwrap();
    let integers = |tree: &Value, name: &str| -> Vec<i64> {
        tree[name].as_array().unwrap().iter().map(|value| value.as_i64().unwrap()).collect()
    };
    let floats = |tree: &Value, name: &str| -> Vec<f64> {
        tree[name].as_array().unwrap().iter().map(|value| f64::from_bits(value.as_u64().unwrap())).collect()
    };
    let tree = |tree: &Value| Plain {
        columns: integers(tree, "columns").into_iter().map(|column| column as usize).collect(),
        thresholds: floats(tree, "thresholds"),
        missing_left: tree["missing_left"].as_array().unwrap().iter().map(|v| v.as_bool().unwrap()).collect(),
        children: integers(tree, "left")
            .into_iter()
            .zip(integers(tree, "right"))
            .map(|(l, r)| [l, r])
            .collect(),
        leaves: floats(tree, "leaves"),
        weights: floats(tree, "leaf_weights"),
    };
    let base = f64::from_bits(stored["base"].as_u64().unwrap());
    (base, stored["trees"].as_array().unwrap().iter().map(tree).collect())
}

impl Plain {
    fn weight(&self, child: i64) -> f64 {
        if child < 0 {
            return self.weights[(-child - 1) as usize];
        }
        self.children[child as usize].iter().map(|&child| self.weight(child)).sum()
    }

    /// Expected value below `child` when the columns of `known` are the row's and the others are averaged over the
    /// training rows: algorithm 1 of Lundberg, Erion & Lee (2018).
    fn worth(&self, child: i64, row: &[f64], known: u32) -> f64 {
        if child < 0 {
            return self.leaves[(-child - 1) as usize];
        }
        let node = child as usize;
        let [left, right] = self.children[node];
        let value = row[self.columns[node]];
        if known >> self.columns[node] & 1 == 1 {
            let to_left =
                if value.is_nan() { self.missing_left[node] } else { value <= self.thresholds[node] };
            return self.worth(if to_left { left } else { right }, row, known);
        }
        let [one, other] = [left, right].map(|child| self.weight(child) * self.worth(child, row, known));
        (one + other) / self.weight(child)
    }
}

/// Shapley values by their definition, over all coalitions.
fn by_enumeration(model: &GradientBoosting, row: &[f64]) -> (f64, Vec<f64>) {
    let (base, trees) = plain_trees(model);
    let n = row.len();
    let worth: Vec<f64> = (0..1_u32 << n)
        .map(|known| base + trees.iter().map(|tree| tree.worth(0, row, known)).sum::<f64>())
        .collect();
    let factorial = |k: usize| (1..=k).map(|i| i as f64).product::<f64>();
    let value = |column: usize| {
        let without = (0..1_u32 << n).filter(|known| known >> column & 1 == 0);
        without
            .map(|known| {
                let s = known.count_ones() as usize;
                let weight = factorial(s) * factorial(n - s - 1) / factorial(n);
                weight * (worth[(known | 1 << column) as usize] - worth[known as usize])
            })
            .sum()
    };
    (worth[0], (0..n).map(value).collect())
}

/// Few rows with ties and missing values, so that trees ask a column more than once and rows of any kind occur.
fn patchy(seed: u64, rows: usize, columns: usize) -> Data {
    let mut records = uniform_records(seed, rows, columns).mapv(|x| (x * 12.0).floor());
    let cells = records.indexed_iter_mut();
    cells
        .filter(|((row, column), _)| uniform(seed + 1, row * columns + column) < 0.15)
        .for_each(|(_, cell)| *cell = f64::NAN);
    let targets = Array1::from_shape_fn(rows, |row| {
        let x = |column| if f64::is_nan(records[[row, column]]) { 4.0 } else { records[[row, column]] };
        (x(0) * x(1) + 3.0 * x(2) + uniform(seed + 2, row) * 10.0).abs()
    });
    Dataset::new(records, targets)
}

#[test]
fn contributions_are_shapley_values() {
    for (case, columns) in [(1_u64, 1), (2, 3), (3, 6), (4, 9)] {
        let data = patchy(case, 150, columns.max(3));
        let data =
            Dataset::new(data.records.slice_axis(Axis(1), (..columns).into()).to_owned(), data.targets);
        let weights = Array1::from_shape_fn(150, |row| 0.5 + uniform(case + 40, row) as f32);
        for (weighted, leaves) in [(false, 4), (true, 16)] {
            let data = if weighted { data.clone().with_weights(weights.clone()) } else { data.clone() };
            let settings = params().trees(4).max_leaves(leaves).min_samples_leaf(1).row_fraction(0.8);
            let model = fit(&settings.loss(Loss::Tweedie { power: 1.5 }), &data);
            let mut rows: Vec<Vec<f64>> =
                data.records.rows().into_iter().take(6).map(|row| row.to_vec()).collect();
            rows.push(vec![f64::NAN; columns]);
            rows.push(vec![f64::INFINITY; columns]);
            for row in rows {
                let (expected, values) = by_enumeration(&model, &row);
                assert!((model.expected_score().unwrap() - expected).abs() < 1e-12);
                let found = model.contributions_row(&row).unwrap();
                let apart = found.iter().zip(&values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                assert!(apart < 1e-12, "{columns} columns, {leaves} leaves: {found:?} {values:?}");
            }
        }
    }
}

#[test]
fn lightgbm_explains_the_same_trees_alike() {
    let oracle: Value = serde_json::from_str(LIGHTGBM).unwrap();
    let model: GradientBoosting = serde_json::from_value(oracle["model"].clone()).unwrap();
    let rows = |name: &str| -> Vec<Vec<f64>> {
        let numbers =
            |row: &Value| row.as_array().unwrap().iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect();
        oracle[name].as_array().unwrap().iter().map(numbers).collect()
    };
    let scores: Vec<f64> = oracle["scores"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
    for ((row, theirs), score) in rows("records").iter().zip(rows("contributions")).zip(scores) {
        assert!((model.predict_row(row).unwrap() - score).abs() < 1e-9);
        let mut ours = model.contributions_row(row).unwrap();
        ours.push(model.expected_score().unwrap());
        assert_eq!(ours.len(), theirs.len());
        for (a, b) in ours.iter().zip(&theirs) {
            assert!((a - b).abs() < 1e-9, "{row:?}: {ours:?} {theirs:?}");
        }
    }
}

#[test]
fn contributions_add_up_to_the_raw_score_even_in_deep_trees() {
    let records = uniform_records(5, 3_000, 40);
    let targets =
        Array1::from_shape_fn(3_000, |row| records.row(row).sum() + 5.0 * records[[row, 0]].powi(2));
    let data = Dataset::new(records, targets);
    // hundreds of leaves, so that paths ask more columns than four or eight points integrate
    let settings = params().trees(5).max_leaves(400).min_samples_leaf(1).learning_rate(0.5);
    let model = fit(&settings.monotone(vec![Monotone::Rising; 40]), &data);
    let scores = model.try_scores(data.records.view()).unwrap();
    let contributions = model.contributions(data.records.view()).unwrap();
    let expected = model.expected_score().unwrap();
    for (row, score) in contributions.rows().into_iter().zip(&scores) {
        assert!(
            (expected + row.sum() - score).abs() < 1e-11 * score.abs(),
            "{} {score}",
            expected + row.sum()
        );
    }
    // their mean over the training rows need not vanish, but the largest must be near the truth: the first column
    let sizes = contributions.mapv(f64::abs).mean_axis(Axis(0)).unwrap();
    assert!((1..40).all(|column| sizes[0] > 2.0 * sizes[column]), "{sizes}");
}

#[test]
fn rows_alone_in_any_layout_and_at_any_number_of_threads_are_explained_alike() {
    let data = spend(1, 2_000);
    let model = fit(&params().loss(Loss::Tweedie { power: 1.5 }), &data);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| model.contributions(data.records.view()).unwrap())
    };
    let batch = run(1);
    assert_eq!(batch, run(3));
    assert_eq!(batch, model.contributions(data.records.t().as_standard_layout().t()).unwrap());
    for (row, together) in data.records.rows().into_iter().zip(batch.rows()).take(200) {
        assert_eq!(model.contributions_row(&row.to_vec()).unwrap(), together.to_vec());
    }
    assert_eq!(model.contributions(Array2::zeros((0, 5)).view()).unwrap().dim(), (0, 5));
}

#[test]
fn columns_never_asked_contribute_nothing() {
    let records = uniform_records(1, 300, 3);
    let targets = records.column(1).mapv(|x| if x < 0.4 { 2.0 } else { 7.0 });
    let data = Dataset::new(records.clone(), targets);
    let model = fit(&params().trees(1).learning_rate(1.0).max_leaves(2), &data);
    let below = records.column(1).iter().filter(|&&x| x < 0.4).count() as f64 / 300.0;
    let expected = 2.0 * below + 7.0 * (1.0 - below);
    let contributions = model.contributions_row(&[0.9, 0.1, 0.9]).unwrap();
    assert_eq!([contributions[0], contributions[2]], [0.0, 0.0]);
    assert!((contributions[1] - (2.0 - expected)).abs() < 1e-12);
    assert!((model.expected_score().unwrap() - expected).abs() < 1e-12);
    // a model without trees is all base
    let constant = params().fit(&Dataset::new(records, Array1::from_elem(300, 4.0))).unwrap();
    assert_eq!(constant.contributions_row(&[0.1; 3]).unwrap(), [0.0; 3]);
    assert_eq!(constant.expected_score().unwrap(), 4.0);
}

#[test]
fn other_widths_are_refused() {
    let model = fit(&params().trees(2), &spend(1, 100));
    let refused = model.contributions(Array2::zeros((2, 4)).view());
    assert!(matches!(refused, Err(BoostingError::ColumnMismatch { expected: 5, found: 4 })));
    assert!(model.contributions_row(&[1.0; 6]).is_err());
    assert!(model.try_scores(Array2::zeros((2, 4)).view()).is_err());
}
