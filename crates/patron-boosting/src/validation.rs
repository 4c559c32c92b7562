//! The loss on rows set aside, tree by tree.

use ndarray::{Array1, ArrayView1, CowArray, Ix2};
use rayon::prelude::*;

use crate::BoostingError;
use crate::fit::Rows;
use crate::params::Hyperparameters;
use crate::tree::Tree;

/// The validation rows and how the loss on them went.
pub(crate) struct Validation<'a> {
    records: CowArray<'a, f64, Ix2>,
    targets: Vec<f64>,
    weights: Option<Vec<f64>>,
    scores: Vec<f64>,
    pub(crate) losses: Vec<f64>,
}

/// Rows a thread takes at a time.
const ROWS: usize = 4096;

impl<'a> Validation<'a> {
    pub(crate) fn new(rows: Rows<'a>, base: f64) -> Self {
        let scores = vec![base; rows.targets.len()];
        // walks of a tree want each row in one piece
        let records = match rows.records.as_slice() {
            Some(_) => CowArray::from(rows.records),
            None => CowArray::from(rows.records.as_standard_layout().into_owned()),
        };
        Self { records, targets: rows.targets, weights: rows.weights, scores, losses: Vec::new() }
    }

    pub(crate) fn add(&mut self, tree: &Tree, params: &Hyperparameters) -> Result<(), BoostingError> {
        let columns = self.records.ncols();
        let cells = self.records.as_slice().unwrap_or_default();
        let add = |(scores, rows): (&mut [f64], &[f64])| tree.add_values(rows, columns, scores);
        if self.scores.len() <= ROWS {
            add((&mut self.scores, cells));
        } else {
            self.scores.par_chunks_mut(ROWS).zip(cells.par_chunks(ROWS * columns)).for_each(add);
        }
        let predictions: Array1<f64> = self.scores.iter().map(|&score| params.loss.response(score)).collect();
        let weights = self.weights.as_deref().map(ArrayView1::from);
        let loss = params.loss.mean_loss(ArrayView1::from(&self.targets), predictions.view(), weights)?;
        self.losses.push(loss);
        Ok(())
    }

    /// Trees up to and with the lowest loss, the earliest of equal ones.
    pub(crate) fn best_trees(&self) -> usize {
        let best =
            self.losses.iter().enumerate().reduce(|best, next| if next.1 < best.1 { next } else { best });
        best.map_or(0, |(index, _)| index + 1)
    }

    pub(crate) fn is_over(&self, patience: Option<usize>) -> bool {
        patience.is_some_and(|patience| self.losses.len() >= self.best_trees() + patience)
    }
}
