//! Jobs as rows.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::Value;

use super::{JobEnd, JobId, JobKind, JobList, JobRecord, JobState, NewJob, ServiceId};
use crate::connect::Connection;
use crate::crud::numbers::next_id;
use crate::error::{Fault, Outcome};
use crate::queries::{count, from_word, imports};
use crate::schema::jobs;
use crate::{ImportId, ImportRecord, Reading, StoreError, Writing};

/// Jobs that have ended are forgotten when so many newer ones are there.
const KEPT: i64 = 1_000;

#[derive(Queryable, Selectable)]
#[diesel(table_name = jobs)]
struct JobRow {
    id: i64,
    kind: String,
    state: String,
    created_at: NaiveDateTime,
    started_at: Option<NaiveDateTime>,
    ended_at: Option<NaiveDateTime>,
    asked_by: String,
    attempts: i64,
    request: String,
    progress: Option<String>,
    outcome: Option<String>,
    error: Option<String>,
    service: i64,
}

impl Reading<'_> {
    /// The job with that number; `None` where there is none, or none any more.
    ///
    /// # Errors
    /// What the database says.
    pub fn job(&mut self, id: JobId) -> Result<Option<JobRecord>, StoreError> {
        self.run(|connection| find(connection, id))
    }

    /// An import, which a job has made; `None` where it was taken back since.
    ///
    /// # Errors
    /// What the database says; [`StoreError::Json`] for a report that cannot be read.
    pub fn import_of(&mut self, import: ImportId) -> Result<Option<ImportRecord>, StoreError> {
        self.run(|connection| imports::with_id(connection, import))
    }

    /// A page of jobs, the latest first.
    ///
    /// # Errors
    /// What the database says.
    pub fn jobs(&mut self, list: &JobList) -> Result<Vec<JobRecord>, StoreError> {
        self.run(|connection| {
            let mut query = jobs::table.select(JobRow::as_select()).order(jobs::id.desc()).into_boxed();
            if let Some(after) = list.after {
                query = query.filter(jobs::id.lt(after.0));
            }
            if let Some(state) = list.state {
                query = query.filter(jobs::state.eq(state.word()));
            }
            if let Some(kind) = list.kind {
                query = query.filter(jobs::kind.eq(kind.word()));
            }
            let rows = query.limit(i64::from(list.limit)).load(connection)?;
            rows.into_iter().map(JobRecord::try_from).collect()
        })
    }

    /// Jobs that have not ended, in the order in which they were asked for.
    ///
    /// # Errors
    /// What the database says.
    pub fn open_jobs(&mut self) -> Result<Vec<JobRecord>, StoreError> {
        self.run(|connection| {
            let rows = jobs::table.filter(jobs::ended_at.is_null()).order(jobs::id);
            let rows = rows.select(JobRow::as_select()).load(connection)?;
            rows.into_iter().map(JobRecord::try_from).collect()
        })
    }
}

impl Writing<'_> {
    /// Notes a job that waits for its turn, and forgets those that ended a thousand jobs ago.
    ///
    /// # Errors
    /// What the database says.
    pub fn create_job(&mut self, new: &NewJob) -> Result<JobRecord, StoreError> {
        self.run(|connection| {
            let id: i64 = next_id!(connection, jobs);
            diesel::insert_into(jobs::table)
                .values((
                    jobs::id.eq(id),
                    jobs::kind.eq(new.kind.word()),
                    jobs::state.eq(JobState::Queued.word()),
                    jobs::created_at.eq(new.created_at),
                    jobs::asked_by.eq(&new.asked_by),
                    jobs::attempts.eq(0),
                    jobs::request.eq(serde_json::to_string(&new.request)?),
                    jobs::service.eq(new.service.0),
                ))
                .execute(connection)?;
            let old = jobs::table.filter(jobs::id.le(id - KEPT)).filter(jobs::ended_at.is_not_null());
            diesel::delete(old).execute(connection)?;
            existing(connection, JobId(id))
        })
    }

    /// Lets `to` do jobs that `from` was to do and that have not ended; those it does now, in the order in which they
    /// were asked for.
    ///
    /// # Errors
    /// What the database says.
    pub fn take_over_jobs(
        &mut self,
        ids: &[JobId],
        from: ServiceId,
        to: ServiceId,
    ) -> Result<Vec<JobRecord>, StoreError> {
        self.run(|connection| {
            let mut taken = Vec::new();
            for id in ids {
                let open = jobs::table.find(id.0).filter(jobs::ended_at.is_null());
                let there = open.filter(jobs::service.eq(from.0));
                if diesel::update(there).set(jobs::service.eq(to.0)).execute(connection)? == 1 {
                    taken.push(existing(connection, *id)?);
                }
            }
            Ok(taken)
        })
    }

    /// Notes that a job begins, for one time more.
    ///
    /// # Errors
    /// [`StoreError::Missing`], also where another service does it by now; what the database says.
    pub fn begin_job(
        &mut self,
        id: JobId,
        service: ServiceId,
        now: NaiveDateTime,
    ) -> Result<JobRecord, StoreError> {
        self.run(|connection| {
            of_service(connection, id, service)?;
            diesel::update(jobs::table.find(id.0))
                .set((
                    jobs::state.eq(JobState::Running.word()),
                    jobs::started_at.eq(now),
                    jobs::attempts.eq(jobs::attempts + 1),
                ))
                .execute(connection)?;
            existing(connection, id)
        })
    }

    /// Notes that a job was stopped with its service and is to run again; `told` of it, it does not count as an
    /// attempt.
    ///
    /// # Errors
    /// As [`Writing::begin_job`].
    pub fn interrupt_job(&mut self, id: JobId, service: ServiceId, told: bool) -> Result<(), StoreError> {
        self.run(|connection| {
            of_service(connection, id, service)?;
            diesel::update(jobs::table.find(id.0))
                .set((
                    jobs::state.eq(JobState::Interrupted.word()),
                    jobs::attempts.eq(jobs::attempts - i64::from(told)),
                ))
                .execute(connection)?;
            Ok(())
        })
    }

    /// Notes how a job ended.
    ///
    /// # Errors
    /// As [`Writing::begin_job`].
    pub fn end_job(&mut self, id: JobId, service: ServiceId, end: &JobEnd) -> Result<JobRecord, StoreError> {
        self.run(|connection| {
            of_service(connection, id, service)?;
            diesel::update(jobs::table.find(id.0))
                .set((
                    jobs::state.eq(end.state.word()),
                    jobs::ended_at.eq(end.ended_at),
                    jobs::progress.eq(text(end.progress.as_ref())?),
                    jobs::outcome.eq(text(end.outcome.as_ref())?),
                    jobs::error.eq(&end.error),
                ))
                .execute(connection)?;
            existing(connection, id)
        })
    }
}

fn find(connection: &mut Connection, id: JobId) -> Outcome<Option<JobRecord>> {
    let row = jobs::table.find(id.0).select(JobRow::as_select());
    row.first(connection).optional()?.map(JobRecord::try_from).transpose()
}

fn existing(connection: &mut Connection, id: JobId) -> Outcome<JobRecord> {
    let missing = || StoreError::Missing { what: "job", key: id.to_string() };
    find(connection, id)?.ok_or_else(|| missing().into())
}

/// Nothing, for a job that this service does.
fn of_service(connection: &mut Connection, id: JobId, service: ServiceId) -> Outcome<()> {
    let job = existing(connection, id)?;
    if job.service == service {
        return Ok(());
    }
    Err(StoreError::Missing { what: "job of this service", key: id.to_string() }.into())
}

fn text(value: Option<&Value>) -> Outcome<Option<String>> {
    Ok(value.map(serde_json::to_string).transpose()?)
}

impl TryFrom<JobRow> for JobRecord {
    type Error = Fault;

    fn try_from(row: JobRow) -> Result<Self, Self::Error> {
        let read = |text: Option<String>| text.map(|text| serde_json::from_str(&text)).transpose();
        let kind = from_word(&JobKind::ALL, "kind of job", &row.kind)?;
        let state = from_word(&JobState::ALL, "state of a job", &row.state)?;
        Ok(Self {
            id: JobId(row.id),
            kind,
            state,
            created_at: row.created_at,
            started_at: row.started_at,
            ended_at: row.ended_at,
            asked_by: row.asked_by,
            attempts: u32::try_from(count(row.attempts)).unwrap_or(u32::MAX),
            request: serde_json::from_str(&row.request)?,
            progress: read(row.progress)?,
            outcome: read(row.outcome)?,
            error: row.error,
            service: ServiceId(row.service),
        })
    }
}
