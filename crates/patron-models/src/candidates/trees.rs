//! Gradient-boosted trees on the features of the history.

use linfa::Dataset;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, Axis};
use patron_boosting::{GradientBoosting, GradientBoostingParams, Loss};
use serde::{Deserialize, Serialize};

use super::{ForecasterName, Serving, Study};
use crate::ModelError;
use crate::book::View;
use crate::forecaster::{MOST_NODES, is_size};

/// Variance power between counts (1) and amounts (2).
const TWEEDIE_POWER: f64 = 1.5;

/// One model with Tweedie loss, brought back to the level of its training data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Boosting {
    trees: GradientBoosting,
    /// Σ actual ÷ Σ predicted over the training rows: a logarithmic link does not keep the sum.
    level: f64,
    pub(crate) rows: usize,
    pub(crate) origins: usize,
}

impl Boosting {
    pub(super) fn fit(study: &Study<'_>) -> Result<Self, ModelError> {
        let training = study.training(ForecasterName::Boosting)?;
        let (x, y) = (&training.features, &training.values);
        let trees = grow(Loss::Tweedie { power: TWEEDIE_POWER }, x.clone(), y.clone(), study.seed)?;
        let level = level(&trees, x, y)?;
        Ok(Self { trees, level, rows: x.nrows(), origins: training.views.len() })
    }

    pub(super) fn takes(&self, columns: usize) -> bool {
        self.trees.columns() == columns
    }

    pub(super) fn is_sound(&self) -> bool {
        is_size(self.level) && self.nodes() <= MOST_NODES
    }

    /// Inner nodes of all trees: what a forecast costs.
    pub(super) fn nodes(&self) -> usize {
        nodes(&self.trees)
    }

    pub(super) fn base_value(&self, serving: &Serving<'_>, view: &View<'_>) -> Vec<f64> {
        scaled(&self.trees, view.features(serving.spec), self.level)
    }

    /// Share of the gain per feature.
    pub(crate) fn importance(&self) -> Vec<f64> {
        self.trees.feature_importance().gain_shares()
    }

    pub(crate) fn trees(&self) -> usize {
        self.trees.trees()
    }
}

/// Chance to buy × net revenue of those who buy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TwoPart {
    buys: GradientBoosting,
    spends: GradientBoosting,
    level: f64,
}

impl TwoPart {
    pub(super) fn fit(study: &Study<'_>) -> Result<Self, ModelError> {
        let training = study.training(ForecasterName::TwoPart)?;
        let (x, y) = (&training.features, &training.values);
        let buyers: Vec<usize> = (0..y.len()).filter(|&row| y[row] > 0.0).collect();
        let bought = y.mapv(|value| if value > 0.0 { 1.0 } else { 0.0 });
        let buys = grow(Loss::Logistic, x.clone(), bought, study.seed)?;
        let (buyers_x, buyers_y) = (x.select(Axis(0), &buyers), y.select(Axis(0), &buyers));
        if buyers.is_empty() {
            return Err(ModelError::NotEnough {
                model: "two-part",
                what: "customers who bought again",
                needed: 1,
                found: 0,
            });
        }
        let spends = grow(Loss::Gamma, buyers_x, buyers_y, study.seed)?;
        let mut fitted = Self { buys, spends, level: 1.0 };
        let predicted: f64 = fitted.product(x).iter().sum();
        fitted.level = if predicted > 0.0 { y.sum() / predicted } else { 0.0 };
        Ok(fitted)
    }

    pub(super) fn takes(&self, columns: usize) -> bool {
        self.buys.columns() == columns && self.spends.columns() == columns
    }

    pub(super) fn is_sound(&self) -> bool {
        is_size(self.level) && self.nodes() <= MOST_NODES
    }

    /// Inner nodes of all trees: what a forecast costs.
    pub(super) fn nodes(&self) -> usize {
        nodes(&self.buys) + nodes(&self.spends)
    }

    pub(super) fn base_value(&self, serving: &Serving<'_>, view: &View<'_>) -> Vec<f64> {
        self.product(view.features(serving.spec))
    }

    fn product(&self, x: &Array2<f64>) -> Vec<f64> {
        let (chance, amount) = (scaled(&self.buys, x, 1.0), scaled(&self.spends, x, self.level));
        chance.into_iter().zip(amount).map(|(chance, amount)| chance * amount).collect()
    }
}

fn nodes(trees: &GradientBoosting) -> usize {
    trees.feature_importance().splits.iter().sum()
}

fn grow(loss: Loss, x: Array2<f64>, y: Array1<f64>, seed: u64) -> Result<GradientBoosting, ModelError> {
    let weight = match loss {
        // second derivatives of a row at the mean: the smallest leaf holds as much of them as 30 ordinary rows,
        // so that a few customers of great value may have a leaf of their own, and a few of little value may not
        Loss::Tweedie { power } => y.mean().unwrap_or(0.0).max(0.0).powf(2.0 - power),
        Loss::Logistic => 0.25,
        Loss::SquaredError | Loss::Gamma | Loss::AbsoluteError | Loss::Quantile { .. } => 1.0,
    };
    Ok(settings(loss, weight, seed).fit(&Dataset::new(x, y))?)
}

/// Small trees and many: on every log tried they beat larger ones, and they are quick.
fn settings(loss: Loss, row_hessian: f64, seed: u64) -> GradientBoostingParams {
    GradientBoosting::params()
        .loss(loss)
        .trees(200)
        .learning_rate(0.03)
        .max_leaves(8)
        .min_samples_leaf(3)
        .min_hessian(30.0 * row_hessian)
        .row_fraction(0.8)
        .column_fraction(0.8)
        .l2(1.0)
        .seed(seed)
}

fn level(trees: &GradientBoosting, x: &Array2<f64>, y: &Array1<f64>) -> Result<f64, ModelError> {
    let predicted = trees.try_predict(x.view())?.sum();
    Ok(if predicted > 0.0 { y.sum() / predicted } else { 0.0 })
}

/// Predictions × level. The widths match: one spec made all features, and a stored model is checked against its own.
fn scaled(trees: &GradientBoosting, x: &Array2<f64>, level: f64) -> Vec<f64> {
    let predicted = trees.try_predict(x.view()).unwrap_or_else(|_| Array1::zeros(x.nrows()));
    predicted.into_iter().map(|value| value * level).collect()
}
