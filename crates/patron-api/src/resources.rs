//! The shop's tables, row by row: customers, products, transactions, sales and the calendar.
//!
//! What a kind of row has to say for itself, its fields and filters and how a body becomes a row, stands in the module
//! of that kind; everything else is the same for all of them.

pub(crate) mod body;
mod conditions;
mod customers;
mod dates;
mod field;
mod given;
pub(crate) mod idempotency;
mod list;
mod place;
mod products;
mod read;
mod respond;
mod row;
mod rows;
mod sales;
mod transactions;
mod values;
mod write;
mod zone;

#[cfg(test)]
mod tests;

use actix_web::{HttpRequest, HttpResponse, web};
use patron_store::{
    CustomerRecord, DateRecord, Editable, Keyed, ProductRecord, Resource, SaleRecord, TransactionRecord,
};

pub(crate) use field::{Field, Kind, Role};
pub(crate) use idempotency::LONGEST_KEY;
pub(crate) use list::ROWS;
pub(crate) use row::{Row, View};
pub(crate) use write::MOST_ROWS;
pub(crate) use zone::Zone;

use crate::ApiError;
use crate::parameters::Parameters;
use crate::server::Read;
use field::Cell;
use given::Given;
use place::{ById, ByWord};

/// A kind of row that is read.
pub(crate) trait Readable: Resource {
    /// The name of all of them, in paths: `customers`.
    const MANY: &'static str;
    /// Its fields, in the order of answers.
    const FIELDS: &'static [Field];
    /// What lists can be narrowed by.
    const FILTERS: &'static [Field];

    /// What a field of this row holds.
    fn cell(&self, field: &str) -> Cell<'_>;

    /// What a list is narrowed to.
    fn filter(parameters: &mut Parameters) -> Self::Filter;

    /// The field whose beginning is looked for, where it may tell who a person is.
    fn searched(filter: &Self::Filter) -> Option<&'static str>;
}

/// A kind of row that is written.
pub(crate) trait Writable: Readable + Editable {
    /// The fields with which it refers to others.
    const REFERS: &'static [Refers];
    /// The field that an error about the whole row is told of.
    const WORD_FIELD: &'static str;
    /// A body that creates one, as JSON.
    const EXAMPLE: &'static str;
    /// A body that changes it, as JSON.
    const EXAMPLE_OF_CHANGE: &'static str;

    /// The row that a body gives; `None` where it lacks something, which `given` knows.
    fn row(given: &mut Given) -> Option<Self::New>;

    /// The changes that a body gives.
    fn changes(given: &mut Given) -> Self::Patch;
}

/// A kind of row that the shop has a word of its own for.
pub(crate) trait Worded: Writable + Keyed {
    /// The field with that word.
    const WORD: &'static str;
    /// Where it is found by that word, in paths: `by-external-id`.
    const BY: &'static str;
}

/// A reference to another row: by its number, or by the shop's own word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refers {
    /// What the store calls it.
    pub(crate) name: &'static str,
    pub(crate) id: &'static str,
    pub(crate) word: &'static str,
}

const OF_LIST: &str = "GET, HEAD, POST";
const OF_ROW: &str = "GET, HEAD, PUT, PATCH, DELETE";
const OF_BULK: &str = "POST";

/// The routes of all kinds of rows.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    worded::<CustomerRecord>(config);
    worded::<ProductRecord>(config);
    worded::<TransactionRecord>(config);
    writable::<SaleRecord>(config);
    writable::<DateRecord>(config);
}

fn worded<R: Worded>(config: &mut web::ServiceConfig) {
    let path = format!("/api/v1/{}/{}/{{word}}", R::MANY, R::BY);
    config.service(
        web::resource(path)
            .read(read::one::<R, ByWord>)
            .route(web::put().to(write::upsert::<R>))
            .route(web::patch().to(write::patch::<R, ByWord>))
            .route(web::delete().to(write::delete::<R, ByWord>))
            .default_service(web::to(|request| not_so(request, OF_ROW))),
    );
    writable::<R>(config);
}

fn writable<R: Writable>(config: &mut web::ServiceConfig) {
    let at = |path: &str| web::resource(format!("/api/v1/{}{path}", R::MANY));
    config
        .service(
            at("")
                .read(list::list::<R>)
                .route(web::post().to(write::create::<R>))
                .default_service(web::to(|request| not_so(request, OF_LIST))),
        )
        .service(
            at("/bulk")
                .route(web::post().to(write::create_all::<R>))
                .default_service(web::to(|request| not_so(request, OF_BULK))),
        )
        .service(
            at("/{id}")
                .read(read::one::<R, ById>)
                .route(web::put().to(write::replace::<R>))
                .route(web::patch().to(write::patch::<R, ById>))
                .route(web::delete().to(write::delete::<R, ById>))
                .default_service(web::to(|request| not_so(request, OF_ROW))),
        );
}

async fn not_so(request: HttpRequest, allowed: &'static str) -> Result<HttpResponse, ApiError> {
    let (path, method) = (request.path().to_owned(), request.method().to_string());
    Err(ApiError::MethodNotAllowed { path, method, allowed })
}
