//! Whom and what the rows of a file mean.

use patron_domain::CustomerRow;
use rustc_hash::FxHashMap;

use crate::error::Outcome;
use crate::raw::Connection;

/// Ids by a text that should be one's own; `None` where several share it.
#[derive(Default)]
struct Index(FxHashMap<String, Option<i64>>);

impl Index {
    fn add(&mut self, text: String, id: i64) {
        self.0.entry(text).and_modify(|held| *held = held.filter(|held| *held == id)).or_insert(Some(id));
    }

    fn get(&self, text: &str) -> Option<i64> {
        self.0.get(text).copied().flatten()
    }
}

/// The shop's customers.
pub(super) struct CustomerIndex {
    ids: Index,
    /// E-mail addresses that are ids, in lower case.
    address_ids: Index,
    addresses: Index,
}

impl CustomerIndex {
    pub(super) fn load(connection: &Connection) -> Outcome<Self> {
        let mut index =
            Self { ids: Index::default(), address_ids: Index::default(), addresses: Index::default() };
        let mut statement = connection.prepare("SELECT id, external_id, email FROM customers")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, external_id) = (row.get(0)?, row.get::<String>(1)?);
            if external_id.contains('@') {
                index.address_ids.add(address(&external_id), id);
            }
            if let Some(email) = row.get::<Option<String>>(2)? {
                index.addresses.add(address(&email), id);
            }
            index.ids.add(external_id, id);
        }
        Ok(index)
    }

    /// By id, else by e-mail address: that of a customer who has no other id goes before one that was noted.
    pub(super) fn find(&self, row: &CustomerRow) -> Option<i64> {
        let id = row.external_id.as_deref();
        let email = row.attributes.email.as_deref().or_else(|| id.filter(|id| id.contains('@')));
        id.and_then(|id| self.ids.get(id)).or_else(|| {
            let email = address(email?);
            self.address_ids.get(&email).or_else(|| self.addresses.get(&email))
        })
    }
}

fn address(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The shop's products.
pub(super) struct ProductIndex {
    skus: Index,
    in_lower_case: Index,
}

impl ProductIndex {
    pub(super) fn load(connection: &Connection) -> Outcome<Self> {
        let mut index = Self { skus: Index::default(), in_lower_case: Index::default() };
        let mut statement = connection.prepare("SELECT id, sku FROM products")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, sku) = (row.get(0)?, row.get::<String>(1)?);
            index.in_lower_case.add(sku.to_lowercase(), id);
            index.skus.add(sku, id);
        }
        Ok(index)
    }

    /// By stock code as it is, else without regard to case where that leaves one product.
    pub(super) fn find(&self, sku: &str) -> Option<i64> {
        self.skus.get(sku).or_else(|| self.in_lower_case.get(&sku.to_lowercase()))
    }
}
