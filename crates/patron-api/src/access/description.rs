//! What the description of the API says about keys.

use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, PathItem};

use super::needed;

/// Name of the scheme.
const BEARER: &str = "bearer";
const MEANING: &str = "An API key, as `patron key create` makes it: `Authorization: Bearer patron_…`. On a loopback \
     address a service without any key asks nobody.";

/// Problems that whoever needs a key may be told.
const ASKED: [(&str, &str); 3] = [
    ("401", "No API key, or one that is not in force"),
    (
        "403",
        "The API key does not have the scope that this needs, or the request is from a page of another site",
    ),
    ("429", "Too many requests; the header Retry-After says when there is room again"),
];

/// And whoever changes something.
const LATE: [(&str, &str); 1] = [("504", "It took too long, and may have been done all the same")];

/// What this part adds.
#[derive(OpenApi)]
#[openapi(
    tags((name = "Access", description = "Who changed what, and what is held about a person.")),
    paths(super::record::audit, super::personal::export, super::personal::erase)
)]
struct Written;

/// Adds the routes of this part.
pub(crate) fn add(document: &mut Document) {
    document.merge(Written::openapi());
}

/// Says of each operation which scopes it needs; `problems` adds what it may be told for it.
pub(crate) fn protect(document: &mut Document, problems: impl Fn(&mut Operation, &[(&str, &str)])) {
    let bearer = Http::builder().scheme(HttpAuthScheme::Bearer).description(Some(MEANING)).build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let scopes = needed(&method, path);
            if scopes.is_empty() {
                continue;
            }
            // OpenAPI 3.1 lets a requirement name the roles it asks for
            let roles: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
            operation.security = Some(vec![SecurityRequirement::new(BEARER, roles)]);
            problems(operation, &ASKED);
            if method != actix_web::http::Method::GET {
                problems(operation, &LATE);
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (actix_web::http::Method, &mut Operation)> {
    use actix_web::http::Method;
    let all = [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PUT, &mut item.put),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}
