//! Rows that are created, replaced, changed and deleted.

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse};
use patron_store::{StoreError, Upserted, Writing};

use super::body;
use super::conditions::{IfMatch, only_if_new};
use super::given::{Given, Object};
use super::idempotency::{Found, Repeatable};
use super::place::{ById, Place};
use super::row::{View, zone_for};
use super::rows::{in_clients_words, row_of, rows_of};
use super::{Worded, Writable, respond};
use crate::accept::form;
use crate::access::Caller;
use crate::database::Database;
use crate::parameters::Parameters;
use crate::{ApiError, FieldError};

/// Rows of one request at most.
pub(crate) const MOST_ROWS: usize = 1_000;

/// `POST`: one row.
pub(crate) async fn create<R: Writable>(
    request: HttpRequest,
    payload: Payload,
    caller: Caller,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    no_parameters(&request)?;
    let (object, bytes) = body::json::<Object>(&request, payload).await?;
    create_rows::<R>(&request, vec![object], false, &bytes, &caller, &database).await
}

/// `POST …/bulk`: a list of rows, all of them or none.
pub(crate) async fn create_all<R: Writable>(
    request: HttpRequest,
    payload: Payload,
    caller: Caller,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    no_parameters(&request)?;
    let (objects, bytes) = body::json::<Vec<Object>>(&request, payload).await?;
    if !(1..=MOST_ROWS).contains(&objects.len()) {
        let detail = format!("has {} rows; send 1 to {MOST_ROWS} at a time", objects.len());
        return Err(ApiError::BadFields(vec![FieldError::new("body", detail)]));
    }
    create_rows::<R>(&request, objects, true, &bytes, &caller, &database).await
}

async fn create_rows<R: Writable>(
    request: &HttpRequest,
    objects: Vec<Object>,
    is_list: bool,
    bytes: &Bytes,
    caller: &Caller,
    database: &Database,
) -> Result<HttpResponse, ApiError> {
    let repeatable = Repeatable::of(request, caller, bytes, database.now())?;
    let zone = database.look(zone_for::<R>)?;
    let (rows, by_id) = rows_of::<R>(objects, is_list, zone)?;
    let made = change(database, caller, move |writing| {
        if let Some(found) = repeatable.as_ref().map(|one| one.find(writing)).transpose()?.flatten() {
            return Ok(Made::Before(found));
        }
        let rows = match rows.as_slice() {
            [row] if !is_list => vec![writing.create::<R>(row)?],
            rows => writing.create_all::<R>(rows)?,
        };
        if let Some(repeatable) = &repeatable {
            repeatable.remember(writing, &rows)?;
        }
        Ok(Made::Now(rows))
    });
    let made = made.await.map_err(|error| in_clients_words::<R>(error, &by_id))?;
    let view = View::of(caller).with_zone(zone);
    match made {
        Made::Now(rows) => match rows.as_slice() {
            [row] if !is_list => respond::created(row, &view),
            rows => respond::created_all(rows, &view),
        },
        Made::Before(Found::Same(rows)) => respond::created_before(&rows, is_list, &view),
        Made::Before(Found::Another) => Err(ApiError::KeyReused),
    }
}

enum Made<R> {
    Now(Vec<R>),
    Before(Found<R>),
}

/// `PUT` by number: a row in the place of another.
pub(crate) async fn replace<R: Writable>(
    request: HttpRequest,
    name: web::Path<String>,
    payload: Payload,
    caller: Caller,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    no_parameters(&request)?;
    let if_match = IfMatch::of(&request)?;
    let (object, _) = body::json::<Object>(&request, payload).await?;
    let zone = database.look(zone_for::<R>)?;
    let (new, by_id) = row_of::<R>(object, zone)?;
    let place = <ById as Place<R>>::of(name.into_inner());
    let replaced = change(&database, &caller, move |writing| {
        let id = Place::<R>::id(&place, writing)?;
        let expected = if_match.expected::<R>(writing, id)?;
        writing.replace::<R>(id, &new, expected.as_deref())
    });
    let row = replaced.await.map_err(|error| in_clients_words::<R>(error, &[by_id]))?;
    respond::one(StatusCode::OK, &row, &View::of(&caller).with_zone(zone))
}

/// `PUT` by the shop's own word: a row in the place of another, or a new one.
pub(crate) async fn upsert<R: Worded>(
    request: HttpRequest,
    word: web::Path<String>,
    payload: Payload,
    caller: Caller,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    no_parameters(&request)?;
    let (if_match, only_new) = (IfMatch::of(&request)?, only_if_new(&request)?);
    let (mut object, _) = body::json::<Object>(&request, payload).await?;
    let word = word.into_inner();
    object.name(R::WORD, &word).map_err(|wrong| ApiError::BadFields(vec![wrong]))?;
    let zone = database.look(zone_for::<R>)?;
    let (new, by_id) = row_of::<R>(object, zone)?;
    let upserted = change(&database, &caller, move |writing| {
        let changed = || StoreError::Changed { what: R::WHAT, key: word.clone() };
        let expected = match writing.get_by_key::<R>(&word)? {
            Some(_) if only_new => return Err(changed()),
            Some(row) => if_match.expected::<R>(writing, row.id())?,
            None if if_match.is_said() => return Err(changed()),
            None => None,
        };
        writing.upsert::<R>(&word, &new, expected.as_deref())
    });
    let upserted = upserted.await.map_err(|error| in_clients_words::<R>(error, &[by_id]))?;
    let view = View::of(&caller).with_zone(zone);
    match upserted {
        Upserted::Created(row) => respond::created(&row, &view),
        Upserted::Replaced(row) => respond::one(StatusCode::OK, &row, &view),
    }
}

/// `PATCH`: some fields of a row.
pub(crate) async fn patch<R: Writable, P: Place<R>>(
    request: HttpRequest,
    name: web::Path<String>,
    payload: Payload,
    caller: Caller,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    no_parameters(&request)?;
    let if_match = IfMatch::of(&request)?;
    let (object, _) = body::merge_patch::<Object>(&request, payload).await?;
    let zone = database.look(zone_for::<R>)?;
    let mut given = Given::new(object, zone);
    let changes = R::changes(&mut given);
    let by_id = given.finish(R::FIELDS).map_err(ApiError::BadFields)?;
    let place = P::of(name.into_inner());
    let patched = change(&database, &caller, move |writing| {
        let id = place.id(writing)?;
        let expected = if_match.expected::<R>(writing, id)?;
        writing.patch::<R>(id, &changes, expected.as_deref())
    });
    let row = patched.await.map_err(|error| in_clients_words::<R>(error, &[by_id]))?;
    respond::one(StatusCode::OK, &row, &View::of(&caller).with_zone(zone))
}

/// `DELETE`.
pub(crate) async fn delete<R: Writable, P: Place<R>>(
    request: HttpRequest,
    name: web::Path<String>,
    caller: Caller,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    no_parameters(&request)?;
    let if_match = IfMatch::of(&request)?;
    let place = P::of(name.into_inner());
    let deleted = change(&database, &caller, move |writing| {
        let id = place.id(writing)?;
        let expected = if_match.expected::<R>(writing, id)?;
        writing.delete::<R>(id, expected.as_deref())
    });
    deleted.await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Every change of a row goes through here: it is noted whose it was.
async fn change<T: Send + 'static>(
    database: &Database,
    caller: &Caller,
    change: impl FnOnce(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, ApiError> {
    let actor = caller.actor(database.now());
    database
        .write(move |writing| {
            writing.acting_as(actor);
            change(writing)
        })
        .await
}

fn no_parameters(request: &HttpRequest) -> Result<(), ApiError> {
    form(request, false)?;
    Parameters::of(request).finish()
}
