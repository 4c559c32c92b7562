//! Sale lines and what they refer to, from batches into tables.

use patron_domain::{Day, Money, NO_CODE, SaleBatch, Timestamp};
use rusqlite::{Connection, Statement};

use rustc_hash::FxHashSet;

use super::codes::Codes;
use super::days::Days;
use super::erased;
use crate::StoreError;
use crate::access::Erased;
use crate::error::Outcome;

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
        self.add_countries(connection, sales)?;
        self.add_customers(connection, sales, &firsts.customers)?;
        self.add_products(connection, sales)?;
        self.add_orders(connection, sales, &firsts.orders)?;
        self.add_lines(connection, sales)
    }

    fn add_countries(&mut self, connection: &Connection, sales: &SaleBatch) -> Outcome<()> {
        let mut insert =
            connection.prepare("INSERT INTO countries (id, name) VALUES (?, ?) ON CONFLICT DO NOTHING")?;
        let mut find = connection.prepare("SELECT id FROM countries WHERE name = ?")?;
        sales
            .added
            .countries
            .iter()
            .try_for_each(|name| self.countries.add(&mut insert, &mut find, name, &[]))
    }

    fn add_customers(
        &mut self,
        connection: &Connection,
        sales: &SaleBatch,
        first_lines: &[Option<usize>],
    ) -> Outcome<()> {
        let mut insert = connection.prepare(
            "INSERT INTO customers (id, external_id, country_id, imported) VALUES (?, ?, ?, TRUE) ON CONFLICT DO NOTHING",
        )?;
        let mut find = connection.prepare("SELECT id FROM customers WHERE external_id = ?")?;
        for (name, first) in sales.added.customers.iter().zip(first_lines) {
            let country = first.map_or(Ok(None), |row| self.countries.id(sales.country[row]))?;
            let stand_in = self.erased.stand_in(name);
            self.customers.add(&mut insert, &mut find, stand_in.unwrap_or(name), &[&country])?;
            if stand_in.is_some() {
                self.stand_ins.extend(self.customers.latest());
            }
        }
        Ok(())
    }

    fn add_products(&mut self, connection: &Connection, sales: &SaleBatch) -> Outcome<()> {
        let mut insert = connection.prepare(
            "INSERT INTO products (id, sku, description, imported) VALUES (?, ?, ?, TRUE) ON CONFLICT DO NOTHING",
        )?;
        let mut find = connection.prepare("SELECT id FROM products WHERE sku = ?")?;
        for product in &sales.added.products {
            self.products.add(&mut insert, &mut find, &product.sku, &[&product.description])?;
        }
        Ok(())
    }

    fn add_orders(
        &mut self,
        connection: &Connection,
        sales: &SaleBatch,
        first_lines: &[Option<usize>],
    ) -> Outcome<()> {
        let mut insert = connection.prepare(
            "INSERT INTO transactions \
             (id, invoice_number, derived, timestamp, payment_method, customer_id, country_id, imported) \
             VALUES (?, ?, ?, ?, ?, ?, ?, TRUE) ON CONFLICT DO NOTHING",
        )?;
        let mut find = connection.prepare("SELECT id FROM transactions WHERE invoice_number = ?")?;
        for (order, first) in sales.added.orders.iter().zip(first_lines) {
            let row = first.ok_or_else(|| StoreError::OrderWithoutLine { number: order.number.clone() })?;
            let customer = self.customers.id(sales.customer[row])?;
            let country = self.countries.id(sales.country[row])?;
            let rest: [&dyn rusqlite::ToSql; 5] =
                [&order.derived, &sales.timestamp[row], &order.payment, &customer, &country];
            self.orders.add(&mut insert, &mut find, &self.erased.order_number(order), &rest)?;
        }
        Ok(())
    }

    fn add_lines(&mut self, connection: &Connection, sales: &SaleBatch) -> Outcome<()> {
        let mut insert_day = Days::statement(connection)?;
        let mut insert = connection.prepare(
            "INSERT INTO sales (id, transaction_id, product_id, customer_id, country_id, date_id, timestamp, \
             quantity, unit_price, discount, amount, kind, line) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        )?;
        for row in 0..sales.len() {
            let timestamp = sales.timestamp[row];
            let day = self.days.add(&mut insert_day, Day::of(timestamp))?;
            let order = self.orders.id(sales.order[row])?;
            let order =
                order.ok_or_else(|| StoreError::UnknownCode { dictionary: "order", code: NO_CODE })?;
            insert.raw_bind_parameter(1, self.next_id)?;
            insert.raw_bind_parameter(2, order)?;
            insert.raw_bind_parameter(3, self.products.id(sales.product[row])?)?;
            insert.raw_bind_parameter(4, self.customers.id(sales.customer[row])?)?;
            insert.raw_bind_parameter(5, self.countries.id(sales.country[row])?)?;
            insert.raw_bind_parameter(6, day)?;
            insert.raw_bind_parameter(7, timestamp)?;
            insert.raw_bind_parameter(8, sales.quantity[row])?;
            bind_money(&mut insert, 9, sales.unit_price[row])?;
            bind_money(&mut insert, 10, sales.discount[row])?;
            bind_money(&mut insert, 11, sales.amount[row])?;
            insert.raw_bind_parameter(12, sales.kind[row].word())?;
            insert.raw_bind_parameter(13, sales.line[row] as i64)?;
            insert.raw_execute()?;
            self.next_id += 1;
            let (first, last) = self.span.unwrap_or((timestamp, timestamp));
            self.span = Some((first.min(timestamp), last.max(timestamp)));
        }
        Ok(())
    }
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

fn bind_money(statement: &mut Statement<'_>, index: usize, money: Money) -> Outcome<()> {
    Ok(statement.raw_bind_parameter(index, money.ten_thousandths())?)
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
