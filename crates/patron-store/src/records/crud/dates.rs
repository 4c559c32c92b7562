//! The calendar: the days with sales, and those the shop itself has written there.

use patron_domain::Day;

use super::list::sort_columns;
use super::{Change, Mark, Resource};

/// A day of the calendar. Every day with sales is there by itself.
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
    /// What was special about it: a holiday, a sale of the shop's own.
    pub event: Option<String>,
    /// Whether it was written by hand, and stays when its sales go.
    pub kept: bool,
}

/// A day to be written; all but the event follows from the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDate {
    /// The day, which no row of the calendar has yet.
    pub day: Day,
    /// What was special about it.
    pub event: Option<String>,
}

/// Changes of some fields of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatePatch {
    /// The day, which never changes: a row is that of its day.
    pub day: Change<Day>,
    /// What was special about it.
    pub event: Change<String>,
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
        // everything else follows from the day
        Mark::new().number(self.id).maybe(self.event.as_deref()).number(self.kept).finish()
    }
}
