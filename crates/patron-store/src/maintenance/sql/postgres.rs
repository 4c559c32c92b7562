//! A statement on a server: in a transaction that only reads, with the rights to read and no others, step by step.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::deserialize::{self, FromSqlRow};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use diesel::row::{Field, Row};
use diesel::sql_types::{Bool, Untyped};

use super::text::{self, ESCAPED_NAME, One, Text};
use super::{SqlCell, SqlLimits, SqlRows, line_and_column};
use crate::StoreError;
use crate::connect::postgres::BEGIN_TO_READ;
use crate::error::{Fault, Outcome};
use crate::raw::Cells;

/// Rows asked for at a time.
const STEP: usize = 100;

/// Statements that are not read step by step: what tells about the database or a statement, and is short.
const TELLING: [&str; 2] = ["explain", "show"];

/// Functions that reach beyond this database and this statement: into its limits and rights, other connections, large
/// objects, other servers, or that run a text as a statement of its own.
const FUNCTIONS: [&str; 9] = [
    "set_config",
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_notify",
    "ts_stat",
    "ts_rewrite",
    "loread",
    "lowrite",
    ESCAPED_NAME,
];

/// Tables with the server's passwords, which whoever reads all data may read too.
const TABLES: [&str; 5] =
    ["pg_authid", "pg_shadow", "pg_user_mapping", "pg_user_mappings", "pg_subscription"];

/// Beginnings of names of such functions, and what stands within them.
const FAMILIES: [&str; 5] = ["pg_advisory_", "pg_try_advisory_", "lo_", "dblink", "pg_logical_"];
const WITHIN: &str = "_to_xml";

/// The types that are read as they are (bool, bytea, name, int8, int2, int4, text, oid, float4, float8, bpchar, varchar,
/// numeric); all others come as text.
const READABLE: &str = "16, 17, 19, 20, 21, 23, 25, 26, 700, 701, 1042, 1043, 1700";

/// Keeps a superuser's rights, and those of whoever may read all, from a statement: what is left is to read tables.
/// The tables stay where they are, also those in a schema of the user's name.
const LAY_DOWN: &str = "SELECT set_config('search_path', \
        array_to_string(ARRAY(SELECT quote_ident(name) FROM unnest(current_schemas(false)) AS name), ', '), true); \
    SET LOCAL ROLE pg_read_all_data";

/// Runs one statement that reads; `connection` is of no use for anything else afterwards.
pub(super) fn run(connection: &mut PgConnection, text: &str, limits: &SqlLimits) -> Outcome<SqlRows> {
    let one = match text::look(text) {
        Text::Empty => return Err(StoreError::SqlEmpty.into()),
        Text::Several => return Err(StoreError::SqlSeveral.into()),
        Text::One(one) => one,
    };
    if let Some(what) = unwanted(&one) {
        return Err(StoreError::SqlNotReading { what }.into());
    }
    if one.has_parameter {
        let message = "a parameter has no value here: write the value itself".to_owned();
        return Err(StoreError::Sql { message, at: None }.into());
    }
    connection.batch_execute(BEGIN_TO_READ)?;
    lay_down(connection)?;
    let mut asked = Asked { connection, text, one: &one, limits, begun: Instant::now() };
    let is_telling = one.words.first().is_some_and(|(word, _)| TELLING.contains(&word.as_str()));
    if is_telling { asked.told() } else { asked.stepped() }
}

/// What a statement does that is none of reading, where that can be seen from outside.
fn unwanted(one: &One<'_>) -> Option<String> {
    let (first, _) = one.words.first()?;
    if COMMANDS.contains(&first.as_str()) {
        return Some(first.to_uppercase());
    }
    let is_function = |word: &str| {
        FUNCTIONS.contains(&word)
            || FAMILIES.iter().any(|family| word.starts_with(family))
            || word.contains(WITHIN)
    };
    one.words.iter().find_map(|(word, _)| match word.as_str() {
        word if is_function(word) => Some(format!("the function {word}")),
        word if TABLES.contains(&word) => Some(format!("the table {word}")),
        _ => None,
    })
}

/// Statements that are no reading.
const COMMANDS: [&str; 52] = [
    "abort",
    "alter",
    "analyze",
    "begin",
    "call",
    "checkpoint",
    "close",
    "cluster",
    "comment",
    "commit",
    "copy",
    "create",
    "deallocate",
    "declare",
    "delete",
    "discard",
    "do",
    "drop",
    "end",
    "execute",
    "fetch",
    "grant",
    "import",
    "insert",
    "listen",
    "load",
    "lock",
    "merge",
    "move",
    "notify",
    "prepare",
    "reassign",
    "refresh",
    "reindex",
    "release",
    "reset",
    "revoke",
    "rollback",
    "savepoint",
    "security",
    "set",
    "start",
    "truncate",
    "unlisten",
    "update",
    "vacuum",
    "attach",
    "detach",
    "pragma",
    "replace",
    "upsert",
    "use",
];

#[derive(QueryableByName)]
struct Rights {
    #[diesel(sql_type = Bool)]
    is_superuser: bool,
    #[diesel(sql_type = Bool)]
    may_lay_down: bool,
}

fn lay_down(connection: &mut PgConnection) -> Outcome<()> {
    let sql = "SELECT current_setting('is_superuser') = 'on' AS is_superuser, \
        coalesce((SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = 'pg_read_all_data'), FALSE) \
        AS may_lay_down";
    let rights: Rights = diesel::sql_query(sql).get_result(connection)?;
    if rights.may_lay_down {
        connection.batch_execute(LAY_DOWN)?;
    } else if rights.is_superuser {
        let what =
            "a superuser of a server before PostgreSQL 14 (use the address of another user)".to_owned();
        return Err(StoreError::SqlNotReading { what }.into());
    }
    Ok(())
}

/// A statement while it runs.
struct Asked<'a> {
    connection: &'a mut PgConnection,
    text: &'a str,
    one: &'a One<'a>,
    limits: &'a SqlLimits,
    begun: Instant,
}

impl Asked<'_> {
    /// Everything at once.
    fn told(&mut self) -> Outcome<SqlRows> {
        let named: Vec<Named> = self.ask("", self.one.sql, "")?;
        let columns = named.first().map(|row| row.names.clone()).unwrap_or_default();
        let mut found = SqlRows { columns, ..SqlRows::default() };
        let mut bytes = 0;
        for row in named {
            if !self.takes(&mut found, row.cells.0, &mut bytes)? {
                break;
            }
        }
        Ok(found)
    }

    /// First the columns, then the rows, as many as are wanted.
    fn stepped(&mut self) -> Outcome<SqlRows> {
        let sql = self.one.sql;
        let named: Vec<Named> =
            self.ask("SELECT q.* FROM (SELECT 1) AS one LEFT JOIN (\n", sql, "\n) AS q ON FALSE")?;
        let columns = named.into_iter().next().map(|row| row.names).unwrap_or_default();
        let places: Vec<String> = (0..columns.len()).map(|place| format!("c{place}")).collect();
        let (list, names) = match places.as_slice() {
            [] => ("NULL".to_owned(), "q".to_owned()),
            _ => (self.readable(&places)?, format!("q ({})", places.join(", "))),
        };
        let begin = format!("DECLARE answer NO SCROLL CURSOR FOR SELECT {list} FROM (\n");
        self.ask::<Cells>(&begin, sql, &format!("\n) AS {names}"))?;
        let mut found = SqlRows { columns, ..SqlRows::default() };
        let mut bytes = 0;
        loop {
            let rows: Vec<Cells> = self.ask(&format!("FETCH {STEP} FROM answer"), "", "")?;
            let is_last = rows.len() < STEP;
            for mut row in rows {
                row.0.truncate(found.columns.len());
                if !self.takes(&mut found, row.0, &mut bytes)? {
                    return Ok(found);
                }
            }
            if is_last {
                return Ok(found);
            }
        }
    }

    /// The columns, those of other types than are read here as text.
    fn readable(&mut self, places: &[String]) -> Outcome<String> {
        let known: Vec<String> =
            places.iter().map(|place| format!("CAST(pg_typeof({place}) AS OID) IN ({READABLE})")).collect();
        let begin = format!("SELECT {} FROM (SELECT 1) AS one LEFT JOIN (\n", known.join(", "));
        let end = format!("\n) AS q ({}) ON FALSE", places.join(", "));
        let known: Vec<Cells> = self.ask(&begin, self.one.sql, &end)?;
        let known = known.into_iter().next().map(|row| row.0).unwrap_or_default();
        let list = places.iter().zip(known).map(|(place, known)| match known {
            rusqlite::types::Value::Integer(1) => place.clone(),
            _ => format!("CAST({place} AS TEXT)"),
        });
        Ok(list.collect::<Vec<_>>().join(", "))
    }

    /// Adds a row; `false` where a limit ends the answer.
    fn takes(
        &self,
        found: &mut SqlRows,
        row: Vec<rusqlite::types::Value>,
        bytes: &mut usize,
    ) -> Outcome<bool> {
        if found.rows.len() == self.limits.rows {
            found.more = true;
            return Ok(false);
        }
        let cells: Vec<SqlCell> = row.into_iter().map(SqlCell::from).collect();
        *bytes += cells.iter().map(SqlCell::bytes).sum::<usize>();
        if *bytes <= self.limits.bytes {
            found.rows.push(cells);
            return Ok(true);
        }
        if found.rows.is_empty() {
            return Err(StoreError::SqlTooLarge { bytes: self.limits.bytes }.into());
        }
        found.more = true;
        Ok(false)
    }

    /// Runs `begin`, the statement's own text and `end` as one, in what is left of the time.
    fn ask<T: FromSqlRow<Untyped, Pg> + 'static>(
        &mut self,
        begin: &str,
        sql: &str,
        end: &str,
    ) -> Outcome<Vec<T>> {
        let left = self.limits.timeout.saturating_sub(self.begun.elapsed());
        if left < Duration::from_millis(1) {
            return Err(StoreError::SqlTimeout { after: self.limits.timeout }.into());
        }
        let left = left.as_millis().min(i32::MAX as u128);
        self.connection.batch_execute(&format!("SET LOCAL statement_timeout = {left}"))?;
        let answer = diesel::sql_query(format!("{begin}{sql}{end}")).load(self.connection);
        answer.map_err(|error| self.explained(error, begin.chars().count()))
    }

    /// An error of the statement, as opposed to one of the database; the text begins behind `begin` letters.
    fn explained(&self, error: QueryError, begin: usize) -> Fault {
        let timeout = self.limits.timeout;
        let (kind, said) = match &error {
            QueryError::DatabaseError(kind, said) => (kind, said),
            _ => return error.into(),
        };
        let message = said.message();
        let is_writing = || {
            let writes = ["insert", "update", "delete", "merge"];
            self.one.words.iter().any(|(word, outside)| *outside && writes.contains(&word.as_str()))
                && self.one.words.first().is_some_and(|(word, _)| word == "with")
        };
        if matches!(kind, DatabaseErrorKind::ReadOnlyTransaction) {
            let what = message.strip_prefix("cannot execute ").unwrap_or(message);
            let what = what.split(" in a read-only").next().unwrap_or(what).to_owned();
            return StoreError::SqlNotReading { what }.into();
        }
        if message.contains("data-modifying") || is_writing() {
            return StoreError::SqlNotReading { what: "a change of the database".to_owned() }.into();
        }
        let has_ended = self.begun.elapsed() >= timeout;
        if message.contains("statement timeout") || (has_ended && message.contains("cancel")) {
            return StoreError::SqlTimeout { after: timeout }.into();
        }
        let at = said.statement_position().and_then(|at| usize::try_from(at).ok());
        let at = at.and_then(|at| (at.checked_sub(1)?).checked_sub(begin));
        let at = at.and_then(|letters| self.one.sql.char_indices().map(|(at, _)| at).nth(letters));
        let at = at.map(|at| line_and_column(self.text, self.one.begin + at));
        let message = message.to_owned();
        let fault = Fault::Query(error);
        if fault.is_lost() { fault } else { StoreError::Sql { message, at }.into() }
    }
}

/// A row with the names of its columns.
struct Named {
    names: Vec<String>,
    cells: Cells,
}

impl FromSqlRow<Untyped, Pg> for Named {
    fn build_from_row<'a>(row: &impl Row<'a, Pg>) -> deserialize::Result<Self> {
        let name = |index| row.get(index).and_then(|field| field.field_name().map(str::to_owned));
        let names = (0..row.field_count()).map(|index| name(index).unwrap_or_default()).collect();
        Ok(Self { names, cells: Cells::build_from_row(row)? })
    }
}
