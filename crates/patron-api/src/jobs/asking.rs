//! Asking for jobs: `POST /api/v1/jobs/…`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use patron_store::{Actor, AuditAction, JobId, JobKind, JobRecord, NewJob, StoreError, Writing};
use serde_json::{Map, Value};

use super::answer::Job;
use super::engine::Jobs;
use super::handlers::accepted;
use super::request::{Content, FileBody, FitRequest, ImportRequest};
use super::uploads::{LARGEST_FILE, safe_name};
use crate::accept::form;
use crate::access::Caller;
use crate::parameters::Parameters;
use crate::resources::body;
use crate::resources::idempotency::{FoundIds, Repeatable};
use crate::{ApiError, FieldError};

/// Tries to note a job, about a second each, while an import of this service holds the database.
const TRIES: u32 = 20;
/// What a file may be sent as.
const FILE_TYPES: [&str; 13] = [
    "text/csv",
    "text/tab-separated-values",
    "text/plain",
    "application/csv",
    "application/gzip",
    "application/x-gzip",
    "application/zstd",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.apache.parquet",
    "application/x-parquet",
    "application/octet-stream",
    "binary/octet-stream",
];

/// Fit a model anew
///
/// Fits to the shop as it is, on a thread of its own while everything else goes on; sales may be posted meanwhile. The new
/// model is stored and serves from then on. A fit that fails leaves the serving model in its place, and the job says why.
/// Fits and backtests run one at a time, in the order in which they are asked for; a fit stops between its parts, not in the
/// middle of one. The body may be left out.
#[utoipa::path(post, path = "/api/v1/jobs/refit", tag = "Jobs", operation_id = "refit",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request sent again with the same key is one job.", pattern = "^[!-~]+$", min_length = 1, max_length = 255)),
    request_body(content = Option<FitRequest>, content_type = "application/json"),
    responses((status = 202, description = "The job waits for its turn", body = Job, headers(("Location" = String, description = "The job")))))]
pub(crate) async fn refit(
    request: HttpRequest,
    payload: web::Payload,
    caller: Caller,
    jobs: web::Data<Jobs>,
) -> Result<HttpResponse, ApiError> {
    fit(JobKind::Refit, &request, payload, &caller, &jobs).await
}

/// Test the forecast on the past
///
/// Forecasts dates that have passed as if the log had ended before them, and compares; nothing is stored but the job and its
/// outcome. The body may be left out.
#[utoipa::path(post, path = "/api/v1/jobs/backtest", tag = "Jobs", operation_id = "backtest",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request sent again with the same key is one job.", pattern = "^[!-~]+$", min_length = 1, max_length = 255)),
    request_body(content = Option<FitRequest>, content_type = "application/json"),
    responses((status = 202, description = "The job waits for its turn", body = Job, headers(("Location" = String, description = "The job")))))]
pub(crate) async fn backtest(
    request: HttpRequest,
    payload: web::Payload,
    caller: Caller,
    jobs: web::Data<Jobs>,
) -> Result<HttpResponse, ApiError> {
    fit(JobKind::Backtest, &request, payload, &caller, &jobs).await
}

async fn fit(
    kind: JobKind,
    request: &HttpRequest,
    payload: web::Payload,
    caller: &Caller,
    jobs: &Jobs,
) -> Result<HttpResponse, ApiError> {
    form(request, false)?;
    Parameters::of(request).finish()?;
    let has_body = [header::CONTENT_TYPE, header::TRANSFER_ENCODING]
        .iter()
        .any(|name| request.headers().contains_key(name))
        || request.headers().get(header::CONTENT_LENGTH).is_some_and(|length| length != "0");
    // an object and nothing else: a list would be taken for its fields in order
    let (fields, bytes) = if has_body {
        body::json::<Option<Map<String, Value>>>(request, payload).await?
    } else {
        (None, web::Bytes::new())
    };
    let wrong =
        |error: serde_json::Error| ApiError::BadFields(vec![FieldError::new("body", error.to_string())]);
    let asked: FitRequest = serde_json::from_value(fields.unwrap_or_default().into()).map_err(wrong)?;
    asked.check()?;
    let now = jobs.database().now();
    let repeatable = Repeatable::of(request, caller, &bytes, now)?;
    let new = NewJob {
        kind,
        created_at: now,
        asked_by: name(caller),
        request: serde_json::to_value(&asked)?,
        service: jobs.service(),
    };
    let (job, _) = ask(jobs, new, caller.actor(now), repeatable).await?;
    accepted(jobs, &job)
}

/// Import a file
///
/// The body is the file itself: CSV, TSV or semicolons (plain, gzip, zstd), Excel `.xlsx`, Parquet or fixed-width text, as for
/// `patron import`, at most 2 GiB. It is kept beside the database until the job has ended. All of it is stored or nothing;
/// cancelled, the job leaves the database as it was before. Imports run one at a time. Where a model is wanted that knows the
/// new sales, ask for a refit afterwards.
#[utoipa::path(post, path = "/api/v1/jobs/import", tag = "Jobs", operation_id = "import",
    params(
        ("file_name" = String, Query, description = "The name of the file; its ending helps to read it.", example = "orders_export.csv", min_length = 1, max_length = 200),
        ("content" = Option<String>, Query, description = "What it holds: `sales` (without it), `customers`, `products` or `costs`.", pattern = "^(sales|customers|products|costs)$"),
        ("map" = Option<String>, Query, description = "Which column is what; without it, recognised by name.", example = "customer=Client,date=Day,amount=Total"),
        ("profile" = Option<String>, Query, description = "Cleaning rules: `retail` (without it), `positive-quantity` or `none`.", pattern = "^(retail|positive-quantity|none)$"),
        ("dates" = Option<String>, Query, description = "Order of day and month, where the data do not decide.", pattern = "^(day-first|month-first|year-first)$"),
        ("decimal" = Option<String>, Query, description = "What begins the decimals, where the data do not decide.", pattern = "^(point|comma)$"),
        ("sheet" = Option<String>, Query, description = "Sheet of an Excel file; without it, the first with data."),
        ("timezone" = Option<String>, Query, description = "The shop's time zone; times written with an offset are moved to it.", example = "Europe/Berlin"),
        ("currency" = Option<String>, Query, description = "Currency of the amounts.", example = "GBP"),
        ("replace" = Option<bool>, Query, description = "The file takes the place of an earlier import: of its own under other settings, or of those whose orders have changed since and are all in it."),
        ("allow_overlap" = Option<bool>, Query, description = "Lines without order numbers whose dates overlap an earlier import are new purchases."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same file sent again with the same key is one job.", pattern = "^[!-~]+$", min_length = 1, max_length = 255),
    ),
    request_body(content(
        (String = "text/csv"), (String = "text/tab-separated-values"), (String = "text/plain"), (FileBody = "application/gzip"),
        (FileBody = "application/zstd"), (FileBody = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (FileBody = "application/vnd.apache.parquet"), (FileBody = "application/octet-stream"),
    )),
    responses((status = 202, description = "The file has been taken; the job waits for its turn", body = Job, headers(("Location" = String, description = "The job")))))]
pub(crate) async fn import(
    request: HttpRequest,
    payload: web::Payload,
    caller: Caller,
    jobs: web::Data<Jobs>,
) -> Result<HttpResponse, ApiError> {
    form(&request, false)?;
    let asked = import_request(&request)?;
    takes_files(&request)?;
    let now = jobs.database().now();
    // a key that is none is found out before the file is sent
    Repeatable::of(&request, &caller, b"", now)?;
    let room = jobs.room(JobKind::Import)?;
    let upload = jobs.uploads().take(payload, &asked.file_name, LARGEST_FILE, now).await?;
    drop(room);
    let fingerprint = format!("{} {}", request.query_string(), upload.sha256);
    let asked = ImportRequest { upload: upload.folder.clone(), bytes: upload.bytes, ..asked };
    let asked_for = async {
        let repeatable = Repeatable::of(&request, &caller, fingerprint.as_bytes(), now)?;
        let request = serde_json::to_value(&asked)?;
        ask(
            &jobs,
            NewJob {
                kind: JobKind::Import,
                created_at: now,
                asked_by: name(&caller),
                request,
                service: jobs.service(),
            },
            caller.actor(now),
            repeatable,
        )
        .await
    };
    match asked_for.await {
        Ok((job, true)) => accepted(&jobs, &job),
        Ok((job, false)) => {
            jobs.uploads().remove(&upload.folder);
            accepted(&jobs, &job)
        }
        Err(error) => {
            jobs.uploads().remove(&upload.folder);
            Err(error)
        }
    }
}

/// What the parameters say of the file that follows.
fn import_request(request: &HttpRequest) -> Result<ImportRequest, ApiError> {
    let mut parameters = Parameters::of(request);
    let file_name = parameters.text("file_name");
    let content = parameters.value::<Content>("content").unwrap_or_default();
    let reading = patron_pipeline::ReadingWords {
        map: parameters.text("map"),
        profile: parameters.text("profile"),
        dates: parameters.text("dates"),
        decimal: parameters.text("decimal"),
        sheet: parameters.text("sheet"),
        timezone: parameters.text("timezone"),
        currency: parameters.text("currency"),
    };
    let replace = parameters.value::<bool>("replace").unwrap_or_default();
    let allow_overlap = parameters.value::<bool>("allow_overlap").unwrap_or_default();
    let safe = file_name.as_deref().and_then(safe_name);
    if safe.is_none() {
        parameters.wrong(
            "file_name",
            "must be the name of the file, such as sales.csv: at most 200 bytes, no folders",
        );
    }
    for word in reading.options(&patron_store::Shop::default()).err().unwrap_or_default() {
        parameters.wrong(word.name, word.detail);
    }
    parameters.finish()?;
    let file_name = safe.unwrap_or_default();
    Ok(ImportRequest { upload: String::new(), file_name, bytes: 0, content, reading, replace, allow_overlap })
}

fn takes_files(request: &HttpRequest) -> Result<(), ApiError> {
    let named = request.headers().get(header::CONTENT_TYPE).and_then(|named| named.to_str().ok());
    let essence = named.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let coded = request.headers().get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity");
    if !coded && FILE_TYPES.iter().any(|known| known.eq_ignore_ascii_case(essence)) {
        return Ok(());
    }
    let taken = "the file itself (text/csv, application/gzip, application/vnd.apache.parquet, application/octet-stream and the like), \
        without a content-encoding";
    Err(ApiError::WrongContentType { taken })
}

/// Notes a job and puts it into its queue; `false` beside one that was asked for before under the same key.
async fn ask(
    jobs: &Jobs,
    new: NewJob,
    actor: Actor,
    repeatable: Option<Repeatable>,
) -> Result<(JobRecord, bool), ApiError> {
    let room = jobs.room(new.kind)?;
    let mut tries = 0;
    let (job, is_new) = loop {
        let (new, repeatable) = (new.clone(), repeatable.clone());
        match jobs.database().write(move |writing| once(writing, &new, actor, repeatable.as_ref())).await {
            Err(ApiError::Store(StoreError::Locked { .. })) if tries < TRIES && !jobs.is_stopping() => {
                tries += 1
            }
            noted => break noted??,
        }
    };
    if is_new {
        room.take(&job);
    }
    Ok((job, is_new))
}

/// The job that is new, or the one that was asked for before.
fn once(
    writing: &mut Writing<'_>,
    new: &NewJob,
    actor: Actor,
    repeatable: Option<&Repeatable>,
) -> Result<Result<(JobRecord, bool), ApiError>, StoreError> {
    match repeatable.map(|repeatable| repeatable.find_ids(writing)).transpose()?.flatten() {
        Some(FoundIds::Another) => return Ok(Err(ApiError::KeyReused)),
        Some(FoundIds::Same(ids)) => {
            if let Some(id) = ids.first() {
                let job = writing.job(JobId(*id))?;
                let gone = || StoreError::Missing { what: "job", key: id.to_string() };
                return Ok(Ok((job.ok_or_else(gone)?, false)));
            }
        }
        None => {}
    }
    let job = writing.create_job(new)?;
    writing.acting_as(actor).note(AuditAction::Create, "jobs", job.id.0)?;
    if let Some(repeatable) = repeatable {
        repeatable.remember_ids(writing, vec![job.id.0])?;
    }
    Ok(Ok((job, true)))
}

fn name(caller: &Caller) -> String {
    caller.key().map_or_else(|| "this computer".to_owned(), |key| format!("API key {key}"))
}
