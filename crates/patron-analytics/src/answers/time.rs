//! Months: totals, detail, which of them are complete, and products by month.

use patron_columns::Span;
use patron_domain::{Money, Month};
use serde::Serialize;

/// The shop as a whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShopTotals {
    /// First and last day with a sale line; `None` without sales.
    pub span: Option<Span>,
    /// Customers with at least one order.
    pub customers: u64,
    /// Customers with at least one purchase day under the source's purchase rule.
    pub purchasers: u64,
    /// Customers who bought on two or more days.
    pub repeat_customers: u64,
    /// Customers who bought on two or more days ÷ customers with a purchase day.
    pub repeat_rate: Option<f64>,
    /// Orders with a sale line, with or without a known customer.
    pub orders: u64,
    /// Net revenue, with or without a known customer.
    pub revenue: Money,
    /// Net revenue of known customers.
    pub known_revenue: Money,
    /// Products with a sale or return line.
    pub products: u64,
    /// Countries with a sale or return line, the unknown one left out.
    pub countries: u64,
    /// Revenue ÷ orders, in currency units.
    pub average_order_value: Option<f64>,
}

/// The months of the log, and which of them were seen whole.
///
/// The log's first month is complete when its first sale lies at most `tolerance_days` after the month's first
/// day, the last month when its last sale lies at most so many days before the month's last day. The tolerance
/// is 3 days, and for shops with few orders twice the mean distance of orders, up to 7.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MonthCalendar {
    /// First month with a line.
    pub first: Month,
    /// Last month with a line.
    pub last: Month,
    /// First month of the trends; `None` when no month is complete.
    pub first_complete: Option<Month>,
    /// Last month of the trends.
    pub last_complete: Option<Month>,
    /// Days at the edge of a month that may be without sales in a complete month.
    pub tolerance_days: u32,
}

/// One month of the shop; ordered by month, months without a line included as zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MonthTotals {
    /// The month.
    pub month: Month,
    /// Orders whose first sale line lies in the month, with or without a known customer.
    pub orders: u64,
    /// Net revenue: returns count in the month they happened.
    pub revenue: Money,
    /// Known customers with an order in the month.
    pub active_customers: u64,
    /// Of these, those whose first order ever lies in the month.
    pub new_customers: u64,
    /// Customers with two or more orders in the month.
    pub repeat_customers: u64,
    /// All of the month's net revenue of the repeat customers.
    pub repeat_revenue: Money,
    /// Active customers with an order before this month.
    pub returning_customers: u64,
    /// All of the month's net revenue of the returning customers.
    pub returning_revenue: Money,
    /// Net revenue of lines without a customer.
    pub revenue_without_customer: Money,
}

/// What [`MonthTotals`] implies for a month; same order.
///
/// `new_revenue + returning_revenue + returns_only_revenue + revenue_without_customer = revenue`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MonthDetail {
    /// The month.
    pub month: Month,
    /// Whether the month was seen whole.
    pub complete: bool,
    /// Revenue ÷ orders, in currency units.
    pub average_order_value: Option<f64>,
    /// Net revenue of known customers.
    pub known_revenue: Money,
    /// Net revenue of the month's new customers.
    pub new_revenue: Money,
    /// Net revenue of the month's returning customers.
    pub returning_revenue: Money,
    /// Net revenue of customers with no order in the month (zero or negative where they only brought back).
    pub returns_only_revenue: Money,
    /// Net revenue of lines without a customer.
    pub revenue_without_customer: Money,
    /// Net units of all products.
    pub quantity: i64,
    /// New ÷ active customers.
    pub new_share: Option<f64>,
    /// Returning ÷ active customers.
    pub returning_share: Option<f64>,
    /// Customers with two or more orders in the month ÷ active customers.
    pub repeat_share: Option<f64>,
}

/// One product in one month; ordered by month, then SKU. Months in which a product had no line are absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ProductMonthRow {
    /// The month.
    pub month: Month,
    /// Product code.
    pub product: u32,
    /// Net units.
    pub quantity: i64,
    /// Net revenue.
    pub revenue: Money,
    /// Distinct orders with a sale line of it.
    pub orders: u32,
    /// Distinct known customers with a sale line of it.
    pub customers: u32,
}
