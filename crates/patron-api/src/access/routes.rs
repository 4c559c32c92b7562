//! Where the record of writes and personal data are found.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{personal, record};
use crate::ApiError;
use crate::server::Read;

/// The routes of this part.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/api/v1/audit")
                .read(record::audit)
                .default_service(web::to(|request| not_so(request, "GET, HEAD"))),
        )
        .service(
            web::resource("/api/v1/customers/{id}/personal")
                .read(personal::export)
                .route(web::delete().to(personal::erase))
                .default_service(web::to(|request| not_so(request, "GET, HEAD, DELETE"))),
        );
}

async fn not_so(request: HttpRequest, allowed: &'static str) -> Result<HttpResponse, ApiError> {
    let (path, method) = (request.path().to_owned(), request.method().to_string());
    Err(ApiError::MethodNotAllowed { path, method, allowed })
}
