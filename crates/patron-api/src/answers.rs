//! The answers: `/answers` and `/answers/{topic}`.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use patron_report::CsvReader;
use patron_report::tables::NamedTable;
use serde::ser::{Serialize, SerializeMap, Serializer};
use utoipa::ToSchema;

use crate::accept::{Form, form};
use crate::parameters::Parameters;
use crate::rows::Rows;
use crate::shop::ServedShop;
use crate::topics::{TOPICS, Topic, table_name, topic};
use crate::work::{apart, csv, json};
use crate::{ApiError, time};

/// What can be asked.
#[derive(serde::Serialize, ToSchema)]
pub(crate) struct AnswerList {
    /// The day up to which the answers have seen.
    #[schema(value_type = String, format = Date, example = "2011-12-09")]
    as_of: String,
    /// When they were computed, in UTC.
    #[schema(value_type = String, format = DateTime, example = "2026-01-31T09:30:00Z")]
    computed_at: String,
    /// Every question.
    items: Vec<AnswerEntry>,
}

/// One question.
#[derive(serde::Serialize, ToSchema)]
pub(crate) struct AnswerEntry {
    /// Its name.
    #[schema(example = "repeat-customers")]
    name: &'static str,
    /// What is asked.
    question: &'static str,
    /// Where its answer is.
    #[schema(example = "/api/v1/answers/repeat-customers")]
    href: String,
    /// The tables that answer it; those with nothing in them may be left out.
    tables: Vec<TableEntry>,
}

/// One table of an answer.
#[derive(serde::Serialize, ToSchema)]
pub(crate) struct TableEntry {
    /// Its name.
    #[schema(example = "repeat_customers")]
    name: &'static str,
    /// What it holds, and in which order.
    title: &'static str,
    /// How many rows.
    rows: usize,
}

/// What can be asked
///
/// Every question with the tables that answer it.
#[utoipa::path(get, path = "/api/v1/answers", tag = "Answers", operation_id = "listAnswers",
    responses((status = 200, description = "Every question", body = AnswerList)))]
pub(crate) async fn list(
    request: HttpRequest,
    shop: web::Data<ServedShop>,
) -> Result<HttpResponse, ApiError> {
    Parameters::of(&request).finish()?;
    form(&request, false)?;
    let tables = shop.tables();
    let entry = |topic: &'static Topic| AnswerEntry {
        name: topic.name,
        question: topic.question,
        href: format!("/api/v1/answers/{}", topic.name),
        tables: of_topic(topic, &tables)
            .map(|named| TableEntry {
                name: table_name(named.file),
                title: named.title,
                rows: named.table.rows(),
            })
            .collect(),
    };
    let items = TOPICS.iter().map(entry).collect();
    json(&AnswerList { as_of: shop.as_of().to_string(), computed_at: time(shop.computed_at), items })
}

/// What part of an answer is wanted.
struct Wanted {
    topic: &'static Topic,
    table: Option<&'static str>,
    after: usize,
    limit: usize,
}

/// One answer, as JSON or as CSV.
pub(crate) async fn answer(
    request: HttpRequest,
    name: web::Path<String>,
    shop: web::Data<ServedShop>,
) -> Result<HttpResponse, ApiError> {
    let topic = topic(&name).ok_or_else(|| ApiError::NotFound { path: request.path().to_owned() })?;
    let form = form(&request, true)?;
    let wanted = wanted(&request, topic, form)?;
    let shop = shop.into_inner();
    apart(move || match form {
        Form::Json => written(&shop, &wanted),
        Form::Csv => whole_table(&shop, topic, wanted.table),
    })
    .await?
    .respond()
}

/// A finished body; a response itself cannot leave its thread.
enum Body {
    Json(Vec<u8>),
    Csv(String, &'static str),
}

impl Body {
    fn respond(self) -> Result<HttpResponse, ApiError> {
        Ok(match self {
            Self::Json(bytes) => HttpResponse::Ok().content_type("application/json").body(bytes),
            Self::Csv(text, file) => csv(text, file),
        })
    }
}

fn wanted(request: &HttpRequest, topic: &'static Topic, form: Form) -> Result<Wanted, ApiError> {
    let mut parameters = Parameters::of(request);
    let named = parameters.text("table");
    let table = named.as_ref().and_then(|name| topic.tables.iter().find(|table| *table == name)).copied();
    if let (Some(name), None) = (&named, table) {
        let known = topic.tables.join(", ");
        parameters.wrong("table", format!("'{name}' is no table of this answer; there are: {known}"));
    }
    let after = parameters.value::<usize>("after");
    if after.is_some() && named.is_none() {
        parameters.wrong("after", "belongs to one table: name it with table=");
    }
    let limit = parameters.limit();
    if form == Form::Csv {
        parameters.refuse_pages_of_csv();
    }
    parameters.finish()?;
    Ok(Wanted { topic, table, after: after.unwrap_or(0), limit })
}

/// The tables of a topic that there are, in the topic's order.
pub(crate) fn of_topic<'t, 'a>(
    topic: &'static Topic,
    tables: &'t [NamedTable<'a>],
) -> impl Iterator<Item = &'t NamedTable<'a>> + use<'t, 'a> {
    topic.tables.iter().filter_map(|name| tables.iter().find(|named| table_name(named.file) == *name))
}

fn written(shop: &Arc<ServedShop>, wanted: &Wanted) -> Result<Body, ApiError> {
    let tables = shop.tables();
    let chosen: Vec<_> = of_topic(wanted.topic, &tables)
        .filter(|named| wanted.table.is_none_or(|table| table == table_name(named.file)))
        .collect();
    if let (Some(table), true) = (wanted.table, chosen.is_empty()) {
        return Err(ApiError::NothingKnown { table });
    }
    let model = shop.model.as_ref().filter(|_| wanted.topic.forecast);
    let answer = Answer {
        as_of: shop.as_of().to_string(),
        computed_at: time(shop.computed_at),
        model_id: model.map(|model| model.id.0),
        tables: Pages { tables: &chosen, after: wanted.after, limit: wanted.limit },
    };
    Ok(Body::Json(serde_json::to_vec(&answer)?))
}

fn whole_table(
    shop: &ServedShop,
    topic: &'static Topic,
    table: Option<&'static str>,
) -> Result<Body, ApiError> {
    let name = table.or_else(|| topic.tables.first().copied()).unwrap_or_default();
    let tables = shop.tables();
    let found = tables.iter().find(|named| table_name(named.file) == name);
    let named = found.ok_or(ApiError::NothingKnown { table: name })?;
    Ok(Body::Csv(named.table.to_csv(CsvReader::Machine), named.file))
}

#[derive(serde::Serialize)]
struct Answer<'a> {
    as_of: String,
    computed_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_id: Option<i64>,
    tables: Pages<'a>,
}

/// Tables by name, each from some row on.
struct Pages<'a> {
    tables: &'a [&'a NamedTable<'a>],
    after: usize,
    limit: usize,
}

impl Serialize for Pages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.tables.len()))?;
        for named in self.tables {
            let total = named.table.rows();
            let start = self.after.min(total);
            let end = start.saturating_add(self.limit).min(total);
            let page = Page {
                title: named.title,
                total,
                next: (end < total).then_some(end),
                rows: Rows { table: &named.table, range: start..end },
            };
            object.serialize_entry(table_name(named.file), &page)?;
        }
        object.end()
    }
}

#[derive(serde::Serialize)]
struct Page<'a> {
    title: &'a str,
    total: usize,
    next: Option<usize>,
    rows: Rows<'a>,
}
