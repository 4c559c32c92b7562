//! Product segments: A, B and C by revenue.

use patron_domain::{Day, Money};
use serde::Serialize;

use crate::{DecisionError, Shop};

/// Share of the revenue that A products make up.
pub const A_UP_TO: f64 = 0.8;
/// Share of the revenue that A and B products make up together.
pub const B_UP_TO: f64 = 0.95;

/// How much of the revenue a product brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum AbcClass {
    /// The fewest products that make up eight tenths of the revenue.
    A,
    /// Those that follow, up to 95 %.
    B,
    /// The rest, and what brought in nothing.
    C,
}

impl AbcClass {
    /// All three.
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::C];
}

/// One product.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AbcProduct {
    /// The product's code.
    pub product: u32,
    /// Its class.
    pub class: AbcClass,
    /// Net revenue to date, of customers known or not.
    pub revenue: Money,
    /// Share of the revenue of all products that brought in anything.
    pub share: f64,
    /// Share that it and all before it make up.
    pub up_to: f64,
    /// Last day with something sold, returned or refunded.
    pub last_seen: Day,
}

/// One class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AbcRow {
    /// The class.
    pub class: AbcClass,
    /// Products.
    pub products: u64,
    /// Their net revenue.
    pub revenue: Money,
}

/// Products by revenue.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProductSegments {
    /// A, B, C.
    pub rows: Vec<AbcRow>,
    /// Every product with a line by the as-of date, most revenue first, ties by code.
    pub products: Vec<AbcProduct>,
}

/// Products by what they brought in up to the as-of date.
///
/// In falling order of net revenue a product is A while those before it make up less than [`A_UP_TO`] of the revenue of
/// all products above zero, B while less than [`B_UP_TO`], C after that or without revenue.
///
/// # Errors
/// [`DecisionError::Rollup`] as the source fails.
pub fn product_segments(shop: &Shop<'_>) -> Result<ProductSegments, DecisionError> {
    let mut sold: Vec<(u32, Money, Day)> = Vec::new();
    for batch in shop.source.product_days() {
        for rows in batch?.chunk_by(|a, b| a.product == b.product) {
            let rows = rows.iter().filter(|row| row.day <= shop.as_of);
            let fold = |sum: Option<(Money, Day)>, row: &patron_columns::ProductDay| {
                let (revenue, last) = sum.unwrap_or((Money::ZERO, row.day));
                Some((revenue + row.revenue, last.max(row.day)))
            };
            let product = rows.clone().next().map(|row| row.product);
            sold.extend(product.zip(rows.fold(None, fold)).map(|(code, (sum, last))| (code, sum, last)));
        }
    }
    sold.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let total: Money = sold.iter().map(|&(_, revenue, _)| revenue).filter(|sum| *sum > Money::ZERO).sum();
    let of_total = |part: Money| {
        if total > Money::ZERO { part.to_f64() / total.to_f64() } else { 0.0 }
    };
    let mut before = Money::ZERO;
    let mut products = Vec::with_capacity(sold.len());
    for (product, revenue, last_seen) in sold {
        let class = match of_total(before) {
            _ if revenue <= Money::ZERO => AbcClass::C,
            share if share < A_UP_TO => AbcClass::A,
            share if share < B_UP_TO => AbcClass::B,
            _ => AbcClass::C,
        };
        before += revenue.max(Money::ZERO);
        let (share, up_to) = (of_total(revenue), of_total(before));
        products.push(AbcProduct { product, class, revenue, share, up_to, last_seen });
    }
    let row = |class| {
        let of = || products.iter().filter(move |product| product.class == class);
        AbcRow { class, products: of().count() as u64, revenue: of().map(|product| product.revenue).sum() }
    };
    Ok(ProductSegments { rows: AbcClass::ALL.map(row).to_vec(), products })
}
