//! A forecast kept in the database: the run with its models, and a prediction per customer.

use chrono::NaiveDateTime;
use patron_columns::Catalog;
use patron_models::CustomerForecast;
use patron_store::{NewModelRun, Prediction, RunId, Store};

use crate::{Forecasts, PipelineError};

/// Stores the run and its predictions, all or nothing.
///
/// # Errors
/// What the database says.
pub fn store_forecasts(
    store: &mut Store,
    catalog: &Catalog,
    forecasts: &Forecasts,
    created_at: NaiveDateTime,
) -> Result<RunId, PipelineError> {
    let run = new_run(forecasts, created_at)?;
    Ok(store.save_model_run(&run, &predictions(forecasts, catalog))?)
}

/// The run as it is stored.
pub(crate) fn new_run(
    forecasts: &Forecasts,
    created_at: NaiveDateTime,
) -> Result<NewModelRun, PipelineError> {
    Ok(NewModelRun {
        created_at,
        as_of: forecasts.fitted.as_of(),
        forecaster: forecasts.fitted.forecaster().name().to_owned(),
        parameters: serde_json::to_value(forecasts.fitted.options())?,
        metrics: serde_json::to_value(&forecasts.models)?,
        fitted: Some(serde_json::to_vec(&forecasts.fitted)?),
    })
}

/// What is stored of every customer's forecast.
pub(crate) fn predictions(forecasts: &Forecasts, catalog: &Catalog) -> Vec<Prediction> {
    forecasts.customers.iter().map(|forecast| prediction(forecast, catalog)).collect()
}

fn prediction(forecast: &CustomerForecast, catalog: &Catalog) -> Prediction {
    Prediction {
        customer: forecast.customer.map_or("", |code| catalog.customers.text(code)).to_owned(),
        orders: forecast.orders,
        last_purchase: forecast.last_purchase,
        spent_to_date: forecast.spent_to_date,
        chance_to_buy_3m: forecast.chance_to_buy_3m,
        p_alive: forecast.p_alive,
        expected_purchases_3m: forecast.expected_purchases_3m,
        expected_value: forecast.expected_value,
        clv: [forecast.clv_3m, forecast.clv_12m, forecast.clv_24m],
        grades: [forecast.grade_3m, forecast.grade_12m, forecast.grade_24m],
        formula_clv: forecast.formula_clv,
        segment: forecast.segment,
        predicted_clv: forecast.predicted_clv,
    }
}
