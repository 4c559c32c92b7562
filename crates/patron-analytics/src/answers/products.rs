//! Products: summaries, rankings, repeat items.

use patron_domain::{Day, Money};
use serde::Serialize;

/// A product by code and texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ProductRef {
    /// Stock code.
    pub sku: String,
    /// Description, possibly empty.
    pub description: String,
    /// Product code in the source's catalog.
    pub code: u32,
}

/// One product over the whole log; ordered by SKU. Products without a sale or return line are absent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProductSummary {
    /// The product.
    pub product: ProductRef,
    /// First day with net units above zero; `None` for a product that was only returned.
    pub first_sale: Option<Day>,
    /// Last such day.
    pub last_sale: Option<Day>,
    /// Days from the first sale to the end of the log, both counted; 0 without a sale.
    pub days_on_sale: u32,
    /// Net units.
    pub quantity: i64,
    /// Net revenue.
    pub revenue: Money,
    /// Orders with a sale line of it (an order over the end of a month counts in both).
    pub orders: u64,
    /// Known customers who bought it: with at least one day of net units above zero.
    pub customers: u64,
    /// Known customers who bought it on two or more days.
    pub repeat_customers: u64,
    /// Net revenue of the product from those who bought it ÷ customers, in currency units.
    pub spend_per_customer: Option<f64>,
    /// Revenue ÷ net units, in currency units; `None` unless net units are above zero.
    pub average_price: Option<f64>,
    /// Place by net units, 1 = most, ties by SKU: a permutation of 1 … number of products.
    pub popularity_rank: u32,
}

/// What products are ranked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProductMeasure {
    /// Net units.
    Quantity,
    /// Net revenue, in currency units.
    Revenue,
    /// Orders.
    Orders,
    /// Known customers.
    Customers,
    /// Known customers who bought it on two or more days.
    RepeatCustomers,
}

impl ProductMeasure {
    /// All five, in the order of the tables.
    pub const ALL: [Self; 5] =
        [Self::Quantity, Self::Revenue, Self::Orders, Self::Customers, Self::RepeatCustomers];
}

/// Which end of a ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RankEnd {
    /// The highest values, among all products.
    Most,
    /// The lowest values, among products on sale for at least the minimum number of days (90) with positive net
    /// units and revenue.
    Least,
}

/// One place of a ranking; ordered by measure, end, rank, SKU.
///
/// A list holds at most the asked number of rows. Where more products share a value than fit into what is left
/// of the list, one row without a product stands for all of them (`tied` tells how many) and closes the list:
/// none of them is named by chance.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RankedProduct {
    /// What is ranked.
    pub measure: ProductMeasure,
    /// Which end.
    pub end: RankEnd,
    /// 1 + the number of products with a strictly better value; equal values share a rank.
    pub rank: u32,
    /// The product; `None` for a row that stands for all products with this value.
    pub product: Option<ProductRef>,
    /// The value: units, currency units, orders or customers.
    pub value: f64,
    /// Products with exactly this value, this one included.
    pub tied: u32,
}

/// How often a product is bought again; ordered by repeat customers, then share, descending, then SKU. Products
/// below the minimum of buyers are left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RepeatItem {
    /// The product.
    pub product: ProductRef,
    /// Known customers who bought it.
    pub customers: u64,
    /// Those who bought it on two or more days.
    pub repeat_customers: u64,
    /// Repeat customers ÷ customers.
    pub share: f64,
    /// 95 % interval of the share (Wilson 1927), lower end.
    pub share_low: f64,
    /// Upper end.
    pub share_high: f64,
    /// Median of the days between one purchase day and the next of the same customer; `None` without any.
    pub median_days_between: Option<f64>,
    /// Purchase days of known customers with it after their first one with it.
    pub bought_again: u64,
    /// How many of these customers' later purchase days would hold it by chance: if each day kept the number of its
    /// products, and the product its share of all products bought in the month.
    pub bought_again_by_chance: f64,
    /// p-value of so many or more by chance (Poisson), adjusted over all rows (Benjamini–Hochberg): below the level the
    /// product brings its buyers back for itself, not only because it is popular.
    pub q_value: f64,
}

/// Popular products: the level. Most net units over the whole log, ties by SKU; ordered by rank.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PopularProduct {
    /// Place, from 1.
    pub rank: u32,
    /// The product.
    pub product: ProductRef,
    /// Net units.
    pub quantity: i64,
    /// Net revenue.
    pub revenue: Money,
    /// Units ÷ all net units.
    pub share_of_quantity: Option<f64>,
}

/// Trending products: the change. Ordered by rank.
///
/// Net units a month in the last `months` complete months, less those in as many months before; `months` is 3,
/// or half of the complete months where there are fewer than 6. Only products with at least 10 orders in the
/// recent months. Ties by SKU.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrendingProduct {
    /// Place, from 1 (largest rise in units).
    pub rank: u32,
    /// The product.
    pub product: ProductRef,
    /// Months on each side.
    pub months: u32,
    /// Net units a month in the recent months.
    pub recent: f64,
    /// Net units a month in the months before.
    pub before: f64,
    /// Recent − before.
    pub change: f64,
    /// Change ÷ before; `None` where nothing was sold before (a newcomer).
    pub relative_change: Option<f64>,
    /// Recent orders.
    pub recent_orders: u64,
}
