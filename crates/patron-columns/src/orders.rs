//! The rollup `OrderMonth`.

use std::collections::BTreeMap;

use patron_domain::{LineKind, Money, NO_CODE};
use rayon::prelude::*;

use crate::{Batches, OrderMonth, SalesTable};

type Cells = BTreeMap<(patron_domain::Month, u32, bool), (u64, Money)>;

pub(crate) fn batches(table: &SalesTable) -> Batches<'_, Vec<OrderMonth>> {
    Box::new(std::iter::once_with(move || Ok(fold(table))))
}

fn fold(table: &SalesTable) -> Vec<OrderMonth> {
    let cells = (0..table.len())
        .into_par_iter()
        .with_min_len(1 << 16)
        .fold(Cells::new, |cells, row| add(cells, table, row))
        .reduce(Cells::new, merge);
    let row = |((month, country, known_customer), (orders, revenue))| OrderMonth {
        month,
        country,
        known_customer,
        orders,
        revenue,
    };
    cells.into_iter().map(row).collect()
}

fn add(mut cells: Cells, table: &SalesTable, row: usize) -> Cells {
    if table.kind[row] != LineKind::Service {
        let key = (table.day(row).month(), table.country[row], table.customer[row] != NO_CODE);
        let (orders, revenue) = cells.entry(key).or_default();
        *orders += u64::from(table.opens_order[row]);
        *revenue += table.amount[row];
    }
    cells
}

fn merge(mut left: Cells, right: Cells) -> Cells {
    for (key, (orders, revenue)) in right {
        let cell = left.entry(key).or_default();
        cell.0 += orders;
        cell.1 += revenue;
    }
    left
}
