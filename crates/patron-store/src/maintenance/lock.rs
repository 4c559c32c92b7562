//! What a statement of a stranger may do: read this database, for a limited time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;

use crate::error::Outcome;

/// Instructions of SQLite's machine between two looks at the clock.
const INSTRUCTIONS: i32 = 1_000;

/// Limits on what a statement may make, so that it ends in time and fits into memory: bytes of a value, bytes of the
/// statement, columns, depth of an expression, bytes of a pattern (matching one is not interrupted).
const LIMITS: [(Limit, i32); 6] = [
    (Limit::SQLITE_LIMIT_LENGTH, 16 << 20),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 1 << 20),
    (Limit::SQLITE_LIMIT_COLUMN, 256),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
];

/// Pragmas that only describe this database.
const PRAGMAS: [&str; 8] = [
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "index_xinfo",
    "foreign_key_list",
    "compile_options",
];

/// Functions that reach beyond reading.
const FUNCTIONS: [&str; 2] = ["load_extension", "fts3_tokenizer"];

/// What was refused first.
#[derive(Clone, Default)]
pub(super) struct Refused(Arc<Mutex<Option<String>>>);

impl Refused {
    pub(super) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn note(&self, what: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(what);
    }
}

/// Locks a connection down for good.
pub(super) fn down(connection: &Connection, timeout: Duration) -> Outcome<Refused> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    for (limit, most) in LIMITS {
        connection.set_limit(limit, most)?;
    }
    // a double-quoted name that does not exist is an error and no text
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.busy_timeout(timeout)?;
    let begun = Instant::now();
    connection.progress_handler(INSTRUCTIONS, Some(move || begun.elapsed() >= timeout))?;
    let refused = Refused::default();
    let note = refused.clone();
    connection.authorizer(Some(move |context: AuthContext<'_>| match unwanted(&context.action) {
        None => Authorization::Allow,
        Some(what) => {
            note.note(what);
            Authorization::Deny
        }
    }))?;
    Ok(refused)
}

/// What an action is, in words, where it is none of reading.
fn unwanted(action: &AuthAction<'_>) -> Option<String> {
    let is_one_of = |names: &[&str], name: &str| names.iter().any(|one| one.eq_ignore_ascii_case(name));
    match action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => None,
        AuthAction::Function { function_name } if !is_one_of(&FUNCTIONS, function_name) => None,
        AuthAction::Function { function_name } => Some(format!("the function {function_name}")),
        AuthAction::Pragma { pragma_name, .. } if is_one_of(&PRAGMAS, pragma_name) => None,
        AuthAction::Pragma { pragma_name, .. } => Some(format!("PRAGMA {pragma_name}")),
        AuthAction::Attach { .. } => Some("another database file".to_owned()),
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => Some("a transaction".to_owned()),
        AuthAction::Insert { table_name }
        | AuthAction::Delete { table_name }
        | AuthAction::Update { table_name, .. }
            if !table_name.starts_with("sqlite_") =>
        {
            Some(format!("a change of the table {table_name}"))
        }
        _ => Some("a change of the database".to_owned()),
    }
}
