//! Pages of other sites: what a browser may do for them here, which is nothing where they are not named.

use std::fmt;
use std::str::FromStr;

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, Uri};

use crate::ApiError;

/// Methods and headers that pages of named sites may use.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const HEADERS: &str = "authorization, content-type, if-match, if-none-match, idempotency-key";
/// Headers of answers that their scripts may read.
const SHOWN: &str = "etag, location, retry-after, www-authenticate";
/// Seconds for which a browser may remember the answer to a preflight.
const REMEMBERED: &str = "600";

/// A site whose pages may ask, such as `https://shop.example`: exactly that scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl FromStr for Origin {
    type Err = ApiError;

    /// `http` or `https`, a host, and a port where it is not the usual one; nothing behind.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.to_ascii_lowercase();
        let host = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
        let is_host = |host: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
            !host.is_empty() && host.chars().all(plain)
        };
        if host.is_some_and(is_host) && lower.parse::<Uri>().is_ok() {
            Ok(Self(lower))
        } else {
            Err(ApiError::NotAnOrigin { text: text.to_owned() })
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The sites whose pages may ask.
pub(crate) struct Origins(pub(crate) Vec<Origin>);

impl Origins {
    /// The origin of the page behind a request, if it is one of a named site.
    fn named<'r>(&self, headers: &'r HeaderMap) -> Option<&'r HeaderValue> {
        let sent = headers.get(header::ORIGIN)?;
        self.0.iter().any(|origin| sent.as_bytes() == origin.0.as_bytes()).then_some(sent)
    }

    /// The answer to a browser that asks beforehand whether a page of another site may send a request; `None` where
    /// the request is no such question.
    ///
    /// # Errors
    /// [`ApiError::WrongOrigin`] for a site that is not named.
    pub(crate) fn preflight(&self, request: &ServiceRequest) -> Option<Result<HttpResponse, ApiError>> {
        let headers = request.headers();
        let asks = *request.method() == Method::OPTIONS
            && headers.contains_key(header::ORIGIN)
            && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        asks.then(|| {
            self.named(headers).ok_or_else(|| wrong(headers))?;
            Ok(HttpResponse::NoContent()
                .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, METHODS))
                .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS))
                .insert_header((header::ACCESS_CONTROL_MAX_AGE, REMEMBERED))
                .finish())
        })
    }

    /// Refuses changes that a page of another site has sent: a form or a script there can make a browser send some
    /// requests without asking beforehand, and a service that needs no key would do them.
    ///
    /// # Errors
    /// [`ApiError::WrongOrigin`].
    pub(crate) fn check(&self, request: &ServiceRequest) -> Result<(), ApiError> {
        let headers = request.headers();
        if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
            return Ok(());
        }
        let own = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let is_own = |origin: &HeaderValue| {
            let origin = origin.to_str().unwrap_or_default();
            origin.split_once("://").is_some_and(|(_, host)| host.eq_ignore_ascii_case(own))
        };
        match headers.get(header::ORIGIN) {
            Some(origin) if !is_own(origin) && self.named(headers).is_none() => Err(wrong(headers)),
            None if headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site") => {
                Err(wrong(headers))
            }
            _ => Ok(()),
        }
    }

    /// Lets a browser hand the answer to a page of a named site.
    pub(crate) fn open(&self, asked: &HeaderMap, answer: &mut HeaderMap) {
        if self.0.is_empty() {
            return;
        }
        answer.append(header::VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = self.named(asked) {
            answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(SHOWN));
        }
    }
}

fn wrong(headers: &HeaderMap) -> ApiError {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default();
    ApiError::WrongOrigin { origin: origin.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        let read = |text: &str| text.parse::<Origin>().map(|origin| origin.to_string());
        assert_eq!(read("https://Shop.example").unwrap(), "https://shop.example");
        assert_eq!(read("http://localhost:5173").unwrap(), "http://localhost:5173");
        assert_eq!(read("http://[::1]:5173").unwrap(), "http://[::1]:5173");
        for wrong in [
            "*",
            "null",
            "",
            "shop.example",
            "https://",
            "https://shop.example/",
            "https://*.shop.example",
            "ftp://a",
        ] {
            assert!(matches!(read(wrong), Err(ApiError::NotAnOrigin { .. })), "{wrong}");
        }
    }
}
