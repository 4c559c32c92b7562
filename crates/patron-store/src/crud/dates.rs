//! The calendar.

use chrono::NaiveDate;
use diesel::prelude::*;
use patron_domain::Day;

use super::check::Checks;
use super::lookup::day_made;
use super::stored::{refuse_referenced, required};
use super::{EditStored, Stored, Written};
use crate::connect::{Backend, Connection};
use crate::error::Outcome;
use crate::schema::{dates, sales};
use crate::{CursorKey, DatePatch, DateRecord, DateSort, Direction, List, NewDate, StoreError};

#[derive(Queryable, Selectable)]
#[diesel(table_name = dates)]
struct Row {
    id: i32,
    date: NaiveDate,
    month: i32,
    month_name: String,
    year: i32,
    quarter: i32,
    day_of_month: i32,
    day_of_year: i32,
    day_of_week: i32,
    day_name: String,
    iso_year: i32,
    iso_week: i32,
    week_of_month: i32,
    event: Option<String>,
    kept: bool,
}

impl Stored for DateRecord {
    fn read(connection: &mut Connection, id: i64) -> Outcome<Option<Self>> {
        let Ok(id) = i32::try_from(id) else { return Ok(None) };
        let row = dates::table.find(id).select(Row::as_select()).get_result(connection).optional()?;
        Ok(row.map(record))
    }

    fn rows(connection: &mut Connection, list: &List<Self>, limit: i64) -> Outcome<Vec<Self>> {
        let mut query = dates::table.into_boxed::<Backend>();
        if let Some(day) = list.filter.from {
            query = query.filter(dates::id.ge(day.number()));
        }
        if let Some(day) = list.filter.to {
            query = query.filter(dates::id.le(day.number()));
        }
        let edge = |id: i64| id.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
        let after = list.after.as_ref().map(|after| edge(after.id));
        let query = match list.direction {
            Direction::Ascending => {
                let query = query.order(dates::id.asc());
                if let Some(after) = after { query.filter(dates::id.gt(after)) } else { query }
            }
            Direction::Descending => {
                let query = query.order(dates::id.desc());
                if let Some(after) = after { query.filter(dates::id.lt(after)) } else { query }
            }
        };
        let rows = query.limit(limit).select(Row::as_select()).load(connection)?;
        Ok(rows.into_iter().map(record).collect())
    }

    fn sort_key(&self, sort: DateSort) -> CursorKey {
        match sort {
            DateSort::Id => CursorKey::Number(self.id),
        }
    }
}

fn record(row: Row) -> DateRecord {
    DateRecord {
        id: i64::from(row.id),
        day: Day::from(row.date),
        month: row.month,
        month_name: row.month_name,
        year: row.year,
        quarter: row.quarter,
        day_of_month: row.day_of_month,
        day_of_year: row.day_of_year,
        day_of_week: row.day_of_week,
        day_name: row.day_name,
        iso_year: row.iso_year,
        iso_week: row.iso_week,
        week_of_month: row.week_of_month,
        event: row.event,
        kept: row.kept,
    }
}

impl Written for DateRecord {
    type New = NewDate;
    type Patch = DatePatch;
}

impl EditStored for DateRecord {
    const TABLE: &'static str = "dates";

    fn insert(connection: &mut Connection, new: &NewDate) -> Outcome<i64> {
        let event = checked(new, None)?;
        let there: i64 =
            dates::table.filter(dates::id.eq(new.day.number())).count().get_result(connection)?;
        if there > 0 {
            let (what, key) = ("date", new.day.to_string());
            return Err(StoreError::Taken { what, key }.into());
        }
        let id = day_made(connection, new.day)?;
        keep(connection, id, event)?;
        Ok(i64::from(id))
    }

    fn patched(&self, patch: &DatePatch) -> Outcome<NewDate> {
        let mut new = NewDate { day: self.day, event: self.event.clone() };
        required("date", patch.day.clone(), &mut new.day)?;
        patch.event.clone().lay_over(&mut new.event);
        Ok(new)
    }

    fn update(&self, connection: &mut Connection, new: &NewDate, _: Option<&DatePatch>) -> Outcome<()> {
        let event = checked(new, Some(self.day))?;
        keep(connection, self.day.number(), event)
    }

    fn remove(&self, connection: &mut Connection) -> Outcome<()> {
        let day = self.day.number();
        let lines = sales::table.filter(sales::date_id.eq(day)).count().get_result(connection)?;
        refuse_referenced::<Self>(self.id, &[("sales", lines)])?;
        diesel::delete(dates::table.find(day)).execute(connection)?;
        Ok(())
    }
}

/// The event of a row that can be written; `own`: the day of the row in whose place it comes.
fn checked(new: &NewDate, own: Option<Day>) -> Outcome<Option<String>> {
    let mut checks = Checks::new();
    checks.day("date", Some(new.day));
    if own.is_some_and(|own| own != new.day) {
        checks.fail("date", "is not the day of this row, which stays; create a row for the other day");
    }
    let event = checks.maybe("event", new.event.as_deref());
    checks.finish()?;
    Ok(event)
}

/// What is written by hand stays when the sales of the day go.
fn keep(connection: &mut Connection, day: i32, event: Option<String>) -> Outcome<()> {
    let row = diesel::update(dates::table.find(day));
    row.set((dates::event.eq(event), dates::kept.eq(true))).execute(connection)?;
    Ok(())
}
