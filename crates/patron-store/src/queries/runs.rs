//! Model runs and their predictions.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{exists, max, select};
use diesel::prelude::*;
use patron_domain::{Day, Money, Segment, Suitability};
use rustc_hash::FxHashMap;

use super::{count, from_word};
use crate::connect::{self, Connection};
use crate::error::{Fault, Outcome};
use crate::schema::{customers, model_runs, predictions, sales};
use crate::{CustomerId, ModelRun, NewModelRun, Prediction, RunId, StoreError};

const GRADES: [Suitability; 3] = [Suitability::Yes, Suitability::Rough, Suitability::No];
#[derive(Queryable, Selectable)]
#[diesel(table_name = model_runs)]
struct RunRow {
    id: i64,
    created_at: NaiveDateTime,
    as_of: NaiveDate,
    forecaster: String,
    parameters: String,
    metrics: String,
    fitted: Option<Vec<u8>>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = predictions)]
struct PredictionRow {
    run_id: i64,
    customer_id: i64,
    orders: i64,
    last_purchase: NaiveDate,
    spent_to_date: i64,
    chance_to_buy_3m: f64,
    p_alive: f64,
    expected_purchases_3m: f64,
    expected_value: f64,
    clv_3m: f64,
    clv_12m: f64,
    clv_24m: f64,
    grade_3m: String,
    grade_12m: String,
    grade_24m: String,
    formula_clv: Option<f64>,
    segment: String,
    predicted_clv: Option<f64>,
}

pub(crate) fn save(
    connection: &mut Connection,
    run: &NewModelRun,
    forecasts: &[Prediction],
) -> Outcome<RunId> {
    connect::write(connection, |connection| insert(connection, run, forecasts, Gone::Refuse))
}

/// What to do about a prediction of somebody who is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gone {
    Refuse,
    LeaveOut,
}

/// Inserts a run and its predictions inside the caller's transaction.
pub(crate) fn insert(
    connection: &mut Connection,
    run: &NewModelRun,
    forecasts: &[Prediction],
    gone: Gone,
) -> Outcome<RunId> {
    let seen: Option<i64> = sales::table.select(max(sales::id)).first(connection)?;
    let id = insert_row(connection, run, seen.unwrap_or(0))?;
    let ids = customer_ids(connection)?;
    let there = |forecast: &&Prediction| gone == Gone::Refuse || ids.contains_key(&forecast.customer);
    let rows = forecasts.iter().filter(there).map(|forecast| PredictionRow::of(forecast, id, &ids));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    insert_predictions(connection, &rows)?;
    Ok(id)
}

pub(crate) fn find(connection: &mut Connection, run: RunId) -> Outcome<Option<ModelRun>> {
    let row = model_runs::table.find(run.0).select(RunRow::as_select());
    row.first(connection).optional()?.map(ModelRun::try_from).transpose()
}

pub(crate) fn latest(connection: &mut Connection) -> Outcome<Option<ModelRun>> {
    let row = model_runs::table.order(model_runs::id.desc()).select(RunRow::as_select());
    row.first(connection).optional()?.map(ModelRun::try_from).transpose()
}

/// What a run says of one customer, whose external id is given; `None` where it says nothing.
pub(crate) fn prediction(
    connection: &mut Connection,
    run: RunId,
    customer: CustomerId,
    external_id: &str,
) -> Outcome<Option<Prediction>> {
    let row = predictions::table.find((run.0, customer.0)).select(PredictionRow::as_select());
    let row: Option<PredictionRow> = row.first(connection).optional()?;
    row.map(|row| row.into_prediction(external_id.to_owned())).transpose()
}

pub(crate) fn predictions(connection: &mut Connection, run: RunId) -> Outcome<Vec<Prediction>> {
    if !select(exists(model_runs::table.find(run.0))).get_result(connection)? {
        return Err(StoreError::UnknownRun(run).into());
    }
    let rows = predictions::table
        .inner_join(customers::table)
        .filter(predictions::run_id.eq(run.0))
        .order(predictions::customer_id)
        .select((customers::external_id, PredictionRow::as_select()))
        .load::<(String, PredictionRow)>(connection)?;
    rows.into_iter().map(|(customer, row)| row.into_prediction(customer)).collect()
}

/// Inserts a run alone, which has seen all sales up to that id.
pub(crate) fn insert_row(connection: &mut Connection, run: &NewModelRun, seen: i64) -> Outcome<RunId> {
    diesel::insert_into(model_runs::table)
        .values((
            model_runs::created_at.eq(run.created_at),
            model_runs::as_of.eq(run.as_of.date()),
            model_runs::forecaster.eq(&run.forecaster),
            model_runs::parameters.eq(serde_json::to_string(&run.parameters)?),
            model_runs::metrics.eq(serde_json::to_string(&run.metrics)?),
            model_runs::fitted.eq(&run.fitted),
            model_runs::seen_sale_id.eq(seen),
        ))
        .execute(connection)?;
    // Ids only grow and nobody else writes in this transaction: the highest is the new one.
    Ok(RunId(model_runs::table.select(model_runs::id).order(model_runs::id.desc()).first(connection)?))
}

/// Rows to a statement: no statement may have more than 65,535 values on a server.
const ROWS: usize = 2_000;

/// Many rows at once, which each kind of database words in its own way.
fn insert_predictions(connection: &mut Connection, rows: &[PredictionRow]) -> Outcome<()> {
    let insert = |rows| diesel::insert_into(predictions::table).values(rows);
    match connection {
        Connection::Sqlite(connection) => drop(insert(rows).execute(connection)?),
        Connection::Postgres(connection) => {
            for rows in rows.chunks(ROWS) {
                insert(rows).execute(connection)?;
            }
        }
    }
    Ok(())
}

fn customer_ids(connection: &mut Connection) -> Outcome<FxHashMap<String, i64>> {
    let rows = customers::table.select((customers::external_id, customers::id));
    Ok(rows.load_iter::<(String, i64), _>(connection)?.collect::<Result<_, _>>()?)
}

impl PredictionRow {
    fn of(forecast: &Prediction, run: RunId, ids: &FxHashMap<String, i64>) -> Result<Self, StoreError> {
        let unknown = || StoreError::UnknownCustomer(forecast.customer.clone());
        let [clv_3m, clv_12m, clv_24m] = forecast.clv;
        let [grade_3m, grade_12m, grade_24m] = forecast.grades.map(|grade| grade.to_string());
        Ok(Self {
            run_id: run.0,
            customer_id: ids.get(&forecast.customer).copied().ok_or_else(unknown)?,
            orders: forecast.orders as i64,
            last_purchase: forecast.last_purchase.date(),
            spent_to_date: forecast.spent_to_date.ten_thousandths(),
            chance_to_buy_3m: forecast.chance_to_buy_3m,
            p_alive: forecast.p_alive,
            expected_purchases_3m: forecast.expected_purchases_3m,
            expected_value: forecast.expected_value,
            clv_3m,
            clv_12m,
            clv_24m,
            grade_3m,
            grade_12m,
            grade_24m,
            formula_clv: forecast.formula_clv,
            segment: forecast.segment.to_string(),
            predicted_clv: forecast.predicted_clv,
        })
    }

    fn into_prediction(self, customer: String) -> Outcome<Prediction> {
        let grade = |stored: &str| from_word(&GRADES, "grade", stored);
        Ok(Prediction {
            customer,
            orders: count(self.orders),
            last_purchase: Day::from(self.last_purchase),
            spent_to_date: Money::from_ten_thousandths(self.spent_to_date),
            chance_to_buy_3m: self.chance_to_buy_3m,
            p_alive: self.p_alive,
            expected_purchases_3m: self.expected_purchases_3m,
            expected_value: self.expected_value,
            clv: [self.clv_3m, self.clv_12m, self.clv_24m],
            grades: [grade(&self.grade_3m)?, grade(&self.grade_12m)?, grade(&self.grade_24m)?],
            formula_clv: self.formula_clv,
            segment: from_word(&Segment::ALL, "segment", &self.segment)?,
            predicted_clv: self.predicted_clv,
        })
    }
}

impl TryFrom<RunRow> for ModelRun {
    type Error = Fault;

    fn try_from(row: RunRow) -> Result<Self, Self::Error> {
        let run = NewModelRun {
            created_at: row.created_at,
            as_of: Day::from(row.as_of),
            forecaster: row.forecaster,
            parameters: serde_json::from_str(&row.parameters)?,
            metrics: serde_json::from_str(&row.metrics)?,
            fitted: row.fitted,
        };
        Ok(Self { id: RunId(row.id), run })
    }
}
