//! Repeat customers under three named definitions, and what they spend.

use patron_domain::{Money, Month};
use serde::Serialize;

use super::ProductRef;

/// What makes a customer a repeat customer.
///
/// For the whole log, the first two count a customer who met the definition in at least one month, with the
/// revenue of those months only; so revenues of the months add up to the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RepeatDefinition {
    /// Two or more orders in the month.
    TwoOrdersInMonth,
    /// An order in the month and one before this month.
    BoughtBefore,
    /// Purchases on two or more days, anywhere in the log; in a month: those of them with an order in it.
    TwoDaysEver,
}

impl RepeatDefinition {
    /// All three, in the order of the tables.
    pub const ALL: [Self; 3] = [Self::TwoOrdersInMonth, Self::BoughtBefore, Self::TwoDaysEver];
}

/// Repeat customers of a period and country; ordered by country, period (whole log first), definition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RepeatShare {
    /// The month; `None` for the whole log.
    pub month: Option<Month>,
    /// Country of the customer's first line; `None` for all countries together.
    pub country: Option<String>,
    /// Which customers count as repeat customers.
    pub definition: RepeatDefinition,
    /// Known customers with an order in the period.
    pub customers: u64,
    /// Repeat customers among them.
    pub repeat_customers: u64,
    /// Repeat customers ÷ customers.
    pub share_of_customers: Option<f64>,
    /// Net revenue of the repeat customers in the period.
    pub repeat_revenue: Money,
    /// Net revenue of the period with a known customer (of the country's customers).
    pub known_revenue: Money,
    /// Net revenue of the period, with or without a known customer. By country: of the country's customers, and
    /// of the lines without a customer that name the country.
    pub revenue: Money,
    /// Repeat revenue ÷ revenue; absent where returns of others make it no share (below 0 or above 1).
    pub share_of_revenue: Option<f64>,
    /// Repeat revenue ÷ revenue with a known customer; absent likewise.
    pub share_of_known_revenue: Option<f64>,
}

/// What repeat customers spend each; ordered by period (whole log first), definition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpendSummary {
    /// The month; `None` for the whole log.
    pub month: Option<Month>,
    /// Country of the customers' first line, for the whole log; `None` for all countries.
    pub country: Option<String>,
    /// Which customers count as repeat customers.
    pub definition: RepeatDefinition,
    /// How many they are; rows without any are left out.
    pub customers: u64,
    /// Least net revenue of one of them in the period (for the whole log: over the whole log).
    pub minimum: Money,
    /// Most.
    pub maximum: Money,
    /// Mean, in currency units.
    pub mean: f64,
    /// Median, in currency units: for an even number the mean of the middle two.
    pub median: f64,
}

/// Why a product is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProductRole {
    /// Most customers who bought it on two or more days; ties by SKU.
    MostRepeatCustomers,
    /// The popular product: most net units; ties by SKU.
    MostUnits,
}

/// Whose spend on a product is summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpenderGroup {
    /// Customers who bought this product on two or more days.
    ProductOnTwoDays,
    /// Buyers of the product who had two or more orders (of anything) in some month.
    TwoOrdersInMonth,
    /// Buyers of the product with orders (of anything) in two or more months.
    BoughtBefore,
    /// Buyers of the product who bought (anything) on two or more days.
    TwoDaysEver,
    /// All buyers of the product, for comparison.
    AllBuyers,
}

/// Net spend on one product per customer of a group; ordered by role, group. Empty groups are left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProductSpend {
    /// Why this product.
    pub role: ProductRole,
    /// The product.
    pub product: ProductRef,
    /// Whose spend.
    pub group: SpenderGroup,
    /// Customers in the group who bought the product.
    pub customers: u64,
    /// Least net spend of one of them on the product over the whole log.
    pub minimum: Money,
    /// Most.
    pub maximum: Money,
    /// Mean, in currency units.
    pub mean: f64,
    /// Median, in currency units.
    pub median: f64,
}
