//! How much more or less a shop sells in each month of the year: `docs/models/season.md`.

mod file;

use patron_domain::Day;
use serde::{Deserialize, Serialize};

use crate::ModelError;
use crate::book::Book;
use crate::forecaster::is_usual;
pub use file::SeasonFile;

/// Days of each month, January first, February's as they are on average.
pub(crate) const MONTH_DAYS: [f64; 12] =
    [31.0, 28.25, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];

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
    /// January first.
    index: [f64; 12],
    /// Standard error of each ln(index).
    spread: [f64; 12],
}

impl Season {
    /// The season of the days up to `as_of`; nothing later is read.
    pub(crate) fn fit(_book: &Book, _as_of: Day) -> Self {
        Self::flat()
    }

    /// The season for a fit at `as_of`: the file's where there is one that had been known by then, else the book's own.
    pub(crate) fn known_at(book: &Book, as_of: Day, file: Option<&SeasonFile>) -> Self {
        let given = file.and_then(|file| Self::from_file(file, as_of).ok());
        given.unwrap_or_else(|| Self::fit(book, as_of))
    }

    /// No season: every index is 1.
    pub fn flat() -> Self {
        Self { known: SeasonKnown::Unknown, source: None, index: [1.0; 12], spread: [0.0; 12] }
    }

    /// Index of a calendar month, 1 to 12; 1 for any other number.
    pub fn index(&self, month: u32) -> f64 {
        (month as usize).checked_sub(1).and_then(|place| self.index.get(place)).copied().unwrap_or(1.0)
    }

    /// Mean index over the days in (after, to]; 1 without any.
    pub fn mean(&self, after: Day, to: Day) -> f64 {
        let (mut sum, mut days, mut from) = (0.0, 0.0, after.plus_days(1));
        while from <= to {
            let end = from.month().last_day().min(to);
            let length = f64::from(end.days_since(from) + 1);
            sum += length * self.index(from.month().of_year());
            days += length;
            from = end.plus_days(1);
        }
        if days > 0.0 { sum / days } else { 1.0 }
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

    /// Whether a fit may have made it.
    pub(crate) fn is_sound(&self) -> bool {
        let mean = arithmetic_mean(&self.index);
        self.index.iter().all(|&index| index > 0.0 && is_usual(index))
            && self.spread.iter().all(|&spread| spread >= 0.0 && is_usual(spread))
            && (mean - 1.0).abs() < 1e-6
    }
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
            index: file.index.map(|index| index / mean),
            spread: file.spread,
        })
    }
}
