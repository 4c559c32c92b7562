//! Requests that have created rows: one that is sent again, under the same key, creates nothing twice.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use crate::StoreError;
use crate::crud::{Reading, Writing};
use crate::schema::idempotency;

/// How long a request is remembered.
const REMEMBERED: TimeDelta = TimeDelta::hours(24);

/// The rows that one request has created: what is remembered of it, so that it can be answered once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// A hash of the request: another request under the same key is another one.
    pub request: String,
    /// Numbers of the rows, in the order asked for; at least one.
    pub ids: Vec<i64>,
}

type Row = (String, String);

impl Reading<'_> {
    /// What a caller's request under this key has created, not longer than 24 hours before `now`; `None` where there
    /// was none.
    ///
    /// # Errors
    /// What the database says; [`StoreError::Unreadable`] for a row this program has not written.
    pub fn created_under(
        &mut self,
        caller: &str,
        key: &str,
        now: NaiveDateTime,
    ) -> Result<Option<Created>, StoreError> {
        self.run(|connection| {
            let row =
                idempotency::table.find((caller, key)).filter(idempotency::created_at.gt(now - REMEMBERED));
            let row =
                row.select((idempotency::request, idempotency::ids)).first::<Row>(connection).optional()?;
            row.map(|(request, ids)| Ok(Created { request, ids: numbers(&ids)? })).transpose()
        })
    }
}

impl Writing<'_> {
    /// Remembers what a request has created, and forgets what is older than 24 hours.
    ///
    /// # Errors
    /// What the database says, also where the key is remembered already.
    pub fn remember_created(
        &mut self,
        caller: &str,
        key: &str,
        created: &Created,
        now: NaiveDateTime,
    ) -> Result<(), StoreError> {
        self.run(|connection| {
            let old = idempotency::table.filter(idempotency::created_at.le(now - REMEMBERED));
            diesel::delete(old).execute(connection)?;
            let ids: Vec<String> = created.ids.iter().map(ToString::to_string).collect();
            diesel::insert_into(idempotency::table)
                .values((
                    idempotency::caller.eq(caller),
                    idempotency::key.eq(key),
                    idempotency::request.eq(&created.request),
                    idempotency::ids.eq(ids.join(",")),
                    idempotency::created_at.eq(now),
                ))
                .execute(connection)?;
            Ok(())
        })
    }
}

fn numbers(text: &str) -> Result<Vec<i64>, StoreError> {
    let unreadable = |_| StoreError::Unreadable { what: "list of ids", value: text.to_owned() };
    text.split(',').map(|id| id.parse().map_err(unreadable)).collect()
}
