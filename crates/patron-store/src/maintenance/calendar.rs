//! The attributes of days, computed anew.

use chrono::{Datelike, NaiveDate};
use patron_domain::Day;

use super::check::CheckResult;
use crate::error::Outcome;
use crate::raw::{Connection, Row};

/// Columns that are whole numbers, after `id`, `date`, `month_name` and `day_name`.
const NUMBERS: [&str; 9] = [
    "month",
    "year",
    "quarter",
    "day_of_month",
    "day_of_year",
    "day_of_week",
    "iso_year",
    "iso_week",
    "week_of_month",
];

pub(super) fn days(connection: &Connection, result: &mut CheckResult) -> Outcome<()> {
    let sql = format!("SELECT id, date, month_name, day_name, {} FROM dates ORDER BY id", NUMBERS.join(", "));
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        match i32::try_from(id).ok().map(Day::from_number).filter(|day| i64::from(day.number()) == id) {
            Some(day) => {
                wrong(&row, day.date())?.into_iter().for_each(|what| result.add("dates", id, || what))
            }
            None => result.add("dates", id, || "is no day".to_owned()),
        }
    }
    Ok(())
}

/// The first attribute of a day that is not what the calendar says.
fn wrong(row: &Row<'_>, date: NaiveDate) -> Outcome<Option<String>> {
    let words = [
        ("date", date.format("%Y-%m-%d").to_string()),
        ("month_name", date.format("%B").to_string()),
        ("day_name", date.format("%A").to_string()),
    ];
    for (column, (name, right)) in (1..).zip(words) {
        let stored: String = row.get(column)?;
        if stored != right {
            return Ok(Some(format!("{name} is {stored} instead of {right}")));
        }
    }
    let week = date.iso_week();
    let numbers = [
        date.month(),
        date.year().cast_unsigned(),
        date.month0() / 3 + 1,
        date.day(),
        date.ordinal(),
        date.weekday().number_from_monday(),
        week.year().cast_unsigned(),
        week.week(),
        date.day0() / 7 + 1,
    ];
    for (column, (name, right)) in (4..).zip(NUMBERS.into_iter().zip(numbers)) {
        let (stored, right): (i64, i64) = (row.get(column)?, i64::from(right.cast_signed()));
        if stored != right {
            return Ok(Some(format!("{name} is {stored} instead of {right}")));
        }
    }
    Ok(None)
}
