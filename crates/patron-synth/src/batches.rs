//! The raw log as column batches with dictionaries.

use std::collections::HashMap;

use patron_domain::{Money, NO_CODE, OrderEntry, ProductEntry, SaleBatch};

use crate::orders::{Order, OrderLine, Origin, Service, customer_id};
use crate::shop::{Shop, order_number};

/// Lines of a batch; the last one may be shorter.
const BATCH_LINES: usize = 16_384;

/// Iterates over a shop's log, giving out codes in order of appearance.
pub(crate) struct Batches<'a> {
    shop: &'a Shop,
    /// The next line: order, and line inside it.
    order: usize,
    line: usize,
    lines_before: u64,
    customers: Codes<u32>,
    products: Codes<Article>,
    countries: Codes<u32>,
    orders: u32,
}

/// What a line sells.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Article {
    Product(u32),
    Postage,
    DotcomPostage,
}

/// Codes 0, 1, 2 … in order of first appearance.
struct Codes<K>(HashMap<K, u32>);

impl<'a> Batches<'a> {
    pub(crate) fn new(shop: &'a Shop) -> Self {
        Self {
            shop,
            order: 0,
            line: 0,
            lines_before: 0,
            customers: Codes(HashMap::new()),
            products: Codes(HashMap::new()),
            countries: Codes(HashMap::new()),
            orders: 0,
        }
    }

    fn push(&mut self, batch: &mut SaleBatch, order: &Order, line: &OrderLine) {
        if self.line == 0 {
            self.orders += 1;
            let number = order_number(self.order, order);
            batch.added.orders.push(OrderEntry { number, derived: false, payment: None });
        }
        let customer = match order.customer {
            NO_CODE => NO_CODE,
            known => self.customers.code(known, || batch.added.customers.push(customer_id(known))),
        };
        let (sku, description) = self.shop.article(line);
        let product = self.products.code(Article::of(line), || {
            batch
                .added
                .products
                .push(ProductEntry { sku: sku.to_owned(), description: description.to_owned() });
        });
        let country = self.countries.code(order.country, || {
            batch.added.countries.push(self.shop.country(order.country).to_owned());
        });
        batch.customer.push(customer);
        batch.product.push(product);
        batch.order.push(self.orders - 1);
        batch.country.push(country);
        batch.timestamp.push(order.timestamp);
        batch.quantity.push(line.line.quantity);
        batch.unit_price.push(line.line.price);
        batch.discount.push(Money::ZERO);
        batch.amount.push(line.line.amount());
        batch.kind.push(line.kind());
        self.lines_before += 1;
        batch.line.push(self.lines_before + 1);
    }
}

impl Iterator for Batches<'_> {
    type Item = SaleBatch;

    fn next(&mut self) -> Option<SaleBatch> {
        let shop = self.shop;
        let mut batch = SaleBatch::default();
        while batch.len() < BATCH_LINES
            && let Some(order) = shop.orders().get(self.order)
        {
            match order.lines.get(self.line) {
                Some(line) => {
                    self.push(&mut batch, order, line);
                    self.line += 1;
                }
                None => (self.order, self.line) = (self.order + 1, 0),
            }
        }
        (!batch.is_empty()).then_some(batch)
    }
}

impl Article {
    fn of(line: &OrderLine) -> Self {
        match line.origin {
            Origin::Service(Service::Postage) => Self::Postage,
            Origin::Service(Service::DotcomPostage) => Self::DotcomPostage,
            Origin::Sale | Origin::Duplicate | Origin::Sample | Origin::Cancellation => {
                Self::Product(line.line.product)
            }
        }
    }
}

impl<K: Copy + Eq + std::hash::Hash> Codes<K> {
    /// The code of `key`; calls `added` when it is new.
    fn code(&mut self, key: K, added: impl FnOnce()) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(key).or_insert_with(|| {
            added();
            next
        })
    }
}
