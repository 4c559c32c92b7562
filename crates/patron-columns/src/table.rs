//! The immutable table.

use std::ops::Range;
use std::sync::OnceLock;

use patron_domain::{Day, LineKind, Money, PurchaseRule, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Catalog;
use crate::products::ByProduct;

/// First and last day with a sale line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First day.
    pub first: Day,
    /// Last day.
    pub last: Day,
}

impl Span {
    /// Days from the first to the last, both counted.
    pub fn days(self) -> u32 {
        self.last.days_since(self.first).max(0) as u32 + 1
    }
}

/// Every line of a shop, column by column, sorted by (customer, time); lines without a customer come last.
///
/// 38 bytes a line, dictionaries apart. Made by [`crate::TableBuilder`], read through [`crate::RollupSource`].
#[derive(Clone, Debug)]
pub struct SalesTable {
    pub(crate) customer: Vec<u32>,
    pub(crate) product: Vec<u32>,
    pub(crate) order: Vec<u32>,
    pub(crate) country: Vec<u32>,
    pub(crate) timestamp: Vec<Timestamp>,
    pub(crate) quantity: Vec<i32>,
    pub(crate) amount: Vec<Money>,
    pub(crate) kind: Vec<LineKind>,
    /// Whether the row is the first sale line of its order (by time, then by place in the file).
    pub(crate) opens_order: Vec<bool>,
    /// Row where each customer's lines begin; one more entry where the lines without customer begin.
    pub(crate) customer_starts: Vec<u32>,
    pub(crate) catalog: Catalog,
    pub(crate) rule: PurchaseRule,
    /// Rows grouped by product: made when first asked for.
    pub(crate) by_product: OnceLock<ByProduct>,
}

impl PartialEq for SalesTable {
    /// Equal lines, codes and texts; what was computed from them does not count.
    fn eq(&self, other: &Self) -> bool {
        let columns = |table: &Self| (table.len(), table.rule);
        columns(self) == columns(other)
            && self.customer == other.customer
            && self.product == other.product
            && self.order == other.order
            && self.country == other.country
            && self.timestamp == other.timestamp
            && self.quantity == other.quantity
            && self.amount == other.amount
            && self.kind == other.kind
            && self.opens_order == other.opens_order
            && self.customer_starts == other.customer_starts
            && self.catalog == other.catalog
    }
}

impl Eq for SalesTable {}

impl SalesTable {
    /// Number of lines.
    pub fn len(&self) -> usize {
        self.amount.len()
    }

    /// Whether it holds no line.
    pub fn is_empty(&self) -> bool {
        self.amount.is_empty()
    }

    /// Number of customers in the dictionary.
    pub fn customers(&self) -> usize {
        self.customer_starts.len() - 1
    }

    /// Exact sum of all amounts, services included.
    pub fn total_amount(&self) -> Money {
        self.amount.iter().copied().sum()
    }

    /// The texts behind the codes.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    pub(crate) fn rows_of(&self, customer: usize) -> Range<usize> {
        self.customer_starts[customer] as usize..self.customer_starts[customer + 1] as usize
    }

    pub(crate) fn day(&self, row: usize) -> Day {
        Day::of(self.timestamp[row])
    }
}
