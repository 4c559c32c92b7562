//! What the imports of a database hold, as a growing export is compared with it.

use rustc_hash::FxHashMap;

use super::ImportId;

/// Lines and orders the database holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownSales {
    /// How often each line is held, by its [`line_key`](patron_domain::line_key).
    pub lines: FxHashMap<u128, u32>,
    /// The lines of each order, by its number and import by import, the earlier first. Orders made from customer
    /// and day are left out, as are lines that came with no import.
    pub orders: FxHashMap<String, Vec<HeldLines>>,
}

/// How many lines of an order an import holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldLines {
    /// The import.
    pub import: ImportId,
    /// Lines, at least 1.
    pub lines: u32,
}
