//! Sale lines and what they refer to, one prepared statement for each table.

use patron_domain::{Day, Money, SaleBatch};
use rusqlite::{Connection, Statement, ToSql};

use super::{FirstLines, LineWriter, first_line};
use crate::error::Outcome;

impl LineWriter {
    /// Inserts a batch, whose days are there.
    pub(super) fn insert(
        &mut self,
        connection: &Connection,
        sales: &SaleBatch,
        firsts: &FirstLines,
    ) -> Outcome<()> {
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
            let row = first_line(*first, &order.number)?;
            let customer = self.customers.id(sales.customer[row])?;
            let country = self.countries.id(sales.country[row])?;
            let rest: [&dyn ToSql; 5] =
                [&order.derived, &sales.timestamp[row], &order.payment, &customer, &country];
            self.orders.add(&mut insert, &mut find, &self.erased.order_number(order), &rest)?;
        }
        Ok(())
    }

    fn add_lines(&mut self, connection: &Connection, sales: &SaleBatch) -> Outcome<()> {
        let mut insert = connection.prepare(
            "INSERT INTO sales (id, transaction_id, product_id, customer_id, country_id, date_id, timestamp, \
             quantity, unit_price, discount, amount, kind, line) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        )?;
        for row in 0..sales.len() {
            let timestamp = sales.timestamp[row];
            let order = self.order_id(sales.order[row])?;
            insert.raw_bind_parameter(1, self.next_id)?;
            insert.raw_bind_parameter(2, order)?;
            insert.raw_bind_parameter(3, self.products.id(sales.product[row])?)?;
            insert.raw_bind_parameter(4, self.customers.id(sales.customer[row])?)?;
            insert.raw_bind_parameter(5, self.countries.id(sales.country[row])?)?;
            insert.raw_bind_parameter(6, Day::of(timestamp).number())?;
            insert.raw_bind_parameter(7, timestamp)?;
            insert.raw_bind_parameter(8, sales.quantity[row])?;
            bind_money(&mut insert, 9, sales.unit_price[row])?;
            bind_money(&mut insert, 10, sales.discount[row])?;
            bind_money(&mut insert, 11, sales.amount[row])?;
            insert.raw_bind_parameter(12, sales.kind[row].word())?;
            insert.raw_bind_parameter(13, sales.line[row] as i64)?;
            insert.raw_execute()?;
            self.next_id += 1;
        }
        Ok(())
    }
}

fn bind_money(statement: &mut Statement<'_>, index: usize, money: Money) -> Outcome<()> {
    Ok(statement.raw_bind_parameter(index, money.ten_thousandths())?)
}
