//! Which purchase a cancellation takes back, import by import.

use rustc_hash::FxHashMap;

use super::copy::{Rows, copy};
use crate::error::Outcome;
use crate::raw::{Connection, params};
use crate::schema::cancellations;
use crate::{ImportId, StoreError};

/// A row where a link leads nowhere.
const LOST: &str = "SELECT 1 FROM cancellations \
                    WHERE NOT EXISTS (SELECT 1 FROM sales WHERE sales.id = cancellations.sale_id) \
                    UNION ALL \
                    SELECT 1 FROM cancellations \
                    WHERE NOT EXISTS (SELECT 1 FROM sales WHERE sales.id = cancellations.purchase_id) LIMIT 1";

/// Puts these links, of a cancellation and its purchase, in the place of all there are, and remembers for the undo
/// what they change about cancellations before `first_sale_id`: those that the import does not hold itself.
pub(super) fn set(
    connection: &Connection,
    import: ImportId,
    first_sale_id: i64,
    links: &[(i64, i64)],
) -> Outcome<()> {
    let mut former = all(connection)?;
    connection.execute("DELETE FROM cancellations", [])?;
    insert(connection, links)?;
    let mut remember =
        connection.prepare("INSERT INTO former_links (sale_id, import_id, purchase_id) VALUES (?, ?, ?)")?;
    for &(cancellation, purchase) in links {
        let before = former.remove(&cancellation);
        if before != Some(purchase) && cancellation < first_sale_id {
            remember.execute(params![cancellation, import.0, before])?;
        }
    }
    for (cancellation, purchase) in former {
        remember.execute(params![cancellation, import.0, purchase])?;
    }
    Ok(())
}

/// Writes all links, and proves that both lines of each are there.
fn insert(connection: &Connection, links: &[(i64, i64)]) -> Outcome<()> {
    let lost = || StoreError::BrokenReference { table: "sales".to_owned() };
    if let Connection::Postgres(server) = connection {
        // one by one, each would be looked up as the server thinks best, which may be in all lines
        let mut rows = Rows::new(2);
        for &(cancellation, purchase) in links {
            rows.row().bigint(Some(cancellation)).bigint(Some(purchase));
        }
        if !links.is_empty() {
            copy!(&mut *server.borrow_mut(), rows, cancellations: sale_id, purchase_id)?;
        }
        return if connection.prepare(LOST)?.exists([])? { Err(lost().into()) } else { Ok(()) };
    }
    let mut insert = connection.prepare(
        "INSERT INTO cancellations (sale_id, purchase_id) SELECT ?1, ?2 \
         WHERE ?1 IN (SELECT id FROM sales) AND ?2 IN (SELECT id FROM sales)",
    )?;
    for &(cancellation, purchase) in links {
        if insert.execute([cancellation, purchase])? == 0 {
            return Err(lost().into());
        }
    }
    Ok(())
}

/// Gives back the links that those of an import took the place of, once its sales, `first` to `last`, are gone. Where a
/// later import has changed the link again, it is that import which will give the earlier one back.
pub(super) fn take_back(connection: &Connection, import: ImportId, first: i64, last: i64) -> Outcome<()> {
    connection.execute(include_str!("../sql/links/hand_on.sql"), [import.0])?;
    connection.execute(include_str!("../sql/links/cut.sql"), [import.0])?;
    connection.execute(include_str!("../sql/links/restore.sql"), [import.0])?;
    connection.execute(
        "DELETE FROM former_links WHERE import_id = ? OR sale_id BETWEEN ? AND ?",
        [import.0, first, last],
    )?;
    connection.execute(
        "UPDATE former_links SET purchase_id = NULL WHERE purchase_id BETWEEN ? AND ?",
        [first, last],
    )?;
    Ok(())
}

fn all(connection: &Connection) -> Outcome<FxHashMap<i64, i64>> {
    let mut statement = connection.prepare("SELECT sale_id, purchase_id FROM cancellations")?;
    let links = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    links.collect::<Result<_, _>>()
}
