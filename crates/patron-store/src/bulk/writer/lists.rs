//! The shop's own lists of customers, products and costs, as part of an import that begins with them.

use patron_domain::{AttributeKind, CustomerRow, MarketingCosts, ProductRow};
use rustc_hash::FxHashMap;

use super::ImportWriter;
use crate::bulk::codes::next_id;
use crate::bulk::copy::{Rows, copy};
use crate::bulk::files;
use crate::bulk::lines::LineWriter;
use crate::error::Outcome;
use crate::raw::{Connection, params};
use crate::schema::customers;
use crate::{Matched, NewAttributeFile, Shop, StoreError};

impl ImportWriter {
    /// Writes customers with all that the shop's own list tells of them, before their first line; their country is that
    /// of the list. May be called again for more of them, while no line has been written.
    ///
    /// # Errors
    /// [`StoreError::CountMismatch`] once lines have been written; a customer who is there already is refused by the
    /// database. After an error the writer is of no more use.
    pub fn list_customers(&mut self, rows: &[CustomerRow]) -> Result<(), StoreError> {
        let listed = self.before_lines().and_then(|()| {
            let countries = rows.iter().filter_map(|row| row.attributes.country.as_deref());
            let countries = self.countries(countries)?;
            match &self.connection {
                Connection::Sqlite(connection) => {
                    insert(connection, self.next_id("customers")?, rows, &countries)?
                }
                Connection::Postgres(_) => self.copy_customers(rows, &countries)?,
            }
            self.begin_lines()
        });
        listed.map_err(|fault| fault.at(&self.place))
    }

    /// Writes products with all that the shop's own list tells of them, sold or not, before their first line; each with
    /// its description.
    ///
    /// # Errors
    /// As [`ImportWriter::list_customers`].
    pub fn list_products(&mut self, rows: &[(ProductRow, String)]) -> Result<(), StoreError> {
        let listed = self.before_lines().and_then(|()| {
            let countries = rows.iter().filter_map(|(row, _)| row.attributes.producer_country.as_deref());
            let countries = self.countries(countries)?;
            let first = self.next_id("products")?;
            let mut insert = self.connection.prepare(
                "INSERT INTO products (id, sku, description, category, producer_country_id, price, unit_cost, \
                 launched, retired, imported) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, TRUE)",
            )?;
            for (id, (row, description)) in (first..).zip(rows) {
                let said = &row.attributes;
                insert.execute(params![
                    id,
                    &row.sku,
                    description,
                    &said.category,
                    said.producer_country.as_deref().and_then(|name| countries.get(name)).copied(),
                    said.price,
                    said.unit_cost,
                    said.launched,
                    said.retired,
                ])?;
            }
            drop(insert);
            self.begin_lines()
        });
        listed.map_err(|fault| fault.at(&self.place))
    }

    /// Notes where the lists came from, what marketing costs, and what the shop is; it becomes final with the import.
    ///
    /// # Errors
    /// What the database says.
    pub fn note_shop(
        &mut self,
        shop: &Shop,
        lists: &[NewAttributeFile],
        costs: &MarketingCosts,
    ) -> Result<(), StoreError> {
        let noted = (|| {
            for list in lists {
                match list.kind {
                    AttributeKind::Costs => files::set_costs(&self.connection, list, costs)?,
                    _ => {
                        let all = Matched { matched: list.lines, unmatched: Vec::new() };
                        files::record(&self.connection, list, all)?
                    }
                };
            }
            self.connection.execute(
                "UPDATE shop SET name = ?, currency = ?, time_zone = ? WHERE id = 1",
                params![&shop.name, &shop.currency, &shop.time_zone],
            )
        })();
        noted.map(drop).map_err(|fault| fault.at(&self.place))
    }

    fn before_lines(&self) -> Outcome<()> {
        let written = (self.lines.next_id() - self.first_sale_id).unsigned_abs();
        Ok(super::check_count("sale lines before the lists", 0, written)?)
    }

    /// Lines find what has just been listed.
    fn begin_lines(&mut self) -> Outcome<()> {
        self.lines = LineWriter::new(&self.connection, self.first_sale_id)?;
        Ok(())
    }

    fn next_id(&self, table: &str) -> Outcome<i64> {
        next_id(&self.connection, table)
    }

    /// Ids by name; countries that are not there are added.
    fn countries<'n>(&self, names: impl Iterator<Item = &'n str>) -> Outcome<FxHashMap<String, i64>> {
        let mut statement = self.connection.prepare("SELECT name, id FROM countries")?;
        let held = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut ids: FxHashMap<String, i64> = held.collect::<Outcome<_>>()?;
        let mut id = self.next_id("countries")?;
        for name in names {
            if !ids.contains_key(name) {
                self.connection
                    .execute("INSERT INTO countries (id, name) VALUES (?, ?)", params![id, name])?;
                ids.insert(name.to_owned(), id);
                id += 1;
            }
        }
        Ok(ids)
    }

    fn copy_customers(&self, list: &[CustomerRow], countries: &FxHashMap<String, i64>) -> Outcome<()> {
        let Connection::Postgres(connection) = &self.connection else { return Ok(()) };
        let mut rows = Rows::new(16);
        for (id, row) in (self.next_id("customers")?..).zip(list) {
            let said = &row.attributes;
            let country = said.country.as_deref().and_then(|name| countries.get(name)).copied();
            rows.row().bigint(Some(id)).text(row.external_id.as_deref().unwrap_or_default());
            rows.maybe_text(said.name.as_deref()).maybe_text(said.surname.as_deref());
            rows.maybe_text(said.email.as_deref()).maybe_text(said.phone.as_deref());
            rows.bigint(country).maybe_text(said.city.as_deref()).maybe_text(said.address.as_deref());
            rows.maybe_text(said.zip_code.as_deref()).day(said.birthday).maybe_text(said.gender.as_deref());
            rows.maybe_text(said.acquisition_channel.as_deref()).boolean(true);
            rows.maybe_boolean(said.may_contact).bigint(country);
        }
        if list.is_empty() {
            return Ok(());
        }
        copy!(
            &mut *connection.borrow_mut(),
            rows,
            customers: id,
            external_id,
            name,
            surname,
            email,
            phone,
            country_id,
            city,
            address,
            zip_code,
            birthday,
            gender,
            acquisition_channel,
            imported,
            may_contact,
            listed_country_id
        )?;
        Ok(())
    }
}

fn insert(
    connection: &rusqlite::Connection,
    first_id: i64,
    list: &[CustomerRow],
    countries: &FxHashMap<String, i64>,
) -> Outcome<()> {
    let mut insert = connection.prepare(
        "INSERT INTO customers (id, external_id, name, surname, email, phone, country_id, city, address, zip_code, \
         birthday, gender, acquisition_channel, imported, may_contact, listed_country_id) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, TRUE, ?14, ?7)",
    )?;
    for (id, row) in (first_id..).zip(list) {
        let said = &row.attributes;
        insert.execute(rusqlite::params![
            id,
            row.external_id,
            said.name,
            said.surname,
            said.email,
            said.phone,
            said.country.as_deref().and_then(|name| countries.get(name)),
            said.city,
            said.address,
            said.zip_code,
            said.birthday.map(|day| day.to_string()),
            said.gender,
            said.acquisition_channel,
            said.may_contact,
        ])?;
    }
    Ok(())
}
