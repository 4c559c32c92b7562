//! Pages of the quarantine.

use diesel::prelude::*;
use patron_domain::{Money, QuarantinedLine};

use super::count;
use crate::connect::Connection;
use crate::error::Outcome;
use crate::schema::quarantine;
use crate::{ImportId, QuarantineEntry};

#[derive(Queryable, Selectable)]
#[diesel(table_name = quarantine)]
struct QuarantineRow {
    id: i64,
    import_id: i64,
    line: i64,
    rule: String,
    reason: String,
    raw: String,
    amount: Option<i64>,
}

pub(crate) fn page(
    connection: &mut Connection,
    import: Option<ImportId>,
    after: i64,
    limit: u32,
) -> Outcome<Vec<QuarantineEntry>> {
    let mut query = quarantine::table.filter(quarantine::id.gt(after)).into_boxed();
    if let Some(import) = import {
        query = query.filter(quarantine::import_id.eq(import.0));
    }
    let rows = query.order(quarantine::id).limit(limit.into()).select(QuarantineRow::as_select());
    Ok(rows.load(connection)?.into_iter().map(QuarantineEntry::from).collect())
}

impl From<QuarantineRow> for QuarantineEntry {
    fn from(row: QuarantineRow) -> Self {
        let line = QuarantinedLine {
            line: count(row.line),
            rule: row.rule,
            reason: row.reason,
            raw: row.raw,
            amount: row.amount.map(Money::from_ten_thousandths),
        };
        Self { id: row.id, import: ImportId(row.import_id), line }
    }
}
