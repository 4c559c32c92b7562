//! From a query and what is given to it to typed rows.

use std::time::Duration;

use patron_domain::{Day, Money, Month};
use rusqlite::types::ValueRef;

use super::{
    ReadyAnswer, ReadyCell, ReadyColumn, ReadyGiven, ReadyKind, ReadyNeed, ReadyParameter,
    ReadyParameterKind, ReadyQuery,
};
use crate::bulk::{COUNTRY, CUSTOMER, Named, find_named, snapshot};
use crate::error::Outcome;
use crate::raw::{Connection, Row, Value};
use crate::{DatabaseUrl, StoreError};

const METHOD: Named = Named {
    what: "payment method",
    find: "SELECT id FROM transactions \
        WHERE coalesce(nullif(lower(trim(payment_method)), ''), 'unknown') = lower(trim(?)) LIMIT 1",
    names: "SELECT DISTINCT payment_method FROM transactions WHERE payment_method IS NOT NULL",
};

/// The answer, with at most `limit` rows, from one state of the database at `url`.
pub(crate) fn read(
    url: &DatabaseUrl,
    patience: Duration,
    query: &ReadyQuery,
    given: &ReadyGiven,
    limit: Option<u64>,
) -> Outcome<ReadyAnswer> {
    query.check(given)?;
    let connection = &snapshot(url, patience)?;
    check_names(connection, given)?;
    let mut statement = connection.prepare(query.sql)?;
    let values = query.parameters.iter().flat_map(|parameter| values(*parameter, given));
    let values: Vec<Value> = values.collect();
    let mut answer = ReadyAnswer::default();
    let mut rows = statement.query(values)?;
    while let Some(row) = rows.next()? {
        if limit.is_none_or(|limit| answer.total < limit) {
            answer.rows.push(cells(&row, query.columns)?);
        }
        answer.total += 1;
    }
    Ok(answer)
}

/// A name must be one of the shop's; in a shop without any, it is an answer without rows.
fn check_names(connection: &Connection, given: &ReadyGiven) -> Outcome<()> {
    let asked = [
        (&CUSTOMER, &given.customer, "SELECT 1 FROM customers LIMIT 1"),
        (&COUNTRY, &given.country, "SELECT 1 FROM countries LIMIT 1"),
        (&METHOD, &given.method, "SELECT 1 FROM transactions LIMIT 1"),
    ];
    for (named, name, any) in asked {
        if name.is_some() && connection.prepare(any)?.exists([])? {
            find_named(connection, named, name.as_deref())?;
        }
    }
    Ok(())
}

/// What is bound for a parameter.
fn values(parameter: ReadyParameter, given: &ReadyGiven) -> Vec<Value> {
    let text = |text: &Option<String>| vec![Value::from(text)];
    match parameter.kind {
        ReadyParameterKind::Month => days(given.month.map(|month| (month, month))),
        ReadyParameterKind::Year => days(given.year.map(|year| {
            let january = Month::from_number(i32::from(year) * 12);
            (january, january.plus(11))
        })),
        ReadyParameterKind::Price => {
            vec![given.price.into()]
        }
        ReadyParameterKind::Count => {
            let default = match parameter.need {
                ReadyNeed::Default(default) => Some(default),
                ReadyNeed::Required | ReadyNeed::Optional => None,
            };
            vec![given.n.or(default).into()]
        }
        ReadyParameterKind::Customer => text(&given.customer),
        ReadyParameterKind::Country => text(&given.country),
        ReadyParameterKind::Method => text(&given.method),
    }
}

/// First and last day of some months.
fn days(months: Option<(Month, Month)>) -> Vec<Value> {
    let first = months.map(|(first, _)| first.first_day().number());
    let last = months.map(|(_, last)| last.last_day().number());
    vec![first.into(), last.into()]
}

fn cells(row: &Row<'_>, columns: &[ReadyColumn]) -> Outcome<Vec<ReadyCell>> {
    (0..).zip(columns).map(|(index, column)| cell(row.get_ref(index)?, column)).collect()
}

fn cell(value: ValueRef<'_>, column: &ReadyColumn) -> Outcome<ReadyCell> {
    let unreadable = || StoreError::Unreadable { what: column.key, value: format!("{value:?}") };
    let day_number = |number: i64| i32::try_from(number).map_err(|_| unreadable());
    Ok(match (column.kind, value) {
        (_, ValueRef::Null) => ReadyCell::Empty,
        (ReadyKind::Text, ValueRef::Text(text)) => {
            ReadyCell::Text(std::str::from_utf8(text).map_err(|_| unreadable())?.to_owned())
        }
        (ReadyKind::Integer, ValueRef::Integer(number)) => ReadyCell::Integer(number),
        (ReadyKind::Money, ValueRef::Integer(amount)) => {
            ReadyCell::Money(Money::from_ten_thousandths(amount))
        }
        (ReadyKind::Day, ValueRef::Integer(number)) => ReadyCell::Day(Day::from_number(day_number(number)?)),
        (ReadyKind::Day, ValueRef::Text(text)) => {
            let day = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
            ReadyCell::Day(day.ok_or_else(unreadable)?)
        }
        (ReadyKind::Month, ValueRef::Integer(number)) => {
            ReadyCell::Month(Month::from_number(day_number(number)?))
        }
        _ => return Err(unreadable().into()),
    })
}
