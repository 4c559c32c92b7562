//! How many rows there are.

use diesel::prelude::*;

use super::count;
use crate::Counts;
use crate::connect::{self, Connection};
use crate::error::Outcome;
use crate::schema::{
    cancellations, countries, customers, dates, imports, model_runs, predictions, products, quarantine,
    sales, transactions,
};

pub(crate) fn read(connection: &mut Connection) -> Outcome<Counts> {
    connect::read(connection, |connection| {
        Ok(Counts {
            customers: count(customers::table.count().get_result(connection)?),
            products: count(products::table.count().get_result(connection)?),
            transactions: count(transactions::table.count().get_result(connection)?),
            countries: count(countries::table.count().get_result(connection)?),
            dates: count(dates::table.count().get_result(connection)?),
            sales: count(sales::table.count().get_result(connection)?),
            cancellations: count(cancellations::table.count().get_result(connection)?),
            imports: count(imports::table.count().get_result(connection)?),
            quarantined: count(quarantine::table.count().get_result(connection)?),
            model_runs: count(model_runs::table.count().get_result(connection)?),
            predictions: count(predictions::table.count().get_result(connection)?),
        })
    })
}
