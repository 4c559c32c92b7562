//! Queries: each takes a connection and returns domain types; rows stay inside.

pub(crate) mod attribute_files;
mod change;
pub(crate) mod counts;
pub(crate) mod imports;
pub(crate) mod quarantine;
pub(crate) mod ready;
pub(crate) mod runs;
pub(crate) mod shop;

use crate::StoreError;

/// A stored count, which is never negative.
pub(crate) fn count(stored: i64) -> u64 {
    stored.unsigned_abs()
}

/// The one of `all` whose word is `stored`.
pub(crate) fn from_word<T: Copy + ToString>(
    all: &[T],
    what: &'static str,
    stored: &str,
) -> Result<T, StoreError> {
    let found = all.iter().copied().find(|one| one.to_string() == stored);
    found.ok_or_else(|| StoreError::Unreadable { what, value: stored.to_owned() })
}
