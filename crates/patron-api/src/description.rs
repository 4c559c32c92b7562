//! The OpenAPI document. The rows of answers are described by the tables they are taken from, so that name, unit and
//! meaning of a field are the same in a CSV, in JSON and here.

mod columns;
mod fields;
mod resources;

use patron_report::format::capital;
use patron_report::tables::NamedTable;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{
    Content, OpenApi as Document, PathItem, Ref, RefOr, Required, Response, ResponseBuilder, Schema,
};
use utoipa::{OpenApi, ToSchema};

use crate::accept::PARQUET;
use crate::answers::of_topic;
use crate::forecasts::Segments;
use crate::parameters::{LARGEST_PAGE, PAGE};
use crate::problem::PROBLEM_JSON;
use crate::topics::{TOPICS, Topic, table_name};
use crate::{ApiError, Problem, access};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Patron",
        description = "The tables, answers and forecasts of one shop. Amounts of money are decimal texts in the shop's currency and days are ISO 8601 days of the shop's calendar. Times of sales are on the shop's clock, with their offset from UTC where the shop's time zone is known; other times are UTC. Whatever goes wrong is told as a problem document (RFC 9457). Parameters that are not described here are refused.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "Customers", description = "Who buys."),
        (name = "Products", description = "What is sold."),
        (name = "Transactions", description = "Orders, invoices."),
        (name = "Sales", description = "Sale lines. They name transaction, customer and product by number or by the shop's own word; what is not there yet is an error, or made with `create_missing`."),
        (name = "Dates", description = "The calendar of the days with sales: it follows them by itself and is only read."),
        (name = "Answers", description = "What happened: computed when the service starts, and again within a minute of a change."),
        (name = "Forecasts", description = "What is to be expected, and of whom."),
        (name = "Models", description = "What was fitted, which model serves, and models as files."),
        (name = "Jobs", description = "Work that takes longer than a request: imports, fits, tests on the past."),
        (name = "Service", description = "The service itself."),
    ),
    paths(
        crate::answers::list,
        crate::value::value,
        crate::value::value_by_external_id,
        crate::models::list,
        crate::models::model,
        crate::models::export,
        crate::models::import,
        crate::models::serve,
        crate::jobs::refit,
        crate::jobs::backtest,
        crate::jobs::import,
        crate::jobs::list,
        crate::jobs::job,
        crate::jobs::events,
        crate::jobs::cancel,
        crate::pages::description,
        crate::pages::health,
        crate::pages::ready,
        crate::pages::metrics,
    ),
    components(schemas(Problem, Segments)),
)]
struct Written;

/// The OpenAPI 3.1 document of the service, as JSON.
///
/// # Errors
/// [`ApiError::Json`]; [`ApiError::Analytics`] where the tables to be described cannot be made.
pub fn openapi() -> Result<String, ApiError> {
    let mut document = Written::openapi();
    let sample = columns::Sample::new()?;
    let tables = sample.tables();
    for named in &tables {
        add_schema(&mut document, row_name(named.file), columns::row_schema(&named.table));
    }
    add_schema(&mut document, "ForecastRow".to_owned(), columns::row_schema(&sample.predictions()));
    for topic in &TOPICS {
        let of_topic: Vec<&NamedTable<'_>> = of_topic(topic, &tables).collect();
        let path = format!("/api/v1/answers/{}", topic.name);
        document.paths.paths.insert(path, PathItem::new(HttpMethod::Get, answer(topic, &of_topic)));
    }
    let forecasts = PathItem::new(HttpMethod::Get, forecasts());
    document.paths.paths.insert("/api/v1/forecasts".to_owned(), forecasts);
    let segments = PathItem::new(HttpMethod::Get, segments());
    document.paths.paths.insert("/api/v1/segments".to_owned(), segments);
    resources::add(&mut document)?;
    access::description::add(&mut document);
    for item in document.paths.paths.values_mut() {
        item.get.iter_mut().for_each(|operation| add_problems(operation, &READING));
        let writing = [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in writing.into_iter().flatten() {
            add_problems(operation, &READING);
            add_problems(operation, &WRITING);
        }
    }
    access::description::protect(&mut document, add_problems);
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

fn add_schema(document: &mut Document, name: String, schema: Schema) {
    document.components.get_or_insert_default().schemas.insert(name, RefOr::T(schema));
}

/// `CohortMonthsRow` for `cohort_months.csv`.
fn row_name(file: &'static str) -> String {
    table_name(file).split('_').map(capital).collect::<String>() + "Row"
}

fn answer(topic: &Topic, tables: &[&NamedTable<'_>]) -> Operation {
    let pages = tables.iter().fold(ObjectBuilder::new(), |pages, named| {
        pages.property(table_name(named.file), page(named.title, &row_name(named.file)))
    });
    let pages =
        pages.description(Some("The tables of the answer; those with nothing in them may be left out."));
    let mut body = stamped().property("tables", pages).required("tables");
    if topic.forecast {
        body = body
            .property("model_id", integer("The model run whose forecasts are in it, where there is one."));
    }
    let name_of_table = texts(topic.tables);
    let operation: String = topic.name.split('-').map(capital).collect();
    OperationBuilder::new()
        .tag("Answers")
        .operation_id(Some(format!("answer{operation}")))
        .summary(Some(topic.question))
        .description(Some(format!(
            "Tables: {}. JSON holds the first rows of each, or a page of the one that is named; CSV and Parquet hold the whole of the one that is named, else of the first.",
            topic.tables.join(", ")
        )))
        .parameter(query("table", "Only this table.", name_of_table))
        .parameter(query("limit", "Rows of a page.", limit()))
        .parameter(query("after", "Rows before the page: `next` of the page before. Only with `table`.", count()))
        .response("200", tables_response(body))
        .build()
}

fn forecasts() -> Operation {
    let rows = ArrayBuilder::new().items(Ref::from_schema_name("ForecastRow"));
    let next = ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::String, Type::Null]))
        .description(Some("Pass it as `after` for the next page; absent on the last."));
    let body = stamped()
        .property("model_id", integer("The model run that answers."))
        .property("total", integer("Customers with a forecast."))
        .property("next", next)
        .property("items", rows)
        .required("model_id")
        .required("total")
        .required("next")
        .required("items");
    OperationBuilder::new()
        .tag("Forecasts")
        .operation_id(Some("forecasts"))
        .summary(Some("Forecasts of all customers"))
        .description(Some(
            "Page by page in the order of the customers' ids; as CSV or Parquet all of them, as in `predictions.csv`. Who has bought after the day the model has seen is forecast as of the own last day.",
        ))
        .parameter(query("limit", "Rows of a page.", limit()))
        .parameter(query(
            "after",
            "Only customers whose id comes after this one: `next` of the page before.",
            ObjectBuilder::new().schema_type(Type::String),
        ))
        .response("200", tables_response(body))
        .build()
}

fn segments() -> Operation {
    OperationBuilder::new()
        .tag("Forecasts")
        .operation_id(Some("segments"))
        .summary(Some("Customers by expected value"))
        .description(Some(
            "Four quarters of the customers by what they are expected to bring in the 12 months after the as-of date.",
        ))
        .response("200", whole_tables("The four segments", Ref::from_schema_name(Segments::name())))
        .build()
}

fn page(title: &str, row: &str) -> ObjectBuilder {
    let next = ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::Integer, Type::Null]))
        .description(Some("Pass it as `after`, with `table`, for the next page; null on the last."));
    ObjectBuilder::new()
        .description(Some(title))
        .property("title", ObjectBuilder::new().schema_type(Type::String))
        .property("total", integer("Rows of the whole table."))
        .property("next", next)
        .property("rows", ArrayBuilder::new().items(Ref::from_schema_name(row)))
        .required("title")
        .required("total")
        .required("next")
        .required("rows")
}

/// An object that says up to which day it has seen, and when it was computed.
fn stamped() -> ObjectBuilder {
    let text = |format, meaning: &str| {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(format)))
            .description(Some(meaning))
    };
    ObjectBuilder::new()
        .property("as_of", text(KnownFormat::Date, "The day up to which it has seen."))
        .property("computed_at", text(KnownFormat::DateTime, "When it was computed, in UTC."))
        .required("as_of")
        .required("computed_at")
}

fn integer(meaning: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).description(Some(meaning))
}

fn limit() -> ObjectBuilder {
    let builder = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    builder.maximum(Some(LARGEST_PAGE)).default(Some(PAGE.into()))
}

fn count() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0))
}

fn texts(allowed: &[&'static str]) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(allowed.iter().copied()))
}

fn query(name: &str, meaning: &str, schema: ObjectBuilder) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(meaning))
        .schema(Some(schema))
}

fn tables_response(body: ObjectBuilder) -> Response {
    whole_tables("The answer", Schema::from(body))
}

/// JSON, or a whole table as a file.
fn whole_tables(meaning: &str, json: impl Into<RefOr<Schema>>) -> Response {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let binary = text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
    ResponseBuilder::new()
        .description(meaning)
        .content("application/json", Content::new(Some(json)))
        .content("text/csv", Content::new(Some(text())))
        .content(PARQUET, Content::new(Some(binary)))
        .build()
}

/// Problems that every request may be told.
const READING: [(&str, &str); 8] = [
    ("400", "Parameters, headers or JSON that cannot be used, one by one"),
    ("404", "Nothing there"),
    ("405", "Not with this method; the header Allow names those there are"),
    ("406", "Not in a form the request accepts"),
    ("413", "The body is too large"),
    ("421", "The request is for a host name that is not this machine's own"),
    ("500", "Something went wrong; the reason stands in the log of the service"),
    ("503", "It took too long, or the database is busy; the header Retry-After says when to try again"),
];

/// Problems that requests to change something may be told besides.
const WRITING: [(&str, &str); 5] = [
    ("409", "There is one already, or others refer to it"),
    ("412", "It has changed since it was seen"),
    ("415", "The body is in another form"),
    ("422", "Fields that cannot be used, one by one; or an Idempotency-Key of another request"),
    ("507", "No room left on the disk; nothing was stored"),
];

/// Adds problems; what is there already is kept.
fn add_problems(operation: &mut Operation, problems: &[(&str, &str)]) {
    for &(status, meaning) in problems {
        let schema = Ref::from_schema_name(Problem::name());
        let problem =
            ResponseBuilder::new().description(meaning).content(PROBLEM_JSON, Content::new(Some(schema)));
        let told = || RefOr::T(problem.build());
        operation.responses.responses.entry(status.to_owned()).or_insert_with(told);
    }
}
