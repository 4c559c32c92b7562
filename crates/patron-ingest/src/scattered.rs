//! Rows of one order that other orders part: the file was sorted, and its orders can no longer be put together row by
//! row.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::rows::Row;

/// Looks for rows that lack their order's fields, away from the row that has them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scattered {
    /// Order number → whether a row with the order's fields was seen.
    orders: FxHashMap<Box<[u8]>, bool>,
    /// Marks of the rows seen that lack the order's fields: one that comes again is a repetition.
    rows: FxHashSet<u64>,
    last: Vec<u8>,
    /// Line and order of the first row that is away from its order.
    pub(crate) found: Option<(u64, String)>,
}

impl Scattered {
    /// Takes a row; `is_bare` where it has none of its order's fields.
    pub(crate) fn add(&mut self, row: Row<'_>, number: &[u8], is_bare: bool) {
        if number.is_empty() || self.found.is_some() {
            return;
        }
        let mut hasher = FxHasher::default();
        (row.text, row.unescaped).hash(&mut hasher);
        let is_new = !is_bare || self.rows.insert(hasher.finish());
        let continues = self.last == number;
        match self.orders.get_mut(number) {
            Some(has_fields) => {
                if !continues && is_new && (is_bare || !*has_fields) {
                    self.found = Some((row.line, String::from_utf8_lossy(number).into_owned()));
                }
                *has_fields |= !is_bare;
            }
            None => {
                self.orders.insert(number.into(), !is_bare);
            }
        }
        if !continues {
            self.last.clear();
            self.last.extend_from_slice(number);
        }
    }
}
