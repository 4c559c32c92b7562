//! The boosting loop.

use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::Fit;
use ndarray::{ArrayBase, ArrayView2, Data, Ix2};
use rayon::prelude::*;

use crate::bins::BinnedRecords;
use crate::grow::{Grower, GrownTree};
use crate::histogram::{FixedPoint, MAX_ROWS, Sums};
use crate::model::GradientBoosting;
use crate::params::Hyperparameters;
use crate::quantile::{quantile, weighted_quantile};
use crate::renew::renewed_leaves;
use crate::sample::{self, Purpose};
use crate::validation::Validation;
use crate::{BoostingError, GradientBoostingParams, GradientBoostingValidParams, Loss};

impl<D: Data<Elem = f64>, T: AsSingleTargets<Elem = f64>> Fit<ArrayBase<D, Ix2>, T, BoostingError>
    for GradientBoostingValidParams
{
    type Object = GradientBoosting;

    /// Trains on records of shape (rows, columns), one target per row, and the data set's weights where it has any.
    ///
    /// Rows of weight 0 are left out as if absent. NaN records are missing values; infinite ones are ordinary
    /// extreme values. When all targets are equal the model has no tree and predicts that value.
    ///
    /// # Errors
    /// [`BoostingError::NoRows`], [`BoostingError::NoColumns`], [`BoostingError::TooManyRows`],
    /// [`BoostingError::LengthMismatch`], [`BoostingError::NonFiniteTarget`], [`BoostingError::TargetOutOfRange`],
    /// [`BoostingError::InvalidWeight`], and [`BoostingError::Diverged`].
    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<GradientBoosting, BoostingError> {
        train(&self.0, Rows::of(dataset, self.0.loss)?, None)
    }
}

impl GradientBoostingValidParams {
    /// Trains like [`Fit::fit`] and follows the mean loss on `validation` after every tree, see
    /// [`GradientBoosting::validation_losses`]; with [`GradientBoostingParams::early_stopping`] training ends when
    /// it no longer falls.
    ///
    /// # Errors
    /// Those of [`Fit::fit`] for either data set; [`BoostingError::ColumnMismatch`] when they differ in width.
    pub fn fit_with_validation<D, T, E, V>(
        &self,
        training: &DatasetBase<ArrayBase<D, Ix2>, T>,
        validation: &DatasetBase<ArrayBase<E, Ix2>, V>,
    ) -> Result<GradientBoosting, BoostingError>
    where
        D: Data<Elem = f64>,
        T: AsSingleTargets<Elem = f64>,
        E: Data<Elem = f64>,
        V: AsSingleTargets<Elem = f64>,
    {
        let (training, validation) = (Rows::of(training, self.0.loss)?, Rows::of(validation, self.0.loss)?);
        let (expected, found) = (training.records.ncols(), validation.records.ncols());
        if expected != found {
            return Err(BoostingError::ColumnMismatch { expected, found });
        }
        train(&self.0, training, Some(validation))
    }
}

impl GradientBoostingParams {
    /// Checks the hyperparameters, then
    /// [`fit_with_validation`](GradientBoostingValidParams::fit_with_validation).
    ///
    /// # Errors
    /// [`BoostingError::Parameter`] and those of `fit_with_validation`.
    pub fn fit_with_validation<D, T, E, V>(
        &self,
        training: &DatasetBase<ArrayBase<D, Ix2>, T>,
        validation: &DatasetBase<ArrayBase<E, Ix2>, V>,
    ) -> Result<GradientBoosting, BoostingError>
    where
        D: Data<Elem = f64>,
        T: AsSingleTargets<Elem = f64>,
        E: Data<Elem = f64>,
        V: AsSingleTargets<Elem = f64>,
    {
        self.check_ref()?.fit_with_validation(training, validation)
    }
}

/// A checked data set: as many finite targets in the loss's range, and valid weights, as rows.
pub(crate) struct Rows<'a> {
    pub(crate) records: ArrayView2<'a, f64>,
    pub(crate) targets: Vec<f64>,
    pub(crate) weights: Option<Vec<f64>>,
}

impl<'a> Rows<'a> {
    pub(crate) fn of<D: Data<Elem = f64>, T: AsSingleTargets<Elem = f64>>(
        dataset: &'a DatasetBase<ArrayBase<D, Ix2>, T>,
        loss: Loss,
    ) -> Result<Self, BoostingError> {
        let records = dataset.records.view();
        let rows = records.nrows();
        let targets = dataset.targets.as_single_targets();
        let mismatch = |what, found| BoostingError::LengthMismatch { what, rows, found };
        if rows == 0 {
            return Err(BoostingError::NoRows);
        }
        if records.ncols() == 0 {
            return Err(BoostingError::NoColumns);
        }
        if rows > MAX_ROWS {
            return Err(BoostingError::TooManyRows { rows, limit: MAX_ROWS });
        }
        if targets.len() != rows {
            return Err(mismatch("targets", targets.len()));
        }
        targets.iter().enumerate().try_for_each(|(row, &value)| loss.check_target(row, value))?;
        let targets = targets.to_vec();
        let weights: Vec<f64> = dataset.weights.iter().map(|&weight| f64::from(weight)).collect();
        if weights.is_empty() {
            return Ok(Self { records, targets, weights: None });
        }
        if weights.len() != rows {
            return Err(mismatch("weights", weights.len()));
        }
        if let Some((row, &value)) = weights.iter().enumerate().find(|(_, w)| !(w.is_finite() && **w >= 0.0))
        {
            return Err(BoostingError::InvalidWeight { row, value });
        }
        if weights.iter().all(|&weight| weight == 0.0) {
            return Err(BoostingError::NoRows);
        }
        Ok(Self { records, targets, weights: Some(weights) })
    }
}

fn train<'a>(
    params: &'a Hyperparameters,
    rows: Rows<'a>,
    validation: Option<Rows<'_>>,
) -> Result<GradientBoosting, BoostingError> {
    let columns = rows.records.ncols();
    if ![0, columns].contains(&params.monotone.len()) {
        return Err(BoostingError::MonotoneMismatch { expected: columns, found: params.monotone.len() });
    }
    let mut state = Training::new(params, rows);
    let mut model = GradientBoosting::untrained(params.loss, state.base, columns);
    if state.constant_target() {
        return Ok(model);
    }
    let mut validation = validation.map(|rows| Validation::new(rows, state.base));
    let records =
        BinnedRecords::new(state.records.view(), state.kept.as_deref(), params.max_bins, params.seed);
    let mut grower = Grower::new(&records, params);
    let count = state.targets.len();
    let bagged = params.row_fraction < 1.0;
    let sampled = bagged || params.column_fraction < 1.0;
    let all_columns: Vec<u32> = (0..columns as u32).collect();
    let mut bag = Vec::new();
    for round in 0..params.trees {
        if bagged && round % params.row_frequency == 0 {
            let rows = sample::share(count, params.row_fraction);
            bag = sample::without_replacement(count, rows, params.seed, round, Purpose::Rows);
        }
        let drawn = (params.column_fraction < 1.0).then(|| {
            let wanted = sample::share(columns, params.column_fraction);
            sample::without_replacement(columns, wanted, params.seed, round, Purpose::Columns)
        });
        let grown = match state.update_gradients(round)? {
            None => None,
            Some(fixed) => {
                let columns = drawn.as_deref().unwrap_or(&all_columns);
                grower.grow(&state.packed, fixed, bagged.then_some(&bag[..]), columns)
            }
        };
        match grown {
            Some(mut grown) => {
                state.finish_leaves(&mut grown, &grower, round)?;
                grower.add_to_scores(&grown, bagged, &mut state.scores);
                if let Some(validation) = &mut validation {
                    validation.add(&grown.tree, params)?;
                }
                model.trees.push(grown.tree);
            }
            // nothing will change without new draws
            None if !sampled => break,
            None => {}
        }
        if validation.as_ref().is_some_and(|v| v.is_over(params.early_stopping)) {
            break;
        }
    }
    if let Some(validation) = validation {
        if params.early_stopping.is_some() {
            model.trees.truncate(validation.best_trees());
        }
        model.validation_losses = validation.losses;
    }
    Ok(model)
}

/// Rows a gradient pass works on at a time: sums are made per chunk, then over chunks in order, so that they do not
/// depend on the number of threads.
const CHUNK: usize = 4096;

/// Chunks below which threads cost more than they save.
const PARALLEL_CHUNKS: usize = 8;

struct Training<'a> {
    params: &'a Hyperparameters,
    records: ArrayView2<'a, f64>,
    /// Rows of positive weight, when not all are; everything below holds only these.
    kept: Option<Vec<u32>>,
    targets: Vec<f64>,
    weights: Option<Vec<f64>>,
    base: f64,
    scores: Vec<f64>,
    /// Gradient and second derivative of every row at its score.
    derivatives: Vec<[f64; 2]>,
    packed: Vec<Sums>,
}

impl<'a> Training<'a> {
    fn new(params: &'a Hyperparameters, rows: Rows<'a>) -> Self {
        let Rows { records, mut targets, mut weights } = rows;
        let mut kept = None;
        if let Some(all) = weights.as_ref().filter(|weights| weights.contains(&0.0)) {
            let positive: Vec<u32> = (0..all.len() as u32).filter(|&row| all[row as usize] > 0.0).collect();
            let pick = |values: &[f64]| positive.iter().map(|&row| values[row as usize]).collect::<Vec<_>>();
            (targets, weights, kept) = (pick(&targets), Some(pick(all)), Some(positive));
        }
        let base = params.loss.base(&targets, weights.as_deref());
        let rows = targets.len();
        Self {
            params,
            records,
            kept,
            targets,
            weights,
            base,
            scores: vec![base; rows],
            derivatives: vec![[0.0; 2]; rows],
            packed: vec![[0; 2]; rows],
        }
    }

    fn constant_target(&self) -> bool {
        self.targets.windows(2).all(|pair| pair[0] == pair[1])
    }

    /// Brings the gradients up to the scores, in fixed point; `None` when all are 0.
    fn update_gradients(&mut self, round: usize) -> Result<Option<FixedPoint>, BoostingError> {
        let (loss, rows) = (self.params.loss, self.targets.len());
        let (targets, weights, scores) = (&self.targets, self.weights.as_deref(), &self.scores);
        let differentiate = |(chunk, out): (usize, &mut [[f64; 2]])| {
            let range = chunk * CHUNK..chunk * CHUNK + out.len();
            let pairs = targets[range.clone()].iter().zip(&scores[range.clone()]);
            out.iter_mut().zip(pairs).for_each(|(out, (&y, &score))| *out = loss.gradient(y, score));
            if let Some(weights) = weights {
                out.iter_mut().zip(&weights[range]).for_each(|(out, w)| *out = [out[0] * w, out[1] * w]);
            }
            out.iter().fold([0.0, 0.0], |sums, row| [sums[0] + row[0].abs(), sums[1] + row[1]])
        };
        let parallel = rows >= PARALLEL_CHUNKS * CHUNK;
        let sums: Vec<[f64; 2]> = if parallel {
            self.derivatives.par_chunks_mut(CHUNK).enumerate().map(differentiate).collect()
        } else {
            self.derivatives.chunks_mut(CHUNK).enumerate().map(differentiate).collect()
        };
        let sum = sums.iter().fold([0.0, 0.0], |sum, chunk| [sum[0] + chunk[0], sum[1] + chunk[1]]);
        if !(sum[0].is_finite() && sum[1].is_finite()) {
            return Err(BoostingError::Diverged { tree: round });
        }
        let Some(fixed) = FixedPoint::new(rows, sum[0], sum[1]) else { return Ok(None) };
        let pack = |(out, row): (&mut Sums, &[f64; 2])| *out = fixed.pack(*row);
        if parallel {
            self.packed.par_iter_mut().zip(&self.derivatives).with_min_len(CHUNK).for_each(pack);
        } else {
            self.packed.iter_mut().zip(&self.derivatives).for_each(pack);
        }
        Ok(Some(fixed))
    }

    /// Gives the leaves the weight of their rows and, under losses that ask for it, the quantiles of their residuals.
    fn finish_leaves(
        &self,
        grown: &mut GrownTree,
        grower: &Grower<'_>,
        round: usize,
    ) -> Result<(), BoostingError> {
        let rows = grower.rows();
        let weight = |leaf: &[u32]| match &self.weights {
            None => leaf.len() as f64,
            Some(weights) => leaf.iter().map(|&row| weights[row as usize]).sum(),
        };
        let leaves = grown.leaf_rows.iter().map(|range| &rows[range.clone()]);
        grown.tree.leaf_weights = leaves.map(weight).collect();
        let Some(level) = self.params.loss.quantile_level() else { return Ok(()) };
        let residual = |&row: &u32| self.targets[row as usize] - self.scores[row as usize];
        let quantile = |rows: &[u32]| match &self.weights {
            None => quantile(&mut rows.iter().map(residual).collect::<Vec<_>>(), level),
            Some(weights) => {
                let pair = |row: &u32| (residual(row), weights[*row as usize]);
                weighted_quantile(&mut rows.iter().map(pair).collect::<Vec<_>>(), level)
            }
        };
        let GrownTree { tree, leaf_rows, .. } = grown;
        let mut leaves = renewed_leaves(tree, leaf_rows, rows, &self.params.monotone, quantile);
        leaves.iter_mut().for_each(|value| *value *= self.params.learning_rate);
        if leaves.iter().any(|value| !value.is_finite()) {
            return Err(BoostingError::Diverged { tree: round });
        }
        tree.leaves = leaves;
        Ok(())
    }
}
