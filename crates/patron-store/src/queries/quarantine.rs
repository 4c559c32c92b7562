//! Pages of the quarantine.

use diesel::prelude::*;
use patron_domain::{Money, QuarantinedLine};

use super::count;
use crate::connect::Connection;
use crate::error::Outcome;
use crate::schema::quarantine;
use crate::{ImportId, QuarantineEntry, QuarantineRule, StoreError};

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

/// The lines one rule has set aside, like [`page`].
pub(crate) fn of_rule(
    connection: &mut Connection,
    rule: &str,
    after: i64,
    limit: u32,
) -> Outcome<Vec<QuarantineEntry>> {
    let rows = quarantine::table.filter(quarantine::rule.eq(rule)).filter(quarantine::id.gt(after));
    let rows = rows.order(quarantine::id).limit(limit.into()).select(QuarantineRow::as_select());
    let rows: Vec<QuarantineRow> = rows.load(connection)?;
    if rows.is_empty() {
        let known = quarantine::table.select(quarantine::rule).distinct().order(quarantine::rule);
        let rules: Vec<String> = known.load(connection)?;
        if !rules.iter().any(|known| known == rule) {
            return Err(StoreError::UnknownRule { rule: rule.to_owned(), rules }.into());
        }
    }
    Ok(rows.into_iter().map(QuarantineEntry::from).collect())
}

/// What each rule has set aside, by name. Summed here, because a sum of BIGINT is a float to the query layer.
pub(crate) fn rules(connection: &mut Connection) -> Outcome<Vec<QuarantineRule>> {
    let rows = quarantine::table.order(quarantine::rule).select((quarantine::rule, quarantine::amount));
    let mut rules: Vec<QuarantineRule> = Vec::new();
    for row in rows.load_iter::<(String, Option<i64>), _>(connection)? {
        let (rule, amount) = row?;
        if rules.last().is_none_or(|last| last.rule != rule) {
            rules.push(QuarantineRule { rule, lines: 0, amount: Money::ZERO });
        }
        if let Some(last) = rules.last_mut() {
            last.lines += 1;
            last.amount += Money::from_ten_thousandths(amount.unwrap_or(0));
        }
    }
    Ok(rules)
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
