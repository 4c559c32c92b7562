//! Files of customers, products and costs, and what became of them.

use chrono::NaiveDateTime;
use patron_domain::AttributeKind;

/// A file of customers, products or costs about to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAttributeFile {
    /// What it tells about.
    pub kind: AttributeKind,
    /// Name of the file without folders.
    pub file_name: String,
    /// SHA-256 of its bytes, in hexadecimal: the same file again takes the place of its former record.
    pub sha256: String,
    /// When, by the caller's clock.
    pub imported_at: NaiveDateTime,
    /// Data lines in it.
    pub lines: u64,
}

/// How the lines of such a file found their customers or products.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    /// Lines that did; of costs all.
    pub matched: u64,
    /// Ids, e-mail addresses or stock codes that the shop does not have, as written and in file order.
    pub unmatched: Vec<String>,
}

/// A stored file of customers, products or costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeFileRecord {
    /// Its number; later ones are higher.
    pub id: i64,
    /// What it tells about.
    pub kind: AttributeKind,
    /// Name of the file without folders.
    pub file_name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// When it was stored last.
    pub imported_at: NaiveDateTime,
    /// Data lines in it.
    pub lines: u64,
    /// Lines that found their customer or product when it was stored.
    pub matched: u64,
    /// What the shop did not have then, as written and in file order.
    pub unmatched: Vec<String>,
}
