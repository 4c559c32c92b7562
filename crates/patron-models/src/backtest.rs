//! The forecast put to the test on dates that have passed.
//!
//! At an origin everything is fitted as if the log ended there; the customers known then are forecast and compared
//! with what they did. The fit reads the source up to the origin only, so nothing later can reach it.
//! `docs/models/backtest.md`.

mod holdout;
mod origins;
mod rolling;

use std::sync::atomic::{AtomicUsize, Ordering};

use patron_columns::RollupSource;
use patron_domain::{Day, Horizon};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ModelError;
use crate::book::Book;
use crate::candidates::{ForecasterName, MIN_HISTORY};
use crate::forecaster::{ForecastOptions, check};
use crate::metrics::{Comparison, Decile, Draws, ScoreIntervals, Scores, comparisons};
use crate::predictive::DistributionScores;
use crate::ranges::{Coverage, TotalsTested};
use holdout::Tested;
use origins::{before, origins};

/// How many dates of the past are tested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// The latest and up to three before it, a horizon apart: enough for every run.
    #[default]
    Usual,
    /// Up to eight; where the log has room for fewer than four without overlap, a third of the horizon apart.
    Thorough,
}

/// The record of the past.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// Last day that was compared with.
    pub as_of: Day,
    /// The horizon at every origin.
    pub horizon: Horizon,
    /// The candidate whose forecasts are shown.
    pub forecaster: ForecasterName,
    /// The latest possible test: the horizon ends at the as-of date.
    pub holdout: Holdout,
    /// Earlier ones, the latest first, as far as the history allows.
    pub earlier: Vec<Holdout>,
    /// Totals at these origins and a few more: of the horizon, and of 3 calendar months where that is another one.
    #[serde(default)]
    pub totals: Vec<TotalsTested>,
    /// The shown candidate against the best rule without a model and the best single model.
    #[serde(default)]
    pub comparisons: Vec<Comparison>,
}

/// One origin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Holdout {
    /// Last day the fit has seen.
    pub origin: Day,
    /// Last day of the horizon.
    pub end: Day,
    /// Days from one to the other.
    pub days: u32,
    /// Customers with a purchase by the origin.
    pub customers: u64,
    /// Those who bought again in the horizon.
    pub buyers: u64,
    /// What was forecast for them in all, in money.
    pub predicted_total: f64,
    /// What they spent, customers below zero counted as zero: the total of the scored values.
    pub actual_total: f64,
    /// What they spent, returns taken off without a floor.
    pub actual_net: f64,
    /// Purchases expected in all by BG/NBD.
    pub expected_purchases: f64,
    /// Purchase days there were.
    pub actual_purchases: u64,
    /// Every candidate's scores, in the order of [`ForecasterName::ALL`].
    pub candidates: Vec<CandidateScores>,
    /// Candidates that could not be fitted at this origin, and why.
    pub left_out: Vec<LeftOut>,
    /// Tenths of the customers by the shown candidate's forecast, lowest first.
    pub deciles: Vec<Decile>,
    /// Mean squared error of the chance to buy.
    pub brier: f64,
    /// Tenths of the customers by chance to buy: mean chance against the share that bought.
    pub chance_deciles: Vec<Decile>,
    /// How the ranges of what buyers would usually spend held; absent where none could be learned by then, and for
    /// horizons far from 3 months.
    #[serde(default)]
    pub usual_spend: Option<Coverage>,
    /// How the distributions of what single customers may spend held; absent where the test is older than they are.
    #[serde(default)]
    pub distribution: Option<DistributionScores>,
    /// Expected and actual, cumulated week by week from the origin.
    pub weeks: Vec<HoldoutPoint>,
}

/// A candidate and its scores.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CandidateScores {
    /// Which.
    pub forecaster: ForecasterName,
    /// Its scores.
    pub scores: Scores,
    /// How sure they are, from resampled customers.
    #[serde(default)]
    pub intervals: Option<ScoreIntervals>,
}

/// A candidate that could not be fitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Which.
    pub forecaster: ForecasterName,
    /// Why.
    pub reason: String,
}

/// Sums from the origin up to a day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HoldoutPoint {
    /// The day, included.
    pub day: Day,
    /// Net revenue forecast up to it, in money.
    pub predicted_revenue: f64,
    /// Net revenue up to it, in money.
    pub actual_revenue: f64,
    /// Purchases expected up to it.
    pub expected_purchases: f64,
    /// Purchase days up to it.
    pub actual_purchases: u64,
}

impl Backtest {
    /// All origins, the latest first.
    pub fn origins(&self) -> impl Iterator<Item = &Holdout> {
        std::iter::once(&self.holdout).chain(&self.earlier)
    }

    /// Mean of each score of a candidate over the origins that have it, in the order of [`Scores::NAMES`]; absent
    /// where none has.
    pub fn mean_scores(&self, forecaster: ForecasterName) -> [Option<f64>; Scores::NAMES.len()] {
        let all: Vec<_> =
            self.origins().filter_map(|origin| origin.scores_of(forecaster)).map(Scores::values).collect();
        std::array::from_fn(|score| {
            let known: Vec<f64> = all.iter().filter_map(|values| values[score]).collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        })
    }
}

impl Holdout {
    /// Scores of one candidate.
    pub fn scores_of(&self, forecaster: ForecasterName) -> Option<&Scores> {
        self.candidates.iter().find(|c| c.forecaster == forecaster).map(|c| &c.scores)
    }
}

/// Tests all candidates on the latest horizon that has passed, and on up to three before it.
///
/// The horizon is [`ForecastOptions::horizon_days`], or 3 calendar months. The forecaster named in the options is the
/// one whose deciles and weeks are shown.
///
/// # Errors
/// [`ModelError::TooShortToTest`] unless 75 days of history lie before the latest origin; otherwise as
/// [`crate::Forecaster::fit`] at that origin.
pub fn backtest(
    source: &dyn RollupSource,
    as_of: Day,
    options: &ForecastOptions,
) -> Result<Backtest, ModelError> {
    rolling_backtest(source, as_of, options, Depth::Usual, &|_, _| ())
}

/// The same at as many origins as `depth` says, several at a time. `tested` is told after each how many are done, and
/// of how many; from any thread.
///
/// # Errors
/// As [`backtest`].
pub fn rolling_backtest(
    source: &dyn RollupSource,
    as_of: Day,
    options: &ForecastOptions,
    depth: Depth,
    tested: &(dyn Fn(usize, usize) + Sync),
) -> Result<Backtest, ModelError> {
    check(options, as_of)?;
    let horizon = options.horizon_days.map_or(Horizon::Months(3), Horizon::Days);
    let truth = Book::until(source, as_of)?;
    let first = truth.view(as_of).first_purchase().ok_or(ModelError::NoPurchases { as_of })?;
    let origins = origins(as_of, horizon, first, depth);
    if origins.is_empty() {
        return Err(ModelError::TooShortToTest {
            as_of,
            history_days: as_of.days_since(first).max(0) as u32 + 1,
            needed_days: horizon.days(before(as_of, horizon)) + MIN_HISTORY + 1,
        });
    }
    let quarter = Some(Horizon::Months(3)).filter(|&quarter| quarter != horizon);
    let horizons = [horizon].into_iter().chain(quarter).collect();
    let draws = Draws::new(options.seed, truth.len());
    let test = Test { source, truth: &truth, as_of, horizon, horizons, options, draws };
    let (done, all) = (AtomicUsize::new(0), origins.len());
    let one = |&origin: &Day| {
        let found = test.at(origin);
        tested(done.fetch_add(1, Ordering::Relaxed) + 1, all);
        found.map_err(|error| (origin, error))
    };
    // one origin a thread, whichever is free: the latest, with most to learn from, takes longest and is begun first
    let mut found: Vec<Result<Tested, (Day, ModelError)>> =
        origins.par_iter().with_max_len(1).map(one).collect();
    let Tested { holdout, mut totals, tried } = found.remove(0).map_err(|(_, error)| error)?;
    let (mut earlier, mut all_tried) = (Vec::new(), vec![tried]);
    for found in found {
        match found {
            Ok(found) => {
                earlier.push(found.holdout);
                totals.extend(found.totals);
                all_tried.push(found.tried);
            }
            Err((origin, error)) => tracing::debug!(%origin, %error, "an earlier origin was left out"),
        }
    }
    let forecaster = options.forecaster;
    let all_tried: Vec<_> = all_tried.into_iter().flatten().collect();
    let (totals, comparisons) = (test.totals(totals, first), comparisons(forecaster, &all_tried));
    Ok(Backtest { as_of, horizon, forecaster, holdout, earlier, totals, comparisons })
}

/// What all origins have in common.
struct Test<'a> {
    source: &'a dyn RollupSource,
    /// Everything up to the as-of date.
    truth: &'a Book,
    as_of: Day,
    horizon: Horizon,
    /// Horizons whose totals are wanted; [`Self::horizon`] comes first.
    horizons: Vec<Horizon>,
    options: &'a ForecastOptions,
    draws: Draws,
}
