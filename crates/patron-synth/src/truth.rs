//! What is true of a synthetic shop, and what a good analysis should find.

use patron_domain::{Day, Money};
use serde::Serialize;

use crate::{ProductRole, Scenario};

/// Everything a model or an answer can be judged by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truth {
    /// What the shop was made from, the true parameters among it.
    pub scenario: Scenario,
    /// And with which seed.
    pub seed: u64,
    /// Customers, ordered as they were made (which is ascending by id as a number).
    pub customers: Vec<CustomerTruth>,
    /// Products, in the order of the catalogue.
    pub products: Vec<ProductTruth>,
    /// What was planted of each kind of dirt.
    pub planted: PlantedDirt,
    /// Sums over the log.
    pub totals: Totals,
}

/// The true state of a customer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CustomerTruth {
    /// Id as in the log.
    pub id: String,
    /// Country.
    pub country: String,
    /// Day of the first order.
    pub first_order: Day,
    /// Orders placed by the end of the log, the first and cancelled ones included.
    pub orders: u32,
    /// λ: orders per week of average season while alive, with the factors of country and first order.
    pub purchase_rate: f64,
    /// p: probability of stopping after each order but the first.
    pub dropout: f64,
    /// Whether the customer has not stopped by the end of the log.
    pub alive_at_end: bool,
    /// E[z | ν]: mean value of the customer's orders under the spend model, in currency units.
    pub mean_spend: f64,
    /// The product of the first order that brings this customer back: its code, where there is one.
    pub brought_back_by: Option<String>,
}

/// What is planted in a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProductTruth {
    /// Stock code.
    pub sku: String,
    /// Description.
    pub description: String,
    /// Price of one unit, constant.
    pub price: Money,
    /// What is planted.
    pub role: ProductRole,
    /// Rank by popularity before the role's factor, from 1.
    pub rank: u32,
}

/// How much of each kind of dirt is in the log. A line can be of several kinds (a duplicate without customer).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlantedDirt {
    /// Lines that repeat the line before them in every column.
    pub duplicate_lines: u64,
    /// Orders that take back another one, in part or whole (number beginning with `C`).
    pub cancellation_orders: u64,
    /// Their lines (negative quantity).
    pub cancellation_lines: u64,
    /// Orders without a customer id, cancellations of such orders included.
    pub orders_without_customer: u64,
    /// Their lines.
    pub lines_without_customer: u64,
    /// Lines with a price of zero.
    pub zero_price_lines: u64,
    /// Lines that are no product (`POST`, `DOT`).
    pub service_lines: u64,
}

/// Sums over the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Totals {
    /// Lines, dirt included.
    pub lines: u64,
    /// Orders, cancellations included.
    pub orders: u64,
    /// Value of the product lines that were really sold: no duplicates, cancellations or services.
    pub sales: Money,
    /// Value of the cancellations: zero or negative.
    pub cancellations: Money,
    /// Value of the duplicates, which never was.
    pub duplicates: Money,
    /// Value of the service lines.
    pub services: Money,
    /// Sum of the order values the spend model drew, in currency units. `sales` differs by the rounding to
    /// whole units.
    pub spend_drawn: f64,
}
