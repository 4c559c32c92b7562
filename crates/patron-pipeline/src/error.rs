//! Why a use case stopped.

use std::path::PathBuf;

use patron_domain::{Day, PurchaseRule};
use patron_store::{ImportId, RunId};

use crate::ChangedOrders;

/// Why a use case stopped. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The file could not be read or understood.
    #[error(transparent)]
    Ingest(#[from] patron_ingest::IngestError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] patron_store::StoreError),
    /// The demo shop could not be made.
    #[error(transparent)]
    Synth(#[from] patron_synth::SynthError),
    /// No decision could be made.
    #[error(transparent)]
    Decision(#[from] patron_decisions::DecisionError),
    /// No answer could be computed.
    #[error(transparent)]
    Analytics(#[from] patron_analytics::AnalyticsError),
    /// No forecast could be made.
    #[error(transparent)]
    Models(#[from] patron_models::ModelError),
    /// The same file, imported before under other settings.
    #[error(
        "{file} was imported before (import {id}) with other settings (profile '{profile}' or another mapping); \
         --replace puts this import in its place"
    )]
    OtherSettings {
        /// The file's name.
        file: String,
        /// The former import.
        id: ImportId,
        /// The former profile.
        profile: String,
    },
    /// An order export in which orders of earlier imports are others now.
    #[error("{0}")]
    ChangedOrders(Box<ChangedOrders>),
    /// A log without order numbers that overlaps an earlier import.
    #[error(
        "the lines of {file} from {first} to {last} overlap import {id} ({earlier_first} to {earlier_last}), and without \
         order numbers the same purchase cannot be told from a second one; if all of them are new purchases say \
         --allow-overlap, if this file contains the earlier one take that back first: patron imports undo {id}"
    )]
    Overlap {
        /// The file's name.
        file: String,
        /// Its first day.
        first: Day,
        /// Its last day.
        last: Day,
        /// The earlier import.
        id: ImportId,
        /// Its first day.
        earlier_first: Day,
        /// Its last day.
        earlier_last: Day,
    },
    /// Two imports whose purchase days are counted differently.
    #[error(
        "the database holds imports under profile '{earlier}', which counts purchase days differently from '{profile}'; \
         import {file} with --profile {earlier}, or into another database"
    )]
    OtherRule {
        /// The file's name.
        file: String,
        /// Its profile.
        profile: String,
        /// The profile of what is there.
        earlier: String,
        /// How days were counted so far.
        rule: PurchaseRule,
    },
    /// Amounts of two currencies would be added up.
    #[error(
        "the amounts of {file} are in {files}, those of the shop in {shops}: they cannot be added up; import it into another \
         database (--database)"
    )]
    OtherCurrency {
        /// The file's name.
        file: String,
        /// Its currency.
        files: String,
        /// The shop's.
        shops: String,
    },
    /// Days and months of two clocks would be mixed.
    #[error(
        "the shop's times are on the clock of {shops}, {file} would be put on that of {told}: leave --timezone out, or import \
         into another database (--database)"
    )]
    OtherTimeZone {
        /// The file's name.
        file: String,
        /// The zone as told.
        told: String,
        /// The shop's.
        shops: String,
    },
    /// The same moment would stand at two times.
    #[error(
        "the times of {earlier} carry offsets and were taken as written; on the clock of {told} the same moments of {file} \
         would be other times: put the earlier file on that clock first (patron import {earlier} --timezone {told} --replace), \
         or leave --timezone out"
    )]
    ClockAsWritten {
        /// The file's name.
        file: String,
        /// The zone as told.
        told: String,
        /// The earlier file.
        earlier: String,
    },
    /// The demo shop would be mixed with a real one.
    #[error(
        "{database} already holds other sales; the demo shop goes into an empty database: choose another --out"
    )]
    NotForDemo {
        /// The database.
        database: String,
    },
    /// An invented shop would be mixed with another one.
    #[error(
        "{database} holds {holds} already; an invented shop goes into an empty database: choose another one"
    )]
    NotEmpty {
        /// The database.
        database: String,
        /// Something that is in it, counted.
        holds: String,
    },
    /// A file that was named could not be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file that holds no season.
    #[error("{path} is no season file; `patron season` writes one")]
    NotASeason {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        source: Box<toml::de::Error>,
    },
    /// A file could not be written.
    #[error("cannot write {path}: nothing of it is left; make room or choose another place, and run again")]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A later import left lines out because this one holds them.
    #[error(
        "import {later} ({later_file}) left out {lines} lines because import {id} holds them: undo import {later} first, then \
         {id}, then import {later_file} again"
    )]
    StillNeeded {
        /// The import to be undone.
        id: ImportId,
        /// The one that relies on it.
        later: ImportId,
        /// Its file.
        later_file: String,
        /// Lines it left out.
        lines: u64,
    },
    /// The database holds no sale.
    #[error("{database} holds no sales yet; fill it with: patron import FILE --database {database}")]
    NoSales {
        /// The database.
        database: String,
    },
    /// There are lines, but no sale among them.
    #[error("there is no sale among the accepted lines: nothing to answer and nothing to forecast from")]
    OnlyReturns,
    /// Nothing of the file was accepted.
    #[error(
        "no line of {file} was accepted: {lines} were set aside, most of them by the rule '{rule}' ({meaning}); \
         nothing was stored; look at the file with: patron inspect {file}"
    )]
    NothingAccepted {
        /// The file's name.
        file: String,
        /// Lines set aside.
        lines: u64,
        /// The rule that took most.
        rule: String,
        /// What it means.
        meaning: String,
    },
    /// A result could not be written.
    #[error(
        "cannot write {path}: files written before it are from this run; make room or choose another --out, and run again"
    )]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A result could not be turned into JSON.
    #[error("a result could not be written as JSON")]
    Json(#[from] serde_json::Error),
    /// The caller wanted it to stop.
    #[error("stopped before it was done; nothing of it was kept")]
    Stopped,
    /// No stored model can serve, or none with that number.
    #[error("{}", no_model(*run))]
    NoModel {
        /// The one asked for; `None` where any would have done.
        run: Option<RunId>,
    },
    /// A thread of the import stopped without a word.
    #[error("the {0} stopped unexpectedly; the database is as it was before")]
    ThreadLost(&'static str),
}

fn no_model(run: Option<RunId>) -> String {
    match run {
        Some(run) => format!(
            "there is no model run {run} with a fitted forecaster; `patron model list` shows those there are"
        ),
        None => "no fitted model is stored yet; `patron analyze` fits one".to_owned(),
    }
}
