//! What is known of all customers and products, as columns.

use patron_domain::{AcquisitionSpend, Attributes, ContactCost, Day, MarketingCosts, Money, NO_CODE, Trait};
use rusqlite::types::ValueRef;
use rustc_hash::FxHashMap;

use super::details::day;
use crate::StoreError;
use crate::error::Outcome;
use crate::raw::Connection;

const CUSTOMERS: &str = "SELECT city, gender, acquisition_channel, listed_country_id, birthday, may_contact, \
     EXISTS (SELECT 1 FROM erased WHERE erased.stand_in = customers.external_id) FROM customers ORDER BY id";
const PRODUCTS: &str = "SELECT category, producer_country_id, unit_cost FROM products ORDER BY id";

/// Reads them in the order of ids, which is that of a scan's codes. The caller holds a transaction.
pub(super) fn read(connection: &Connection) -> Outcome<Attributes> {
    let countries = country_names(connection)?;
    let [mut city, mut gender, mut channel, mut country, mut category, mut producer] =
        std::array::from_fn(|_| TraitBuilder::default());
    let mut birthday: Vec<Option<Day>> = Vec::new();
    let (mut may_contact, mut erased) = (Vec::new(), Vec::new());
    let mut statement = connection.prepare(CUSTOMERS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        city.push(text(row.get_ref(0)?)?);
        gender.push(text(row.get_ref(1)?)?);
        channel.push(text(row.get_ref(2)?)?);
        country.push(country_name(&countries, row.get(3)?));
        birthday.push(day(row.get_ref(4)?)?);
        if row.get::<bool>(6)? {
            erased.push(may_contact.len() as u32);
        }
        may_contact.push(row.get::<Option<bool>>(5)?);
    }
    let mut unit_cost = Vec::new();
    let mut statement = connection.prepare(PRODUCTS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        category.push(text(row.get_ref(0)?)?);
        producer.push(country_name(&countries, row.get(1)?));
        unit_cost.push(row.get::<Option<i64>>(2)?.map(Money::from_ten_thousandths));
    }
    Ok(Attributes {
        city: city.made,
        gender: gender.made,
        channel: channel.made,
        country: country.made,
        birthday,
        may_contact,
        erased,
        category: category.made,
        producer_country: producer.made,
        unit_cost,
        costs: costs(connection)?,
    })
}

fn costs(connection: &Connection) -> Outcome<MarketingCosts> {
    let mut statement = connection.prepare("SELECT channel, cost FROM contact_costs ORDER BY channel")?;
    let contacts = statement.query_map([], |row| {
        Ok(ContactCost { channel: row.get(0)?, cost: Money::from_ten_thousandths(row.get(1)?) })
    })?;
    let contacts = contacts.collect::<Result<_, _>>()?;
    let mut statement =
        connection.prepare("SELECT month, channel, amount FROM acquisition_spend ORDER BY month, channel")?;
    let mut rows = statement.query([])?;
    let mut acquisition = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(first_day) = day(row.get_ref(0)?)? else { continue };
        let amount = Money::from_ten_thousandths(row.get(2)?);
        acquisition.push(AcquisitionSpend { month: first_day.month(), channel: row.get(1)?, amount });
    }
    Ok(MarketingCosts { contacts, acquisition })
}

fn country_names(connection: &Connection) -> Outcome<FxHashMap<i64, String>> {
    let mut statement = connection.prepare("SELECT id, name FROM countries")?;
    let names = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    names.collect::<Result<_, _>>()
}

fn country_name(names: &FxHashMap<i64, String>, id: Option<i64>) -> Option<&str> {
    names.get(&id?).map(String::as_str)
}

fn text(value: ValueRef<'_>) -> Result<Option<&str>, StoreError> {
    value.as_str_or_null().map_err(|_| StoreError::Unreadable { what: "text", value: format!("{value:?}") })
}

/// A trait whose words get their codes in the order in which they appear first.
#[derive(Default)]
struct TraitBuilder {
    made: Trait,
    codes: FxHashMap<String, u32>,
}

impl TraitBuilder {
    fn push(&mut self, word: Option<&str>) {
        let code = match word.filter(|word| !word.is_empty()) {
            None => NO_CODE,
            Some(word) => match self.codes.get(word) {
                Some(code) => *code,
                None => {
                    let code = self.made.words.push(word);
                    self.codes.insert(word.to_owned(), code);
                    code
                }
            },
        };
        self.made.codes.push(code);
    }
}
