//! The body of a request: JSON, of a size that can be held, and nothing else.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{Bytes, Payload};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::access::limits;
use crate::{ApiError, FieldError};

const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// A body and what it says.
///
/// # Errors
/// [`ApiError::WrongContentType`], [`ApiError::BodyTooLarge`], [`ApiError::BadJson`]; [`ApiError::BadFields`] for JSON
/// that is something else.
pub(crate) async fn json<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
) -> Result<(T, Bytes), ApiError> {
    take_only(request, &[JSON], "application/json")?;
    read(request, payload).await
}

/// A body of JSON as it is, for what has a reader of its own.
///
/// # Errors
/// [`ApiError::WrongContentType`], [`ApiError::BodyTooLarge`], [`ApiError::BadJson`] for one that does not come to its end.
pub(crate) async fn bytes(request: &HttpRequest, payload: Payload, largest: u64) -> Result<Bytes, ApiError> {
    take_only(request, &[JSON], "application/json")?;
    all_of(payload, largest).await
}

/// The body of a PATCH: a JSON merge patch (RFC 7396).
///
/// # Errors
/// As [`json`].
pub(crate) async fn merge_patch<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
) -> Result<(T, Bytes), ApiError> {
    take_only(request, &[JSON, MERGE_PATCH], "application/merge-patch+json or application/json")?;
    read(request, payload).await
}

fn take_only(request: &HttpRequest, types: &[&str], taken: &'static str) -> Result<(), ApiError> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let named = header(header::CONTENT_TYPE).unwrap_or_default();
    let essence = named.split(';').next().unwrap_or_default().trim();
    let coded =
        header(header::CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity"));
    if !coded && types.iter().any(|one| one.eq_ignore_ascii_case(essence)) {
        Ok(())
    } else {
        Err(ApiError::WrongContentType { taken })
    }
}

async fn read<T: DeserializeOwned>(request: &HttpRequest, payload: Payload) -> Result<(T, Bytes), ApiError> {
    let largest = limits(request.match_info().as_str()).body;
    let bytes = all_of(payload, largest).await?;
    match serde_json::from_slice(&bytes) {
        Ok(said) => Ok((said, bytes)),
        Err(error) if error.classify() == Category::Data => {
            Err(ApiError::BadFields(vec![FieldError::new("body", error.to_string())]))
        }
        Err(error) => Err(ApiError::BadJson { reason: error.to_string() }),
    }
}

async fn all_of(payload: Payload, largest: u64) -> Result<Bytes, ApiError> {
    let read = payload.to_bytes_limited(largest as usize).await;
    let bytes = read.map_err(|_| ApiError::BodyTooLarge { limit: largest })?;
    bytes.map_err(|error| ApiError::BadJson { reason: format!("it ends too early ({error})") })
}
