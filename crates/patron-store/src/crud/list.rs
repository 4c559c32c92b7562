//! Pages by keyset: a page begins behind the last row of the page before, wherever that is by now.

use crate::connect::Connection;
use crate::error::Outcome;
use crate::{Cursor, CursorKey, FieldError, List, Page, Resource, Sort, StoreError};

pub(super) fn page<R: Resource>(connection: &mut Connection, list: &List<R>) -> Outcome<Page<R>> {
    let fits = |after: &Cursor| after.sort == list.sort.word() && after.direction == list.direction;
    if list.after.as_ref().is_some_and(|after| !fits(after)) {
        return Err(no_place().into());
    }
    let limit = list.limit.clamp(1, List::<R>::MAX_LIMIT) as usize;
    let mut items = R::rows(connection, list, limit as i64 + 1)?;
    let next = (items.len() > limit).then(|| {
        items.truncate(limit);
        items.last().map(|last| Cursor {
            sort: list.sort.word().to_owned(),
            direction: list.direction,
            key: last.sort_key(list.sort),
            id: last.id().into(),
        })
    });
    Ok(Page { items, next: next.flatten() })
}

/// The text a cursor stands at.
pub(super) fn text(after: &Cursor) -> Outcome<&str> {
    match &after.key {
        CursorKey::Text(text) => Ok(text),
        CursorKey::Number(_) => Err(no_place().into()),
    }
}

/// The number a cursor stands at.
pub(super) fn number(after: &Cursor) -> Outcome<i64> {
    match &after.key {
        CursorKey::Number(number) => Ok(*number),
        CursorKey::Text(_) => Err(no_place().into()),
    }
}

fn no_place() -> StoreError {
    let reason = "is the place in a list of another order; begin again without it".to_owned();
    StoreError::Invalid { fields: vec![FieldError { field: "after", reason }] }
}

/// Narrows a boxed query to what comes after the list's cursor, and puts it in order: by the column, then by id. The
/// first condition lets the database begin at the cursor.
macro_rules! keyset {
    ($query:expr, $list:expr, $id:expr) => {{
        let after = $list.after.as_ref().map(|after| after.id);
        match ($list.direction, after) {
            (Direction::Ascending, None) => $query.order($id.asc()),
            (Direction::Ascending, Some(after)) => $query.filter($id.gt(after)).order($id.asc()),
            (Direction::Descending, None) => $query.order($id.desc()),
            (Direction::Descending, Some(after)) => $query.filter($id.lt(after)).order($id.desc()),
        }
    }};
    ($query:expr, $list:expr, $id:expr, $column:expr, $key:expr) => {{
        match ($list.direction, &$list.after) {
            (Direction::Ascending, None) => $query.order(($column.asc(), $id.asc())),
            (Direction::Ascending, Some(after)) => {
                let key = $key(after)?;
                let later = $column.gt(key).or($id.gt(after.id));
                $query.filter($column.ge(key)).filter(later).order(($column.asc(), $id.asc()))
            }
            (Direction::Descending, None) => $query.order(($column.desc(), $id.desc())),
            (Direction::Descending, Some(after)) => {
                let key = $key(after)?;
                let later = $column.lt(key).or($id.lt(after.id));
                $query.filter($column.le(key)).filter(later).order(($column.desc(), $id.desc()))
            }
        }
    }};
}
pub(super) use keyset;

/// The first text behind all that begin with a prefix.
pub(super) fn behind_prefix(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

diesel::define_sql_function! {
    /// The value, or the other one where there is none.
    #[sql_name = "coalesce"]
    fn text_or(value: diesel::sql_types::Nullable<diesel::sql_types::Text>, other: diesel::sql_types::Text)
        -> diesel::sql_types::Text;
}
diesel::define_sql_function! {
    /// The value, or the other one where there is none.
    #[sql_name = "coalesce"]
    fn number_or(value: diesel::sql_types::Nullable<diesel::sql_types::BigInt>, other: diesel::sql_types::BigInt)
        -> diesel::sql_types::BigInt;
}
