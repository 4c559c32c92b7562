//! `import` and `imports`.

use std::path::{Path, PathBuf};

use chrono::{NaiveDateTime, Utc};
use patron_pipeline::{
    AttributeFiles, ImportOutcome, ImportRequest, PipelineError, add_attributes, import as import_file, undo,
};
use patron_store::{DatabaseUrl, ImportId, Store, StoreError};

use super::Failure;
use super::reading::{read_options, side_options};
use crate::args::{AttributeArgs, DATABASE_URL, ImportArgs, ImportsArgs, ImportsCommand, PATRON_DB};
use crate::screen;
use crate::terminal::{Terminal, print};

/// Reads a sales file, and what it does not hold, into the database.
pub(crate) fn import(args: ImportArgs) -> Result<(), Failure> {
    let (url, terminal) = (database(&args.database)?, Terminal::new());
    // read before anything is stored: a file that cannot be used stops here
    let attributes = attribute_files(&args.attributes).read(&side_options(&args.reading), &terminal)?;
    if let Some(input) = args.input {
        let reading = read_options(&args.reading, &url)?;
        let request = ImportRequest {
            replace: args.reading.replace,
            allow_overlap: args.reading.allow_overlap,
            ..ImportRequest::inspect(input, reading, now(), &terminal)?
        };
        let mut opened = Opened::open(&url)?;
        let outcome = opened.keep_if(|store| import_file(store, &request, &terminal, |_, _| ()))?;
        match outcome {
            ImportOutcome::Imported { id, report, .. } => {
                print(&screen::imported(id, &report, &shown(&url)))?;
            }
            ImportOutcome::AlreadyThere(record) => print(&screen::already_there(&record))?,
        }
    }
    if !attributes.is_empty() {
        let added = add_attributes(&mut Store::open_existing(&url)?, &attributes, now())?;
        print(&screen::added(&added, &shown(&url)))?;
    }
    Ok(())
}

pub(crate) fn attribute_files(args: &AttributeArgs) -> AttributeFiles {
    AttributeFiles {
        customers: args.customers.clone(),
        products: args.products.clone(),
        costs: args.costs.clone(),
    }
}

/// A database that may have been made for this very import.
pub(crate) struct Opened {
    store: Store,
    /// The file that was not there before.
    made: Option<PathBuf>,
}

impl Opened {
    pub(crate) fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let made = url.path().filter(|path| !path.exists()).map(Path::to_owned);
        Ok(Self { store: Store::open(url)?, made })
    }

    pub(crate) fn store(&mut self) -> &mut Store {
        &mut self.store
    }

    /// Runs the import; a database made for an import that was refused goes again.
    pub(crate) fn keep_if<T>(
        &mut self,
        import: impl FnOnce(&mut Store) -> Result<T, PipelineError>,
    ) -> Result<T, PipelineError> {
        let outcome = import(&mut self.store);
        if let (true, Some(path)) = (outcome.is_err(), &self.made) {
            for ending in ["", "-wal", "-shm"] {
                let mut name = path.as_os_str().to_owned();
                name.push(ending);
                // what cannot be removed is an empty database: harmless
                let _ = std::fs::remove_file(name);
            }
        }
        outcome
    }
}

/// Lists imports, or takes one back.
pub(crate) fn imports(args: ImportsArgs) -> Result<(), Failure> {
    // the flag before the subcommand has no meaning with one, and a variable of the environment would be taken for it
    let told = || args.database.or_else(|| std::env::var(DATABASE_URL).ok());
    let list = || ImportsCommand::List { database: told().unwrap_or_else(|| PATRON_DB.to_owned()) };
    match args.command.unwrap_or_else(list) {
        ImportsCommand::List { database: url } => {
            let url = database(&url)?;
            let imports = Store::open_existing(&url)?.imports()?;
            print(&screen::imports(&imports, &shown(&url)))?;
        }
        ImportsCommand::Undo { id, database: url } => {
            let undone = undo(&mut Store::open_existing(&database(&url)?)?, ImportId(id))?;
            print(&screen::undone(id, &undone))?;
        }
    }
    Ok(())
}

/// The database that is there, if there is one.
pub(crate) fn existing(url: &DatabaseUrl) -> Result<Option<Store>, StoreError> {
    match Store::open_existing(url) {
        Err(StoreError::NotFound { .. }) => Ok(None),
        opened => opened.map(Some),
    }
}

pub(crate) fn database(url: &str) -> Result<DatabaseUrl, Failure> {
    url.parse().map_err(|error: patron_store::StoreError| Failure::usage(error))
}

/// A database in messages: as a command line takes it, without its password.
pub(crate) fn shown(url: &DatabaseUrl) -> String {
    let text = url.place().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-:@,+%=[]".contains(letter);
    if url.path().is_some() || text.chars().all(is_plain) { text } else { format!("'{text}'") }
}

/// The one place that reads the clock.
#[expect(clippy::disallowed_methods, reason = "the outermost layer notes when something was done")]
pub(crate) fn now() -> NaiveDateTime {
    Utc::now().naive_utc()
}
