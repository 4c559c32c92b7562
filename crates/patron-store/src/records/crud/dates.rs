//! The calendar of the days with sales.

use patron_domain::Day;

use super::list::sort_columns;
use super::{Mark, Resource};

/// A day of the calendar; only read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateRecord {
    /// Days since 1970-01-01.
    pub id: i64,
    /// The day.
    pub day: Day,
    /// Month of the year, 1 to 12.
    pub month: i32,
    /// Its English name.
    pub month_name: String,
    /// Year.
    pub year: i32,
    /// Quarter, 1 to 4.
    pub quarter: i32,
    /// Day of the month, from 1.
    pub day_of_month: i32,
    /// Day of the year, from 1.
    pub day_of_year: i32,
    /// Day of the week: 1 is Monday, 7 is Sunday.
    pub day_of_week: i32,
    /// Its English name.
    pub day_name: String,
    /// The year the ISO week belongs to.
    pub iso_year: i32,
    /// ISO week, from 1.
    pub iso_week: i32,
    /// 1 for the days 1 to 7 of the month, 2 for 8 to 14 …
    pub week_of_month: i32,
}

/// Which days; all that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DateFilter {
    /// This day or later.
    pub from: Option<Day>,
    /// This day or earlier.
    pub to: Option<Day>,
}

/// What days can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateSort {
    /// By day, which is the number.
    #[default]
    Id,
}

sort_columns!(DateSort { Id = "id", });

impl Resource for DateRecord {
    const WHAT: &'static str = "date";
    type Id = i64;
    type Sort = DateSort;
    type Filter = DateFilter;

    fn id(&self) -> i64 {
        self.id
    }

    fn etag(&self) -> String {
        Mark::new().number(self.id).finish() // everything else follows from the day
    }
}
