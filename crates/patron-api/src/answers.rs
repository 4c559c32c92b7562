//! The answers: `/answers` and `/answers/{topic}`.

use actix_web::{HttpRequest, HttpResponse, web};
use patron_report::tables::NamedTable;
use serde::ser::{Serialize, SerializeMap, Serializer};
use utoipa::ToSchema;

use crate::accept::{File, Form, form};
use crate::download::download;
use crate::live::Live;
use crate::parameters::Parameters;
use crate::rows::Rows;
use crate::shop::{AnswerTable, ServedShop};
use crate::topics::{TOPICS, Topic, table_name, topic};
use crate::work::{apart, json};
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
pub(crate) async fn list(request: HttpRequest, live: web::Data<Live>) -> Result<HttpResponse, ApiError> {
    Parameters::of(&request).finish()?;
    form(&request, false)?;
    let shop = live.shop()?;
    let entry = |topic: &'static Topic| AnswerEntry {
        name: topic.name,
        question: topic.question,
        href: format!("/api/v1/answers/{}", topic.name),
        tables: laid_down(topic, &shop)
            .map(|table| TableEntry { name: table.name, title: table.title, rows: table.rows.rows() })
            .collect(),
    };
    let items = TOPICS.iter().map(entry).collect();
    json(&AnswerList { as_of: shop.as_of.to_string(), computed_at: time(shop.computed_at), items })
}

/// What part of an answer is wanted.
struct Wanted {
    topic: &'static Topic,
    table: Option<&'static str>,
    after: usize,
    limit: usize,
}

/// One answer, as JSON or as a file.
pub(crate) async fn answer(
    request: HttpRequest,
    name: web::Path<String>,
    live: web::Data<Live>,
) -> Result<HttpResponse, ApiError> {
    let topic = topic(&name).ok_or_else(|| ApiError::NotFound { path: request.path().to_owned() })?;
    let form = form(&request, true)?;
    let wanted = wanted(&request, topic, form)?;
    let shop = live.shop()?;
    match form {
        Form::Json => {
            let body = apart(move || written(&shop, &wanted)).await?;
            Ok(HttpResponse::Ok().content_type("application/json").body(body))
        }
        Form::Whole(file) => whole_table(shop, topic, wanted.table, file),
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
    if form != Form::Json {
        parameters.refuse_pages_of_files();
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

fn laid_down<'s>(
    topic: &'static Topic,
    shop: &'s ServedShop,
) -> impl Iterator<Item = &'s AnswerTable> + use<'s> {
    topic.tables.iter().filter_map(|name| shop.table(name))
}

fn written(shop: &ServedShop, wanted: &Wanted) -> Result<Vec<u8>, ApiError> {
    let chosen =
        laid_down(wanted.topic, shop).filter(|named| wanted.table.is_none_or(|name| name == named.name));
    let pages = chosen.map(|table| Page::of(table, wanted).map(|page| (table.name, page)));
    let pages = pages.collect::<Result<Vec<_>, ApiError>>()?;
    if let (Some(table), true) = (wanted.table, pages.is_empty()) {
        return Err(ApiError::NothingKnown { table });
    }
    let model = shop.model.filter(|_| wanted.topic.forecast);
    let answer = Answer {
        as_of: shop.as_of.to_string(),
        computed_at: time(shop.computed_at),
        model_id: model.map(|model| model.0),
        tables: Pages(pages),
    };
    Ok(serde_json::to_vec(&answer)?)
}

fn whole_table(
    shop: std::sync::Arc<ServedShop>,
    topic: &'static Topic,
    table: Option<&'static str>,
    file: File,
) -> Result<HttpResponse, ApiError> {
    let name = table.or_else(|| topic.tables.first().copied()).unwrap_or_default();
    if shop.table(name).is_none() {
        return Err(ApiError::NothingKnown { table: name });
    }
    Ok(download(shop, file, name, move |shop| shop.table(name).map(|table| &table.rows)))
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
struct Pages<'a>(Vec<(&'static str, Page<'a>)>);

impl Serialize for Pages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for (name, page) in &self.0 {
            object.serialize_entry(name, page)?;
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

impl<'a> Page<'a> {
    fn of(table: &'a AnswerTable, wanted: &Wanted) -> Result<Self, ApiError> {
        let total = table.rows.rows();
        let start = wanted.after.min(total);
        let end = start.saturating_add(wanted.limit).min(total);
        let cells = table.rows.cells(start..end).map_err(ApiError::Tables)?;
        let rows = Rows { columns: table.rows.columns(), cells };
        Ok(Self { title: table.title, total, next: (end < total).then_some(end), rows })
    }
}
