//! Sale lines with everything spelled out.

use patron_domain::{Money, Month};

use super::scan::{Stopped, read_kind};
use crate::error::{OptionalExtension, Outcome};
use crate::raw::{Connection, params};
use crate::{ExplainedLine, LineFilter, StoreError};

const LINES: &str = include_str!("../sql/explain_lines.sql");

/// Something lines can be asked for by.
pub(crate) struct Named {
    pub(crate) what: &'static str,
    /// Its id by its name.
    pub(crate) find: &'static str,
    /// All names.
    pub(crate) names: &'static str,
}

pub(crate) const CUSTOMER: Named = Named {
    what: "customer",
    find: "SELECT id FROM customers WHERE external_id = ?",
    names: "SELECT external_id FROM customers ORDER BY id",
};
const PRODUCT: Named = Named {
    what: "product",
    find: "SELECT id FROM products WHERE sku = ?",
    names: "SELECT sku FROM products ORDER BY id",
};
pub(crate) const COUNTRY: Named = Named {
    what: "country",
    find: "SELECT id FROM countries WHERE name = ?",
    names: "SELECT name FROM countries ORDER BY id",
};
const ORDER: Named = Named {
    what: "order",
    find: "SELECT id FROM transactions WHERE invoice_number = ?",
    names: "SELECT invoice_number FROM transactions ORDER BY id",
};

/// Hands the lines to `sink`, by time, then by id, and returns their number. The caller holds a transaction.
pub(super) fn lines<E>(
    connection: &Connection,
    filter: &LineFilter,
    mut sink: impl FnMut(ExplainedLine) -> Result<(), E>,
) -> Result<u64, Stopped<E>> {
    let start = |month: Month| month.first_day().start();
    let parameters = params![
        filter.month.map(start),
        filter.month.map(|month| start(month.plus(1))),
        find_named(connection, &CUSTOMER, filter.customer.as_deref())?,
        find_named(connection, &PRODUCT, filter.product.as_deref())?,
        find_named(connection, &COUNTRY, filter.country.as_deref())?,
        find_named(connection, &ORDER, filter.order.as_deref())?,
    ];
    let files = Files::load(connection)?;
    let mut statement = connection.prepare(LINES)?;
    let mut rows = statement.query(parameters)?;
    let mut lines = 0;
    while let Some(row) = rows.next()? {
        let line = ExplainedLine {
            file_name: files.of_sale(row.get(0)?).map(str::to_owned),
            line: row.get::<Option<i64>>(1)?.map(i64::unsigned_abs),
            invoice: row.get(2)?,
            timestamp: row.get(3)?,
            customer: row.get(4)?,
            country: row.get(5)?,
            sku: row.get(6)?,
            description: row.get(7)?,
            quantity: row.get(8)?,
            unit_price: Money::from_ten_thousandths(row.get(9)?),
            discount: Money::from_ten_thousandths(row.get(10)?),
            amount: Money::from_ten_thousandths(row.get(11)?),
            kind: read_kind(row.get_ref(12)?)?,
        };
        sink(line).map_err(Stopped::Sink)?;
        lines += 1;
    }
    Ok(lines)
}

/// The id behind a name that was asked for.
pub(crate) fn find_named(
    connection: &Connection,
    named: &Named,
    asked: Option<&str>,
) -> Outcome<Option<i64>> {
    let Some(name) = asked else { return Ok(None) };
    let found = connection.query_row(named.find, [name], |row| row.get(0)).optional()?;
    if found.is_none() {
        let nearest = nearest(connection, named, name)?;
        return Err(StoreError::UnknownName { what: named.what, name: name.to_owned(), nearest }.into());
    }
    Ok(found)
}

/// The first name that differs only in case and blanks.
fn nearest(connection: &Connection, named: &Named, asked: &str) -> Outcome<Option<String>> {
    let plain = |name: &str| name.split_whitespace().collect::<String>().to_lowercase();
    let asked = plain(asked);
    let mut statement = connection.prepare(named.names)?;
    let mut names = statement.query([])?;
    while let Some(row) = names.next()? {
        let name: String = row.get(0)?;
        if plain(&name) == asked {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// The imported files by the ids of their sales.
struct Files(Vec<(i64, i64, String)>);

impl Files {
    fn load(connection: &Connection) -> Outcome<Self> {
        let mut statement = connection.prepare(
            "SELECT first_sale_id, last_sale_id, file_name FROM imports ORDER BY first_sale_id, id",
        )?;
        let files = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(Self(files.collect::<Result<_, _>>()?))
    }

    fn of_sale(&self, id: i64) -> Option<&str> {
        let after = self.0.partition_point(|(first, _, _)| *first <= id);
        let within = self.0[..after].iter().rev().find(|(first, last, _)| first <= last);
        within.filter(|(_, last, _)| id <= *last).map(|(_, _, name)| name.as_str())
    }
}
