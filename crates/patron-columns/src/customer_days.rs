//! The rollup `CustomerDay`.

use std::ops::Range;

use patron_domain::{CustomerDay, LineKind, Money};
use rayon::prelude::*;

use crate::{Batches, CustomerDayBatch, SalesTable};

/// Customers of one batch; each batch is folded in parallel.
const CUSTOMERS_PER_BATCH: usize = 1 << 16;

pub(crate) fn batches(table: &SalesTable) -> Batches<'_, CustomerDayBatch> {
    let customers = table.customers();
    let starts = (0..customers).step_by(CUSTOMERS_PER_BATCH);
    Box::new(starts.map(move |start| Ok(batch(table, start..customers.min(start + CUSTOMERS_PER_BATCH)))))
}

fn batch(table: &SalesTable, customers: Range<usize>) -> CustomerDayBatch {
    let pieces: Vec<CustomerDayBatch> = (customers.start..customers.end)
        .into_par_iter()
        .with_min_len(512)
        .fold(CustomerDayBatch::default, |mut piece, customer| {
            let mut days = Vec::new();
            fold_days::<true>(table, customer, &mut days);
            if !days.is_empty() {
                let country = table.country[table.rows_of(customer).start];
                piece.push(customer as u32, country, &days);
            }
            piece
        })
        .collect();
    let mut whole = CustomerDayBatch::default();
    pieces.into_iter().for_each(|piece| whole.append(piece));
    whole
}

/// Folds one customer's rows into days. Without `COUNTS`, only the money is filled in: all a purchase history
/// needs.
pub(crate) fn fold_days<const COUNTS: bool>(
    table: &SalesTable,
    customer: usize,
    days: &mut Vec<CustomerDay>,
) {
    days.clear();
    let mut products: Vec<u32> = Vec::new();
    for row in table.rows_of(customer) {
        let kind = table.kind[row];
        if kind == LineKind::Service {
            continue;
        }
        let today = table.day(row);
        if days.last().is_none_or(|last| last.day != today) {
            close_day::<COUNTS>(days, &mut products);
            days.push(CustomerDay {
                day: today,
                orders: 0,
                lines: 0,
                products: 0,
                quantity: 0,
                sales: Money::ZERO,
                returns: Money::ZERO,
            });
        }
        let Some(day) = days.last_mut() else { continue };
        if kind == LineKind::Sale {
            day.sales += table.amount[row];
        } else {
            day.returns += table.amount[row];
        }
        if COUNTS {
            day.lines += 1;
            day.orders += u32::from(table.opens_order[row]);
            day.quantity += i64::from(table.quantity[row]);
            if kind == LineKind::Sale {
                products.push(table.product[row]);
            }
        }
    }
    close_day::<COUNTS>(days, &mut products);
}

fn close_day<const COUNTS: bool>(days: &mut [CustomerDay], products: &mut Vec<u32>) {
    if COUNTS && let Some(day) = days.last_mut() {
        products.sort_unstable();
        products.dedup();
        day.products = products.len() as u32;
        products.clear();
    }
}
