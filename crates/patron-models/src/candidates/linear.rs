//! Ordinary least squares on some of the features: the baseline for the trees.

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_linear::LinearRegression;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::{ForecasterName, Serving, Study};
use crate::ModelError;
use crate::book::View;
use crate::forecaster::is_usual;

/// A linear model in the columns that carry information of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Linear {
    /// Column, mean that stands in for missing values, and coefficient.
    terms: Vec<Term>,
    intercept: f64,
    /// Features of a row.
    columns: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Term {
    column: usize,
    mean: f64,
    coefficient: f64,
}

/// Features used, besides the quarters and countries.
const NAMES: [&str; 8] = [
    "customer_age_days",
    "inactivity_days",
    "recency_days",
    "purchases",
    "net_spent",
    "mean_purchase",
    "spend_30d",
    "spend_per_day",
];
/// A column whose rest after the others is below this share of its length says nothing new.
const INDEPENDENT: f64 = 1e-6;

impl Linear {
    pub(super) fn fit(study: &Study<'_>) -> Result<Self, ModelError> {
        let training = study.training(ForecasterName::Linear)?;
        let x = training.inputs.view();
        let names = study.spec.names();
        let wanted = |name: &str| {
            NAMES.contains(&name) || name.starts_with("quarter_") || name.starts_with("country: ")
        };
        let columns = (0..names.len()).filter(|&column| wanted(&names[column]));
        let mut terms: Vec<Term> =
            columns.map(|column| Term { column, mean: mean_of(&x, column), coefficient: 0.0 }).collect();
        let scales = keep_independent(&x, &mut terms);
        let rows = x.nrows();
        let design = Array2::from_shape_fn((rows, terms.len()), |(row, k)| {
            (filled(x[[row, terms[k].column]], terms[k].mean) - terms[k].mean) / scales[k]
        });
        if rows <= terms.len() {
            return Err(ModelError::NotEnough {
                model: "linear regression",
                what: "customers at earlier dates",
                needed: terms.len() as u64 + 1,
                found: rows as u64,
            });
        }
        if terms.is_empty() {
            let intercept = training.values.mean().unwrap_or(0.0);
            return Ok(Self { terms, intercept, columns: x.ncols() });
        }
        let fitted = LinearRegression::new().fit(&Dataset::new(design, training.values.clone()))?;
        for ((term, scale), coefficient) in terms.iter_mut().zip(scales).zip(fitted.params()) {
            term.coefficient = coefficient / scale;
        }
        let intercept =
            fitted.intercept() - terms.iter().map(|term| term.mean * term.coefficient).sum::<f64>();
        Ok(Self { terms, intercept, columns: x.ncols() })
    }

    pub(super) fn takes(&self, columns: usize) -> bool {
        self.columns == columns && self.terms.iter().all(|term| term.column < columns)
    }

    pub(super) fn is_sound(&self) -> bool {
        let usual = |term: &Term| is_usual(term.mean) && is_usual(term.coefficient);
        is_usual(self.intercept) && self.terms.len() <= self.columns && self.terms.iter().all(usual)
    }

    pub(super) fn base_value(&self, serving: &Serving<'_>, view: &View<'_>) -> Vec<f64> {
        let x = serving.inputs(view);
        let one = |row: ndarray::ArrayView1<'_, f64>| {
            let part = |term: &Term| filled(row[term.column], term.mean) * term.coefficient;
            (self.intercept + self.terms.iter().map(part).sum::<f64>()).max(0.0)
        };
        x.rows().into_iter().map(one).collect()
    }
}

fn filled(value: f64, mean: f64) -> f64 {
    if value.is_finite() { value } else { mean }
}

fn mean_of(x: &ArrayView2<'_, f64>, column: usize) -> f64 {
    let present = || x.column(column).into_iter().copied().filter(|value| value.is_finite());
    let count = present().count();
    if count > 0 { present().sum::<f64>() / count as f64 } else { 0.0 }
}

/// Drops columns that the ones before explain (modified Gram–Schmidt on centred columns of length 1), and returns
/// the lengths of those that stay.
fn keep_independent(x: &ArrayView2<'_, f64>, terms: &mut Vec<Term>) -> Vec<f64> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let mut scales = Vec::new();
    terms.retain(|term| {
        let centred = x.column(term.column).into_iter().map(|&value| filled(value, term.mean) - term.mean);
        let mut rest: Vec<f64> = centred.collect();
        let length = norm(&rest);
        if length <= 1e-9 * term.mean.abs() || length == 0.0 {
            return false;
        }
        for _ in 0..2 {
            for direction in &basis {
                let dot: f64 = direction.iter().zip(&rest).map(|(a, b)| a * b).sum();
                rest.iter_mut().zip(direction).for_each(|(value, d)| *value -= dot * d);
            }
        }
        let left = norm(&rest);
        let independent = left > INDEPENDENT * length;
        if independent {
            rest.iter_mut().for_each(|value| *value /= left);
            basis.push(rest);
            scales.push(length);
        }
        independent
    });
    scales
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}
