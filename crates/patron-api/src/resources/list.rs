//! Lists, page by page.

use std::str::FromStr;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use patron_store::{
    Cursor, CursorKey, Direction, FieldError as StoreField, List, ParseCursorError, Reading, Sort, StoreError,
};
use serde::Serialize;

use super::Readable;
use super::field::{Cell, names_a_person};
use super::row::{Row, View, zone_for};
use crate::accept::form;
use crate::access::Caller;
use crate::database::Database;
use crate::parameters::Parameters;
use crate::work::json;
use crate::{ApiError, FieldError};

/// Rows of a page where none are asked for.
pub(crate) const ROWS: usize = 50;

pub(crate) async fn list<R: Readable>(
    request: HttpRequest,
    caller: Caller,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    form(&request, false)?;
    let mut view = View::of(&caller);
    let mut parameters = Parameters::of(&request);
    let (sort, direction) = sort::<R>(&mut parameters);
    let mut list = List::<R> {
        filter: R::filter(&mut parameters),
        sort,
        direction,
        after: None,
        limit: parameters.limit_or(ROWS) as u32,
    };
    let after = parameters.value::<After>("after");
    view.take_fields::<R>(&mut parameters);
    parameters.finish()?;
    let personal = view.personal;
    let found = database.read(move |reading| {
        list.after = after.map(|after| after.place::<R>(reading)).transpose()?;
        let mut page = reading.list(&list)?;
        let next = page.next.map(|next| shown(next, personal));
        if let Some(field) = R::searched(&list.filter).filter(|_| !personal) {
            page.items.retain(|row| !is_personal(row.cell(field)));
        }
        Ok((page.items, next, zone_for::<R>(reading)?))
    });
    let (items, next, zone) = found.await.map_err(in_clients_words)?;
    let view = view.with_zone(zone);
    let items: Vec<Row<'_, R>> = items.iter().map(|row| Row(row, &view)).collect();
    let mut response = json(&Page { items, next: next.as_deref() })?;
    if let Some(next) = next.as_deref()
        && let Ok(link) = header::HeaderValue::from_str(&link(&request, next))
    {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

#[derive(Serialize)]
struct Page<'a, T> {
    items: Vec<T>,
    next: Option<&'a str>,
}

/// `sort=field`, or `sort=-field` for the largest first.
fn sort<R: Readable>(parameters: &mut Parameters) -> (R::Sort, Direction) {
    let Some(text) = parameters.text("sort") else { return Default::default() };
    let (word, direction) = match text.strip_prefix('-') {
        Some(word) => (word, Direction::Descending),
        None => (text.as_str(), Direction::Ascending),
    };
    let sort = R::Sort::from_word(word);
    if sort.is_none() {
        let there_are: Vec<&str> = R::Sort::ALL.iter().map(|sort| sort.word()).collect();
        let (way_out, there_are) = ("with - before it the largest come first", there_are.join(", "));
        parameters.wrong("sort", format!("'{text}' is no order; there are: {there_are}; {way_out}"));
    }
    (sort.unwrap_or_default(), direction)
}

/// What stands in a cursor instead of a word that tells who a person is.
const WITHHELD: &str = ".p";

/// A cursor as this caller may see it.
fn shown(cursor: Cursor, personal: bool) -> String {
    match &cursor.key {
        CursorKey::Text(word) if !personal && names_a_person(word) => {
            let bare = Cursor { key: CursorKey::Number(0), ..cursor }.to_string();
            format!("{}{WITHHELD}", bare.trim_end_matches(".n0"))
        }
        _ => cursor.to_string(),
    }
}

/// A cursor that came back.
struct After {
    cursor: Cursor,
    withheld: bool,
}

impl FromStr for After {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_suffix(WITHHELD) {
            Some(bare) => {
                let cursor = format!("{bare}.n0").parse().map_err(|_| ParseCursorError(text.to_owned()))?;
                Ok(Self { cursor, withheld: true })
            }
            None => Ok(Self { cursor: text.parse()?, withheld: false }),
        }
    }
}

impl After {
    /// The place in the list; what was withheld is looked up.
    fn place<R: Readable>(self, reading: &mut Reading<'_>) -> Result<Cursor, StoreError> {
        if !self.withheld {
            return Ok(self.cursor);
        }
        let row = reading.get::<R>(R::Id::from(self.cursor.id))?;
        match row.as_ref().map(|row| row.cell(&self.cursor.sort)) {
            Some(Cell::Named(word)) => Ok(Cursor { key: CursorKey::Text(word.to_owned()), ..self.cursor }),
            _ => {
                let reason = "stood at a row that is not there any more; begin again without it".to_owned();
                Err(StoreError::Invalid { fields: vec![StoreField { field: "after", reason }] })
            }
        }
    }
}

fn is_personal(cell: Cell<'_>) -> bool {
    matches!(cell, Cell::Named(word) if names_a_person(word))
}

/// What the store finds wrong with a list is a parameter.
fn in_clients_words(error: ApiError) -> ApiError {
    match error {
        ApiError::Store(StoreError::Invalid { fields }) => {
            let wrong = fields.into_iter().map(|wrong| FieldError::new(wrong.field, wrong.reason));
            ApiError::BadParameters(wrong.collect())
        }
        other => other,
    }
}

/// Where the next page is: the same request, after the last row of this page.
fn link(request: &HttpRequest, next: &str) -> String {
    let same =
        request.query_string().split('&').filter(|part| !part.is_empty() && !part.starts_with("after="));
    let query = same.chain([format!("after={next}").as_str()]).collect::<Vec<_>>().join("&");
    let mut link = format!("<{}?", request.path());
    for byte in query.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"') {
            link.push(char::from(byte));
        } else {
            link += &format!("%{byte:02X}");
        }
    }
    link + ">; rel=\"next\""
}
