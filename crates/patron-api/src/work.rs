//! Work that is too long for a thread that also answers others.

use std::time::Duration;

use actix_web::{HttpResponse, rt, web};
use serde::Serialize;

use crate::ApiError;

/// How long a request may take, in seconds.
const LIMIT: u64 = 30;

/// Does `work` on a thread of its own kind, and gives up waiting after the limit.
///
/// # Errors
/// As `work` fails; [`ApiError::TooSlow`].
pub(crate) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    match rt::time::timeout(Duration::from_secs(LIMIT), web::block(work)).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(ApiError::Lost),
        Err(_) => Err(ApiError::TooSlow { seconds: LIMIT }),
    }
}

/// An answer as JSON.
///
/// # Errors
/// [`ApiError::Json`].
pub(crate) fn json(answer: &impl Serialize) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().content_type("application/json").body(serde_json::to_vec(answer)?))
}
