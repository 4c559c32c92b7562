//! What every kind of row knows about its table.

use std::fmt;

use super::Written;
use crate::connect::Connection;
use crate::error::Outcome;
use crate::{Change, CursorKey, FieldError, List, Resource, StoreError};

/// Rows that are read.
pub(crate) trait Stored: Clone + fmt::Debug + Sized + Send + 'static {
    /// The row with that id.
    fn read(connection: &mut Connection, id: i64) -> Outcome<Option<Self>>;

    /// At most `limit` rows of a list, after the place `after`.
    fn rows(connection: &mut Connection, list: &List<Self>, limit: i64) -> Outcome<Vec<Self>>
    where
        Self: Resource;

    /// The value by which the list is sorted.
    fn sort_key(&self, sort: Self::Sort) -> CursorKey
    where
        Self: Resource;
}

/// Rows that are written.
pub(crate) trait EditStored: Stored + Written {
    /// The table's name.
    const TABLE: &'static str;

    /// Checks and inserts a row; its id.
    fn insert(connection: &mut Connection, new: &Self::New) -> Outcome<i64>;
    /// The row with some fields changed, as it is to be written.
    fn patched(&self, patch: &Self::Patch) -> Outcome<Self::New>;
    /// Checks a row and puts it in the place of this one; `patch`: the fields that were named, else it is all of them.
    fn update(
        &self,
        connection: &mut Connection,
        new: &Self::New,
        patch: Option<&Self::Patch>,
    ) -> Outcome<()>;
    /// Deletes this row unless others refer to it.
    fn remove(&self, connection: &mut Connection) -> Outcome<()>;
}

/// Rows the shop has a word of its own for.
pub(crate) trait KeyedStored: EditStored {
    /// The id of the row with that word.
    fn find(connection: &mut Connection, key: &str) -> Outcome<Option<i64>>;
    /// The row to be written with that word.
    fn with_key(new: Self::New, key: &str) -> Self::New;
}

/// Lays a change over a field that must have a value.
pub(super) fn required<T>(field: &'static str, change: Change<T>, place: &mut T) -> Outcome<()> {
    match change {
        Change::Leave => Ok(()),
        Change::Set(value) => {
            *place = value;
            Ok(())
        }
        Change::Clear => {
            let reason = "must have a value".to_owned();
            Err(StoreError::Invalid { fields: vec![FieldError { field, reason }] }.into())
        }
    }
}

/// An error if another row than `own` has the shop's word.
pub(super) fn refuse_taken<R: Resource + KeyedStored>(
    connection: &mut Connection,
    key: &str,
    own: Option<i64>,
) -> Outcome<()> {
    match R::find(connection, key)? {
        Some(other) if Some(other) != own => {
            Err(StoreError::Taken { what: R::WHAT, key: key.to_owned() }.into())
        }
        _ => Ok(()),
    }
}

/// An error if rows refer to this one; `by`: their table and number.
pub(super) fn refuse_referenced<R: Resource>(id: i64, by: &[(&'static str, i64)]) -> Outcome<()> {
    match by.iter().find(|(_, count)| *count > 0) {
        Some((by, count)) => {
            let (key, count) = (id.to_string(), count.unsigned_abs());
            Err(StoreError::Referenced { what: R::WHAT, key, by, count }.into())
        }
        None => Ok(()),
    }
}
