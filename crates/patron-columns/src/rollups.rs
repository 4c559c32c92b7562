//! The rollups: what everything analytic is computed from, and the trait of whatever yields them.

use patron_domain::{CustomerDay, CustomerHistory, Day, DayHistory, Money, Month, PurchaseRule};
use rustc_hash::FxHashMap;

use crate::{Catalog, Span};

/// Why a rollup could not be read. A [`crate::SalesTable`] never fails; a remote source may.
#[derive(Debug, thiserror::Error)]
pub enum RollupError {
    /// The source went away or answered with an error.
    #[error("the source of the sales could not be read")]
    Source(#[from] Box<dyn std::error::Error + Send + Sync>),
}

/// A stream of pieces of a rollup.
pub type Batches<'a, T> = Box<dyn Iterator<Item = Result<T, RollupError>> + Send + 'a>;

/// All days of one customer, in time order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerDays<'a> {
    /// The customer's code.
    pub customer: u32,
    /// Code of the country of the customer's first line ([`patron_domain::NO_CODE`] where unknown). The first
    /// line does not change with later data, so the country is the same at every as-of date.
    pub country: u32,
    /// Days with a sale or return line.
    pub days: &'a [CustomerDay],
}

/// The rollup `CustomerDay` for some whole customers, in order of their codes; services are left out, and so are
/// lines without a customer. A customer with services only has no days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerDayBatch {
    pub(crate) customers: Vec<u32>,
    pub(crate) countries: Vec<u32>,
    pub(crate) ends: Vec<usize>,
    pub(crate) days: Vec<CustomerDay>,
}

impl CustomerDayBatch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a customer (codes ascending, days in time order).
    pub fn push(&mut self, customer: u32, country: u32, days: &[CustomerDay]) {
        self.customers.push(customer);
        self.countries.push(country);
        self.days.extend_from_slice(days);
        self.ends.push(self.days.len());
    }

    /// Number of customers.
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    /// Whether it holds nobody.
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }

    /// The customer at a position of this batch.
    pub fn get(&self, index: usize) -> Option<CustomerDays<'_>> {
        let end = *self.ends.get(index)?;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        let (customer, country) = (self.customers[index], self.countries[index]);
        Some(CustomerDays { customer, country, days: &self.days[start..end] })
    }

    /// Customer by customer.
    pub fn iter(&self) -> impl Iterator<Item = CustomerDays<'_>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    pub(crate) fn append(&mut self, other: Self) {
        let offset = self.days.len();
        self.customers.extend(other.customers);
        self.countries.extend(other.countries);
        self.ends.extend(other.ends.into_iter().map(|end| end + offset));
        self.days.extend(other.days);
    }
}

/// Orders and revenue of one month and country, with or without a known customer.
///
/// An order counts once, in the month and country of its first sale line; revenue is net and counts each line
/// in the month it happened, so a return lowers the month of the return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderMonth {
    /// Calendar month.
    pub month: Month,
    /// Country code ([`patron_domain::NO_CODE`] where unknown).
    pub country: u32,
    /// Whether the lines carry a customer.
    pub known_customer: bool,
    /// Orders with a sale line.
    pub orders: u64,
    /// Net value of sale and return lines.
    pub revenue: Money,
}

/// One product on one day in one country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProductDay {
    /// Product code.
    pub product: u32,
    /// The day.
    pub day: Day,
    /// Country code.
    pub country: u32,
    /// Net units.
    pub quantity: i64,
    /// Net value.
    pub revenue: Money,
    /// Distinct orders with a sale line.
    pub orders: u32,
}

/// One product in one month: what cannot be added up from days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProductMonth {
    /// Product code.
    pub product: u32,
    /// Calendar month.
    pub month: Month,
    /// Distinct known customers with a sale line.
    pub customers: u32,
    /// Distinct orders with a sale line.
    pub orders: u32,
}

/// One known customer, one product, one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerProductDay {
    /// Customer code.
    pub customer: u32,
    /// Product code.
    pub product: u32,
    /// The day.
    pub day: Day,
    /// Net units.
    pub quantity: i64,
    /// Net value.
    pub revenue: Money,
}

/// Distinct purchase histories at an as-of date with the number of customers that share each, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryHistogram {
    /// Distinct (x, t_x, T) in days, ascending.
    pub histories: Vec<DayHistory>,
    /// Customers with that history.
    pub customers: Vec<u64>,
}

impl HistoryHistogram {
    /// Counts equal histories.
    pub fn of(histories: impl IntoIterator<Item = DayHistory>) -> Self {
        let mut counts: FxHashMap<DayHistory, u64> = FxHashMap::default();
        histories.into_iter().for_each(|history| *counts.entry(history).or_default() += 1);
        let mut pairs: Vec<_> = counts.into_iter().collect();
        pairs.sort_unstable();
        let (histories, customers) = pairs.into_iter().unzip();
        Self { histories, customers }
    }

    /// All customers.
    pub fn total(&self) -> u64 {
        self.customers.iter().sum()
    }
}

/// Whatever yields the rollups: the table on one machine, or a cluster. Services are left out of all of them.
///
/// Each method streams batches, so that no rollup has to exist at once.
pub trait RollupSource: Sync {
    /// The texts behind the codes.
    fn catalog(&self) -> &Catalog;

    /// Which days count as purchases.
    fn purchase_rule(&self) -> PurchaseRule;

    /// First and last day with a sale line; `None` without sales.
    fn span(&self) -> Option<Span>;

    /// Whole customers in order of their codes.
    fn customer_days(&self) -> Batches<'_, CustomerDayBatch>;

    /// Sorted by month, country, known customer.
    fn order_months(&self) -> Batches<'_, Vec<OrderMonth>>;

    /// Whole products in order of their codes, then day, then country.
    fn product_days(&self) -> Batches<'_, Vec<ProductDay>>;

    /// Whole products in order of their codes, then month.
    fn product_months(&self) -> Batches<'_, Vec<ProductMonth>>;

    /// Whole products in order of their codes, then customer, then day.
    fn customer_product_days(&self) -> Batches<'_, Vec<CustomerProductDay>>;

    /// Histories of the customers with a purchase on or before `as_of`.
    ///
    /// # Errors
    /// As the source fails.
    fn history_histogram(&self, as_of: Day) -> Result<HistoryHistogram, RollupError> {
        let rule = self.purchase_rule();
        let mut histories = Vec::new();
        for batch in self.customer_days() {
            let batch = batch?;
            let folded = batch.iter().filter_map(|c| CustomerHistory::fold(c.days, rule, as_of));
            histories.extend(folded.map(|customer| customer.history));
        }
        Ok(HistoryHistogram::of(histories))
    }
}
