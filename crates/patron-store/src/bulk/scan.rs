//! The whole sales table as batches.

use std::path::Path;

use patron_domain::{LineKind, Money, NO_CODE, OrderEntry, ProductEntry, SaleBatch};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Rows};

use crate::StoreError;
use crate::error::Fault;

const SALES: &str = "SELECT id, customer_id, product_id, transaction_id, country_id, timestamp, quantity, \
    unit_price, discount, amount, kind FROM sales ORDER BY id";
const CUSTOMERS: &str = "SELECT id, external_id FROM customers ORDER BY id";
const PRODUCTS: &str = "SELECT id, sku, description FROM products ORDER BY id";
const ORDERS: &str = "SELECT id, invoice_number, derived, payment_method FROM transactions ORDER BY id";
const COUNTRIES: &str = "SELECT id, name FROM countries ORDER BY id";

/// Why a scan ended early.
pub(crate) enum Stopped<E> {
    /// The database failed.
    Fault(Fault),
    /// The sink wants no more.
    Sink(E),
}

impl<E: From<StoreError>> Stopped<E> {
    /// The error a caller sees.
    pub(crate) fn at(self, path: &Path) -> E {
        match self {
            Self::Fault(fault) => fault.at(path).into(),
            Self::Sink(error) => error,
        }
    }
}

impl<E> From<Fault> for Stopped<E> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<E> From<rusqlite::Error> for Stopped<E> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl<E> From<StoreError> for Stopped<E> {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Hands every sale line to `sink`, in id order and in batches of `batch_lines` (at least 1), and returns
/// their number. The caller holds a transaction, so that all tables show one state.
pub(crate) fn scan<E>(
    connection: &Connection,
    batch_lines: usize,
    mut sink: impl FnMut(SaleBatch) -> Result<(), E>,
) -> Result<u64, Stopped<E>> {
    let batch_lines = batch_lines.max(1);
    let (mut customers, mut products) = (connection.prepare(CUSTOMERS)?, connection.prepare(PRODUCTS)?);
    let (mut orders, mut countries) = (connection.prepare(ORDERS)?, connection.prepare(COUNTRIES)?);
    let mut customers = Dictionary::new("customers", customers.raw_query(), |row| row.get(1));
    let mut products = Dictionary::new("products", products.raw_query(), read_product);
    let mut orders = Dictionary::new("transactions", orders.raw_query(), read_order);
    let mut countries = Dictionary::new("countries", countries.raw_query(), |row| row.get(1));

    let mut sales = connection.prepare(SALES)?;
    let mut sales = sales.raw_query();
    let mut batch = sized(batch_lines);
    let mut lines = 0;
    while let Some(row) = sales.next()? {
        if batch.len() == batch_lines {
            sink(std::mem::replace(&mut batch, sized(batch_lines))).map_err(Stopped::Sink)?;
        }
        let added = &mut batch.added;
        batch.line.push(row.get::<_, i64>(0)?.unsigned_abs());
        batch.customer.push(customers.code(row.get(1)?, &mut added.customers)?);
        batch.product.push(products.code(row.get(2)?, &mut added.products)?);
        batch.order.push(orders.code(row.get(3)?, &mut added.orders)?);
        batch.country.push(countries.code(row.get(4)?, &mut added.countries)?);
        batch.timestamp.push(row.get(5)?);
        batch.quantity.push(row.get(6)?);
        batch.unit_price.push(Money::from_ten_thousandths(row.get(7)?));
        batch.discount.push(Money::from_ten_thousandths(row.get(8)?));
        batch.amount.push(Money::from_ten_thousandths(row.get(9)?));
        batch.kind.push(read_kind(row.get_ref(10)?)?);
        lines += 1;
    }
    let added = &mut batch.added;
    customers.rest(&mut added.customers)?;
    products.rest(&mut added.products)?;
    orders.rest(&mut added.orders)?;
    countries.rest(&mut added.countries)?;
    if !batch.is_empty() || batch.added != Default::default() {
        sink(batch).map_err(Stopped::Sink)?;
    }
    Ok(lines)
}

/// A table read beside the sales, just far enough to know every id met so far. Code = place in id order.
struct Dictionary<'stmt, F> {
    table: &'static str,
    rows: Rows<'stmt>,
    read: F,
    /// The ids passed so far, ascending.
    ids: Vec<i64>,
}

impl<'stmt, F> Dictionary<'stmt, F> {
    fn new<T>(table: &'static str, rows: Rows<'stmt>, read: F) -> Self
    where
        F: Fn(&Row<'_>) -> rusqlite::Result<T>,
    {
        Self { table, rows, read, ids: Vec::new() }
    }

    /// The code of an id; reads on and adds entries until the id is reached.
    #[inline]
    fn code<T>(&mut self, id: Option<i64>, added: &mut Vec<T>) -> Result<u32, Fault>
    where
        F: Fn(&Row<'_>) -> rusqlite::Result<T>,
    {
        let Some(id) = id else { return Ok(NO_CODE) };
        while self.ids.last().is_none_or(|last| *last < id) && self.advance(added)? {}
        // Without gaps in the ids the place follows from the id; else it is looked for.
        let first = self.ids.first().copied().unwrap_or(id);
        let guess = id.wrapping_sub(first) as usize;
        let place = if self.ids.get(guess) == Some(&id) { Ok(guess) } else { self.ids.binary_search(&id) };
        let broken = |_| StoreError::BrokenReference { table: self.table.to_owned() };
        Ok(place.map_err(broken)? as u32)
    }

    /// Reads what is left: rows no sale line refers to.
    fn rest<T>(&mut self, added: &mut Vec<T>) -> Result<(), Fault>
    where
        F: Fn(&Row<'_>) -> rusqlite::Result<T>,
    {
        while self.advance(added)? {}
        Ok(())
    }

    fn advance<T>(&mut self, added: &mut Vec<T>) -> Result<bool, Fault>
    where
        F: Fn(&Row<'_>) -> rusqlite::Result<T>,
    {
        let Some(row) = self.rows.next()? else { return Ok(false) };
        self.ids.push(row.get(0)?);
        added.push((self.read)(row)?);
        Ok(true)
    }
}

fn sized(lines: usize) -> SaleBatch {
    let lines = lines.min(1 << 20);
    SaleBatch {
        customer: Vec::with_capacity(lines),
        product: Vec::with_capacity(lines),
        order: Vec::with_capacity(lines),
        country: Vec::with_capacity(lines),
        timestamp: Vec::with_capacity(lines),
        quantity: Vec::with_capacity(lines),
        unit_price: Vec::with_capacity(lines),
        discount: Vec::with_capacity(lines),
        amount: Vec::with_capacity(lines),
        kind: Vec::with_capacity(lines),
        line: Vec::with_capacity(lines),
        added: Default::default(),
    }
}

fn read_product(row: &Row<'_>) -> rusqlite::Result<ProductEntry> {
    Ok(ProductEntry { sku: row.get(1)?, description: row.get(2)? })
}

fn read_order(row: &Row<'_>) -> rusqlite::Result<OrderEntry> {
    Ok(OrderEntry { number: row.get(1)?, derived: row.get(2)?, payment: row.get(3)? })
}

/// A stored kind of line.
pub(super) fn read_kind(value: ValueRef<'_>) -> Result<LineKind, StoreError> {
    let kind = value.as_str().ok().and_then(LineKind::from_word);
    kind.ok_or_else(|| StoreError::Unreadable { what: "kind of line", value: format!("{value:?}") })
}
