//! Gradient-boosted trees on what is known of the history.

use linfa::traits::Fit;
use linfa::{Dataset, DatasetBase};
use ndarray::{Array1, Array2, Axis};
use patron_boosting::{GradientBoosting, GradientBoostingParams, Loss};
use serde::{Deserialize, Serialize};

use super::study::Training;
use super::{ForecasterName, Learned, Serving, Study};
use crate::ModelError;
use crate::book::View;
use crate::forecaster::{MOST_NODES, is_size};

/// Variance power between counts (1) and amounts (2).
pub(super) const TWEEDIE_POWER: f64 = 1.5;

/// Largest share of what came of all rows that one row shapes trees with: who brings more is one customer, not a rule.
const LARGEST_SHARE: f64 = 0.02;

/// How many trees, and how many ordinary rows their smallest leaf stands for.
#[derive(Clone, Copy)]
pub(super) struct Growth {
    pub(super) trees: usize,
    pub(super) leaf_rows: f64,
}

/// Small trees and many: on every log tried they beat larger ones, and they are quick.
pub(super) const MANY: Growth = Growth { trees: 200, leaf_rows: 30.0 };
/// Trees that correct a guess have less to tell.
pub(super) const FEW: Growth = Growth { trees: 100, leaf_rows: 60.0 };

/// One model with Tweedie loss, brought back to the level of its training data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Boosting {
    trees: GradientBoosting,
    /// Σ actual ÷ Σ predicted over the training rows: a logarithmic link does not keep the sum.
    level: f64,
    rows: usize,
}

impl Boosting {
    pub(super) fn fit(study: &Study<'_>) -> Result<Self, ModelError> {
        let training = study.training(ForecasterName::Boosting)?;
        let (x, y) = (&training.inputs, &training.values);
        let weight = y.mean().unwrap_or(0.0).max(0.0).powf(2.0 - TWEEDIE_POWER);
        let trees = grow(
            Loss::Tweedie { power: TWEEDIE_POWER },
            MANY,
            weight,
            Dataset::new(x.clone(), capped(y)),
            study.seed,
        )?;
        let level = ratio(y.sum(), predicted(&trees, x).sum());
        Ok(Self { trees, level, rows: x.nrows() })
    }

    pub(super) fn takes(&self, columns: usize) -> bool {
        self.trees.columns() == columns
    }

    pub(super) fn is_sound(&self) -> bool {
        is_size(self.level) && nodes(&self.trees) <= MOST_NODES
    }

    pub(super) fn base_value(&self, serving: &Serving<'_>, view: &View<'_>) -> Vec<f64> {
        predicted(&self.trees, serving.inputs(view)).into_iter().map(|value| value * self.level).collect()
    }

    pub(super) fn learned(&self) -> Learned {
        learned(&self.trees, self.rows)
    }
}

/// The chance to spend anything, by boosted trees with logistic loss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Buys {
    trees: GradientBoosting,
}

impl Buys {
    pub(super) fn fit(training: &Training<'_>, seed: u64) -> Result<Self, ModelError> {
        let bought = training.values.mapv(|value| if value > 0.0 { 1.0 } else { 0.0 });
        let rows = Dataset::new(training.inputs.clone(), bought);
        Ok(Self { trees: grow(Loss::Logistic, MANY, 0.25, rows, seed)? })
    }

    pub(super) fn chances(&self, x: &Array2<f64>) -> Array1<f64> {
        predicted(&self.trees, x)
    }

    pub(super) fn takes(&self, columns: usize) -> bool {
        self.trees.columns() == columns
    }

    pub(super) fn nodes(&self) -> usize {
        nodes(&self.trees)
    }
}

/// Chance to buy × net revenue of those who buy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TwoPart {
    buys: Buys,
    spends: GradientBoosting,
    level: f64,
}

impl TwoPart {
    pub(super) fn fit(study: &Study<'_>) -> Result<Self, ModelError> {
        let training = study.training(ForecasterName::TwoPart)?;
        let buyers = training.buyers("two-part")?;
        let (x, y) = (&training.inputs, &training.values);
        let rows = Dataset::new(x.select(Axis(0), &buyers), capped(y).select(Axis(0), &buyers));
        let spends = grow(Loss::Gamma, MANY, 1.0, rows, study.seed)?;
        let mut fitted = Self { buys: training.buys(study.seed)?, spends, level: 1.0 };
        fitted.level = ratio(y.sum(), fitted.product(x).iter().sum());
        Ok(fitted)
    }

    pub(super) fn takes(&self, columns: usize) -> bool {
        self.buys.takes(columns) && self.spends.columns() == columns
    }

    pub(super) fn is_sound(&self) -> bool {
        is_size(self.level) && self.buys.nodes() + nodes(&self.spends) <= MOST_NODES
    }

    pub(super) fn base_value(&self, serving: &Serving<'_>, view: &View<'_>) -> Vec<f64> {
        self.product(serving.inputs(view))
    }

    fn product(&self, x: &Array2<f64>) -> Vec<f64> {
        let pairs = self.buys.chances(x).into_iter().zip(predicted(&self.spends, x));
        pairs.map(|(chance, amount)| chance * amount * self.level).collect()
    }
}

/// Inner nodes of all trees: what a forecast costs.
pub(super) fn nodes(trees: &GradientBoosting) -> usize {
    trees.feature_importance().splits.iter().sum()
}

pub(super) fn learned(trees: &GradientBoosting, rows: usize) -> Learned {
    let importance = trees.feature_importance().gain_shares();
    Learned { importance, trees: trees.trees(), rows }
}

/// Grows trees on rows with a target each. `row_hessian`: second derivative of an ordinary row at the mean; the
/// smallest leaf holds as much of them as so many rows, so that a few customers of great value may have a leaf of their
/// own, and a few of little value may not.
pub(super) fn grow(
    loss: Loss,
    growth: Growth,
    row_hessian: f64,
    rows: DatasetBase<Array2<f64>, Array1<f64>>,
    seed: u64,
) -> Result<GradientBoosting, ModelError> {
    Ok(settings(loss, growth, row_hessian, seed).fit(&rows)?)
}

fn settings(loss: Loss, growth: Growth, row_hessian: f64, seed: u64) -> GradientBoostingParams {
    GradientBoosting::params()
        .loss(loss)
        .trees(growth.trees)
        .learning_rate(0.03)
        .max_leaves(8)
        .min_samples_leaf(3)
        .min_hessian(growth.leaf_rows * row_hessian)
        .row_fraction(0.8)
        .column_fraction(0.8)
        .l2(1.0)
        .seed(seed)
}

/// What trees are shaped by: no row with more than its share of the sum. The level is that of the values as they came, so
/// what is taken off here is given back.
pub(super) fn capped(values: &Array1<f64>) -> Array1<f64> {
    let most = LARGEST_SHARE * values.sum();
    if most > 0.0 { values.mapv(|value| value.min(most)) } else { values.clone() }
}

/// `actual` ÷ `predicted`, 0 where nothing was predicted.
pub(super) fn ratio(actual: f64, predicted: f64) -> f64 {
    if predicted > 0.0 { actual / predicted } else { 0.0 }
}

/// The widths match: one spec made all inputs, and a stored model is checked against its own.
pub(super) fn predicted(trees: &GradientBoosting, x: &Array2<f64>) -> Array1<f64> {
    trees.try_predict(x.view()).unwrap_or_else(|_| Array1::zeros(x.nrows()))
}
