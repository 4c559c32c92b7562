//! Trees that correct a first guess by a factor: `docs/models/forecast.md`.

use linfa::Dataset;
use ndarray::{Array1, Array2, Axis};
use patron_boosting::{GradientBoosting, Loss};
use serde::{Deserialize, Serialize};

use super::inputs::Anchor;
use super::trees::{Buys, FEW, MANY, TWEEDIE_POWER, capped, grow, learned, nodes, predicted, ratio};
use super::{ForecasterName, Learned, Serving, Study};
use crate::ModelError;
use crate::book::View;
use crate::forecaster::{MOST_NODES, is_size};

/// Value = anchor × eᶠ with Tweedie loss.
///
/// With m the anchor, ℓ(y, m·f) = m²⁻ᵖ·ℓ(y ÷ m, f) up to a constant: the trees see the ratios y ÷ m, weighted by m²⁻ᵖ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct BoostingBtyd {
    anchor: Anchor,
    trees: GradientBoosting,
    level: f64,
    rows: usize,
}

impl BoostingBtyd {
    pub(super) fn fit(study: &Study<'_>) -> Result<Self, ModelError> {
        let training = study.training(ForecasterName::BoostingBtyd)?;
        let (x, y, anchors) = (&training.inputs, &training.values, &training.anchors);
        let ratios: Array1<f64> = &capped(y) / anchors;
        let weights = anchors.mapv(|anchor| anchor.powf(2.0 - TWEEDIE_POWER));
        let mean_weight = weights.mean().unwrap_or(1.0);
        let weights = weights / mean_weight;
        let mean = ratio((&ratios * &weights).sum(), weights.sum());
        let rows = Dataset::new(x.clone(), ratios).with_weights(weights.mapv(|weight| weight as f32));
        let loss = Loss::Tweedie { power: TWEEDIE_POWER };
        let trees = grow(loss, FEW, mean.powf(2.0 - TWEEDIE_POWER), rows, study.seed)?;
        let level = ratio(y.sum(), (predicted(&trees, x) * anchors).sum());
        Ok(Self { anchor: study.anchor(), trees, level, rows: x.nrows() })
    }

    pub(super) fn takes(&self, columns: usize) -> bool {
        self.trees.columns() == columns
    }

    pub(super) fn is_sound(&self) -> bool {
        is_size(self.level) && self.anchor.is_sound() && nodes(&self.trees) <= MOST_NODES
    }

    pub(super) fn base_value(&self, serving: &Serving<'_>, view: &View<'_>) -> Vec<f64> {
        let factors = predicted(&self.trees, serving.inputs(view));
        let guesses = self.anchor.values(view, Some(serving.btyd), serving.first, serving.base_days);
        factors.into_iter().zip(guesses).map(|(factor, guess)| factor * guess * self.level).collect()
    }

    pub(super) fn learned(&self) -> Learned {
        learned(&self.trees, self.rows)
    }
}

/// Chance to buy × anchor × eᶠ, f learned by squared error on ln(amount ÷ anchor) of those who bought; brought back
/// from logarithms by one factor, learned on the training rows (smearing).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TwoPartLog {
    anchor: Anchor,
    buys: Buys,
    spends: GradientBoosting,
    smearing: f64,
}

impl TwoPartLog {
    pub(super) fn fit(study: &Study<'_>) -> Result<Self, ModelError> {
        let training = study.training(ForecasterName::TwoPartLog)?;
        let buyers = training.buyers("two-part-log")?;
        let (x, y, anchors) = (&training.inputs, &training.values, &training.anchors);
        let logs = buyers.iter().map(|&row| (y[row] / anchors[row]).ln()).collect();
        let rows = Dataset::new(x.select(Axis(0), &buyers), logs);
        let spends = grow(Loss::SquaredError, MANY, 1.0, rows, study.seed)?;
        let mut fitted =
            Self { anchor: study.anchor(), buys: training.buys(study.seed)?, spends, smearing: 1.0 };
        let expected: f64 = fitted.product(x, anchors.iter().copied()).sum();
        fitted.smearing = ratio(y.sum(), expected);
        Ok(fitted)
    }

    pub(super) fn takes(&self, columns: usize) -> bool {
        self.buys.takes(columns) && self.spends.columns() == columns
    }

    pub(super) fn is_sound(&self) -> bool {
        let few = self.buys.nodes() + nodes(&self.spends) <= MOST_NODES;
        is_size(self.smearing) && self.anchor.is_sound() && few
    }

    pub(super) fn base_value(&self, serving: &Serving<'_>, view: &View<'_>) -> Vec<f64> {
        let guesses = self.anchor.values(view, Some(serving.btyd), serving.first, serving.base_days);
        self.product(serving.inputs(view), guesses.into_iter()).collect()
    }

    fn product(&self, x: &Array2<f64>, anchors: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
        let pairs = self.buys.chances(x).into_iter().zip(predicted(&self.spends, x)).zip(anchors);
        pairs.map(|((chance, log), anchor)| chance * log.exp() * anchor * self.smearing)
    }
}
