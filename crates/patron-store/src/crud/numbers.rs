//! Numbers of new rows: never one that a row has had before.

use diesel::prelude::*;

use crate::connect::Connection;
use crate::error::Outcome;
use crate::schema::highest_ids;

/// The id the next row of a table gets.
macro_rules! next_id {
    ($connection:expr, $table:ident) => {{
        let highest = $crate::schema::$table::table.select(::diesel::dsl::max($crate::schema::$table::id));
        let highest: Option<i64> = highest.get_result($connection)?;
        let deleted = $crate::crud::numbers::highest_deleted($connection, stringify!($table))?;
        highest.max(deleted).unwrap_or(0) + 1
    }};
}
pub(crate) use next_id;

/// The highest id that a deleted row of a table has had.
pub(crate) fn highest_deleted(connection: &mut Connection, table: &str) -> Outcome<Option<i64>> {
    Ok(highest_ids::table.find(table).select(highest_ids::id).get_result(connection).optional()?)
}

/// Remembers that an id was in use.
pub(super) fn note_deleted(connection: &mut Connection, table: &str, id: i64) -> Outcome<()> {
    match highest_deleted(connection, table)? {
        Some(highest) if highest >= id => {}
        Some(_) => {
            let row = diesel::update(highest_ids::table.find(table));
            row.set(highest_ids::id.eq(id)).execute(connection)?;
        }
        None => {
            let row = (highest_ids::table_name.eq(table), highest_ids::id.eq(id));
            diesel::insert_into(highest_ids::table).values(row).execute(connection)?;
        }
    }
    Ok(())
}
