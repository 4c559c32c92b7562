use thiserror::Error;

use crate::Loss;

/// Why a model could not be trained, read back or asked.
///
/// Rows and columns are counted from 0, as in the arrays they came in.
#[derive(Debug, Clone, Error)]
pub enum BoostingError {
    /// A hyperparameter lies outside the range in which the algorithm is defined.
    #[error("parameter `{parameter}` is {value}, expected {expected}")]
    Parameter {
        /// Name of the builder method that set it.
        parameter: &'static str,
        /// The value given.
        value: f64,
        /// The accepted range in words.
        expected: &'static str,
    },
    /// There is no row to learn from: the data set is empty or every weight is 0.
    #[error("no rows to learn from: the data set is empty or all weights are 0")]
    NoRows,
    /// The records have no column.
    #[error("the records have no columns")]
    NoColumns,
    /// More rows than the histograms' packed counters hold.
    #[error("{rows} rows, at most {limit} are supported: train on a sample")]
    TooManyRows {
        /// Rows given.
        rows: usize,
        /// Rows supported.
        limit: usize,
    },
    /// Targets or weights of another length than the records.
    #[error("{rows} rows of records but {found} {what}")]
    LengthMismatch {
        /// What has the other length: `"targets"`, `"weights"` or `"predictions"`.
        what: &'static str,
        /// Rows of the records.
        rows: usize,
        /// Length found.
        found: usize,
    },
    /// Records of another width than those the model was trained on.
    #[error("the model was trained on {expected} columns, the records have {found}")]
    ColumnMismatch {
        /// Columns of the training records.
        expected: usize,
        /// Columns found.
        found: usize,
    },
    /// Another number of monotone directions than columns.
    #[error("{found} monotone directions for {expected} columns: give one per column, or none")]
    MonotoneMismatch {
        /// Columns of the training records.
        expected: usize,
        /// Directions given.
        found: usize,
    },
    /// A target is NaN or infinite.
    #[error("target of row {row} is {value}: targets must be finite")]
    NonFiniteTarget {
        /// Row of the target.
        row: usize,
        /// The target.
        value: f64,
    },
    /// A target the loss is not defined for: negative under [`Loss::Tweedie`], not positive under [`Loss::Gamma`],
    /// outside \[0, 1\] under [`Loss::Logistic`].
    #[error("target of row {row} is {value}: {loss:?} needs targets {expected}")]
    TargetOutOfRange {
        /// Row of the target.
        row: usize,
        /// The target.
        value: f64,
        /// The loss that refuses it.
        loss: Loss,
        /// The accepted range in words.
        expected: &'static str,
    },
    /// A weight is negative, NaN or infinite.
    #[error("weight of row {row} is {value}: weights must be finite and at least 0")]
    InvalidWeight {
        /// Row of the weight.
        row: usize,
        /// The weight.
        value: f64,
    },
    /// Gradients or leaves left the range of floating point numbers: the targets are too large for the loss or the
    /// learning rate too high.
    #[error("training diverged at tree {tree}: scale the targets down or lower the learning rate")]
    Diverged {
        /// Tree, counted from 0, whose gradients overflowed.
        tree: usize,
    },
    /// A stored model was written by another version of this crate.
    #[error("stored model has format {found}, this version reads formats 1 to {supported}")]
    ModelFormat {
        /// Format of the stored model.
        found: u32,
        /// Format this version writes, the last it reads.
        supported: u32,
    },
    /// The model was stored before leaves kept the weight of their training rows, which contributions need.
    #[error(
        "the model was stored without the weights of its leaves: train it again to explain its predictions"
    )]
    NoLeafWeights,
    /// A stored model is damaged: its trees do not fit together.
    #[error("stored model is damaged: tree {tree} is not a tree over {columns} columns")]
    DamagedModel {
        /// First tree that does not hold together.
        tree: usize,
        /// Columns the model claims.
        columns: usize,
    },
    /// An error of linfa itself.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}
