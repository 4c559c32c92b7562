//! What orders repeat of their lines.

use rustc_hash::FxHashMap;

use super::check::CheckResult;
use crate::error::Outcome;
use crate::raw::{Connection, Row};

/// Sales looked at in one go.
const SALES: i64 = 50_000;

/// Time, customer and country.
type Facts = (i64, Option<i64>, Option<i64>);

/// What is known of an order after some of its lines.
struct Order {
    facts: Facts,
    /// The first line, where the order is unlike it, and the import it came with.
    unlike: Option<(i64, Option<i64>)>,
    seen: bool,
}

/// An order has the facts of its first line. Where it has lines of several imports it may be the first line of any
/// of them: an import that is replaced comes again behind the others. A first line may be corrected by hand.
pub(super) fn facts(connection: &Connection, result: &mut CheckResult) -> Outcome<()> {
    let imports = Imports::load(connection)?;
    let mut orders = load(connection)?;
    let mut statement = connection.prepare(
        "SELECT transaction_id, timestamp, customer_id, country_id, id FROM sales WHERE id > ?1 ORDER BY id LIMIT ?2",
    )?;
    let (mut last, mut are_more) = (i64::MIN, true);
    while are_more {
        are_more = false;
        let mut rows = statement.query([last, SALES])?;
        while let Some(row) = rows.next()? {
            (last, are_more) = (row.get(4)?, true);
            if let Some(order) = orders.get_mut(&row.get(0)?) {
                compare(order, &row, &imports)?;
            }
        }
    }
    let unlike = orders.into_iter().filter_map(|(id, order)| Some((id, order.unlike?.0)));
    let mut unlike: Vec<(i64, i64)> = unlike.collect();
    unlike.sort_unstable();
    for (id, sale) in unlike {
        result.add("transactions", id, || {
            format!("has another time, customer or country than its first line, sale {sale}")
        });
    }
    Ok(())
}

/// Looks at the next line of an order.
fn compare(order: &mut Order, row: &Row<'_>, imports: &Imports) -> Outcome<()> {
    let facts = order.facts;
    let is_like = || facts_of(row).map(|found| found == facts);
    let sale = row.get(4)?;
    if !order.seen {
        order.seen = true;
        if !imports.is_corrected(sale) && !is_like()? {
            order.unlike = Some((sale, imports.of_sale(sale)));
        }
    } else if let Some((_, import)) = order.unlike
        && imports.of_sale(sale) != import
        && is_like()?
    {
        order.unlike = None;
    }
    Ok(())
}

fn load(connection: &Connection) -> Outcome<FxHashMap<i64, Order>> {
    let mut statement = connection
        .prepare("SELECT id, timestamp, customer_id, country_id FROM transactions WHERE imported")?;
    let orders = statement
        .query_map([], |row| Ok((row.get(0)?, Order { facts: facts_of(row)?, unlike: None, seen: false })))?;
    orders.collect()
}

fn facts_of(row: &Row<'_>) -> Outcome<Facts> {
    Ok((row.get(1)?, row.get(2)?, row.get(3)?))
}

/// First and last sale of each import that has any, its id, and whether sales of it were corrected by hand; by the
/// first.
struct Imports(Vec<(i64, i64, i64, bool)>);

impl Imports {
    fn load(connection: &Connection) -> Outcome<Self> {
        let mut statement = connection.prepare(
            "SELECT first_sale_id, last_sale_id, id, corrections > 0 FROM imports WHERE first_sale_id <= last_sale_id \
             ORDER BY first_sale_id",
        )?;
        let ranges =
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        ranges.collect::<Outcome<_>>().map(Self)
    }

    fn of_sale(&self, id: i64) -> Option<i64> {
        self.range_of_sale(id).map(|(_, _, import, _)| *import)
    }

    fn is_corrected(&self, sale: i64) -> bool {
        self.range_of_sale(sale).is_some_and(|(.., is_corrected)| *is_corrected)
    }

    fn range_of_sale(&self, id: i64) -> Option<&(i64, i64, i64, bool)> {
        let after = self.0.partition_point(|(first, ..)| *first <= id);
        self.0[..after].last().filter(|(_, last, ..)| id <= *last)
    }
}
