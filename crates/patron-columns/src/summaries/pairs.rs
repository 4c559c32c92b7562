//! Which products are bought together.

use patron_domain::{LineKind, NO_CODE};
use rayon::prelude::*;

use crate::lines::each_customer;
use crate::{Column, LineSource, Lines, RollupError};

/// Two products and how many orders have both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProductPair {
    /// The smaller product code.
    pub first: u32,
    /// The larger one.
    pub second: u32,
    /// Orders (of one customer) with a sale line of each.
    pub orders: u32,
}

/// So many products are counted with each other at most: 64 MiB a thread.
const MOST: usize = 4_096;

/// The pairs that some order has among the `top` products with the most sale lines (at most 4,096; of equal ones the
/// smaller code), in order of the codes.
///
/// # Errors
/// As the source fails.
pub fn product_pairs(source: &impl LineSource, top: usize) -> Result<Vec<ProductPair>, RollupError> {
    let top = top_products(source, top.min(MOST))?;
    let mut ranks = vec![u32::MAX; source.products()];
    (0..).zip(&top).for_each(|(rank, &product)| ranks[product as usize] = rank);
    let none = || Counts { pairs: vec![0; top.len() * top.len()], ..Counts::default() };
    let mut counts = (0..source.pieces())
        .into_par_iter()
        .try_fold(none, |mut counts, piece| {
            source.with_lines(piece, &COLUMNS, |lines| counts.add(lines, &ranks, top.len()))?;
            Ok::<_, RollupError>(counts)
        })
        .try_reduce(none, |left, right| Ok(left.merge(right)))?;
    let mut without_customer = std::mem::take(&mut counts.without_customer);
    counts.count(&mut without_customer, top.len());
    let pairs = counts.pairs.iter().enumerate().filter(|(_, orders)| **orders > 0);
    Ok(pairs
        .map(|(place, &orders)| ProductPair {
            first: top[place / top.len()],
            second: top[place % top.len()],
            orders,
        })
        .collect())
}

/// Ascending codes.
fn top_products(source: &impl LineSource, top: usize) -> Result<Vec<u32>, RollupError> {
    let none = || vec![0_u32; source.products()];
    let lines = (0..source.pieces())
        .into_par_iter()
        .try_fold(none, |mut counts, piece| {
            source.with_lines(piece, &[Column::Product, Column::Kind], |lines| {
                for (&product, &kind) in lines.product.iter().zip(&*lines.kind) {
                    if kind == LineKind::Sale && product != NO_CODE {
                        counts[product as usize] += 1;
                    }
                }
            })?;
            Ok::<_, RollupError>(counts)
        })
        .try_reduce(none, |mut left, right| {
            left.iter_mut().zip(right).for_each(|(left, right)| *left += right);
            Ok(left)
        })?;
    let mut sold: Vec<(u32, u32)> = lines.into_iter().zip(0..).filter(|(lines, _)| *lines > 0).collect();
    sold.sort_unstable_by_key(|&(lines, product)| (std::cmp::Reverse(lines), product));
    let mut products: Vec<u32> = sold.into_iter().take(top).map(|(_, product)| product).collect();
    products.sort_unstable();
    Ok(products)
}

const COLUMNS: [Column; 4] = [Column::Customer, Column::Product, Column::Order, Column::Kind];

#[derive(Default)]
struct Counts {
    /// Orders by rank of the first product, then of the second.
    pairs: Vec<u32>,
    /// Order and rank of every line without a customer: such an order may lie in several pieces.
    without_customer: Vec<(u32, u32)>,
}

impl Counts {
    fn add(&mut self, lines: &Lines<'_>, ranks: &[u32], top: usize) {
        let mut bought: Vec<(u32, u32)> = Vec::new();
        each_customer(&lines.customer, |customer, rows| {
            bought.clear();
            for row in rows {
                let (product, kind) = (lines.product[row], lines.kind[row]);
                if let Some(&rank) = ranks.get(product as usize)
                    && rank != u32::MAX
                    && kind == LineKind::Sale
                {
                    bought.push((lines.order[row], rank));
                }
            }
            if customer == NO_CODE {
                self.without_customer.append(&mut bought);
            } else if bought.len() > 1 {
                self.count(&mut bought, top);
            }
        });
    }

    fn count(&mut self, bought: &mut Vec<(u32, u32)>, top: usize) {
        bought.sort_unstable();
        bought.dedup();
        for order in bought.chunk_by(|a, b| a.0 == b.0) {
            for (place, &(_, first)) in order.iter().enumerate() {
                for &(_, second) in &order[place + 1..] {
                    self.pairs[first as usize * top + second as usize] += 1;
                }
            }
        }
    }

    fn merge(mut self, mut other: Self) -> Self {
        self.pairs.iter_mut().zip(other.pairs).for_each(|(pair, more)| *pair += more);
        self.without_customer.append(&mut other.without_customer);
        self
    }
}
