//! One total for the shop; candidates only share it out.

use patron_domain::Day;

use super::Study;
use super::study::YEAR;
use crate::ModelError;
use crate::book::{Outcome, View};
use crate::btyd::Btyd;
use crate::season::{Season, SeasonKnown};

/// Years looked back for the same season.
const MOST_YEARS: i32 = 3;
/// Days of history without which an origin tells nothing of the level.
const MIN_HISTORY: i32 = 180;
/// Origins that "no correction" counts for.
const PRIOR_ORIGINS: f64 = 2.0;

/// Expected net revenue of the customers known at the study's as-of date in `base_days` of an average season, in money.
///
/// Half of it is said by the stationary model, BG/NBD × gamma-gamma, corrected by how it did in the same season of
/// earlier years (and on recent dates, once both sides are freed of a season that is known); half by `learned`, the
/// total of a model that keeps the sum of what it was trained on. Where nothing could be learned, the first says all.
pub(super) fn level(study: &Study<'_>, learned: Option<f64>) -> Result<f64, ModelError> {
    let stationary = expected(study, &study.view, &study.btyd)? * correction(study)?;
    let learned = learned.map(|total| total / learned_season(study)).filter(|&total| total > 0.0);
    Ok(learned.map_or(stationary, |learned| f64::midpoint(stationary, learned)))
}

/// What the stationary model expects of the customers of `view`, freed of the season it was fitted to.
fn expected(study: &Study<'_>, view: &View<'_>, btyd: &Btyd) -> Result<f64, ModelError> {
    let total: f64 = btyd.value(view, study.base_days)?.iter().sum();
    Ok(total / observed_season(&study.season, view))
}

/// Factor that brings the stationary model to what came on dates of the same season, drawn toward 1.
fn correction(study: &Study<'_>) -> Result<f64, ModelError> {
    let mut tally = Tally::default();
    for years in (1..=MOST_YEARS).rev() {
        let origin = study.as_of.plus_days(-years * YEAR as i32);
        if tells(study, origin) {
            let view = study.book.view(origin);
            if let Ok(btyd) = Btyd::fit(&view) {
                let end = origin.plus_days(study.base_days as i32);
                tally.add(study, &view, &btyd, &study.book.outcomes(&view, end))?;
            }
        }
    }
    if study.season.known() != SeasonKnown::Unknown {
        for earlier in study.earlier().iter().rev().filter(|earlier| tells(study, earlier.study.as_of)) {
            tally.add(study, &earlier.study.view, &earlier.study.btyd, &earlier.outcomes)?;
        }
    }
    Ok((tally.sum / (tally.count + PRIOR_ORIGINS)).exp())
}

fn tells(study: &Study<'_>, origin: Day) -> bool {
    origin.days_since(study.first) >= MIN_HISTORY
}

/// Sum and number of ln(came ÷ expected).
#[derive(Default)]
struct Tally {
    sum: f64,
    count: f64,
}

impl Tally {
    fn add(
        &mut self,
        study: &Study<'_>,
        view: &View<'_>,
        btyd: &Btyd,
        outcomes: &[Outcome],
    ) -> Result<(), ModelError> {
        let end = view.as_of.plus_days(study.base_days as i32);
        let came: f64 = outcomes.iter().map(|outcome| outcome.value).sum();
        let ratio = came / (expected(study, view, btyd)? * study.season.mean(view.as_of, end));
        if ratio > 0.0 && ratio.is_finite() {
            self.sum += ratio.ln();
            self.count += 1.0;
        }
        Ok(())
    }
}

/// Mean index over the days that each customer of `view` was observed.
fn observed_season(season: &Season, view: &View<'_>) -> f64 {
    if season.known() == SeasonKnown::Unknown {
        return 1.0;
    }
    let mut firsts: Vec<Day> = view.seen.iter().map(|seen| seen.history.first).collect();
    firsts.sort_unstable();
    let (mut sum, mut days) = (0.0, 0.0);
    for same in firsts.chunk_by(|a, b| a == b) {
        let observed = f64::from(view.as_of.days_since(same[0])) * same.len() as f64;
        sum += observed * season.mean(same[0], view.as_of);
        days += observed;
    }
    if days > 0.0 { sum / days } else { 1.0 }
}

/// Mean index over the outcomes that learned candidates were trained on.
fn learned_season(study: &Study<'_>) -> f64 {
    let Some(training) = study.trained() else { return 1.0 };
    let (mut sum, mut count) = (0.0, 0.0);
    for view in &training.views {
        let rows = view.len() as f64;
        sum += rows * study.season.mean(view.as_of, view.as_of.plus_days(study.base_days as i32));
        count += rows;
    }
    if count > 0.0 { sum / count } else { 1.0 }
}
