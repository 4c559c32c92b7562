//! What jobs do: each a use case of the pipeline, with a connection of its own.

use std::thread;
use std::time::Duration;

use chrono::NaiveDateTime;
use patron_domain::AttributeKind;
use patron_pipeline::{
    AttributeFiles, ImportOutcome, ImportRequest as PipelineImport, PipelineError, Progress, WrongWord,
    add_attributes, import, refit, test_on_the_past,
};
use patron_store::{DatabaseUrl, JobKind, JobRecord, Store, StoreError};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::live::Live;
use super::request::{FitRequest, ImportRequest};
use super::uploads::Uploads;
use crate::Clock;

/// Tries to get the database's lock, a few seconds each, while another program holds it.
const TRIES: u32 = 60;
/// Pause before the next.
const PAUSE: Duration = Duration::from_secs(1);

/// What a job needs.
pub(crate) struct Place<'a> {
    pub(crate) url: &'a DatabaseUrl,
    pub(crate) uploads: &'a Uploads,
    pub(crate) clock: Clock,
}

/// Why a job did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("what was asked for cannot be read any more: {0}")]
    Request(#[from] serde_json::Error),
    #[error("{0}")]
    Words(String),
    #[error("it broke down; the reason stands in the log of the service")]
    BrokeDown,
}

impl Failed {
    /// Whether it stopped because it was asked to.
    pub(crate) fn is_stopped(&self) -> bool {
        matches!(self, Self::Pipeline(PipelineError::Stopped))
    }

    /// The reason with what led to it.
    pub(crate) fn in_words(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(inner) = cause {
            let inner_text = inner.to_string();
            if !text.contains(&inner_text) {
                text = format!("{text}: {inner_text}");
            }
            cause = inner.source();
        }
        text
    }

    fn is_locked(&self) -> bool {
        matches!(
            self,
            Self::Store(StoreError::Locked { .. } | StoreError::Busy)
                | Self::Pipeline(PipelineError::Store(StoreError::Locked { .. } | StoreError::Busy))
        )
    }
}

impl From<Vec<WrongWord>> for Failed {
    fn from(wrong: Vec<WrongWord>) -> Self {
        let each: Vec<String> = wrong.iter().map(|word| format!("{}: {}", word.name, word.detail)).collect();
        Self::Words(each.join("; "))
    }
}

/// Does what a job asks for; while another program is writing, it waits and tries again. Everything here is repeatable.
pub(crate) fn perform(place: &Place<'_>, job: &JobRecord, live: &Live) -> Result<Value, Failed> {
    let mut tries = 0;
    loop {
        let done = match job.kind {
            JobKind::Import => of(job).and_then(|request| import_file(place, &request, live)),
            JobKind::Refit => of(job).and_then(|request| fit(place, &request, live)),
            JobKind::Backtest => of(job).and_then(|request| backtest(place, &request, live)),
        };
        match done {
            Err(failed) if failed.is_locked() && tries < TRIES && !live.stopped() => {
                tries += 1;
                thread::sleep(PAUSE);
            }
            done => return done,
        }
    }
}

fn of<T: DeserializeOwned>(job: &JobRecord) -> Result<T, Failed> {
    Ok(serde_json::from_value(job.request.clone())?)
}

fn fit(place: &Place<'_>, request: &FitRequest, live: &Live) -> Result<Value, Failed> {
    let mut store = Store::open_existing(place.url)?;
    let database = place.url.to_string();
    let fit = refit(&mut store, &database, &request.compute(), (place.clock)(), live)?;
    let horizons = fit.report.data_check.horizons.iter();
    let horizons: Vec<Value> = horizons
        .map(|check| json!({ "horizon": check.horizon.to_string(), "grade": check.grade.to_string() }))
        .collect();
    let holdout = fit.report.backtest.as_ref().map(|record| {
        let past = &record.holdout;
        json!({
            "origin": past.origin, "end": past.end, "customers": past.customers, "buyers": past.buyers,
            "predicted_total": past.predicted_total, "actual_total": past.actual_total,
        })
    });
    Ok(json!({
        "model_id": fit.run.0, "as_of": fit.report.as_of, "forecaster": fit.report.forecaster,
        "customers": fit.customers, "horizons": horizons, "holdout": holdout,
    }))
}

fn backtest(place: &Place<'_>, request: &FitRequest, live: &Live) -> Result<Value, Failed> {
    let mut store = Store::open_existing(place.url)?;
    let record = test_on_the_past(&mut store, &place.url.to_string(), &request.compute(), live)?;
    Ok(serde_json::to_value(&record)?)
}

fn import_file(place: &Place<'_>, request: &ImportRequest, live: &Live) -> Result<Value, Failed> {
    let mut store = Store::open_existing(place.url)?;
    let now = (place.clock)();
    match request.content.attribute() {
        None => sales(place, &mut store, request, now, live),
        Some(kind) => attributes(place, &mut store, request, kind, now, live),
    }
}

fn sales(
    place: &Place<'_>,
    store: &mut Store,
    request: &ImportRequest,
    now: NaiveDateTime,
    live: &Live,
) -> Result<Value, Failed> {
    let reading = request.reading.options(&store.shop()?)?;
    let path = place.uploads.path(&request.upload, &request.file_name);
    let asked = PipelineImport {
        replace: request.replace,
        allow_overlap: request.allow_overlap,
        ..PipelineImport::inspect(path, reading, now, live)?
    };
    let (id, already_there, report) = match import(store, &asked, live, |_, _| ())? {
        ImportOutcome::Imported { id, report, .. } => (id, false, *report),
        ImportOutcome::AlreadyThere(record) => (record.id, true, record.report),
    };
    Ok(json!({
        "import_id": id.0, "already_there": already_there, "lines_read": report.lines_read,
        "lines_accepted": report.lines_accepted, "lines_quarantined": report.lines_quarantined,
    }))
}

fn attributes(
    place: &Place<'_>,
    store: &mut Store,
    request: &ImportRequest,
    kind: AttributeKind,
    now: NaiveDateTime,
    live: &Live,
) -> Result<Value, Failed> {
    let path = Some(place.uploads.path(&request.upload, &request.file_name));
    let files = match kind {
        AttributeKind::Customers => AttributeFiles { customers: path, ..AttributeFiles::default() },
        AttributeKind::Products => AttributeFiles { products: path, ..AttributeFiles::default() },
        AttributeKind::Costs => AttributeFiles { costs: path, ..AttributeFiles::default() },
    };
    let read = files.read(&request.reading.side_options()?, live)?;
    if live.stopped() {
        return Err(PipelineError::Stopped.into());
    }
    let added = add_attributes(store, &read, now)?;
    let (lines, matched) = added.iter().fold((0, 0), |sum, file| (sum.0 + file.lines, sum.1 + file.matched));
    let warnings: Vec<&String> = added.iter().flat_map(|file| &file.warnings).collect();
    Ok(json!({
        "content": request.content, "lines_read": lines, "lines_matched": matched, "warnings": warnings,
    }))
}
