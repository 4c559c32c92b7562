use linfa::dataset::{AsSingleTargets, DatasetBase};
use ndarray::{Array1, ArrayBase, ArrayView1, Axis, Data, Ix2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::BoostingError;
use crate::fit::Rows;
use crate::model::GradientBoosting;
use crate::sample::{self, Purpose};

/// How much worse a model predicts when one column's values are dealt to other rows; one entry per column, in column
/// order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PermutationImportance {
    /// [`Loss::mean_loss`](crate::Loss::mean_loss) with the columns as they are.
    pub loss: f64,
    /// Mean over the repeats of how much the loss rises; 0 for a column that no tree asks, negative where the model
    /// does better without what it believes of the column.
    pub increase: Vec<f64>,
    /// Standard deviation of that rise over the repeats (n − 1 in the divisor); 0 for a single repeat.
    pub deviation: Vec<f64>,
}

impl GradientBoosting {
    /// Importance of every column for the predictions of `dataset`, by `repeats` random orders of its values
    /// (Breiman 2001, *Random forests*, Machine Learning 45, section 10).
    ///
    /// Held-out rows tell what the model has learnt that is true, the training rows what it relies on. Of columns
    /// that say the same, none may look important alone. Weights of the data set count in the loss; rows of weight 0
    /// are left out. One seed gives the same numbers at any number of threads.
    ///
    /// # Errors
    /// [`BoostingError::Parameter`] for no repeats, [`BoostingError::ColumnMismatch`] for another width than that of
    /// the training records, and those of a fit for the data set's rows, targets and weights.
    pub fn permutation_importance<D: Data<Elem = f64>, T: AsSingleTargets<Elem = f64>>(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
        repeats: usize,
        seed: u64,
    ) -> Result<PermutationImportance, BoostingError> {
        if repeats == 0 {
            return Err(BoostingError::Parameter {
                parameter: "repeats",
                value: 0.0,
                expected: "at least 1",
            });
        }
        let Rows { records, targets, weights } = Rows::of(dataset, self.loss())?;
        self.check_width(records.ncols())?;
        let kept: Vec<usize> = match &weights {
            None => (0..targets.len()).collect(),
            Some(weights) => (0..targets.len()).filter(|&row| weights[row] > 0.0).collect(),
        };
        let pick = |values: &[f64]| kept.iter().map(|&row| values[row]).collect::<Array1<f64>>();
        let (targets, weights) = (pick(&targets), weights.as_deref().map(pick));
        let records = records.select(Axis(0), &kept);
        let loss_of = |scores: Vec<f64>| {
            let predictions: Array1<f64> =
                scores.into_iter().map(|score| self.loss().response(score)).collect();
            let weights = weights.as_ref().map(|weights: &Array1<f64>| weights.view());
            self.loss().mean_loss(targets.view(), predictions.view(), weights)
        };
        let cells = records.as_slice().unwrap_or_default();
        let loss = loss_of(self.block_scores(cells, |_, _| {}))?;
        let splits = self.feature_importance().splits;
        let asked = (0..self.columns()).filter(|&column| splits[column] > 0);
        let tasks: Vec<(usize, usize)> =
            asked.flat_map(|column| (0..repeats).map(move |repeat| (column, repeat))).collect();
        let rise = |(column, repeat): (usize, usize)| {
            let round = repeat << 32 | column;
            let order = sample::shuffled(kept.len(), seed, round, Purpose::Permutation);
            let dealt: ArrayView1<'_, f64> = records.column(column);
            let deal = |first: usize, block: &mut [f64]| {
                let rows = block.chunks_exact_mut(self.columns()).zip(&order[first..]);
                rows.for_each(|(row, &from)| row[column] = dealt[from as usize]);
            };
            Ok(loss_of(self.block_scores(cells, deal))? - loss)
        };
        let rises: Vec<f64> =
            tasks.par_iter().map(|&task| rise(task)).collect::<Result<_, BoostingError>>()?;
        let mut importance = PermutationImportance {
            loss,
            increase: vec![0.0; self.columns()],
            deviation: vec![0.0; self.columns()],
        };
        for (task, rises) in tasks.chunks(repeats).zip(rises.chunks(repeats)) {
            let column = task[0].0;
            let rises = ArrayView1::from(rises);
            importance.increase[column] = rises.mean().unwrap_or(0.0);
            importance.deviation[column] = if repeats > 1 { rises.std(1.0) } else { 0.0 };
        }
        Ok(importance)
    }
}
