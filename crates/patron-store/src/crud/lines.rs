//! A sale line before it is written: what it names, what follows from what, what cannot be.

use diesel::dsl::exists;
use diesel::prelude::*;
use patron_domain::{Day, LineKind, Money};

use super::check::Checks;
use super::lookup::{self, Nameable, Named, resolve};
use super::numbers::next_id;
use super::transactions::Values as TransactionValues;
use crate::connect::Connection;
use crate::error::Outcome;
use crate::schema::{customers, dates, imports, products, sales, transactions};
use crate::{NewSale, Refer, SaleRecord};

/// What is written of a sale line.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = sales, treat_none_as_null = true)]
pub(super) struct Values {
    transaction_id: i64,
    product_id: Option<i64>,
    customer_id: Option<i64>,
    country_id: Option<i64>,
    date_id: i32,
    timestamp: i64,
    quantity: i32,
    unit_price: i64,
    discount: i64,
    amount: i64,
    kind: &'static str,
}

/// A transaction that is there: customer, country, time.
type Known = (Option<i64>, Option<i64>, i64);

/// Checks a line and makes what it names, where it may; `current`: the line it takes the place of.
pub(super) fn checked(
    connection: &mut Connection,
    new: &NewSale,
    current: Option<&SaleRecord>,
) -> Outcome<Values> {
    let mut checks = Checks::new();
    let mut naming = Naming { connection, checks: &mut checks, may_make: new.create_missing };
    let transaction = naming.named("transaction", &new.transaction)?;
    let product = new.product.as_ref().map(|product| naming.named("product", product)).transpose()?;
    let mut customer =
        new.customer.as_ref().map(|customer| naming.named("customer", customer)).transpose()?;
    let mut country = new.country.as_ref().map(|country| naming.named("country", country)).transpose()?;
    let known = known(connection, &transaction)?;
    if let Some((owner, place, _)) = known {
        if !fits_owner(customer.as_ref(), owner) && !is_as_before(current, &transaction, customer.as_ref()) {
            checks.fail("customer", "is not the customer of this transaction; leave one of them out");
        }
        customer = customer.or(owner.map(Named::Found));
        country = country.or(place.map(Named::Found));
    }
    if country.is_none() {
        country = home(connection, customer.as_ref())?.map(Named::Found);
    }
    let timestamp = new.timestamp.or(known.map(|(.., timestamp)| timestamp)).unwrap_or_else(|| {
        checks.fail("timestamp", "is needed, because the transaction is not there yet");
        0
    });
    checks.time("timestamp", timestamp);
    let (amount, kind) = numbers(&mut checks, new, current);
    checks.finish()?;

    let country_id = country.map(|country| made(connection, country, lookup::country_made)).transpose()?;
    let customer_id = customer
        .map(|customer| {
            made(connection, customer, |connection, key| make_customer(connection, key, country_id))
        })
        .transpose()?;
    let product_id = product.map(|product| made(connection, product, make_product)).transpose()?;
    let new_transaction = TransactionValues {
        invoice_number: String::new(),
        derived: false,
        timestamp,
        payment_method: None,
        customer_id,
        country_id,
        imported: false,
    };
    let transaction_id = made(connection, transaction, |connection, key| {
        make_transaction(connection, TransactionValues { invoice_number: key.to_owned(), ..new_transaction })
    })?;
    note_first_line(connection, transaction_id, customer_id, country_id)?;
    Ok(Values {
        transaction_id,
        product_id,
        customer_id,
        country_id,
        date_id: lookup::day_made(connection, Day::of(timestamp))?,
        timestamp,
        quantity: new.quantity,
        unit_price: new.unit_price.ten_thousandths(),
        discount: new.discount.ten_thousandths(),
        amount: amount.ten_thousandths(),
        kind: kind.word(),
    })
}

/// Whether what was sold, to whom, when and as what stays the same.
pub(super) fn same_goods(current: &SaleRecord, values: &Values) -> bool {
    current.product.as_ref().map(|product| product.id.0) == values.product_id
        && current.customer.as_ref().map(|customer| customer.id.0) == values.customer_id
        && current.timestamp == values.timestamp
        && current.kind.word() == values.kind
}

/// Tidies up behind a line that has gone from a day and a transaction: a day without sales leaves the calendar unless
/// it was written by hand, and a transaction without lines is from now on one made by hand.
pub(super) fn left_behind(connection: &mut Connection, (day, transaction): (i32, i64)) -> Outcome<()> {
    let of_day = sales::table.filter(sales::date_id.eq(day));
    if !diesel::select(exists(of_day)).get_result::<bool>(connection)? {
        diesel::delete(dates::table.find(day).filter(dates::kept.eq(false))).execute(connection)?;
    }
    let of_transaction = sales::table.filter(sales::transaction_id.eq(transaction));
    if !diesel::select(exists(of_transaction)).get_result::<bool>(connection)? {
        let left = diesel::update(transactions::table.find(transaction));
        left.set(transactions::imported.eq(false)).execute(connection)?;
    }
    Ok(())
}

/// Counts that a sale of an import is no longer as it came.
pub(super) fn note_correction(connection: &mut Connection, sale: i64) -> Outcome<()> {
    let of_import =
        imports::table.filter(imports::first_sale_id.le(sale)).filter(imports::last_sale_id.ge(sale));
    diesel::update(of_import).set(imports::corrections.eq(imports::corrections + 1)).execute(connection)?;
    Ok(())
}

/// Finds what a line names.
struct Naming<'a> {
    connection: &'a mut Connection,
    checks: &'a mut Checks,
    may_make: bool,
}

impl Naming<'_> {
    fn named<I: Nameable>(&mut self, field: &'static str, refer: &Refer<I>) -> Outcome<Named> {
        let named = resolve(self.connection, refer)?;
        match &named {
            Named::Found(_) => {}
            Named::New(key) if self.may_make => drop(self.checks.key(field, key)),
            Named::New(key) => {
                let way_out = "create it first, or ask for missing ones to be created";
                self.checks.fail(field, format!("there is no {} '{key}'; {way_out}", I::WHAT));
            }
            Named::Unknown(id) => self.checks.fail(field, format!("there is no {} {id}", I::WHAT)),
        }
        Ok(named)
    }
}

fn known(connection: &mut Connection, transaction: &Named) -> Outcome<Option<Known>> {
    let Some(id) = transaction.id() else { return Ok(None) };
    let columns = (transactions::customer_id, transactions::country_id, transactions::timestamp);
    Ok(Some(transactions::table.find(id).select(columns).get_result(connection)?))
}

fn fits_owner(customer: Option<&Named>, owner: Option<i64>) -> bool {
    match (customer, owner) {
        (Some(customer), Some(owner)) => customer.id() == Some(owner),
        _ => true,
    }
}

/// Whether a line stays with its transaction and its customer, as an import may have brought them.
fn is_as_before(current: Option<&SaleRecord>, transaction: &Named, customer: Option<&Named>) -> bool {
    current.is_some_and(|current| {
        transaction.id() == Some(current.transaction.id.0)
            && customer.and_then(Named::id) == current.customer.as_ref().map(|customer| customer.id.0)
    })
}

/// The country of a customer's own list entry, else of the first line.
fn home(connection: &mut Connection, customer: Option<&Named>) -> Outcome<Option<i64>> {
    let Some(id) = customer.and_then(Named::id) else { return Ok(None) };
    let columns = (customers::listed_country_id, customers::country_id);
    let (listed, first): (Option<i64>, Option<i64>) =
        customers::table.find(id).select(columns).get_result(connection)?;
    Ok(listed.or(first))
}

/// Amount and kind of a line.
fn numbers(checks: &mut Checks, new: &NewSale, current: Option<&SaleRecord>) -> (Money, LineKind) {
    let given = |money: Money| money.ten_thousandths();
    let computed = || {
        let product = given(new.unit_price).checked_mul(i64::from(new.quantity))?;
        product.checked_sub(given(new.discount)).map(Money::from_ten_thousandths)
    };
    let amount = new.amount.or_else(computed).unwrap_or(Money::from_ten_thousandths(i64::MAX));
    let is_negative = new.quantity < 0 || amount < Money::ZERO;
    let kind = new.kind.unwrap_or(if is_negative { LineKind::Return } else { LineKind::Sale });
    let is_as_it_was = current.is_some_and(|current| {
        (current.quantity, current.unit_price, current.discount, current.amount, current.kind)
            == (new.quantity, new.unit_price, new.discount, amount, kind)
    });
    if is_as_it_was {
        return (amount, kind);
    }
    checks.positive("discount", new.discount);
    checks.money("amount", amount);
    if kind == LineKind::Service {
        checks.money("unit_price", new.unit_price);
    } else {
        checks.positive("unit_price", new.unit_price);
        if new.quantity == 0 {
            checks.fail("quantity", "must not be 0");
        }
    }
    match kind {
        LineKind::Sale if new.quantity < 0 => checks.fail("quantity", "must be above 0 in a sale"),
        LineKind::Sale if amount < Money::ZERO => checks.fail("amount", "must not be below 0 in a sale"),
        LineKind::Return if amount > Money::ZERO => checks.fail("amount", "must not be above 0 in a return"),
        LineKind::Sale | LineKind::Return | LineKind::Service => {}
    }
    (amount, kind)
}

/// The id of a row, which is made if it is not there.
fn made(
    connection: &mut Connection,
    named: Named,
    make: impl FnOnce(&mut Connection, &str) -> Outcome<i64>,
) -> Outcome<i64> {
    match named {
        Named::Found(id) | Named::Unknown(id) => Ok(id), // the unknown were refused before
        Named::New(key) => make(connection, &key),
    }
}

fn make_customer(connection: &mut Connection, external_id: &str, country: Option<i64>) -> Outcome<i64> {
    let id = next_id!(connection, customers);
    let values =
        (customers::id.eq(id), customers::external_id.eq(external_id), customers::country_id.eq(country));
    diesel::insert_into(customers::table).values(values).execute(connection)?;
    Ok(id)
}

fn make_product(connection: &mut Connection, sku: &str) -> Outcome<i64> {
    let id = next_id!(connection, products);
    let values = (products::id.eq(id), products::sku.eq(sku));
    diesel::insert_into(products::table).values(values).execute(connection)?;
    Ok(id)
}

fn make_transaction(connection: &mut Connection, values: TransactionValues) -> Outcome<i64> {
    let id = next_id!(connection, transactions);
    diesel::insert_into(transactions::table).values((transactions::id.eq(id), values)).execute(connection)?;
    Ok(id)
}

/// The first line of a transaction says whose it is, and that of a customer from where, where nothing is known yet.
fn note_first_line(
    connection: &mut Connection,
    transaction: i64,
    customer: Option<i64>,
    country: Option<i64>,
) -> Outcome<()> {
    let own = transactions::table.find(transaction).filter(transactions::customer_id.is_null());
    let of_transaction = sales::table.filter(sales::transaction_id.eq(transaction));
    if customer.is_some()
        && diesel::select(exists(own)).get_result::<bool>(connection)?
        && !diesel::select(exists(of_transaction)).get_result::<bool>(connection)?
    {
        let own = diesel::update(transactions::table.find(transaction));
        own.set(transactions::customer_id.eq(customer)).execute(connection)?;
    }
    if let (Some(customer), Some(country)) = (customer, country) {
        let unknown = customers::table.find(customer).filter(customers::country_id.is_null());
        diesel::update(unknown).set(customers::country_id.eq(country)).execute(connection)?;
    }
    Ok(())
}
