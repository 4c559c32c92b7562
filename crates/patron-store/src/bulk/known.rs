//! Marks of the lines the database holds.

use patron_domain::{Names, SaleBatch, line_key};
use rustc_hash::FxHashMap;

use crate::StoreError;

/// How often each line occurs, by its [`line_key`].
#[derive(Default)]
pub(crate) struct KnownLines {
    orders: Names,
    skus: Names,
    lines: FxHashMap<u128, u32>,
}

impl KnownLines {
    /// Counts all lines that `scan` hands to its sink.
    pub(crate) fn collect(
        scan: impl FnOnce(&mut dyn FnMut(SaleBatch) -> Result<(), StoreError>) -> Result<u64, StoreError>,
    ) -> Result<FxHashMap<u128, u32>, StoreError> {
        let mut known = Self::default();
        scan(&mut |batch| {
            known.add(&batch);
            Ok(())
        })?;
        Ok(known.lines)
    }

    fn add(&mut self, batch: &SaleBatch) {
        for order in &batch.added.orders {
            self.orders.push(&order.number);
        }
        for product in &batch.added.products {
            self.skus.push(&product.sku);
        }
        for row in 0..batch.len() {
            let (order, sku) = (self.orders.text(batch.order[row]), self.skus.text(batch.product[row]));
            let key = line_key(order, sku, batch.timestamp[row], batch.quantity[row], batch.amount[row]);
            *self.lines.entry(key).or_default() += 1;
        }
    }
}
