//! Why the service does not start, or a request is not answered.

use std::io;
use std::net::SocketAddr;

use patron_domain::Day;
use serde::Serialize;
use utoipa::ToSchema;

/// Why the service does not start, or a request is not answered.
///
/// What a client is told of each is decided in one place, variant by variant.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// An address that other machines could reach, and no key to ask them for.
    #[error(
        "{address} can be reached from other machines, and the database has no API key in force to ask them for; make one \
         first: patron key create --name NAME --scope read,write --database {database}"
    )]
    NoKeyYet {
        /// As given.
        address: SocketAddr,
        /// Where the database lies.
        database: String,
    },
    /// No site.
    #[error("'{text}' is no origin; write scheme and host of one site, such as https://shop.example")]
    NotAnOrigin {
        /// As given.
        text: String,
    },
    /// A page of another site.
    #[error(
        "pages of other sites may not do this{}; --allow-origin names those that may",
        if origin.is_empty() { String::new() } else { format!(" (this one is of {origin})") }
    )]
    WrongOrigin {
        /// Its origin; empty where the browser does not tell.
        origin: String,
    },
    /// No address.
    #[error("'{text}' is no address to serve at; write an IP address and a port, such as 127.0.0.1:8080")]
    NotAnAddress {
        /// As given.
        text: String,
    },
    /// The address cannot be had.
    #[error("cannot serve at {address}; is something else running there? Choose another port with --bind")]
    CannotBind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The server stopped by itself.
    #[error("the server stopped")]
    Serving(#[from] io::Error),
    /// The shop could not be loaded, or a table not be written.
    #[error(transparent)]
    Pipeline(#[from] patron_pipeline::PipelineError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] patron_store::StoreError),
    /// A job, or a model, that is not taken, stopped or shown.
    #[error(transparent)]
    Job(#[from] crate::jobs::JobError),
    /// No answer could be computed.
    #[error(transparent)]
    Analytics(#[from] patron_analytics::AnalyticsError),
    /// The rollups could not be read.
    #[error(transparent)]
    Rollup(#[from] patron_columns::RollupError),
    /// A forecast could not be computed.
    #[error(transparent)]
    Models(#[from] patron_models::ModelError),
    /// An answer could not be written as JSON.
    #[error("an answer could not be written as JSON")]
    Json(#[from] serde_json::Error),
    /// A file of the page with the description could not be had.
    #[error("the page of the API's description is damaged: {0}")]
    Page(Box<str>),
    /// This computer gives no random numbers.
    #[error("this computer gives no random numbers")]
    NoRandom,
    /// The work for a request was lost.
    #[error("the work for a request stopped unexpectedly")]
    Lost,
    /// A request for a host name that is not this machine's own.
    #[error(
        "this service answers to its own names only (localhost and its loopback address, with its port), not to '{host}'; \
         --allow-host adds names"
    )]
    WrongHost {
        /// As asked for; empty where the request names none.
        host: String,
    },
    /// No key, or one that is not, no longer or not yet known: which of these is nobody's business.
    #[error(
        "this needs an API key that is in force, sent as 'Authorization: Bearer patron_…'; `patron key create` makes one"
    )]
    NoKey,
    /// A key that may not do this.
    #[error(
        "this needs the scope '{scope}', which this API key does not have; `patron key create --scope {scope}` makes one that has"
    )]
    MissingScope {
        /// What it would need.
        scope: patron_store::Scope,
    },
    /// Too many requests of one caller.
    #[error("too many requests; try again in {seconds} s, or ask for more rows with each")]
    TooMany {
        /// When there is room again, in whole seconds.
        seconds: u64,
    },
    /// Nothing is there.
    #[error("there is nothing at {path}; /api/v1/openapi.json describes what there is")]
    NotFound {
        /// As asked for.
        path: String,
    },
    /// Something is there, but not for this method.
    #[error("{path} takes {allowed}, not {method}")]
    MethodNotAllowed {
        /// The path.
        path: String,
        /// As asked for.
        method: String,
        /// Methods it takes.
        allowed: &'static str,
    },
    /// Nothing of what the client accepts can be given.
    #[error("this is served as {offered}, and the request accepts neither")]
    NotAcceptable {
        /// Media types, in words.
        offered: &'static str,
    },
    /// A body where none belongs.
    #[error("the body of the request is larger than {limit} bytes")]
    BodyTooLarge {
        /// In bytes.
        limit: u64,
    },
    /// A body in another form than this resource takes.
    #[error("the body of this request must be {taken}; say so in its header content-type")]
    WrongContentType {
        /// Media types, in words.
        taken: &'static str,
    },
    /// A body that is no JSON.
    #[error("the body is not JSON: {reason}")]
    BadJson {
        /// What is wrong, with line and column.
        reason: String,
    },
    /// Fields of a body that cannot be used; one entry for each.
    #[error("{}", parameters_in_words(.0))]
    BadFields(Vec<FieldError>),
    /// An idempotency key that belongs to another request.
    #[error(
        "this Idempotency-Key belongs to another request of the last 24 hours; send a new one with each new request"
    )]
    KeyReused,
    /// Parameters that cannot be used; one entry for each.
    #[error("{}", parameters_in_words(.0))]
    BadParameters(Vec<FieldError>),
    /// No such customer.
    #[error("there is no customer '{0}'")]
    UnknownCustomer(String),
    /// A customer who had not bought anything by then.
    #[error(
        "customer '{customer}' has not bought anything on or before {as_of}: there is nothing to forecast from"
    )]
    NoPurchase {
        /// The customer's id.
        customer: String,
        /// The as-of date.
        as_of: Day,
    },
    /// The first answers are being computed.
    #[error(
        "the answers are not there yet ({step}); everything else can be asked meanwhile, and /ready tells when"
    )]
    NotReady {
        /// What is being done, in words.
        step: String,
    },
    /// A shop without sales.
    #[error(
        "the shop has no sales yet, so there is nothing to answer; post them to /api/v1/sales, or import a file: patron import FILE"
    )]
    NoSales,
    /// The tables of the answers could not be laid down, or not be read back.
    #[error("the tables of the answers cannot be kept in the folder for temporary files; is there room?")]
    Tables(#[source] io::Error),
    /// The shop's data are too few for any forecast.
    #[error("there is no forecast for this shop: {reason}")]
    NoModel {
        /// Why, in words.
        reason: String,
    },
    /// A table that has nothing in it, because the shop has not told what it would be made of.
    #[error(
        "nothing is known for the table {table}; `patron import` with --customers, --products or --costs adds it"
    )]
    NothingKnown {
        /// The table.
        table: &'static str,
    },
    /// A change that took too long to wait for.
    #[error(
        "this took longer than {seconds} seconds; it may have been done all the same: look before you send it again, or send \
         it with the same Idempotency-Key"
    )]
    PerhapsDone {
        /// The limit.
        seconds: u64,
    },
    /// The answer took too long.
    #[error("the answer took longer than {seconds} seconds; ask for less (limit=), or try again")]
    TooSlow {
        /// The limit.
        seconds: u64,
    },
}

/// A parameter, header or field of a body that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The row of a list of rows, counted from 1; absent elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = usize, minimum = 1)]
    pub row: Option<usize>,
    /// The parameter, header or field.
    #[schema(example = "horizon")]
    pub field: String,
    /// What is wrong with it, and what would be right.
    #[schema(example = "'5m' is no horizon; write 3m, 12m, 24m or a number of days such as 90d")]
    pub detail: String,
}

impl FieldError {
    pub(crate) fn new(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { row: None, field: field.into(), detail: detail.into() }
    }

    /// The same in a row of a list, counted from 0.
    pub(crate) fn in_row(self, row: usize) -> Self {
        Self { row: Some(row + 1), ..self }
    }
}

/// Errors that are spelled out in one line.
const TOLD: usize = 10;

fn parameters_in_words(errors: &[FieldError]) -> String {
    let row = |error: &FieldError| error.row.map_or_else(String::new, |row| format!("row {row}, "));
    let told = |error: &FieldError| format!("{}{}: {}", row(error), error.field, error.detail);
    let each: Vec<String> = errors.iter().take(TOLD).map(told).collect();
    match errors.len().saturating_sub(TOLD) {
        0 => each.join("; "),
        more => format!("{}; and {more} more", each.join("; ")),
    }
}
