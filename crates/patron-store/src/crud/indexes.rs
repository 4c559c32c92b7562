//! Indexes for single rows, out of the way of a first import: making them once over all lines takes half the time
//! of keeping them up to date line by line.

use crate::error::Outcome;
use crate::raw::Connection;

/// Drops the indexes of the sales and transactions if there is no sale yet, in a file (on a server nobody could read
/// meanwhile); returns the statements that make them
/// again. The caller holds a transaction.
pub(crate) fn set_aside(connection: &Connection) -> Outcome<Vec<String>> {
    let Connection::Sqlite(connection) = connection else { return Ok(Vec::new()) };
    if connection.query_row("SELECT EXISTS (SELECT 1 FROM sales)", [], |row| row.get(0))? {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare(
        "SELECT name, sql FROM sqlite_schema \
         WHERE type = 'index' AND tbl_name IN ('sales', 'transactions') AND sql IS NOT NULL ORDER BY name",
    )?;
    let indexes = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let indexes: Vec<(String, String)> = indexes.collect::<Result<_, _>>()?;
    drop(statement);
    indexes
        .into_iter()
        .map(|(name, sql)| {
            connection.execute_batch(&format!("DROP INDEX {name}"))?;
            Ok(sql)
        })
        .collect()
}

/// Makes them again.
pub(crate) fn put_back(connection: &Connection, statements: &[String]) -> Outcome<()> {
    statements.iter().try_for_each(|sql| connection.execute_batch(sql))
}
