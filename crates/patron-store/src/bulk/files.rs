//! Files of customers, products and costs: those given together go in together, as a whole or not at all.

use std::borrow::Cow;
use std::time::Duration;

use patron_domain::{CustomerAttributes, CustomerRow, MarketingCosts, ProductAttributes, ProductRow};

use super::contacts::Layers;
use super::details::{Detailed, Details};
use super::erased;
use super::find::{CustomerIndex, ProductIndex};
use crate::error::{OptionalExtension, Outcome};
use crate::raw::{Connection, params};
use crate::{DatabaseUrl, Matched, NewAttributeFile, StoreError, connect};

const IDS: &str = "SELECT external_id FROM customers WHERE ?1 IS NULL OR id = ?1 ORDER BY id LIMIT 1";
const SKUS: &str = "SELECT sku FROM products WHERE ?1 IS NULL OR id = ?1 ORDER BY id LIMIT 1";

/// Stores the files there are, all of them or none.
pub(crate) fn set(
    url: &DatabaseUrl,
    patience: Duration,
    customers: Option<(&NewAttributeFile, &[CustomerRow])>,
    products: Option<(&NewAttributeFile, &[ProductRow])>,
    costs: Option<(&NewAttributeFile, &MarketingCosts)>,
) -> Outcome<[Option<Matched>; 3]> {
    let connection = connect::bulk(url, patience)?;
    connection.begin_to_write()?;
    let matched = [
        customers.map(|(file, rows)| set_customers(&connection, file, rows)).transpose()?,
        products.map(|(file, rows)| set_products(&connection, file, rows)).transpose()?,
        costs.map(|(file, costs)| set_costs(&connection, file, costs)).transpose()?,
    ];
    connection.commit()?;
    Ok(matched)
}

fn set_customers(connection: &Connection, file: &NewAttributeFile, rows: &[CustomerRow]) -> Outcome<Matched> {
    let others = erased::about_others(&erased::load(connection)?, rows);
    let rows = others.as_ref();
    let index = CustomerIndex::load(connection)?;
    let written = |row: &CustomerRow| row.external_id.clone().or_else(|| row.attributes.email.clone());
    let joined = Joined::new(rows, |row| index.find(row), |row| written(row).unwrap_or_default());
    joined.refuse_strangers(connection, file, IDS)?;
    let mut details = Details::new::<CustomerAttributes>(connection)?;
    let mut layers = Layers::new(connection)?;
    let read = |row: usize| (rows[row].line, &rows[row].attributes);
    joined.each(connection, file, IDS, read, |id, said| {
        // what the file says is not an import's to take back
        layers.edit(id, None, |former| former.retain(|field, _| !said.says(field)))?;
        lay_over(&mut details, id, said)
    })?;
    record(connection, file, joined.matched)
}

fn set_products(connection: &Connection, file: &NewAttributeFile, rows: &[ProductRow]) -> Outcome<Matched> {
    let index = ProductIndex::load(connection)?;
    let joined = Joined::new(rows, |row| index.find(&row.sku), |row| row.sku.clone());
    joined.refuse_strangers(connection, file, SKUS)?;
    let mut details = Details::new::<ProductAttributes>(connection)?;
    let read = |row: usize| (rows[row].line, &rows[row].attributes);
    joined.each(connection, file, SKUS, read, |id, said| lay_over(&mut details, id, said))?;
    record(connection, file, joined.matched)
}

pub(super) fn set_costs(
    connection: &Connection,
    file: &NewAttributeFile,
    costs: &MarketingCosts,
) -> Outcome<Matched> {
    let mut contact = connection.prepare(
        "INSERT INTO contact_costs (channel, cost) VALUES (?, ?) \
         ON CONFLICT (channel) DO UPDATE SET cost = excluded.cost",
    )?;
    for cost in &costs.contacts {
        contact.execute(params![&cost.channel, cost.cost])?;
    }
    let mut spend = connection.prepare(
        "INSERT INTO acquisition_spend (month, channel, amount) VALUES (?, ?, ?) \
         ON CONFLICT (month, channel) DO UPDATE SET amount = excluded.amount",
    )?;
    for spent in &costs.acquisition {
        let month = spent.month.first_day();
        spend.execute(params![month, &spent.channel, spent.amount])?;
    }
    record(connection, file, Matched { matched: file.lines, unmatched: Vec::new() })
}

fn lay_over<T: Detailed>(details: &mut Details<'_>, id: i64, said: &T) -> Outcome<()> {
    let mut known: T = details.read(id)?;
    known.lay_over(said);
    details.write(id, &known)
}

/// Notes that the file is there and what it found; the record of the same file stored before gives way.
pub(super) fn record(connection: &Connection, file: &NewAttributeFile, matched: Matched) -> Outcome<Matched> {
    let kind = file.kind.word();
    connection
        .execute("DELETE FROM attribute_files WHERE kind = ? AND sha256 = ?", params![kind, &file.sha256])?;
    connection.execute(
        "INSERT INTO attribute_files (kind, file_name, sha256, imported_at, lines, matched, unmatched) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            kind,
            &file.file_name,
            &file.sha256,
            file.imported_at,
            file.lines as i64,
            matched.matched as i64,
            serde_json::to_string(&matched.unmatched)?,
        ],
    )?;
    Ok(matched)
}

/// The rows of a file, and whom or what they tell about.
struct Joined {
    /// Database id and place of the row; by id, then by place.
    found: Vec<(i64, usize)>,
    matched: Matched,
    first: String,
}

impl Joined {
    fn new<R>(rows: &[R], find: impl Fn(&R) -> Option<i64>, written: impl Fn(&R) -> String) -> Self {
        let (mut found, mut unmatched) = (Vec::with_capacity(rows.len()), Vec::new());
        for (place, row) in rows.iter().enumerate() {
            match find(row) {
                Some(id) => found.push((id, place)),
                None => unmatched.push(written(row)),
            }
        }
        found.sort_unstable();
        let matched = Matched { matched: found.len() as u64, unmatched };
        Self { found, matched, first: rows.first().map_or_else(String::new, written) }
    }

    /// A file of which nothing fits is most likely that of another shop.
    fn refuse_strangers(&self, connection: &Connection, file: &NewAttributeFile, names: &str) -> Outcome<()> {
        if self.matched.matched > 0 || self.matched.unmatched.is_empty() {
            return Ok(());
        }
        Err(StoreError::NothingMatched {
            file: file.file_name.clone(),
            kind: file.kind,
            lines: file.lines,
            example_in_file: self.first.clone(),
            example_in_shop: name(connection, names, None)?,
        }
        .into())
    }

    /// Hands what all rows about one customer or product say together to `write`, one after the other.
    fn each<'r, T: Detailed + Clone + 'r>(
        &self,
        connection: &Connection,
        file: &NewAttributeFile,
        names: &str,
        read: impl Fn(usize) -> (u64, &'r T),
        mut write: impl FnMut(i64, &T) -> Outcome<()>,
    ) -> Outcome<()> {
        for rows in self.found.chunk_by(|one, next| one.0 == next.0) {
            let (id, first) = rows[0];
            let mut all = Cow::Borrowed(read(first).1);
            for &(_, row) in &rows[1..] {
                let (second_line, said) = read(row);
                if let Some(field) = all.contradiction(said) {
                    let mut earlier = rows.iter().map(|&(_, row)| read(row));
                    let first_line = earlier.find(|(_, said)| said.says(field)).map_or(0, |(line, _)| line);
                    return Err(StoreError::Contradiction {
                        file: file.file_name.clone(),
                        id: name(connection, names, Some(id))?.unwrap_or_default(),
                        field: field.replace('_', " "),
                        first_line,
                        second_line,
                    }
                    .into());
                }
                all.to_mut().lay_over(said);
            }
            write(id, &all)?;
        }
        Ok(())
    }
}

/// The name of a customer or product, or of the first one there is.
fn name(connection: &Connection, sql: &str, id: Option<i64>) -> Outcome<Option<String>> {
    connection.query_row(sql, [id], |row| row.get(0)).optional()
}
