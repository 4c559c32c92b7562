//! The record of writes: who changed which row when, from what to what.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::{Map, Value};

use super::KeyId;
use super::fields::Audited;
use crate::connect::Connection;
use crate::error::Outcome;
use crate::schema::audit;
use crate::{Reading, StoreError, Writing};

/// Who writes, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The key; `None` for this computer's own requests without one.
    pub key: Option<KeyId>,
    /// Now, in UTC.
    pub at: NaiveDateTime,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditAction {
    /// A row came.
    Create,
    /// A row took the place of another.
    Replace,
    /// Some fields changed.
    Patch,
    /// A row went.
    Delete,
    /// A person was erased.
    Erase,
    /// A key was put out of force.
    Revoke,
}

impl AuditAction {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Create, Self::Replace, Self::Patch, Self::Delete, Self::Erase, Self::Revoke];

    /// As it is written: `create`, `replace`, `patch`, `delete`, `erase`, `revoke`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Replace => "replace",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::Erase => "erase",
            Self::Revoke => "revoke",
        }
    }
}

/// One write.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// Its number; later writes have higher ones.
    pub id: i64,
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// With which key; `None` for this computer's own requests without one.
    pub key: Option<KeyId>,
    /// What was done.
    pub action: AuditAction,
    /// The table: `customers`, `products`, `transactions`, `sales`, `dates`, `api_keys`, `jobs`, `model_runs`.
    pub resource: String,
    /// The row's number.
    pub row: i64,
    /// The fields that changed, by name; empty for creations.
    pub changes: Vec<FieldChange>,
}

/// How a field changed. Money is a text such as `12.50`, a day and a time are in ISO 8601, other rows are their
/// numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// The field.
    pub field: String,
    /// Whether the values tell who somebody is.
    pub is_personal: bool,
    /// The value before; null where there was none, or where it was erased since.
    pub former: Value,
    /// The value after; null likewise.
    pub new: Value,
}

/// Which writes; all that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this table.
    pub resource: Option<String>,
    /// Of rows with this number.
    pub row: Option<i64>,
    /// At this time (UTC) or later.
    pub since: Option<NaiveDateTime>,
    /// Only those with a lower number: the last one of the page before.
    pub before: Option<i64>,
}

impl Reading<'_> {
    /// A page of the record of writes, the latest first, at most `limit` of them.
    ///
    /// # Errors
    /// What the database says.
    pub fn audit(&mut self, filter: &AuditFilter, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        self.run(|connection| page(connection, filter, limit))
    }
}

impl Writing<'_> {
    /// From here on every row that is created, replaced, changed or deleted is noted in the record of writes, in the
    /// same transaction. Without this nothing is noted.
    pub fn acting_as(&mut self, actor: Actor) -> &mut Self {
        self.audit_mut().actor = Some(actor);
        self
    }

    /// Notes something that this type does not do itself.
    ///
    /// # Errors
    /// What the database says.
    pub fn note(&mut self, action: AuditAction, resource: &str, row: i64) -> Result<(), StoreError> {
        self.noted(|connection, audit| audit.note(connection, action, resource, row, None))
    }
}

/// What a [`Writing`] notes of its changes.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    actor: Option<Actor>,
    /// The number of the next entry, once it is known: nobody else writes in this transaction.
    next: Option<i64>,
}

impl Audit {
    /// Notes a change of a row; nothing where nobody is said to act.
    pub(crate) fn note(
        &mut self,
        connection: &mut Connection,
        action: AuditAction,
        resource: &str,
        row: i64,
        changes: Option<String>,
    ) -> Outcome<()> {
        let Some(actor) = self.actor else { return Ok(()) };
        let id = match self.next {
            Some(next) => next,
            None => {
                let highest = audit::table.select(diesel::dsl::max(audit::id));
                highest.first::<Option<i64>>(connection)?.unwrap_or(0) + 1
            }
        };
        diesel::insert_into(audit::table)
            .values((
                audit::id.eq(id),
                audit::at.eq(actor.at),
                audit::key_id.eq(actor.key.map(|key| key.0)),
                audit::action.eq(action.word()),
                audit::resource.eq(resource),
                audit::row_id.eq(row),
                audit::changes.eq(changes),
            ))
            .execute(connection)?;
        self.next = Some(id + 1);
        Ok(())
    }

    /// Notes that a row has changed; its values are looked at only where somebody is said to act.
    pub(crate) fn note_change<R: Audited>(
        &mut self,
        connection: &mut Connection,
        action: AuditAction,
        (resource, row): (&str, i64),
        (former, new): (&R, Option<&R>),
    ) -> Outcome<()> {
        if self.actor.is_none() {
            return Ok(());
        }
        let changes = differences(former.fields(), new.map(Audited::fields).unwrap_or_default());
        // who a deleted customer was is nobody's business any more
        let is_told = new.is_some() || R::PERSONAL.is_empty();
        let changes =
            (is_told && !changes.is_empty()).then(|| serde_json::to_string(&changes)).transpose()?;
        self.note(connection, action, resource, row, changes)
    }
}

/// The fields whose values differ, each with both.
fn differences(former: Map<String, Value>, mut new: Map<String, Value>) -> Map<String, Value> {
    let pairs = former.into_iter().map(|(field, former)| {
        let new = new.remove(&field).unwrap_or_default();
        (field, former, new)
    });
    let changed = pairs.filter(|(_, former, new)| former != new);
    changed.map(|(field, former, new)| (field, Value::Array(vec![former, new]))).collect()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit)]
pub(super) struct Row {
    pub(super) id: i64,
    at: NaiveDateTime,
    key_id: Option<i64>,
    action: String,
    resource: String,
    row_id: i64,
    pub(super) changes: Option<String>,
}

fn page(connection: &mut Connection, filter: &AuditFilter, limit: u32) -> Outcome<Vec<AuditEntry>> {
    let mut query = audit::table.into_boxed();
    if let Some(resource) = &filter.resource {
        query = query.filter(audit::resource.eq(resource));
    }
    if let Some(row) = filter.row {
        query = query.filter(audit::row_id.eq(row));
    }
    if let Some(since) = filter.since {
        query = query.filter(audit::at.ge(since));
    }
    if let Some(before) = filter.before {
        query = query.filter(audit::id.lt(before));
    }
    let rows = query.order(audit::id.desc()).limit(limit.into()).select(Row::as_select());
    let rows: Vec<Row> = rows.load(connection)?;
    rows.into_iter().map(entry).collect()
}

fn entry(row: Row) -> Outcome<AuditEntry> {
    let unreadable = || StoreError::Unreadable { what: "action", value: row.action.clone() };
    let action = AuditAction::ALL.into_iter().find(|action| action.word() == row.action);
    let changes: Map<String, Value> =
        row.changes.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default();
    let is_customer = row.resource == "customers";
    Ok(AuditEntry {
        id: row.id,
        at: row.at,
        key: row.key_id.map(KeyId),
        action: action.ok_or_else(unreadable)?,
        changes: changes.into_iter().map(|(field, pair)| change(is_customer, field, pair)).collect(),
        resource: row.resource,
        row: row.row_id,
    })
}

fn change(is_customer: bool, field: String, mut pair: Value) -> FieldChange {
    let mut take = |place: usize| pair.get_mut(place).map(Value::take).unwrap_or_default();
    let (former, new) = (take(0), take(1));
    let is_address = |value: &Value| value.as_str().is_some_and(|text| text.contains('@'));
    let is_personal =
        is_customer && super::fields::is_personal(&field) || is_address(&former) || is_address(&new);
    FieldChange { field, is_personal, former, new }
}
