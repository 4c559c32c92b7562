//! The record of writes: `/api/v1/audit`.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, NaiveDateTime};
use patron_store::{AuditEntry, AuditFilter, FieldChange, Scope, Scopes};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Caller;
use crate::accept::form;
use crate::database::Database;
use crate::parameters::{PAGE, Parameters};
use crate::work::json;
use crate::{ApiError, time};

/// The tables whose rows are written.
const TABLES: [&str; 8] =
    ["customers", "products", "transactions", "sales", "dates", "api_keys", "jobs", "model_runs"];

/// Some writes, the latest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditPage {
    items: Vec<AuditItem>,
    /// Pass it as `before` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = i64)]
    next: Option<i64>,
}

/// A write.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct AuditItem {
    /// Its number.
    #[schema(example = 17)]
    id: i64,
    /// When, in UTC.
    #[schema(value_type = String, format = DateTime, example = "2026-01-31T09:30:00Z")]
    at: String,
    /// With which API key; absent for this computer's own requests without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = i64, example = 1)]
    key: Option<i64>,
    /// What was done.
    #[schema(example = "patch", pattern = "^(create|replace|patch|delete|erase|revoke)$")]
    action: &'static str,
    /// The table.
    #[schema(example = "customers")]
    resource: String,
    /// The row's number.
    #[schema(example = 3)]
    row: i64,
    /// The fields that changed; none for creations, which the row itself tells.
    changes: Vec<AuditChange>,
}

/// How a field changed.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditChange {
    /// The field.
    #[schema(example = "city")]
    field: String,
    /// The value before. Money is a text, a time is on the shop's clock, other rows are their numbers. Both values are
    /// absent where they tell who somebody is and the key does not have the scope `personal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = Value)]
    former: Option<Value>,
    /// The value after.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = Value)]
    new: Option<Value>,
}

impl AuditItem {
    /// A write, as a caller may see it.
    pub(super) fn of(entry: AuditEntry, personal: bool) -> Self {
        let change = |change: FieldChange| {
            let told = personal || !change.is_personal;
            let (former, new) = (told.then_some(change.former), told.then_some(change.new));
            AuditChange { field: change.field, former, new }
        };
        Self {
            id: entry.id,
            at: time(entry.at),
            key: entry.key.map(|key| key.0),
            action: entry.action.word(),
            resource: entry.resource,
            row: entry.row,
            changes: entry.changes.into_iter().map(change).collect(),
        }
    }
}

/// Who changed what
///
/// Every row that was created, replaced, changed or deleted through this service, every person that was erased and
/// every key that came or went, the latest first. Imports stand in the list of imports.
#[utoipa::path(get, path = "/api/v1/audit", tag = "Access", operation_id = "audit",
    params(
        ("resource" = Option<String>, Query, description = "Only rows of this table.", pattern = "^(customers|products|transactions|sales|api_keys|jobs|model_runs)$"),
        ("row" = Option<i64>, Query, description = "Only the row with this number.", minimum = 1),
        ("since" = Option<String>, Query, description = "Only at this time, in UTC, or later.", format = DateTime, example = "2026-01-31T09:30:00Z"),
        ("limit" = Option<i64>, Query, description = "Writes of a page.", minimum = 1, maximum = 1000),
        ("before" = Option<i64>, Query, description = "Only writes with lower numbers: `next` of the page before.", minimum = 1),
    ),
    responses((status = 200, description = "Writes", body = AuditPage)))]
pub(crate) async fn audit(
    request: HttpRequest,
    caller: Caller,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    caller.must(Scopes::default().with(Scope::Admin))?;
    form(&request, false)?;
    let mut parameters = Parameters::of(&request);
    let filter = AuditFilter {
        resource: parameters.read("resource", table),
        row: parameters.read("row", number),
        since: parameters.read("since", utc),
        before: parameters.read("before", number),
    };
    let limit = parameters.limit_or(PAGE);
    parameters.finish()?;
    let mut found = database.read(move |reading| reading.audit(&filter, limit as u32 + 1)).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| last.id);
    let personal = caller.may(Scope::Personal);
    json(&AuditPage { items: found.into_iter().map(|entry| AuditItem::of(entry, personal)).collect(), next })
}

fn table(text: &str) -> Result<String, String> {
    let known = TABLES.contains(&text).then(|| text.to_owned());
    known.ok_or_else(|| format!("'{text}' is no table that is written; there are: {}", TABLES.join(", ")))
}

fn number(text: &str) -> Result<i64, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("'{text}' is no number of a row; write a whole number from 1 on"))
}

fn utc(text: &str) -> Result<NaiveDateTime, String> {
    let read = DateTime::parse_from_rfc3339(text).map(|time| time.naive_utc());
    read.map_err(|_| format!("'{text}' is no time; write one such as 2026-01-31T09:30:00Z"))
}
