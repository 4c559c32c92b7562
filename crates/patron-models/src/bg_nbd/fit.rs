//! Parameters → checked parameters → fitted model.

use linfa::ParamGuard;
use patron_columns::HistoryHistogram;
use serde::{Deserialize, Serialize};

use super::BgNbd;
use super::compressed::{Compressed, WithDropOut, WithoutDropOut};
use crate::ModelError;
use crate::fit_report::{FitReport, Parameter};
use crate::optimise::{Bounds, Optimum, explore, maximise};

/// How to fit a [`BgNbd`]; made by [`BgNbd::params`], checked by [`Self::fit`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BgNbdParams(BgNbdValidParams);

/// Checked settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BgNbdValidParams {
    pub(super) days_per_unit: f64,
    pub(super) max_iterations: u32,
}

/// A fitted model and how the fit went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BgNbdFit {
    /// The model, in units of `days_per_unit` days.
    pub model: BgNbd,
    /// Days in the model's time unit.
    pub days_per_unit: f64,
    /// Estimates with standard errors, ln L, and what could not be identified.
    pub report: FitReport,
}

impl Default for BgNbdParams {
    fn default() -> Self {
        Self(BgNbdValidParams { days_per_unit: 7.0, max_iterations: 200 })
    }
}

impl BgNbdParams {
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

    /// Checks the settings and fits: [`BgNbdValidParams::fit`].
    ///
    /// # Errors
    /// As [`BgNbdValidParams::fit`], and [`ModelError::BadParameter`].
    pub fn fit(self, histories: &HistoryHistogram) -> Result<BgNbdFit, ModelError> {
        self.check()?.fit(histories)
    }
}

impl ParamGuard for BgNbdParams {
    type Checked = BgNbdValidParams;
    type Error = ModelError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let days = self.0.days_per_unit;
        if !(days > 0.0 && days.is_finite()) {
            return Err(ModelError::BadParameter {
                name: "days per time unit",
                allowed: "above zero",
                value: days,
            });
        }
        if self.0.max_iterations == 0 {
            return Err(ModelError::BadParameter {
                name: "most iterations",
                allowed: "at least 1",
                value: 0.0,
            });
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// Repeat customers it takes to say anything about rates.
const FEWEST_REPEATERS: u64 = 2;
/// ln L that drop-out's two parameters must gain before drop-out counts as seen: Akaike's criterion.
const SMALLEST_GAIN: f64 = 2.0;
/// Newton steps after which the gain of drop-out is looked at.
const STEPS_BEFORE_A_LOOK: u32 = 15;
/// Distinct histories among which the start is chosen.
const SUBSAMPLE: usize = 5_000;

impl BgNbdValidParams {
    /// Maximum likelihood over the distinct histories, each with the number of customers that share it.
    ///
    /// Where the data show no drop-out (a runs to 0, or drop-out gains less in ln L than its two parameters cost by
    /// Akaike's criterion) the fit returns that limit, the NBD, and says so in [`FitReport::degenerate`].
    ///
    /// # Errors
    /// [`ModelError::ImpossibleHistory`]; [`ModelError::NotEnough`] with fewer than two repeat customers;
    /// [`ModelError::NotConverged`] if no maximum was reached.
    pub fn fit(&self, histories: &HistoryHistogram) -> Result<BgNbdFit, ModelError> {
        let data = Compressed::new(histories, self.days_per_unit)?;
        if data.repeaters < FEWEST_REPEATERS {
            return Err(ModelError::NotEnough {
                model: "BG/NBD",
                what: "customers with a second purchase day",
                needed: FEWEST_REPEATERS,
                found: data.repeaters,
            });
        }
        let unit = (data.exposure / data.customers).ln();
        let lower = [1e-5_f64.ln(), 1e-6_f64.ln() + unit, 1e-7_f64.ln(), 1e-5_f64.ln()];
        let upper = [1e4_f64.ln(), 1e6_f64.ln() + unit, 1e5_f64.ln(), 1e6_f64.ln()];
        let bounds = Bounds { lower, upper };
        let without = Bounds { lower: [lower[0], lower[1]], upper: [upper[0], upper[1]] };

        // time per purchase fixes α ÷ r, whatever r is
        let per_purchase = data.exposure / data.purchases;
        let start = |r: f64, a: f64, b: f64| [r.ln(), (r * per_purchase).ln(), f64::ln(a), f64::ln(b)];
        let starts =
            [start(0.25, 0.8, 2.5), start(1.0, 0.05, 1.0), start(0.7, 2.0, 8.0), start(0.5, 0.1, 0.2)];
        let thinned = data.thinned(SUBSAMPLE);
        let nbd_starts = starts.map(|[r, alpha, ..]| [r, alpha]);
        let nbd_best = explore(&WithoutDropOut(&thinned), &without, &nbd_starts[..2], 40);
        let nbd = maximise(&WithoutDropOut(&data), &without, &nbd_best, self.max_iterations);

        let best = explore(&WithDropOut(&thinned), &bounds, &starts, 60);
        // without drop-out the surface is a flat valley toward a = 0: a few steps show that it leads nowhere
        let few = self.max_iterations.min(STEPS_BEFORE_A_LOOK);
        let mut full = maximise(&WithDropOut(&data), &bounds, &best, few);
        if !full.converged && full.ln_likelihood - nbd.ln_likelihood >= SMALLEST_GAIN {
            full = maximise(&WithDropOut(&data), &bounds, &full.at, self.max_iterations);
        }
        let gain = full.ln_likelihood - nbd.ln_likelihood;
        tracing::debug!(gain, full.iterations, full.decrement, nbd.iterations, nbd.decrement, "BG/NBD");
        if nbd.converged && (gain < SMALLEST_GAIN || full.at[2] <= lower[2]) {
            return self.without_drop_out(&data, &without, &nbd, full.iterations);
        }
        self.with_drop_out(&data, &bounds, &full, nbd.iterations)
    }

    fn with_drop_out(
        &self,
        data: &Compressed,
        bounds: &Bounds<4>,
        full: &Optimum<4>,
        more_iterations: u32,
    ) -> Result<BgNbdFit, ModelError> {
        self.require_convergence(full)?;
        let [r, alpha, a, b] = full.at.map(f64::exp);
        let parameters = Parameter::all(["r", "alpha", "a", "b"], full);
        let at_top = |i: usize| full.at[i] >= bounds.upper[i];
        let unknown = |i: usize| at_top(i) || full.standard_errors[i].is_none();
        let degenerate = if at_top(0) || at_top(1) {
            Some(SAME_RATE)
        } else if unknown(2) || unknown(3) {
            Some(SAME_DROP_OUT)
        } else {
            None
        };
        Ok(BgNbdFit {
            model: BgNbd::new(r, alpha, a, b)?,
            days_per_unit: self.days_per_unit,
            report: FitReport::new("BG/NBD", parameters, full, data.customers, more_iterations, degenerate),
        })
    }

    fn without_drop_out(
        &self,
        data: &Compressed,
        bounds: &Bounds<2>,
        nbd: &Optimum<2>,
        more_iterations: u32,
    ) -> Result<BgNbdFit, ModelError> {
        self.require_convergence(nbd)?;
        let [r, alpha] = nbd.at.map(f64::exp);
        let mut parameters = Parameter::all(["r", "alpha"], nbd);
        parameters.push(Parameter { name: "a".to_owned(), value: 0.0, standard_error: None });
        let same_rate = nbd.at[0] >= bounds.upper[0] || nbd.standard_errors[0].is_none();
        let degenerate = if same_rate { NO_DROP_OUT_SAME_RATE } else { NO_DROP_OUT };
        let customers = data.customers;
        Ok(BgNbdFit {
            model: BgNbd::new(r, alpha, 0.0, 1.0)?,
            days_per_unit: self.days_per_unit,
            report: FitReport::new("NBD", parameters, nbd, customers, more_iterations, Some(degenerate)),
        })
    }

    fn require_convergence<const N: usize>(&self, optimum: &Optimum<N>) -> Result<(), ModelError> {
        let &Optimum { ln_likelihood, iterations, decrement, converged, .. } = optimum;
        let failed = ModelError::NotConverged { model: "BG/NBD", iterations, ln_likelihood, decrement };
        if converged { Ok(()) } else { Err(failed) }
    }
}

const NO_DROP_OUT: &str = "These data show no drop-out: customers pause, but nothing tells a long pause from leaving. \
    The model is the limit a → 0, in which nobody drops out and P(alive) is 1 for everybody; expected purchases \
    still fall with a long silence, because it points to a low rate.";
const NO_DROP_OUT_SAME_RATE: &str = "These data show neither drop-out nor a difference between customers' purchase \
    rates: the model is one rate for everybody, and P(alive) is 1.";
const SAME_RATE: &str = "These data show no difference between customers' purchase rates: r and α run to their bounds \
    with r ÷ α as the one rate, and have no standard errors.";
const SAME_DROP_OUT: &str = "These data show no difference between customers' drop-out probabilities: a and b run to \
    their bounds with a ÷ (a + b) as the one probability, and have no standard errors.";
