//! What serves horizons of a year and longer: the candidate once more, learned from outcomes a year long.

use patron_domain::Day;
use serde::{Deserialize, Serialize};

use super::FittedForecaster;
use crate::ModelError;
use crate::book::View;
use crate::candidates::{Candidate, Fitted, ForecasterName, MODEL_COLUMNS, Serving, Study, YEAR};
use crate::features::FeatureSpec;

/// A candidate learned from outcomes a year long; longer horizons are extended from there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Yearly {
    /// Earlier dates learned from, the latest first.
    pub(super) origins: Vec<Day>,
    features: FeatureSpec,
    candidate: Fitted,
}

impl Yearly {
    /// `None` where the log is too short, or there is nothing to learn.
    pub(super) fn fit(study: &Study<'_>, name: ForecasterName) -> Option<Self> {
        let year = study.year().filter(|_| name.is_learned())?;
        let candidate = year.fit(name).ok()?;
        Some(Self { origins: year.origins.clone(), features: year.spec.clone(), candidate })
    }

    /// Whether its parts belong together.
    pub(super) fn fits(&self) -> bool {
        self.candidate.takes(self.features.columns() + MODEL_COLUMNS.len())
    }

    /// Whether every number in it can be one of a fit.
    pub(super) fn is_sound(&self) -> bool {
        self.features.is_sound() && self.candidate.is_sound()
    }
}

impl FittedForecaster {
    /// Net revenue of each customer of `view` in each of `horizons` (in days), in the view's order.
    pub(super) fn values_in(&self, view: &View<'_>, horizons: &[u32]) -> Result<Vec<Vec<f64>>, ModelError> {
        let Some(yearly) = self.yearly.as_ref().filter(|_| horizons.iter().any(|&days| days >= YEAR)) else {
            return self.candidate.values(&self.serving(), view, horizons);
        };
        let (long, short): (Vec<u32>, Vec<u32>) = horizons.iter().partition(|&&days| days >= YEAR);
        let mut short = self.candidate.values(&self.serving(), view, &short)?.into_iter();
        // other columns than those of the shorter horizons: a view keeps one kind
        let again = View::new(view.as_of, view.rule, view.seen.clone());
        let serving = Serving { spec: &yearly.features, base_days: YEAR, ..self.serving() };
        let mut long = yearly.candidate.values(&serving, &again, &long)?.into_iter();
        let next = |&days: &u32| if days >= YEAR { long.next() } else { short.next() };
        Ok(horizons.iter().filter_map(next).collect())
    }

    /// Earlier dates whose outcomes of a year were learned from, the latest first; empty where there are none.
    pub fn yearly_origins(&self) -> &[Day] {
        self.yearly.as_ref().map_or(&[], |yearly| &yearly.origins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data::made_up;
    use crate::{ForecastOptions, Forecaster};

    #[test]
    fn a_year_is_learned_from_years_that_have_ended() {
        let (table, end) = made_up(0);
        let options = ForecastOptions::default();
        let fit = |as_of: Day| Forecaster::fit(&table, as_of, &options).unwrap();
        let of_two_years = fit(end);
        let origins = of_two_years.yearly_origins();
        assert_eq!(origins[..2], [end.plus_days(-364), end.plus_days(-364 - 122)]);
        assert!(origins.iter().all(|origin| origin.plus_days(YEAR as i32) <= end));
        let stored = serde_json::to_string(&of_two_years).unwrap();
        let read: FittedForecaster = serde_json::from_str(&stored).unwrap();
        assert_eq!(read.yearly_origins(), origins);
        let fitted = of_two_years.forecast_all(&table, end, None).unwrap();
        let sum = |value: fn(&crate::CustomerForecast) -> f64| fitted.iter().map(value).sum::<f64>();
        let without = FittedForecaster { yearly: None, ..of_two_years.clone() };
        let extended = without.forecast_all(&table, end, None).unwrap();
        // three months are as they were, the year is a forecast of its own
        assert!(fitted.iter().zip(&extended).all(|(one, other)| one.clv_3m == other.clv_3m));
        assert!(fitted.iter().zip(&extended).any(|(one, other)| one.clv_12m != other.clv_12m));
        assert!(sum(|one| one.clv_3m) < sum(|one| one.clv_12m));
        // 560 days before which nobody bought are one too few
        let first = of_two_years.first_purchase;
        assert!(fit(first.plus_days(560)).yearly_origins().is_empty());
        assert_eq!(fit(first.plus_days(561)).yearly_origins().len(), 2);
        // a rule that learns nothing needs no second form
        let rule = ForecastOptions { forecaster: ForecasterName::Btyd, ..options.clone() };
        assert!(Forecaster::fit(&table, end, &rule).unwrap().yearly_origins().is_empty());
    }
}
