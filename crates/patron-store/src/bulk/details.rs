//! What is known of one customer or product, read and written as a whole.

use patron_domain::{CustomerAttributes, Day, Money, ProductAttributes};
use rusqlite::{Connection, OptionalExtension, Row, Statement, params};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use crate::StoreError;
use crate::error::Outcome;

/// Values by field name, as the domain's types name their fields.
pub(super) type Fields = Map<String, Value>;

/// The fields of one kind of attributes.
pub(super) trait Detailed: Sized {
    /// The statement that reads them by id.
    const READ: &'static str;
    /// The statement that writes them by id.
    const WRITE: &'static str;

    fn of_row(row: &Row<'_>) -> Outcome<Self>;
    fn execute(&self, write: &mut Statement<'_>, id: i64, countries: &mut Countries<'_>) -> Outcome<()>;
    fn to_fields(&self) -> Result<Fields, serde_json::Error>;
    fn from_fields(fields: Fields) -> Result<Self, serde_json::Error>;
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

    /// Writes `fields` over what is there, a null as nothing known, and returns what they held before.
    pub(super) fn overlay<T: Detailed>(&mut self, id: i64, fields: Fields) -> Outcome<Fields> {
        let mut rows = self.read.query([id])?;
        let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let mut all = T::of_row(row)?.to_fields()?;
        drop(rows);
        let mut former = Fields::new();
        for (field, value) in fields {
            let before = all.insert(field.clone(), value).unwrap_or(Value::Null);
            former.insert(field, before);
        }
        T::from_fields(all)?.execute(&mut self.write, id, &mut self.countries)?;
        Ok(former)
    }
}

/// The fields that say something.
pub(super) fn given<T: Detailed>(details: &T) -> Result<Fields, serde_json::Error> {
    let mut fields = details.to_fields()?;
    fields.retain(|_, value| !value.is_null());
    Ok(fields)
}

/// Ids of countries by name.
pub(super) struct Countries<'c> {
    find: Statement<'c>,
    insert: Statement<'c>,
    met: FxHashMap<String, i64>,
}

impl<'c> Countries<'c> {
    fn new(connection: &'c Connection) -> Outcome<Self> {
        Ok(Self {
            find: connection.prepare("SELECT id FROM countries WHERE name = ?")?,
            insert: connection.prepare("INSERT INTO countries (name) VALUES (?)")?,
            met: FxHashMap::default(),
        })
    }

    /// The id of a country, which is put into the table if it is not there.
    fn id(&mut self, name: Option<&str>) -> Outcome<Option<i64>> {
        let Some(name) = name else { return Ok(None) };
        if let Some(id) = self.met.get(name) {
            return Ok(Some(*id));
        }
        let found = self.find.query_row([name], |row| row.get(0)).optional()?;
        let id = found.map_or_else(|| self.insert.insert([name]), Ok)?;
        self.met.insert(name.to_owned(), id);
        Ok(Some(id))
    }
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
            birthday: day(row.get(8)?)?,
            gender: row.get(9)?,
            acquisition_channel: row.get(10)?,
            may_contact: row.get(11)?,
        })
    }

    fn execute(&self, write: &mut Statement<'_>, id: i64, countries: &mut Countries<'_>) -> Outcome<()> {
        write.execute(params![
            id,
            self.name,
            self.surname,
            self.email,
            self.phone,
            countries.id(self.country.as_deref())?,
            self.city,
            self.address,
            self.zip_code,
            self.birthday.map(String::from),
            self.gender,
            self.acquisition_channel,
            self.may_contact,
        ])?;
        Ok(())
    }

    fn to_fields(&self) -> Result<Fields, serde_json::Error> {
        fields(serde_json::to_value(self)?)
    }

    fn from_fields(fields: Fields) -> Result<Self, serde_json::Error> {
        serde_json::from_value(Value::Object(fields))
    }
}

impl Detailed for ProductAttributes {
    const READ: &'static str = include_str!("../sql/read_product.sql");
    const WRITE: &'static str = include_str!("../sql/write_product.sql");

    fn of_row(row: &Row<'_>) -> Outcome<Self> {
        Ok(Self {
            category: row.get(0)?,
            producer_country: row.get(1)?,
            price: row.get::<_, Option<i64>>(2)?.map(Money::from_ten_thousandths),
            unit_cost: row.get::<_, Option<i64>>(3)?.map(Money::from_ten_thousandths),
            launched: day(row.get(4)?)?,
            retired: day(row.get(5)?)?,
        })
    }

    fn execute(&self, write: &mut Statement<'_>, id: i64, countries: &mut Countries<'_>) -> Outcome<()> {
        write.execute(params![
            id,
            self.category,
            countries.id(self.producer_country.as_deref())?,
            self.price.map(Money::ten_thousandths),
            self.unit_cost.map(Money::ten_thousandths),
            self.launched.map(String::from),
            self.retired.map(String::from),
        ])?;
        Ok(())
    }

    fn to_fields(&self) -> Result<Fields, serde_json::Error> {
        fields(serde_json::to_value(self)?)
    }

    fn from_fields(fields: Fields) -> Result<Self, serde_json::Error> {
        serde_json::from_value(Value::Object(fields))
    }
}

fn fields(value: Value) -> Result<Fields, serde_json::Error> {
    serde_json::from_value(value)
}

/// A stored day.
pub(super) fn day(stored: Option<String>) -> Result<Option<Day>, StoreError> {
    let parse =
        |text: String| text.parse().map_err(|_| StoreError::Unreadable { what: "day", value: text.clone() });
    stored.map(parse).transpose()
}
