//! From batches in any order to the sorted table.

use std::sync::OnceLock;

use patron_domain::{LineKind, NO_CODE, PurchaseRule, SaleBatch};
use rayon::prelude::*;

use crate::{Catalog, SalesTable};

/// Collects batches; [`TableBuilder::finish`] sorts them into a [`SalesTable`].
#[derive(Debug)]
pub struct TableBuilder {
    lines: SaleBatch,
    catalog: Catalog,
    orders: usize,
    rule: PurchaseRule,
}

impl TableBuilder {
    /// An empty table in the making.
    pub fn new(rule: PurchaseRule) -> Self {
        Self { lines: SaleBatch::default(), catalog: Catalog::default(), orders: 0, rule }
    }

    /// Appends a batch; codes count on from the batches before.
    pub fn push(&mut self, batch: &SaleBatch) {
        let lines = &mut self.lines;
        lines.customer.extend_from_slice(&batch.customer);
        lines.product.extend_from_slice(&batch.product);
        lines.order.extend_from_slice(&batch.order);
        lines.country.extend_from_slice(&batch.country);
        lines.timestamp.extend_from_slice(&batch.timestamp);
        lines.quantity.extend_from_slice(&batch.quantity);
        lines.amount.extend_from_slice(&batch.amount);
        lines.kind.extend_from_slice(&batch.kind);
        self.catalog.extend(&batch.added);
        self.orders += batch.added.orders.len();
    }

    /// Replaces the descriptions, in order of the product codes (known only when the whole file was read).
    pub fn describe(&mut self, descriptions: &[String]) {
        if descriptions.len() == self.catalog.skus.len() {
            self.catalog.descriptions = descriptions.iter().collect();
        }
    }

    /// Sorts by (customer, time), keeping the order of arrival among equals. Also returns, for each row of the
    /// table, its place in the order of arrival.
    ///
    /// Memory: one column and one permutation beside the table.
    pub fn finish(self) -> (SalesTable, Vec<u32>) {
        let Self { lines, catalog, orders, rule } = self;
        let (customer_starts, mut order_of_arrival) = by_customer(&lines.customer, catalog.customers.len());
        sort_by_time(&mut order_of_arrival, &customer_starts, &lines.timestamp);
        let place = &order_of_arrival;
        let mut table = SalesTable {
            customer: gather(lines.customer, place),
            product: gather(lines.product, place),
            order: gather(lines.order, place),
            country: gather(lines.country, place),
            timestamp: gather(lines.timestamp, place),
            quantity: gather(lines.quantity, place),
            amount: gather(lines.amount, place),
            kind: gather(lines.kind, place),
            opens_order: Vec::new(),
            customer_starts,
            catalog,
            rule,
            by_product: OnceLock::new(),
        };
        table.opens_order = opening_lines(&table, orders, place);
        (table, order_of_arrival)
    }
}

/// A stable counting sort: where each customer's rows begin, and the permutation. Lines without a customer last.
fn by_customer(customer: &[u32], customers: usize) -> (Vec<u32>, Vec<u32>) {
    let bucket = |code: u32| if code == NO_CODE { customers } else { code as usize };
    let mut starts = vec![0_u32; customers + 2];
    customer.iter().for_each(|&code| starts[bucket(code) + 1] += 1);
    for index in 1..starts.len() {
        starts[index] += starts[index - 1];
    }
    starts.pop();
    let mut next = starts.clone();
    let mut place = vec![0_u32; customer.len()];
    for (row, &code) in customer.iter().enumerate() {
        let slot = &mut next[bucket(code)];
        place[*slot as usize] = row as u32;
        *slot += 1;
    }
    (starts, place)
}

/// Sorts each customer's rows by time where they are not already in order, as in a growing log they are.
fn sort_by_time(place: &mut [u32], customer_starts: &[u32], timestamp: &[i64]) {
    let mut rest = place;
    let mut taken = 0;
    let mut groups = Vec::with_capacity(customer_starts.len());
    for &start in &customer_starts[1..] {
        let (group, tail) = rest.split_at_mut(start as usize - taken);
        taken = start as usize;
        rest = tail;
        groups.push(group);
    }
    groups.push(rest);
    let time = |&row: &u32| timestamp[row as usize];
    groups.into_par_iter().with_min_len(256).filter(|group| !group.is_sorted_by_key(time)).for_each(
        |group| {
            group.sort_by_key(time);
        },
    );
}

fn gather<T: Copy + Send + Sync>(column: Vec<T>, place: &[u32]) -> Vec<T> {
    place.par_iter().with_min_len(1 << 14).map(|&row| column[row as usize]).collect()
}

/// Marks the first sale line of every order: the earliest, and of those the first to arrive.
fn opening_lines(table: &SalesTable, orders: usize, place: &[u32]) -> Vec<bool> {
    let mut first = vec![u32::MAX; orders];
    let key = |row: usize| (table.timestamp[row], place[row]);
    for row in 0..table.len() {
        if table.kind[row] != LineKind::Sale {
            continue;
        }
        if let Some(best) = first.get_mut(table.order[row] as usize)
            && (*best == u32::MAX || key(row) < key(*best as usize))
        {
            *best = row as u32;
        }
    }
    let mut opens = vec![false; table.len()];
    first.into_iter().filter(|&row| row != u32::MAX).for_each(|row| opens[row as usize] = true);
    opens
}
