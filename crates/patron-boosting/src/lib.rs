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
//! # What to choose
//!
//! - **A loss**, after what a prediction is for. Totals and means: [`Loss::SquaredError`], or with many zeros and a
//!   long tail (spend, claims) [`Loss::Tweedie`], for counts with power 1, for positive amounts [`Loss::Gamma`].
//!   Chances: [`Loss::Logistic`]. A typical value that wild rows do not move: [`Loss::AbsoluteError`]. A bound that
//!   holds in nine cases of ten: [`Loss::Quantile`].
//! - **How long to learn**: a low [`learning_rate`](GradientBoostingParams::learning_rate) with as many trees as
//!   [`early_stopping`](GradientBoostingParams::early_stopping) on held-out rows allows.
//! - **What is known beforehand**: [`monotone`](GradientBoostingParams::monotone) keeps a direction exactly.
//! - **Noise**: fewer leaves, a larger [`min_samples_leaf`](GradientBoostingParams::min_samples_leaf), an
//!   [`l2`](GradientBoostingParams::l2) penalty, [`row_fraction`](GradientBoostingParams::row_fraction) and
//!   [`column_fraction`](GradientBoostingParams::column_fraction) below 1.
//!
//! A bound on a noisy target that never falls with the first column, as many trees as the validation rows ask for:
//!
//! ```
//! # use linfa::Dataset;
//! # use ndarray::{Array1, Array2};
//! use patron_boosting::{GradientBoosting, Loss, Monotone};
//!
//! # let noise = |row: usize| ((row * 7919) % 1000) as f64 / 100.0;
//! # let rows = |first: usize| {
//! #     let records = Array2::from_shape_fn((1_000, 2), |(r, c)| (((first + r) * (31 + 6 * c)) % 100) as f64);
//! #     let targets: Array1<f64> = (0..1_000).map(|r| records[[r, 0]] + noise(first + r)).collect();
//! #     Dataset::new(records, targets)
//! # };
//! # let (training, validation) = (rows(0), rows(1_000));
//! let bound = GradientBoosting::params()
//!     .loss(Loss::Quantile { level: 0.9 })
//!     .monotone([Monotone::Rising, Monotone::Free])
//!     .trees(1_000)
//!     .early_stopping(Some(20))
//!     .fit_with_validation(&training, &validation)?;
//!
//! assert!(bound.trees() < 1_000);
//! assert!(bound.predict_row(&[60.0, 5.0])? >= bound.predict_row(&[40.0, 5.0])?);
//! # let below = (0..1_000).filter(|&r| {
//! #     let row = validation.records.row(r).to_vec();
//! #     validation.targets[r] <= bound.predict_row(&row).unwrap()
//! # });
//! # assert!((850..950).contains(&below.count()));
//! # Ok::<(), patron_boosting::BoostingError>(())
//! ```
//!
//! # What a model has learnt
//!
//! [`contributions`](GradientBoosting::contributions) split a prediction's raw score exactly among the columns
//! (TreeSHAP), [`permutation_importance`](GradientBoosting::permutation_importance) says what the predictions of a
//! data set owe to each column, [`feature_importance`](GradientBoosting::feature_importance) what training gained.
//!
//! ```
//! # use linfa::Dataset;
//! # use linfa::traits::Fit;
//! # use ndarray::{Array1, Array2};
//! # use patron_boosting::GradientBoosting;
//! # let records = Array2::from_shape_fn((400, 2), |(row, column)| ((row * (column + 3)) % 20) as f64);
//! # let targets: Array1<f64> = records.column(0).mapv(|x| if x < 10.0 { 0.0 } else { x * x });
//! # let dataset = Dataset::new(records, targets);
//! let model = GradientBoosting::params().fit(&dataset)?;
//!
//! let contributions = model.contributions_row(&[15.0, 3.0])?; // one number per column
//! let score = model.expected_score()? + contributions.iter().sum::<f64>();
//! assert!((model.loss().response(score) - model.predict_row(&[15.0, 3.0])?).abs() < 1e-9);
//!
//! let importance = model.permutation_importance(&dataset, 5, 7)?; // five shuffles of each column, seed 7
//! assert!(importance.increase[0] > 100.0 * importance.increase[1]);
//! # Ok::<(), patron_boosting::BoostingError>(())
//! ```
//!
//! # What holds for every model
//!
//! - **Missing values** are NaN. Each split learns the side on which they lose least; where a leaf saw none, they
//!   follow the larger child. Infinite values are ordinary extreme values.
//! - **Weights** of the data set multiply each row's loss. A row of weight 0 might as well be absent.
//! - **Repeatable**: one seed gives the same bits at any number of rayon threads, in training, prediction,
//!   contributions and importance. Gradients are summed in fixed point, so no sum depends on its order; there are no
//!   counts of rows estimated from second derivatives.
//! - **Shape**: up to 16,777,215 rows; `f64` records, row-major or not; memory of one byte per cell, up to 80 bytes per
//!   row, and histograms of at most `max_leaves` × columns × 4 KiB.
//! - **Stored** with serde, bit for bit, and checked when read; models of earlier versions are read or refused with
//!   the reason.
//!
//! Categories have to be encoded as numbers beforehand; there is one target, and no ranking or multi-class loss.

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
