//! What every request passes: whose name it asks for, how large it is; and what every answer carries.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, ResponseError, web};

use crate::ApiError;
use crate::access::{Caller, needed};
use crate::address::HostNames;
use crate::metrics::Metrics;

/// Bytes a request's body may have; nothing that is served so far takes one.
const LARGEST_BODY: u64 = 64 * 1024;

/// Headers of every answer that does not set its own.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
];

/// What the guard needs.
pub(crate) struct Gate {
    pub(crate) hosts: HostNames,
    pub(crate) metrics: web::Data<Metrics>,
}

/// Lets a request pass, or answers it with the reason.
pub(crate) async fn guard(
    gate: web::Data<Gate>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = Instant::now();
    let mut response = match refusal(&request, &gate.hosts) {
        Some(error) => request.into_response(error.error_response()),
        None => match let_in(&request) {
            Ok(()) => next.call(request).await?.map_into_boxed_body(),
            Err(error) => request.into_response(error.error_response()),
        },
    };
    for (name, value) in HEADERS {
        if !response.headers().contains_key(&name) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    let route = response.request().match_pattern().unwrap_or_else(|| "other".to_owned());
    gate.metrics.note(route, response.status().as_u16(), begun.elapsed());
    Ok(response)
}

/// Finds out who asks, and whether they may.
fn let_in(request: &ServiceRequest) -> Result<(), ApiError> {
    let caller = Caller::local();
    let needed = needed(request.method(), request.match_info().as_str());
    if let Some(scope) = needed.iter().find(|scope| !caller.may(*scope)) {
        return Err(ApiError::MissingScope { scope });
    }
    request.extensions_mut().insert(caller);
    Ok(())
}

fn refusal(request: &ServiceRequest, hosts: &HostNames) -> Option<ApiError> {
    let headers = request.headers();
    let mut named = headers.get_all(header::HOST).map(|host| host.to_str().unwrap_or_default());
    let host = named.next().unwrap_or_default();
    let target = request.uri().authority().map(|authority| authority.as_str());
    if let Some(other) = [host].into_iter().chain(named).chain(target).find(|name| !hosts.know(name)) {
        return Some(ApiError::WrongHost { host: other.to_owned() });
    }
    let length = headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse::<u64>().ok()?;
    (length > LARGEST_BODY).then_some(ApiError::BodyTooLarge { limit: LARGEST_BODY })
}
