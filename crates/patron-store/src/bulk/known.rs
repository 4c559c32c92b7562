//! What the database holds, as a growing export is compared with it.

use patron_domain::{NO_CODE, Names, SaleBatch, line_key};
use rustc_hash::FxHashMap;

use super::SCAN_LINES;
use super::scan::{Stopped, scan};
use crate::error::{Fault, Outcome};
use crate::raw::{Connection, Row};
use crate::{HeldLines, ImportId, KnownSales};

/// Lines and orders of the database. The caller holds a transaction, so that all tables show one state.
pub(super) fn read(connection: &Connection) -> Outcome<KnownSales> {
    let mut known = Known { imports: ranges(connection)?, ..Known::default() };
    scan(connection, SCAN_LINES, |batch| {
        known.add(&batch);
        Ok::<(), Fault>(())
    })
    .map_err(|(Stopped::Fault(fault) | Stopped::Sink(fault))| fault)?;
    let Known { orders, held, lines, .. } = known;
    let with_lines = (0..).zip(held).filter(|(_, held)| !held.lines.is_empty());
    let named = with_lines.map(|(code, held)| (orders.text(code).to_owned(), held.lines));
    Ok(KnownSales { lines, orders: named.collect() })
}

/// What is known so far of a scan.
#[derive(Default)]
struct Known {
    /// First and last sale id of each import that has lines, ascending.
    imports: Vec<(u64, u64, ImportId)>,
    orders: Names,
    skus: Names,
    /// By the code of the order; nothing for orders made from customer and day.
    held: Vec<Held>,
    lines: FxHashMap<u128, u32>,
}

#[derive(Default)]
struct Held {
    derived: bool,
    lines: Vec<HeldLines>,
}

impl Known {
    fn add(&mut self, batch: &SaleBatch) {
        for order in &batch.added.orders {
            self.orders.push(&order.number);
            self.held.push(Held { derived: order.derived, lines: Vec::new() });
        }
        for product in &batch.added.products {
            self.skus.push(&product.sku);
        }
        for row in 0..batch.len() {
            let (order, sku) = (self.orders.text(batch.order[row]), self.skus.text(batch.product[row]));
            let key = line_key(order, sku, batch.timestamp[row], batch.quantity[row], batch.amount[row]);
            *self.lines.entry(key).or_default() += 1;
            self.hold(batch.order[row], batch.line[row]);
        }
    }

    fn hold(&mut self, order: u32, sale: u64) {
        let Some(import) = self.import_of(sale) else { return };
        let Some(held) = self.held.get_mut(order as usize).filter(|held| order != NO_CODE && !held.derived)
        else {
            return;
        };
        match held.lines.iter_mut().find(|held| held.import == import) {
            Some(held) => held.lines += 1,
            None => held.lines.push(HeldLines { import, lines: 1 }),
        }
    }

    fn import_of(&self, sale: u64) -> Option<ImportId> {
        let next = self.imports.partition_point(|(first, ..)| *first <= sale);
        let (_, last, import) = self.imports.get(next.checked_sub(1)?)?;
        (sale <= *last).then_some(*import)
    }
}

/// First and last sale id of every import that has lines, ascending.
fn ranges(connection: &Connection) -> Outcome<Vec<(u64, u64, ImportId)>> {
    let mut statement = connection.prepare(
        "SELECT first_sale_id, last_sale_id, id FROM imports WHERE last_sale_id >= first_sale_id \
         ORDER BY first_sale_id",
    )?;
    let range = |row: &Row<'_>| -> Outcome<(i64, i64, i64)> { Ok((row.get(0)?, row.get(1)?, row.get(2)?)) };
    let rows = statement.query_map([], range)?.collect::<Result<Vec<_>, _>>()?;
    let unsigned =
        |(first, last, id): (i64, i64, i64)| (first.unsigned_abs(), last.unsigned_abs(), ImportId(id));
    Ok(rows.into_iter().map(unsigned).collect())
}
