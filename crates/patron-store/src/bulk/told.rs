//! What files of customers and products have told, and whether any of it is still there.

use patron_domain::{AttributeKind, CustomerAttributes};

use super::contacts::Layers;
use super::details::{Detailed, Details};
use crate::error::Outcome;
use crate::raw::Connection;

const CUSTOMERS: &str = include_str!("../sql/described_customers.sql");
const PRODUCTS: &str = include_str!("../sql/described_products.sql");

/// Of which kinds something is known that no import has told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    customers: bool,
    products: bool,
}

impl Told {
    /// As it is now; nothing of kinds of which there is no file.
    pub(super) fn read(connection: &Connection) -> Outcome<Self> {
        Ok(Self {
            customers: has_file(connection, AttributeKind::Customers)? && customers(connection)?,
            products: has_file(connection, AttributeKind::Products)? && products(connection)?,
        })
    }

    /// Forgets the files of a kind when all they have told has gone since.
    pub(super) fn forget_gone(self, connection: &Connection) -> Outcome<()> {
        let now = Self::read(connection)?;
        for (kind, was, is) in [
            (AttributeKind::Customers, self.customers, now.customers),
            (AttributeKind::Products, self.products, now.products),
        ] {
            if was && !is {
                connection.execute("DELETE FROM attribute_files WHERE kind = ?", [kind.word()])?;
            }
        }
        Ok(())
    }
}

fn has_file(connection: &Connection, kind: AttributeKind) -> Outcome<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM attribute_files WHERE kind = ?)";
    connection.query_row(sql, [kind.word()], |row| row.get(0))
}

fn customers(connection: &Connection) -> Outcome<bool> {
    let mut details = Details::new::<CustomerAttributes>(connection)?;
    let mut layers = Layers::new(connection)?;
    let mut described = connection.prepare(CUSTOMERS)?;
    let mut rows = described.query([])?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        let known: CustomerAttributes = details.read(id)?;
        let of_imports = layers.fields(id)?;
        if known.fields()?.keys().any(|field| !of_imports.contains_key(field)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// No import tells more of a product than its description.
fn products(connection: &Connection) -> Outcome<bool> {
    connection.prepare(PRODUCTS)?.exists([])
}
