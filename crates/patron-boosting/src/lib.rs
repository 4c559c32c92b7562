//! Histogram gradient-boosted regression trees behind linfa's [`Fit`](linfa::traits::Fit) and
//! [`Predict`](linfa::traits::Predict).
//!
//! A model is a sum of small regression trees, each grown on the gradients its predecessors left (Friedman 2001,
//! *Greedy function approximation: a gradient boosting machine*, Annals of Statistics 29). Columns are cut into at
//! most 255 quantile bins beforehand; trees grow leaf by leaf on histograms of those bins, as in LightGBM (Ke et al.
//! 2017, NeurIPS 30), with second-order leaf values and gains (Chen & Guestrin 2016, *XGBoost*, KDD).
//!
//! ```
//! use linfa::Dataset;
//! use linfa::traits::{Fit, Predict};
//! use ndarray::{Array1, Array2};
//! use patron_boosting::{GradientBoosting, Loss};
//!
//! // 400 rows, two columns; the target is 0 in half of them and positive in the others
//! let records = Array2::from_shape_fn((400, 2), |(row, column)| ((row * (column + 3)) % 20) as f64);
//! let targets: Array1<f64> = records.column(0).mapv(|x| if x < 10.0 { 0.0 } else { x * x });
//! let dataset = Dataset::new(records, targets);
//!
//! let model = GradientBoosting::params()
//!     .loss(Loss::Tweedie { power: 1.5 })
//!     .trees(150)
//!     .max_leaves(15)
//!     .row_fraction(0.8)
//!     .seed(7)
//!     .fit(&dataset)?;
//!
//! let predictions: Array1<f64> = model.predict(&dataset);
//! assert!(predictions.iter().all(|&p| p >= 0.0));
//! assert!(model.predict_row(&[15.0, 3.0])? > 100.0);
//! assert!(model.feature_importance().gain_shares()[0] > 0.9); // the second column says nothing
//! # Ok::<(), patron_boosting::BoostingError>(())
//! ```
//!
//! What holds for every model:
//!
//! - **Missing values** are NaN. Each split learns the side on which they lose least; where a leaf saw none, they
//!   follow the larger child. Infinite values are ordinary extreme values.
//! - **Weights** of the data set multiply each row's loss. A row of weight 0 might as well be absent.
//! - **Repeatable**: one seed gives the same bits at any number of rayon threads. Gradients are summed in fixed
//!   point, so no sum depends on its order; there are no counts of rows estimated from second derivatives.
//! - **Shape**: up to 16,777,215 rows; `f64` records, row-major or not; memory of one byte per cell, 40 bytes per
//!   row, and histograms of at most `max_leaves` × columns × 4 KiB.
//! - **Stored** with serde, bit for bit, and checked when read.

mod bins;
mod contributions;
mod error;
mod fit;
mod grow;
mod histogram;
mod loss;
mod model;
mod monotone;
mod params;
mod permutation;
mod quadrature;
mod quantile;
mod renew;
mod sample;
mod split;
mod stored;
mod tree;
mod validation;

pub use error::BoostingError;
pub use loss::Loss;
pub use model::{FeatureImportance, GradientBoosting};
pub use monotone::Monotone;
pub use params::{GradientBoostingParams, GradientBoostingValidParams};
pub use permutation::PermutationImportance;
