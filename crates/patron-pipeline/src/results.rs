//! Everything computed from the table.

use patron_analytics::{
    AnalysisOptions, Answers, AttributeAnswers, ExpectedValue, analyse, attribute_answers,
};
use patron_columns::{RollupSource, SalesTable};
use patron_domain::Day;
use patron_models::{
    Backtest, CustomerForecast, FittedForecaster, ForecastOptions, Forecaster, MarginShares, ModelError,
    ModelsReport, Season, backtest,
};

use patron_store::Store;

use crate::margins::add_margins;
use crate::progress::{go_on, step};
use crate::{PipelineError, Progress, Step};

/// What to compute.
#[derive(Clone, Debug, Default)]
pub struct ComputeRequest {
    /// The day up to which a forecast sees; without one, the day of the last sale.
    pub as_of: Option<Day>,
    /// Which forecaster, and for which horizons.
    pub options: ForecastOptions,
    /// Whether the forecast is tested on the past.
    pub backtest: bool,
}

/// Answers, forecasts and how good they were.
#[derive(Debug)]
pub struct Results {
    /// The day up to which the forecasts have seen.
    pub as_of: Day,
    /// The answers of section C, over the whole log.
    pub answers: Answers,
    /// The forecasts, or why there are none, in words.
    pub forecasts: Result<Forecasts, String>,
}

/// What the models say.
#[derive(Debug)]
pub struct Forecasts {
    /// One per customer known at the as-of date, in order of the customers' codes.
    pub customers: Vec<CustomerForecast>,
    /// The fit, which can be stored and serve again.
    pub fitted: FittedForecaster,
    /// Models, data check, backtest.
    pub models: ModelsReport,
    /// What was learned of the shop's margin by [`compute_attributes`]; `None` before, and where nothing tells it.
    pub margins: Option<MarginShares>,
}

/// Computes everything; reads the table only. Too little data for a forecast is no error: the answers are there,
/// and the reason stands where the forecasts would.
///
/// # Errors
/// [`PipelineError`], with the reason; [`PipelineError::Stopped`].
pub fn compute(
    table: &SalesTable,
    request: &ComputeRequest,
    progress: &dyn Progress,
) -> Result<Results, PipelineError> {
    let last_sale = table.span().map(|span| span.last).ok_or(PipelineError::OnlyReturns)?;
    let as_of = request.as_of.unwrap_or(last_sale);
    // a season that cannot be used is no lack of data
    request.options.season.as_ref().map_or(Ok(()), |file| Season::from_file(file, as_of).map(drop))?;
    let answers = step(progress, Step::Answers, || analyse(table, &AnalysisOptions::at(as_of)))?;
    let forecasts = match forecast(table, as_of, request, progress) {
        Err(PipelineError::Stopped) => return Err(PipelineError::Stopped),
        forecasts => forecasts.map_err(|error| error.to_string()),
    };
    Ok(Results { as_of, answers, forecasts })
}

/// The answers by what the shop knows of its customers and products, beside what is expected of them; fills the margin of
/// every forecast where one is known (`docs/models/margin.md`).
///
/// `table` must hold what the database holds: codes are looked up in both.
///
/// # Errors
/// What the database says; [`PipelineError::Analytics`]; [`PipelineError::Models`] for a margin outside 0 … 1.
pub fn compute_attributes(
    store: &mut Store,
    table: &SalesTable,
    results: &mut Results,
    progress: &dyn Progress,
) -> Result<AttributeAnswers, PipelineError> {
    step(progress, Step::Groups, || {
        let attributes = store.attributes()?;
        if let Ok(forecasts) = &mut results.forecasts {
            add_margins(table, &attributes, results.as_of, forecasts)?;
        }
        let mut expected = vec![None; table.catalog().customers.len()];
        let forecasts = results.forecasts.iter().flat_map(|forecasts| &forecasts.customers);
        for forecast in forecasts {
            let slot = forecast.customer.and_then(|code| expected.get_mut(code as usize));
            if let Some(slot) = slot {
                *slot = Some(ExpectedValue { value_3m: forecast.clv_3m, value_12m: forecast.clv_12m });
            }
        }
        Ok(attribute_answers(table, &attributes, &AnalysisOptions::at(results.as_of), &expected)?)
    })
}

/// Fits, forecasts every customer and, where asked to, looks at the past; stops between these.
pub(crate) fn forecast(
    table: &SalesTable,
    as_of: Day,
    request: &ComputeRequest,
    progress: &dyn Progress,
) -> Result<Forecasts, PipelineError> {
    let options = &request.options;
    let (fitted, customers) = step(progress, Step::Forecast, || {
        go_on(progress)?;
        let fitted = Forecaster::fit(table, as_of, options)?;
        go_on(progress)?;
        let customers = fitted.forecast_all(table, as_of, options.horizon_days)?;
        Ok::<_, PipelineError>((fitted, customers))
    })?;
    go_on(progress)?;
    let record = if request.backtest { tested(table, as_of, options, progress)? } else { None };
    go_on(progress)?;
    let models = ModelsReport::new(&fitted, record);
    Ok(Forecasts { customers, fitted, models, margins: None })
}

/// The record on the past, of 3 months where the log is too short to test the horizon asked for; `None` where it is too
/// short for any, which the data check says in words.
fn tested(
    table: &SalesTable,
    as_of: Day,
    options: &ForecastOptions,
    progress: &dyn Progress,
) -> Result<Option<Backtest>, ModelError> {
    let test = || match backtest(table, as_of, options) {
        Err(ModelError::TooShortToTest { .. }) if options.horizon_days.is_some() => {
            backtest(table, as_of, &ForecastOptions { horizon_days: None, ..options.clone() })
        }
        tested => tested,
    };
    match step(progress, Step::Backtest, test) {
        Ok(record) => Ok(Some(record)),
        Err(
            ModelError::TooShortToTest { .. }
            | ModelError::NoPurchases { .. }
            | ModelError::OnePurchaseDay { .. },
        ) => Ok(None),
        Err(error) => Err(error),
    }
}
