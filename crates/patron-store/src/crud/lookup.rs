//! Rows that other rows name.
//!
//! Here and beside, one row is asked for with `get_result`, not `first`: `first` binds a limit, and SQLite plans a statement
//! with a bound limit anew at each execution, which costs more than finding the row.

use chrono::Datelike;
use diesel::prelude::*;
use patron_domain::Day;
use rustc_hash::FxHashMap;

use super::numbers::next_id;
use crate::connect::Connection;
use crate::error::Outcome;
use crate::schema::{countries, customers, dates, products, transactions};
use crate::{CountryId, CustomerId, ProductId, Refer, TransactionId};

/// Whether a row that is named is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// It has this id.
    Found(i64),
    /// It is not there, and has no number that it should have.
    New(String),
    /// There is none with that number.
    Unknown(i64),
}

impl Named {
    pub(super) fn id(&self) -> Option<i64> {
        match self {
            Self::Found(id) => Some(*id),
            Self::New(_) | Self::Unknown(_) => None,
        }
    }
}

/// Ids of the kinds of rows that others name.
pub(super) trait Nameable: Copy + Into<i64> {
    /// What it is called in messages.
    const WHAT: &'static str;
    fn with_key(connection: &mut Connection, key: &str) -> Outcome<Option<i64>>;
    fn is_there(connection: &mut Connection, id: i64) -> Outcome<bool>;
}

macro_rules! nameable {
    ($name:ident, $table:ident, $what:literal, $find:expr) => {
        impl Nameable for $name {
            const WHAT: &'static str = $what;

            fn with_key(connection: &mut Connection, key: &str) -> Outcome<Option<i64>> {
                $find(connection, key)
            }

            fn is_there(connection: &mut Connection, id: i64) -> Outcome<bool> {
                let found = $table::table.find(id).select($table::id).get_result::<i64>(connection);
                Ok(found.optional()?.is_some())
            }
        }
    };
}
nameable!(CustomerId, customers, "customer", customer);
nameable!(ProductId, products, "product", product);
nameable!(TransactionId, transactions, "transaction", transaction);
nameable!(CountryId, countries, "country", country);

/// The row that is named.
pub(super) fn resolve<I: Nameable>(connection: &mut Connection, named: &Refer<I>) -> Outcome<Named> {
    match named {
        Refer::Id(id) => {
            let id = (*id).into();
            Ok(if I::is_there(connection, id)? { Named::Found(id) } else { Named::Unknown(id) })
        }
        Refer::Key(key) => {
            let key = key.trim();
            Ok(I::with_key(connection, key)?.map_or_else(|| Named::New(key.to_owned()), Named::Found))
        }
    }
}

pub(super) fn customer(connection: &mut Connection, external_id: &str) -> Outcome<Option<i64>> {
    let found = customers::table.filter(customers::external_id.eq(external_id)).select(customers::id);
    Ok(found.get_result(connection).optional()?)
}

pub(super) fn product(connection: &mut Connection, sku: &str) -> Outcome<Option<i64>> {
    let found = products::table.filter(products::sku.eq(sku)).select(products::id);
    Ok(found.get_result(connection).optional()?)
}

pub(super) fn transaction(connection: &mut Connection, number: &str) -> Outcome<Option<i64>> {
    let found = transactions::table.filter(transactions::invoice_number.eq(number)).select(transactions::id);
    Ok(found.get_result(connection).optional()?)
}

/// A country by its name, else by the same letters in another case.
pub(super) fn country(connection: &mut Connection, name: &str) -> Outcome<Option<i64>> {
    let exact = countries::table.filter(countries::name.eq(name)).select(countries::id);
    if let Some(id) = exact.get_result(connection).optional()? {
        return Ok(Some(id));
    }
    let all = countries::table.order(countries::id).select((countries::id, countries::name));
    let all: Vec<(i64, String)> = all.load(connection)?;
    let lower = name.to_lowercase();
    Ok(all.into_iter().find(|(_, name)| name.to_lowercase() == lower).map(|(id, _)| id))
}

/// The country with that name, which is made where there is none.
pub(super) fn country_made(connection: &mut Connection, name: &str) -> Outcome<i64> {
    match country(connection, name)? {
        Some(id) => Ok(id),
        None => {
            let id = next_id!(connection, countries);
            let new = (countries::id.eq(id), countries::name.eq(name));
            diesel::insert_into(countries::table).values(new).execute(connection)?;
            Ok(id)
        }
    }
}

/// Names of countries by id.
pub(super) fn country_names(
    connection: &mut Connection,
    ids: impl IntoIterator<Item = Option<i64>>,
) -> Outcome<FxHashMap<i64, String>> {
    let mut names = FxHashMap::default();
    for id in ids.into_iter().flatten() {
        if let std::collections::hash_map::Entry::Vacant(place) = names.entry(id) {
            place.insert(countries::table.find(id).select(countries::name).get_result(connection)?);
        }
    }
    Ok(names)
}

/// Puts a day into the calendar table if it is not there.
pub(super) fn day_made(connection: &mut Connection, day: Day) -> Outcome<i32> {
    let id = day.number();
    let found = dates::table.find(id).select(dates::id).get_result::<i32>(connection).optional()?;
    if found.is_none() {
        let (date, week) = (day.date(), day.date().iso_week());
        let number = |number: u32| number.cast_signed();
        diesel::insert_into(dates::table)
            .values((
                dates::id.eq(id),
                dates::date.eq(date),
                dates::month.eq(number(date.month())),
                dates::month_name.eq(date.format("%B").to_string()),
                dates::year.eq(date.year()),
                dates::quarter.eq(number(date.month0() / 3 + 1)),
                dates::day_of_month.eq(number(date.day())),
                dates::day_of_year.eq(number(date.ordinal())),
                dates::day_of_week.eq(number(date.weekday().number_from_monday())),
                dates::day_name.eq(date.format("%A").to_string()),
                dates::iso_year.eq(week.year()),
                dates::iso_week.eq(number(week.week())),
                dates::week_of_month.eq(number(date.day0() / 7 + 1)),
            ))
            .execute(connection)?;
    }
    Ok(id)
}
