//! Customers.

use chrono::NaiveDate;
use diesel::prelude::*;
use patron_domain::Day;
use rustc_hash::FxHashMap;

use super::check::Checks;
use super::list::{behind_prefix, keyset, text, text_or};
use super::lookup::{self, country_names};
use super::numbers::next_id;
use super::stored::refuse_taken;
use super::{EditStored, KeyedStored, Stored, Written, layers};
use crate::connect::{Backend, Connection};
use crate::error::Outcome;
use crate::schema::{customer_changes, customers, model_runs, predictions, sales, transactions};
use crate::{
    CursorKey, CustomerFacts, CustomerId, CustomerPatch, CustomerPersonal, CustomerRecord, CustomerSort,
    Direction, List, NewCustomer,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = customers)]
struct Row {
    id: i64,
    external_id: String,
    name: Option<String>,
    surname: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    country_id: Option<i64>,
    city: Option<String>,
    address: Option<String>,
    zip_code: Option<String>,
    birthday: Option<NaiveDate>,
    gender: Option<String>,
    acquisition_channel: Option<String>,
    imported: bool,
    may_contact: Option<bool>,
    listed_country_id: Option<i64>,
}

impl Stored for CustomerRecord {
    fn read(connection: &mut Connection, id: i64) -> Outcome<Option<Self>> {
        let row = customers::table.find(id).select(Row::as_select()).get_result(connection).optional()?;
        Ok(named(connection, row.into_iter().collect())?.pop())
    }

    fn rows(connection: &mut Connection, list: &List<Self>, limit: i64) -> Outcome<Vec<Self>> {
        let filter = &list.filter;
        let mut query = customers::table.into_boxed::<Backend>();
        if let Some(prefix) = &filter.external_id_prefix {
            query = query.filter(customers::external_id.ge(prefix));
            query = query.filter(customers::external_id.lt(behind_prefix(prefix)));
        }
        if let Some(country) = &filter.country {
            let Some(id) = lookup::country(connection, country)? else { return Ok(Vec::new()) };
            let first = customers::listed_country_id.is_null().and(customers::country_id.eq(id));
            query = query.filter(customers::listed_country_id.eq(id).or(first));
        }
        if let Some(city) = &filter.city {
            query = query.filter(customers::city.eq(city));
        }
        if let Some(gender) = &filter.gender {
            query = query.filter(customers::gender.eq(gender));
        }
        if let Some(channel) = &filter.acquisition_channel {
            query = query.filter(customers::acquisition_channel.eq(channel));
        }
        let query = match list.sort {
            CustomerSort::Id => keyset!(query, list, customers::id),
            CustomerSort::ExternalId => keyset!(query, list, customers::id, customers::external_id, text),
            CustomerSort::City => {
                keyset!(query, list, customers::id, text_or(customers::city, ""), text)
            }
        };
        let rows = query.limit(limit).select(Row::as_select()).load(connection)?;
        named(connection, rows)
    }

    fn sort_key(&self, sort: CustomerSort) -> CursorKey {
        match sort {
            CustomerSort::Id => CursorKey::Number(self.id.0),
            CustomerSort::ExternalId => CursorKey::Text(self.external_id.clone()),
            CustomerSort::City => CursorKey::Text(self.facts.city.clone().unwrap_or_default()),
        }
    }
}

/// Rows with their countries spelled out.
fn named(connection: &mut Connection, rows: Vec<Row>) -> Outcome<Vec<CustomerRecord>> {
    let ids = rows.iter().flat_map(|row| [row.country_id, row.listed_country_id]);
    let names = country_names(connection, ids)?;
    Ok(rows.into_iter().map(|row| record(row, &names)).collect())
}

fn record(row: Row, countries: &FxHashMap<i64, String>) -> CustomerRecord {
    let country = |id: Option<i64>| id.and_then(|id| countries.get(&id)).cloned();
    CustomerRecord {
        id: CustomerId(row.id),
        external_id: row.external_id,
        facts: CustomerFacts {
            country: country(row.listed_country_id),
            city: row.city,
            gender: row.gender,
            acquisition_channel: row.acquisition_channel,
            may_contact: row.may_contact,
        },
        personal: CustomerPersonal {
            name: row.name,
            surname: row.surname,
            email: row.email,
            phone: row.phone,
            address: row.address,
            zip_code: row.zip_code,
            birthday: row.birthday.map(Day::from),
        },
        first_country: country(row.country_id),
        imported: row.imported,
    }
}

impl Written for CustomerRecord {
    type New = NewCustomer;
    type Patch = CustomerPatch;
}

impl EditStored for CustomerRecord {
    const TABLE: &'static str = "customers";

    fn insert(connection: &mut Connection, new: &NewCustomer) -> Outcome<i64> {
        let new = checked(new)?;
        refuse_taken::<Self>(connection, &new.external_id, None)?;
        let country = country_id(connection, &new)?;
        let id = next_id!(connection, customers);
        diesel::insert_into(customers::table)
            .values((customers::id.eq(id), columns(&new, country)))
            .execute(connection)?;
        Ok(id)
    }

    fn patched(&self, patch: &CustomerPatch) -> Outcome<NewCustomer> {
        let mut new = NewCustomer {
            external_id: self.external_id.clone(),
            facts: self.facts.clone(),
            personal: self.personal.clone(),
        };
        super::stored::required("external_id", patch.external_id.clone(), &mut new.external_id)?;
        let patch = patch.clone();
        patch.country.lay_over(&mut new.facts.country);
        patch.city.lay_over(&mut new.facts.city);
        patch.gender.lay_over(&mut new.facts.gender);
        patch.acquisition_channel.lay_over(&mut new.facts.acquisition_channel);
        patch.may_contact.lay_over(&mut new.facts.may_contact);
        patch.name.lay_over(&mut new.personal.name);
        patch.surname.lay_over(&mut new.personal.surname);
        patch.email.lay_over(&mut new.personal.email);
        patch.phone.lay_over(&mut new.personal.phone);
        patch.address.lay_over(&mut new.personal.address);
        patch.zip_code.lay_over(&mut new.personal.zip_code);
        patch.birthday.lay_over(&mut new.personal.birthday);
        Ok(new)
    }

    fn update(
        &self,
        connection: &mut Connection,
        new: &NewCustomer,
        patch: Option<&CustomerPatch>,
    ) -> Outcome<()> {
        let new = checked(new)?;
        refuse_taken::<Self>(connection, &new.external_id, Some(self.id.0))?;
        let country = country_id(connection, &new)?;
        diesel::update(customers::table.find(self.id.0)).set(columns(&new, country)).execute(connection)?;
        layers::forget(connection, self.id.0, |field| patch.is_none_or(|patch| names(patch, field)))
    }

    fn remove(&self, connection: &mut Connection) -> Outcome<()> {
        let id = self.id.0;
        let lines = sales::table.filter(sales::customer_id.eq(id)).count().get_result(connection)?;
        let orders = transactions::table.filter(transactions::customer_id.eq(id)).count();
        let orders = orders.get_result(connection)?;
        super::stored::refuse_referenced::<Self>(id, &[("sales", lines), ("transactions", orders)])?;
        let runs: Vec<i64> = model_runs::table.select(model_runs::id).load(connection)?;
        for run in runs {
            diesel::delete(predictions::table.find((run, id))).execute(connection)?;
        }
        let changes = customer_changes::table.filter(customer_changes::customer_id.eq(id));
        diesel::delete(changes).execute(connection)?;
        diesel::delete(customers::table.find(id)).execute(connection)?;
        Ok(())
    }
}

impl KeyedStored for CustomerRecord {
    fn find(connection: &mut Connection, key: &str) -> Outcome<Option<i64>> {
        lookup::customer(connection, key.trim())
    }

    fn with_key(new: NewCustomer, key: &str) -> NewCustomer {
        NewCustomer { external_id: key.to_owned(), ..new }
    }
}

/// The shape of the row's values, country apart.
fn columns(new: &NewCustomer, country: Option<i64>) -> Columns<'_> {
    let (facts, personal) = (&new.facts, &new.personal);
    Columns {
        external_id: &new.external_id,
        name: personal.name.as_deref(),
        surname: personal.surname.as_deref(),
        email: personal.email.as_deref(),
        phone: personal.phone.as_deref(),
        listed_country_id: country,
        city: facts.city.as_deref(),
        address: personal.address.as_deref(),
        zip_code: personal.zip_code.as_deref(),
        birthday: personal.birthday.map(Day::date),
        gender: facts.gender.as_deref(),
        acquisition_channel: facts.acquisition_channel.as_deref(),
        may_contact: facts.may_contact,
        imported: false,
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = customers, treat_none_as_null = true)]
struct Columns<'a> {
    external_id: &'a str,
    name: Option<&'a str>,
    surname: Option<&'a str>,
    email: Option<&'a str>,
    phone: Option<&'a str>,
    listed_country_id: Option<i64>,
    city: Option<&'a str>,
    address: Option<&'a str>,
    zip_code: Option<&'a str>,
    birthday: Option<NaiveDate>,
    gender: Option<&'a str>,
    acquisition_channel: Option<&'a str>,
    may_contact: Option<bool>,
    imported: bool,
}

fn checked(new: &NewCustomer) -> Outcome<NewCustomer> {
    let (facts, personal) = (&new.facts, &new.personal);
    let mut checks = Checks::new();
    let checked = NewCustomer {
        external_id: checks.key("external_id", &new.external_id),
        facts: CustomerFacts {
            country: checks.maybe("country", facts.country.as_deref()),
            city: checks.maybe("city", facts.city.as_deref()),
            gender: checks.maybe("gender", facts.gender.as_deref()),
            acquisition_channel: checks.maybe("acquisition_channel", facts.acquisition_channel.as_deref()),
            may_contact: facts.may_contact,
        },
        personal: CustomerPersonal {
            name: checks.maybe("name", personal.name.as_deref()),
            surname: checks.maybe("surname", personal.surname.as_deref()),
            email: checks.email("email", personal.email.as_deref()),
            phone: checks.maybe("phone", personal.phone.as_deref()),
            address: checks.maybe("address", personal.address.as_deref()),
            zip_code: checks.maybe("zip_code", personal.zip_code.as_deref()),
            birthday: checks.day("birthday", personal.birthday),
        },
    };
    checks.finish()?;
    Ok(checked)
}

fn country_id(connection: &mut Connection, new: &NewCustomer) -> Outcome<Option<i64>> {
    let country = new.facts.country.as_deref();
    country.map(|name| lookup::country_made(connection, name)).transpose()
}

/// Whether a patch has a word on a field.
fn names(patch: &CustomerPatch, field: &str) -> bool {
    match field {
        "country" => !patch.country.is_leave(),
        "city" => !patch.city.is_leave(),
        "gender" => !patch.gender.is_leave(),
        "acquisition_channel" => !patch.acquisition_channel.is_leave(),
        "may_contact" => !patch.may_contact.is_leave(),
        "name" => !patch.name.is_leave(),
        "surname" => !patch.surname.is_leave(),
        "email" => !patch.email.is_leave(),
        "phone" => !patch.phone.is_leave(),
        "address" => !patch.address.is_leave(),
        "zip_code" => !patch.zip_code.is_leave(),
        "birthday" => !patch.birthday.is_leave(),
        _ => false,
    }
}
