//! Lines of a file that were set aside.

use std::borrow::Cow;

use patron_domain::QuarantinedLine;

use super::copy::{Rows, copy};
use crate::ImportId;
use crate::error::Outcome;
use crate::raw::{Connection, params};
use crate::schema::quarantine;

const INSERT: &str =
    "INSERT INTO quarantine (id, import_id, line, rule, reason, raw, amount) VALUES (?, ?, ?, ?, ?, ?, ?)";

/// Writes lines, whose ids count on from `first_id`.
pub(super) fn write<'l>(
    connection: &Connection,
    import: ImportId,
    first_id: i64,
    lines: impl Iterator<Item = Cow<'l, QuarantinedLine>>,
) -> Outcome<()> {
    let lines = (first_id..).zip(lines);
    match connection {
        Connection::Sqlite(_) => {
            let mut insert = connection.prepare(INSERT)?;
            for (id, line) in lines {
                let (number, amount) = (line.line as i64, line.amount);
                let values = params![id, import.0, number, &line.rule, &line.reason, &line.raw, amount];
                insert.execute(values)?;
            }
        }
        Connection::Postgres(connection) => {
            let mut rows = Rows::new(7);
            for (id, line) in lines {
                rows.row().bigint(Some(id)).bigint(Some(import.0)).bigint(Some(line.line as i64));
                rows.text(&line.rule).text(&line.reason).text(&line.raw);
                rows.bigint(line.amount.map(|amount| amount.ten_thousandths()));
            }
            let connection = &mut *connection.borrow_mut();
            copy!(connection, rows, quarantine: id, import_id, line, rule, reason, raw, amount)?;
        }
    }
    Ok(())
}
