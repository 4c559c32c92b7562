//! The calendar.

use chrono::NaiveDate;
use diesel::prelude::*;
use patron_domain::Day;

use super::Stored;
use crate::connect::{Backend, Connection};
use crate::error::Outcome;
use crate::schema::dates;
use crate::{CursorKey, DateRecord, DateSort, Direction, List};

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
    }
}
