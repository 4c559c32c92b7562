//! How a maximum-likelihood fit went.

use serde::{Deserialize, Serialize};

use crate::optimise::Optimum;

/// One estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// The paper's symbol, spelled out (`alpha`).
    pub name: String,
    /// The estimate.
    pub value: f64,
    /// Standard error from the observed information; absent where the data do not identify the parameter.
    pub standard_error: Option<f64>,
}

impl Parameter {
    /// Estimates from log-parameters, errors by the delta method.
    pub(crate) fn all<const N: usize>(names: [&str; N], optimum: &Optimum<N>) -> Vec<Self> {
        let one = |(i, name): (usize, &str)| {
            let value = optimum.at[i].exp();
            let standard_error = optimum.standard_errors[i].map(|error| error * value);
            Self { name: name.to_owned(), value, standard_error }
        };
        names.into_iter().enumerate().map(one).collect()
    }
}

/// A fit in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FitReport {
    /// The model that was fitted; the limit model where the data asked for one.
    pub model: String,
    /// Estimates.
    pub parameters: Vec<Parameter>,
    /// ln L at the estimates.
    pub ln_likelihood: f64,
    /// Akaike's information criterion.
    pub aic: f64,
    /// Bayesian information criterion, with n = customers.
    pub bic: f64,
    /// Customers the likelihood is taken over.
    pub customers: u64,
    /// Newton steps after the search from several starts.
    pub iterations: u32,
    /// ln L that one more Newton step would promise: the proof of convergence.
    pub remaining_gain: f64,
    /// What the data could not identify and what that means, in words.
    pub degenerate: Option<String>,
}

impl FitReport {
    pub(crate) fn new<const N: usize>(
        model: &str,
        parameters: Vec<Parameter>,
        optimum: &Optimum<N>,
        customers: f64,
        more_iterations: u32,
        degenerate: Option<&str>,
    ) -> Self {
        let ln_likelihood = optimum.ln_likelihood;
        Self {
            model: model.to_owned(),
            parameters,
            ln_likelihood,
            aic: 2.0 * N as f64 - 2.0 * ln_likelihood,
            bic: N as f64 * customers.ln() - 2.0 * ln_likelihood,
            customers: customers as u64,
            iterations: optimum.iterations + more_iterations,
            remaining_gain: optimum.decrement,
            degenerate: degenerate.map(str::to_owned),
        }
    }
}
