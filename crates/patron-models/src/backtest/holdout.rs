//! The full test at one origin.

use patron_domain::Day;

use super::rolling::TotalAt;
use super::{CandidateScores, Holdout, HoldoutPoint, LeftOut, Test};
use crate::ModelError;
use crate::book::{Book, Outcome, View};
use crate::candidates::{ForecasterName, Study};
use crate::forecaster::FittedForecaster;
use crate::metrics::{Bootstrap, Tried, deciles};
use crate::predictive::DistributionScores;

/// What one origin tells.
pub(super) struct Tested {
    pub(super) holdout: Holdout,
    pub(super) totals: Vec<TotalAt>,
    /// All candidates on resampled customers; `None` without customers.
    pub(super) tried: Option<Tried>,
}

impl Test<'_> {
    /// Fits everything at `origin` and compares.
    pub(super) fn at(&self, origin: Day) -> Result<Tested, ModelError> {
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

        let (mut names, mut forecasts, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for forecaster in ForecasterName::ALL {
            match study.values(forecaster, days) {
                Ok(values) => {
                    names.push(forecaster);
                    forecasts.push(values);
                }
                Err(error) => left_out.push(LeftOut { forecaster, reason: error.to_string() }),
            }
        }
        let places: Vec<usize> = view.seen.iter().map(|seen| seen.index).collect();
        let bootstrap = Bootstrap::new(origin, &actual, &forecasts, &places, self.draws);
        let tried = bootstrap.map(|bootstrap| Tried { names, bootstrap });
        let candidates = tried.as_ref().map(candidates).unwrap_or_default();

        let predicted = shown.values(&study.view, days)?;
        let purchases = study.btyd.expected_purchases(&study.view, days)?;
        let chances = shown.chances(&study.view, days);
        let bought: Vec<f64> = outcomes.iter().map(|o| f64::from(u8::from(o.purchases > 0))).collect();
        let squares =
            chances.iter().zip(&bought).map(|(chance, bought)| (chance - bought).powi(2)).sum::<f64>();
        let values = |wanted: u32| {
            if wanted == days { Ok(predicted.clone()) } else { shown.values(&study.view, wanted) }
        };
        let totals = self.totals_of(&study, &values)?;
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
            distribution: DistributionScores::new(&shown.distributions(&study.view, days)?, &actual),
            usual_spend: shown.usual_coverage(&study.view, days, &outcomes)?,
            candidates,
            left_out,
        };
        Ok(Tested { holdout, totals, tried })
    }
}

fn candidates(tried: &Tried) -> Vec<CandidateScores> {
    let Tried { names, bootstrap } = tried;
    let scored = names.iter().zip(&bootstrap.scores).enumerate();
    let one = |(place, (&forecaster, &scores))| {
        let intervals = Some(bootstrap.intervals(place));
        CandidateScores { forecaster, scores, intervals }
    };
    scored.map(one).collect()
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
