//! What a client is told when a request is not answered: problem documents (RFC 9457).

mod store;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{ApiError, FieldError};

/// Media type of a problem document.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";
/// What resources that are only read can be asked with.
pub(crate) const ALLOWED: &str = "GET, HEAD";

/// Why a request was not answered (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Which kind of problem, for programs.
    #[serde(rename = "type")]
    #[schema(example = "urn:patron:problem:unknown-customer")]
    pub kind: String,
    /// The kind in words.
    #[schema(example = "No such customer")]
    pub title: &'static str,
    /// The HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// What was wrong with this very request, and the way out.
    #[schema(example = "there is no customer 'x-1'")]
    pub detail: String,
    /// Parameter by parameter, or field by field of the body, where these were wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
    /// What stands in the way of a deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = Referring)]
    pub referring: Option<Referring>,
}

/// Rows that refer to one that was to be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Referring {
    /// What they are.
    #[schema(example = "sales")]
    pub what: &'static str,
    /// How many.
    #[schema(example = 3)]
    pub count: u64,
}

impl Problem {
    /// What a client is told. What only concerns the one who runs the service is logged instead.
    pub(crate) fn of(error: &ApiError) -> Self {
        let told = |status: StatusCode, kind: &'static str, title: &'static str| {
            Self::new(status, kind, title, error.to_string())
        };
        match error {
            ApiError::WrongHost { .. } => {
                told(StatusCode::MISDIRECTED_REQUEST, "wrong-host", "Not this service's name")
            }
            ApiError::WrongOrigin { .. } => {
                told(StatusCode::FORBIDDEN, "wrong-origin", "Not for pages of other sites")
            }
            ApiError::PerhapsDone { .. } => {
                told(StatusCode::GATEWAY_TIMEOUT, "perhaps-done", "Took too long, and may be done")
            }
            ApiError::NoKey => told(StatusCode::UNAUTHORIZED, "no-key", "No API key in force"),
            ApiError::MissingScope { .. } => {
                told(StatusCode::FORBIDDEN, "missing-scope", "Not with this API key")
            }
            ApiError::TooMany { .. } => {
                told(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests")
            }
            ApiError::NotFound { .. } => told(StatusCode::NOT_FOUND, "not-found", "Nothing there"),
            ApiError::MethodNotAllowed { .. } => {
                told(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Not with this method")
            }
            ApiError::NotAcceptable { .. } => {
                told(StatusCode::NOT_ACCEPTABLE, "not-acceptable", "Not in an accepted form")
            }
            ApiError::BodyTooLarge { .. } => {
                told(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "Body too large")
            }
            ApiError::BadParameters(errors) => Self {
                errors: errors.clone(),
                ..told(StatusCode::BAD_REQUEST, "bad-parameters", "Parameters that cannot be used")
            },
            ApiError::WrongContentType { .. } => {
                told(StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong-content-type", "Body in another form")
            }
            ApiError::BadJson { .. } => told(StatusCode::BAD_REQUEST, "bad-json", "Not JSON"),
            ApiError::BadFields(errors) => Self {
                errors: errors.clone(),
                ..told(StatusCode::UNPROCESSABLE_ENTITY, "bad-fields", "Fields that cannot be used")
            },
            ApiError::KeyReused => {
                told(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused", "Key of another request")
            }
            ApiError::UnknownCustomer(_) => {
                told(StatusCode::NOT_FOUND, "unknown-customer", "No such customer")
            }
            ApiError::NoPurchase { .. } => told(StatusCode::NOT_FOUND, "no-purchase", "No purchase by then"),
            ApiError::NotReady { .. } => told(StatusCode::SERVICE_UNAVAILABLE, "not-ready", "Not ready yet"),
            ApiError::NoSales => told(StatusCode::NOT_FOUND, "no-sales", "No sales yet"),
            ApiError::NoModel { .. } => told(StatusCode::NOT_FOUND, "no-model", "No forecast for this shop"),
            ApiError::NothingKnown { .. } => {
                told(StatusCode::NOT_FOUND, "nothing-known", "Nothing known for this table")
            }
            ApiError::Store(error) => store::problem(error),
            ApiError::Job(error) => {
                let (status, kind, title) = error.told();
                if status == StatusCode::INTERNAL_SERVER_ERROR {
                    Self::internal()
                } else {
                    told(status, kind, title)
                }
            }
            ApiError::TooSlow { .. } => told(StatusCode::SERVICE_UNAVAILABLE, "too-slow", "Took too long"),
            ApiError::NoKeyYet { .. }
            | ApiError::NotAnOrigin { .. }
            | ApiError::NotAnAddress { .. }
            | ApiError::CannotBind { .. }
            | ApiError::Serving(_)
            | ApiError::Pipeline(_)
            | ApiError::Analytics(_)
            | ApiError::Rollup(_)
            | ApiError::Tables(_)
            | ApiError::Models(_)
            | ApiError::Json(_)
            | ApiError::Page(_)
            | ApiError::NoRandom
            | ApiError::Lost => Self::internal(),
        }
    }

    /// What only concerns the one who runs the service.
    fn internal() -> Self {
        let detail = "the reason stands in the log of the service".to_owned();
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong", detail)
    }

    fn new(status: StatusCode, kind: &str, title: &'static str, detail: String) -> Self {
        let kind = format!("urn:patron:problem:{kind}");
        Self { kind, title, status: status.as_u16(), detail, errors: Vec::new(), referring: None }
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        Problem::of(self).status()
    }

    fn error_response(&self) -> HttpResponse {
        let problem = Problem::of(self);
        let status = problem.status();
        if status.is_server_error() && !matches!(self, Self::NotReady { .. }) {
            log_with_its_causes(self);
        }
        let mut response = HttpResponse::build(status);
        if let Self::MethodNotAllowed { allowed, .. } = self {
            response.insert_header((header::ALLOW, *allowed));
        }
        if matches!(self, Self::NoKey) {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"patron\""));
        }
        if let Self::TooMany { seconds } = self {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let seconds = if matches!(self, Self::TooSlow { .. }) { "5" } else { "1" };
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        response.insert_header((header::CONTENT_TYPE, PROBLEM_JSON));
        response.body(serde_json::to_vec(&problem).unwrap_or_default())
    }
}

fn log_with_its_causes(error: &ApiError) {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text += &format!(": {inner}");
        cause = inner.source();
    }
    tracing::error!("a request failed: {text}");
}
