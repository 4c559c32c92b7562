//! What the person may tell about a file instead of leaving it to detection.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Mapping, Profile, TimeZone};

/// How a file is to be read and cleaned. [`ReadOptions::default`] detects everything and cleans as `retail`.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Columns told by the person; what is not told is recognised by name.
    pub map: Option<Mapping>,
    /// The cleaning profile.
    pub profile: Profile,
    /// Which of day, month and year comes first, where the person says so.
    pub date_order: Option<DateOrder>,
    /// The decimal mark, where the person says so.
    pub decimal: Option<DecimalMark>,
    /// The sheet of a workbook; needed only where several sheets hold sales.
    pub sheet: Option<String>,
    /// The shop's time zone: times whose offset from UTC the file tells are moved to it, all others stay as written.
    pub time_zone: Option<TimeZone>,
    /// The currency to read where the file holds several: an ISO code (`GBP`), or £ or €.
    pub currency: Option<String>,
    /// Accepted lines per batch, at most; 0 counts as 1.
    pub batch_lines: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            map: None,
            profile: Profile::default(),
            date_order: None,
            decimal: None,
            sheet: None,
            time_zone: None,
            currency: None,
            batch_lines: 16_384,
        }
    }
}

/// Which part of a date written in numbers comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// 31/12/2011.
    DayFirst,
    /// 12/31/2011.
    MonthFirst,
    /// 2011-12-31, or 11-12-31 where years have two digits.
    YearFirst,
}

/// What separates units from decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecimalMark {
    /// 1,234.56
    #[default]
    Point,
    /// 1.234,56
    Comma,
}

/// A word that none of the choices of an option is called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{word}' is none of {choices}")]
pub struct UnknownChoice {
    word: String,
    choices: &'static str,
}

impl FromStr for DateOrder {
    type Err = UnknownChoice;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word.trim().to_ascii_lowercase().as_str() {
            "day-first" => Ok(Self::DayFirst),
            "month-first" => Ok(Self::MonthFirst),
            "year-first" => Ok(Self::YearFirst),
            _ => Err(UnknownChoice { word: word.to_owned(), choices: "day-first, month-first, year-first" }),
        }
    }
}

impl FromStr for DecimalMark {
    type Err = UnknownChoice;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word.trim().to_ascii_lowercase().as_str() {
            "point" => Ok(Self::Point),
            "comma" => Ok(Self::Comma),
            _ => Err(UnknownChoice { word: word.to_owned(), choices: "point, comma" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_and_others_named() {
        assert_eq!("Day-First".parse(), Ok(DateOrder::DayFirst));
        assert_eq!("comma".parse(), Ok(DecimalMark::Comma));
        let error = "d/m/y".parse::<DateOrder>().unwrap_err();
        assert_eq!(error.to_string(), "'d/m/y' is none of day-first, month-first, year-first");
    }
}
