use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use crate::{BoostingError, Loss, Monotone};

/// Hyperparameters not yet checked, made by [`GradientBoosting::params`](crate::GradientBoosting::params).
///
/// Every method replaces one value; [`Fit::fit`](linfa::traits::Fit::fit) and
/// [`GradientBoostingParams::fit_with_validation`] check them first. Serialises as a map of these names; absent ones
/// are read as their defaults.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(from = "Hyperparameters", into = "Hyperparameters")]
pub struct GradientBoostingParams(GradientBoostingValidParams);

/// Hyperparameters that have passed [`ParamGuard::check`]; [`Fit`](linfa::traits::Fit) is implemented on them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GradientBoostingValidParams(pub(crate) Hyperparameters);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Hyperparameters {
    pub(crate) loss: Loss,
    pub(crate) trees: usize,
    pub(crate) learning_rate: f64,
    pub(crate) max_leaves: usize,
    pub(crate) max_depth: Option<usize>,
    pub(crate) min_samples_leaf: usize,
    pub(crate) min_hessian: f64,
    pub(crate) min_gain: f64,
    pub(crate) l2: f64,
    pub(crate) max_bins: usize,
    pub(crate) row_fraction: f64,
    pub(crate) row_frequency: usize,
    pub(crate) column_fraction: f64,
    pub(crate) early_stopping: Option<usize>,
    pub(crate) monotone: Vec<Monotone>,
    pub(crate) seed: u64,
}

impl Default for Hyperparameters {
    fn default() -> Self {
        Self {
            loss: Loss::SquaredError,
            trees: 100,
            learning_rate: 0.1,
            max_leaves: 31,
            max_depth: None,
            min_samples_leaf: 20,
            min_hessian: 1e-3,
            min_gain: 0.0,
            l2: 0.0,
            max_bins: 255,
            row_fraction: 1.0,
            row_frequency: 1,
            column_fraction: 1.0,
            early_stopping: None,
            monotone: Vec::new(),
            seed: 0,
        }
    }
}

impl From<Hyperparameters> for GradientBoostingParams {
    fn from(values: Hyperparameters) -> Self {
        Self(GradientBoostingValidParams(values))
    }
}

impl From<GradientBoostingParams> for Hyperparameters {
    fn from(params: GradientBoostingParams) -> Self {
        params.0.0
    }
}

impl GradientBoostingParams {
    /// Loss to minimise; default [`Loss::SquaredError`].
    pub fn loss(mut self, loss: Loss) -> Self {
        self.0.0.loss = loss;
        self
    }

    /// Number of trees, at least 1; default 100. Fewer are kept when no further split is possible or early stopping
    /// ends the fit.
    pub fn trees(mut self, trees: usize) -> Self {
        self.0.0.trees = trees;
        self
    }

    /// Factor on every tree's output, in (0, 1]; default 0.1.
    pub fn learning_rate(mut self, learning_rate: f64) -> Self {
        self.0.0.learning_rate = learning_rate;
        self
    }

    /// Most leaves of a tree, from 2 to 4,096; default 31. Memory for histograms is at most
    /// `max_leaves` × columns × 4 KiB.
    pub fn max_leaves(mut self, max_leaves: usize) -> Self {
        self.0.0.max_leaves = max_leaves;
        self
    }

    /// Most splits between the root and a leaf, at least 1; default `None`, no limit but `max_leaves`.
    pub fn max_depth(mut self, max_depth: Option<usize>) -> Self {
        self.0.0.max_depth = max_depth;
        self
    }

    /// Fewest training rows in a leaf, at least 1; default 20. Rows are counted once whatever their weight; rows of
    /// weight 0 are not counted.
    pub fn min_samples_leaf(mut self, min_samples_leaf: usize) -> Self {
        self.0.0.min_samples_leaf = min_samples_leaf;
        self
    }

    /// Smallest sum of weighted second derivatives in a leaf, at least 0; default 0.001. Under squared error this is
    /// the sum of weights.
    pub fn min_hessian(mut self, min_hessian: f64) -> Self {
        self.0.0.min_hessian = min_hessian;
        self
    }

    /// Loss a split must save beyond this to be made, in units of 2·Σ w·ℓ, at least 0; default 0. Under absolute error
    /// and quantile loss it is what the gradients promise at a second derivative of 1, not the loss itself.
    pub fn min_gain(mut self, min_gain: f64) -> Self {
        self.0.0.min_gain = min_gain;
        self
    }

    /// L2 penalty λ on leaf values, at least 0; default 0. A leaf's value is −Σg / (Σh + λ); under absolute error and
    /// quantile loss, whose leaves are quantiles, λ takes part in the choice of splits only.
    pub fn l2(mut self, l2: f64) -> Self {
        self.0.0.l2 = l2;
        self
    }

    /// Most bins of a column without the one for missing values, from 2 to 255; default 255.
    pub fn max_bins(mut self, max_bins: usize) -> Self {
        self.0.0.max_bins = max_bins;
        self
    }

    /// Share of the rows each tree sees, drawn without replacement, in (0, 1]; default 1. At least one row is drawn.
    pub fn row_fraction(mut self, row_fraction: f64) -> Self {
        self.0.0.row_fraction = row_fraction;
        self
    }

    /// Trees that share one draw of rows, at least 1; default 1, a new draw for every tree.
    pub fn row_frequency(mut self, row_frequency: usize) -> Self {
        self.0.0.row_frequency = row_frequency;
        self
    }

    /// Share of the columns each tree may split on, drawn without replacement, in (0, 1]; default 1. At least one
    /// column is drawn.
    pub fn column_fraction(mut self, column_fraction: f64) -> Self {
        self.0.0.column_fraction = column_fraction;
        self
    }

    /// Trees without a better validation loss after which training ends, at least 1; default `None`. The model then
    /// keeps the trees up to the best one. Without a validation set it has no effect.
    pub fn early_stopping(mut self, patience: Option<usize>) -> Self {
        self.0.0.early_stopping = patience;
        self
    }

    /// Which way predictions may go with each column, one direction per column; default empty, no constraint.
    ///
    /// With a direction given, no two rows that differ in this column alone, with a value in both, are predicted
    /// the wrong way round: their raw scores keep the order exactly, for every loss, at any value. Missing values
    /// stand outside the order. The price is some fit: a split that turns against the direction is not made, and
    /// leaves are kept apart by the middle between the two sides of a split (the method that LightGBM calls basic).
    pub fn monotone(mut self, directions: impl Into<Vec<Monotone>>) -> Self {
        self.0.0.monotone = directions.into();
        self
    }

    /// Seed of the row and column draws; default 0. One seed gives one model, whatever the number of threads.
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.0.seed = seed;
        self
    }
}

impl ParamGuard for GradientBoostingParams {
    type Checked = GradientBoostingValidParams;
    type Error = BoostingError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let p = &self.0.0;
        p.loss.check()?;
        let unit = |value: f64| value > 0.0 && value <= 1.0;
        let at_least_0 = |value: f64| value >= 0.0 && value.is_finite();
        let (fraction, count, penalty) =
            ("more than 0 and at most 1", "at least 1", "a finite number of at least 0");
        let depth = p.max_depth.unwrap_or(1);
        let patience = p.early_stopping.unwrap_or(1);
        let checks = [
            ("trees", p.trees as f64, p.trees >= 1, count),
            ("learning_rate", p.learning_rate, unit(p.learning_rate), fraction),
            ("max_leaves", p.max_leaves as f64, (2..=4096).contains(&p.max_leaves), "from 2 to 4096"),
            ("max_depth", depth as f64, depth >= 1, count),
            ("min_samples_leaf", p.min_samples_leaf as f64, p.min_samples_leaf >= 1, count),
            ("min_hessian", p.min_hessian, at_least_0(p.min_hessian), penalty),
            ("min_gain", p.min_gain, at_least_0(p.min_gain), penalty),
            ("l2", p.l2, at_least_0(p.l2), penalty),
            ("max_bins", p.max_bins as f64, (2..=255).contains(&p.max_bins), "from 2 to 255"),
            ("row_fraction", p.row_fraction, unit(p.row_fraction), fraction),
            ("row_frequency", p.row_frequency as f64, p.row_frequency >= 1, count),
            ("column_fraction", p.column_fraction, unit(p.column_fraction), fraction),
            ("early_stopping", patience as f64, patience >= 1, count),
        ];
        match checks.into_iter().find(|&(_, _, valid, _)| !valid) {
            Some((parameter, value, _, expected)) => {
                Err(BoostingError::Parameter { parameter, value, expected })
            }
            None => Ok(&self.0),
        }
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}
