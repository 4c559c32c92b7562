//! The rollups keyed by product: `ProductDay`, `ProductMonth`, `CustomerProductDay`.

use patron_domain::{LineKind, Money, NO_CODE};
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
struct ByProduct {
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
    let grouped = ByProduct::new(table);
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
    let mut keyed: Vec<_> =
        rows.iter().map(|&row| (table.day(row as usize), table.country[row as usize], row)).collect();
    keyed.sort_unstable();
    let mut days: Vec<ProductDay> = Vec::new();
    let mut orders: Vec<u32> = Vec::new();
    for group in keyed.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let (day, country, _) = group[0];
        let (mut quantity, mut revenue) = (0, Money::ZERO);
        orders.clear();
        for &(.., row) in group {
            let row = row as usize;
            quantity += i64::from(table.quantity[row]);
            revenue += table.amount[row];
            if table.kind[row] == LineKind::Sale {
                orders.push(table.order[row]);
            }
        }
        days.push(ProductDay { product, day, country, quantity, revenue, orders: distinct(&mut orders) });
    }
    days
}

fn fold_months(table: &SalesTable, product: u32, rows: &[u32]) -> Vec<ProductMonth> {
    let sales = rows.iter().map(|&row| row as usize).filter(|&row| table.kind[row] == LineKind::Sale);
    let mut keyed: Vec<_> =
        sales.map(|row| (table.day(row).month(), table.customer[row], table.order[row])).collect();
    keyed.sort_unstable();
    let (mut customers, mut orders): (Vec<u32>, Vec<u32>) = Default::default();
    let by_month = keyed.chunk_by(|a, b| a.0 == b.0);
    by_month
        .map(|group| {
            customers.clear();
            orders.clear();
            customers.extend(group.iter().map(|&(_, customer, _)| customer).filter(|&code| code != NO_CODE));
            orders.extend(group.iter().map(|&(.., order)| order));
            let (customers, orders) = (distinct(&mut customers), distinct(&mut orders));
            ProductMonth { product, month: group[0].0, customers, orders }
        })
        .collect()
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
