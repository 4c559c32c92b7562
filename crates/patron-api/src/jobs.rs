//! Work that takes longer than a request: imports, fits and tests on the past, as jobs.
//!
//! A job is noted in the database before it is acknowledged, and done by one of two threads: imports by one, fits and
//! backtests by the other, each in the order of their numbers. Everything a job does can be done again: an import is one
//! transaction (and the same file under the same settings is imported once), a fit stores its model in one transaction at its end.
//! A job that was interrupted, by a signal or by the process being killed, therefore runs again when the service starts, three
//! times at most. Of several services of one database each does what it was asked for itself, and what is left of one that is
//! gone.

mod answer;
mod asking;
mod engine;
mod error;
mod events;
mod handlers;
mod keeper;
mod live;
mod request;
mod uploads;
mod work;

use actix_web::{HttpRequest, HttpResponse, Resource, web};

pub(crate) use asking::*;
pub(crate) use engine::Jobs;
pub use error::JobError;
pub(crate) use handlers::*;
pub(crate) use uploads::LARGEST_FILE;

use crate::ApiError;
use crate::server::Read;

/// The routes of jobs.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/api/v1/jobs", READ).read(handlers::list))
        .service(at("/api/v1/jobs/refit", POST).route(web::post().to(asking::refit)))
        .service(at("/api/v1/jobs/backtest", POST).route(web::post().to(asking::backtest)))
        .service(at("/api/v1/jobs/import", POST).route(web::post().to(asking::import)))
        .service(at("/api/v1/jobs/{id}", READ).read(handlers::job))
        .service(at("/api/v1/jobs/{id}/events", READ).read(handlers::events))
        .service(at("/api/v1/jobs/{id}/cancel", POST).route(web::post().to(handlers::cancel)));
}

/// What can only be looked at.
pub(crate) const READ: &str = "GET, HEAD";
/// What can only be asked for.
pub(crate) const POST: &str = "POST";

/// A resource that takes these methods and tells so for all others.
pub(crate) fn at(path: &str, allowed: &'static str) -> Resource {
    let refused = move |request: HttpRequest| async move {
        let (path, method) = (request.path().to_owned(), request.method().to_string());
        Err::<HttpResponse, _>(ApiError::MethodNotAllowed { path, method, allowed })
    };
    web::resource(path.to_owned()).default_service(web::to(refused))
}
