//! Sale lines and what they refer to, as one stream for each table of a batch.

use std::borrow::Cow;

use diesel::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use patron_domain::{Day, SaleBatch};
use rustc_hash::FxHashMap;

use super::{FirstLines, LineWriter, first_line};
use crate::bulk::codes::Codes;
use crate::bulk::copy::{Rows, copy};
use crate::error::Outcome;
use crate::raw::storable;
use crate::schema::{countries, customers, products, sales as sales_table, transactions};

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Gives each name of a batch its code: the row that has the name already, or a new one that `write` is asked for.
fn add_all(
    connection: &mut PgConnection,
    find: &str,
    codes: &mut Codes,
    names: &[Cow<'_, str>],
    mut write: impl FnMut(usize, i64) -> Outcome<()>,
) -> Outcome<bool> {
    if names.is_empty() {
        return Ok(false);
    }
    let held: Vec<Held> = diesel::sql_query(find).bind::<Array<Text>, _>(names).load(connection)?;
    let mut held: FxHashMap<_, _> = held.into_iter().map(|row| (row.name, row.id)).collect();
    let mut any = false;
    for (place, name) in names.iter().enumerate() {
        match held.get(name.as_ref()) {
            Some(id) => codes.add_known(*id),
            None => {
                let id = codes.add_new();
                write(place, id)?;
                held.insert(name.to_string(), id); // the same name may come again
                any = true;
            }
        }
    }
    Ok(any)
}

impl LineWriter {
    /// Copies a batch, whose days are there.
    pub(super) fn copy(
        &mut self,
        connection: &mut PgConnection,
        sales: &SaleBatch,
        firsts: &FirstLines,
    ) -> Outcome<()> {
        self.copy_countries(connection, sales)?;
        self.copy_customers(connection, sales, &firsts.customers)?;
        self.copy_products(connection, sales)?;
        self.copy_orders(connection, sales, &firsts.orders)?;
        self.copy_lines(connection, sales)
    }

    fn copy_countries(&mut self, connection: &mut PgConnection, sales: &SaleBatch) -> Outcome<()> {
        let added = &sales.added.countries;
        let mut rows = Rows::new(2);
        let find = "SELECT name, id FROM countries WHERE name = ANY($1)";
        let names: Vec<_> = added.iter().map(|name| storable(name)).collect();
        let any = add_all(connection, find, &mut self.countries, &names, |place, id| {
            rows.row().bigint(Some(id)).text(&names[place]);
            Ok(())
        })?;
        if any {
            copy!(connection, rows, countries: id, name)?;
        }
        Ok(())
    }

    fn copy_customers(
        &mut self,
        connection: &mut PgConnection,
        sales: &SaleBatch,
        first_lines: &[Option<usize>],
    ) -> Outcome<()> {
        let (added, countries) = (&sales.added.customers, &self.countries);
        let mut rows = Rows::new(4);
        let find = "SELECT external_id AS name, id FROM customers WHERE external_id = ANY($1)";
        let stand_ins: Vec<_> = added.iter().map(|name| self.erased.stand_in(name)).collect();
        let names = added.iter().zip(&stand_ins).map(|(name, stand_in)| storable(stand_in.unwrap_or(name)));
        let names: Vec<_> = names.collect();
        let before = self.customers.len();
        let any = add_all(connection, find, &mut self.customers, &names, |place, id| {
            let country = first_lines[place].map_or(Ok(None), |row| countries.id(sales.country[row]))?;
            rows.row().bigint(Some(id)).text(&names[place]).bigint(country).boolean(true);
            Ok(())
        })?;
        if any {
            copy!(connection, rows, customers: id, external_id, country_id, imported)?;
        }
        for (code, _) in (before..).zip(&stand_ins).filter(|(_, stand_in)| stand_in.is_some()) {
            self.stand_ins.extend(self.customers.id(code as u32)?);
        }
        Ok(())
    }

    fn copy_products(&mut self, connection: &mut PgConnection, sales: &SaleBatch) -> Outcome<()> {
        let added = &sales.added.products;
        let mut rows = Rows::new(4);
        let find = "SELECT sku AS name, id FROM products WHERE sku = ANY($1)";
        let names: Vec<_> = added.iter().map(|product| storable(&product.sku)).collect();
        let any = add_all(connection, find, &mut self.products, &names, |place, id| {
            let product = &added[place];
            rows.row().bigint(Some(id)).text(&product.sku).text(&product.description).boolean(true);
            Ok(())
        })?;
        if any {
            copy!(connection, rows, products: id, sku, description, imported)?;
        }
        Ok(())
    }

    fn copy_orders(
        &mut self,
        connection: &mut PgConnection,
        sales: &SaleBatch,
        first_lines: &[Option<usize>],
    ) -> Outcome<()> {
        let (added, customers, countries) = (&sales.added.orders, &self.customers, &self.countries);
        for (order, first) in added.iter().zip(first_lines) {
            first_line(*first, &order.number)?;
        }
        let mut rows = Rows::new(8);
        let find = "SELECT invoice_number AS name, id FROM transactions WHERE invoice_number = ANY($1)";
        let numbers: Vec<_> = added.iter().map(|order| self.erased.order_number(order)).collect();
        let names: Vec<_> = numbers.iter().map(|number| storable(number)).collect();
        let any = add_all(connection, find, &mut self.orders, &names, |place, id| {
            let order = &added[place];
            let row = first_line(first_lines[place], &order.number)?;
            let customer = customers.id(sales.customer[row])?;
            let country = countries.id(sales.country[row])?;
            rows.row().bigint(Some(id)).text(&names[place]).boolean(order.derived);
            rows.bigint(Some(sales.timestamp[row])).maybe_text(order.payment.as_deref());
            rows.bigint(customer).bigint(country).boolean(true);
            Ok(())
        })?;
        if any {
            copy!(
                connection,
                rows,
                transactions: id,
                invoice_number,
                derived,
                timestamp,
                payment_method,
                customer_id,
                country_id,
                imported
            )?;
        }
        Ok(())
    }

    fn copy_lines(&mut self, connection: &mut PgConnection, sales: &SaleBatch) -> Outcome<()> {
        if sales.is_empty() {
            return Ok(());
        }
        let mut rows = Rows::new(13);
        for row in 0..sales.len() {
            let timestamp = sales.timestamp[row];
            rows.row().bigint(Some(self.next_id)).bigint(Some(self.order_id(sales.order[row])?));
            rows.bigint(self.products.id(sales.product[row])?);
            rows.bigint(self.customers.id(sales.customer[row])?);
            rows.bigint(self.countries.id(sales.country[row])?);
            rows.integer(Day::of(timestamp).number()).bigint(Some(timestamp)).integer(sales.quantity[row]);
            rows.money(sales.unit_price[row]).money(sales.discount[row]).money(sales.amount[row]);
            rows.text(sales.kind[row].word()).bigint(Some(sales.line[row] as i64));
            self.next_id += 1;
        }
        copy!(
            connection,
            rows,
            sales_table: id,
            transaction_id,
            product_id,
            customer_id,
            country_id,
            date_id,
            timestamp,
            quantity,
            unit_price,
            discount,
            amount,
            kind,
            line
        )?;
        Ok(())
    }
}
