//! Looking at jobs and stopping them: `/api/v1/jobs`.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use patron_store::{AuditAction, ImportId, JobId, JobKind, JobList, JobRecord, JobState, StoreError};
use serde_json::Value;

use super::JobError;
use super::answer::{Job, JobPage};
use super::engine::Jobs;
use super::events::{END, Following, one};
use super::live::{Event, Live};
use crate::ApiError;
use crate::accept::form;
use crate::access::Caller;
use crate::parameters::Parameters;
use crate::work::json;

/// All jobs
///
/// The latest first. Those that ended a thousand jobs ago are forgotten.
#[utoipa::path(get, path = "/api/v1/jobs", tag = "Jobs", operation_id = "jobs",
    params(
        ("limit" = Option<u32>, Query, description = "Jobs of a page.", minimum = 1, maximum = 1000),
        ("after" = Option<i64>, Query, description = "Only jobs before this one: `next` of the page before."),
        ("state" = Option<String>, Query, description = "Only those in this state.", pattern = "^(queued|running|done|failed|cancelled|interrupted)$"),
        ("kind" = Option<String>, Query, description = "Only those of this kind.", pattern = "^(import|refit|backtest)$"),
    ),
    responses((status = 200, description = "A page of jobs", body = JobPage)))]
pub(crate) async fn list(request: HttpRequest, jobs: web::Data<Jobs>) -> Result<HttpResponse, ApiError> {
    form(&request, false)?;
    let mut parameters = Parameters::of(&request);
    let after = parameters.value::<JobId>("after");
    let limit = u32::try_from(parameters.limit()).unwrap_or(1);
    let state = word(&mut parameters, "state", &JobState::ALL);
    let kind = word(&mut parameters, "kind", &JobKind::ALL);
    parameters.finish()?;
    let list = JobList { after, limit: limit + 1, state, kind };
    let mut found = jobs.database().read(move |reading| reading.jobs(&list)).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|job| job.id.0);
    json(&JobPage { next, items: found.iter().map(|job| shown(&jobs, job)).collect() })
}

fn word<T: Copy + ToString>(parameters: &mut Parameters, name: &'static str, all: &[T]) -> Option<T> {
    let told = parameters.text(name)?;
    let found = all.iter().copied().find(|one| one.to_string() == told);
    if found.is_none() {
        let words: Vec<String> = all.iter().map(ToString::to_string).collect();
        parameters.wrong(name, format!("must be one of {}", words.join(", ")));
    }
    found
}

/// A job
///
/// How far it is, what came of it, or why it failed.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "Jobs", operation_id = "job",
    params(("id" = i64, Path, description = "Its number.", example = 3)),
    responses((status = 200, description = "The job", body = Job)))]
pub(crate) async fn job(
    request: HttpRequest,
    id: web::Path<String>,
    jobs: web::Data<Jobs>,
) -> Result<HttpResponse, ApiError> {
    form(&request, false)?;
    Parameters::of(&request).finish()?;
    let job = existing(&jobs, &id).await?;
    let import = job.outcome.as_ref().and_then(|outcome| outcome.get("import_id")).and_then(Value::as_i64);
    let answer = shown(&jobs, &job);
    let Some(import) = import else { return json(&answer) };
    let import = ImportId(import);
    match jobs.database().read(move |reading| reading.import_of(import)).await? {
        Some(record) => json(&answer.with_report(&record.report)),
        None => json(&answer),
    }
}

/// Follow a job
///
/// Server-sent events: `progress` whenever it gets on (state, fraction, step, lines), and `end` with the whole job when it has
/// ended; then the stream ends. A client that comes back with the `Last-Event-ID` of the last event it has seen gets those after
/// it; after `end` the answer is 204, so that browsers stop coming back. A comment is sent in every 15 seconds of silence. When the
/// service stops, the stream ends without `end`.
#[utoipa::path(get, path = "/api/v1/jobs/{id}/events", tag = "Jobs", operation_id = "jobEvents",
    params(
        ("id" = i64, Path, description = "The number of the job.", example = 3),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was seen.", example = "1-7"),
    ),
    responses(
        (status = 200, description = "The events", body = String, content_type = "text/event-stream"),
        (status = 204, description = "The end was told before"),
        (status = 409, description = "Another service on this database does it", body = crate::Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn events(
    request: HttpRequest,
    id: web::Path<String>,
    jobs: web::Data<Jobs>,
) -> Result<HttpResponse, ApiError> {
    Parameters::of(&request).finish()?;
    let job = existing(&jobs, &id).await?;
    let last = request.headers().get("last-event-id").and_then(|last| last.to_str().ok());
    let live = own(&jobs, &job);
    let has_ended = live.as_ref().map_or(job.state, |live| live.state()).has_ended();
    if has_ended && last == Some(END) {
        return Ok(HttpResponse::NoContent().finish());
    }
    let mut response = HttpResponse::Ok();
    response.content_type("text/event-stream; charset=utf-8");
    response.insert_header((header::CACHE_CONTROL, "no-store")).insert_header(("x-accel-buffering", "no"));
    match live {
        Some(live) => Ok(response.body(Following::new(jobs.get_ref().clone(), live, last))),
        None if !has_ended => Err(JobError::Elsewhere { id: job.id }.into()),
        None => {
            let data = serde_json::to_string(&shown(&jobs, &job))?;
            Ok(response.body(one(job.attempts, 1, &Event { name: END, data })))
        }
    }
}

/// Stop a job
///
/// One that waits ends at once; an import that runs stops between two batches of lines and is rolled back, unless its last lines
/// have been handed on to be committed; a fit stops between its parts. Asking again changes nothing.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancel", tag = "Jobs", operation_id = "cancelJob",
    params(("id" = i64, Path, description = "Its number.", example = 3)),
    responses(
        (status = 202, description = "It ends as soon as it can, or has been cancelled", body = Job),
        (status = 409, description = "It has ended, or another service on this database does it", body = crate::Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn cancel(
    request: HttpRequest,
    id: web::Path<String>,
    caller: Caller,
    jobs: web::Data<Jobs>,
) -> Result<HttpResponse, ApiError> {
    form(&request, false)?;
    Parameters::of(&request).finish()?;
    let job = jobs.cancel(number(&id)?).await?;
    let (row, actor) = (job.id.0, caller.actor(jobs.database().now()));
    let noted = jobs
        .database()
        .write(move |writing| writing.acting_as(actor).note(AuditAction::Patch, "jobs", row))
        .await;
    if let Err(error) = noted {
        // the import that is being stopped may hold the database still; that it was asked to stop stays
        tracing::warn!(job = row, %error, "the record of writes does not tell who cancelled this job");
    }
    accepted(&jobs, &job)
}

fn shown(jobs: &Jobs, job: &JobRecord) -> Job {
    Job::of(job, own(jobs, job).as_deref(), jobs.place(job.id))
}

/// What is known of a job that this service does.
fn own(jobs: &Jobs, job: &JobRecord) -> Option<Arc<Live>> {
    jobs.live(job.id).filter(|_| job.service == jobs.service())
}

async fn existing(jobs: &Jobs, id: &str) -> Result<JobRecord, ApiError> {
    let id = number(id)?;
    let job = jobs.database().read(move |reading| reading.job(id)).await?;
    Ok(job.ok_or_else(|| StoreError::Missing { what: "job", key: id.to_string() })?)
}

/// The number in a path; what is no number is nobody's.
fn number(text: &str) -> Result<JobId, ApiError> {
    text.parse().map_err(|_| StoreError::Missing { what: "job", key: text.to_owned() }.into())
}

/// The answer to a request for a job, with the place where it is to be found.
pub(super) fn accepted(jobs: &Jobs, job: &JobRecord) -> Result<HttpResponse, ApiError> {
    let body = serde_json::to_vec(&shown(jobs, job))?;
    let place = format!("/api/v1/jobs/{}", job.id);
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, place))
        .content_type("application/json")
        .body(body))
}
