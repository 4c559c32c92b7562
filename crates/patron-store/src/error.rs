//! What can go wrong with a database, said so that a person knows what to do.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use patron_domain::AttributeKind;

mod fault;

pub(crate) use fault::{Fault, OptionalExtension, Outcome};

use crate::{FieldError, ImportId, Place, RunId};

/// Why the database could not be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Not an address of a database this program can use.
    #[error(
        "'{url}' is no database this program can use; write sqlite://shop.db, a file name, or \
         postgres://user@host/database"
    )]
    UnsupportedUrl {
        /// As given, without passwords.
        url: String,
    },
    /// There is no file there.
    #[error("there is no database at {place}; import a file first, or check the path")]
    NotFound {
        /// The database.
        place: Place,
    },
    /// The file cannot be opened or created.
    #[error("cannot open {place} as a database; check that its folder exists and may be written to")]
    CannotOpen {
        /// The database.
        place: Place,
    },
    /// The file is something else.
    #[error("{place} is not a database; give another path, or move this file away")]
    NotADatabase {
        /// The file.
        place: Place,
    },
    /// A database of another program.
    #[error("{place} is a database of another program, and stays untouched; give another path")]
    NotPatron {
        /// The database.
        place: Place,
    },
    /// Written by a later version of this program.
    #[error(
        "{place} was written by a newer version of Patron (its schema has {version}); update Patron, or use another database"
    )]
    Newer {
        /// The database.
        place: Place,
        /// The first migration this program does not know.
        version: String,
    },
    /// A database server that does not answer, or has gone away; the change was not made.
    #[error("the database server of {place} cannot be reached ({reason}); start it, or check the address")]
    Unavailable {
        /// The database.
        place: Place,
        /// What it said last.
        reason: String,
    },
    /// A database server that lets nobody in under this address.
    #[error(
        "cannot use {place}: {reason}; check user, password, database and the other parts of the address"
    )]
    Refused {
        /// The database.
        place: Place,
        /// What it says.
        reason: String,
    },
    /// An encrypted connection is asked for, and this program was built without.
    #[error(
        "{place} asks for an encrypted connection, which this program was built without; build it with \
         --features postgres-tls, or leave out sslmode"
    )]
    NoTls {
        /// The database.
        place: Place,
    },
    /// The connection was lost while a change was being made final.
    #[error(
        "the connection to {place} was lost while the change was being made final, so it is not known whether it \
         was made; look before making it again"
    )]
    OutcomeUnknown {
        /// The database.
        place: Place,
    },
    /// Another program holds it.
    #[error("{place} is in use by another program that is writing to it; try again when it has finished")]
    Locked {
        /// The database.
        place: Place,
    },
    /// It cannot be written to.
    #[error("{place} is read-only; {}", how_to_write(place))]
    ReadOnly {
        /// The database.
        place: Place,
    },
    /// No room left.
    #[error("no room left on the disk of {place}; nothing was stored: free some space and start again")]
    DiskFull {
        /// The database.
        place: Place,
    },
    /// The file is damaged.
    #[error("{place} is damaged; restore it from a copy, or import the files into a new database")]
    Damaged {
        /// The database.
        place: Place,
    },
    /// The same file was imported before.
    #[error(
        "'{file_name}' holds the same bytes as import {import} ('{earlier}'); undo that import, or replace it with this one"
    )]
    AlreadyImported {
        /// The new file.
        file_name: String,
        /// The import that holds it.
        import: ImportId,
        /// That import's file.
        earlier: String,
    },
    /// No such import.
    #[error("there is no import {0}; list the imports to see their numbers")]
    UnknownImport(ImportId),
    /// No such model run.
    #[error("there is no model run {0}")]
    UnknownRun(RunId),
    /// A prediction for somebody the database does not hold.
    #[error("there is no customer '{0}' in the database to store a prediction for")]
    UnknownCustomer(String),
    /// A file of customers or products of which not a single line fits the shop.
    #[error("{}", nothing_matched(file, *kind, *lines, example_in_file, example_in_shop.as_deref()))]
    NothingMatched {
        /// Name of the file.
        file: String,
        /// What it tells about.
        kind: AttributeKind,
        /// Data lines in it.
        lines: u64,
        /// The first id, e-mail address or stock code in it.
        example_in_file: String,
        /// One that the shop has; `None` while it has none at all.
        example_in_shop: Option<String>,
    },
    /// Two lines of a file of customers or products that contradict each other.
    #[error(
        "'{file}' has two lines for '{id}', {first_line} and {second_line}, with different values for {field}; \
         keep one of them; nothing of it was stored"
    )]
    Contradiction {
        /// Name of the file.
        file: String,
        /// The customer's id or the stock code in the shop.
        id: String,
        /// What they differ in.
        field: String,
        /// Line that says one thing.
        first_line: u64,
        /// Line that says another.
        second_line: u64,
    },
    /// Lines were asked for by a name the shop does not have.
    #[error("the shop has no {what} '{name}'{}", did_you_mean(nearest.as_deref()))]
    UnknownName {
        /// `customer`, `product`, `country` or `order`.
        what: &'static str,
        /// As asked for.
        name: String,
        /// The one that differs from it only in case and blanks.
        nearest: Option<String>,
    },
    /// No line was set aside by that rule.
    #[error("no line was set aside by a rule '{rule}'; {}", list_of_rules(rules))]
    UnknownRule {
        /// As asked for.
        rule: String,
        /// Rules by which lines were set aside.
        rules: Vec<String>,
    },
    /// No ready-made query has that name.
    #[error("there is no ready-made query '{name}'{}", nearest_names(nearest))]
    UnknownQuery {
        /// As asked for.
        name: String,
        /// Names that come near, the best first; may be empty.
        nearest: Vec<&'static str>,
    },
    /// A ready-made query was not given what it asks for.
    #[error("the query {query} asks for {parameter}, such as {example}")]
    MissingParameter {
        /// The query.
        query: &'static str,
        /// What is missing.
        parameter: &'static str,
        /// A value it may have.
        example: &'static str,
    },
    /// A ready-made query was given what it does not ask for.
    #[error("the query {query} does not ask for {parameter}{}; leave it out", what_it_asks(asked))]
    UnwantedParameter {
        /// The query.
        query: &'static str,
        /// What it was given.
        parameter: &'static str,
        /// What it asks for.
        asked: Vec<&'static str>,
    },
    /// A batch whose columns differ in length.
    #[error("column {column} of a batch has {found} values, its amounts are {expected}")]
    UnevenBatch {
        /// The column.
        column: &'static str,
        /// Its length.
        found: usize,
        /// The length of the column of amounts.
        expected: usize,
    },
    /// A batch uses a code that no batch so far has brought.
    #[error("a batch uses {dictionary} code {code}, which no batch has brought")]
    UnknownCode {
        /// `customer`, `product`, `order` or `country`.
        dictionary: &'static str,
        /// The code.
        code: u32,
    },
    /// A batch brings an order without a line, whose date and customer are therefore unknown.
    #[error("order '{number}' comes in a batch that has no line of it")]
    OrderWithoutLine {
        /// The order's number.
        number: String,
    },
    /// The report does not count what was written.
    #[error("the import report counts {reported} {what}, but {written} were written; nothing was stored")]
    CountMismatch {
        /// `accepted lines` or `quarantined lines`.
        what: &'static str,
        /// In the report.
        reported: u64,
        /// Given to the writer.
        written: u64,
    },
    /// Rows that refer to rows that do not exist; nothing was changed.
    #[error("a reference from or to the table {table} leads nowhere; restore the database from a copy")]
    BrokenReference {
        /// The table.
        table: String,
    },
    /// A stored value this program cannot read.
    #[error("the database holds '{value}' where a {what} belongs")]
    Unreadable {
        /// What belongs there.
        what: &'static str,
        /// What is there.
        value: String,
    },
    /// A database of an older schema, opened only to be looked at.
    #[error(
        "{place} was written by an older version of Patron; bring it up to date first, for example with 'patron imports list'"
    )]
    Outdated {
        /// The database.
        place: Place,
    },
    /// SQL that the database does not understand, or that failed while it ran.
    #[error("{}{message}; `patron sql --tables` lists what there is to read", at_place(*at))]
    Sql {
        /// What the database says.
        message: String,
        /// Line and column in the text, both from 1, where the database names the place.
        at: Option<(usize, usize)>,
    },
    /// No statement at all.
    #[error("there is no SQL statement to run; write one, such as SELECT * FROM sales_readable")]
    SqlEmpty,
    /// More than one statement.
    #[error("there is more than one SQL statement, or something after its end; run one at a time")]
    SqlSeveral,
    /// A statement that does more than reading.
    #[error("{what} is not allowed here: SQL only reads this database; write one SELECT")]
    SqlNotReading {
        /// What it wanted to do.
        what: String,
    },
    /// A statement that took too long.
    #[error(
        "the statement was stopped after {} seconds; ask for less, or allow more time",
        after.as_secs_f64()
    )]
    SqlTimeout {
        /// The time it had.
        after: Duration,
    },
    /// A single row that is too large.
    #[error("a row is larger than {bytes} bytes; ask for fewer or shorter columns")]
    SqlTooLarge {
        /// The limit.
        bytes: usize,
    },
    /// Something is where the backup should go.
    #[error("{} exists already; give another name, or have a file of that name overwritten", path.display())]
    BackupExists {
        /// Where the backup should go.
        path: PathBuf,
    },
    /// The backup would replace the database.
    #[error("{} is the database itself; a backup needs a file of its own", path.display())]
    BackupOntoItself {
        /// Where the backup should go.
        path: PathBuf,
    },
    /// A log lies beside the place of the backup.
    #[error(
        "{} belongs to a database {} that is or was in use, and would spoil the backup; give another name",
        log.display(),
        path.display()
    )]
    BackupInUse {
        /// Where the backup should go.
        path: PathBuf,
        /// The log.
        log: PathBuf,
    },
    /// The backup could not be written.
    #[error("cannot write the backup {}; check that its folder exists and may be written to", path.display())]
    BackupFailed {
        /// Where the backup should go.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No program to copy a server's database with.
    #[error(
        "{place} is copied by the program pg_dump of PostgreSQL {needed} or later, {}; install PostgreSQL's client \
         programs (on Debian: apt-get install postgresql-client)",
        found.map_or("which is not installed".to_owned(), |found| format!("and the one installed is of {found}"))
    )]
    NoDump {
        /// The database.
        place: Place,
        /// The server's version.
        needed: u32,
        /// The version that is installed.
        found: Option<u32>,
    },
    /// The program that copies a server's database could not do it.
    #[error("{place} could not be copied: {said}")]
    DumpFailed {
        /// The database.
        place: Place,
        /// What the program says.
        said: String,
    },
    /// The copy is not what was copied.
    #[error(
        "the copy made for {} is not sound ({what}) and was removed; check the database and the disk, and try again",
        path.display()
    )]
    BackupDiffers {
        /// Where the backup should go.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// A row that was asked for is not there.
    #[error("there is no {what} {key}")]
    Missing {
        /// `customer`, `product`, `transaction` or `sale`.
        what: &'static str,
        /// Its number.
        key: String,
    },
    /// A row with fields that are wrong.
    #[error("{}", list_of_fields(fields))]
    Invalid {
        /// All of them, in the order of the record.
        fields: Vec<FieldError>,
    },
    /// Another row has the shop's own word already.
    #[error("there is a {what} '{key}' already; change that one, or choose another")]
    Taken {
        /// `customer`, `product` or `transaction`.
        what: &'static str,
        /// External id, stock code or invoice number.
        key: String,
    },
    /// A row is no longer as the caller saw it.
    #[error("the {what} {key} has changed in the meantime; read it again, then decide")]
    Changed {
        /// `customer`, `product`, `transaction` or `sale`.
        what: &'static str,
        /// Its number, or the shop's own word.
        key: String,
    },
    /// A row to which others refer cannot be deleted.
    #[error("{count} {by} refer to the {what} {key}, so it cannot be deleted; delete or change them first")]
    Referenced {
        /// `customer`, `product` or `transaction`.
        what: &'static str,
        /// Its number.
        key: String,
        /// `sales` or `transactions`.
        by: &'static str,
        /// How many of them.
        count: u64,
    },
    /// Rows of a bulk creation that cannot be created; none was.
    #[error("{} of the rows cannot be created, so none was: {}", rows.len(), first_of(rows))]
    Rejected {
        /// The first 100 of them, in order.
        rows: Vec<RejectedRow>,
    },
    /// Too many changes are waiting.
    #[error("too many changes are waiting to be written; try again in a moment")]
    Busy,
    /// The writer has ended before it made the change.
    #[error("the change was not made, because the writer has stopped; open the database again")]
    Stopped,
    /// JSON that could not be written or read.
    #[error("a stored report or parameter set could not be converted")]
    Json(#[from] serde_json::Error),
    /// Anything else the database says.
    #[error("the database {place} reports an error")]
    Other {
        /// The database.
        place: Place,
        /// What it says.
        source: Box<dyn Error + Send + Sync>,
    },
}

fn nothing_matched(
    file: &str,
    kind: AttributeKind,
    lines: u64,
    in_file: &str,
    in_shop: Option<&str>,
) -> String {
    let (kind, nothing) = (kind.word(), "nothing of it was stored");
    match in_shop {
        Some(in_shop) => format!(
            "none of the {lines} lines of '{file}' fits the {kind} of this shop, so it looks like a file of another \
             shop: it has '{in_file}' where the shop has '{in_shop}'; {nothing}"
        ),
        None => format!(
            "the shop has no {kind} yet that '{file}' could tell about; import its sales first; {nothing}"
        ),
    }
}

fn how_to_write(place: &Place) -> &'static str {
    match place {
        Place::File(_) => "make the file and its folder writable, or copy it elsewhere and use the copy",
        Place::Server(_) => "use the address of a server, and of a user, that may write",
    }
}

fn at_place(at: Option<(usize, usize)>) -> String {
    at.map_or_else(String::new, |(line, column)| format!("line {line}, column {column}: "))
}

fn list_of_fields(fields: &[FieldError]) -> String {
    let all: Vec<String> = fields.iter().map(|wrong| format!("{} {}", wrong.field, wrong.reason)).collect();
    all.join("; ")
}

fn first_of(rows: &[RejectedRow]) -> String {
    rows.first().map_or_else(String::new, |first| format!("row {}: {}", first.row + 1, first.error))
}

/// A row of a bulk creation that cannot be created.
#[derive(Debug)]
pub struct RejectedRow {
    /// Its place in the list, counted from 0.
    pub row: usize,
    /// Why.
    pub error: StoreError,
}

impl StoreError {
    /// Whether it is about the row that was to be written, and not about the database.
    pub(crate) fn is_of_the_row(&self) -> bool {
        matches!(
            self,
            Self::Missing { .. } | Self::Invalid { .. } | Self::Taken { .. } | Self::Referenced { .. }
        )
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map_or_else(|| "; check the spelling".to_owned(), |nearest| format!("; did you mean '{nearest}'?"))
}

fn nearest_names(names: &[&str]) -> String {
    if names.is_empty() { String::new() } else { format!("; nearest: {}", names.join(", ")) }
}

fn what_it_asks(asked: &[&str]) -> String {
    if asked.is_empty() { String::new() } else { format!(" but for {}", asked.join(" and ")) }
}

fn list_of_rules(rules: &[String]) -> String {
    if rules.is_empty() {
        "none was set aside at all".to_owned()
    } else {
        format!("the rules are: {}", rules.join(", "))
    }
}
