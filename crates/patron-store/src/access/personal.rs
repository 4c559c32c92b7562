//! Everything that is held about a person.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use patron_domain::Day;
use serde_json::{Map, Value};

use super::audit::{AuditEntry, AuditFilter};
use super::person::{self, Person};
use crate::connect::Connection;
use crate::error::Outcome;
use crate::schema::{attribute_files, imports, model_runs};
use crate::{
    CustomerId, CustomerRecord, ImportId, List, Prediction, QuarantineEntry, Reading, Refer, Resource, RunId,
    SaleFilter, SaleRecord, StoreError, TransactionFilter, TransactionRecord,
};

/// Everything that is held about a person.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonalData {
    /// The customer; what files of customers have told stands here too.
    pub customer: CustomerRecord,
    /// What sales files have written over: the former values, import by import.
    pub former: Vec<(ImportId, Map<String, Value>)>,
    /// Orders.
    pub transactions: Vec<TransactionRecord>,
    /// Sale lines.
    pub sales: Vec<SaleRecord>,
    /// Lines that were set aside and name the person.
    pub quarantine: Vec<QuarantineEntry>,
    /// Writes of the customer's row, the latest first.
    pub audit: Vec<AuditEntry>,
    /// Forecasts in stored runs, oldest run first.
    pub predictions: Vec<StoredForecast>,
    /// Imports that brought the person's lines or contact data: number and name of the file.
    pub imports: Vec<(ImportId, String)>,
    /// Files of customers that name the person but were found to mean nobody, by name.
    pub unmatched_in: Vec<String>,
}

/// A forecast in a stored run.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredForecast {
    /// The run.
    pub run: RunId,
    /// When it was stored.
    pub created_at: NaiveDateTime,
    /// The day up to which it has seen.
    pub as_of: Day,
    /// What it says.
    pub prediction: Prediction,
}

impl Reading<'_> {
    /// Everything that is held about a person.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; what the database says.
    pub fn personal(&mut self, customer: CustomerId) -> Result<PersonalData, StoreError> {
        let (person, former, quarantine) = self.run(|connection| {
            let person = Person::find(connection, customer)?;
            let former = person::contact_changes(connection, customer)?;
            let quarantine = person::set_aside(connection, &person)?;
            Ok((person, former, quarantine))
        })?;
        let sales = SaleFilter { customer: Some(Refer::Id(customer)), ..SaleFilter::default() };
        let sales: Vec<SaleRecord> = self.all(sales)?;
        let orders =
            TransactionFilter { customer: Some(Refer::Id(customer)), ..TransactionFilter::default() };
        let transactions = self.all(orders)?;
        let writes = AuditFilter {
            resource: Some("customers".to_owned()),
            row: Some(customer.0),
            ..Default::default()
        };
        let audit = self.audit(&writes, u32::MAX)?;
        let external_id = person.record.external_id.clone();
        let (predictions, imports, unmatched_in) = self.run(|connection| {
            let of_lines = sales.iter().map(|sale| sale.id.0);
            Ok((
                forecasts(connection, customer, &external_id)?,
                brought_by(connection, of_lines, &former, &quarantine)?,
                unmatched(connection, &person)?,
            ))
        })?;
        let customer = person.record;
        Ok(PersonalData {
            customer,
            former,
            transactions,
            sales,
            quarantine,
            audit,
            predictions,
            imports,
            unmatched_in,
        })
    }

    fn all<R: Resource>(&mut self, filter: R::Filter) -> Result<Vec<R>, StoreError> {
        let mut list = List::<R> { filter, limit: List::<R>::MAX_LIMIT, ..List::default() };
        let mut rows = Vec::new();
        loop {
            let page = self.list(&list)?;
            rows.extend(page.items);
            list.after = page.next;
            if list.after.is_none() {
                return Ok(rows);
            }
        }
    }
}

fn forecasts(
    connection: &mut Connection,
    customer: CustomerId,
    external_id: &str,
) -> Outcome<Vec<StoredForecast>> {
    let runs = model_runs::table.order(model_runs::id);
    let runs = runs.select((model_runs::id, model_runs::created_at, model_runs::as_of));
    let runs: Vec<(i64, NaiveDateTime, chrono::NaiveDate)> = runs.load(connection)?;
    let mut forecasts = Vec::new();
    for (run, created_at, as_of) in runs {
        let prediction = crate::queries::runs::prediction(connection, RunId(run), customer, external_id)?;
        let (run, as_of) = (RunId(run), Day::from(as_of));
        forecasts.extend(prediction.map(|prediction| StoredForecast { run, created_at, as_of, prediction }));
    }
    Ok(forecasts)
}

/// The imports with one of these sales, a contact change, or a line set aside.
fn brought_by(
    connection: &mut Connection,
    sales: impl Iterator<Item = i64>,
    former: &[(ImportId, Map<String, Value>)],
    quarantine: &[QuarantineEntry],
) -> Outcome<Vec<(ImportId, String)>> {
    let mut sales: Vec<i64> = sales.collect();
    sales.sort_unstable();
    let known = imports::table.order(imports::id);
    let known =
        known.select((imports::id, imports::file_name, imports::first_sale_id, imports::last_sale_id));
    let known: Vec<(i64, String, i64, i64)> = known.load(connection)?;
    let has_sale = |first: i64, last: i64| {
        let place = sales.partition_point(|sale| *sale < first);
        sales.get(place).is_some_and(|sale| *sale <= last)
    };
    let brought = known.into_iter().filter(|(id, _, first, last)| {
        has_sale(*first, *last)
            || former.iter().any(|(import, _)| import.0 == *id)
            || quarantine.iter().any(|line| line.import.0 == *id)
    });
    Ok(brought.map(|(id, file, ..)| (ImportId(id), file)).collect())
}

fn unmatched(connection: &mut Connection, person: &Person) -> Outcome<Vec<String>> {
    let files = attribute_files::table.order(attribute_files::id);
    let files = files.select((attribute_files::file_name, attribute_files::unmatched));
    let mut found = Vec::new();
    for (file, unmatched) in files.load::<(String, String)>(connection)? {
        let unmatched: Vec<String> = serde_json::from_str(&unmatched)?;
        found.extend(unmatched.iter().any(|name| person.is(name)).then_some(file));
    }
    Ok(found)
}
