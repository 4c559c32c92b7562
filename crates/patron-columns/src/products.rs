//! The rollups keyed by product: `ProductDay`, `ProductMonth`, `CustomerProductDay`.

use patron_domain::{LineKind, Money, Month, NO_CODE};
use rayon::prelude::*;

use crate::{Batches, CustomerProductDay, ProductDay, ProductMonth, SalesTable};

/// Products of one batch; each batch is folded in parallel.
const PRODUCTS_PER_BATCH: usize = 1 << 12;

pub(crate) fn days(table: &SalesTable) -> Batches<'_, Vec<ProductDay>> {
    batches(table, fold_days)
}

pub(crate) fn months(table: &SalesTable) -> Batches<'_, Vec<ProductMonth>> {
    batches(table, fold_months)
}

pub(crate) fn customer_days(table: &SalesTable) -> Batches<'_, Vec<CustomerProductDay>> {
    batches(table, fold_customer_days)
}

/// Rows of sale and return lines grouped by product, and where each product's rows begin.
#[derive(Clone, Debug)]
pub(crate) struct ByProduct {
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl ByProduct {
    fn new(table: &SalesTable) -> Self {
        let counted = |row: &usize| table.product[*row] != NO_CODE && table.kind[*row] != LineKind::Service;
        let mut starts = vec![0_u32; table.catalog.skus.len() + 1];
        (0..table.len()).filter(counted).for_each(|row| starts[table.product[row] as usize + 1] += 1);
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut rows = vec![0_u32; starts.last().map_or(0, |&end| end as usize)];
        for row in (0..table.len()).filter(counted) {
            let slot = &mut next[table.product[row] as usize];
            rows[*slot as usize] = row as u32;
            *slot += 1;
        }
        Self { starts, rows }
    }

    fn rows_of(&self, product: usize) -> &[u32] {
        &self.rows[self.starts[product] as usize..self.starts[product + 1] as usize]
    }
}

fn batches<'a, T: Send + 'a>(
    table: &'a SalesTable,
    fold: fn(&SalesTable, u32, &[u32]) -> Vec<T>,
) -> Batches<'a, Vec<T>> {
    let products = table.catalog.skus.len();
    let grouped = table.by_product.get_or_init(|| ByProduct::new(table));
    let starts = (0..products).step_by(PRODUCTS_PER_BATCH);
    Box::new(starts.map(move |start| {
        let range = start..products.min(start + PRODUCTS_PER_BATCH);
        let pieces: Vec<Vec<T>> = range
            .into_par_iter()
            .with_min_len(16)
            .map(|product| fold(table, product as u32, grouped.rows_of(product)))
            .collect();
        Ok(pieces.into_iter().flatten().collect())
    }))
}

fn fold_days(table: &SalesTable, product: u32, rows: &[u32]) -> Vec<ProductDay> {
    // day and country in one word, so that sorting compares one number
    let key = |row: u32| {
        (u64::from(table.day(row as usize).number().cast_unsigned() ^ (1 << 31)) << 32)
            | u64::from(table.country[row as usize])
    };
    let mut keyed: Vec<(u64, u32)> = rows.iter().map(|&row| (key(row), row)).collect();
    keyed.sort_unstable_by_key(|&(key, _)| key);
    let mut days: Vec<ProductDay> = Vec::new();
    let mut orders: Vec<u32> = Vec::new();
    for group in keyed.chunk_by(|a, b| a.0 == b.0) {
        let first = group[0].1 as usize;
        let (mut quantity, mut revenue) = (0, Money::ZERO);
        orders.clear();
        for &(_, row) in group {
            let row = row as usize;
            quantity += i64::from(table.quantity[row]);
            revenue += table.amount[row];
            if table.kind[row] == LineKind::Sale {
                orders.push(table.order[row]);
            }
        }
        let (day, country) = (table.day(first), table.country[first]);
        days.push(ProductDay { product, day, country, quantity, revenue, orders: distinct(&mut orders) });
    }
    days
}

/// The sales of one product in one month while they are counted.
struct MonthCount {
    month: Month,
    last_customer: u32,
    customers: u32,
    orders: Vec<u32>,
}

fn fold_months(table: &SalesTable, product: u32, rows: &[u32]) -> Vec<ProductMonth> {
    // rows are in table order, by customer: a customer is new to a month if the month saw another one last
    let mut months: Vec<MonthCount> = Vec::new();
    for row in rows.iter().map(|&row| row as usize).filter(|&row| table.kind[row] == LineKind::Sale) {
        let (month, customer) = (table.day(row).month(), table.customer[row]);
        let place = months.iter().position(|count| count.month == month).unwrap_or_else(|| {
            months.push(MonthCount { month, last_customer: NO_CODE, customers: 0, orders: Vec::new() });
            months.len() - 1
        });
        let count = &mut months[place];
        if customer != NO_CODE && customer != count.last_customer {
            count.last_customer = customer;
            count.customers += 1;
        }
        count.orders.push(table.order[row]);
    }
    months.sort_unstable_by_key(|count| count.month);
    let row = |mut count: MonthCount| {
        let orders = distinct(&mut count.orders);
        ProductMonth { product, month: count.month, customers: count.customers, orders }
    };
    months.into_iter().map(row).collect()
}

fn fold_customer_days(table: &SalesTable, product: u32, rows: &[u32]) -> Vec<CustomerProductDay> {
    // rows are in table order: by customer, then time
    let known = rows.iter().map(|&row| row as usize).filter(|&row| table.customer[row] != NO_CODE);
    let mut days: Vec<CustomerProductDay> = Vec::new();
    for row in known {
        let (customer, day) = (table.customer[row], table.day(row));
        let (quantity, revenue) = (i64::from(table.quantity[row]), table.amount[row]);
        match days.last_mut() {
            Some(last) if (last.customer, last.day) == (customer, day) => {
                last.quantity += quantity;
                last.revenue += revenue;
            }
            _ => days.push(CustomerProductDay { customer, product, day, quantity, revenue }),
        }
    }
    days
}

fn distinct(codes: &mut Vec<u32>) -> u32 {
    codes.sort_unstable();
    codes.dedup();
    codes.len() as u32
}
