//! Proofs that references lead somewhere, where nobody checked them one by one.

use crate::StoreError;
use crate::error::{OptionalExtension, Outcome};
use crate::raw::{Connection, params};

/// A query for each reference on a server: it has a row where one leads nowhere.
const REFERENCES: &str = include_str!("../sql/references_postgres.sql");

/// Proves all references.
pub(super) fn prove(connection: &Connection) -> Outcome<()> {
    let broken = match connection {
        Connection::Sqlite(_) => {
            connection.query_row("PRAGMA foreign_key_check", [], |row| row.get(0)).optional()?
        }
        Connection::Postgres(_) => {
            let mut statement = connection.prepare(REFERENCES)?;
            let references = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let references = references.collect::<Outcome<Vec<(String, String)>>>()?;
            let mut broken = None;
            for (table, lost) in references {
                if connection.prepare(&lost)?.exists([])? {
                    broken = Some(table);
                    break;
                }
            }
            broken
        }
    };
    refuse(broken)
}

/// Proves those of new lines, orders and customers, each from the first new one on.
pub(super) fn prove_new(connection: &Connection, sale: i64, order: i64, customer: i64) -> Outcome<()> {
    let sql = include_str!("../sql/prove_lines.sql");
    refuse(connection.query_row(sql, params![sale, order, customer], |row| row.get(0)).optional()?)
}

fn refuse(broken: Option<String>) -> Outcome<()> {
    match broken {
        Some(table) => Err(StoreError::BrokenReference { table }.into()),
        None => Ok(()),
    }
}
