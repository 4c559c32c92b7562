//! Lines of a shop piece by piece: from a table in memory, or from its file.

use std::borrow::Cow;

use patron_domain::{LineKind, Money, NO_CODE, Timestamp};

use crate::{RollupError, SalesTable};

/// Lines of one piece of a table in memory.
const PIECE_LINES: usize = 1 << 16;

/// A column of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Customer codes.
    Customer,
    /// Product codes.
    Product,
    /// Order codes.
    Order,
    /// Country codes.
    Country,
    /// Seconds on the shop's wall clock.
    Time,
    /// Units.
    Quantity,
    /// Exact net value.
    Amount,
    /// Sale, return or service.
    Kind,
    /// Whether the line opens its order.
    OpensOrder,
}

impl Column {
    /// All of them, in the order in which a table's file holds them.
    pub const ALL: [Self; 9] = [
        Self::Customer,
        Self::Product,
        Self::Order,
        Self::Country,
        Self::Time,
        Self::Quantity,
        Self::Amount,
        Self::Kind,
        Self::OpensOrder,
    ];
}

/// Some lines, sorted by customer, then time; those without a customer come last. Columns that were not asked for are
/// empty, all others have one length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines<'a> {
    /// Customer codes, [`NO_CODE`] where unknown.
    pub customer: Cow<'a, [u32]>,
    /// Product codes, [`NO_CODE`] where there is none.
    pub product: Cow<'a, [u32]>,
    /// Order codes.
    pub order: Cow<'a, [u32]>,
    /// Country codes, [`NO_CODE`] where unknown.
    pub country: Cow<'a, [u32]>,
    /// Seconds on the shop's wall clock.
    pub time: Cow<'a, [Timestamp]>,
    /// Units; negative for returns.
    pub quantity: Cow<'a, [i32]>,
    /// Exact net value.
    pub amount: Cow<'a, [Money]>,
    /// Sale, return or service.
    pub kind: Cow<'a, [LineKind]>,
    /// Whether the line opens its order.
    pub opens_order: Cow<'a, [bool]>,
}

impl Lines<'static> {
    /// Without a line, but with its memory.
    pub(crate) fn clear(&mut self) {
        self.customer.to_mut().clear();
        self.product.to_mut().clear();
        self.order.to_mut().clear();
        self.country.to_mut().clear();
        self.time.to_mut().clear();
        self.quantity.to_mut().clear();
        self.amount.to_mut().clear();
        self.kind.to_mut().clear();
        self.opens_order.to_mut().clear();
    }
}

/// Whatever yields lines in pieces: a table in memory, or its Parquet file.
///
/// All lines of a known customer lie in one piece, and pieces are in order of the customers' codes; lines without a
/// customer may be spread over several. Pieces can be read on many threads at once.
pub trait LineSource: Sync {
    /// Number of pieces.
    fn pieces(&self) -> usize;

    /// Number of products in the dictionary.
    fn products(&self) -> usize;

    /// Calls `work` with the wanted columns of a piece, counted from 0.
    ///
    /// # Errors
    /// As the source fails.
    fn with_lines<T>(
        &self,
        piece: usize,
        columns: &[Column],
        work: impl FnOnce(&Lines<'_>) -> T,
    ) -> Result<T, RollupError>;
}

impl LineSource for SalesTable {
    fn pieces(&self) -> usize {
        self.len().div_ceil(PIECE_LINES)
    }

    fn products(&self) -> usize {
        self.catalog.skus.len()
    }

    fn with_lines<T>(
        &self,
        piece: usize,
        _: &[Column],
        work: impl FnOnce(&Lines<'_>) -> T,
    ) -> Result<T, RollupError> {
        let (from, to) = (self.border(piece * PIECE_LINES), self.border((piece + 1) * PIECE_LINES));
        Ok(work(&self.slice(from, to)))
    }
}

impl SalesTable {
    /// The first row at or after `row` that begins a customer, or is without one.
    pub(crate) fn border(&self, row: usize) -> usize {
        let starts = &self.customer_starts;
        let next = starts.partition_point(|&start| (start as usize) < row);
        starts.get(next).map_or(row.min(self.len()), |&start| start as usize)
    }

    pub(crate) fn slice(&self, from: usize, to: usize) -> Lines<'_> {
        Lines {
            customer: Cow::Borrowed(&self.customer[from..to]),
            product: Cow::Borrowed(&self.product[from..to]),
            order: Cow::Borrowed(&self.order[from..to]),
            country: Cow::Borrowed(&self.country[from..to]),
            time: Cow::Borrowed(&self.timestamp[from..to]),
            quantity: Cow::Borrowed(&self.quantity[from..to]),
            amount: Cow::Borrowed(&self.amount[from..to]),
            kind: Cow::Borrowed(&self.kind[from..to]),
            opens_order: Cow::Borrowed(&self.opens_order[from..to]),
        }
    }
}

/// Calls `visit` with every customer of ascending codes and the rows of its lines; lines without a customer come as
/// one, with [`NO_CODE`].
pub(crate) fn each_customer(customer: &[u32], mut visit: impl FnMut(u32, std::ops::Range<usize>)) {
    let mut start = 0;
    for group in customer.chunk_by(|a, b| a == b) {
        let end = start + group.len();
        visit(group.first().copied().unwrap_or(NO_CODE), start..end);
        start = end;
    }
}
