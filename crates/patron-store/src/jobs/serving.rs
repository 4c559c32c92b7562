//! Stored models: which there are, which one serves, and those that came from elsewhere.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use patron_domain::Day;

use super::ModelEntry;
use crate::connect::Connection;
use crate::error::{Fault, Outcome};
use crate::queries::runs;
use crate::schema::{model_runs, serving_model};
use crate::{ModelRun, NewModelRun, Prediction, Reading, RunId, StoreError, Writing};

/// The only row of its table.
const ONLY: i64 = 1;

#[derive(Queryable, Selectable)]
#[diesel(table_name = model_runs)]
struct EntryRow {
    id: i64,
    created_at: NaiveDateTime,
    as_of: NaiveDate,
    forecaster: String,
    parameters: String,
    metrics: String,
}

impl Reading<'_> {
    /// A page of the stored model runs, the latest first: those before `after`, where there was a page before.
    ///
    /// # Errors
    /// What the database says; [`StoreError::Json`] for scores that cannot be read.
    pub fn models(&mut self, after: Option<RunId>, limit: u32) -> Result<Vec<ModelEntry>, StoreError> {
        self.run(|connection| {
            let serving = serving(connection)?;
            let rows = model_runs::table
                .filter(model_runs::id.lt(after.map_or(i64::MAX, |run| run.0)))
                .order(model_runs::id.desc())
                .limit(i64::from(limit))
                .select((EntryRow::as_select(), model_runs::fitted.is_not_null()))
                .load::<(EntryRow, bool)>(connection)?;
            rows.into_iter().map(|(row, can_serve)| row.into_entry(can_serve, serving)).collect()
        })
    }

    /// A stored model run, without the fitted forecaster itself; `None` where there is none of that number.
    ///
    /// # Errors
    /// As [`Reading::models`].
    pub fn model(&mut self, run: RunId) -> Result<Option<ModelEntry>, StoreError> {
        self.run(|connection| {
            let serving = serving(connection)?;
            let row = model_runs::table
                .find(run.0)
                .select((EntryRow::as_select(), model_runs::fitted.is_not_null()))
                .first::<(EntryRow, bool)>(connection)
                .optional()?;
            row.map(|(row, can_serve)| row.into_entry(can_serve, serving)).transpose()
        })
    }

    /// A stored model run with its fitted forecaster; `None` where there is none of that number.
    ///
    /// # Errors
    /// As [`Reading::models`].
    pub fn model_run(&mut self, run: RunId) -> Result<Option<ModelRun>, StoreError> {
        self.run(|connection| runs::find(connection, run))
    }

    /// Which run serves: the one that was chosen last, else the latest with a fitted forecaster; `None` where there is
    /// no such run at all.
    ///
    /// # Errors
    /// What the database says.
    pub fn serving_run(&mut self) -> Result<Option<RunId>, StoreError> {
        self.run(serving)
    }
}

impl Writing<'_> {
    /// Stores a model run with its predictions, and lets it serve from `serve_since` on where that is given. Predictions
    /// of customers who have been deleted since the fit are left out.
    ///
    /// # Errors
    /// What the database says; a prediction that is not a number, or comes twice for one customer, is refused by it.
    pub fn save_model(
        &mut self,
        run: &NewModelRun,
        predictions: &[Prediction],
        serve_since: Option<NaiveDateTime>,
    ) -> Result<RunId, StoreError> {
        self.run(|connection| {
            let id = runs::insert(connection, run, predictions, runs::Gone::LeaveOut)?;
            if let Some(since) = serve_since {
                point_at(connection, id, since)?;
            }
            Ok(id)
        })
    }

    /// Stores a model that was fitted elsewhere: no sale of this shop is in it, so undoing an import leaves it. The model
    /// that serves now goes on serving; where there is none, this one does.
    ///
    /// # Errors
    /// What the database says.
    pub fn load_model(&mut self, run: &NewModelRun, now: NaiveDateTime) -> Result<RunId, StoreError> {
        self.run(|connection| {
            let (current, chosen) = (serving(connection)?, chosen(connection)?);
            if let Some(latest) = current.filter(|_| current != chosen) {
                point_at(connection, latest, now)?;
            }
            runs::insert_row(connection, run, 0)
        })
    }

    /// Lets a stored run serve, until another one is chosen or fitted.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no such run, or no fitted forecaster is stored with it.
    pub fn serve_model(&mut self, run: RunId, since: NaiveDateTime) -> Result<(), StoreError> {
        self.run(|connection| {
            let able = model_runs::table.find(run.0).select(model_runs::fitted.is_not_null());
            match able.first::<bool>(connection).optional()? {
                Some(true) => point_at(connection, run, since),
                Some(false) => Err(missing("fitted forecaster in model run", run)),
                None => Err(missing("model run", run)),
            }
        })
    }
}

fn serving(connection: &mut Connection) -> Outcome<Option<RunId>> {
    let able = model_runs::table.filter(model_runs::fitted.is_not_null()).select(model_runs::id);
    if let Some(chosen) = chosen(connection)? {
        let there: Option<i64> = able.filter(model_runs::id.eq(chosen.0)).first(connection).optional()?;
        if there.is_some() {
            return Ok(there.map(RunId));
        }
    }
    let latest: Option<i64> = able.order(model_runs::id.desc()).first(connection).optional()?;
    Ok(latest.map(RunId))
}

/// The run that was chosen last, whether or not it is still there.
fn chosen(connection: &mut Connection) -> Outcome<Option<RunId>> {
    let row = serving_model::table.find(ONLY).select(serving_model::run_id);
    Ok(row.first(connection).optional()?.map(RunId))
}

fn point_at(connection: &mut Connection, run: RunId, since: NaiveDateTime) -> Outcome<()> {
    let to = (serving_model::run_id.eq(run.0), serving_model::since.eq(since));
    if diesel::update(serving_model::table.find(ONLY)).set(to).execute(connection)? == 0 {
        diesel::insert_into(serving_model::table)
            .values((
                serving_model::id.eq(ONLY),
                serving_model::run_id.eq(run.0),
                serving_model::since.eq(since),
            ))
            .execute(connection)?;
    }
    Ok(())
}

fn missing(what: &'static str, run: RunId) -> Fault {
    StoreError::Missing { what, key: run.to_string() }.into()
}

impl EntryRow {
    fn into_entry(self, can_serve: bool, serving: Option<RunId>) -> Outcome<ModelEntry> {
        Ok(ModelEntry {
            id: RunId(self.id),
            created_at: self.created_at,
            as_of: Day::from(self.as_of),
            forecaster: self.forecaster,
            parameters: serde_json::from_str(&self.parameters)?,
            metrics: serde_json::from_str(&self.metrics)?,
            can_serve,
            serving: serving == Some(RunId(self.id)),
        })
    }
}
