//! Parameters → checked parameters → fitted model.

use std::collections::BTreeMap;

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::likelihood::{Everybody, Histories};
use super::{BgBb, OpportunityHistory};
use crate::ModelError;
use crate::fit_report::FitReport;
use crate::optimise::{Bounds, Penalty, check_strength};
use crate::transactions::search::{Problem, SUBSAMPLE, Words, require_repeaters, search};

/// How to fit a [`BgBb`]; made by [`BgBb::params`], checked by [`Self::fit`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BgBbParams(BgBbValidParams);

/// Checked settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BgBbValidParams {
    max_iterations: u32,
    penalty: f64,
}

/// A fitted model and how the fit went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BgBbFit {
    /// The model; its time unit is one opportunity.
    pub model: BgBb,
    /// Estimates with standard errors, ln L, and what could not be identified.
    pub report: FitReport,
}

impl Default for BgBbParams {
    fn default() -> Self {
        Self(BgBbValidParams { max_iterations: 200, penalty: 0.0 })
    }
}

impl BgBbParams {
    /// Most Newton steps; default 200 (a few are usual).
    pub fn max_iterations(mut self, iterations: u32) -> Self {
        self.0.max_iterations = iterations;
        self
    }

    /// Holds the estimates near α = β = γ = δ = 1, where every probability is as likely as any other; default 0, not at
    /// all. Otherwise as [`TransactionParams::penalty`](crate::TransactionParams::penalty).
    pub fn penalty(mut self, strength: f64) -> Self {
        self.0.penalty = strength;
        self
    }

    /// Checks the settings and fits: [`BgBbValidParams::fit`].
    ///
    /// # Errors
    /// As [`BgBbValidParams::fit`], and [`ModelError::BadParameter`].
    pub fn fit(self, histories: &[(OpportunityHistory, u64)]) -> Result<BgBbFit, ModelError> {
        self.check()?.fit(histories)
    }
}

impl ParamGuard for BgBbParams {
    type Checked = BgBbValidParams;
    type Error = ModelError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let (name, allowed) = ("most iterations", "at least 1");
        let refused = ModelError::BadParameter { name, allowed, value: 0.0 };
        if self.0.max_iterations == 0 {
            return Err(refused);
        }
        check_strength(self.0.penalty)?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl BgBbValidParams {
    /// Maximum likelihood over histories, each with the number of customers that share it; equal ones may be repeated.
    ///
    /// Where the data show no drop-out (it gains less in ln L than its two parameters cost by Akaike's criterion) the fit
    /// returns that limit, the beta-Bernoulli model, and says so in [`FitReport::degenerate`]. With a penalty it keeps
    /// drop-out, and says there whether that is the penalty's doing.
    ///
    /// # Errors
    /// [`ModelError::NotEnough`] with fewer than two customers who have bought again; [`ModelError::NotConverged`] if no
    /// maximum was reached.
    pub fn fit(&self, histories: &[(OpportunityHistory, u64)]) -> Result<BgBbFit, ModelError> {
        let mut counts: BTreeMap<OpportunityHistory, u64> = BTreeMap::new();
        histories.iter().for_each(|&(history, customers)| *counts.entry(history).or_default() += customers);
        counts.retain(|_, &mut customers| customers > 0);
        let total = |keep: fn(&OpportunityHistory) -> bool| {
            counts.iter().filter(|(history, _)| keep(history)).map(|(_, &n)| n).sum::<u64>()
        };
        require_repeaters("BG/BB", total(|history| history.purchases > 0))?;
        let customers = total(|_| true) as f64;
        let rows: Vec<(OpportunityHistory, f64)> =
            counts.iter().map(|(&history, &customers)| (history, customers as f64)).collect();
        let step = rows.len().div_ceil(SUBSAMPLE);
        let thinned = Histories::new(rows.iter().step_by(step).copied().collect());
        let all = Histories::new(rows);
        let start = |mean: f64, size: f64, leaves: f64, spread: f64| {
            [mean * size, (1.0 - mean) * size, leaves * spread, (1.0 - leaves) * spread].map(f64::ln)
        };
        let problem = Problem {
            model: "BG/BB",
            limit: "beta-Bernoulli",
            names: ["alpha", "beta", "gamma", "delta"],
            all: &all,
            thinned: &thinned,
            without: &Everybody(&all),
            without_thinned: &Everybody(&all),
            customers,
            starts: vec![
                start(0.5, 2.0, 0.2, 3.0),
                start(0.1, 1.0, 0.1, 2.0),
                start(0.7, 4.0, 0.02, 5.0),
                start(0.3, 1.0, 0.5, 1.0),
            ],
            bounds: Bounds { lower: [1e-6_f64.ln(); 4], upper: [1e5_f64.ln(); 4] },
            penalty: Penalty::of(self.penalty, [0.0; 4]),
            words: Words {
                no_drop_out: NO_DROP_OUT,
                no_drop_out_same_buying: NO_DROP_OUT_SAME_BUYING,
                same_buying: SAME_BUYING,
                same_drop_out: SAME_DROP_OUT,
            },
        };
        let ([alpha, beta, gamma, delta], report) = search(&problem, self.max_iterations)?;
        Ok(BgBbFit { model: BgBb::new(alpha, beta, gamma, delta)?, report })
    }
}

const NO_DROP_OUT: &str = "These data show no drop-out: customers skip opportunities, but nothing tells a long pause from \
    leaving. The model is the limit γ → 0, in which nobody drops out and P(alive) is 1 for everybody.";
const NO_DROP_OUT_SAME_BUYING: &str = "These data show neither drop-out nor a difference between customers' purchase \
    probabilities: the model is one probability for everybody, and P(alive) is 1.";
const SAME_BUYING: &str = "These data show no difference between customers' purchase probabilities: α and β run to \
    their bounds with α ÷ (α + β) as the one probability, and have no standard errors.";
const SAME_DROP_OUT: &str = "These data show no difference between customers' drop-out probabilities: γ and δ run to \
    their bounds with γ ÷ (γ + δ) as the one probability, and have no standard errors.";
