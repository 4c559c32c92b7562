//! Totals of the past: at the origins of the full test, and at further ones between and before them.

use patron_domain::{Day, Horizon};
use rayon::prelude::*;

use super::{Test, before};
use crate::ModelError;
use crate::book::Book;
use crate::candidates::{MIN_HISTORY, Study};
use crate::ranges::{PastTotal, TotalsTested};

/// Origins fitted for the sake of totals alone.
const MOST_ADDED: usize = 3;
/// Horizons up to this many days are stepped back by their whole length, longer ones by a third of it.
const LONGEST_STEP: u32 = 45;

/// One horizon's total at one origin.
pub(super) type TotalAt = (Horizon, PastTotal);

impl Test<'_> {
    /// Totals of every horizon, the origins of the full test (`tested`) completed by further ones. A horizon without
    /// any is left out.
    pub(super) fn totals(&self, mut tested: Vec<TotalAt>, first: Day) -> Vec<TotalsTested> {
        for &horizon in &self.horizons {
            let have: Vec<Day> =
                tested.iter().filter(|(h, _)| *h == horizon).map(|(_, t)| t.origin).collect();
            // a second horizon is content with what the first one's origins tell of it
            let wanted = MOST_ADDED.saturating_sub(if horizon == self.horizon { 0 } else { have.len() });
            let added = further(self.as_of, horizon, first, &have, wanted);
            let totals: Vec<Vec<TotalAt>> = added
                .into_par_iter()
                .map(|origin| {
                    let totals = self.totals_at(origin);
                    let note = |error| tracing::debug!(%origin, %error, "a past total was left out");
                    totals.map_err(note).unwrap_or_default()
                })
                .collect();
            tested.extend(totals.into_iter().flatten());
        }
        let of = |&horizon: &Horizon| {
            let own = tested.iter().filter(|(h, _)| *h == horizon);
            let mut past: Vec<PastTotal> = own.map(|(_, total)| *total).collect();
            past.sort_by_key(|total| std::cmp::Reverse(total.origin));
            past.dedup_by_key(|total| total.origin);
            (!past.is_empty()).then_some(TotalsTested { horizon, past })
        };
        self.horizons.iter().filter_map(of).collect()
    }

    /// The forecaster as it would have been fitted at `origin`, and what came of its totals.
    fn totals_at(&self, origin: Day) -> Result<Vec<TotalAt>, ModelError> {
        let known = Book::until(self.source, origin)?;
        let (days, options) = (self.horizon.days(origin), self.options);
        let study = Study::new(&known, origin, Some(days), options.seed, options.season.as_ref())?;
        self.totals_of(&study, &|days| study.values(self.options.forecaster, days))
    }

    /// Totals of the horizons that have passed by the as-of date. `study` holds the customers as they were, `values`
    /// forecasts them for so many days.
    pub(super) fn totals_of(
        &self,
        study: &Study<'_>,
        values: &dyn Fn(u32) -> Result<Vec<f64>, ModelError>,
    ) -> Result<Vec<TotalAt>, ModelError> {
        let (view, origin) = (&study.view, study.as_of);
        let then = self.truth.view(origin);
        let passed = self.horizons.iter().filter(|horizon| horizon.end(origin) <= self.as_of);
        let total = |&horizon: &Horizon| {
            let (values, end) = (values(horizon.days(origin))?, horizon.end(origin));
            let net: Vec<f64> = self.truth.outcomes(&then, end).iter().map(|outcome| outcome.net).collect();
            let total = PastTotal::new(origin, end, &values, view.mean_purchase(), &net);
            Ok((horizon, total.with_season_error(study.season.error(study.first, origin, end))))
        };
        passed.map(total).collect()
    }
}

/// Up to `most` origins, the latest first, a step apart from each other and not among those there are already.
fn further(as_of: Day, horizon: Horizon, first: Day, have: &[Day], most: usize) -> Vec<Day> {
    let latest = before(as_of, horizon);
    let back = |steps: u32| match horizon {
        Horizon::Months(months) => latest.minus_months(steps * months.div_ceil(3)),
        Horizon::Days(days) => {
            let step = if days <= LONGEST_STEP { days } else { days.div_ceil(3) };
            before(latest, Horizon::Days(steps * step))
        }
    };
    let old_enough = |origin: &Day| origin.days_since(first) >= MIN_HISTORY as i32;
    // months differ in length: what falls within a few days of an origin is the same one
    let half = latest.days_since(back(1)) / 2;
    let new = |origin: &Day| have.iter().all(|other| origin.days_since(*other).abs() >= half.max(1));
    (0..).map(back).take_while(old_enough).filter(new).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data::day;

    fn check(horizon: Horizon, first: &str, have: &[&str], expected: &[&str]) {
        let have: Vec<Day> = have.iter().map(|text| day(text)).collect();
        let found = further(day("2011-12-31"), horizon, day(first), &have, MOST_ADDED);
        assert_eq!(found.iter().map(Day::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn months_between_the_quarters() {
        let months = ["2011-08-30", "2011-07-30", "2011-05-30"];
        check(Horizon::Months(3), "2009-01-01", &["2011-09-30", "2011-06-30", "2011-03-30"], &months);
        // 75 days of history before each
        check(Horizon::Months(3), "2011-05-01", &["2011-09-30"], &months[..2]);
    }

    #[test]
    fn short_horizons_do_not_overlap() {
        let thirties = ["2011-12-01", "2011-11-01", "2011-10-02"];
        check(Horizon::Days(30), "2009-01-01", &[], &thirties);
        check(Horizon::Days(90), "2011-06-01", &["2011-10-02"], &["2011-09-02"]);
        check(Horizon::Days(90), "2011-09-01", &[], &[]);
    }
}
