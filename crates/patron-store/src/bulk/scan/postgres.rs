//! A scan by COPY: first the tables that sales refer to, then the sales.

use std::io::BufRead;

use diesel::connection::SimpleConnection;
use diesel::pg::{CopyFormat, CopyTarget, Pg};
use diesel::query_builder::AstPass;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use diesel::{PgConnection, QueryResult};
use patron_domain::{LineKind, OrderEntry, ProductEntry, SaleBatch};

use super::{Batches, Line, Stopped};
use crate::StoreError;
use crate::error::{Fault, Outcome};
use crate::schema;

/// What is copied: a query in the place of a table.
macro_rules! query {
    ($name:ident, $table:ident, $sql:literal) => {
        struct $name;

        impl CopyTarget for $name {
            type Table = schema::$table::table;
            type SqlType = diesel::sql_types::Bool; // nobody asks

            fn walk_target(mut pass: AstPass<'_, '_, Pg>) -> QueryResult<()> {
                pass.push_sql($sql);
                Ok(())
            }
        }
    };
}

query!(Customers, customers, "(SELECT id, external_id FROM customers ORDER BY id)");
query!(Products, products, "(SELECT id, sku, description FROM products ORDER BY id)");
query!(
    Orders,
    transactions,
    "(SELECT id, invoice_number, derived, payment_method FROM transactions ORDER BY id)"
);
query!(Countries, countries, "(SELECT id, name FROM countries ORDER BY id)");
query!(
    Sales,
    sales,
    "(SELECT id, customer_id, product_id, transaction_id, country_id, timestamp, quantity, unit_price, discount, \
     amount, kind FROM sales ORDER BY id)"
);

pub(super) fn scan<E>(
    connection: &mut PgConnection,
    batch_lines: usize,
    mut sink: impl FnMut(SaleBatch) -> Result<(), E>,
) -> Result<u64, Stopped<E>> {
    let mut batches = Batches::new(
        batch_lines,
        table(connection, Customers, |fields| fields.text())?,
        table(connection, Products, |fields| {
            Ok(ProductEntry { sku: fields.text()?, description: fields.text()? })
        })?,
        table(connection, Orders, |fields| {
            let (number, derived) = (fields.text()?, fields.next()? == Some(&[1]));
            let payment = fields.next()?.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            Ok(OrderEntry { number, derived, payment })
        })?,
        table(connection, Countries, |fields| fields.text())?,
    );
    copy(connection, Sales, |fields| {
        let line = Line {
            id: fields.bigint()?,
            customer: fields.maybe_bigint()?,
            product: fields.maybe_bigint()?,
            order: fields.maybe_bigint()?,
            country: fields.maybe_bigint()?,
            timestamp: fields.bigint()?,
            quantity: fields.integer()?,
            unit_price: fields.bigint()?,
            discount: fields.bigint()?,
            amount: fields.bigint()?,
            kind: fields.kind()?,
        };
        batches.push(&line, &mut sink)
    })?;
    batches.finish(&mut sink)
}

/// A whole table, by id.
fn table<T>(
    connection: &mut PgConnection,
    query: impl CopyTarget,
    mut read: impl FnMut(&mut Fields<'_>) -> Outcome<T>,
) -> Outcome<std::vec::IntoIter<(i64, T)>> {
    let mut rows = Vec::new();
    copy(connection, query, |fields| {
        rows.push((fields.bigint()?, read(fields)?));
        Ok::<(), Fault>(())
    })?;
    Ok(rows.into_iter())
}

/// "PGCOPY", four bytes that a text file would lose, flags, and the length of nothing more.
const HEADER: usize = 19;

/// Hands each row to `each`, and leaves the connection ready for the next statement, whatever `each` returns.
fn copy<E: From<Fault>>(
    connection: &mut PgConnection,
    query: impl CopyTarget,
    mut each: impl FnMut(&mut Fields<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let rows = diesel::copy_to(query).with_format(CopyFormat::Binary).load_raw(connection);
    let mut rows = rows.map_err(Fault::from)?;
    let mut header = HEADER;
    let mut done = None;
    loop {
        let message = rows.fill_buf().map_err(broken)?;
        if message.is_empty() {
            break;
        }
        let length = message.len();
        if done.is_none() {
            // every row comes as one message, the first one behind the header, and a last one says that it is all
            let mut row = Fields(message.get(header..).ok_or_else(cut_off)?);
            header = 0;
            if !row.0.is_empty() {
                done = match row.count()? {
                    -1 => Some(Ok(())),
                    _ => each(&mut row).err().map(Err),
                };
            }
        }
        rows.consume(length);
    }
    drop(rows);
    connection.batch_execute("SELECT 1").map_err(Fault::from)?; // takes what is left of the answer
    done.unwrap_or_else(|| Err(cut_off().into()))
}

fn broken(error: std::io::Error) -> Fault {
    QueryError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(error.to_string())).into()
}

fn cut_off() -> Fault {
    let said = "the server closed the connection in the middle of a table".to_owned();
    QueryError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(said)).into()
}

/// What is left of a row.
struct Fields<'b>(&'b [u8]);

impl<'b> Fields<'b> {
    #[inline]
    fn take<const N: usize>(&mut self) -> Outcome<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or_else(cut_off)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn count(&mut self) -> Outcome<i16> {
        Ok(i16::from_be_bytes(self.take()?))
    }

    #[inline]
    fn next(&mut self) -> Outcome<Option<&'b [u8]>> {
        let length = i32::from_be_bytes(self.take()?);
        let Ok(length) = usize::try_from(length) else { return Ok(None) };
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(cut_off)?;
        self.0 = rest;
        Ok(Some(taken))
    }

    #[inline]
    fn maybe_bigint(&mut self) -> Outcome<Option<i64>> {
        let Some(bytes) = self.next()? else { return Ok(None) };
        bytes.try_into().map(|bytes| Some(i64::from_be_bytes(bytes))).map_err(|_| cut_off())
    }

    #[inline]
    fn bigint(&mut self) -> Outcome<i64> {
        self.maybe_bigint()?.ok_or_else(cut_off)
    }

    #[inline]
    fn integer(&mut self) -> Outcome<i32> {
        let bytes = self.next()?.and_then(|bytes| bytes.try_into().ok());
        bytes.map(i32::from_be_bytes).ok_or_else(cut_off)
    }

    fn text(&mut self) -> Outcome<String> {
        let bytes = self.next()?.ok_or_else(cut_off)?;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }

    #[inline]
    fn kind(&mut self) -> Outcome<LineKind> {
        let bytes = self.next()?.unwrap_or_default();
        let kind = std::str::from_utf8(bytes).ok().and_then(LineKind::from_word);
        let value = || String::from_utf8_lossy(bytes).into_owned();
        kind.ok_or_else(|| StoreError::Unreadable { what: "kind of line", value: value() }.into())
    }
}
