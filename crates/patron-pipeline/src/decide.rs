//! What to do: every decision, from the log, what is known beside it, and the forecasts.

use patron_columns::SalesTable;
use patron_decisions::{Contactable, DecideInput, DecideOptions, Decisions, decide};
use patron_domain::Attributes;
use patron_store::Store;

use crate::progress::step;
use crate::{PipelineError, Progress, Results, Step};

/// Works out every decision as of the day of `results`; without forecasts, what can be said without.
///
/// `table` must hold what the database holds: codes are looked up in both.
///
/// # Errors
/// What the database says; [`PipelineError::Decision`] for what was asked and cannot be.
pub fn compute_decisions(
    store: &mut Store,
    table: &SalesTable,
    results: &Results,
    options: &DecideOptions,
    progress: &dyn Progress,
) -> Result<Decisions, PipelineError> {
    step(progress, Step::Decide, || {
        let attributes = store.attributes()?;
        let forecasts = results.forecasts.as_ref().ok();
        let input = DecideInput {
            source: table,
            attributes: &attributes,
            as_of: results.as_of,
            forecasts: forecasts.map_or(&[], |forecasts| &forecasts.customers),
            newcomers: forecasts.map_or(&[], |forecasts| forecasts.fitted.newcomers()),
            totals: forecasts.map_or(&[], |forecasts| &forecasts.models.forecast_totals),
            consent: &consent(&attributes),
        };
        Ok(decide(&input, table, options)?)
    })
}

/// Who may be written to, by customer code.
fn consent(attributes: &Attributes) -> Vec<Contactable> {
    let of = |(code, &may_contact): (usize, &Option<bool>)| {
        let erased = attributes.erased.binary_search(&(code as u32)).is_ok();
        Contactable::of(may_contact, erased)
    };
    attributes.may_contact.iter().enumerate().map(of).collect()
}
