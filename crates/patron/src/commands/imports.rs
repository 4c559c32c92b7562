//! `import` and `imports`.

use chrono::{NaiveDateTime, Utc};
use patron_pipeline::{ImportOutcome, ImportRequest, import as import_file};
use patron_store::{DatabaseUrl, ImportId, Store};

use super::{Failure, reading::read_options};
use crate::args::{ImportArgs, ImportsCommand};
use crate::screen;
use crate::terminal::{Terminal, print};

/// Reads a file into the database.
pub(crate) fn import(args: ImportArgs) -> Result<(), Failure> {
    let (url, reading, terminal) = (database(&args.database)?, read_options(&args.reading)?, Terminal::new());
    let request = ImportRequest {
        replace: args.reading.replace,
        allow_overlap: args.reading.allow_overlap,
        ..ImportRequest::inspect(args.input, reading, now(), &terminal)?
    };
    let mut store = Store::open(&url)?;
    let outcome = import_file(&mut store, &request, &terminal, |_, _| ())?;
    match outcome {
        ImportOutcome::Imported { id, report, .. } => print(&screen::imported(id, &report, &args.database)),
        ImportOutcome::AlreadyThere(record) => print(&screen::already_there(&record)),
    }
    Ok(())
}

/// Lists imports, or takes one back.
pub(crate) fn imports(command: ImportsCommand) -> Result<(), Failure> {
    match command {
        ImportsCommand::List { database: url } => {
            let imports = Store::open_existing(&database(&url)?)?.imports()?;
            print(&screen::imports(&imports, &url));
        }
        ImportsCommand::Undo { id, database: url } => {
            let undone = Store::open_existing(&database(&url)?)?.undo_import(ImportId(id))?;
            print(&screen::undone(id, &undone));
        }
    }
    Ok(())
}

pub(crate) fn database(url: &str) -> Result<DatabaseUrl, Failure> {
    url.parse().map_err(|error: patron_store::StoreError| Failure::usage(error))
}

/// The one place that reads the clock.
#[expect(clippy::disallowed_methods, reason = "the outermost layer notes when something was done")]
pub(crate) fn now() -> NaiveDateTime {
    Utc::now().naive_utc()
}
