//! Answers about rows.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder};
use patron_store::Resource;
use serde::Serialize;

use super::row::{Row, View};
use super::{Readable, conditions};
use crate::ApiError;
use crate::work::json;

/// One row, with the mark of its contents.
///
/// # Errors
/// [`ApiError::Json`].
pub(crate) fn one<R: Readable>(status: StatusCode, row: &R, view: &View) -> Result<HttpResponse, ApiError> {
    let body = serde_json::to_vec(&Row(row, view))?;
    let mut response = HttpResponse::build(status);
    Ok(response.insert_header(etag(row)).content_type("application/json").body(body))
}

/// A row that is new, and where it is to be found.
///
/// # Errors
/// [`ApiError::Json`].
pub(crate) fn created<R: Readable>(row: &R, view: &View) -> Result<HttpResponse, ApiError> {
    let mut response = one(StatusCode::CREATED, row, view)?;
    let place = location::<R>(row.id().into());
    if let Ok(place) = header::HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// What a request has created before; rows that have gone since are told by their numbers alone.
///
/// # Errors
/// [`ApiError::Json`].
pub(crate) fn created_before<R: Readable>(
    rows: &[(i64, Option<R>)],
    is_list: bool,
    view: &View,
) -> Result<HttpResponse, ApiError> {
    let mut response = match rows {
        [(_, Some(row))] if !is_list => created(row, view)?,
        [(id, None)] if !is_list => {
            let mut response = json_of(StatusCode::CREATED);
            response.insert_header((header::LOCATION, location::<R>(*id)));
            response.body(serde_json::to_vec(&Gone { id: *id })?)
        }
        rows => {
            let items = rows.iter().map(|(id, row)| Remembered { id: *id, row: row.as_ref(), view });
            json_of(StatusCode::CREATED).body(serde_json::to_vec(&Items { items: items.collect() })?)
        }
    };
    response.headers_mut().insert(
        header::HeaderName::from_static("idempotent-replayed"),
        header::HeaderValue::from_static("true"),
    );
    Ok(response)
}

/// Rows that are new.
///
/// # Errors
/// [`ApiError::Json`].
pub(crate) fn created_all<R: Readable>(rows: &[R], view: &View) -> Result<HttpResponse, ApiError> {
    let items = rows.iter().map(|row| Row(row, view)).collect();
    let mut response = json(&Items { items })?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// The row, or that the client has it already.
///
/// # Errors
/// [`ApiError::Json`]; [`ApiError::BadParameters`] for a condition that is none.
pub(crate) fn unless_known<R: Readable>(
    request: &actix_web::HttpRequest,
    row: &R,
    view: &View,
) -> Result<HttpResponse, ApiError> {
    if conditions::is_known(request, &row.etag())? {
        return Ok(HttpResponse::NotModified().insert_header(etag(row)).finish());
    }
    one(StatusCode::OK, row, view)
}

fn json_of(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.content_type("application/json");
    response
}

fn etag(row: &impl Resource) -> (header::HeaderName, String) {
    (header::ETAG, format!("\"{}\"", row.etag()))
}

fn location<R: Readable>(id: i64) -> String {
    format!("/api/v1/{}/{id}", R::MANY)
}

#[derive(Serialize)]
struct Items<T> {
    items: Vec<T>,
}

#[derive(Serialize)]
struct Gone {
    id: i64,
}

/// A row that was there once.
struct Remembered<'a, R> {
    id: i64,
    row: Option<&'a R>,
    view: &'a View,
}

impl<R: Readable> Serialize for Remembered<'_, R> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.row {
            Some(row) => Row(row, self.view).serialize(serializer),
            None => Gone { id: self.id }.serialize(serializer),
        }
    }
}
