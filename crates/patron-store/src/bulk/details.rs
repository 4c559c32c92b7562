//! What is known of one customer or product, read and written as a whole.

use chrono::NaiveDate;
use patron_domain::{CustomerAttributes, Day, Money, ProductAttributes};
use rusqlite::types::ValueRef;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::codes::next_id;
use crate::StoreError;
use crate::error::Outcome;
use crate::raw::{Connection, Row, Statement, params};

/// Values by field name, as the domain's types name their fields.
pub(super) type Fields = Map<String, Value>;

/// The fields of one kind of attributes.
pub(super) trait Detailed: Sized + Default {
    /// The statement that reads them by id.
    const READ: &'static str;
    /// The statement that writes them by id.
    const WRITE: &'static str;

    /// From what [`Detailed::READ`] yields.
    fn of_row(row: &Row<'_>) -> Outcome<Self>;
    /// Into the parameters of [`Detailed::WRITE`].
    fn execute(&self, write: &mut Statement<'_>, id: i64, countries: &mut Countries<'_>) -> Outcome<()>;

    /// Takes over every field that `said` knows.
    fn lay_over(&mut self, said: &Self);
    /// The values of the fields that `said` knows.
    fn before(&self, said: &Self) -> Result<Fields, serde_json::Error>;
    /// Sets a field; null is nothing known.
    fn put(&mut self, field: &str, value: Value) -> Result<(), serde_json::Error>;
    /// The values of the fields that are known.
    fn fields(&self) -> Result<Fields, serde_json::Error> {
        self.before(self)
    }
    /// Whether a field is known.
    fn says(&self, field: &str) -> bool;
    /// The first field on which both have a word, and not the same.
    fn contradiction(&self, other: &Self) -> Option<&'static str>;
}

/// The part of [`Detailed`] that goes field by field.
macro_rules! by_field {
    ($($field:ident),+) => {
        fn lay_over(&mut self, said: &Self) {
            $(if said.$field.is_some() { self.$field.clone_from(&said.$field); })+
        }

        fn before(&self, said: &Self) -> Result<Fields, serde_json::Error> {
            let mut fields = Fields::new();
            $(if said.$field.is_some() {
                fields.insert(stringify!($field).to_owned(), serde_json::to_value(&self.$field)?);
            })+
            Ok(fields)
        }

        fn put(&mut self, field: &str, value: Value) -> Result<(), serde_json::Error> {
            match field {
                $(stringify!($field) => self.$field = serde_json::from_value(value)?,)+
                _ => {}
            }
            Ok(())
        }

        fn says(&self, field: &str) -> bool {
            match field {
                $(stringify!($field) => self.$field.is_some(),)+
                _ => false,
            }
        }

        fn contradiction(&self, other: &Self) -> Option<&'static str> {
            $(if self.$field.is_some() && other.$field.is_some() && self.$field != other.$field {
                return Some(stringify!($field));
            })+
            None
        }
    };
}

/// Reads and writes the details of customers or products.
pub(super) struct Details<'c> {
    read: Statement<'c>,
    write: Statement<'c>,
    countries: Countries<'c>,
}

impl<'c> Details<'c> {
    /// Of the table that `T` is about.
    pub(super) fn new<T: Detailed>(connection: &'c Connection) -> Outcome<Self> {
        Ok(Self {
            read: connection.prepare(T::READ)?,
            write: connection.prepare(T::WRITE)?,
            countries: Countries::new(connection)?,
        })
    }

    /// What is known.
    pub(super) fn read<T: Detailed>(&mut self, id: i64) -> Outcome<T> {
        self.read.query_row([id], |row| T::of_row(row))
    }

    /// Puts this in its place, blanks included.
    pub(super) fn write<T: Detailed>(&mut self, id: i64, details: &T) -> Outcome<()> {
        details.execute(&mut self.write, id, &mut self.countries)
    }
}

/// Ids of countries by name.
pub(super) struct Countries<'c> {
    connection: &'c Connection,
    ids: FxHashMap<String, i64>,
    /// By name without regard to case; of countries that differ in nothing else, the first.
    in_lower_case: FxHashMap<String, i64>,
}

impl<'c> Countries<'c> {
    fn new(connection: &'c Connection) -> Outcome<Self> {
        let mut countries =
            Self { connection, ids: FxHashMap::default(), in_lower_case: FxHashMap::default() };
        let mut statement = connection.prepare("SELECT name, id FROM countries ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            countries.add(row.get(0)?, row.get(1)?);
        }
        Ok(countries)
    }

    /// The id of a country, which is put into the table if it is not there in any case of its letters.
    fn id(&mut self, name: Option<&str>) -> Outcome<Option<i64>> {
        let Some(name) = name else { return Ok(None) };
        let found = self.ids.get(name).or_else(|| self.in_lower_case.get(&in_lower_case(name)));
        if let Some(id) = found {
            return Ok(Some(*id));
        }
        let id = next_id(self.connection, "countries")?;
        self.connection
            .execute("INSERT INTO countries (id, name) VALUES (?, ?)", params![id, name.trim()])?;
        self.add(name.trim().to_owned(), id);
        Ok(Some(id))
    }

    fn add(&mut self, name: String, id: i64) {
        self.in_lower_case.entry(in_lower_case(&name)).or_insert(id);
        self.ids.insert(name, id);
    }
}

fn in_lower_case(name: &str) -> String {
    name.trim().to_lowercase()
}

impl Detailed for CustomerAttributes {
    const READ: &'static str = include_str!("../sql/read_customer.sql");
    const WRITE: &'static str = include_str!("../sql/write_customer.sql");

    fn of_row(row: &Row<'_>) -> Outcome<Self> {
        Ok(Self {
            name: row.get(0)?,
            surname: row.get(1)?,
            email: row.get(2)?,
            phone: row.get(3)?,
            country: row.get(4)?,
            city: row.get(5)?,
            address: row.get(6)?,
            zip_code: row.get(7)?,
            birthday: day(row.get_ref(8)?)?,
            gender: row.get(9)?,
            acquisition_channel: row.get(10)?,
            may_contact: row.get(11)?,
        })
    }

    fn execute(&self, write: &mut Statement<'_>, id: i64, countries: &mut Countries<'_>) -> Outcome<()> {
        write.execute(params![
            id,
            &self.name,
            &self.surname,
            &self.email,
            &self.phone,
            countries.id(self.country.as_deref())?,
            &self.city,
            &self.address,
            &self.zip_code,
            self.birthday,
            &self.gender,
            &self.acquisition_channel,
            self.may_contact,
        ])?;
        Ok(())
    }

    by_field!(
        name,
        surname,
        email,
        phone,
        country,
        city,
        address,
        zip_code,
        birthday,
        gender,
        acquisition_channel,
        may_contact
    );
}

impl Detailed for ProductAttributes {
    const READ: &'static str = include_str!("../sql/read_product.sql");
    const WRITE: &'static str = include_str!("../sql/write_product.sql");

    fn of_row(row: &Row<'_>) -> Outcome<Self> {
        Ok(Self {
            category: row.get(0)?,
            producer_country: row.get(1)?,
            price: row.get::<Option<i64>>(2)?.map(Money::from_ten_thousandths),
            unit_cost: row.get::<Option<i64>>(3)?.map(Money::from_ten_thousandths),
            launched: day(row.get_ref(4)?)?,
            retired: day(row.get_ref(5)?)?,
        })
    }

    fn execute(&self, write: &mut Statement<'_>, id: i64, countries: &mut Countries<'_>) -> Outcome<()> {
        write.execute(params![
            id,
            &self.category,
            countries.id(self.producer_country.as_deref())?,
            self.price,
            self.unit_cost,
            self.launched,
            self.retired,
        ])?;
        Ok(())
    }

    by_field!(category, producer_country, price, unit_cost, launched, retired);
}

/// A stored day.
pub(super) fn day(stored: ValueRef<'_>) -> Result<Option<Day>, StoreError> {
    let unreadable = || StoreError::Unreadable { what: "day", value: format!("{stored:?}") };
    let Some(text) = stored.as_str_or_null().map_err(|_| unreadable())? else { return Ok(None) };
    plain_day(text).or_else(|| text.parse().ok()).map(Some).ok_or_else(unreadable)
}

/// A day written as 2011-12-09, without the detour through a format.
fn plain_day(text: &str) -> Option<Day> {
    let (year, rest) = text.split_once('-').filter(|(year, _)| year.len() == 4)?;
    let (month, day) = rest.split_once('-')?;
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).map(Day::from)
}
