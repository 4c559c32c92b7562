//! A scan with prepared statements, one for each table, that run side by side.

use patron_domain::{OrderEntry, ProductEntry, SaleBatch};
use rusqlite::{Connection, Row, Rows};

use super::{Batches, Line, Source, Stopped, read_kind};
use crate::error::Outcome;

const SALES: &str = "SELECT id, customer_id, product_id, transaction_id, country_id, timestamp, quantity, \
    unit_price, discount, amount, kind FROM sales ORDER BY id";
const CUSTOMERS: &str = "SELECT id, external_id FROM customers ORDER BY id";
const PRODUCTS: &str = "SELECT id, sku, description FROM products ORDER BY id";
const ORDERS: &str = "SELECT id, invoice_number, derived, payment_method FROM transactions ORDER BY id";
const COUNTRIES: &str = "SELECT id, name FROM countries ORDER BY id";

pub(super) fn scan<E>(
    connection: &Connection,
    batch_lines: usize,
    mut sink: impl FnMut(SaleBatch) -> Result<(), E>,
) -> Result<u64, Stopped<E>> {
    let (mut customers, mut products) = (connection.prepare(CUSTOMERS)?, connection.prepare(PRODUCTS)?);
    let (mut orders, mut countries) = (connection.prepare(ORDERS)?, connection.prepare(COUNTRIES)?);
    let mut batches = Batches::new(
        batch_lines,
        Table { rows: customers.raw_query(), read: read_name },
        Table { rows: products.raw_query(), read: read_product },
        Table { rows: orders.raw_query(), read: read_order },
        Table { rows: countries.raw_query(), read: read_name },
    );
    let mut sales = connection.prepare(SALES)?;
    let mut sales = sales.raw_query();
    while let Some(row) = sales.next()? {
        let line = Line {
            id: row.get(0)?,
            customer: row.get(1)?,
            product: row.get(2)?,
            order: row.get(3)?,
            country: row.get(4)?,
            timestamp: row.get(5)?,
            quantity: row.get(6)?,
            unit_price: row.get(7)?,
            discount: row.get(8)?,
            amount: row.get(9)?,
            kind: read_kind(row.get_ref(10)?)?,
        };
        batches.push(&line, &mut sink)?;
    }
    batches.finish(&mut sink)
}

struct Table<'s, F> {
    rows: Rows<'s>,
    read: F,
}

impl<T, F: Fn(&Row<'_>) -> rusqlite::Result<T>> Source<T> for Table<'_, F> {
    fn next(&mut self) -> Outcome<Option<(i64, T)>> {
        let Some(row) = self.rows.next()? else { return Ok(None) };
        Ok(Some((row.get(0)?, (self.read)(row)?)))
    }
}

fn read_name(row: &Row<'_>) -> rusqlite::Result<String> {
    row.get(1)
}

fn read_product(row: &Row<'_>) -> rusqlite::Result<ProductEntry> {
    Ok(ProductEntry { sku: row.get(1)?, description: row.get(2)? })
}

fn read_order(row: &Row<'_>) -> rusqlite::Result<OrderEntry> {
    Ok(OrderEntry { number: row.get(1)?, derived: row.get(2)?, payment: row.get(3)? })
}
