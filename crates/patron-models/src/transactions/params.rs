//! Parameters → checked parameters → fitted model, for every model on day histories.

use std::marker::PhantomData;

use linfa::ParamGuard;
use patron_columns::HistoryHistogram;
use serde::{Deserialize, Serialize};

use crate::ModelError;
use crate::fit_report::FitReport;
use crate::optimise::check_strength;

/// A model that is fitted to histories on the day grid.
pub trait Fittable: Sized {
    /// Maximum likelihood; the settings are checked.
    ///
    /// # Errors
    /// As [`TransactionValidParams::fit`].
    fn maximum(
        settings: &TransactionValidParams<Self>,
        histories: &HistoryHistogram,
    ) -> Result<(Self, FitReport), ModelError>;
}

/// How to fit a model; made by its `params`, checked by [`Self::fit`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransactionParams<M>(TransactionValidParams<M>);

/// Checked settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransactionValidParams<M> {
    pub(crate) days_per_unit: f64,
    pub(crate) max_iterations: u32,
    pub(crate) penalty: f64,
    model: PhantomData<M>,
}

/// A fitted model and how the fit went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransactionFit<M> {
    /// The model, in units of `days_per_unit` days.
    pub model: M,
    /// Days in the model's time unit.
    pub days_per_unit: f64,
    /// Estimates with standard errors, ln L, and what could not be identified.
    pub report: FitReport,
}

impl<M> Default for TransactionParams<M> {
    fn default() -> Self {
        Self(TransactionValidParams {
            days_per_unit: 7.0,
            max_iterations: 200,
            penalty: 0.0,
            model: PhantomData,
        })
    }
}

impl<M: Fittable> TransactionParams<M> {
    /// Days in the model's time unit; default 7, weeks.
    pub fn days_per_unit(mut self, days: f64) -> Self {
        self.0.days_per_unit = days;
        self
    }

    /// Most Newton steps; default 200 (a few are usual).
    pub fn max_iterations(mut self, iterations: u32) -> Self {
        self.0.max_iterations = iterations;
        self
    }

    /// Holds the estimates near a shop of the plainest kind; default 0, not at all.
    ///
    /// `strength` × ½ Σ (ln θ − ln θ₀)² is taken from ln L, over all four parameters: a normal prior on each ln θ with
    /// the variance 1 ÷ `strength`, or that many customers more who tell each log-parameter to ± 1. θ₀ is r = 1 and α = the
    /// log's own mean time per purchase (Σ T ÷ Σ x); a = b = 1, or s = 1 and β = the mean T. So neither the time unit
    /// nor repeating all customers, with as many times the strength, changes the estimates
    /// (`docs/models/transaction-models.md`). The model without drop-out is never returned then.
    pub fn penalty(mut self, strength: f64) -> Self {
        self.0.penalty = strength;
        self
    }

    /// Checks the settings and fits: [`TransactionValidParams::fit`].
    ///
    /// # Errors
    /// As [`TransactionValidParams::fit`], and [`ModelError::BadParameter`].
    pub fn fit(self, histories: &HistoryHistogram) -> Result<TransactionFit<M>, ModelError> {
        self.check()?.fit(histories)
    }
}

impl<M> ParamGuard for TransactionParams<M> {
    type Checked = TransactionValidParams<M>;
    type Error = ModelError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let (days, iterations) = (self.0.days_per_unit, self.0.max_iterations);
        if !(days > 0.0 && days.is_finite()) {
            let (name, allowed) = ("days per time unit", "above zero");
            return Err(ModelError::BadParameter { name, allowed, value: days });
        }
        if iterations == 0 {
            let (name, allowed) = ("most iterations", "at least 1");
            return Err(ModelError::BadParameter { name, allowed, value: 0.0 });
        }
        check_strength(self.0.penalty)?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<M: Fittable> TransactionValidParams<M> {
    /// Maximum likelihood over distinct histories, each with the number of customers that share it.
    ///
    /// Where the data show no drop-out (it gains less in ln L than its two parameters cost by Akaike's criterion) the fit
    /// returns that limit, the NBD, and says so in [`FitReport::degenerate`]. With a penalty it keeps drop-out, and says
    /// there whether that is the penalty's doing.
    ///
    /// # Errors
    /// [`ModelError::ImpossibleHistory`]; [`ModelError::NotEnough`] with fewer than two repeat customers;
    /// [`ModelError::NotConverged`] if no maximum was reached.
    pub fn fit(&self, histories: &HistoryHistogram) -> Result<TransactionFit<M>, ModelError> {
        let (model, report) = M::maximum(self, histories)?;
        Ok(TransactionFit { model, days_per_unit: self.days_per_unit, report })
    }
}
