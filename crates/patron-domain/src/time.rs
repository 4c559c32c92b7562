//! Days and months of the shop's own calendar.
//!
//! A day is a day in the shop's time zone and a month is a calendar month: never 30 days, never 4.345 weeks.

use std::fmt;
use std::str::FromStr;

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// Seconds in a day of the shop's wall clock.
pub const SECONDS_PER_DAY: i64 = 86_400;

/// Seconds since 1970-01-01 00:00 on the shop's wall clock.
pub type Timestamp = i64;

/// A calendar day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Day(i32);

/// A text that is not a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a date; write it as 2011-12-09")]
pub struct ParseDayError(String);

impl Day {
    /// From days since 1970-01-01; days outside the years −9999 … 9999 are held at that edge.
    pub fn from_number(days: i32) -> Self {
        Self(days.clamp(-4_371_222, 2_932_896))
    }

    /// The day of a point in time.
    pub fn of(timestamp: Timestamp) -> Self {
        let days = timestamp.div_euclid(SECONDS_PER_DAY).clamp(i64::from(i32::MIN), i64::from(i32::MAX));
        Self::from_number(days as i32)
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The first second of the day.
    pub fn start(self) -> Timestamp {
        i64::from(self.0) * SECONDS_PER_DAY
    }

    /// As chrono's date.
    pub fn date(self) -> NaiveDate {
        NaiveDate::from_epoch_days(self.0).unwrap_or(NaiveDate::MAX)
    }

    /// The calendar month the day lies in.
    pub fn month(self) -> Month {
        // Plain arithmetic, because every line of a log asks: years are counted from 1 March, so that the day that
        // comes and goes is the last of the year, and in eras of 400 years of 146,097 days.
        let since_march_of_year_0 = self.0 + 719_468;
        let era = since_march_of_year_0.div_euclid(146_097);
        let day_of_era = since_march_of_year_0.rem_euclid(146_097);
        let leap_days = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
        let year_of_era = (day_of_era - leap_days) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        Month((era * 400 + year_of_era) * 12 + month_from_march + 2)
    }

    /// `days` later (earlier when negative).
    pub fn plus_days(self, days: i32) -> Self {
        Self::from_number(self.0.saturating_add(days))
    }

    /// The same day of the month `months` calendar months later, held at that month's last day.
    pub fn plus_months(self, months: u32) -> Self {
        self.date().checked_add_months(Months::new(months)).map_or(self, Self::from)
    }

    /// The same day of the month `months` calendar months earlier, held at that month's last day.
    pub fn minus_months(self, months: u32) -> Self {
        self.date().checked_sub_months(Months::new(months)).map_or(self, Self::from)
    }

    /// Days from `earlier` to this day.
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self::from_number(date.to_epoch_days())
    }
}

impl FromStr for Day {
    type Err = ParseDayError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d");
        date.map(Self::from).map_err(|_| ParseDayError(text.to_owned()))
    }
}

impl TryFrom<String> for Day {
    type Error = ParseDayError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().format("%Y-%m-%d").fmt(f)
    }
}

/// A calendar month, counted as year × 12 + month − 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// From year × 12 + (month − 1).
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// Year × 12 + (month − 1).
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The calendar year.
    pub const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// The month of the year, 1 to 12.
    pub const fn of_year(self) -> u32 {
        self.0.rem_euclid(12) as u32 + 1
    }

    /// Its first day.
    pub fn first_day(self) -> Day {
        NaiveDate::from_ymd_opt(self.year(), self.of_year(), 1).map_or(Day::from_number(i32::MAX), Day::from)
    }

    /// Its last day.
    pub fn last_day(self) -> Day {
        self.plus(1).first_day().plus_days(-1)
    }

    /// `months` later (earlier when negative).
    pub const fn plus(self, months: i32) -> Self {
        Self(self.0 + months)
    }
}

/// A text that is not a month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a month; write it as 2011-11")]
pub struct ParseMonthError(String);

impl FromStr for Month {
    type Err = ParseMonthError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = format!("{text}-01").parse::<Day>();
        day.map(Day::month).map_err(|_| ParseMonthError(text.to_owned()))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.of_year())
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_knows_its_month_and_text() {
        let day: Day = "2011-12-09".parse().unwrap();
        assert_eq!((day.to_string().as_str(), day.month().to_string().as_str()), ("2011-12-09", "2011-12"));
        assert_eq!(day.month().last_day().to_string(), "2011-12-31");
        assert_eq!(Day::of(day.start() + 86_399), day);
        assert_eq!(Day::of(day.start() - 1), day.plus_days(-1));
        assert_eq!(Day::of(-1).to_string(), "1969-12-31");
    }

    #[test]
    fn calendar_months_end_at_the_last_day() {
        let day: Day = "2011-01-31".parse().unwrap();
        assert_eq!(day.plus_months(1).to_string(), "2011-02-28");
        assert_eq!(day.plus_months(13).to_string(), "2012-02-29");
        assert_eq!(day.minus_months(2).to_string(), "2010-11-30");
    }

    #[test]
    fn months_agree_with_the_calendar() {
        use chrono::Datelike;
        for number in (-800_000..800_000).step_by(7).chain(10_000..20_000) {
            let (day, date) = (Day::from_number(number), Day::from_number(number).date());
            assert_eq!((day.month().year(), day.month().of_year()), (date.year(), date.month()), "{date}");
        }
    }

    #[test]
    fn a_month_survives_json() {
        let month = Month::from_number(2011 * 12 + 10);
        let json = serde_json::to_string(&month).unwrap();
        assert_eq!(json, "\"2011-11\"");
        assert_eq!(serde_json::from_str::<Month>(&json).unwrap(), month);
        let error = "11/2011".parse::<Month>().unwrap_err();
        assert_eq!(error.to_string(), "'11/2011' is not a month; write it as 2011-11");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        assert!("2011-02-30".parse::<Day>().is_err());
        assert!("9.12.2011".parse::<Day>().is_err());
    }
}
