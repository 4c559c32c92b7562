//! Which scopes a request needs, and how large and long it may be.

use std::time::Duration;

use actix_web::http::Method;
use patron_models::MODEL_FILE_LIMIT;
use patron_store::{Scope, Scopes};

use crate::jobs::LARGEST_FILE;

/// Pages and states that nobody is asked a key for: they hold nothing of the shop.
const OPEN: [&str; 5] = ["/", "/health", "/ready", "/swagger-ui", "/api/v1/openapi.json"];

/// The scopes a request needs, by method and path; none for what is open to everybody.
///
/// `path` is the one that routes are found by: characters that need no percent sign stand there as they are.
/// Whatever is not listed as open needs a key, known route or not. Something personal that is erased needs `personal`
/// and `write`; a job needs `admin` to be started, stopped and looked at, and so does the record of writes; models
/// need it to be changed.
pub(crate) fn needed(method: &Method, path: &str) -> Scopes {
    if OPEN.contains(&path) || path.starts_with("/swagger-ui/") {
        return Scopes::default();
    }
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let own = Scopes::default().with(if reads { Scope::Read } else { Scope::Write });
    let segments: Vec<&str> = path.strip_prefix("/api/v1/").unwrap_or_default().split('/').collect();
    match segments.as_slice() {
        ["jobs" | "audit", ..] => Scopes::default().with(Scope::Admin),
        ["models", ..] if !reads => Scopes::default().with(Scope::Admin),
        ["customers", "by-external-id", _] => own,
        ["customers", _, "personal"] | ["customers", "by-external-id", _, "personal"] => {
            if reads {
                Scopes::default().with(Scope::Personal)
            } else {
                own.with(Scope::Personal)
            }
        }
        _ => own,
    }
}

/// How large and how long a request may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Bytes of its body, where it says so beforehand; handlers count those that come.
    pub(crate) body: u64,
    /// Until it is answered, its body read; `None` where the handler sees to that itself.
    pub(crate) time: Option<Duration>,
}

/// The limits of a request, by path as in [`needed`]: 1 MiB, 8 MiB for many rows at once, more for files, and 30 seconds. Jobs and
/// models see to that themselves: they take files.
pub(crate) fn limits(path: &str) -> Limits {
    let path = path.strip_prefix("/api/v1/").unwrap_or_default();
    let files = matches!(path.split('/').next(), Some("jobs" | "models"));
    let body = match path {
        "jobs/import" => LARGEST_FILE,
        "models/import" => MODEL_FILE_LIMIT,
        path if path.ends_with("/bulk") => 8 * 1024 * 1024,
        _ => 1024 * 1024,
    };
    let body = if files { u64::MAX } else { body };
    let time = (!files).then_some(Duration::from_secs(30));
    Limits { body, time }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_needs_what_it_touches() {
        for (method, path, needs) in [
            (Method::GET, "/", ""),
            (Method::GET, "/health", ""),
            (Method::GET, "/swagger-ui/index.html", ""),
            (Method::GET, "/api/v1/openapi.json", ""),
            (Method::GET, "/metrics", "read"),
            (Method::GET, "/swagger-uix", "read"),
            (Method::GET, "/nowhere", "read"),
            (Method::GET, "/api/v1/customers/7", "read"),
            (Method::HEAD, "/api/v1/customers/7", "read"),
            (Method::OPTIONS, "/api/v1/customers/7", "write"),
            (Method::POST, "/api/v1/customers", "write"),
            (Method::PATCH, "/api/v1/customers/7", "write"),
            (Method::GET, "/api/v1/customers/7/personal", "personal"),
            (Method::DELETE, "/api/v1/customers/7/personal", "write,personal"),
            (Method::GET, "/api/v1/customers/by-external-id/x/personal", "personal"),
            (Method::GET, "/api/v1/customers/by-external-id/personal", "read"),
            (Method::GET, "/api/v1/jobs", "admin"),
            (Method::GET, "/api/v1/jobs/3/events", "admin"),
            (Method::POST, "/api/v1/jobs/import", "admin"),
            (Method::GET, "/api/v1/audit", "admin"),
            (Method::GET, "/api/v1/models", "read"),
            (Method::PUT, "/api/v1/models/serving", "admin"),
        ] {
            assert_eq!(needed(&method, path).to_string(), needs, "{method} {path}");
        }
    }

    #[test]
    fn many_rows_at_once_may_be_larger() {
        let of = |path| (limits(path).body, limits(path).time.map(|time| time.as_secs()));
        assert_eq!(of("/api/v1/customers"), (1_048_576, Some(30)));
        assert_eq!(of("/api/v1/customers/bulk"), (8_388_608, Some(30)));
        assert_eq!(of("/bulk"), (1_048_576, Some(30)));
        assert_eq!(of("/api/v1/jobs/import"), (u64::MAX, None));
    }
}
