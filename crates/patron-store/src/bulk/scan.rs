//! The whole sales table as batches.

mod postgres;
mod sqlite;

use patron_domain::{LineKind, Money, NO_CODE, OrderEntry, ProductEntry, SaleBatch, Timestamp};
use rusqlite::types::ValueRef;

use crate::error::{Fault, Outcome};
use crate::raw::Connection;
use crate::{Place, StoreError};

/// Why a scan ended early.
pub(crate) enum Stopped<E> {
    /// The database failed.
    Fault(Fault),
    /// The sink wants no more.
    Sink(E),
}

impl<E: From<StoreError>> Stopped<E> {
    /// The error a caller sees.
    pub(crate) fn at(self, place: &Place) -> E {
        match self {
            Self::Fault(fault) => fault.at(place).into(),
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
    sink: impl FnMut(SaleBatch) -> Result<(), E>,
) -> Result<u64, Stopped<E>> {
    match connection {
        Connection::Sqlite(connection) => sqlite::scan(connection, batch_lines, sink),
        Connection::Postgres(connection) => postgres::scan(&mut connection.borrow_mut(), batch_lines, sink),
    }
}

/// A sale line as it is stored.
struct Line {
    id: i64,
    customer: Option<i64>,
    product: Option<i64>,
    order: Option<i64>,
    country: Option<i64>,
    timestamp: Timestamp,
    quantity: i32,
    unit_price: i64,
    discount: i64,
    amount: i64,
    kind: LineKind,
}

/// A table in the order of its ids, read as far as it is needed.
trait Source<T> {
    /// The next row: its id, and what a batch tells of it.
    fn next(&mut self) -> Outcome<Option<(i64, T)>>;
}

impl<T> Source<T> for std::vec::IntoIter<(i64, T)> {
    fn next(&mut self) -> Outcome<Option<(i64, T)>> {
        Ok(Iterator::next(self))
    }
}

/// Lines on their way into batches, and the tables they refer to.
struct Batches<C, P, O, K> {
    customers: Dictionary<C>,
    products: Dictionary<P>,
    orders: Dictionary<O>,
    countries: Dictionary<K>,
    batch: SaleBatch,
    batch_lines: usize,
    lines: u64,
}

impl<C, P, O, K> Batches<C, P, O, K>
where
    C: Source<String>,
    P: Source<ProductEntry>,
    O: Source<OrderEntry>,
    K: Source<String>,
{
    fn new(batch_lines: usize, customers: C, products: P, orders: O, countries: K) -> Self {
        let batch_lines = batch_lines.max(1);
        Self {
            customers: Dictionary::new("customers", customers),
            products: Dictionary::new("products", products),
            orders: Dictionary::new("transactions", orders),
            countries: Dictionary::new("countries", countries),
            batch: sized(batch_lines),
            batch_lines,
            lines: 0,
        }
    }

    #[inline]
    fn push<E>(
        &mut self,
        line: &Line,
        sink: &mut impl FnMut(SaleBatch) -> Result<(), E>,
    ) -> Result<(), Stopped<E>> {
        if self.batch.len() == self.batch_lines {
            let full = std::mem::replace(&mut self.batch, sized(self.batch_lines));
            sink(full).map_err(Stopped::Sink)?;
        }
        let batch = &mut self.batch;
        let added = &mut batch.added;
        batch.line.push(line.id.unsigned_abs());
        batch.customer.push(self.customers.code(line.customer, &mut added.customers)?);
        batch.product.push(self.products.code(line.product, &mut added.products)?);
        batch.order.push(self.orders.code(line.order, &mut added.orders)?);
        batch.country.push(self.countries.code(line.country, &mut added.countries)?);
        batch.timestamp.push(line.timestamp);
        batch.quantity.push(line.quantity);
        batch.unit_price.push(Money::from_ten_thousandths(line.unit_price));
        batch.discount.push(Money::from_ten_thousandths(line.discount));
        batch.amount.push(Money::from_ten_thousandths(line.amount));
        batch.kind.push(line.kind);
        self.lines += 1;
        Ok(())
    }

    /// The last batch, with the rows no sale line refers to; the number of all lines.
    fn finish<E>(mut self, sink: &mut impl FnMut(SaleBatch) -> Result<(), E>) -> Result<u64, Stopped<E>> {
        let added = &mut self.batch.added;
        self.customers.rest(&mut added.customers)?;
        self.products.rest(&mut added.products)?;
        self.orders.rest(&mut added.orders)?;
        self.countries.rest(&mut added.countries)?;
        if !self.batch.is_empty() || self.batch.added != Default::default() {
            sink(self.batch).map_err(Stopped::Sink)?;
        }
        Ok(self.lines)
    }
}

/// A table read beside the sales, just far enough to know every id met so far. Code = place in id order.
struct Dictionary<S> {
    table: &'static str,
    source: S,
    /// The ids passed so far, ascending.
    ids: Vec<i64>,
}

impl<S> Dictionary<S> {
    fn new(table: &'static str, source: S) -> Self {
        Self { table, source, ids: Vec::new() }
    }

    /// The code of an id; reads on and adds entries until the id is reached.
    #[inline]
    fn code<T>(&mut self, id: Option<i64>, added: &mut Vec<T>) -> Outcome<u32>
    where
        S: Source<T>,
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
    fn rest<T>(&mut self, added: &mut Vec<T>) -> Outcome<()>
    where
        S: Source<T>,
    {
        while self.advance(added)? {}
        Ok(())
    }

    fn advance<T>(&mut self, added: &mut Vec<T>) -> Outcome<bool>
    where
        S: Source<T>,
    {
        let Some((id, entry)) = self.source.next()? else { return Ok(false) };
        self.ids.push(id);
        added.push(entry);
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

/// A stored kind of line.
pub(super) fn read_kind(value: ValueRef<'_>) -> Result<LineKind, StoreError> {
    let kind = value.as_str().ok().and_then(LineKind::from_word);
    kind.ok_or_else(|| StoreError::Unreadable { what: "kind of line", value: format!("{value:?}") })
}
