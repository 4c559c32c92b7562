//! Transactions.

use diesel::prelude::*;

use super::check::Checks;
use super::list::{behind_prefix, keyset, number, text};
use super::lookup::{self, Nameable, Named, resolve};
use super::numbers::next_id;
use super::stored::{refuse_referenced, refuse_taken, required};
use super::{EditStored, KeyedStored, Stored, Written};
use crate::connect::{Backend, Connection};
use crate::error::Outcome;
use crate::schema::{countries, customers, sales, transactions};
use crate::{
    CursorKey, CustomerId, CustomerRef, Direction, List, NewTransaction, Refer, TransactionId,
    TransactionPatch, TransactionRecord, TransactionSort,
};

type Columns = (
    transactions::id,
    transactions::invoice_number,
    transactions::derived,
    transactions::timestamp,
    transactions::payment_method,
    transactions::imported,
    transactions::customer_id,
    diesel::dsl::Nullable<customers::external_id>,
    diesel::dsl::Nullable<countries::name>,
);

type Row = (i64, String, bool, i64, Option<String>, bool, Option<i64>, Option<String>, Option<String>);

fn all_columns() -> Columns {
    (
        transactions::id,
        transactions::invoice_number,
        transactions::derived,
        transactions::timestamp,
        transactions::payment_method,
        transactions::imported,
        transactions::customer_id,
        customers::external_id.nullable(),
        countries::name.nullable(),
    )
}

impl Stored for TransactionRecord {
    fn read(connection: &mut Connection, id: i64) -> Outcome<Option<Self>> {
        let row = transactions::table
            .left_join(customers::table)
            .left_join(countries::table.on(transactions::country_id.eq(countries::id.nullable())))
            .filter(transactions::id.eq(id))
            .select(all_columns())
            .get_result::<Row>(connection)
            .optional()?;
        Ok(row.map(record))
    }

    fn rows(connection: &mut Connection, list: &List<Self>, limit: i64) -> Outcome<Vec<Self>> {
        let filter = &list.filter;
        let mut query = transactions::table
            .left_join(customers::table)
            .left_join(countries::table.on(transactions::country_id.eq(countries::id.nullable())))
            .select(all_columns())
            .into_boxed::<Backend>();
        if let Some(prefix) = &filter.invoice_prefix {
            query = query.filter(transactions::invoice_number.ge(prefix));
            query = query.filter(transactions::invoice_number.lt(behind_prefix(prefix)));
        }
        if let Some(customer) = &filter.customer {
            let Some(id) = resolve(connection, customer)?.id() else { return Ok(Vec::new()) };
            query = query.filter(transactions::customer_id.eq(id));
        }
        if let Some(month) = filter.month {
            query = query.filter(transactions::timestamp.ge(month.first_day().start()));
            query = query.filter(transactions::timestamp.lt(month.plus(1).first_day().start()));
        }
        if let Some(method) = &filter.payment_method {
            query = query.filter(transactions::payment_method.eq(method));
        }
        let id = transactions::id;
        let query = match list.sort {
            TransactionSort::Id => keyset!(query, list, id),
            TransactionSort::InvoiceNumber => keyset!(query, list, id, transactions::invoice_number, text),
            TransactionSort::Timestamp => keyset!(query, list, id, transactions::timestamp, number),
        };
        let rows: Vec<Row> = query.limit(limit).load(connection)?;
        Ok(rows.into_iter().map(record).collect())
    }

    fn sort_key(&self, sort: TransactionSort) -> CursorKey {
        match sort {
            TransactionSort::Id => CursorKey::Number(self.id.0),
            TransactionSort::InvoiceNumber => CursorKey::Text(self.invoice_number.clone()),
            TransactionSort::Timestamp => CursorKey::Number(self.timestamp),
        }
    }
}

fn record(row: Row) -> TransactionRecord {
    let (id, invoice_number, derived, timestamp, payment_method, imported, customer, external_id, country) =
        row;
    let customer = customer.zip(external_id);
    TransactionRecord {
        id: TransactionId(id),
        invoice_number,
        derived,
        timestamp,
        payment_method,
        customer: customer.map(|(id, external_id)| CustomerRef { id: CustomerId(id), external_id }),
        country,
        imported,
    }
}

impl Written for TransactionRecord {
    type New = NewTransaction;
    type Patch = TransactionPatch;
}

impl EditStored for TransactionRecord {
    const TABLE: &'static str = "transactions";

    fn insert(connection: &mut Connection, new: &NewTransaction) -> Outcome<i64> {
        let values = checked(connection, new, None)?;
        let id = next_id!(connection, transactions);
        diesel::insert_into(transactions::table)
            .values((transactions::id.eq(id), values))
            .execute(connection)?;
        Ok(id)
    }

    fn patched(&self, patch: &TransactionPatch) -> Outcome<NewTransaction> {
        let mut new = NewTransaction {
            invoice_number: self.invoice_number.clone(),
            timestamp: self.timestamp,
            payment_method: self.payment_method.clone(),
            customer: self.customer.as_ref().map(|customer| Refer::Id(customer.id)),
            country: self.country.clone().map(Refer::Key),
        };
        let patch = patch.clone();
        required("invoice_number", patch.invoice_number, &mut new.invoice_number)?;
        required("timestamp", patch.timestamp, &mut new.timestamp)?;
        patch.payment_method.lay_over(&mut new.payment_method);
        patch.customer.lay_over(&mut new.customer);
        patch.country.lay_over(&mut new.country);
        Ok(new)
    }

    fn update(
        &self,
        connection: &mut Connection,
        new: &NewTransaction,
        _patch: Option<&TransactionPatch>,
    ) -> Outcome<()> {
        let values = checked(connection, new, Some(self))?;
        diesel::update(transactions::table.find(self.id.0)).set(values).execute(connection)?;
        Ok(())
    }

    fn remove(&self, connection: &mut Connection) -> Outcome<()> {
        let lines = sales::table.filter(sales::transaction_id.eq(self.id.0)).count();
        let lines = lines.get_result(connection)?;
        refuse_referenced::<Self>(self.id.0, &[("sales", lines)])?;
        diesel::delete(transactions::table.find(self.id.0)).execute(connection)?;
        Ok(())
    }
}

impl KeyedStored for TransactionRecord {
    fn find(connection: &mut Connection, key: &str) -> Outcome<Option<i64>> {
        lookup::transaction(connection, key.trim())
    }

    fn with_key(new: NewTransaction, key: &str) -> NewTransaction {
        NewTransaction { invoice_number: key.to_owned(), ..new }
    }
}

/// What is written of a transaction.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = transactions, treat_none_as_null = true)]
pub(super) struct Values {
    pub(super) invoice_number: String,
    pub(super) derived: bool,
    pub(super) timestamp: i64,
    pub(super) payment_method: Option<String>,
    pub(super) customer_id: Option<i64>,
    pub(super) country_id: Option<i64>,
    pub(super) imported: bool,
}

fn checked(
    connection: &mut Connection,
    new: &NewTransaction,
    current: Option<&TransactionRecord>,
) -> Outcome<Values> {
    let mut checks = Checks::new();
    let invoice_number = checks.key("invoice_number", &new.invoice_number);
    let same_number = current.is_some_and(|current| current.invoice_number == invoice_number);
    let timestamp = checks.time("timestamp", new.timestamp);
    let payment_method = checks.maybe("payment_method", new.payment_method.as_deref());
    let customer_id = match &new.customer {
        None => None,
        Some(customer) => found(connection, &mut checks, "customer", customer)?,
    };
    let country = match &new.country {
        None => None,
        Some(country) => Some(resolve(connection, country)?),
    };
    match &country {
        Some(Named::New(name)) => drop(checks.key("country", name)),
        Some(Named::Unknown(id)) => checks.fail("country", format!("there is no country {id}")),
        Some(Named::Found(_)) | None => {}
    }
    checks.finish()?;
    refuse_taken::<TransactionRecord>(connection, &invoice_number, current.map(|current| current.id.0))?;
    let country_id = match country {
        Some(Named::New(name)) => Some(lookup::country_made(connection, &name)?),
        other => other.and_then(|country| country.id()),
    };
    let derived = same_number && current.is_some_and(|current| current.derived);
    Ok(Values {
        invoice_number,
        derived,
        timestamp,
        payment_method,
        customer_id,
        country_id,
        imported: false,
    })
}

/// The row that a field names, which must be there.
fn found<I: Nameable>(
    connection: &mut Connection,
    checks: &mut Checks,
    field: &'static str,
    named: &Refer<I>,
) -> Outcome<Option<i64>> {
    let named = resolve(connection, named)?;
    match &named {
        Named::Found(_) => {}
        Named::New(key) => checks.fail(field, format!("there is no {} '{key}'", I::WHAT)),
        Named::Unknown(id) => checks.fail(field, format!("there is no {} {id}", I::WHAT)),
    }
    Ok(named.id())
}
