//! How much more or less a shop sells in each month of the year: `docs/models/season.md`.

mod dense;
mod file;
mod fit;
mod regression;
mod said;
#[cfg(test)]
mod tests;

use patron_columns::RollupSource;
use patron_domain::Day;
use serde::{Deserialize, Serialize};

use crate::ModelError;
use crate::book::{Book, View};
use crate::forecaster::is_usual;
pub use file::SeasonFile;
use fit::Cells;
use regression::{Prior, correlation, regress};

/// Days of each month, January first, February's as they are on average.
pub(crate) const MONTH_DAYS: [f64; 12] =
    [31.0, 28.25, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];

/// Whole months it takes for a season.
const SEASONS_MONTHS: u32 = 12;
/// Days that the first purchase may come late in the first of them: shops open after holidays.
const GRACE: i32 = 6;
/// How far seasons of shops are from a flat one before a log is read, and how far from a file's; on the scale of
/// logarithms. Both fade as the log itself shows how large its season is.
const OWN_SCALE: f64 = 0.3;
const FILE_SCALE: f64 = 0.15;
/// Standard error of ln(index) where no season is known: an assumption about shops, learned from no log.
const UNKNOWN_SPREAD: f64 = 0.25;

/// Where a season comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeasonKnown {
    /// Fewer than 12 whole months: season cannot be told from trend, and every index is 1.
    Unknown,
    /// 12 to 24 whole months: each calendar month was seen once, so its index is shrunk hard toward 1.
    OneYear,
    /// 24 whole months or more: season and trend are told apart.
    Years,
    /// A file with the season of another year or another shop, corrected by what this log itself tells.
    File,
}

/// Index per calendar month: sales of a day of that month ÷ sales of an average day of a year, all else being equal.
/// The arithmetic mean over the days of a year is 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Season {
    known: SeasonKnown,
    /// Where a file's season was learned.
    source: Option<String>,
    /// First and last day learned from, a file's or the log's; `None` where nothing was.
    days: Option<(Day, Day)>,
    /// January first.
    index: [f64; 12],
    /// Standard error of each ln(index).
    spread: [f64; 12],
}

impl Season {
    /// The season the customers and days of `view` tell, none of them later than its as-of date. Under 12 whole months
    /// there is none.
    pub(crate) fn fit(view: &View<'_>) -> Self {
        let Some(first) = view.first_purchase() else { return Self::flat() };
        let months = whole_months(first.plus_days(-GRACE), view.as_of);
        if months < SEASONS_MONTHS {
            return Self::flat();
        }
        let known = if months < 2 * SEASONS_MONTHS { SeasonKnown::OneYear } else { SeasonKnown::Years };
        let prior = Prior { centre: [0.0; 12], scale: OWN_SCALE };
        Self::learned(view, first, &prior).map_or_else(Self::flat, |season| Self {
            known,
            days: Some((first, view.as_of)),
            ..season
        })
    }

    /// The season for a fit at the as-of date of `view`: the file's, corrected by what the log itself tells, where
    /// there is a file that had been known by then; else the log's own.
    pub(crate) fn known_at(view: &View<'_>, file: Option<&SeasonFile>) -> Self {
        let given = file.and_then(|file| Self::from_file(file, view.as_of).ok());
        let Some(given) = given else { return Self::fit(view) };
        let Some(first) = view.first_purchase() else { return given };
        let own_error = given.spread.iter().map(|spread| spread * spread).sum::<f64>() / 12.0;
        let prior =
            Prior { centre: given.index.map(f64::ln), scale: (FILE_SCALE * FILE_SCALE + own_error).sqrt() };
        let corrected = Self::learned(view, first, &prior);
        let (known, source, days) = (given.known, given.source.clone(), given.days);
        corrected.map_or(given, |season| Self { known, source, days, ..season })
    }

    fn learned(view: &View<'_>, first: Day, prior: &Prior) -> Option<Self> {
        let Cells { cells, dispersion } = Cells::of(view, first);
        let found = regress(&cells, dispersion, prior)?;
        let index = found.ln_index.map(f64::exp);
        let mean = arithmetic_mean(&index);
        let season = Self { index: index.map(|index| index / mean), spread: found.spread, ..Self::flat() };
        season.is_sound().then_some(season)
    }

    /// The season of a log up to `as_of`, and as a file with a `source` in words.
    ///
    /// # Errors
    /// [`ModelError::NoPurchases`], [`ModelError::NoSeason`] under 12 whole months, and as the source fails.
    pub fn learn(log: &dyn RollupSource, as_of: Day, source: &str) -> Result<(Self, SeasonFile), ModelError> {
        let book = Book::until(log, as_of)?;
        let view = book.view(as_of);
        let first = view.first_purchase().ok_or(ModelError::NoPurchases { as_of })?;
        let season = Self::fit(&view);
        let file = season.to_file(source).ok_or(ModelError::NoSeason { first, as_of })?;
        Ok((season, file))
    }

    /// No season: every index is 1.
    pub fn flat() -> Self {
        let (known, spread) = (SeasonKnown::Unknown, [UNKNOWN_SPREAD; 12]);
        Self { known, source: None, days: None, index: [1.0; 12], spread }
    }

    /// Index of a calendar month, 1 to 12; 1 for any other number.
    pub fn index(&self, month: u32) -> f64 {
        (month as usize).checked_sub(1).and_then(|place| self.index.get(place)).copied().unwrap_or(1.0)
    }

    /// Mean index over the days in (after, to]; 1 without any.
    pub fn mean(&self, after: Day, to: Day) -> f64 {
        let shares = shares(after, to);
        let sum: f64 = shares.iter().zip(self.index).map(|(share, index)| share * index).sum();
        if shares.iter().any(|&share| share > 0.0) { sum } else { 1.0 }
    }

    /// Where it comes from.
    pub fn known(&self) -> SeasonKnown {
        self.known
    }

    /// Where a file's season was learned; `None` for the log's own.
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// Standard error of ln(index) of a calendar month, 1 to 12.
    pub fn spread(&self, month: u32) -> f64 {
        (month as usize).checked_sub(1).and_then(|place| self.spread.get(place)).copied().unwrap_or(0.0)
    }

    /// First and last day it was learned from; `None` where it is unknown.
    pub fn days(&self) -> Option<(Day, Day)> {
        self.days
    }

    /// Standard error of ln(mean index over (after, to] ÷ mean index over (from, until]): how uncertain the season makes
    /// a forecast of the one period from the other. 0 where either has no days.
    pub fn ln_spread(&self, (from, until): (Day, Day), (after, to): (Day, Day)) -> f64 {
        let (reference, horizon) = (shares(from, until), shares(after, to));
        if reference.iter().sum::<f64>() * horizon.iter().sum::<f64>() == 0.0 {
            return 0.0;
        }
        let weigh = |shares: [f64; 12], mean: f64| -> [f64; 12] {
            std::array::from_fn(|month| shares[month] * self.index[month] / mean)
        };
        let (reference, horizon) =
            (weigh(reference, self.mean(from, until)), weigh(horizon, self.mean(after, to)));
        let effect = |month: usize| (horizon[month] - reference[month]) * self.spread[month];
        let pairs = (0..144).map(|pair| (pair / 12, pair % 12));
        let variance: f64 = pairs.map(|(i, j)| effect(i) * effect(j) * correlation(i, j)).sum();
        variance.max(0.0).sqrt()
    }

    /// Standard error of ln(mean index up to `end` ÷ mean index of the year, or of less, up to `as_of`): how uncertain
    /// the season makes a forecast at `as_of`, by a log that begins at `first`.
    pub(crate) fn error(&self, first: Day, as_of: Day, end: Day) -> f64 {
        let from = first.plus_days(-1).max(as_of.plus_days(-365));
        self.ln_spread((from, as_of), (as_of, end))
    }

    /// As a file for other years and shops, with a `source` in words. `None` where the season is unknown.
    pub fn to_file(&self, source: &str) -> Option<SeasonFile> {
        let (first, last) = self.days?;
        let source = match &self.source {
            Some(before) => format!("{source}, from {before}"),
            None => source.to_owned(),
        };
        Some(SeasonFile { source, first, last, index: self.index, spread: self.spread })
    }

    /// Whether a fit may have made it.
    pub(crate) fn is_sound(&self) -> bool {
        let mean = arithmetic_mean(&self.index);
        self.index.iter().all(|&index| index > 0.0 && is_usual(index))
            && self.spread.iter().all(|&spread| spread >= 0.0 && is_usual(spread))
            && (mean - 1.0).abs() < 1e-6
    }
}

/// Calendar months from one day to another, both included: 12 from any day to the day before its first anniversary.
fn whole_months(first: Day, last: Day) -> u32 {
    let end = last.plus_days(1);
    let months = (end.month().number() - first.month().number()).max(0) as u32;
    if first.plus_months(months) <= end { months } else { months.saturating_sub(1) }
}

/// Share of each calendar month in the days of (after, to]; zeros without any.
fn shares(after: Day, to: Day) -> [f64; 12] {
    let days = f64::from(to.days_since(after));
    let (mut shares, mut from) = ([0.0; 12], after.plus_days(1));
    while from <= to {
        let end = from.month().last_day().min(to);
        shares[from.month().of_year() as usize - 1] += f64::from(end.days_since(from) + 1) / days;
        from = end.plus_days(1);
    }
    shares
}

/// Mean over the days of a year.
fn arithmetic_mean(index: &[f64; 12]) -> f64 {
    let sum: f64 = index.iter().zip(MONTH_DAYS).map(|(index, days)| index * days).sum();
    sum / MONTH_DAYS.iter().sum::<f64>()
}

impl Season {
    /// The season of a file, for a fit at `as_of`.
    ///
    /// # Errors
    /// [`ModelError::SeasonFromLater`] where the file has seen days after `as_of`; [`ModelError::BadParameter`] for
    /// an index or a spread no season has.
    pub fn from_file(file: &SeasonFile, as_of: Day) -> Result<Self, ModelError> {
        file.check()?;
        if file.last > as_of {
            let (source, last) = (file.source.clone(), file.last);
            return Err(ModelError::SeasonFromLater { source_name: source, last, as_of });
        }
        let mean = arithmetic_mean(&file.index);
        Ok(Self {
            known: SeasonKnown::File,
            source: Some(file.source.clone()),
            days: Some((file.first, file.last)),
            index: file.index.map(|index| index / mean),
            spread: file.spread,
        })
    }
}
