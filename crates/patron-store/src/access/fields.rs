//! The fields of rows, as the record of writes tells of them.

use chrono::DateTime;
use patron_domain::{Day, Money, Timestamp};
use serde_json::{Map, Value};

use crate::{CustomerRecord, DateRecord, ProductRecord, SaleRecord, TransactionRecord};

/// Fields of a customer that tell who it is.
const PERSONAL: [&str; 7] = ["name", "surname", "email", "phone", "address", "zip_code", "birthday"];

/// Whether a field of a customer tells who it is.
pub(super) fn is_personal(field: &str) -> bool {
    PERSONAL.contains(&field)
}

/// A kind of row whose changes are noted.
pub(crate) trait Audited {
    /// Fields that tell who somebody is.
    const PERSONAL: &'static [&'static str] = &[];

    /// Every field that is written, by name.
    fn fields(&self) -> Map<String, Value>;
}

impl Audited for CustomerRecord {
    const PERSONAL: &'static [&'static str] = &PERSONAL;

    fn fields(&self) -> Map<String, Value> {
        let (facts, personal) = (&self.facts, &self.personal);
        named([
            ("external_id", Value::from(self.external_id.as_str())),
            ("country", text(&facts.country)),
            ("city", text(&facts.city)),
            ("gender", text(&facts.gender)),
            ("acquisition_channel", text(&facts.acquisition_channel)),
            ("may_contact", facts.may_contact.into()),
            ("name", text(&personal.name)),
            ("surname", text(&personal.surname)),
            ("email", text(&personal.email)),
            ("phone", text(&personal.phone)),
            ("address", text(&personal.address)),
            ("zip_code", text(&personal.zip_code)),
            ("birthday", day(personal.birthday)),
        ])
    }
}

impl Audited for ProductRecord {
    fn fields(&self) -> Map<String, Value> {
        let facts = &self.facts;
        named([
            ("sku", Value::from(self.sku.as_str())),
            ("description", self.description.as_str().into()),
            ("category", text(&facts.category)),
            ("producer_country", text(&facts.producer_country)),
            ("price", facts.price.map(money).into()),
            ("unit_cost", facts.unit_cost.map(money).into()),
            ("launched", day(facts.launched)),
            ("retired", day(facts.retired)),
        ])
    }
}

impl Audited for TransactionRecord {
    fn fields(&self) -> Map<String, Value> {
        named([
            ("invoice_number", Value::from(self.invoice_number.as_str())),
            ("timestamp", time(self.timestamp)),
            ("payment_method", text(&self.payment_method)),
            ("customer", self.customer.as_ref().map(|customer| customer.id.0).into()),
            ("country", text(&self.country)),
        ])
    }
}

impl Audited for DateRecord {
    fn fields(&self) -> Map<String, Value> {
        named([("date", day(Some(self.day))), ("event", text(&self.event))])
    }
}

impl Audited for SaleRecord {
    fn fields(&self) -> Map<String, Value> {
        named([
            ("transaction", Value::from(self.transaction.id.0)),
            ("product", self.product.as_ref().map(|product| product.id.0).into()),
            ("customer", self.customer.as_ref().map(|customer| customer.id.0).into()),
            ("country", text(&self.country)),
            ("timestamp", time(self.timestamp)),
            ("quantity", self.quantity.into()),
            ("unit_price", money(self.unit_price).into()),
            ("discount", money(self.discount).into()),
            ("amount", money(self.amount).into()),
            ("kind", self.kind.word().into()),
        ])
    }
}

fn named<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.into_iter().map(|(field, value)| (field.to_owned(), value)).collect()
}

fn text(text: &Option<String>) -> Value {
    text.as_deref().into()
}

fn money(money: Money) -> String {
    money.to_string()
}

fn day(day: Option<Day>) -> Value {
    day.map(|day| day.to_string()).into()
}

/// On the shop's wall clock.
fn time(time: Timestamp) -> Value {
    let told = DateTime::from_timestamp(time, 0);
    told.map(|time| time.format("%Y-%m-%dT%H:%M:%S").to_string()).into()
}
