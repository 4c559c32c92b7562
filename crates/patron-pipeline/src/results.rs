//! Everything computed from the table.

use patron_analytics::{AnalysisOptions, Answers, analyse};
use patron_columns::{RollupSource, SalesTable};
use patron_domain::Day;

use crate::progress::step;
use crate::{PipelineError, Progress, Step};

/// What to compute.
#[derive(Clone, Debug)]
pub struct ComputeRequest {
    /// The day up to which a forecast sees; without one, the day of the last sale.
    pub as_of: Option<Day>,
}

/// Answers, forecasts and how good they were.
#[derive(Debug)]
pub struct Results {
    /// The day up to which the forecasts have seen.
    pub as_of: Day,
    /// The answers of section C, over the whole log.
    pub answers: Answers,
}

/// Computes everything; reads the table only.
///
/// # Errors
/// [`PipelineError`], with the reason.
pub fn compute(
    table: &SalesTable,
    request: &ComputeRequest,
    progress: &dyn Progress,
) -> Result<Results, PipelineError> {
    let last_sale = table.span().map(|span| span.last).ok_or(PipelineError::OnlyReturns)?;
    let as_of = request.as_of.unwrap_or(last_sale);
    let answers = step(progress, Step::Answers, || analyse(table, &AnalysisOptions::at(as_of)))?;
    Ok(Results { as_of, answers })
}
