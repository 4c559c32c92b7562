//! Single rows: created, read, changed, deleted, listed; beside imports, and through the live writer.

mod days;
mod facts;
mod imports;
mod pages;
mod sales;
mod writer;

use patron_domain::{Money, Timestamp};
use patron_store::{
    Editable, NewCustomer, NewSale, NewTransaction, Refer, SaleRecord, Store, StoreError, TransactionRecord,
};

/// 2011-12-09 12:50, a Friday.
const NOON: Timestamp = 1_323_435_000;

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn key<I>(word: &str) -> Refer<I> {
    Refer::Key(word.to_owned())
}

fn customer(external_id: &str) -> NewCustomer {
    NewCustomer { external_id: external_id.to_owned(), ..NewCustomer::default() }
}

fn transaction(number: &str) -> NewTransaction {
    NewTransaction { invoice_number: number.to_owned(), timestamp: NOON, ..NewTransaction::default() }
}

/// A sale of so many units at 2.50 that makes whatever it names.
fn sale(order: &str, sku: &str, who: &str, quantity: i32) -> NewSale {
    NewSale {
        product: Some(key(sku)),
        customer: Some(key(who)),
        timestamp: Some(NOON),
        create_missing: true,
        ..NewSale::new(key(order), quantity, money("2.50"))
    }
}

fn create<R: Editable>(store: &mut Store, new: &R::New) -> Result<R, StoreError> {
    store.write(|writing| writing.create::<R>(new))
}

fn sell(store: &mut Store, new: &NewSale) -> SaleRecord {
    create(store, new).unwrap()
}

fn order(store: &mut Store, number: &str) -> TransactionRecord {
    create(store, &transaction(number)).unwrap()
}

/// The fields that were refused.
fn wrong_fields<T: std::fmt::Debug>(result: Result<T, StoreError>) -> Vec<&'static str> {
    match result.unwrap_err() {
        StoreError::Invalid { fields } => fields.iter().map(|wrong| wrong.field).collect(),
        other => unreachable!("{other:?}"),
    }
}
