//! Taking an import back.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::time::Duration;

use rustc_hash::FxHashSet;

use super::told::Told;
use super::{contacts, kept, links, references};
use crate::error::{OptionalExtension, Outcome};
use crate::raw::Connection;
use crate::{DatabaseUrl, ImportId, StoreError, UndoSummary, connect};

/// Removes an import from the database at `path`, in one transaction.
pub(crate) fn undo(url: &DatabaseUrl, patience: Duration, import: ImportId) -> Outcome<UndoSummary> {
    let connection = connect::bulk(url, patience)?;
    connection.begin_without_checks()?;
    let told = Told::read(&connection)?;
    let removed = remove_lines(&connection, import)?;
    let summary = remove_unused(&connection, removed)?;
    told.forget_gone(&connection)?;
    references::prove(&connection)?;
    connection.commit()?;
    Ok(summary)
}

/// Removes the imports that another takes the place of, inside the caller's transaction; what files of customers and
/// products have told is put aside for those who come again. `None` when there is nothing to replace, else what was
/// told before.
pub(super) fn replace(connection: &Connection, imports: &[ImportId]) -> Outcome<Option<Told>> {
    let newest_first: BTreeSet<Reverse<ImportId>> = imports.iter().copied().map(Reverse).collect();
    if newest_first.is_empty() {
        return Ok(None);
    }
    let told = Told::read(connection)?;
    let mut removed = None;
    for Reverse(import) in newest_first {
        removed = Some(remove_lines(connection, import)?);
    }
    if let Some(last) = removed {
        kept::put_aside(connection)?;
        remove_unused(connection, last)?;
    }
    Ok(Some(told))
}

/// Removes the lines of an import and whatever else is only its own.
///
/// Foreign keys are off on `connection`: without an index behind every reference, each removed customer or order
/// would mean a walk through all sales. [`references::prove`] proves the result before the caller commits.
fn remove_lines(connection: &Connection, import: ImportId) -> Outcome<UndoSummary> {
    let found = connection
        .query_row(
            "SELECT file_name, first_sale_id, last_sale_id FROM imports WHERE id = ?",
            [import.0],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let (file_name, first, last): (String, i64, i64) = found.ok_or(StoreError::UnknownImport(import))?;

    let model_runs = remove_model_runs(connection, first, last)?;
    connection.execute(
        "DELETE FROM cancellations WHERE sale_id BETWEEN ?1 AND ?2 OR purchase_id BETWEEN ?1 AND ?2",
        [first, last],
    )?;
    let sales = connection.execute("DELETE FROM sales WHERE id BETWEEN ? AND ?", [first, last])?;
    links::take_back(connection, import, first, last)?;
    let quarantined = connection.execute("DELETE FROM quarantine WHERE import_id = ?", [import.0])?;
    take_back_descriptions(connection, import)?;
    contacts::take_back(connection, import)?;
    connection.execute("DELETE FROM imports WHERE id = ?", [import.0])?;
    let (sales, quarantined) = (sales as u64, quarantined as u64);
    Ok(UndoSummary { file_name, sales, quarantined, customers: 0, products: 0, transactions: 0, model_runs })
}

/// Removes the runs that have seen sales of the undone import.
fn remove_model_runs(connection: &Connection, first: i64, last: i64) -> Outcome<u64> {
    if last < first {
        return Ok(0);
    }
    connection.execute(
        "DELETE FROM predictions WHERE run_id IN (SELECT id FROM model_runs WHERE seen_sale_id >= ?)",
        [first],
    )?;
    Ok(connection.execute("DELETE FROM model_runs WHERE seen_sale_id >= ?", [first])? as u64)
}

/// Where a product bears the import's word for it, the latest other import's word comes back.
fn take_back_descriptions(connection: &Connection, import: ImportId) -> Outcome<()> {
    connection.execute(
        "UPDATE products SET description = coalesce((
             SELECT other.description FROM product_descriptions AS other
             WHERE other.product_id = products.id AND other.import_id <> ?1
             ORDER BY other.import_id DESC LIMIT 1), own_description, '')
         WHERE EXISTS (
             SELECT 1 FROM product_descriptions AS own
             WHERE own.product_id = products.id AND own.import_id = ?1
               AND own.description = products.description)",
        [import.0],
    )?;
    connection.execute("DELETE FROM product_descriptions WHERE import_id = ?", [import.0])?;
    Ok(())
}

/// Removes orders, customers, products and days that came with an import, and countries, to which nothing
/// refers any more; adds to `summary` how many customers, products and orders.
fn remove_unused(connection: &Connection, mut summary: UndoSummary) -> Outcome<UndoSummary> {
    let [mut orders, mut customers, mut products, mut countries, mut dates] =
        std::array::from_fn(|_| Marks::default());
    mark(
        connection,
        "SELECT transaction_id, customer_id, product_id, country_id, date_id FROM sales",
        [&mut orders, &mut customers, &mut products, &mut countries, &mut dates],
    )?;
    summary.transactions = remove_unmarked(connection, "transactions", "imported", &orders)?;
    mark(connection, "SELECT customer_id, country_id FROM transactions", [&mut customers, &mut countries])?;
    mark(connection, "SELECT DISTINCT customer_id FROM predictions", [&mut customers])?;
    mark(connection, "SELECT customer_id FROM customer_changes", [&mut customers])?;
    summary.customers = remove_unmarked(connection, "customers", "imported", &customers)?;
    mark(connection, "SELECT product_id FROM product_descriptions", [&mut products])?;
    summary.products = remove_unmarked(connection, "products", "imported", &products)?;
    mark(connection, "SELECT country_id FROM customers", [&mut countries])?;
    mark(connection, "SELECT listed_country_id FROM customers", [&mut countries])?;
    mark(connection, "SELECT producer_country_id FROM products", [&mut countries])?;
    remove_unmarked(connection, "countries", "TRUE", &countries)?;
    remove_unmarked(connection, "dates", "NOT kept", &dates)?;
    Ok(summary)
}

/// Ids that something refers to.
type Marks = FxHashSet<i64>;

/// Marks the ids that `sql` yields, column by column.
fn mark<const N: usize>(connection: &Connection, sql: &str, mut marks: [&mut Marks; N]) -> Outcome<()> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for (column, marks) in marks.iter_mut().enumerate() {
            if let Some(id) = row.get(column)? {
                marks.insert(id);
            }
        }
    }
    Ok(())
}

fn remove_unmarked(connection: &Connection, table: &str, condition: &str, marks: &Marks) -> Outcome<u64> {
    let mut statement = connection.prepare(&format!("SELECT id FROM {table} WHERE {condition}"))?;
    let ids = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    let mut delete = connection.prepare(&format!("DELETE FROM {table} WHERE id = ?"))?;
    let mut removed = 0;
    for id in ids.into_iter().filter(|id| !marks.contains(id)) {
        removed += delete.execute([id])? as u64;
    }
    Ok(removed)
}
