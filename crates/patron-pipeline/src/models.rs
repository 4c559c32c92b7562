//! Models beside their shop: fitted anew, tested, taken out into a file and brought in from one.

use std::io::Read;

use chrono::NaiveDateTime;
use patron_columns::RollupSource;
use patron_models::{Backtest, ModelFile, ModelsReport};
use patron_store::{Actor, AuditAction, ModelRun, NewModelRun, RunId, Store};

use crate::progress::{go_on, step};
use crate::results::forecast;
use crate::runs::{new_run, predictions};
use crate::tested::thorough;
use crate::{ComputeRequest, LoadedShop, PipelineError, Progress, Step, load};

/// A new fit, stored and serving.
#[derive(Debug)]
pub struct Refit {
    /// Its number.
    pub run: RunId,
    /// Customers it has a forecast for.
    pub customers: usize,
    /// What fit and test on the past have to tell.
    pub report: ModelsReport,
}

/// Fits a model to the shop as it is in the database, stores it with its predictions, and lets it serve.
///
/// The database is written to once, in one transaction at the end; until then others write as they like. A fit that
/// fails or is stopped leaves everything as it was, the serving model in its place.
///
/// # Errors
/// [`PipelineError::NoSales`], [`PipelineError::OnlyReturns`]; [`PipelineError::Models`] where the data are too few or the
/// settings wrong; [`PipelineError::Stopped`]; what the database says.
pub fn refit(
    store: &mut Store,
    database: &str,
    request: &ComputeRequest,
    now: NaiveDateTime,
    progress: &dyn Progress,
) -> Result<Refit, PipelineError> {
    let LoadedShop { table, .. } = load(store, database, progress)?;
    let last_sale = table.span().map(|span| span.last).ok_or(PipelineError::OnlyReturns)?;
    let forecasts = forecast(&table, request.as_of.unwrap_or(last_sale), request, progress)?;
    let (run, customers) = (new_run(&forecasts, now)?, predictions(&forecasts, table.catalog()));
    drop(table);
    go_on(progress)?;
    let id = step(progress, Step::Commit, || {
        store.write(|writing| writing.save_model(&run, &customers, Some(now)))
    })?;
    Ok(Refit { run: id, customers: customers.len(), report: forecasts.models })
}

/// Forecasts the past of the shop in the database at as many dates as it has room for, and compares; nothing is stored.
///
/// # Errors
/// As [`refit`]; [`ModelError::TooShortToTest`](patron_models::ModelError::TooShortToTest).
pub fn test_on_the_past(
    store: &mut Store,
    database: &str,
    request: &ComputeRequest,
    progress: &dyn Progress,
) -> Result<Backtest, PipelineError> {
    let LoadedShop { table, .. } = load(store, database, progress)?;
    let last_sale = table.span().map(|span| span.last).ok_or(PipelineError::OnlyReturns)?;
    let as_of = request.as_of.unwrap_or(last_sale);
    go_on(progress)?;
    let record = thorough(&table, as_of, request, progress)?;
    go_on(progress)?;
    Ok(record)
}

/// A stored model as a file: that of `run`, else the one that serves.
///
/// # Errors
/// [`PipelineError::NoModel`]; [`PipelineError::Models`] for one that was stored by another version; what the database says.
pub fn model_file(store: &mut Store, run: Option<RunId>) -> Result<(RunId, ModelFile), PipelineError> {
    let found = store.read(|reading| {
        let id = match run {
            Some(run) => Some(run),
            None => reading.serving_run()?,
        };
        id.map_or(Ok(None), |id| reading.model_run(id))
    })?;
    let Some(ModelRun { id, run: NewModelRun { created_at, metrics, fitted: Some(fitted), .. } }) = found
    else {
        return Err(PipelineError::NoModel { run });
    };
    let fitted_at = created_at.format(FITTED_AT).to_string();
    Ok((id, ModelFile::of_stored(&fitted, &serde_json::to_vec(&metrics)?, &fitted_at)?))
}

/// How a file says when its model was fitted: in UTC.
const FITTED_AT: &str = "%Y-%m-%dT%H:%M:%SZ";

/// Stores the model of a file, which is checked first; it serves when it is told to, or when there is no other.
/// `actor`: who the record of writes says has done it; without one nothing is noted.
///
/// # Errors
/// [`PipelineError::Models`] for a file that is no model; what the database says.
pub fn load_model(
    store: &mut Store,
    file: impl Read,
    now: NaiveDateTime,
    actor: Option<Actor>,
) -> Result<(RunId, ModelFile), PipelineError> {
    let file = ModelFile::from_reader(file)?;
    let said = NaiveDateTime::parse_from_str(file.fitted_at(), FITTED_AT).ok();
    let fitted = file.fitted();
    let run = NewModelRun {
        created_at: said.filter(|said| *said <= now).unwrap_or(now),
        as_of: fitted.as_of(),
        forecaster: fitted.forecaster().name().to_owned(),
        parameters: serde_json::to_value(fitted.options())?,
        metrics: serde_json::to_value(file.report())?,
        fitted: Some(file.stored().as_bytes().to_vec()),
    };
    let id = store.write(|writing| {
        let id = writing.load_model(&run, now)?;
        if let Some(actor) = actor {
            writing.acting_as(actor).note(AuditAction::Create, "model_runs", id.0)?;
        }
        Ok(id)
    })?;
    Ok((id, file))
}

#[cfg(test)]
mod tests;
