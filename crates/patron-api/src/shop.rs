//! The answers about a shop as a whole: computed once, laid down in a file, read from there.

use std::ops::Range;

use chrono::NaiveDateTime;
use patron_analytics::AttributeAnswers;
use patron_columns::{Catalog, SalesTable};
use patron_domain::{Day, ImportReport, Names};
use patron_models::{CustomerForecast, MarginShares};
use patron_pipeline::{Forecasts, Results};
use patron_report::tables;
use patron_report::{Cell, ForecastInput, Shelf, ShelvedTable};
use patron_store::RunId;

use crate::ApiError;
use crate::segments::{self, Quarter};
use crate::topics::table_name;

/// Every answer about a shop at one time. Its tables lie in a file that has no name and goes with it: of a million
/// customers, next to nothing stays in memory.
pub(crate) struct ServedShop {
    /// The day up to which the answers have seen.
    pub(crate) as_of: Day,
    /// When the answers were computed.
    pub(crate) computed_at: NaiveDateTime,
    /// The run behind the forecasts, where there is one.
    pub(crate) model: Option<RunId>,
    /// Every table that has something to say, by the topics' names.
    pub(crate) tables: Vec<AnswerTable>,
    /// What the shop's margin is, where it is known.
    pub(crate) margins: Option<MarginShares>,
    forecasts: Result<ForecastTable, String>,
}

/// One table of an answer.
pub(crate) struct AnswerTable {
    /// `monthly`.
    pub(crate) name: &'static str,
    /// What it holds, and in which order.
    pub(crate) title: &'static str,
    pub(crate) rows: ShelvedTable,
}

/// The forecasts of all customers, in the order of their ids as they are shown.
pub(crate) struct ForecastTable {
    /// The day up to which the model has seen.
    pub(crate) as_of: Day,
    pub(crate) segments: Vec<Quarter>,
    /// The same as a table.
    pub(crate) segment_rows: ShelvedTable,
    pub(crate) rows: ShelvedTable,
    /// The first id of every [`ShelvedTable::GROUP`] rows.
    firsts: Names,
}

impl ServedShop {
    /// Makes every answer a table and lays it down.
    ///
    /// # Errors
    /// [`ApiError::Tables`] as the file fails.
    pub(crate) fn lay_down(
        table: &SalesTable,
        results: Results,
        attributes: &AttributeAnswers,
        imports: &[ImportReport],
        model: Option<RunId>,
        computed_at: NaiveDateTime,
    ) -> Result<Self, ApiError> {
        let mut catalog: Catalog = table.catalog().clone();
        catalog.customers = shown_ids(&catalog.customers);
        let mut shelf = Shelf::new(tempfile::tempfile().map_err(ApiError::Tables)?);
        let Results { answers, forecasts, .. } = results;
        let input = forecasts.as_ref().ok().map(|forecasts| ForecastInput {
            customers: &forecasts.customers,
            models: &forecasts.models,
            btyd: forecasts.fitted.btyd(),
        });
        let all = tables::all(&answers, &catalog, imports, Some(attributes), input.as_ref());
        let laid_down = all.into_iter().map(|named| {
            let rows = shelf.put(&named.table).map_err(ApiError::Tables)?;
            Ok(AnswerTable { name: table_name(named.file), title: named.title, rows })
        });
        let tables = laid_down.collect::<Result<_, ApiError>>()?;
        let as_of = answers.as_of;
        drop(answers);
        let margins = forecasts.as_ref().ok().and_then(|forecasts| forecasts.margins);
        let forecasts = match forecasts {
            Ok(forecasts) => Ok(ForecastTable::lay_down(&mut shelf, forecasts, &catalog)?),
            Err(reason) => Err(reason),
        };
        Ok(Self { as_of, computed_at, model, tables, margins, forecasts })
    }

    /// The table of a name, where there is something in it.
    pub(crate) fn table(&self, name: &str) -> Option<&AnswerTable> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The forecasts and the run they are from.
    ///
    /// # Errors
    /// [`ApiError::NoModel`], with the reason.
    pub(crate) fn forecasts(&self) -> Result<(&ForecastTable, RunId), ApiError> {
        match (&self.forecasts, self.model) {
            (Ok(forecasts), Some(model)) => Ok((forecasts, model)),
            (Err(reason), _) => Err(ApiError::NoModel { reason: reason.clone() }),
            (Ok(_), None) => Err(ApiError::NoModel { reason: "no model run is stored".to_owned() }),
        }
    }
}

impl ForecastTable {
    fn lay_down(shelf: &mut Shelf, forecasts: Forecasts, catalog: &Catalog) -> Result<Self, ApiError> {
        let Forecasts { mut customers, fitted, .. } = forecasts;
        let segments = Quarter::all(&customers);
        let segment_rows = shelf.put(&segments::table(&segments)).map_err(ApiError::Tables)?;
        let id = |row: &CustomerForecast| catalog.customers.text(row.customer.unwrap_or(u32::MAX));
        customers.sort_unstable_by(|a, b| id(a).cmp(id(b)));
        let firsts = customers.iter().step_by(ShelvedTable::GROUP).map(id).collect();
        let rows = shelf.put(&tables::predictions(&customers, catalog)).map_err(ApiError::Tables)?;
        Ok(Self { as_of: fitted.as_of(), segments, segment_rows, rows, firsts })
    }

    /// At most `limit` rows, those of customers whose ids come after `after`.
    ///
    /// # Errors
    /// [`ApiError::Tables`] as the file fails.
    pub(crate) fn after(&self, after: Option<&str>, limit: usize) -> Result<Range<usize>, ApiError> {
        let start = match after {
            None => 0,
            Some(after) => {
                let groups = self.firsts.len() as u32;
                // the last group that begins with an id that is not beyond it
                let beyond = partition(groups, |group| self.firsts.text(group) <= after);
                let begin = beyond.saturating_sub(1) as usize * ShelvedTable::GROUP;
                let ids =
                    self.rows.column(0, begin..begin + ShelvedTable::GROUP).map_err(ApiError::Tables)?;
                begin + ids.partition_point(|id| matches!(id, Cell::Text(id) if id.as_str() <= after))
            }
        };
        Ok(start..start.saturating_add(limit).min(self.rows.rows()).max(start))
    }
}

/// The first of 0, 1, 2 … below `end` for which `is_before` does not hold.
fn partition(end: u32, is_before: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (0, end);
    while low < high {
        let middle = low + (high - low) / 2;
        if is_before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// The ids as they are shown: an e-mail address is personal, so a customer known by one is `@` and a number.
///
/// No other id begins so: whatever holds an `@` is taken for an address.
fn shown_ids(ids: &Names) -> Names {
    let mut shown = Names::new();
    for (code, id) in ids.iter().enumerate() {
        if id.contains('@') {
            shown.push(&format!("@{code}"))
        } else {
            shown.push(id)
        };
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_not_shown() {
        let ids = shown_ids(&["zoe@shop.example", "b", "a"].into_iter().collect());
        assert_eq!(ids.iter().collect::<Vec<_>>(), ["@0", "b", "a"]);
    }

    #[test]
    fn the_first_that_is_not_before_is_found() {
        for end in 0..9 {
            for first in 0..=end {
                assert_eq!(partition(end, |place| place < first), first);
            }
        }
    }
}
