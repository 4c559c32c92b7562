//! Sale lines and what they refer to, from batches into tables.

mod postgres;
mod sqlite;

use patron_domain::{Day, NO_CODE, SaleBatch, Timestamp};
use rustc_hash::FxHashSet;

use super::codes::Codes;
use super::days::Days;
use super::{erased, references};
use crate::StoreError;
use crate::access::Erased;
use crate::error::Outcome;
use crate::raw::Connection;

/// Where a stream of batches stands.
#[derive(Debug)]
pub(super) struct LineWriter {
    next_id: i64,
    span: Option<(Timestamp, Timestamp)>,
    customers: Codes,
    products: Codes,
    orders: Codes,
    countries: Codes,
    days: Days,
    erased: Erased,
    /// Customers who stand for people who were erased.
    stand_ins: FxHashSet<i64>,
}

impl LineWriter {
    /// The beginning of a stream whose first line gets the id `first_id`.
    pub(super) fn new(connection: &Connection, first_id: i64) -> Outcome<Self> {
        Ok(Self {
            next_id: first_id,
            span: None,
            customers: Codes::new(connection, "customer", "customers")?,
            products: Codes::new(connection, "product", "products")?,
            orders: Codes::new(connection, "order", "transactions")?,
            countries: Codes::new(connection, "country", "countries")?,
            days: Days::load(connection)?,
            erased: erased::load(connection)?,
            stand_ins: FxHashSet::default(),
        })
    }

    /// The id the next line gets.
    pub(super) fn next_id(&self) -> i64 {
        self.next_id
    }

    /// Proves that what lines, and the orders and customers they brought, refer to is there. The first line has had
    /// the id `first_id`.
    pub(super) fn prove(&self, connection: &Connection, first_id: i64) -> Outcome<()> {
        references::prove_new(connection, first_id, self.orders.first_new(), self.customers.first_new())
    }

    /// Days of the earliest and the latest line.
    pub(super) fn span(&self) -> Option<(Day, Day)> {
        self.span.map(|(first, last)| (Day::of(first), Day::of(last)))
    }

    /// The database id of a customer code of the stream.
    pub(super) fn customer_id(&self, code: u32) -> Result<Option<i64>, StoreError> {
        self.customers.id(code)
    }

    /// People who must not come back.
    pub(super) fn erased(&self) -> &Erased {
        &self.erased
    }

    /// Whether a customer stands for somebody who was erased.
    pub(super) fn is_stand_in(&self, customer: i64) -> bool {
        self.stand_ins.contains(&customer)
    }

    /// The database id of a product code of the stream.
    pub(super) fn product_id(&self, code: u32) -> Result<Option<i64>, StoreError> {
        self.products.id(code)
    }

    /// Writes a batch; its codes continue those of the batches before.
    pub(super) fn write(&mut self, connection: &Connection, sales: &SaleBatch) -> Outcome<()> {
        check_columns(sales)?;
        let firsts = FirstLines::of(sales, self.customers.len(), self.orders.len());
        self.add_days(connection, sales)?;
        match connection {
            Connection::Sqlite(connection) => self.insert(connection, sales, &firsts),
            Connection::Postgres(connection) => self.copy(&mut connection.borrow_mut(), sales, &firsts),
        }
    }

    fn add_days(&mut self, connection: &Connection, sales: &SaleBatch) -> Outcome<()> {
        let mut insert = Days::statement(connection)?;
        for &timestamp in &sales.timestamp {
            self.days.add(&mut insert, Day::of(timestamp))?;
            let (first, last) = self.span.unwrap_or((timestamp, timestamp));
            self.span = Some((first.min(timestamp), last.max(timestamp)));
        }
        Ok(())
    }

    /// The id of a line's order, which every line has.
    fn order_id(&self, code: u32) -> Result<i64, StoreError> {
        self.orders.id(code)?.ok_or(StoreError::UnknownCode { dictionary: "order", code: NO_CODE })
    }
}

/// The line that tells of a batch's new order.
fn first_line(first: Option<usize>, number: &str) -> Result<usize, StoreError> {
    first.ok_or_else(|| StoreError::OrderWithoutLine { number: number.to_owned() })
}

/// The line in which a batch's new customers and orders appear first.
struct FirstLines {
    customers: Vec<Option<usize>>,
    orders: Vec<Option<usize>>,
}

impl FirstLines {
    fn of(sales: &SaleBatch, known_customers: usize, known_orders: usize) -> Self {
        let mut firsts = Self {
            customers: vec![None; sales.added.customers.len()],
            orders: vec![None; sales.added.orders.len()],
        };
        for row in 0..sales.len() {
            note(&mut firsts.customers, sales.customer[row], known_customers, row);
            note(&mut firsts.orders, sales.order[row], known_orders, row);
        }
        firsts
    }
}

fn note(firsts: &mut [Option<usize>], code: u32, known: usize, row: usize) {
    let new = (code as usize).checked_sub(known);
    if let Some(first) = new.and_then(|new| firsts.get_mut(new)) {
        first.get_or_insert(row);
    }
}

fn check_columns(sales: &SaleBatch) -> Result<(), StoreError> {
    let columns = [
        ("customer", sales.customer.len()),
        ("product", sales.product.len()),
        ("order", sales.order.len()),
        ("country", sales.country.len()),
        ("timestamp", sales.timestamp.len()),
        ("quantity", sales.quantity.len()),
        ("unit_price", sales.unit_price.len()),
        ("discount", sales.discount.len()),
        ("kind", sales.kind.len()),
        ("line", sales.line.len()),
    ];
    let expected = sales.len();
    match columns.into_iter().find(|(_, found)| *found != expected) {
        Some((column, found)) => Err(StoreError::UnevenBatch { column, found, expected }),
        None => Ok(()),
    }
}
