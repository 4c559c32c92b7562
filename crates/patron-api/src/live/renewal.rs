//! Computing everything anew from the database.

use std::sync::Arc;

use chrono::NaiveDateTime;
use patron_analytics::{AnalysisOptions, analyse};
use patron_columns::{RollupSource, SalesTable};
use patron_pipeline::{
    ComputeRequest, Forecasts, LoadedShop, PipelineError, Progress, Results, Step, compute,
    compute_attributes, load, store_forecasts,
};
use patron_store::Store;

use super::{Held, Inner, Missing, Serving, locked, put, read};
use crate::ApiError;
use crate::shop::ServedShop;

/// Computes everything, and puts it in its place. On an error what was there before stays.
pub(super) fn renew(inner: &Inner, store: &mut Store) -> Result<(), ApiError> {
    let progress = Told(inner);
    let now = (inner.clock)();
    if let Some(serving) = chosen(inner, store)? {
        // a new model serves at once; the answers follow
        put(&inner.serving, Held::There(serving));
    }
    let loaded = match load(store, &inner.url.place().to_string(), &progress) {
        Ok(loaded) if loaded.table.span().is_some() => loaded,
        Ok(_) | Err(PipelineError::NoSales { .. }) => {
            put(&inner.shop, Held::Not(Missing::NoSales));
            if !matches!(read(&inner.serving), Held::There(_)) {
                put(&inner.serving, Held::Not(Missing::NoSales));
            }
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let LoadedShop { table, reports, .. } = loaded;
    let mut results = match read(&inner.serving) {
        Held::There(serving) => results_of(&serving, &table, &progress)?,
        Held::Not(_) => first_fit(inner, store, &table, now, &progress)?,
    };
    let attributes = compute_attributes(store, &table, &mut results, &progress)?;
    let model = match read(&inner.serving) {
        Held::There(serving) => Some(serving.id),
        Held::Not(_) => None,
    };
    progress.begin(Step::Report, None);
    let shop = ServedShop::lay_down(&table, results, &attributes, &reports, model, now)?;
    put(&inner.shop, Held::There(Arc::new(shop)));
    Ok(())
}

/// The stored model that is to serve, where it is another one than the one that serves.
fn chosen(inner: &Inner, store: &mut Store) -> Result<Option<Arc<Serving>>, ApiError> {
    let Some(id) = store.reading().serving_run()? else {
        // the import it was fitted on has been undone, for one
        put(&inner.serving, Held::Not(Missing::NotYet));
        return Ok(None);
    };
    match read(&inner.serving) {
        Held::There(serving) if serving.id == id => Ok(None),
        Held::There(_) | Held::Not(_) => Ok(Serving::stored(store, id)?.map(Arc::new)),
    }
}

/// Answers, and forecasts by a forecaster that was fitted before.
fn results_of(serving: &Serving, table: &SalesTable, progress: &Told<'_>) -> Result<Results, ApiError> {
    let as_of = serving.fitted.as_of();
    progress.begin(Step::Answers, None);
    let answers = analyse(table, &AnalysisOptions::at(as_of))?;
    progress.begin(Step::Forecast, None);
    let customers = serving.fitted.forecast_live(table, serving.fitted.options().horizon_days)?;
    let (fitted, models) = (serving.fitted.clone(), serving.report.clone());
    let forecasts = Forecasts { customers, fitted, models, margins: None };
    Ok(Results { as_of, answers, forecasts: Ok(forecasts) })
}

/// Answers, and forecasts by a new fit, which is stored and serves; where the data are too few for one, the answers
/// alone.
fn first_fit(
    inner: &Inner,
    store: &mut Store,
    table: &SalesTable,
    now: NaiveDateTime,
    progress: &Told<'_>,
) -> Result<Results, ApiError> {
    let results = compute(table, &ComputeRequest::default(), progress)?;
    let held = match &results.forecasts {
        Ok(forecasts) => {
            let id = store_forecasts(store, table.catalog(), forecasts, now)?;
            if store.reading().serving_run()? != Some(id) {
                store.write(|writing| writing.serve_model(id, now))?;
            }
            Held::There(Arc::new(Serving {
                id,
                fitted: forecasts.fitted.clone(),
                report: forecasts.models.clone(),
            }))
        }
        Err(reason) => Held::Not(Missing::NoModel { reason: reason.clone() }),
    };
    put(&inner.serving, held);
    Ok(results)
}

/// Tells those who wait what is being done.
struct Told<'a>(&'a Inner);

impl Progress for Told<'_> {
    fn begin(&self, step: Step, _: Option<u64>) {
        *locked(&self.0.step) = Some(step.to_string());
    }

    fn advance(&self, _: Step, _: u64, _: u64) {}

    fn end(&self, _: Step) {}
}
