//! A forecast tested on as many dates of the past as the log has room for, and the model card.

use std::path::Path;

use patron_columns::{RollupSource, SalesTable};
use patron_domain::Day;
use patron_models::{Backtest, Depth, Forecaster, ModelCard, ModelsReport, rolling_backtest};

use crate::outputs::write_json;
use crate::progress::{go_on, step};
use crate::{ComputeRequest, PipelineError, Progress, Step};

/// What a thorough test tells.
#[derive(Debug)]
pub struct ThoroughTest {
    /// Last day of the log.
    pub last_day: Day,
    /// The fit at the as-of date and the record, which is always there.
    pub models: ModelsReport,
    /// Both as one document.
    pub card: ModelCard,
}

/// Tests the forecast at every date of the past that [`Depth::Thorough`] takes; reads the table only, stores nothing.
///
/// # Errors
/// [`PipelineError::OnlyReturns`]; [`PipelineError::Models`] with
/// [`TooShortToTest`](patron_models::ModelError::TooShortToTest) and all that stands in the way of a fit;
/// [`PipelineError::Stopped`].
pub fn test_thoroughly(
    table: &SalesTable,
    request: &ComputeRequest,
    progress: &dyn Progress,
) -> Result<ThoroughTest, PipelineError> {
    let last_day = table.span().map(|span| span.last).ok_or(PipelineError::OnlyReturns)?;
    let as_of = request.as_of.unwrap_or(last_day);
    go_on(progress)?;
    let record = thorough(table, as_of, request, progress)?;
    go_on(progress)?;
    let fitted = step(progress, Step::Forecast, || Forecaster::fit(table, as_of, &request.options))?;
    let models = ModelsReport::new(&fitted, Some(record));
    let card = ModelCard::new(&fitted, &models);
    Ok(ThoroughTest { last_day, models, card })
}

/// The record alone.
pub(crate) fn thorough(
    source: &dyn RollupSource,
    as_of: Day,
    request: &ComputeRequest,
    progress: &dyn Progress,
) -> Result<Backtest, PipelineError> {
    step(progress, Step::Backtest, || {
        let told = |done: usize, all: usize| progress.part(Step::Backtest, done, all);
        Ok(rolling_backtest(source, as_of, &request.options, Depth::Thorough, &told)?)
    })
}

/// Writes the card as a file.
///
/// # Errors
/// [`PipelineError::Write`].
pub fn write_card(path: &Path, card: &ModelCard) -> Result<(), PipelineError> {
    write_json(path, card)
}
