//! The shop as it is served: loaded once, answered once, forecast by a fit that is stored.

use chrono::NaiveDateTime;
use patron_analytics::{AnalysisOptions, AttributeAnswers, analyse};
use patron_columns::{Catalog, RollupSource, SalesTable};
use patron_domain::{Day, ImportReport};
use patron_models::{FittedForecaster, ModelsReport};
use patron_pipeline::{
    ComputeRequest, Forecasts, LoadedShop, PipelineError, Progress, Results, Step, compute,
    compute_attributes, load, store_forecasts,
};
use patron_report::ForecastInput;
use patron_report::tables::{self, NamedTable};
use patron_store::{ModelRun, RunId, Store};

use crate::ApiError;
use crate::customers::{Customers, shown_ids};
use crate::segments::{SegmentSummary, summaries};

/// Tells the time, in UTC.
pub type Clock = fn() -> NaiveDateTime;

/// A shop in memory, ready to be asked.
pub struct ServedShop {
    pub(crate) catalog: Catalog,
    pub(crate) customers: Customers,
    pub(crate) segments: Vec<SegmentSummary>,
    pub(crate) model: Option<Model>,
    /// The day of the first line, where there is one.
    pub(crate) first_day: Day,
    /// When the answers were computed.
    pub(crate) computed_at: NaiveDateTime,
    pub(crate) clock: Clock,
    results: Results,
    attributes: AttributeAnswers,
    imports: Vec<ImportReport>,
}

/// The stored run behind the forecasts.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) id: RunId,
}

impl ServedShop {
    /// Loads the shop, answers every question and takes the forecaster of the latest model run; where none is stored
    /// (or one of another version), fits one and stores it. A shop with too little data for a forecast is served
    /// without one.
    ///
    /// # Errors
    /// What the database says; [`PipelineError::NoSales`] and [`PipelineError::OnlyReturns`] where nothing can be
    /// answered.
    pub fn open(
        store: &mut Store,
        database: &str,
        clock: Clock,
        progress: &dyn Progress,
    ) -> Result<Self, ApiError> {
        let LoadedShop { table, reports: imports, .. } = load(store, database, progress)?;
        let span = table.span().ok_or(PipelineError::OnlyReturns)?;
        let computed_at = clock();
        let (model, results) = match stored(store)? {
            Some((model, fitted, models)) => (Some(model), serve(&table, fitted, models, progress)?),
            None => fit(store, &table, computed_at, progress)?,
        };
        let attributes = compute_attributes(store, &table, &results, progress)?;
        let mut catalog = table.catalog().clone();
        catalog.customers = shown_ids(&catalog.customers);
        let customers = Customers::read(&table, &catalog.customers)?;
        let segments = results.forecasts.as_ref().map(|forecasts| summaries(&forecasts.customers));
        let segments = segments.unwrap_or_default();
        let first_day = span.first;
        Ok(Self {
            catalog,
            customers,
            segments,
            model,
            first_day,
            computed_at,
            clock,
            results,
            attributes,
            imports,
        })
    }

    /// The day up to which the answers have seen.
    pub(crate) fn as_of(&self) -> Day {
        self.results.answers.as_of
    }

    /// The forecasts and the run they are from.
    ///
    /// # Errors
    /// [`ApiError::NoModel`], with the reason.
    pub(crate) fn forecasts(&self) -> Result<(&Forecasts, &Model), ApiError> {
        match (&self.results.forecasts, &self.model) {
            (Ok(forecasts), Some(model)) => Ok((forecasts, model)),
            (Err(reason), _) => Err(ApiError::NoModel { reason: reason.clone() }),
            (Ok(_), None) => Err(ApiError::NoModel { reason: "no model run is stored".to_owned() }),
        }
    }

    /// Every answer as a table.
    pub(crate) fn tables(&self) -> Vec<NamedTable<'_>> {
        let input = self.results.forecasts.as_ref().ok().map(|forecasts| ForecastInput {
            customers: &forecasts.customers,
            models: &forecasts.models,
            btyd: forecasts.fitted.btyd(),
        });
        let answers = &self.results.answers;
        tables::all(answers, &self.catalog, &self.imports, Some(&self.attributes), input.as_ref())
    }
}

/// The stored forecaster that serves, where it can be read.
fn stored(store: &mut Store) -> Result<Option<(Model, FittedForecaster, ModelsReport)>, ApiError> {
    let Some(serving) = store.reading().serving_run()? else { return Ok(None) };
    let Some(ModelRun { id, run }) = store.reading().model_run(serving)? else { return Ok(None) };
    let Some(bytes) = run.fitted else { return Ok(None) };
    let model = Model { id };
    let read = serde_json::from_slice(&bytes)
        .and_then(|fitted| serde_json::from_value(run.metrics).map(|report| (model, fitted, report)));
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) => {
            tracing::warn!("model run {id} cannot serve ({error}): another one is fitted");
            Ok(None)
        }
    }
}

/// Answers, and forecasts by a forecaster that was fitted before.
fn serve(
    table: &SalesTable,
    fitted: FittedForecaster,
    models: ModelsReport,
    progress: &dyn Progress,
) -> Result<Results, ApiError> {
    let as_of = fitted.as_of();
    progress.begin(Step::Answers, None);
    let answers = analyse(table, &AnalysisOptions::at(as_of));
    progress.end(Step::Answers);
    progress.begin(Step::Forecast, None);
    let customers = fitted.forecast_all(table, as_of, fitted.options().horizon_days);
    progress.end(Step::Forecast);
    let forecasts = Forecasts { customers: customers?, fitted, models };
    Ok(Results { as_of, answers: answers?, forecasts: Ok(forecasts) })
}

/// Answers, and forecasts by a new fit, which is stored.
fn fit(
    store: &mut Store,
    table: &SalesTable,
    now: NaiveDateTime,
    progress: &dyn Progress,
) -> Result<(Option<Model>, Results), ApiError> {
    let results = compute(table, &ComputeRequest::default(), progress)?;
    let model = match &results.forecasts {
        Ok(forecasts) => {
            let id = store_forecasts(store, table.catalog(), forecasts, now)?;
            Some(Model { id })
        }
        Err(_) => None,
    };
    Ok((model, results))
}
