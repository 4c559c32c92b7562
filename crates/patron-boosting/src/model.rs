use linfa::traits::PredictInplace;
use ndarray::{Array1, ArrayBase, ArrayView2, Data, Ix2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::stored::StoredModel;
use crate::tree::Tree;
use crate::{BoostingError, GradientBoostingParams, Loss};

/// A trained model: a base score and trees whose values are added to it.
///
/// [`Predict`](linfa::traits::Predict) answers for arrays and data sets,
/// [`try_predict`](Self::try_predict) and [`predict_row`](Self::predict_row) do so without panicking; all give the
/// same bits for the same row. A stored model is checked when it is read: damage is an error, and numbers come back
/// bit for bit in any format that keeps integers, JSON included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StoredModel", into = "StoredModel")]
pub struct GradientBoosting {
    pub(crate) loss: Loss,
    pub(crate) base: f64,
    pub(crate) columns: usize,
    pub(crate) trees: Vec<Tree>,
    pub(crate) validation_losses: Vec<f64>,
}

/// How much each column did for a model; both arrays have one entry per column, in column order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureImportance {
    /// Sum over the column's splits of the training loss they saved, in units of 2·Σ w·ℓ; under absolute error and
    /// quantile loss what their gradients promised.
    pub gain: Vec<f64>,
    /// Number of splits on the column.
    pub splits: Vec<usize>,
}

impl FeatureImportance {
    /// Gains as shares of their sum; all 0 for a model without splits.
    pub fn gain_shares(&self) -> Vec<f64> {
        let sum: f64 = self.gain.iter().sum();
        self.gain.iter().map(|gain| if sum > 0.0 { gain / sum } else { 0.0 }).collect()
    }
}

impl GradientBoosting {
    /// Hyperparameters with their defaults, to be changed by their methods and trained with
    /// [`Fit`](linfa::traits::Fit).
    pub fn params() -> GradientBoostingParams {
        GradientBoostingParams::default()
    }

    /// Predictions for records of shape (rows, columns), on the scale of the targets, in row order; empty for no
    /// rows. Probabilities under [`Loss::Logistic`], positive under [`Loss::Tweedie`] and [`Loss::Gamma`].
    ///
    /// # Errors
    /// [`BoostingError::ColumnMismatch`] when the width is not that of the training records.
    pub fn try_predict(&self, records: ArrayView2<'_, f64>) -> Result<Array1<f64>, BoostingError> {
        Ok(self.try_scores(records)?.mapv_into(|score| self.loss.response(score)))
    }

    /// Raw scores for records of shape (rows, columns), in row order: the sums of the trees that
    /// [`Loss::response`] turns into predictions, and that [`contributions`](Self::contributions) explain.
    ///
    /// # Errors
    /// [`BoostingError::ColumnMismatch`] when the width is not that of the training records.
    pub fn try_scores(&self, records: ArrayView2<'_, f64>) -> Result<Array1<f64>, BoostingError> {
        self.check_width(records.ncols())?;
        let records = records.as_standard_layout();
        let Some(cells) = records.as_slice().filter(|cells| !cells.is_empty()) else {
            return Ok(Array1::zeros(0));
        };
        let mut scores = vec![self.base; records.nrows()];
        let add = |(scores, rows): (&mut [f64], &[f64])| self.add_trees(rows, scores);
        if scores.len() * self.trees.len() < PARALLEL_WALKS {
            scores.chunks_mut(ROWS).zip(cells.chunks(ROWS * self.columns)).for_each(add);
        } else {
            scores.par_chunks_mut(ROWS).zip(cells.par_chunks(ROWS * self.columns)).for_each(add);
        }
        Ok(Array1::from(scores))
    }

    /// Raw scores of whole rows of cells after `change` has had its way with each block of them, given the number of
    /// its first row; on one thread.
    pub(crate) fn block_scores(&self, cells: &[f64], change: impl Fn(usize, &mut [f64])) -> Vec<f64> {
        let mut scores = vec![self.base; cells.len() / self.columns];
        let mut copy = Vec::new();
        let blocks = scores.chunks_mut(ROWS).zip(cells.chunks(ROWS * self.columns));
        for (block, (scores, rows)) in blocks.enumerate() {
            copy.clear();
            copy.extend_from_slice(rows);
            change(block * ROWS, &mut copy);
            self.add_trees(&copy, scores);
        }
        scores
    }

    fn add_trees(&self, cells: &[f64], scores: &mut [f64]) {
        self.trees.iter().for_each(|tree| tree.add_values(cells, self.columns, scores));
    }

    /// Prediction for one row of features, the same as [`try_predict`](Self::try_predict) gives for it.
    ///
    /// # Errors
    /// [`BoostingError::ColumnMismatch`] when the length is not the training records' width.
    pub fn predict_row(&self, features: &[f64]) -> Result<f64, BoostingError> {
        self.check_width(features.len())?;
        Ok(self.loss.response(self.trees.iter().fold(self.base, |score, tree| score + tree.value(features))))
    }

    /// What each column contributed to training, by gain and by number of splits. Gain favours columns with many
    /// values; see [`permutation_importance`](Self::permutation_importance) for what predictions owe to a column.
    pub fn feature_importance(&self) -> FeatureImportance {
        let mut importance =
            FeatureImportance { gain: vec![0.0; self.columns], splits: vec![0; self.columns] };
        for (node, gain) in self.trees.iter().flat_map(|tree| tree.nodes.iter().zip(&tree.gains)) {
            importance.gain[node.column as usize] += gain;
            importance.splits[node.column as usize] += 1;
        }
        importance
    }

    /// Loss the model was trained with.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// Number of trees kept.
    pub fn trees(&self) -> usize {
        self.trees.len()
    }

    /// Columns of the training records, the width every prediction needs.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// [`Loss::mean_loss`] on the validation set after each tree grown, those dropped by early stopping included;
    /// empty when trained without one.
    pub fn validation_losses(&self) -> &[f64] {
        &self.validation_losses
    }

    pub(crate) fn untrained(loss: Loss, base: f64, columns: usize) -> Self {
        Self { loss, base, columns, trees: Vec::new(), validation_losses: Vec::new() }
    }

    pub(crate) fn check_width(&self, found: usize) -> Result<(), BoostingError> {
        let expected = self.columns;
        if found == expected { Ok(()) } else { Err(BoostingError::ColumnMismatch { expected, found }) }
    }
}

/// Rows predicted together, so that a tree stays in the cache for all of them.
const ROWS: usize = 256;

/// Walks of a tree below which threads cost more than they save.
const PARALLEL_WALKS: usize = 50_000;

impl<D: Data<Elem = f64>> PredictInplace<ArrayBase<D, Ix2>, Array1<f64>> for GradientBoosting {
    /// Writes [`try_predict`](GradientBoosting::try_predict) into `targets`.
    ///
    /// # Panics
    /// As linfa's contract has no error: when the width of `records` is not that of the training records, or
    /// `targets` has another length than `records` has rows.
    fn predict_inplace(&self, records: &ArrayBase<D, Ix2>, targets: &mut Array1<f64>) {
        assert_eq!(records.nrows(), targets.len(), "one target per row of records");
        assert_eq!(
            records.ncols(),
            self.columns,
            "records must be as wide as those the model was trained on"
        );
        if let Ok(predictions) = self.try_predict(records.view()) {
            *targets = predictions;
        }
    }

    fn default_target(&self, records: &ArrayBase<D, Ix2>) -> Array1<f64> {
        Array1::zeros(records.nrows())
    }
}
