//! What is served beside the API: a start page, Swagger UI, the description, and what a monitor asks for.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_swagger_ui::Config;

use crate::database::Database;
use crate::live::Live;
use crate::metrics::{Metrics, of_service};
use crate::problem::ALLOWED;
use crate::work::json;
use crate::{ApiError, openapi};

const START: &str = include_str!("start.html");
/// The start page has a few lines of style and nothing else.
const START_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
/// Swagger UI runs its own scripts, writes styles into its elements and asks this service only.
const SWAGGER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
     form-action 'none'";

pub(crate) async fn start() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, START_POLICY))
        .body(START)
}

/// The description of the API
///
/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "Service", operation_id = "openapi",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)))]
pub(crate) async fn description(text: web::Data<Description>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(text.0.clone())
}

/// The description as it is served, and how Swagger UI finds it.
pub(crate) struct Description(String, Arc<Config<'static>>);

impl Description {
    pub(crate) fn new() -> Result<Self, ApiError> {
        let config = Config::from("/api/v1/openapi.json").validator_url("none").try_it_out_enabled(true);
        Ok(Self(openapi()?, Arc::new(config)))
    }
}

pub(crate) async fn to_swagger() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/swagger-ui/")).finish()
}

pub(crate) async fn swagger(
    request: HttpRequest,
    file: web::Path<String>,
    description: web::Data<Description>,
) -> Result<HttpResponse, ApiError> {
    let served = utoipa_swagger_ui::serve(&file, Arc::clone(&description.1));
    let found = served.map_err(|error| ApiError::Page(error.to_string().into()))?;
    let found = found.ok_or_else(|| ApiError::NotFound { path: request.path().to_owned() })?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_SECURITY_POLICY, SWAGGER_POLICY));
    response.insert_header((header::CONTENT_TYPE, found.content_type));
    if found.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    Ok(response.body(found.bytes.into_owned()))
}

/// How the service is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok` or `ready`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the service runs
#[utoipa::path(get, path = "/health", tag = "Service", operation_id = "health",
    responses((status = 200, description = "It runs", body = Health)))]
pub(crate) async fn health() -> Result<HttpResponse, ApiError> {
    json(&Health { status: "ok" })
}

/// Whether the service can answer
///
/// Customers, products, transactions and sales are there from the beginning; answers and forecasts are computed first, and
/// until then this says how far that is.
#[utoipa::path(get, path = "/ready", tag = "Service", operation_id = "ready",
    responses(
        (status = 200, description = "It can", body = Health),
        (status = 503, description = "The first answers are being computed, or the database is away", body = crate::Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn ready(
    live: web::Data<Live>,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    live.ready()?;
    database.look(|reading| reading.change_mark())?;
    json(&Health { status: "ready" })
}

/// Requests so far, for Prometheus
#[utoipa::path(get, path = "/metrics", tag = "Service", operation_id = "metrics",
    responses((status = 200, description = "Counts and durations by route and status", body = String, content_type = "text/plain")))]
pub(crate) async fn metrics(
    metrics: web::Data<Metrics>,
    live: web::Data<Live>,
    database: web::Data<Database>,
) -> HttpResponse {
    let text = metrics.text() + &of_service(&live.standing(), database.writes_waiting());
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text)
}

pub(crate) async fn nothing(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound { path: request.path().to_owned() })
}

pub(crate) async fn not_so(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let (path, method) = (request.path().to_owned(), request.method().to_string());
    Err(ApiError::MethodNotAllowed { path, method, allowed: ALLOWED })
}
