//! The stored models: which there are, which one serves, and files of them: `/api/v1/models`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use patron_domain::Horizon;
use patron_models::{FitReport, Holdout, MODEL_FILE_LIMIT, ModelsReport};
use patron_pipeline::{PipelineError, load_model, model_file};
use patron_store::{AuditAction, ModelEntry as Stored, RunId, Store, StoreError};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::accept::form;
use crate::access::Caller;
use crate::database::Database;
use crate::jobs::{JobError, POST, READ, at};
use crate::parameters::Parameters;
use crate::resources::body;
use crate::server::Read;
use crate::work::{apart, json};
use crate::{ApiError, time};

/// The routes of models.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/api/v1/models", READ).read(list))
        .service(at("/api/v1/models/import", POST).route(web::post().to(import)))
        .service(at("/api/v1/models/{id}", READ).read(model))
        .service(at("/api/v1/models/{id}/export", READ).read(export))
        .service(at("/api/v1/models/{id}/serve", POST).route(web::post().to(serve)));
}

/// A page of the stored models.
#[derive(Serialize, ToSchema)]
pub(crate) struct Models {
    /// The one that serves; null where none can.
    #[schema(example = 1)]
    model_id: Option<i64>,
    /// Pass it as `after` for the next page; null on the last.
    #[schema(example = 1)]
    next: Option<i64>,
    /// The models, the latest first.
    items: Vec<ModelEntry>,
}

/// A stored model.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelEntry {
    /// Its number.
    #[schema(example = 1)]
    model_id: i64,
    /// Whether it answers.
    serving: bool,
    /// Whether it could: whether the fitted forecaster is stored with it.
    can_serve: bool,
    /// When it was fitted, in UTC.
    #[schema(value_type = String, format = DateTime, example = "2026-01-31T09:30:00Z")]
    fitted_at: String,
    /// The day up to which it has seen.
    #[schema(value_type = String, format = Date, example = "2011-12-09")]
    as_of: String,
    /// The forecaster.
    #[schema(example = "blend")]
    forecaster: String,
    /// What it does, in a sentence; empty for one of another version of this program.
    meaning: String,
    /// What was asked for.
    #[schema(value_type = Object)]
    options: Value,
    /// Whether the data are enough, horizon by horizon.
    horizons: Vec<Grade>,
    /// Estimates of the purchase and spend models.
    parameters: Vec<Estimate>,
    /// The latest test on the past; null where it was not tested.
    backtest: Option<Past>,
    /// Everything the fit and its test on the past have to tell, as in `models.json`; only where one model is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, required = false)]
    report: Option<Value>,
}

/// Whether the data are enough for a horizon.
#[derive(Serialize, ToSchema)]
pub(crate) struct Grade {
    /// The horizon.
    #[schema(example = "3m")]
    horizon: String,
    /// `yes`, `rough` (not tested on the past) or `no`.
    #[schema(example = "yes", pattern = "^(yes|rough|no)$")]
    grade: String,
    /// Why not more.
    reasons: Vec<String>,
}

/// An estimate.
#[derive(Serialize, ToSchema)]
pub(crate) struct Estimate {
    /// The model.
    #[schema(example = "BG/NBD")]
    model: String,
    /// The parameter.
    #[schema(example = "alpha")]
    name: String,
    /// Its value.
    value: f64,
    /// Its standard error; null where the data do not identify it.
    standard_error: Option<f64>,
}

/// A forecast of the past, and what came of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Past {
    /// Last day the fit had seen.
    #[schema(value_type = String, format = Date)]
    origin: String,
    /// Last day forecast.
    #[schema(value_type = String, format = Date)]
    end: String,
    /// Customers with a purchase by the origin.
    customers: u64,
    /// Those who bought again.
    buyers: u64,
    /// What was forecast for all of them, in money.
    predicted_total: f64,
    /// What they spent.
    actual_total: f64,
    /// Purchases expected by BG/NBD.
    expected_purchases: f64,
    /// Purchase days there were.
    actual_purchases: u64,
}

/// The stored models
///
/// What was fitted or brought in, with standard errors, how it did on the past, and which one serves.
#[utoipa::path(get, path = "/api/v1/models", tag = "Models", operation_id = "models",
    params(
        ("limit" = Option<u32>, Query, description = "Models of a page.", minimum = 1, maximum = 1000),
        ("after" = Option<i64>, Query, description = "Only models before this one: `next` of the page before."),
    ),
    responses((status = 200, description = "The models", body = Models)))]
pub(crate) async fn list(
    request: HttpRequest,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    form(&request, false)?;
    let mut parameters = Parameters::of(&request);
    let after = parameters.value::<i64>("after").map(RunId);
    let limit = parameters.limit();
    parameters.finish()?;
    let most = u32::try_from(limit).unwrap_or(1) + 1;
    let read = database.read(move |reading| Ok((reading.serving_run()?, reading.models(after, most)?))).await;
    let (serving, mut found) = read?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|model| model.id.0);
    let items = found.into_iter().map(|model| entry(model, false)).collect();
    json(&Models { model_id: serving.map(|run| run.0), next, items })
}

/// A stored model
#[utoipa::path(get, path = "/api/v1/models/{id}", tag = "Models", operation_id = "model",
    params(("id" = i64, Path, description = "Its number.", example = 1)),
    responses((status = 200, description = "The model", body = ModelEntry)))]
pub(crate) async fn model(
    request: HttpRequest,
    id: web::Path<String>,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    form(&request, false)?;
    Parameters::of(&request).finish()?;
    json(&entry(existing(&database, number(&id)?).await?, true))
}

/// A model as a file
///
/// The fitted forecaster as JSON with a version and a checksum: for `POST /api/v1/models/import` of another service, for
/// `patron model load`, and for programs that use the crate `patron-models`.
#[utoipa::path(get, path = "/api/v1/models/{id}/export", tag = "Models", operation_id = "exportModel",
    params(("id" = i64, Path, description = "The number of the model.", example = 1)),
    responses((status = 200, description = "The file", body = Object)))]
pub(crate) async fn export(
    request: HttpRequest,
    id: web::Path<String>,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    form(&request, false)?;
    Parameters::of(&request).finish()?;
    let (id, url) = (number(&id)?, database.url().clone());
    let file = apart(move || {
        let mut store = Store::open_existing(&url)?;
        let (_, file) = model_file(&mut store, Some(id)).map_err(told)?;
        let mut bytes = Vec::new();
        file.to_writer(&mut bytes).map_err(JobError::Model)?;
        Ok(bytes)
    });
    let name = format!("attachment; filename=\"model-{id}.json\"");
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(file.await?))
}

/// Bring a model in
///
/// Takes a file that `GET /api/v1/models/{id}/export` or `patron model save` wrote. It is stored, not served: for that,
/// `POST /api/v1/models/{id}/serve`. Whatever cannot be the model of a shop is refused.
#[utoipa::path(post, path = "/api/v1/models/import", tag = "Models", operation_id = "importModel",
    request_body(content = Object, content_type = "application/json"),
    responses(
        (status = 201, description = "The model", body = ModelEntry, headers(("Location" = String, description = "The model"))),
        (status = 422, description = "No model, a damaged one, or one of another version", body = crate::Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn import(
    request: HttpRequest,
    payload: web::Payload,
    caller: Caller,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    form(&request, false)?;
    Parameters::of(&request).finish()?;
    let bytes = body::bytes(&request, payload, MODEL_FILE_LIMIT).await?;
    let (url, now) = (database.url().clone(), database.now());
    let actor = caller.actor(now);
    let loaded = apart(move || {
        let mut store = Store::open_existing(&url)?;
        Ok(load_model(&mut store, &bytes[..], now, Some(actor)).map_err(told)?.0)
    });
    let id = loaded.await?;
    let model = entry(existing(&database, id).await?, false);
    let place = format!("/api/v1/models/{id}");
    let body = serde_json::to_vec(&model)?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, place))
        .content_type("application/json")
        .body(body))
}

/// Let a model serve
///
/// Until another one is chosen, or a refit has made one. Asking again changes nothing. Live values follow within a minute.
#[utoipa::path(post, path = "/api/v1/models/{id}/serve", tag = "Models", operation_id = "serveModel",
    params(("id" = i64, Path, description = "The number of the model.", example = 1)),
    responses((status = 200, description = "The model, which serves", body = ModelEntry)))]
pub(crate) async fn serve(
    request: HttpRequest,
    id: web::Path<String>,
    caller: Caller,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    form(&request, false)?;
    Parameters::of(&request).finish()?;
    let (id, now) = (number(&id)?, database.now());
    let actor = caller.actor(now);
    let chosen = database.write(move |writing| {
        writing.serve_model(id, now)?;
        writing.acting_as(actor).note(AuditAction::Patch, "model_runs", id.0)
    });
    chosen.await?;
    json(&entry(existing(&database, id).await?, false))
}

async fn existing(database: &Database, id: RunId) -> Result<Stored, ApiError> {
    let model = database.read(move |reading| reading.model(id)).await?;
    Ok(model.ok_or(StoreError::UnknownRun(id))?)
}

/// The number in a path; what is no number is nobody's.
fn number(text: &str) -> Result<RunId, ApiError> {
    let id = text.parse().map(RunId);
    id.map_err(|_| StoreError::Missing { what: "model", key: text.to_owned() }.into())
}

/// What a client is told of a file, or of a model that cannot be taken out.
fn told(error: PipelineError) -> ApiError {
    match error {
        PipelineError::Models(error) => JobError::Model(error).into(),
        error @ PipelineError::NoModel { .. } => JobError::NoModel(error.to_string()).into(),
        PipelineError::Store(error) => error.into(),
        error => error.into(),
    }
}

fn entry(model: Stored, whole: bool) -> ModelEntry {
    let report: Option<ModelsReport> = serde_json::from_value(model.metrics.clone()).ok();
    let checks = report.iter().flat_map(|report| &report.data_check.horizons);
    let horizons = checks.map(|check| Grade {
        horizon: Horizon::to_string(&check.horizon),
        grade: check.grade.to_string(),
        reasons: check.reasons.clone(),
    });
    let fits = report.iter().flat_map(|report| {
        let purchases = report.bg_nbd.as_ref().map(|fit| &fit.report);
        [purchases, report.gamma_gamma.as_ref().map(|fit| &fit.report)]
    });
    ModelEntry {
        model_id: model.id.0,
        serving: model.serving,
        can_serve: model.can_serve,
        fitted_at: time(model.created_at),
        as_of: model.as_of.to_string(),
        forecaster: model.forecaster,
        meaning: report.as_ref().map_or_else(String::new, |report| report.forecaster_meaning.clone()),
        options: model.parameters,
        horizons: horizons.collect(),
        parameters: fits.flatten().flat_map(estimates).collect(),
        backtest: report
            .as_ref()
            .and_then(|report| report.backtest.as_ref())
            .map(|past| past_of(&past.holdout)),
        report: whole.then_some(model.metrics),
    }
}

fn estimates(report: &FitReport) -> impl Iterator<Item = Estimate> {
    report.parameters.iter().map(|parameter| Estimate {
        model: report.model.clone(),
        name: parameter.name.clone(),
        value: parameter.value,
        standard_error: parameter.standard_error,
    })
}

fn past_of(holdout: &Holdout) -> Past {
    Past {
        origin: holdout.origin.to_string(),
        end: holdout.end.to_string(),
        customers: holdout.customers,
        buyers: holdout.buyers,
        predicted_total: holdout.predicted_total,
        actual_total: holdout.actual_total,
        expected_purchases: holdout.expected_purchases,
        actual_purchases: holdout.actual_purchases,
    }
}
