//! Erasing a person: what tells who it was goes, the numbers stay.

use diesel::prelude::*;
use serde_json::{Map, Value};

use super::audit::{Audit, AuditAction};
use super::fields::is_personal;
use super::hash::hexadecimal;
use super::marks::mark;
use super::person::{self, Person};
use crate::connect::Connection;
use crate::error::Outcome;
use crate::schema::{
    attribute_files, audit, customer_changes, customers, erased, erased_salt, imports, jobs, model_runs,
    predictions, transactions,
};
use crate::{CustomerId, StoreError, Writing};

/// What stands in the place of a text that was erased.
pub(crate) const ERASED_TEXT: &str = "(erased)";

/// What became of a person who was erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// The id that stands for the person from now on.
    pub stand_in: String,
    /// Rows from which something was erased, table by table; tables that held nothing are left out.
    pub rows: Vec<(&'static str, u64)>,
    /// Other customers with an e-mail address of this person: nothing of theirs was touched.
    pub same_address: Vec<CustomerId>,
}

impl Writing<'_> {
    /// Erases a person from every table: names, contact data, city and birthday; what imports and the record of
    /// writes remember of them; the lines in the quarantine that name the person; forecasts in stored runs; e-mail
    /// addresses in reports of imports and of jobs; ids that no customer was found for. An id of its own stands for the
    /// person, in orders made from customer and day too; country, gender and channel stay, as do all sales, so that every
    /// number of the shop stays what it was. Nobody may contact the person any more.
    ///
    /// What is left is a salted hash of each id and e-mail address the person was known by: a file that is imported
    /// later is held against them, and its lines of this person belong to that stand-in. What is written by hand later
    /// is not held against them. `salt`: 32 bytes that nobody can guess, used when this is the first person the
    /// database forgets.
    ///
    /// Erasing somebody once more erases what has come since.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; what the database says.
    pub fn erase(&mut self, customer: CustomerId, salt: [u8; 32]) -> Result<Erasure, StoreError> {
        self.noted(|connection, audit| erase(connection, audit, customer, &salt))
    }
}

fn erase(
    connection: &mut Connection,
    audit: &mut Audit,
    customer: CustomerId,
    salt: &[u8; 32],
) -> Outcome<Erasure> {
    let person = Person::find(connection, customer)?;
    let stand_in = stand_in(connection, &person)?;
    let same_address = same_address(connection, &person)?;
    let aside = person::set_aside(connection, &person)?;
    let counts = [
        ("customers", erase_customer(connection, &person, &stand_in)?),
        ("customer_changes", erase_changes(connection, customer)?),
        ("quarantine", person::blank(connection, &aside, ERASED_TEXT)?),
        ("predictions", erase_predictions(connection, customer)?),
        ("transactions", rename_orders(connection, &person, &stand_in)?),
        ("attribute_files", erase_unmatched(connection, &person)?),
        ("audit", erase_audit(connection, &person)?),
        ("imports", erase_reports(connection, &person)?),
        ("jobs", erase_jobs(connection, &person)?),
    ];
    leave_marks(connection, &person, &stand_in, salt)?;
    audit.note(connection, AuditAction::Erase, "customers", customer.0, None)?;
    let rows = counts.into_iter().filter(|(_, rows)| *rows > 0).collect();
    Ok(Erasure { stand_in, rows, same_address })
}

/// The id that stands for the person: the one there is, else a new one that no other customer has or had.
fn stand_in(connection: &mut Connection, person: &Person) -> Outcome<String> {
    let current = &person.record.external_id;
    let is_stand_in = erased::table.filter(erased::stand_in.eq(current)).count();
    if is_stand_in.get_result::<i64>(connection)? > 0 {
        return Ok(current.clone());
    }
    let mut stand_in = format!("erased-{}", person.record.id);
    for next in 2.. {
        let customers = customers::table.filter(customers::external_id.eq(&stand_in)).count();
        let people = erased::table.filter(erased::stand_in.eq(&stand_in)).count();
        if customers.get_result::<i64>(connection)? + people.get_result::<i64>(connection)? == 0 {
            break;
        }
        stand_in = format!("erased-{}-{next}", person.record.id);
    }
    Ok(stand_in)
}

fn same_address(connection: &mut Connection, person: &Person) -> Outcome<Vec<CustomerId>> {
    let addresses = person.names.iter().filter(|name| name.contains('@'));
    let mut others = Vec::new();
    for address in addresses {
        let same =
            customers::table.filter(customers::email.eq(address).or(customers::external_id.eq(address)));
        others.extend(same.select(customers::id).load::<i64>(connection)?);
    }
    others.sort_unstable();
    others.dedup();
    Ok(others.into_iter().filter(|id| *id != person.record.id.0).map(CustomerId).collect())
}

fn erase_customer(connection: &mut Connection, person: &Person, stand_in: &str) -> Outcome<u64> {
    let (nothing, no_day) = (None::<String>, None::<chrono::NaiveDate>);
    let erased = diesel::update(customers::table.find(person.record.id.0)).set((
        customers::external_id.eq(stand_in),
        customers::name.eq(&nothing),
        customers::surname.eq(&nothing),
        customers::email.eq(&nothing),
        customers::phone.eq(&nothing),
        customers::city.eq(&nothing),
        customers::address.eq(&nothing),
        customers::zip_code.eq(&nothing),
        customers::birthday.eq(no_day),
        customers::may_contact.eq(Some(false)),
    ));
    Ok(erased.execute(connection)? as u64)
}

fn erase_changes(connection: &mut Connection, customer: CustomerId) -> Outcome<u64> {
    let changes = customer_changes::table.filter(customer_changes::customer_id.eq(customer.0));
    Ok(diesel::delete(changes).execute(connection)? as u64)
}

fn erase_predictions(connection: &mut Connection, customer: CustomerId) -> Outcome<u64> {
    let runs: Vec<i64> = model_runs::table.select(model_runs::id).load(connection)?;
    let mut rows = 0;
    for run in runs {
        rows += diesel::delete(predictions::table.find((run, customer.0))).execute(connection)? as u64;
    }
    Ok(rows)
}

/// Orders that were made from customer and day have the customer's id in their number.
fn rename_orders(connection: &mut Connection, person: &Person, stand_in: &str) -> Outcome<u64> {
    let orders = transactions::table
        .filter(transactions::customer_id.eq(person.record.id.0))
        .filter(transactions::derived.eq(true))
        .order(transactions::id)
        .select((transactions::id, transactions::invoice_number));
    let orders: Vec<(i64, String)> = orders.load(connection)?;
    let mut renamed = 0;
    for (id, number) in orders {
        let Some((_, day)) = number.rsplit_once('@').filter(|(name, _)| *name != stand_in && person.is(name))
        else {
            continue;
        };
        let mut new = format!("{stand_in}@{day}");
        // two ids of one person may have had an order on the same day
        for next in 2.. {
            let taken = transactions::table.filter(transactions::invoice_number.eq(&new)).count();
            if taken.get_result::<i64>(connection)? == 0 {
                break;
            }
            new = format!("{stand_in}@{day} ({next})");
        }
        let order = diesel::update(transactions::table.find(id));
        renamed += order.set(transactions::invoice_number.eq(new)).execute(connection)? as u64;
    }
    Ok(renamed)
}

fn erase_unmatched(connection: &mut Connection, person: &Person) -> Outcome<u64> {
    let files = attribute_files::table.select((attribute_files::id, attribute_files::unmatched));
    let files: Vec<(i64, String)> = files.load(connection)?;
    let mut changed = 0;
    for (id, unmatched) in files {
        let before: Vec<String> = serde_json::from_str(&unmatched)?;
        let after: Vec<&String> = before.iter().filter(|name| !person.is(name)).collect();
        if after.len() < before.len() {
            let text = serde_json::to_string(&after)?;
            let file = diesel::update(attribute_files::table.find(id));
            changed += file.set(attribute_files::unmatched.eq(text)).execute(connection)? as u64;
        }
    }
    Ok(changed)
}

/// Values in the record of writes: of the customer's own row all that tells who it was, elsewhere e-mail addresses.
fn erase_audit(connection: &mut Connection, person: &Person) -> Outcome<u64> {
    let rows = audit::table.filter(audit::changes.is_not_null());
    let rows = rows.select((audit::id, audit::resource, audit::row_id, audit::changes)).order(audit::id);
    let rows: Vec<(i64, String, i64, Option<String>)> = rows.load(connection)?;
    let mut changed = 0;
    for (id, resource, row, text) in rows {
        let Some(text) = text else { continue };
        let is_own = resource == "customers" && row == person.record.id.0;
        if !is_own && !person.has_address_in(&text) {
            continue;
        }
        let mut changes: Map<String, Value> = serde_json::from_str(&text)?;
        for (field, pair) in &mut changes {
            let tells = is_own && (is_personal(field) || matches!(field.as_str(), "external_id" | "city"));
            if tells || person.has_address_in(&pair.to_string()) {
                *pair = Value::Array(vec![Value::Null, Value::Null]);
            }
        }
        let left = serde_json::to_string(&changes)?;
        if left != text {
            let entry = diesel::update(audit::table.find(id));
            changed += entry.set(audit::changes.eq(left)).execute(connection)? as u64;
        }
    }
    Ok(changed)
}

/// E-mail addresses in the reports of imports: in a sentence about the file, or a status that was none.
fn erase_reports(connection: &mut Connection, person: &Person) -> Outcome<u64> {
    let reports: Vec<(i64, String)> =
        imports::table.select((imports::id, imports::report)).load(connection)?;
    let mut changed = 0;
    for (id, report) in reports {
        if person.has_address_in(&report) {
            let row = diesel::update(imports::table.find(id));
            changed += row.set(imports::report.eq(without(person, &report)?)).execute(connection)? as u64;
        }
    }
    Ok(changed)
}

fn erase_jobs(connection: &mut Connection, person: &Person) -> Outcome<u64> {
    type Texts = (i64, String, Option<String>, Option<String>, Option<String>);
    let told = jobs::table.select((jobs::id, jobs::request, jobs::progress, jobs::outcome, jobs::error));
    let told: Vec<Texts> = told.load(connection)?;
    let mut changed = 0;
    for (id, request, progress, outcome, error) in told {
        let texts = [Some(&request), progress.as_ref(), outcome.as_ref(), error.as_ref()];
        if !texts.into_iter().flatten().any(|text| person.has_address_in(text)) {
            continue;
        }
        let json = |text: Option<String>| text.map(|text| without(person, &text)).transpose();
        let row = diesel::update(jobs::table.find(id)).set((
            jobs::request.eq(without(person, &request)?),
            jobs::progress.eq(json(progress)?),
            jobs::outcome.eq(json(outcome)?),
            jobs::error.eq(error.filter(|error| !person.has_address_in(error))),
        ));
        changed += row.execute(connection)? as u64;
    }
    Ok(changed)
}

/// JSON without the texts in it that have an e-mail address of the person.
fn without(person: &Person, json: &str) -> Outcome<String> {
    let mut value: Value = serde_json::from_str(json)?;
    blank_texts(person, &mut value);
    Ok(serde_json::to_string(&value)?)
}

fn blank_texts(person: &Person, value: &mut Value) {
    match value {
        Value::String(text) if person.has_address_in(text) => *text = ERASED_TEXT.to_owned(),
        Value::Array(values) => values.iter_mut().for_each(|value| blank_texts(person, value)),
        Value::Object(fields) => fields.values_mut().for_each(|value| blank_texts(person, value)),
        _ => {}
    }
}

fn leave_marks(connection: &mut Connection, person: &Person, stand_in: &str, salt: &[u8; 32]) -> Outcome<()> {
    let stored = erased_salt::table.select(erased_salt::salt).first::<String>(connection).optional()?;
    let salt = match stored {
        Some(salt) => salt,
        None => {
            let salt = hexadecimal(salt);
            let row = (erased_salt::id.eq(1), erased_salt::salt.eq(&salt));
            diesel::insert_into(erased_salt::table).values(row).execute(connection)?;
            salt
        }
    };
    for name in person.names.iter().filter(|name| *name != stand_in) {
        let mark = mark(&salt, name);
        let known = erased::table.find(&mark).select(erased::stand_in).first::<String>(connection);
        if known.optional()?.is_none() {
            let row = (erased::mark.eq(mark), erased::stand_in.eq(stand_in));
            diesel::insert_into(erased::table).values(row).execute(connection)?;
        }
    }
    Ok(())
}
