//! The list of imports.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use patron_domain::Day;

use super::count;
use crate::connect::Connection;
use crate::error::{Fault, Outcome};
use crate::schema::imports;
use crate::{ImportId, ImportRecord};

#[derive(Queryable, Selectable)]
#[diesel(table_name = imports)]
struct ImportRow {
    id: i64,
    file_name: String,
    sha256: String,
    settings_sha256: String,
    profile: String,
    imported_at: NaiveDateTime,
    lines_read: i64,
    lines_accepted: i64,
    lines_quarantined: i64,
    first_day: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
    derived_orders: bool,
    report: String,
}

pub(crate) fn all(connection: &mut Connection) -> Outcome<Vec<ImportRecord>> {
    let rows = imports::table.order(imports::id).select(ImportRow::as_select()).load(connection)?;
    rows.into_iter().map(ImportRecord::try_from).collect()
}

pub(crate) fn of_file(connection: &mut Connection, sha256: &str) -> Outcome<Option<ImportRecord>> {
    let row = imports::table.filter(imports::sha256.eq(sha256)).select(ImportRow::as_select());
    row.first(connection).optional()?.map(ImportRecord::try_from).transpose()
}

pub(crate) fn with_id(connection: &mut Connection, id: ImportId) -> Outcome<Option<ImportRecord>> {
    let row = imports::table.find(id.0).select(ImportRow::as_select());
    row.first(connection).optional()?.map(ImportRecord::try_from).transpose()
}

impl TryFrom<ImportRow> for ImportRecord {
    type Error = Fault;

    fn try_from(row: ImportRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: ImportId(row.id),
            file_name: row.file_name,
            sha256: row.sha256,
            settings_sha256: row.settings_sha256,
            profile: row.profile,
            imported_at: row.imported_at,
            lines_read: count(row.lines_read),
            lines_accepted: count(row.lines_accepted),
            lines_quarantined: count(row.lines_quarantined),
            first_day: row.first_day.map(Day::from),
            last_day: row.last_day.map(Day::from),
            derived_orders: row.derived_orders,
            report: serde_json::from_str(&row.report)?,
        })
    }
}
