//! By which ids and addresses a person is known in the database.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde_json::{Map, Value};

use super::marks::{named_in, normal};
use crate::connect::Connection;
use crate::error::Outcome;
use crate::schema::{audit, customer_changes, quarantine};
use crate::{CustomerId, CustomerRecord, ImportId, QuarantineEntry, StoreError};

/// Rows that are looked through at a time.
const PAGE: i64 = 2_000;

/// A customer, and every id and e-mail address the person is or was known by.
pub(super) struct Person {
    pub(super) record: CustomerRecord,
    /// As they are compared; e-mail addresses in lower case.
    pub(super) names: BTreeSet<String>,
}

impl Person {
    /// # Errors
    /// [`StoreError::Missing`]; what the database says.
    pub(super) fn find(connection: &mut Connection, customer: CustomerId) -> Outcome<Self> {
        let record = <CustomerRecord as crate::crud::Stored>::read(connection, customer.0)?;
        let missing = || StoreError::Missing { what: "customer", key: customer.to_string() };
        let record = record.ok_or_else(missing)?;
        let mut person = Self { names: BTreeSet::new(), record };
        person.add(Some(&person.record.external_id.clone()));
        person.add(person.record.personal.email.clone().as_deref());
        for (_, former) in contact_changes(connection, customer)? {
            person.add(former.get("email").and_then(Value::as_str));
        }
        let changed = audit::table
            .filter(audit::resource.eq("customers"))
            .filter(audit::row_id.eq(customer.0))
            .filter(audit::changes.is_not_null())
            .select(audit::changes);
        for changes in changed.load::<Option<String>>(connection)?.into_iter().flatten() {
            let changes: Map<String, Value> = serde_json::from_str(&changes)?;
            for field in ["external_id", "email"] {
                let values = changes.get(field).and_then(Value::as_array).into_iter().flatten();
                values.for_each(|value| person.add(value.as_str()));
            }
        }
        Ok(person)
    }

    fn add(&mut self, name: Option<&str>) {
        let name = name.map(normal).filter(|name| !name.is_empty());
        self.names.extend(name.map(|name| name.into_owned()));
    }

    /// Whether a text is one of the names.
    pub(super) fn is(&self, text: &str) -> bool {
        self.names.contains(normal(text).as_ref())
    }

    /// Whether a line of a file names the person.
    pub(super) fn is_in(&self, line: &str) -> bool {
        named_in(line).any(|text| self.is(text))
    }

    /// Whether a text that may be about anything has one of the person's e-mail addresses in it. An id that is no
    /// address is not looked for: it may be a number that means something else.
    pub(super) fn has_address_in(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        self.names.iter().any(|name| name.contains('@') && lower.contains(name.as_str()))
    }
}

/// What sales files have written over, import by import.
pub(super) fn contact_changes(
    connection: &mut Connection,
    customer: CustomerId,
) -> Outcome<Vec<(ImportId, Map<String, Value>)>> {
    let rows = customer_changes::table
        .filter(customer_changes::customer_id.eq(customer.0))
        .order(customer_changes::import_id)
        .select((customer_changes::import_id, customer_changes::former));
    let rows: Vec<(i64, String)> = rows.load(connection)?;
    rows.into_iter().map(|(import, former)| Ok((ImportId(import), serde_json::from_str(&former)?))).collect()
}

/// The lines that were set aside and name the person, in the order written.
pub(super) fn set_aside(connection: &mut Connection, person: &Person) -> Outcome<Vec<QuarantineEntry>> {
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let page = crate::queries::quarantine::page(connection, None, after, PAGE as u32)?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.id;
        found.extend(page.into_iter().filter(|entry| person.is_in(&entry.line.raw)));
    }
}

/// Takes the text of lines that were set aside away; their number.
pub(super) fn blank(connection: &mut Connection, lines: &[QuarantineEntry], text: &str) -> Outcome<u64> {
    for line in lines {
        diesel::update(quarantine::table.find(line.id))
            .set((quarantine::raw.eq(text), quarantine::reason.eq(text)))
            .execute(connection)?;
    }
    Ok(lines.len() as u64)
}
