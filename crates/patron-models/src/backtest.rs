//! The forecast put to the test on dates that have passed.
//!
//! At an origin everything is fitted as if the log ended there; the customers known then are forecast and compared
//! with what they did. The fit reads the source up to the origin only, so nothing later can reach it.

mod rolling;

use patron_columns::RollupSource;
use patron_domain::{Day, Horizon};
use serde::{Deserialize, Serialize};

use crate::ModelError;
use crate::book::{Book, Outcome, View};
use crate::candidates::{Candidate, ForecasterName, MIN_HISTORY, Study};
use crate::forecaster::{FittedForecaster, ForecastOptions, check};
use crate::metrics::{Decile, Scores, deciles, scores};
use crate::ranges::{Coverage, TotalsTested};
use rolling::Tested;

/// Origins tested besides the latest.
const MOST_EARLIER: usize = 3;

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
    check(options, as_of)?;
    let horizon = options.horizon_days.map_or(Horizon::Months(3), Horizon::Days);
    let truth = Book::until(source, as_of)?;
    let first = truth.view(as_of).first_purchase().ok_or(ModelError::NoPurchases { as_of })?;
    let origins = origins(as_of, horizon, first);
    let Some((&latest, earlier)) = origins.split_first() else {
        return Err(ModelError::TooShortToTest {
            as_of,
            history_days: as_of.days_since(first).max(0) as u32 + 1,
            needed_days: horizon.days(before(as_of, horizon)) + MIN_HISTORY + 1,
        });
    };
    let quarter = Some(Horizon::Months(3)).filter(|&quarter| quarter != horizon);
    let horizons = [horizon].into_iter().chain(quarter).collect();
    let test = Test { source, truth: &truth, as_of, horizon, horizons, options };
    let (holdout, mut totals) = test.holdout(latest)?;
    let tested = earlier.iter().filter_map(|&origin| {
        let tested = test.holdout(origin);
        tested.map_err(|error| tracing::debug!(%origin, %error, "an earlier origin was left out")).ok()
    });
    let (earlier, earlier_totals): (Vec<Holdout>, Vec<Vec<Tested>>) = tested.unzip();
    totals.extend(earlier_totals.into_iter().flatten());
    let totals = test.totals(totals, first);
    Ok(Backtest { as_of, horizon, forecaster: options.forecaster, holdout, earlier, totals })
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
}

fn origins(as_of: Day, horizon: Horizon, first: Day) -> Vec<Day> {
    let mut origins = Vec::new();
    let mut origin = before(as_of, horizon);
    while origin.days_since(first) >= MIN_HISTORY as i32 && origins.len() <= MOST_EARLIER {
        origins.push(origin);
        origin = before(origin, horizon);
    }
    origins
}

/// The latest origin whose horizon ends by `end`.
fn before(end: Day, horizon: Horizon) -> Day {
    match horizon {
        Horizon::Months(months) => end.minus_months(months),
        Horizon::Days(days) => end.plus_days(-(days.min(i32::MAX as u32) as i32)),
    }
}

impl Test<'_> {
    /// The full test at one origin.
    fn holdout(&self, origin: Day) -> Result<(Holdout, Vec<Tested>), ModelError> {
        let &Self { source, truth, horizon, options, .. } = self;
        let known = Book::until(source, origin)?;
        let end = horizon.end(origin);
        let days = horizon.days(origin);
        let study = Study::new(&known, origin, Some(days), options.seed, options.season.as_ref())?;
        let shown = FittedForecaster::from_study(&study, options)?;
        // the same customers in the same order, but with their later days at hand
        let view = truth.view(origin);
        let outcomes = truth.outcomes(&view, end);
        let actual: Vec<f64> = outcomes.iter().map(|outcome| outcome.value).collect();

        let (mut candidates, mut left_out) = (Vec::new(), Vec::new());
        for forecaster in ForecasterName::ALL {
            let values =
                study.fit(forecaster).and_then(|fitted| fitted.value(&study.serving(), &study.view, days));
            match values {
                Ok(values) => {
                    candidates.extend(
                        scores(&actual, &values).map(|scores| CandidateScores { forecaster, scores }),
                    );
                }
                Err(error) => left_out.push(LeftOut { forecaster, reason: error.to_string() }),
            }
        }
        let predicted = shown.values(&study.view, days)?;
        let purchases = study.btyd.expected_purchases(&study.view, days)?;
        let chances = shown.chances(&study.view, days);
        let bought: Vec<f64> = outcomes.iter().map(|o| f64::from(u8::from(o.purchases > 0))).collect();
        let squares =
            chances.iter().zip(&bought).map(|(chance, bought)| (chance - bought).powi(2)).sum::<f64>();
        let values = |wanted: u32| {
            if wanted == days { Ok(predicted.clone()) } else { shown.values(&study.view, wanted) }
        };
        let totals = self.totals_of(&study.view, &values)?;
        let holdout = Holdout {
            origin,
            end,
            days,
            customers: view.len() as u64,
            buyers: outcomes.iter().filter(|outcome| outcome.purchases > 0).count() as u64,
            predicted_total: predicted.iter().sum(),
            actual_total: actual.iter().sum(),
            actual_net: outcomes.iter().map(|outcome| outcome.net).sum(),
            expected_purchases: purchases.iter().sum(),
            actual_purchases: outcomes.iter().map(|outcome| u64::from(outcome.purchases)).sum(),
            deciles: deciles(&actual, &predicted),
            brier: squares / chances.len().max(1) as f64,
            chance_deciles: deciles(&bought, &chances),
            weeks: weeks(&study, truth, &view, &predicted, end)?,
            usual_spend: shown.usual_coverage(&study.view, days, &outcomes)?,
            candidates,
            left_out,
        };
        Ok((holdout, totals))
    }
}

fn weeks(
    study: &Study<'_>,
    truth: &Book,
    view: &View<'_>,
    predicted: &[f64],
    end: Day,
) -> Result<Vec<HoldoutPoint>, ModelError> {
    let days = end.days_since(view.as_of).max(0) as u32;
    let ends = (1..).map(|week| week * 7).take_while(|&day| day < days).chain([days]);
    let mut points = vec![HoldoutPoint {
        day: view.as_of,
        predicted_revenue: 0.0,
        actual_revenue: 0.0,
        expected_purchases: 0.0,
        actual_purchases: 0,
    }];
    for passed in ends {
        let day = view.as_of.plus_days(passed as i32);
        // a forecast is spread over its horizon as the expected purchases are
        let shares = study.btyd.extension(&study.view, days, passed)?;
        let outcomes: Vec<Outcome> = truth.outcomes(view, day);
        points.push(HoldoutPoint {
            day,
            predicted_revenue: predicted.iter().zip(shares).map(|(value, share)| value * share).sum(),
            actual_revenue: outcomes.iter().map(|outcome| outcome.net).sum(),
            expected_purchases: study.btyd.expected_purchases(&study.view, passed)?.iter().sum(),
            actual_purchases: outcomes.iter().map(|outcome| u64::from(outcome.purchases)).sum(),
        });
    }
    Ok(points)
}
