//! Sets of products: one for each order, or one for each customer.

use patron_columns::{Column, LineSource, RollupError};
use patron_domain::{Day, LineKind, NO_CODE};

use super::Purchases;
use super::purchases::transposed;

/// Sets of different products; empty ones are left out.
#[derive(Clone, Debug)]
pub struct Baskets {
    pub(super) products: usize,
    pub(super) starts: Vec<usize>,
    /// Ascending within a basket.
    pub(super) items: Vec<u32>,
}

impl Baskets {
    /// The orders with a sale line on or before `as_of`, guests' orders included, by what was sold in them until then.
    ///
    /// # Errors
    /// As the source fails.
    pub fn orders(source: &impl LineSource, as_of: Day) -> Result<Self, RollupError> {
        let end = as_of.plus_days(1).start();
        let mut sold: Vec<(u32, u32)> = Vec::new();
        for piece in 0..source.pieces() {
            source.with_lines(piece, &COLUMNS, |lines| {
                for row in 0..lines.product.len() {
                    if lines.kind[row] == LineKind::Sale
                        && lines.product[row] != NO_CODE
                        && lines.time[row] < end
                    {
                        sold.push((lines.order[row], lines.product[row]));
                    }
                }
            })?;
        }
        Ok(Self::of(source.products(), sold))
    }

    /// Everything each customer ever bought.
    pub fn histories(purchases: &Purchases) -> Self {
        let customers = 0..purchases.customers() as u32;
        let rows = |customer| purchases.of(customer).iter().map(move |row| (customer, row.product));
        Self::of(purchases.products(), customers.flat_map(rows).collect())
    }

    /// From pairs of a basket and a product, in any order and with repeats; products count from 0 to `products`.
    pub(super) fn of(products: usize, mut entries: Vec<(u32, u32)>) -> Self {
        entries.sort_unstable();
        entries.dedup();
        let mut starts = vec![0];
        for basket in entries.chunk_by(|a, b| a.0 == b.0) {
            starts.push(starts.last().map_or(0, |last| last + basket.len()));
        }
        Self { products, starts, items: entries.into_iter().map(|(_, product)| product).collect() }
    }

    /// Number of baskets.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn basket(&self, basket: u32) -> &[u32] {
        &self.items[self.starts[basket as usize]..self.starts[basket as usize + 1]]
    }

    /// By product, the baskets with it.
    pub(super) fn by_product(&self) -> (Vec<usize>, Vec<u32>) {
        transposed(self.products, &self.starts, self.items.iter().copied())
    }

    /// The same baskets with only the products that are in at least `least` of them, by their rank; and the products of
    /// the ranks.
    pub(super) fn frequent(&self, least: u32) -> (Self, Vec<u32>) {
        let mut counts = vec![0_u32; self.products];
        self.items.iter().for_each(|&product| counts[product as usize] += 1);
        let kept: Vec<u32> =
            (0..self.products as u32).filter(|&product| counts[product as usize] >= least.max(1)).collect();
        let mut ranks = vec![u32::MAX; self.products];
        (0..).zip(&kept).for_each(|(rank, &product)| ranks[product as usize] = rank);
        let (mut starts, mut items) = (vec![0], Vec::new());
        for basket in 0..self.len() as u32 {
            let ranked = self.basket(basket).iter().map(|&product| ranks[product as usize]);
            items.extend(ranked.filter(|&rank| rank != u32::MAX));
            starts.push(items.len());
        }
        (Self { products: kept.len(), starts, items }, kept)
    }
}

const COLUMNS: [Column; 4] = [Column::Product, Column::Order, Column::Time, Column::Kind];
