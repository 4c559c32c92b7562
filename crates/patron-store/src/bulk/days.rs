//! The calendar table: one row for each day that is used.

use chrono::{Datelike, NaiveDate};
use patron_domain::Day;
use rustc_hash::FxHashSet;

use crate::error::Outcome;
use crate::raw::{Connection, Statement, params};

const INSERT: &str = "INSERT INTO dates (id, date, month, month_name, year, quarter, day_of_month, day_of_year, \
    day_of_week, day_name, iso_year, iso_week, week_of_month) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)";

/// The days the calendar table holds.
#[derive(Debug)]
pub(super) struct Days {
    held: FxHashSet<i32>,
    last: Option<i32>,
}

impl Days {
    /// Those that are in the table now.
    pub(super) fn load(connection: &Connection) -> Outcome<Self> {
        let mut statement = connection.prepare("SELECT id FROM dates")?;
        let held = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(Self { held, last: None })
    }

    /// The statement [`Days::add`] needs.
    pub(super) fn statement(connection: &Connection) -> Outcome<Statement<'_>> {
        connection.prepare(INSERT)
    }

    /// The id of a day, which is put into the table if it is not there.
    pub(super) fn add(&mut self, insert: &mut Statement<'_>, day: Day) -> Outcome<i32> {
        let id = day.number();
        if self.last != Some(id) {
            if self.held.insert(id) {
                insert_day(insert, day)?;
            }
            self.last = Some(id);
        }
        Ok(id)
    }
}

fn insert_day(insert: &mut Statement<'_>, day: Day) -> Outcome<()> {
    let date: NaiveDate = day.date();
    let week = date.iso_week();
    insert.execute(params![
        day.number(),
        day,
        date.month(),
        date.format("%B").to_string(),
        date.year(),
        date.month0() / 3 + 1,
        date.day(),
        date.ordinal(),
        date.weekday().number_from_monday(),
        date.format("%A").to_string(),
        week.year(),
        week.week(),
        date.day0() / 7 + 1,
    ])?;
    Ok(())
}
