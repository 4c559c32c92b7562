//! How a maximum-likelihood fit went.

use serde::{Deserialize, Serialize};

use crate::optimise::{Optimum, Penalty};

/// One estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// The paper's symbol, spelled out (`alpha`).
    pub name: String,
    /// The estimate.
    pub value: f64,
    /// Standard error from the observed information, a penalty's included; absent where the data do not identify the parameter.
    pub standard_error: Option<f64>,
}

/// How many standard errors of a normal distribution hold 95 % of it on both sides of its mean.
const NORMAL_95: f64 = 1.959_963_984_540_054;

impl Parameter {
    /// The interval that holds the true value in 95 of 100 cases: normal on the logarithm of the parameter, so that both
    /// ends are above zero. Absent where the data do not identify the parameter. `docs/models/recovery.md` says how
    /// often it held.
    ///
    /// ```
    /// use patron_models::Parameter;
    ///
    /// let alpha = Parameter { name: "alpha".to_owned(), value: 4.0, standard_error: Some(0.4) };
    /// let (low, high) = alpha.interval_95().unwrap_or_default();
    /// assert!((low - 3.2881).abs() < 1e-4 && (high - 4.8660).abs() < 1e-4);
    /// ```
    pub fn interval_95(&self) -> Option<(f64, f64)> {
        // the delta method backwards: the error of ln θ is that of θ ÷ θ
        let factor = (NORMAL_95 * self.standard_error? / self.value).exp();
        factor.is_finite().then(|| (self.value / factor, self.value * factor))
    }

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

/// A penalty that held the estimates of a fit near a point: it took strength × ½ Σ (ln θ − ln θ₀)² from ln L.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PenaltyUsed {
    /// In customers: it weighs as much as that many who tell each log-parameter to ± 1.
    pub strength: f64,
    /// θ₀, in the order and the units of [`FitReport::parameters`].
    pub toward: Vec<f64>,
    /// What it took at the estimates; [`FitReport::ln_likelihood`] is without it.
    pub cost: f64,
}

impl PenaltyUsed {
    pub(crate) fn at<const N: usize>(at: &[f64; N], penalty: &Penalty<N>) -> Self {
        let toward = penalty.toward.map(f64::exp).to_vec();
        Self { strength: penalty.strength, toward, cost: penalty.cost(at) }
    }
}

/// A fit in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FitReport {
    /// The model that was fitted; the limit model where the data asked for one.
    pub model: String,
    /// Estimates.
    pub parameters: Vec<Parameter>,
    /// ln L of the data at the estimates; it and the criteria leave out what a penalty took.
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
    /// The penalty that held the estimates; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub penalty: Option<PenaltyUsed>,
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
            penalty: None,
        }
    }
}
