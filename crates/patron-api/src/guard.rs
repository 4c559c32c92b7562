//! What every request passes: whose name it asks for, who sends it, how large it is, how often and for how long; and
//! what every answer carries.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError, rt, web};

use crate::ApiError;
use crate::access::{Counted, Keyring, Limits, Origins, Rates, limits, needed};
use crate::address::HostNames;
use crate::metrics::Metrics;

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
    pub(crate) keyring: Keyring,
    pub(crate) rates: Rates,
    pub(crate) origins: Origins,
    pub(crate) metrics: web::Data<Metrics>,
}

/// Lets a request pass, or answers it with the reason.
pub(crate) async fn guard(
    gate: web::Data<Gate>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = Instant::now();
    let limits = limits(request.match_info().as_str());
    let mut response = match (gate.refusal(&request, limits), gate.origins.preflight(&request)) {
        (Err(error), _) | (Ok(()), Some(Err(error))) => request.into_response(error.error_response()),
        (Ok(()), Some(Ok(answer))) => request.into_response(answer),
        (Ok(()), None) => match gate.let_in(&request, begun) {
            Ok(()) => answered(&gate, request, next, limits).await?,
            Err(error) => request.into_response(error.error_response()),
        },
    };
    dress(response.headers_mut());
    let (asked, answer) = (response.request().clone(), response.headers_mut());
    gate.origins.open(asked.headers(), answer);
    let route = asked.match_pattern().unwrap_or_else(|| "other".to_owned());
    gate.metrics.note(route, response.status().as_u16(), begun.elapsed());
    Ok(response)
}

/// The answer, or that it took too long.
async fn answered(
    gate: &Gate,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    limits: Limits,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(time) = limits.time else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let answer = rt::time::timeout(time, next.call(request)).await;
    answer
        .unwrap_or_else(|_| {
            let seconds = time.as_secs();
            let error =
                if is_read { ApiError::TooSlow { seconds } } else { ApiError::PerhapsDone { seconds } };
            gate.metrics.note("other".to_owned(), error.status_code().as_u16(), time);
            Err(Late(error).into())
        })
        .map(ServiceResponse::map_into_boxed_body)
}

/// A request that was given up: its answer passes no guard any more, and carries what the guard would have added.
#[derive(Debug)]
struct Late(ApiError);

impl std::fmt::Display for Late {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Late {
    fn status_code(&self) -> StatusCode {
        self.0.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.0.error_response();
        dress(response.headers_mut());
        response
    }
}

fn dress(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

impl Gate {
    /// What speaks against a request whoever sends it.
    fn refusal(&self, request: &ServiceRequest, limits: Limits) -> Result<(), ApiError> {
        let headers = request.headers();
        let mut named = headers.get_all(header::HOST).map(|host| host.to_str().unwrap_or_default());
        let host = named.next().unwrap_or_default();
        let target = request.uri().authority().map(|authority| authority.as_str());
        let mut all = [host].into_iter().chain(named).chain(target);
        if let Some(other) = all.find(|name| !self.hosts.know(name)) {
            return Err(ApiError::WrongHost { host: other.to_owned() });
        }
        let length =
            headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > limits.body) {
            return Err(ApiError::BodyTooLarge { limit: limits.body });
        }
        self.origins.check(request)
    }

    /// Finds out who asks, whether they may, and whether they have asked too often.
    fn let_in(&self, request: &ServiceRequest, now: Instant) -> Result<(), ApiError> {
        let needed = needed(request.method(), request.match_info().as_str());
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        let count_peer = || match peer {
            Some(peer) if !peer.is_loopback() => self.rates.take(Counted::Address(peer), now),
            _ => Ok(()),
        };
        if needed.is_empty() {
            return count_peer();
        }
        let caller = match self.keyring.caller(request.headers()) {
            Ok(caller) => caller,
            Err(error) => {
                count_peer()?;
                return Err(error);
            }
        };
        if let Some(key) = caller.key() {
            self.rates.take(Counted::Key(key), now)?;
        }
        caller.must(needed)?;
        request.extensions_mut().insert(caller);
        Ok(())
    }
}
