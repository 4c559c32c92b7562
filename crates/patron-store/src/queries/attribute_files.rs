//! The list of files of customers, products and costs.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use patron_domain::AttributeKind;

use super::count;
use crate::connect::Connection;
use crate::error::{Fault, Outcome};
use crate::schema::attribute_files;
use crate::{AttributeFileRecord, StoreError};

#[derive(Queryable, Selectable)]
#[diesel(table_name = attribute_files)]
struct FileRow {
    id: i64,
    kind: String,
    file_name: String,
    sha256: String,
    imported_at: NaiveDateTime,
    lines: i64,
    matched: i64,
    unmatched: String,
}

pub(crate) fn all(connection: &mut Connection) -> Outcome<Vec<AttributeFileRecord>> {
    let rows = attribute_files::table.order(attribute_files::id).select(FileRow::as_select());
    rows.load(connection)?.into_iter().map(AttributeFileRecord::try_from).collect()
}

impl TryFrom<FileRow> for AttributeFileRecord {
    type Error = Fault;

    fn try_from(row: FileRow) -> Result<Self, Self::Error> {
        let kind = AttributeKind::from_word(&row.kind)
            .ok_or(StoreError::Unreadable { what: "kind of file", value: row.kind })?;
        Ok(Self {
            id: row.id,
            kind,
            file_name: row.file_name,
            sha256: row.sha256,
            imported_at: row.imported_at,
            lines: count(row.lines),
            matched: count(row.matched),
            unmatched: serde_json::from_str(&row.unmatched)?,
        })
    }
}
